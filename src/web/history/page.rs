//! `/history` as a page: turns loaded data into text, tables and charts. Does no I/O.

use std::{collections::BTreeSet, fmt::Write};

use askama::Template;
use jiff::Timestamp;

use crate::web::{
    WebState,
    parts::{
        clock::{PageTime, UNKNOWN},
        links::PageLink,
        metric_tile::MetricTile,
        page_header::PageHeader,
    },
    server::assets,
};
use wallboard_boards::{encode_segment, figure_text};
use wallboard_history::report::{ReportStep, RowFigures};
use wallboard_texts::Texts;

use super::{
    chart::{HistoryChart, build_chart},
    choice::{Choice, HistoryView},
    column::{self, HistoryColumn},
    export_facts::FactTable,
    findings::{self, Finding},
    form::{self, FilterForm, FilterTab, NeighborLink},
    heat::{HeatCell, HeatMap},
    history_data::{HistoryData, PageNote},
    history_row::HistoryRow,
    notes::{self, EmptyState},
    number,
    scope::{self, HistoryScope},
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
    /// Makes a report of the page.
    report_href: String,
    empty: Option<EmptyState>,
    chart: Option<HistoryChart>,
    /// Why there is no chart.
    no_chart: Option<PageNote>,
    /// "10:30–11:00"
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
    heat: &'a HeatMap,
    metrics: Vec<FilterTab>,
    what: &'static str,
    summary: &'static str,
}

impl<'a> HistoryPage<'a> {
    pub(super) fn new(
        web: &WebState,
        (header, stamp): (PageHeader, PageTime),
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
            header,
            stamp,
            who: known.title(query),
            when: scope.describe_period(),
            zone: &scope.zone_name,
            presets: form::preset_tabs(scope),
            neighbors: form::neighbor_links(scope),
            form: form::build_form(scope, known),
            figures: summary::summary_figures(scope, data, &total, compared.as_ref()),
            looks: findings::list_findings(scope, data, (&table, &total), compared.as_ref()),
            notes: match empty {
                Some(_) => data.notes.clone(),
                None => notes::build_notes(web, scope, data),
            },
            views: form::view_tabs(scope),
            files: [
                ("CSV", query.path_for("/history.csv")),
                ("XLSX", query.path_for("/history.xlsx")),
            ],
            report_href: format!(
                "/reports/edit?view={}",
                encode_segment(&query.path_for("/history"))
            ),
            waits: list_waits(scope, data, &total),
            no_chart: no_chart.then(|| chart_unavailable_note(scope)),
            missing: missing_times(scope, &data.times),
            heat: data.heat.as_ref().map(|heat| HeatPage::new(scope, heat)),
            table: matches!(query.view, HistoryView::Intervals | HistoryView::Table)
                .then_some(table),
            tables: &data.facts,
            foot: form::summarize_query(scope, &imported_until),
            definitions: list_definitions(scope, data, summary::describe_formula(&data.terms)),
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
        Self {
            heat,
            metrics: form::heat_metric_tabs(scope),
            what: scope.query.heat_metric.word(),
            summary: heat.summary(),
        }
    }

    /// For the template: a cell's class and text.
    fn cell_text(cell: &HeatCell) -> (String, String) {
        match cell {
            HeatCell::Missing => ("gap".to_owned(), String::new()),
            HeatCell::Closed => ("closed".to_owned(), String::new()),
            HeatCell::Blank => ("none".to_owned(), String::new()),
            HeatCell::Unknown => ("unknown".to_owned(), UNKNOWN.to_owned()),
            HeatCell::Shaded { step, number } => (format!("h{step}"), number.shown()),
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
    let level = data.terms.level_label(Texts::english());
    let value = |column: &HistoryColumn| {
        let value = number::format_or_unknown(total.value(*column));
        (column.heading(&level, ""), value)
    };
    columns.map(value).collect()
}

fn draw_chart(scope: &HistoryScope, data: &HistoryData) -> Option<HistoryChart> {
    let within = match data.terms.target.threshold_ms {
        Some(threshold_ms) => format!("in {}", figure_text::threshold(threshold_ms)),
        None => "within the answer target".to_owned(),
    };
    let read = |row: &HistoryRow| describe_row(scope, &within, row);
    let labeled = labeled_times(scope, &data.times);
    let label = |row: &HistoryRow| {
        let at = row.from.filter(|at| labeled.contains(at));
        at.map(|at| scope.tick_label(at)).unwrap_or_default()
    };
    build_chart(&data.times, read, label)
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
pub(super) fn missing_times(scope: &HistoryScope, times: &[HistoryRow]) -> Vec<String> {
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
        missing.push(format!("and {more} more gaps"));
    }
    missing
}

/// How the figures are computed; `formula` says how the service level is.
fn list_definitions(
    scope: &HistoryScope,
    data: &HistoryData,
    formula: String,
) -> Vec<(&'static str, String)> {
    let terms = &data.terms;
    let counted_by = summary::describe_count_by(terms.rules.count_by).to_owned();
    let mut rows = vec![
        ("Service level", formula),
        ("Answer target", summary::describe_threshold(terms)),
        ("Counted by", counted_by),
        ("Time zone", scope.zone_name.clone()),
    ];
    if let Some((window, _)) = &scope.before {
        rows.push(("Compared with", window.describe()));
        let gaps: Vec<_> = data.gaps.all().collect();
        if !gaps.is_empty() {
            rows.push(("Not compared", gaps.join("; ")));
        }
    }
    if scope.query.view == HistoryView::Breakdown {
        let words = "always counted by call start";
        rows.push(("Breakdown", words.to_owned()));
    }
    if scope.leaves_out_closed() {
        let words = "only. Each queue counts in its own, an interval if it starts in them. Staffing isn’t known for them alone";
        rows.push(("Opening hours", words.to_owned()));
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
pub(super) fn file_header(
    web: &WebState,
    scope: &HistoryScope,
    data: &HistoryData,
) -> Vec<(&'static str, String)> {
    let interval = match &data.heat {
        Some(_) => ReportStep::Hour,
        None => scope.step,
    };
    let mut head = vec![
        ("History", data.known.title(&scope.query)),
        ("Period", scope.describe_period()),
        ("From", scope.instant_label(scope.window.from)),
        ("To", scope.instant_label(scope.window.to)),
        ("Interval", interval.word().to_owned()),
    ];
    if let Some(heat) = &data.heat {
        let (metric, summary) = (scope.query.heat_metric.word(), heat.summary());
        let summary = figure_text::lowercase_label(summary);
        head.push(("Heat map", format!("{metric}: {summary}")));
    }
    head.extend(list_definitions(
        scope,
        data,
        summary::name_formula(&data.terms),
    ));
    let notes = notes::list_file_notes(web, scope, data);
    head.extend(notes.into_iter().map(|text| ("Note", text)));
    let missing = missing_times(scope, &data.times);
    if !missing.is_empty() {
        head.push(("No data", missing.join(", ")));
    }
    head.push(("Written", scope.instant_label(scope.now)));
    head
}
