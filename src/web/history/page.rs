//! `/history` as a page: turns loaded data into text, tables and charts. Does no I/O.

use std::collections::BTreeSet;

use askama::Template;
use jiff::Timestamp;

use crate::saved_views::NAME_LENGTH_MAX;
use crate::web::{
    WebState,
    parts::{
        clock::{PageTime, UNKNOWN},
        links::PageLink,
        metric_tile::MetricTile,
        page_header::PageHeader,
    },
    plan,
    server::assets,
};
use wallboard_boards::{encode_segment, subject_path};
use wallboard_domain::Metric;
use wallboard_history::report::{ReportStep, RowFigures};
use wallboard_texts::Texts;

use super::{
    chart::{HistoryChart, build_chart},
    choice::{Choice, HistoryView, RowStep},
    column::{self, HistoryColumn},
    definitions::list_definitions,
    export_facts::FactTable,
    findings::{self, Finding},
    form::{self, FilterForm, FilterTab, NeighborLink},
    heat::{HeatCell, HeatMap},
    history_data::{HistoryData, PageNote},
    history_row::HistoryRow,
    notes::{self, EmptyState},
    number,
    range::TimeRange,
    row_steps,
    saved_views::SavedPanel,
    scope::HistoryScope,
    summary,
    table::HistoryTable,
};

/// Maximum number of gaps named; the chart shows all of them.
const MISSING_LISTED_MAX: usize = 12;

