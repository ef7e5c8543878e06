//! The controls of a page: links for one-click choices, and a form.

use jiff::{SignedDuration, Timestamp};

use wallboard_domain::CountBy;
use wallboard_texts::Texts;

use super::{
    choice::{Choice, ChoiceLabel, Comparison, HeatMetric, HistoryView, IncludedHours, RowKind},
    query::{HistoryQuery, choice_unless_default},
    range::{Preset, TimeRange},
    scope::HistoryScope,
    subjects::HistorySubjects,
};

/// A link to the period before or after.
pub(super) struct NeighborLink {
    /// "Wed 18 Nov"
    pub(super) word: String,
    /// "Previous day: Wed 18 Nov"
    pub(super) label: String,
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
    pub(super) compare_from: String,
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
    pub(super) word: &'static str,
    pub(super) is_chosen: bool,
}

pub(super) fn preset_tabs(scope: &HistoryScope) -> Vec<FilterTab> {
    // A day that was reached by its date is as much today as by its name.
    let is_here = |preset| {
        let preset = TimeRange::Preset(preset);
        preset.resolve_window(scope.now, scope.zone()) == scope.window
    };
    build_tabs(scope.texts, is_here, |preset| {
        scope.path_with(|query| {
            query.range = TimeRange::Preset(preset);
            // A step for another range rarely fits this one.
            query.step = None;
        })
    })
}

/// Links to the periods before and after; none into the future.
pub(super) fn neighbor_links(scope: &HistoryScope) -> Vec<NeighborLink> {
    let texts = scope.texts;
    let is_day = scope.window.day_count() == 1;
    let link = |side| {
        let range = scope.window.neighbor(side);
        let window = range.resolve_window(scope.now, scope.zone());
        let word = window.short_label(texts);
        (window.from <= scope.now).then(|| NeighborLink {
            label: match (side, is_day) {
                (..0, true) => texts.previous_day(word.as_str()),
                (..0, false) => texts.previous_period(word.as_str()),
                (_, true) => texts.next_day(word.as_str()),
                (_, false) => texts.next_period(word.as_str()),
            },
            word,
            href: scope.path_with(|query| query.range = range),
        })
    };
    [-1, 1].into_iter().filter_map(link).collect()
}

/// `has_plans`, `has_schedules`: whether there are any that the reader sees.
pub(super) fn view_tabs(
    scope: &HistoryScope,
    has_plans: bool,
    has_schedules: bool,
) -> Vec<FilterTab> {
    let is_here = |view| scope.query.view == view;
    let mut tabs = build_tabs(scope.texts, is_here, |view| scope.view_path(view));
    let absent = [
        (!has_plans).then(|| scope.texts.view_plan()),
        (!has_schedules).then(|| scope.texts.view_adherence()),
    ];
    tabs.retain(|tab| tab.is_here || !absent.contains(&Some(tab.word)));
    tabs
}

pub(super) fn heat_metric_tabs(scope: &HistoryScope) -> Vec<FilterTab> {
    let is_here = |metric: HeatMetric| scope.query.heat_metric == metric;
    build_tabs(scope.texts, is_here, |metric| {
        scope.path_with(|query| query.heat_metric = metric)
    })
}

fn build_tabs<C: Choice>(
    texts: &'static Texts,
    is_here: impl Fn(C) -> bool,
    href: impl Fn(C) -> String,
) -> Vec<FilterTab> {
    let tab = |(choice, _, word): &(C, &'static str, ChoiceLabel)| FilterTab {
        word: word(texts),
        href: href(*choice),
        is_here: is_here(*choice),
    };
    C::TABLE.iter().map(tab).collect()
}

