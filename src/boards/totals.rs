//! Figures over several queues, merged by `live`: a partial sum is "≥ 7" with what is
//! missing named, and what cannot be one number is a range or "–".

use crate::{
    domain::{Metric, QueueId, QueueTarget, SourceId},
    live::{QueueSelection, QueueSnapshot},
};

use super::{
    board_slots::SlotValue,
    board_view::{BoardRow, Kind, RowList, RowShape},
    format,
    queue_list::{self, ALL_GROUP},
    render_context::{DisplayFreshness, RenderContext, RenderedMetric},
    severity::Severity,
};

/// Names that are missing have so many characters, else they are counted.
const MAX_NAMES_CHARACTERS: usize = 16;

/// The board's totals as numbers of their own.
pub(super) fn build_totals(scene: &mut RenderContext<'_>, over: &QueueSelection<'_>) -> RowList {
    let metrics = scene.board.totals.iter().zip(0..);
    let rows = metrics.map(|(metric, pos)| {
        let (shown, missing) = scene.total_metric(over, *metric);
        BoardRow {
            key: metric.name().to_owned(),
            shape: RowShape {
                labels: vec![shown.label],
                ..RowShape::default()
            },
            cells: vec![
                queue_list::row_attributes(shown.severity, pos, ALL_GROUP),
                shown.cell,
                SlotValue::Text(if missing.is_empty() {
                    shown.note
                } else {
                    missing
                }),
            ],
            reported_at: None,
        }
    });
    RowList {
        id: "totals",
        kind: Kind::Totals,
        rows: rows.collect(),
        groups: vec![queue_list::one_group()],
    }
}

/// The row above all others.
pub(super) fn all_queues_row(scene: &mut RenderContext<'_>, over: &QueueSelection<'_>) -> BoardRow {
    let show = scene.metrics.clone().into_iter();
    let (figures, missing): (Vec<_>, Vec<_>) = show.map(|m| scene.total_metric(over, m)).unzip();
    let missing = missing.into_iter().find(|missing| !missing.is_empty());
    // Each queue has limits of its own; their sum has none.
    let stale = |f: &RenderedMetric| f.severity == Severity::OutOfDate;
    let severity = if !figures.is_empty() && figures.iter().all(stale) {
        Severity::OutOfDate
    } else {
        Severity::None
    };
    BoardRow {
        key: String::new(),
        shape: RowShape {
            is_all_queues: true,
            labels: figures.iter().map(|f| f.label.clone()).collect(),
            ..RowShape::default()
        },
        cells: queue_list::row_cells(
            severity,
            0,
            "All queues",
            &missing.unwrap_or_default(),
            &figures,
        ),
        reported_at: None,
    }
}

impl<'a> RenderContext<'a> {
    /// One figure over all these queues, and what it is without.
    pub(super) fn total_metric(
        &mut self,
        over: &QueueSelection<'_>,
        metric: Metric,
    ) -> (RenderedMetric, String) {
        let Some(merged) = self.snapshot.merge_figure(over, metric, self.now) else {
            let heading = metric.short_label().to_owned();
            return (RenderedMetric::unknown(metric, heading), String::new());
        };
        let heard = over.queues.iter();
        let heard = heard.filter_map(|queue| self.snapshot.last_received(queue, Some(metric)));
        let heard = heard.max().filter(|_| !metric.is_of_the_day());
        let target = self.first_target(&over.queues);
        // The state of each line is in the trust already.
        let nobody = SourceId::from("site");
        let was = merged.figure.clone();
        let mut shown = self.render_figure(metric, Some(merged.figure), &nobody, heard, &target);
        if metric != Metric::ServiceLevel || !self.has_one_target(&over.queues) {
            metric.short_label().clone_into(&mut shown.label);
        }
        if metric == Metric::ServiceLevel && !self.has_one_target(&over.queues) {
            shown.note = String::new();
        }
        // What all had together is shown where all are away, or one for a moment.
        let is_whole = was.reason.is_none() || shown.freshness == DisplayFreshness::Reconnecting;
        let is_all = was.high.is_some() || (was.value.is_some() && is_whole);
        let is_part = shown.freshness != DisplayFreshness::Unknown && !is_all;
        let missing = merged.missing.iter().filter(|_| is_part);
        let missing: Vec<_> = missing.chain(&merged.without).collect();
        // Where all are missing, the figure itself says so.
        let is_nobodys = missing.len() == over.queues.len();
        let missing = missing.into_iter().filter(|_| !is_nobodys);
        let missing = self.format_without(missing);
        (shown, missing)
    }

    /// These queues, or the whole site where they are that.
    pub(super) fn queue_selection(&self, chosen: &[&'a QueueSnapshot]) -> QueueSelection<'a> {
        let over = self.snapshot.select_queues(chosen.iter().copied());
        if self.is_whole_site() {
            over.as_whole_site()
        } else {
            over
        }
    }

    /// What the day of these queues lacks.
    pub(super) fn selection_day_note(&self, over: &QueueSelection<'_>) -> String {
        let days = Metric::all().filter(|metric| metric.is_of_the_day());
        let mut marks = days.filter_map(|metric| {
            let merged = self.snapshot.merge_figure(over, metric, self.now)?;
            merged.figure.day_details
        });
        marks
            .next()
            .map(|marks| self.day_note(&marks))
            .unwrap_or_default()
    }

    fn first_target(&self, queues: &[&QueueSnapshot]) -> QueueTarget {
        let site = &self.snapshot.site;
        match queues {
            _ if self.is_whole_site() => site.target_for("site"),
            [first, ..] => site.target_for(&first.id.to_string()),
            [] => QueueTarget::default(),
        }
    }

    fn has_one_target(&self, queues: &[&QueueSnapshot]) -> bool {
        let mut targets = queues
            .iter()
            .map(|q| self.snapshot.site.target_for(&q.id.to_string()));
        let first = targets.next();
        targets.all(|target| Some(target) == first)
    }

    /// "without Sales, Support", or "without 5 queues" where there is no room for names.
    pub(super) fn format_without<'q>(&self, queues: impl Iterator<Item = &'q QueueId>) -> String {
        let names: Vec<_> = queues.map(|id| self.queue_name_by_id(id)).collect();
        let joined = names.join(", ");
        match names.len() {
            0 => String::new(),
            1 => format!(
                "excludes {}",
                format::shorten_name(&joined, MAX_NAMES_CHARACTERS)
            ),
            _ if joined.chars().count() <= MAX_NAMES_CHARACTERS => format!("excludes {joined}"),
            count => format!("excludes {count} queues"),
        }
    }

    fn queue_name_by_id(&self, id: &QueueId) -> String {
        let text = id.to_string();
        match self.snapshot.queues.get(id) {
            Some(queue) => self.queue_name(queue, &text),
            None => text,
        }
    }
}
