//! What can be chosen on a page: links where one click will do, and a form.

use jiff::{SignedDuration, Timestamp};

use crate::domain::CountBy;

use super::{
    choice::{Choice, HeatMetric, HistoryView, RowKind},
    query::chosen,
    range::{Preset, TimeRange},
    scope::HistoryScope,
    subjects::HistorySubjects,
};

pub(super) struct Tab {
    pub(super) word: &'static str,
    pub(super) href: String,
    pub(super) is_here: bool,
}

/// Everything that can be chosen and is no link.
pub(super) struct Form {
    pub(super) queues: Vec<(String, String, bool)>,
    pub(super) queues_word: String,
    pub(super) agent: Option<(String, String)>,
    pub(super) ranges: Vec<Choose>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) steps: Vec<Choose>,
    pub(super) compares: Vec<Choose>,
    pub(super) rows: Vec<Choose>,
    pub(super) counts: Vec<Choose>,
    pub(super) zone: String,
    /// What was chosen by links.
    pub(super) kept: Vec<(&'static str, String)>,
}

pub(super) struct Choose {
    pub(super) name: &'static str,
    pub(super) word: String,
    pub(super) is_chosen: bool,
}

pub(super) fn presets(scope: &HistoryScope) -> Vec<Tab> {
    let is_here = |preset| scope.query.range == TimeRange::Preset(preset);
    tabs(is_here, |preset| {
        scope.address(|query| {
            query.range = TimeRange::Preset(preset);
            // A step chosen for another length of time would fit this one badly.
            query.step = None;
        })
    })
}

pub(super) fn views(scope: &HistoryScope) -> Vec<Tab> {
    let is_here = |view| scope.query.view == view;
    tabs(is_here, |view| scope.view_address(view))
}

pub(super) fn heat_metrics(scope: &HistoryScope) -> Vec<Tab> {
    let is_here = |metric: HeatMetric| scope.query.heat_metric == metric;
    tabs(is_here, |metric| {
        scope.address(|query| query.heat_metric = metric)
    })
}

fn tabs<C: Choice>(is_here: impl Fn(C) -> bool, href: impl Fn(C) -> String) -> Vec<Tab> {
    let tab = |(choice, _, word): &(C, &'static str, &'static str)| Tab {
        word,
        href: href(*choice),
        is_here: is_here(*choice),
    };
    C::TABLE.iter().map(tab).collect()
}

pub(super) fn form(scope: &HistoryScope, known: &HistorySubjects) -> Form {
    let query = &scope.query;
    let last = scope.window.to.saturating_sub(SignedDuration::from_secs(1));
    let day = |at: Timestamp| at.to_zoned(scope.zone().clone()).date().to_string();
    let mut ranges = match query.range {
        TimeRange::Preset(preset) => choose(Some(preset)),
        _ => choose::<Preset>(None),
    };
    ranges.push(Choose {
        name: "days",
        word: "Custom dates".to_owned(),
        is_chosen: !matches!(query.range, TimeRange::Preset(_)),
    });
    let kept = [
        ("view", chosen(query.view)),
        ("metric", chosen(query.heat_metric)),
    ];
    let queues = known.queue_choices(query);
    Form {
        queues_word: match queues.iter().filter(|queue| queue.2).count() {
            0 => "All queues".to_owned(),
            1 => "1 queue".to_owned(),
            n => format!("{n} queues"),
        },
        queues,
        agent: (query.agent.as_ref()).map(|id| (id.to_string(), known.agent(id))),
        ranges,
        from: day(scope.window.from),
        to: day(last.unwrap_or(scope.window.to)),
        steps: choose(Some(scope.step)),
        compares: choose(Some(query.compare)),
        rows: choose(Some(query.rows)),
        counts: choose(Some(query.count_by)),
        zone: query.zone.clone().unwrap_or_default(),
        kept: (kept.into_iter())
            .filter_map(|(key, value)| Some((key, value?)))
            .collect(),
    }
}

/// What else is chosen, in words, and up to when exports were imported.
pub(super) fn words(scope: &HistoryScope, fresh: &str) -> String {
    let query = &scope.query;
    let by = match query.count_by {
        CountBy::Start => "counted by call start",
        CountBy::Event => "counted by event time",
    };
    let mut words = vec![match (query.view, query.rows) {
        (HistoryView::Heatmap, _) => query.heat_metric.word().to_owned(),
        (HistoryView::Breakdown, _) => query.view.word().to_owned(),
        (_, RowKind::Time) => format!("{} intervals", scope.step.word()),
        (_, rows) => format!("by {}", rows.word().to_lowercase()),
    }];
    words.extend((scope.before.as_ref()).map(|(_, name)| format!("vs {name}")));
    words.push(by.to_owned());
    if query.only_missed {
        words.push("only missed targets".to_owned());
    }
    if !fresh.is_empty() {
        words.push(format!("data through: {fresh}"));
    }
    words.join(" · ")
}

fn choose<C: Choice>(chosen: Option<C>) -> Vec<Choose> {
    let choice = |(choice, name, word): &(C, &'static str, &'static str)| Choose {
        name,
        word: (*word).to_owned(),
        is_chosen: Some(*choice) == chosen,
    };
    C::TABLE.iter().map(choice).collect()
}