pub(super) fn build_form(scope: &HistoryScope, known: &HistorySubjects) -> FilterForm {
    let (query, texts) = (&scope.query, scope.texts);
    let last = scope.window.to.saturating_sub(SignedDuration::from_secs(1));
    let day = |at: Timestamp| at.to_zoned(scope.zone().clone()).date().to_string();
    let mut ranges = match query.range {
        TimeRange::Preset(preset) => build_options(texts, Some(preset)),
        _ => build_options::<Preset>(texts, None),
    };
    ranges.push(FilterOption {
        name: "days",
        word: texts.custom_dates(),
        is_chosen: !matches!(query.range, TimeRange::Preset(_)),
    });
    let link_choices = [
        ("view", choice_unless_default(query.view)),
        ("metric", choice_unless_default(query.heat_metric)),
    ];
    let queues = known.queue_choices(query);
    FilterForm {
        queues_word: match queues.iter().filter(|queue| queue.2).count() {
            0 => texts.all_queues_chosen().to_owned(),
            count => texts.queue_count(count),
        },
        queues,
        agent: (query.agent.as_ref()).map(|id| (id.to_string(), known.agent_name(id))),
        ranges,
        from: day(scope.window.from),
        to: day(last.unwrap_or(scope.window.to)),
        steps: step_options(scope),
        compares: build_options(texts, Some(query.compare)),
        compare_from: (query.compare_from).map_or_else(String::new, |day| day.to_string()),
        rows: row_options(texts, query),
        counts: build_options(texts, Some(query.count_by)),
        days: build_options(texts, Some(query.days)),
        hours: if known.have_opening_hours(query) || scope.leaves_out_closed() {
            build_options(texts, Some(query.hours))
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
        || query.compare_from.is_some()
        || query.count_by != CountBy::default()
        || query.zone.is_some()
}

/// The other choices as text, and the import date.
pub(super) fn summarize_query(scope: &HistoryScope, imported_until: &str) -> String {
    let (query, texts) = (&scope.query, scope.texts);
    let mut words = vec![match (query.view, query.rows) {
        (HistoryView::Heatmap, _) => query.heat_metric.word(texts).to_owned(),
        (HistoryView::Breakdown | HistoryView::Plan | HistoryView::Adherence, _) => {
            query.view.word(texts).to_owned()
        }
        (_, RowKind::Time) => texts.intervals_of(scope.row_step().word(texts)),
        (_, RowKind::Queue) => texts.by_queue().to_owned(),
        (_, RowKind::Agent) => texts.by_agent().to_owned(),
        (_, RowKind::QueueGroup) => texts.by_queue_group().to_owned(),
        (_, RowKind::AgentGroup) => texts.by_agent_group().to_owned(),
        (_, RowKind::Reason) => texts.by_reason().to_owned(),
        (_, RowKind::Type) => texts.by_type().to_owned(),
    }];
    words.extend((scope.before.as_ref()).map(|(_, name)| texts.versus_period(name.as_str())));
    let by = match query.count_by {
        CountBy::Start => texts.counted_by_start(),
        CountBy::Event => texts.counted_by_event(),
    };
    words.extend((query.view != HistoryView::Adherence).then(|| by.to_owned()));
    let days = query.days.write_inline(texts);
    words.extend(days.map(|days| texts.only_days(days)));
    if scope.leaves_out_closed() {
        words.push(texts.opening_hours_only().to_owned());
    }
    if query.only_missed {
        words.push(texts.only_missed_targets().to_owned());
    }
    if !imported_until.is_empty() {
        words.push(texts.data_through(imported_until));
    }
    words.join(" · ")
}

/// The rows that have figures of the queues or the agent.
fn row_options(texts: &'static Texts, query: &HistoryQuery) -> Vec<FilterOption> {
    let mut options = build_options(texts, Some(query.rows));
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
        word: scope.texts.step_automatic(),
        is_chosen: scope.query.step.is_none(),
    };
    let steps = build_options(scope.texts, scope.query.step);
    std::iter::once(fitting).chain(steps).collect()
}

fn build_options<C: Choice>(texts: &'static Texts, chosen: Option<C>) -> Vec<FilterOption> {
    let choice = |(choice, name, word): &(C, &'static str, ChoiceLabel)| FilterOption {
        name,
        word: word(texts),
        is_chosen: Some(*choice) == chosen,
    };
    C::TABLE.iter().map(choice).collect()
}