#[derive(Template)]
#[template(path = "history.html")]
pub(super) struct HistoryPage<'a> {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    scope: &'a HistoryScope,
    data: &'a HistoryData,
    who: String,
    when: String,
    zone: &'a str,
    presets: Vec<FilterTab>,
    neighbors: Vec<NeighborLink>,
    form: FilterForm,
    figures: Vec<MetricTile>,
    looks: Vec<Finding>,
    notes: Vec<PageNote>,
    views: Vec<FilterTab>,
    files: [(&'static str, String); 2],
    /// The timeline of an agent's past day; empty of anything else.
    timeline_href: String,
    /// Makes a report of the page.
    report_href: String,
    /// `None` for readers who can't save any.
    saved: Option<SavedPanel>,
    empty: Option<EmptyState>,
    chart: Option<HistoryChart>,
    /// Why there is no chart.
    no_chart: Option<PageNote>,
    /// "No calls 00:00–09:00.", and the times without data.
    calm: Option<String>,
    missing: Vec<String>,
    /// How long callers waited, over the whole period: labels and values.
    waits: Vec<(String, String)>,
    heat: Option<HeatPage<'a>>,
    table: Option<HistoryTable>,
    tables: &'a [FactTable],
    definitions: Vec<(&'static str, String)>,
    all_href: Option<String>,
    /// The selection and the import date, for the foot of printed pages.
    foot: String,
}

struct HeatPage<'a> {
    texts: &'static Texts,
    heat: &'a HeatMap,
    metrics: Vec<FilterTab>,
    heading: String,
    summary: &'static str,
}

impl<'a> HistoryPage<'a> {
    pub(super) fn new(
        web: &WebState,
        header: PageHeader,
        stamp: PageTime,
        scope: &'a HistoryScope,
        data: &'a HistoryData,
    ) -> Self {
        let (query, known, texts) = (&scope.query, &data.known, scope.texts);
        let table = HistoryTable::new(scope, data);
        let compared = summary::compare_totals(&data.times);
        // The head covers the whole range, whatever rows are shown.
        let total = HistoryRow::sum_rows(&data.times, data.terms.rules);
        let empty = notes::empty_state(web, scope, data);
        let is_drawn = query.view == HistoryView::Intervals && empty.is_none();
        let chart = is_drawn.then(|| draw_chart(scope, data)).flatten();
        let is_of_agent = matches!(total.figures, Some(RowFigures::Agent(_)));
        let no_chart = is_drawn && chart.is_none() && !is_of_agent;
        let imported_until = known.imported_until(scope);
        Self {
            build: assets::build_id(),
            header,
            stamp,
            who: known.title(texts, query),
            when: scope.describe_period(),
            zone: &scope.zone_name,
            presets: form::preset_tabs(scope),
            neighbors: form::neighbor_links(scope),
            form: form::build_form(scope, known),
            figures: summary::summary_figures(scope, data, &total, compared.as_ref()),
            looks: findings::list_findings(scope, data, &table, &total, compared.as_ref()),
            notes: match empty {
                Some(_) => data.notes.clone(),
                None => notes::build_notes(web, scope, data),
            },
            views: form::view_tabs(scope, plan::has_plans(web), plan::has_schedules(web)),
            files: [
                ("CSV", query.path_for("/history.csv")),
                ("XLSX", query.path_for("/history.xlsx")),
            ],
            timeline_href: timeline_path(web, scope),
            report_href: format!(
                "/reports/edit?view={}",
                encode_segment(&query.path_for("/history"))
            ),
            saved: None,
            waits: list_waits(scope, data, &total),
            no_chart: no_chart.then(|| chart_unavailable_note(scope)),
            calm: notes::calm_note(texts, data),
            missing: missing_times(scope, &data.times),
            heat: data.heat.as_ref().map(|heat| HeatPage::new(scope, heat)),
            table: matches!(
                query.view,
                HistoryView::Intervals
                    | HistoryView::Table
                    | HistoryView::Plan
                    | HistoryView::Adherence
            )
            .then_some(table),
            tables: &data.facts,
            foot: form::summarize_query(scope, &imported_until),
            definitions: list_definitions(
                scope,
                data,
                summary::describe_formula(texts, &data.terms),
            ),
            all_href: query
                .only_missed
                .then(|| scope.path_with(|query| query.only_missed = false)),
            scope,
            data,
            empty,
            chart,
        }
    }

    /// The same with the views that its reader finds.
    pub(super) fn with_saved(self, saved: Option<SavedPanel>) -> Self {
        Self { saved, ..self }
    }
}

/// The timeline of the page's agent, if it is of one day that is over, as agents' days are.
fn timeline_path(web: &WebState, scope: &HistoryScope) -> String {
    let day = scope.local_date(scope.window.from);
    let is_past_day = scope.window.day_count() == 1
        && TimeRange::Days(day, day).resolve_window(scope.now, scope.zone()) == scope.window
        && scope.window.to <= scope.now;
    let agent = (scope.query.agent.as_ref())
        .filter(|_| is_past_day && !scope.is_foreign_zone && web.history.sees_agents());
    agent.map_or_else(String::new, |agent| {
        format!("{}?day={day}", subject_path("agents", agent))
    })
}

impl<'a> HeatPage<'a> {
    fn new(scope: &HistoryScope, heat: &'a HeatMap) -> Self {
        Self {
            texts: scope.texts,
            heat,
            metrics: form::heat_metric_tabs(scope),
            heading: (scope.texts).heat_heading(scope.query.heat_metric.word(scope.texts)),
            summary: heat.summary(scope.texts),
        }
    }

    /// For the template: a cell's class and text.
    fn cell_text(&self, cell: &HeatCell) -> (String, String) {
        match cell {
            HeatCell::Missing => ("gap".to_owned(), String::new()),
            HeatCell::Closed => ("closed".to_owned(), String::new()),
            HeatCell::Blank => ("none".to_owned(), String::new()),
            HeatCell::Unknown => ("unknown".to_owned(), UNKNOWN.to_owned()),
            HeatCell::Shaded { step, number } => (format!("h{step}"), number.write(self.texts)),
        }
    }
}

/// Percentiles of the wait, and the service level with other answer targets; empty if no source of
/// the page has single calls.
fn list_waits(
    scope: &HistoryScope,
    data: &HistoryData,
    total: &HistoryRow,
) -> Vec<(String, String)> {
    let is_shown = scope.query.view == HistoryView::Intervals
        && (column::WAIT_COLUMNS.iter()).any(|column| total.value(*column).is_some());
    let columns = column::WAIT_COLUMNS.iter().filter(|_| is_shown);
    let texts = scope.texts;
    let level = data.terms.level_label(texts);
    let value = |column: &HistoryColumn| {
        let value = number::format_or_unknown(texts, total.value(*column));
        (column.heading(texts, &level, ""), value)
    };
    columns.map(value).collect()
}

pub(super) fn draw_chart(scope: &HistoryScope, data: &HistoryData) -> Option<HistoryChart> {
    let read = |row: &HistoryRow| describe_row(scope, data.terms.target.threshold_ms, row);
    let labeled = labeled_times(scope, data.shown_times());
    let label = |row: &HistoryRow| {
        let at = row.from.filter(|at| labeled.contains(at));
        at.map(|at| scope.tick_label(at)).unwrap_or_default()
    };
    build_chart(scope.texts, data.shown_times(), read, label)
}

/// The bars with a label; over several days, the first of each day, which needn't be open at
/// midnight.
fn labeled_times(scope: &HistoryScope, times: &[HistoryRow]) -> BTreeSet<Timestamp> {
    let is_of_days = scope.step != ReportStep::Day && 2 < scope.window.day_count();
    let mut starts: Vec<_> = times.iter().filter_map(|row| row.from).collect();
    if is_of_days {
        starts.dedup_by_key(|at| scope.local_date(*at));
    }
    starts.into_iter().collect()
}

/// "10:00–10:30: 18 offered, 15 answered, 2 abandoned, 78.9% in 20 s, missed the target. Thu 12
/// Nov: 17 offered, 84% in 20 s."
fn describe_row(scope: &HistoryScope, threshold_ms: Option<i64>, row: &HistoryRow) -> String {
    let texts = scope.texts;
    let facts = |figures: &RowFigures| {
        let columns = [
            HistoryColumn::Offered,
            HistoryColumn::Answered,
            HistoryColumn::Abandoned,
            HistoryColumn::ServiceLevel,
        ];
        let facts = columns.into_iter().filter_map(|column| {
            let value = column.value(figures, row.rules)?.write(texts);
            Some(match (column, threshold_ms) {
                (HistoryColumn::Offered, _) => texts.count_offered(value),
                (HistoryColumn::Answered, _) => texts.count_answered(value),
                (HistoryColumn::Abandoned, _) => texts.count_abandoned(value),
                (_, Some(limit)) => texts.level_in_time(value, texts.threshold(limit)),
                (_, None) => texts.level_in_target(value),
            })
        });
        facts.collect::<Vec<_>>()
    };
    let when = match (row.from, row.to) {
        (Some(from), Some(to)) if scope.period.is_none() => scope.range_label(from, to),
        _ => row.name.clone(),
    };
    let mut parts = match &row.figures {
        Some(figures) => facts(figures),
        None => vec![texts.no_data_label().to_owned()],
    };
    let marks = [
        (row.is_ongoing, texts.is_in_progress()),
        (row.is_live, texts.is_live()),
        (row.is_missed(), texts.has_missed_target()),
    ];
    let marks = marks.into_iter().filter(|(is_so, _)| *is_so);
    parts.extend(marks.map(|(_, mark)| mark.to_owned()));
    let text = texts.interval_facts(when, parts.join(", "));
    let Some((before, (_, name))) = row.before.as_ref().zip(scope.before.as_ref()) else {
        return text;
    };
    let before = texts.interval_facts(name.as_str(), facts(before).join(", "));
    format!("{text} {before}")
}

fn chart_unavailable_note(scope: &HistoryScope) -> PageNote {
    let texts = scope.texts;
    if !scope.is_too_dense() {
        return (texts.sentence_of(texts.no_data_of_period()), None);
    }
    let link = row_steps::drawable_step(scope.window.day_count()).map(|step| {
        let href = scope.path_with(|query| query.step = Some(step));
        PageLink::new(texts.use_intervals(step.word(texts)), href)
    });
    (texts.too_many_intervals(scope.row_step().word(texts)), link)
}

/// Past times that weren't imported.
pub(super) fn missing_times(scope: &HistoryScope, times: &[HistoryRow]) -> Vec<String> {
    // Nobody is scheduled at all times.
    if scope.query.view == HistoryView::Adherence {
        return Vec::new();
    }
    let is_past = |row: &&HistoryRow| row.from.is_some_and(|from| from < scope.now);
    let past: Vec<_> = times.iter().filter(is_past).collect();
    // Times that are left out aren't missing.
    let is_one_run = |one: &&HistoryRow, next: &&HistoryRow| {
        one.figures.is_none() == next.figures.is_none() && one.is_followed_by(next)
    };
    let runs = past.chunk_by(is_one_run);
    let words = |run: &[&HistoryRow]| {
        let (first, last) = (run.first()?, run.last()?);
        first
            .figures
            .is_none()
            .then(|| match (first.from, last.to) {
                (Some(from), Some(to)) if scope.step != ReportStep::Day => {
                    scope.range_label(from, to)
                }
                _ if run.len() == 1 => first.name.clone(),
                _ => format!("{} – {}", first.name, last.name),
            })
    };
    let mut missing: Vec<_> = runs.filter_map(words).collect();
    let more = missing.len().saturating_sub(MISSING_LISTED_MAX);
    if 0 < more {
        missing.truncate(MISSING_LISTED_MAX);
        missing.push(scope.texts.more_gaps(more));
    }
    missing
}

/// The head of a file.
pub(super) fn file_header(
    web: &WebState,
    scope: &HistoryScope,
    data: &HistoryData,
) -> Vec<(&'static str, String)> {
    let texts = scope.texts;
    let interval = match &data.heat {
        Some(_) => RowStep::Interval(ReportStep::Hour),
        None => scope.row_step(),
    };
    let mut head = vec![
        (texts.nav_history(), data.known.title(texts, &scope.query)),
        (texts.period_term(), scope.describe_period()),
        (texts.shift_from(), scope.instant_label(scope.window.from)),
        (texts.shift_to(), scope.instant_label(scope.window.to)),
        (texts.interval_choice(), interval.word(texts).to_owned()),
    ];
    if let Some(heat) = &data.heat {
        let (metric, summary) = (scope.query.heat_metric.word(texts), heat.summary(texts));
        head.push((texts.view_heatmap(), format!("{metric}: {summary}")));
    }
    head.extend(list_definitions(
        scope,
        data,
        summary::name_formula(texts, &data.terms),
    ));
    let notes = notes::list_file_notes(web, scope, data);
    head.extend(notes.into_iter().map(|text| (texts.file_note(), text)));
    let missing = missing_times(scope, &data.times);
    if !missing.is_empty() {
        head.push((texts.no_data(), missing.join(", ")));
    }
    head.push((texts.file_written(), scope.instant_label(scope.now)));
    head
}
