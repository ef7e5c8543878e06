//! The controls of a page: links for one-click choices, and a form.

use jiff::{SignedDuration, Timestamp};

use crate::domain::CountBy;

use super::{
    choice::{Choice, HeatMetric, HistoryView, RowKind},
    query::choice_unless_default,
    range::{Preset, TimeRange},
    scope::HistoryScope,
    subjects::HistorySubjects,
};

pub(super) struct FilterTab {
    pub(super) word: &'static str,
    pub(super) href: String,
    pub(super) is_here: bool,
}

/// Choices that aren't links.
pub(super) struct FilterForm {
    pub(super) queues: Vec<(String, String, bool)>,
    pub(super) queues_word: String,
    pub(super) agent: Option<(String, String)>,
    pub(super) ranges: Vec<FilterOption>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) steps: Vec<FilterOption>,
    pub(super) compares: Vec<FilterOption>,
    pub(super) rows: Vec<FilterOption>,
    pub(super) counts: Vec<FilterOption>,
    pub(super) zone: String,
    /// Choices made by links.
    pub(super) hidden_fields: Vec<(&'static str, String)>,
}

pub(super) struct FilterOption {
    pub(super) name: &'static str,
    pub(super) word: String,
    pub(super) is_chosen: bool,
}

pub(super) fn preset_tabs(scope: &HistoryScope) -> Vec<FilterTab> {
    let is_here = |preset| scope.query.range == TimeRange::Preset(preset);
    build_tabs(is_here, |preset| {
        scope.path_with(|query| {
            query.range = TimeRange::Preset(preset);
            // A step for another range rarely fits this one.
            query.step = None;
        })
    })
}

pub(super) fn view_tabs(scope: &HistoryScope) -> Vec<FilterTab> {
    let is_here = |view| scope.query.view == view;
    build_tabs(is_here, |view| scope.view_path(view))
}

pub(super) fn heat_metric_tabs(scope: &HistoryScope) -> Vec<FilterTab> {
    let is_here = |metric: HeatMetric| scope.query.heat_metric == metric;
    build_tabs(is_here, |metric| {
        scope.path_with(|query| query.heat_metric = metric)
    })
}

fn build_tabs<C: Choice>(
    is_here: impl Fn(C) -> bool,
    href: impl Fn(C) -> String,
) -> Vec<FilterTab> {
    let tab = |(choice, _, word): &(C, &'static str, &'static str)| FilterTab {
        word,
        href: href(*choice),
        is_here: is_here(*choice),
    };
    C::TABLE.iter().map(tab).collect()
}

pub(super) fn build_form(scope: &HistoryScope, known: &HistorySubjects) -> FilterForm {
    let query = &scope.query;
    let last = scope.window.to.saturating_sub(SignedDuration::from_secs(1));
    let day = |at: Timestamp| at.to_zoned(scope.zone().clone()).date().to_string();
    let mut ranges = match query.range {
        TimeRange::Preset(preset) => build_options(Some(preset)),
        _ => build_options::<Preset>(None),
    };
    ranges.push(FilterOption {
        name: "days",
        word: "Custom dates".to_owned(),
        is_chosen: !matches!(query.range, TimeRange::Preset(_)),
    });
    let link_choices = [
        ("view", choice_unless_default(query.view)),
        ("metric", choice_unless_default(query.heat_metric)),
    ];
    let queues = known.queue_choices(query);
    FilterForm {
        queues_word: match queues.iter().filter(|queue| queue.2).count() {
            0 => "All queues".to_owned(),
            1 => "1 queue".to_owned(),
            n => format!("{n} queues"),
        },
        queues,
        agent: (query.agent.as_ref()).map(|id| (id.to_string(), known.agent_name(id))),
        ranges,
        from: day(scope.window.from),
        to: day(last.unwrap_or(scope.window.to)),
        steps: build_options(Some(scope.step)),
        compares: build_options(Some(query.compare)),
        rows: build_options(Some(query.rows)),
        counts: build_options(Some(query.count_by)),
        zone: query.zone.clone().unwrap_or_default(),
        hidden_fields: (link_choices.into_iter())
            .filter_map(|(key, value)| Some((key, value?)))
            .collect(),
    }
}

/// The other choices as text, and the import date.
pub(super) fn summarize_query(scope: &HistoryScope, imported_until: &str) -> String {
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
    if !imported_until.is_empty() {
        words.push(format!("data through: {imported_until}"));
    }
    words.join(" · ")
}

fn build_options<C: Choice>(chosen: Option<C>) -> Vec<FilterOption> {
    let choice = |(choice, name, word): &(C, &'static str, &'static str)| FilterOption {
        name,
        word: (*word).to_owned(),
        is_chosen: Some(*choice) == chosen,
    };
    C::TABLE.iter().map(choice).collect()
}
