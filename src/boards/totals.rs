//! Figures over several queues, merged by `live`: a partial sum is "≥ 7" with what is
//! missing named, and what cannot be one number is a range or "–".

use crate::{
    domain::{Metric, QueueId, SourceId, Target},
    live::{Over, Queue},
};

use super::{
    format,
    queues::{self, ALL},
    scene::{Scene, Shown, Standing},
    severity::Severity,
    slots::Cell,
    view::{Kind, List, Row, Shape},
};

/// Names that are missing have so many characters, else they are counted.
const ROOM: usize = 16;

/// The board's totals as numbers of their own.
pub(super) fn list(scene: &mut Scene<'_>, over: &Over<'_>) -> List {
    let metrics = scene.board.totals.iter().zip(0..);
    let rows = metrics.map(|(metric, pos)| {
        let (shown, missing) = scene.total(over, *metric);
        Row {
            key: metric.name().to_owned(),
            shape: Shape {
                labels: vec![shown.label],
                ..Shape::default()
            },
            cells: vec![
                queues::place(shown.severity, pos, ALL),
                shown.cell,
                Cell::Text(if missing.is_empty() {
                    shown.note
                } else {
                    missing
                }),
            ],
            said: None,
        }
    });
    List {
        id: "totals",
        kind: Kind::Totals,
        rows: rows.collect(),
        groups: vec![queues::one_group()],
    }
}

/// The row above all others.
pub(super) fn all_queues(scene: &mut Scene<'_>, over: &Over<'_>) -> Row {
    let show = scene.show.clone().into_iter();
    let (figures, missing): (Vec<_>, Vec<_>) = show.map(|m| scene.total(over, m)).unzip();
    let missing = missing.into_iter().find(|missing| !missing.is_empty());
    // Each queue has limits of its own; their sum has none.
    let stale = |f: &Shown| f.severity == Severity::Stale;
    let severity = if !figures.is_empty() && figures.iter().all(stale) {
        Severity::Stale
    } else {
        Severity::None
    };
    Row {
        key: String::new(),
        shape: Shape {
            all: true,
            labels: figures.iter().map(|f| f.label.clone()).collect(),
            ..Shape::default()
        },
        cells: queues::cells(
            severity,
            0,
            "All queues",
            &missing.unwrap_or_default(),
            &figures,
        ),
        said: None,
    }
}

impl<'a> Scene<'a> {
    /// One figure over all these queues, and what it is without.
    pub(super) fn total(&mut self, over: &Over<'_>, metric: Metric) -> (Shown, String) {
        let Some(merged) = self.picture.merged(over, metric, self.now) else {
            let heading = metric.short_label().to_owned();
            return (Shown::unknown(metric, heading), String::new());
        };
        let heard = over.queues.iter();
        let heard = heard.filter_map(|queue| self.picture.last_heard(queue, Some(metric)));
        let heard = heard.max().filter(|_| !metric.is_of_the_day());
        let target = self.target_of(&over.queues);
        // The state of each line is in the trust already.
        let nobody = SourceId::from("site");
        let was = merged.figure.clone();
        let mut shown = self.shown(metric, Some(merged.figure), &nobody, heard, &target);
        if metric != Metric::ServiceLevel || !self.is_one_target(&over.queues) {
            metric.short_label().clone_into(&mut shown.label);
        }
        if metric == Metric::ServiceLevel && !self.is_one_target(&over.queues) {
            shown.note = String::new();
        }
        // What all had together is shown where all are away, or one for a moment.
        let is_whole = was.reason.is_none() || shown.standing == Standing::Held;
        let is_all = was.high.is_some() || (was.value.is_some() && is_whole);
        let is_part = shown.standing != Standing::Unknown && !is_all;
        let missing = merged.missing.iter().filter(|_| is_part);
        let missing: Vec<_> = missing.chain(&merged.without).collect();
        // Where all are missing, the figure itself says so.
        let is_nobodys = missing.len() == over.queues.len();
        let missing = missing.into_iter().filter(|_| !is_nobodys);
        let missing = self.without(missing);
        (shown, missing)
    }

    /// These queues, or the whole site where they are that.
    pub(super) fn over(&self, chosen: &[&'a Queue]) -> Over<'a> {
        let over = self.picture.over(chosen.iter().copied());
        if self.is_whole_site() {
            over.whole_site()
        } else {
            over
        }
    }

    /// What the day of these queues lacks.
    pub(super) fn mark_of(&self, over: &Over<'_>) -> String {
        let days = Metric::all().filter(|metric| metric.is_of_the_day());
        let mut marks = days.filter_map(|metric| {
            let merged = self.picture.merged(over, metric, self.now)?;
            merged.figure.of_day
        });
        marks
            .next()
            .map(|marks| self.day_mark(&marks))
            .unwrap_or_default()
    }

    fn target_of(&self, queues: &[&Queue]) -> Target {
        let site = &self.picture.site;
        match queues {
            _ if self.is_whole_site() => site.target("site"),
            [first, ..] => site.target(&first.id.to_string()),
            [] => Target::default(),
        }
    }

    fn is_one_target(&self, queues: &[&Queue]) -> bool {
        let mut targets = queues
            .iter()
            .map(|q| self.picture.site.target(&q.id.to_string()));
        let first = targets.next();
        targets.all(|target| Some(target) == first)
    }

    /// "without Sales, Support", or "without 5 queues" where there is no room for names.
    pub(super) fn without<'q>(&self, queues: impl Iterator<Item = &'q QueueId>) -> String {
        let names: Vec<_> = queues.map(|id| self.name_of(id)).collect();
        let joined = names.join(", ");
        match names.len() {
            0 => String::new(),
            1 => format!("excludes {}", format::within(&joined, ROOM)),
            _ if joined.chars().count() <= ROOM => format!("excludes {joined}"),
            count => format!("excludes {count} queues"),
        }
    }

    fn name_of(&self, id: &QueueId) -> String {
        let text = id.to_string();
        match self.picture.queues.get(id) {
            Some(queue) => self.queue_name(queue, &text),
            None => text,
        }
    }
}
