//! The controls of a page: links for one-click choices, and a form.

use jiff::{SignedDuration, Timestamp};

use wallboard_domain::CountBy;

use super::{
    choice::{Choice, Comparison, HeatMetric, HistoryView, IncludedDays, IncludedHours, RowKind},
    query::{HistoryQuery, choice_unless_default},
    range::{Preset, TimeRange},
    scope::{self, HistoryScope},
    subjects::HistorySubjects,
};

/// A link to the period before or after.
pub(super) struct NeighborLink {
    /// "Wed 18 Nov"
    pub(super) word: String,
    pub(super) label: &'static str,
    pub(super) href: String,
}

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
    pub(super) days: Vec<FilterOption>,
    /// Empty if no queue of the page has opening hours.
    pub(super) hours: Vec<FilterOption>,
    pub(super) zone: String,
    /// Some choice is made that is out of sight otherwise.
    pub(super) is_more_set: bool,
    /// Choices made by links.
    pub(super) hidden_fields: Vec<(&'static str, String)>,
}

pub(super) struct FilterOption {
    pub(super) name: &'static str,
    pub(super) word: String,
    pub(super) is_chosen: bool,
}

pub(super) fn preset_tabs(scope: &HistoryScope) -> Vec<FilterTab> {
    // A day that was reached by its date is as much today as by its name.
    let is_here = |preset| {
        let preset = TimeRange::Preset(preset);
        preset.resolve_window(scope.now, scope.zone()) == scope.window
    };
    build_tabs(is_here, |preset| {
        scope.path_with(|query| {
            query.range = TimeRange::Preset(preset);
            // A step for another range rarely fits this one.
            query.step = None;
        })
    })
}

/// Links to the periods before and after; none into the future.
pub(super) fn neighbor_links(scope: &HistoryScope) -> Vec<NeighborLink> {
    let labels = match scope.window.day_count() {
        1 => ["Previous day", "Next day"],
        _ => ["Previous period", "Next period"],
    };
    let link = |(side, label)| {
        let range = scope.window.neighbor(side);
        let window = range.resolve_window(scope.now, scope.zone());
        (window.from <= scope.now).then(|| NeighborLink {
            word: scope::short_label(&window),
            label,
            href: scope.path_with(|query| query.range = range),
        })
    };
    let links = [-1, 1].into_iter().zip(labels).map(link);
    links.flatten().collect()
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
        steps: step_options(scope),
        compares: build_options(Some(query.compare)),
        rows: row_options(query),
        counts: build_options(Some(query.count_by)),
        days: build_options(Some(query.days)),
        hours: if known.have_opening_hours(query) || scope.leaves_out_closed() {
            build_options(Some(query.hours))
        } else {
            Vec::new()
        },
        is_more_set: is_more_set(scope),
        zone: query.zone.clone().unwrap_or_default(),
        hidden_fields: (link_choices.into_iter())
            .filter_map(|(key, value)| Some((key, value?)))
            .collect(),
    }
}

/// Whether a choice differs from its default that the page shows only on request. A single day is
/// reached by links.
fn is_more_set(scope: &HistoryScope) -> bool {
    let query = &scope.query;
    let has_dates = match query.range {
        TimeRange::LastDay | TimeRange::Preset(_) => false,
        TimeRange::Days(first, last) => first != last,
        TimeRange::Between(..) => true,
    };
    has_dates
        || query.agent.is_some()
        || query.step.is_some()
        || query.hours != IncludedHours::default()
        || query.compare != Comparison::default()
        || query.count_by != CountBy::default()
        || query.zone.is_some()
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
    if query.days != IncludedDays::All {
        words.push(format!("only {}", query.days.word()));
    }
    if scope.leaves_out_closed() {
        words.push("opening hours only".to_owned());
    }
    if query.only_missed {
        words.push("only missed targets".to_owned());
    }
    if !imported_until.is_empty() {
        words.push(format!("data through: {imported_until}"));
    }
    words.join(" · ")
}

/// The rows that have figures of the queues or the agent.
fn row_options(query: &HistoryQuery) -> Vec<FilterOption> {
    let mut options = build_options(Some(query.rows));
    options.retain(|option| {
        let rows = RowKind::from_name(option.name).unwrap_or_default();
        let query = HistoryQuery {
            rows,
            ..query.clone()
        };
        query.unavailable_rows().is_none()
    });
    options
}

/// The step that fits the period comes first; a chosen one stays for other periods.
fn step_options(scope: &HistoryScope) -> Vec<FilterOption> {
    let fitting = FilterOption {
        name: "",
        word: "Automatic".to_owned(),
        is_chosen: scope.query.step.is_none(),
    };
    let steps = build_options(scope.query.step);
    std::iter::once(fitting).chain(steps).collect()
}

fn build_options<C: Choice>(chosen: Option<C>) -> Vec<FilterOption> {
    let choice = |(choice, name, word): &(C, &'static str, &'static str)| FilterOption {
        name,
        word: (*word).to_owned(),
        is_chosen: Some(*choice) == chosen,
    };
    C::TABLE.iter().map(choice).collect()
}
