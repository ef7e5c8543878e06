//! The data of a history page, read from the store.

use crate::web::{WebState, parts::links::PageLink};
use wallboard_history::report::{ReportError, ReportSeries, ReportStep, RowFigures};

use super::{
    adherence_rows,
    breakdown::{self, Breakdown},
    breaks, calibration_table,
    choice::{HistoryView, RowKind},
    coded_rows::load_coded_rows,
    column::RatioRules,
    comparison::ComparisonGaps,
    export_facts::{self, FactTable},
    half_hour_count,
    handled_rows::load_handled_rows,
    heat::HeatMap,
    history_row::HistoryRow,
    period_rows, plan_rows, repeats,
    rest_of_today::{self, UpcomingTable},
    saved_board_figures,
    scope::{HistoryScope, TargetTerms},
    series_reader::{SeriesReader, single_rows},
    subject_rows::subject_rows,
    subjects::HistorySubjects,
    time_rows::{time_rows, without_calm_edges},
};

/// A sentence with an optional link.
pub(super) type PageNote = (String, Option<PageLink>);

/// The data of a history page.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent fact of the data"
)]
pub(super) struct HistoryData {
    pub(super) known: HistorySubjects,
    pub(super) terms: TargetTerms,
    /// One row per step, for the whole query.
    pub(super) times: Vec<HistoryRow>,
    /// The same by week or month, if the query has rows of these.
    pub(super) periods: Option<Vec<HistoryRow>>,
    /// Time ranges without calls at the edges: "00:00–08:00".
    pub(super) calm: Vec<String>,
    /// One row per queue or agent, if requested.
    pub(super) subjects: Option<Vec<HistoryRow>>,
    /// How many queues or agents these rows leave out because `[hide]` hides them.
    pub(super) hidden_rows: usize,
    /// A queue or agent is in several of these rows, so they don't add up.
    pub(super) has_shared_members: bool,
    pub(super) heat: Option<HeatMap>,
    pub(super) breakdown: Option<Breakdown>,
    /// The plan for the rest of today.
    pub(super) upcoming: Option<UpcomingTable>,
    /// Export data other than figures, for the pages that show it.
    pub(super) facts: Vec<FactTable>,
    pub(super) notes: Vec<PageNote>,
    /// Data that isn't compared with the earlier period, and why.
    pub(super) gaps: ComparisonGaps,
    /// Several sources make up the figures, so the notes name what one of them lacks.
    pub(super) is_of_several: bool,
    /// Some row consists of UTC hours or days.
    pub(super) is_utc: bool,
    /// Some files have longer intervals than a row.
    pub(super) is_blurred: bool,
}

impl HistoryData {
    /// The rows by time that a table lists and a chart draws.
    pub(super) fn shown_times(&self) -> &Vec<HistoryRow> {
        self.periods.as_ref().unwrap_or(&self.times)
    }

    /// Nothing in the range was imported.
    pub(super) fn is_unknown(&self) -> bool {
        self.times.iter().all(|row| row.figures.is_none())
    }

    /// Anything happened in the range.
    pub(super) fn has_activity(&self) -> bool {
        let mut figures = self.times.iter().filter_map(|row| row.figures.as_ref());
        figures.any(|figures| !figures.is_zero())
    }
}

