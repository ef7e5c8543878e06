//! `/history` as a page: turns loaded data into text, tables and charts. Does no I/O.

use std::fmt::Write;

use askama::Template;
use jiff::Timestamp;

use crate::{
    boards::svg::unknown_runs,
    history::report::{ReportStep, RowFigures},
    web::{WebState, assets, clock::PageTime, links::PageLink, metric_tile::MetricTile},
};

use super::{
    chart::{HistoryChart, build_chart},
    choice::{Choice, HeatMetric, HistoryView},
    column::HistoryColumn,
    form::{self, FilterForm, FilterTab},
    heat::{HeatCell, HeatMap},
    history_data::{HistoryData, PageNote},
    history_row::HistoryRow,
    notes::{self, EmptyState},
    scope::{self, HistoryScope},
    summary::{self, Finding},
    table::HistoryTable,
};

/// Maximum number of gaps named; the chart shows all of them.
const MISSING_LISTED_MAX: usize = 12;

#[derive(Template)]
#[template(path = "history.html")]
pub(super) struct HistoryPage<'a> {
    build: &'static str,
    demo: bool,
    stamp: PageTime,
    scope: &'a HistoryScope,
    data: &'a HistoryData,
    who: String,
    when: String,
    zone: &'a str,
    presets: Vec<FilterTab>,
    form: FilterForm,
    figures: Vec<MetricTile>,
    looks: Vec<Finding>,
    notes: Vec<PageNote>,
    views: Vec<FilterTab>,
    files: [(&'static str, String); 2],
    empty: Option<EmptyState>,
    chart: Option<HistoryChart>,
    /// Why there is no chart.
    no_chart: Option<PageNote>,
    /// "10:30–11:00"
    missing: Vec<String>,
    heat: Option<HeatPage<'a>>,
    table: Option<HistoryTable>,
    definitions: Vec<(&'static str, String)>,
    all_href: Option<String>,
    /// The selection and the import date, for the foot of printed pages.
    foot: String,
}

struct HeatPage<'a> {
    heat: &'a HeatMap,
    metrics: Vec<FilterTab>,
    what: &'static str,
    summary: &'static str,
}

impl<'a> HistoryPage<'a> {
    pub(super) fn new(
        web: &WebState,
        stamp: PageTime,
        scope: &'a HistoryScope,
        data: &'a HistoryData,
    ) -> Self {
        let (query, known) = (&scope.query, &data.known);
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
            demo: web.demo,
            stamp,
            who: known.title(query),
            when: scope.window.describe(),
            zone: &scope.zone_name,
            presets: form::preset_tabs(scope),
            form: form::build_form(scope, known),
            figures: summary::summary_figures(scope, &data.terms, &total, compared.as_ref()),
            looks: summary::list_findings(scope, &data.terms, (&table, &total), compared.as_ref()),
            notes: match empty {
                Some(_) => data.notes.clone(),
                None => notes::build_notes(scope, data),
            },
            views: form::view_tabs(scope),
            files: [
                ("CSV", query.path_for("/history.csv")),
                ("XLSX", query.path_for("/history.xlsx")),
            ],
            no_chart: no_chart.then(|| chart_unavailable_note(scope)),
            missing: missing_times(scope, &data.times),
            heat: data.heat.as_ref().map(|heat| HeatPage::new(scope, heat)),
            table: matches!(query.view, HistoryView::Intervals | HistoryView::Table)
                .then_some(table),
            foot: form::summarize_query(scope, &imported_until),
            definitions: list_definitions(scope, data),
            all_href: query
                .only_missed
                .then(|| scope.path_with(|query| query.only_missed = false)),
            scope,
            data,
            empty,
            chart,
        }
    }
}

impl<'a> HeatPage<'a> {
    fn new(scope: &HistoryScope, heat: &'a HeatMap) -> Self {
        let metric = scope.query.heat_metric;
        Self {
            heat,
            metrics: form::heat_metric_tabs(scope),
            what: metric.word(),
            summary: match (metric, heat.is_mean) {
                (HeatMetric::Offered, true) => "Average calls per hour, over imported days",
                (HeatMetric::Offered, false) => "Calls",
                (HeatMetric::Abandoned, _) => "Abandonment rate per hour",
                (HeatMetric::ServiceLevel, _) => "Service level per hour",
                (HeatMetric::AverageSpeedOfAnswer, _) => {
                    "Average speed of answer per hour, minutes and seconds"
                }
            },
        }
    }

    /// For the template: a cell's class and text.
    fn cell_text(cell: &HeatCell) -> (String, String) {
        match cell {
            HeatCell::Closed => ("gap".to_owned(), String::new()),
            HeatCell::Blank => ("none".to_owned(), String::new()),
            HeatCell::Shaded { step, number } => (format!("h{step}"), number.shown()),
        }
    }
}

fn draw_chart(scope: &HistoryScope, data: &HistoryData) -> Option<HistoryChart> {
    let within = format!("in {}", data.terms.threshold_label());
    let read = |row: &HistoryRow| describe_row(scope, &within, row);
    build_chart(&data.times, read, |row| tick_label(scope, row))
}