pub(super) async fn load_history(
    web: &WebState,
    scope: &HistoryScope,
) -> Result<HistoryData, ReportError> {
    if scope.query.view == HistoryView::Adherence {
        return adherence_rows::load_adherence(web, scope).await;
    }
    let known = HistorySubjects::load(web).await?;
    let query = &scope.query;
    let reader = SeriesReader::new(&web.history, scope);
    let now = reader.read_series(&scope.window, scope.step).await?;
    let mut terms = target_terms(scope, &now);
    let rows = || now.iter().flat_map(|series| &series.rows);
    let is_utc = rows().any(|row| row.is_utc);
    let is_blurred = rows().any(|row| row.is_utc && row.figures.is_none());
    let now = single_rows(now);
    let mut times = time_rows(scope, &now, &terms, known.calls_from(query));
    let mut upcoming = rest_of_today::upcoming_rows(scope, &now);
    let total = HistoryRow::sum_rows(&times, terms.rules);
    let board_figures = saved_board_figures::load_board_figures(&web.store, scope, &known).await?;
    let difference = board_figures.explain_difference(scope, &total);
    let incomplete = board_figures.fill_rows(scope, &mut times);
    let is_withheld = web.history.withholds_agent_figures();
    if is_withheld {
        for row in &mut times {
            row.figures = row.figures.take().and_then(RowFigures::without_agents);
        }
    }
    let gaps = reader.compare(&known, now, &mut times).await?;
    let subjects = match query.rows {
        RowKind::Time => None,
        _ if query.is_of_handled_calls() => {
            let rows = load_handled_rows(&web.history, scope, &known, &times, terms.rules);
            Some(rows.await?)
        }
        kind if kind.code_dimension().is_some() => {
            let rows = load_coded_rows(&web.history, scope, &known, &times, terms.rules);
            Some(rows.await?)
        }
        kind => Some(subject_rows(&reader, &known, kind, terms.rules).await?),
    };
    let has_shared_members = (subjects.as_ref()).is_some_and(|rows| rows.has_shared_members);
    let hidden_rows = subjects.as_ref().map_or(0, |rows| rows.hidden);
    let (mut subjects, left_out) = match subjects {
        Some(rows) => (Some(rows.listed), [rows.closed, rows.uncovered]),
        None => (None, [None, None]),
    };
    let is_listed = query.view == HistoryView::Table && query.rows == RowKind::Time;
    if is_listed && scope.step == ReportStep::Day {
        half_hour_count::set_half_hours(&reader, &terms, &mut times).await?;
    }
    let by_queue = subjects.as_deref_mut();
    let planned = plan_rows::set_plans(web, &known, scope, &mut times, &mut upcoming, by_queue);
    let plan_notes = planned.await?;
    let (times, calm) = match query.view {
        // A time without contacts may have been planned.
        HistoryView::Plan => (times, Vec::new()),
        _ => without_calm_edges(scope, times),
    };
    let periods = (scope.period).map(|period| period_rows::merge_days(scope, period, &times));
    terms.has_own_formulas = (subjects.iter().flatten())
        .any(|row| row.figures.is_some() && row.rules.formula != terms.rules.formula);
    let heat = match query.view {
        HistoryView::Heatmap => Some(heat_map(&reader, terms.rules).await?),
        _ => None,
    };
    let breakdown = match query.view {
        HistoryView::Breakdown => {
            Some(breakdown::load_breakdown(&web.history, scope, &known).await?)
        }
        _ => None,
    };
    let facts = load_tables(web, &reader, &known).await?;
    let upcoming = rest_of_today::list_upcoming(scope, &upcoming);
    let withheld = is_withheld.then(|| scope.texts.agents_withheld().to_owned());
    // With a single source, the page names the gaps in its own rows.
    let is_of_several = 1 < known.queried_sources(query).len();
    let missing = gaps.missing.iter().filter(|_| is_of_several);
    let missing = missing.map(|text| scope.texts.sentence_of(text.as_str()));
    let notes = [difference, incomplete].into_iter().chain(left_out);
    let notes = notes.chain([withheld]).flatten().chain(missing);
    let notes = notes.chain(plan_notes);
    let notes = notes.map(|text| (text, None)).collect();
    Ok(HistoryData {
        known,
        terms,
        times,
        periods,
        calm,
        subjects,
        hidden_rows,
        has_shared_members,
        heat,
        breakdown,
        upcoming,
        facts,
        notes,
        gaps,
        is_of_several,
        is_utc,
        is_blurred,
    })
}

/// Loads all tables beside the figures.
async fn load_tables(
    web: &WebState,
    reader: &SeriesReader<'_>,
    known: &HistorySubjects,
) -> Result<Vec<FactTable>, ReportError> {
    let scope = reader.scope;
    let (repeats, breaks) = match scope.query.view {
        HistoryView::Breakdown => (
            repeats::load_repeats(&web.history, scope).await?,
            breaks::load_breaks(reader, known).await?,
        ),
        _ => (None, None),
    };
    let export_facts = load_facts(web, scope, known).await?;
    let calibration = calibration_table::list_calibrations(web, scope);
    let tables = repeats.into_iter().chain(breaks).chain(calibration);
    Ok(tables.chain(export_facts).collect())
}

/// Loads the tables of the page's only queue, or next to the breakdown those of the site.
async fn load_facts(
    web: &WebState,
    scope: &HistoryScope,
    known: &HistorySubjects,
) -> Result<Vec<FactTable>, ReportError> {
    let (query, texts) = (&scope.query, scope.texts);
    let queue = match (&query.agent, &query.queues[..]) {
        (None, [queue]) => known.find_queue(queue).map(|queue| queue.id.clone()),
        _ => None,
    };
    let is_of_site = query.agent.is_none() && query.queues.is_empty();
    if queue.is_none() && !(is_of_site && query.view == HistoryView::Breakdown) {
        return Ok(Vec::new());
    }
    let catalog = web.history.load_export_catalog().await?;
    Ok(match queue {
        Some(queue) => export_facts::queue_tables(texts, &catalog, &queue),
        None => export_facts::site_tables(texts, &catalog),
    })
}

/// The target of the only series.
fn target_terms(scope: &HistoryScope, series: &[ReportSeries]) -> TargetTerms {
    let target = series.first().and_then(|series| series.target);
    let shared = target.unwrap_or_default();
    TargetTerms {
        rules: RatioRules {
            formula: shared.formula.unwrap_or_default(),
            count_by: scope.query.count_by,
        },
        target: shared,
        has_own_formulas: false,
    }
}

async fn heat_map(reader: &SeriesReader<'_>, rules: RatioRules) -> Result<HeatMap, ReportError> {
    let scope = reader.scope;
    let mut hours = single_rows(reader.read_series(&scope.window, ReportStep::Hour).await?);
    hours.retain(|hour| hour.start < scope.now);
    Ok(HeatMap::new(
        scope.texts,
        &hours,
        scope.zone(),
        scope.query.heat_metric,
        rules,
    ))
}