/// The label below a bar; over several days, each day labels its start.
fn tick_label(scope: &HistoryScope, row: &HistoryRow) -> String {
    let is_of_days = scope.step != ReportStep::Day && 2 < scope.window.day_count();
    let is_shown = |at: &Timestamp| !is_of_days || scope.begins_day(*at);
    let at = row.from.filter(is_shown);
    at.map(|at| scope.tick_label(at)).unwrap_or_default()
}

/// "10:00–10:30: 18 offered, 15 answered, 2 abandoned, 78.9% in 20 s, missed the target. Thu 12
/// Nov: 17 offered, 84% in 20 s."
fn describe_row(scope: &HistoryScope, within: &str, row: &HistoryRow) -> String {
    let words = |figures: &RowFigures| {
        let parts = [
            (HistoryColumn::Offered, "offered"),
            (HistoryColumn::Answered, "answered"),
            (HistoryColumn::Abandoned, "abandoned"),
            (HistoryColumn::ServiceLevel, within),
        ];
        let parts = parts.into_iter().filter_map(|(column, word)| {
            let value = column.value(figures, row.rules)?;
            Some(format!("{} {word}", value.shown()))
        });
        parts.collect::<Vec<_>>().join(", ")
    };
    let when = match (row.from, row.to) {
        (Some(from), Some(to)) => scope.range_label(from, to),
        _ => row.name.clone(),
    };
    let figures = row.figures.as_ref();
    let mut text = format!("{when}: {}", figures.map_or("no data".to_owned(), words));
    for (is_so, words) in [
        (row.is_partial, ", in progress"),
        (row.is_live, ", live"),
        (row.is_missed(), ", missed the target"),
    ] {
        text.push_str(if is_so { words } else { "" });
    }
    text.push('.');
    if let (Some(before), Some((_, name))) = (&row.before, &scope.before) {
        // Writing to a string cannot fail.
        write!(text, " {name}: {}.", words(before)).ok();
    }
    text
}

fn chart_unavailable_note(scope: &HistoryScope) -> PageNote {
    if !scope.is_too_dense() {
        return ("No data for this period.".to_owned(), None);
    }
    let link = scope::drawable_step(scope.window.day_count()).map(|step| {
        let href = scope.path_with(|query| query.step = Some(step));
        PageLink::new(format!("Use {} intervals", step.word()), href)
    });
    let text = format!(
        "Too many {} intervals to chart. The table shows all of them.",
        scope.step.word()
    );
    (text, link)
}

/// Past times that weren't imported.
fn missing_times(scope: &HistoryScope, times: &[HistoryRow]) -> Vec<String> {
    let is_past = |row: &&HistoryRow| row.from.is_some_and(|from| from < scope.now);
    let past: Vec<_> = times.iter().filter(is_past).collect();
    let known: Vec<_> = past.iter().map(|row| row.figures.as_ref()).collect();
    let words = |(from, to): (usize, usize)| {
        let (first, last) = (past[from], past[to - 1]);
        match (first.from, last.to) {
            (Some(first), Some(last)) if scope.step != ReportStep::Day => {
                scope.range_label(first, last)
            }
            _ if from + 1 == to => first.name.clone(),
            _ => format!("{} – {}", first.name, last.name),
        }
    };
    let mut missing: Vec<_> = unknown_runs(&known).into_iter().map(words).collect();
    let more = missing.len().saturating_sub(MISSING_LISTED_MAX);
    if 0 < more {
        missing.truncate(MISSING_LISTED_MAX);
        missing.push(format!("and {more} more gaps"));
    }
    missing
}

fn list_definitions(scope: &HistoryScope, data: &HistoryData) -> Vec<(&'static str, String)> {
    let terms = &data.terms;
    let counted_by = summary::describe_count_by(terms.rules.count_by).to_owned();
    let mut rows = vec![
        ("Service level", summary::describe_formula(terms)),
        ("Target time", summary::describe_threshold(terms)),
        ("Counted by", counted_by),
        ("Time zone", format!("in {}", scope.zone_name)),
    ];
    if let Some((window, _)) = &scope.before {
        rows.push(("Compared with", window.describe()));
    }
    if scope.query.view == HistoryView::Breakdown {
        let words = "always counted by call start";
        rows.push(("Breakdown", words.to_owned()));
    }
    let imported_until = data.known.imported_until(scope);
    if !imported_until.is_empty() {
        rows.push(("Data through", imported_until));
    }
    rows.push((
        "–",
        "no data, or nothing to divide by (not zero)".to_owned(),
    ));
    rows
}

/// The head of a file.
pub(super) fn file_header(scope: &HistoryScope, data: &HistoryData) -> Vec<(&'static str, String)> {
    let mut head = vec![
        ("History", data.known.title(&scope.query)),
        ("Period", scope.window.describe()),
        ("From", scope.instant_label(scope.window.from)),
        ("To", scope.instant_label(scope.window.to)),
        ("Interval", scope.step.word().to_owned()),
    ];
    head.extend(list_definitions(scope, data));
    head.push(("Written", scope.instant_label(scope.now)));
    head
}
