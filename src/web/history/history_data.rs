//! Reads a history page's data from the store: its time range, and the earlier period at the same
//! hours of the same weekdays.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::web::{WebState, case_listing, links::PageLink};
use wallboard_domain::{Id, ServiceLevelFormula, SourceId, TargetInForce};
use wallboard_history::report::{
    ClosedTime, History, Report, ReportDimension, ReportError, ReportQuery, ReportRow,
    ReportSeries, ReportStep, ReportSubject, RowFigures,
};

use super::{
    breakdown::{self, Breakdown},
    choice::{HistoryView, RowKind},
    column::RatioRules,
    comparison::{self, ComparedSource, ComparisonGaps},
    export_facts::{self, FactTable},
    handled_rows::load_handled_rows,
    heat::HeatMap,
    history_row::HistoryRow,
    query::HistoryQuery,
    range::TimeWindow,
    saved_board_figures,
    scope::{HistoryScope, TargetTerms},
    subjects::HistorySubjects,
};

/// A sentence with an optional link.
pub(super) type PageNote = (String, Option<PageLink>);

/// The data of a history page.
pub(super) struct HistoryData {
    pub(super) known: HistorySubjects,
    pub(super) terms: TargetTerms,
    /// One row per step, for the whole query.
    pub(super) times: Vec<HistoryRow>,
    /// Time ranges without calls at the edges: "00:00–08:00".
    pub(super) calm: Vec<String>,
    /// One row per queue or agent, if requested.
    pub(super) subjects: Option<Vec<HistoryRow>>,
    /// A queue or agent is in several of these rows, so they don't add up.
    pub(super) has_shared_members: bool,
    pub(super) heat: Option<HeatMap>,
    pub(super) breakdown: Option<Breakdown>,
    /// What exports say besides figures, for the pages that show it.
    pub(super) facts: Vec<FactTable>,
    pub(super) notes: Vec<PageNote>,
    /// What isn't compared with the earlier period, and why.
    pub(super) gaps: ComparisonGaps,
    /// Several sources make up the figures, so the notes name what one of them lacks.
    pub(super) is_of_several: bool,
    /// Some row consists of UTC hours or days.
    pub(super) is_utc: bool,
    /// Some files have longer intervals than a row.
    pub(super) is_blurred: bool,
}

impl HistoryData {
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

/// Why columns are empty.
const WITHHELD_NOTE: &str = "Figures about agents aren’t shown to you: files don’t say how many agents served a queue, and a small team’s are withheld.";

pub(super) async fn load_history(
    web: &WebState,
    scope: &HistoryScope,
) -> Result<HistoryData, ReportError> {
    let known = HistorySubjects::load(web).await?;
    let query = &scope.query;
    let reader = SeriesReader::new(&web.history, scope, &known);
    let now = reader.read_series(&scope.window, scope.step).await?;
    let mut terms = target_terms(scope, &now, known.site.target_for("site").formula);
    let rows = || now.iter().flat_map(|series| &series.rows);
    let is_utc = rows().any(|row| row.is_utc);
    let is_blurred = rows().any(|row| row.is_utc && row.figures.is_none());
    let now = sum_series(now);
    let mut times = time_rows(scope, &now, &terms, known.calls_from(query));
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
            Some(SubjectRows {
                listed: rows.await?,
                ..SubjectRows::default()
            })
        }
        kind => Some(subject_rows(&reader, &known, kind, terms.rules).await?),
    };
    let has_shared_members = (subjects.as_ref()).is_some_and(|rows| rows.has_shared_members);
    let (subjects, closed_queues) = match subjects {
        Some(rows) => (Some(rows.listed), rows.closed),
        None => (None, None),
    };
    let (times, calm) = without_calm_edges(scope, times);
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
    let facts = load_facts(web, query, &known).await?;
    let withheld = is_withheld.then(|| WITHHELD_NOTE.to_owned());
    // With a single source, the page names the gaps in its own rows.
    let is_of_several = 1 < known.queried_sources(query).len();
    let missing = gaps.missing.iter().filter(|_| is_of_several);
    let missing = missing.map(|text| format!("{text}."));
    let notes = [difference, incomplete, closed_queues, withheld];
    let notes = notes.into_iter().flatten().chain(missing);
    let notes = notes.map(|text| (text, None)).collect();
    Ok(HistoryData {
        known,
        terms,
        times,
        calm,
        subjects,
        has_shared_members,
        heat,
        breakdown,
        facts,
        notes,
        gaps,
        is_of_several,
        is_utc,
        is_blurred,
    })
}

/// Loads the tables of the page's only queue, or next to the breakdown those of the site.
async fn load_facts(
    web: &WebState,
    query: &HistoryQuery,
    known: &HistorySubjects,
) -> Result<Vec<FactTable>, ReportError> {
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
        Some(queue) => export_facts::queue_tables(&catalog, &queue),
        None => export_facts::site_tables(&catalog),
    })
}

/// Reads the series of a query: one series of the report, or several queues.
struct SeriesReader<'a> {
    history: &'a History,
    scope: &'a HistoryScope,
    subject: ReportSubject,
    dimension: Option<ReportDimension>,
    /// Only these series; empty: all.
    only: Vec<Id>,
    /// Only what this source has; `None`: all sources together.
    source: Option<SourceId>,
}

impl<'a> SeriesReader<'a> {
    fn new(history: &'a History, scope: &'a HistoryScope, known: &HistorySubjects) -> Self {
        let query = &scope.query;
        let (subject, dimension, only) = match (&query.agent, &query.queues[..]) {
            (Some(agent), _) => (ReportSubject::Agent(agent.clone()), None, Vec::new()),
            (None, []) => (ReportSubject::Site, None, Vec::new()),
            (None, [queue]) => (ReportSubject::Queue(queue.clone()), None, Vec::new()),
            (None, queues) => {
                let members = queues.iter().flat_map(|id| known.shown_members(id));
                (
                    ReportSubject::Site,
                    Some(ReportDimension::Queue),
                    members.collect(),
                )
            }
        };
        Self {
            history,
            scope,
            subject,
            dimension,
            only,
            source: None,
        }
    }

    /// The same of one source.
    fn of_source(&self, source: SourceId) -> Self {
        Self {
            subject: self.subject.clone(),
            only: self.only.clone(),
            source: Some(source),
            ..*self
        }
    }

    /// Compares the rows with the earlier period, each source with itself.
    async fn compare(
        &self,
        known: &HistorySubjects,
        now: Vec<ReportRow>,
        times: &mut [HistoryRow],
    ) -> Result<ComparisonGaps, ReportError> {
        let (scope, step) = (self.scope, self.scope.step);
        let mut compared = Vec::new();
        let mut add = |name, now, before| {
            let before = sum_series(before);
            compared.push(ComparedSource::new(scope, name, now, before));
        };
        let sources = known.queried_sources(&scope.query);
        if sources.len() <= 1 {
            let source = sources.first().map(|source| known.site.source_name(source));
            let name = source.unwrap_or_else(|| "Export".to_owned());
            add(name, now, self.read_comparison(step).await?);
        } else {
            for source in sources {
                let reader = self.of_source(source.clone());
                let now = sum_series(reader.read_series(&scope.window, step).await?);
                let name = known.site.source_name(source);
                add(name, now, reader.read_comparison(step).await?);
            }
        }
        Ok(comparison::compare_rows(scope, compared, times))
    }

    async fn read_series(
        &self,
        window: &TimeWindow,
        step: ReportStep,
    ) -> Result<Vec<ReportSeries>, ReportError> {
        Ok(self.read_report(window, step).await?.series)
    }

    async fn read_report(
        &self,
        window: &TimeWindow,
        step: ReportStep,
    ) -> Result<Report, ReportError> {
        let query = ReportQuery {
            subject: self.subject.clone(),
            dimension: self.dimension,
            from: window.from,
            to: window.to,
            step,
            with_details: true,
            without_closed_times: self.scope.leaves_out_closed(),
            zone: self.scope.zone().clone(),
            count_by: self.scope.query.count_by,
        };
        let mut report = match &self.source {
            None => self.history.load_intervals(query).await?,
            Some(source) => {
                let loaded = self.history.load_source_intervals(query, source.clone());
                loaded.await?
            }
        };
        report.series.retain(|series| {
            self.only.is_empty() || self.only.iter().any(|id| id.to_string() == series.id)
        });
        for one in &mut report.series {
            one.rows.retain(|row| self.scope.includes_day_of(row.start));
        }
        Ok(report)
    }

    /// Reads the range that the query is compared with; empty if there is none.
    async fn read_comparison(&self, step: ReportStep) -> Result<Vec<ReportSeries>, ReportError> {
        match &self.scope.before {
            Some((window, _)) => self.read_series(window, step).await,
            None => Ok(Vec::new()),
        }
    }
}

/// The target that all series share. If their formulas differ, totals use `for_all`.
fn target_terms(
    scope: &HistoryScope,
    series: &[ReportSeries],
    for_all: ServiceLevelFormula,
) -> TargetTerms {
    let shared = TargetInForce::merge_targets(series.iter().filter_map(|series| series.target));
    let shared = shared.unwrap_or_default();
    TargetTerms {
        rules: RatioRules {
            formula: shared.formula.unwrap_or(for_all),
            count_by: scope.query.count_by,
        },
        target: shared,
        has_own_formulas: false,
    }
}

/// Sums the intervals of all series. An interval that one of them lacks is partial.
fn sum_series(series: Vec<ReportSeries>) -> Vec<ReportRow> {
    let sum = |mut sums: Vec<ReportRow>, rows: Vec<ReportRow>| {
        for (sum, row) in sums.iter_mut().zip(rows) {
            // A closed queue lacks nothing.
            let is_closed = [sum.closed_time, row.closed_time].contains(&ClosedTime::All);
            let is_one_unknown = row.figures.is_some() != sum.figures.is_some();
            sum.is_partial |= row.is_partial || (is_one_unknown && !is_closed);
            for source in row.missing_sources {
                if !sum.missing_sources.contains(&source) {
                    sum.missing_sources.push(source);
                }
            }
            sum.is_utc |= row.is_utc;
            sum.closed_time = sum.closed_time.merge(row.closed_time);
            sum.figures = RowFigures::sum(sum.figures.iter().chain(&row.figures));
            if let Some(figures) = &mut sum.figures {
                // An agent of two queues would count twice.
                figures.clear_staffing();
            }
        }
        sums
    };
    let rows = series.into_iter().map(|series| series.rows);
    rows.reduce(sum).unwrap_or_default()
}

/// One row per step up to now, without those that are closed. It links to its calls if those are
/// stored, and a list has exactly these.
fn time_rows(
    scope: &HistoryScope,
    rows: &[ReportRow],
    terms: &TargetTerms,
    calls_from: Option<Timestamp>,
) -> Vec<HistoryRow> {
    let is_listed = |row: &&ReportRow| row.start < scope.now && row.closed_time != ClosedTime::All;
    let rows = rows.iter().filter(is_listed);
    rows.map(|row| {
        let name = scope.time_label(row.start);
        let is_stored = calls_from.is_some_and(|from| from < row.end);
        let has_closed = row.closed_time != ClosedTime::Nothing;
        let has_calls = row.figures.is_some() && is_stored && !has_closed;
        let calls = || scope.query.calls_path((row.start, row.end), None);
        HistoryRow {
            name: if row.is_utc {
                format!("{name} (UTC day)")
            } else {
                name
            },
            id: scope.instant_label(row.start),
            from: Some(row.start),
            to: Some(row.end),
            is_partial: scope.now < row.end,
            is_part: row.is_partial,
            has_closed,
            rules: terms.rules,
            target: terms.target,
            href: has_calls.then(calls).unwrap_or_default(),
            has_calls,
            figures: row.figures.clone(),
            ..HistoryRow::default()
        }
    })
    .collect()
}

/// The rows of one day without the edges before the first call and after the last, and the times
/// of those edges.
fn without_calm_edges(
    scope: &HistoryScope,
    mut times: Vec<HistoryRow>,
) -> (Vec<HistoryRow>, Vec<String>) {
    let is_calm = |row: &HistoryRow| {
        row.figures.as_ref().is_some_and(RowFigures::is_zero)
            && row.before.as_ref().is_none_or(RowFigures::is_zero)
            && !row.is_partial
    };
    let first = times.iter().position(|row| !is_calm(row));
    let last = times.iter().rposition(|row| !is_calm(row));
    let (Some(first), Some(last)) = (first, last) else {
        return (times, Vec::new());
    };
    if 1 < scope.window.day_count() {
        return (times, Vec::new());
    }
    let after = times.split_off(last + 1);
    let rest = times.split_off(first);
    let words = |calm: &[HistoryRow]| {
        let (from, to) = (calm.first()?.from?, calm.last()?.to?);
        Some(scope.range_label(from, to))
    };
    let calm = [&times, &after].into_iter();
    let runs = calm.flat_map(|calm| calm.chunk_by(HistoryRow::is_followed_by));
    (rest, runs.filter_map(words).collect())
}

/// The rows of queues or agents, and those that aren't listed, if any.
#[derive(Default)]
struct SubjectRows {
    listed: Vec<HistoryRow>,
    closed: Option<String>,
    /// A queue or agent is in several rows.
    has_shared_members: bool,
}

/// One row per queue or agent over the whole range. Those that are closed all the time aren't
/// listed.
async fn subject_rows(
    base: &SeriesReader<'_>,
    known: &HistorySubjects,
    kind: RowKind,
    rules: RatioRules,
) -> Result<SubjectRows, ReportError> {
    let scope = base.scope;
    let (dimension, only) = match (kind, &base.subject) {
        (RowKind::QueueGroup, _) => (ReportDimension::QueueGroup, Vec::new()),
        (RowKind::AgentGroup, _) => (ReportDimension::AgentGroup, Vec::new()),
        (RowKind::Agent, _) => (
            ReportDimension::Agent,
            scope.query.agent.iter().cloned().collect(),
        ),
        (_, ReportSubject::Queue(id)) => (ReportDimension::Queue, known.shown_members(id)),
        _ => (ReportDimension::Queue, base.only.clone()),
    };
    let reader = SeriesReader {
        subject: ReportSubject::Site,
        dimension: Some(dimension),
        only,
        source: None,
        ..*base
    };
    let step = scope.sum_step();
    let report = reader.read_report(&scope.window, step).await?;
    let (mut now, has_shared_members) = (report.series, report.has_shared_members);
    let before = reader.read_comparison(step).await?;
    let count = now.len();
    now.retain(|series| {
        let past = series.rows.iter().filter(|row| row.start < scope.now);
        let mut past = past.peekable();
        past.peek().is_none() || past.any(|row| row.closed_time != ClosedTime::All)
    });
    let closed = match count - now.len() {
        0 => None,
        1 => Some("1 row isn’t listed: closed for the whole period.".to_owned()),
        n => Some(format!(
            "{n} rows aren’t listed: closed for the whole period."
        )),
    };
    let before: HashMap<&str, &ReportSeries> = before
        .iter()
        .map(|series| (series.id.as_str(), series))
        .collect();
    let row = |series: &ReportSeries| {
        let figures = RowFigures::sum(series.rows.iter().filter_map(|row| row.figures.as_ref()));
        let query = subject_query(dimension, &series.id);
        let calls_from = query.as_ref().and_then(|query| known.calls_from(query));
        HistoryRow {
            name: match (dimension, case_listing::parse_id(&series.id)) {
                (ReportDimension::Queue, Some(id)) => known.queue_name(&id),
                _ => series.name.clone(),
            },
            id: series.id.clone(),
            from: Some(scope.window.from),
            to: Some(scope.window.to.min(scope.now)),
            is_partial: scope.is_ongoing(),
            // Of files with whole hours or days that opening hours split, nothing counts.
            is_part: scope.leaves_out_closed()
                && (series.rows.iter()).any(|row| row.is_utc && row.figures.is_none()),
            before: before
                .get(series.id.as_str())
                .and_then(|before| sum_comparable(before, series, scope.now)),
            rules: RatioRules {
                formula: (series.target.and_then(|target| target.formula)).unwrap_or(rules.formula),
                ..rules
            },
            target: series.target.unwrap_or_default(),
            is_disabled: series.is_disabled,
            has_calls: figures.is_some()
                && scope.includes_all_times()
                && calls_from.is_some_and(|from| from < scope.window.to),
            href: query.map_or_else(String::new, |subject| {
                scope.path_with(|query| {
                    query.rows = RowKind::Time;
                    query.sort = None;
                    match subject.agent {
                        Some(agent) => query.agent = Some(agent),
                        None => query.queues = subject.queues,
                    }
                })
            }),
            figures,
            ..HistoryRow::default()
        }
    };
    Ok(SubjectRows {
        listed: now.iter().map(row).collect(),
        closed,
        has_shared_members,
    })
}

/// Sums the earlier period, unless an interval of either isn't comparable: then both would be of
/// different times.
fn sum_comparable(before: &ReportSeries, now: &ReportSeries, at: Timestamp) -> Option<RowFigures> {
    let pairs = now.rows.iter().zip(&before.rows);
    let pairs: Vec<_> = pairs.filter(|(now, _)| now.figures.is_some()).collect();
    let is_comparable =
        |(now, before): &(&ReportRow, &ReportRow)| comparison::is_comparable(now, before, at);
    let pairs = Some(pairs).filter(|pairs| pairs.iter().all(is_comparable))?;
    RowFigures::sum(
        pairs
            .iter()
            .filter_map(|(_, before)| before.figures.as_ref()),
    )
}

/// The query for one subject.
fn subject_query(dimension: ReportDimension, id: &str) -> Option<HistoryQuery> {
    let id = case_listing::parse_id(id)?;
    Some(match dimension {
        ReportDimension::Agent => HistoryQuery {
            agent: Some(id),
            ..HistoryQuery::default()
        },
        ReportDimension::Queue => HistoryQuery {
            queues: vec![id],
            ..HistoryQuery::default()
        },
        _ => return None,
    })
}

async fn heat_map(reader: &SeriesReader<'_>, rules: RatioRules) -> Result<HeatMap, ReportError> {
    let scope = reader.scope;
    let mut hours = sum_series(reader.read_series(&scope.window, ReportStep::Hour).await?);
    hours.retain(|hour| hour.start < scope.now);
    Ok(HeatMap::new(
        &hours,
        scope.zone(),
        scope.query.heat_metric,
        rules,
    ))
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, tz::TimeZone};

    use crate::web::history::{query::HistoryQuery, range::TimeRange};
    use wallboard_domain::{Counter, Counters};

    use super::*;

    /// One call per hour for a whole day.
    fn series(start: &str, hours: i64) -> ReportSeries {
        let start: Timestamp = start.parse().unwrap();
        let mut counters = Counters::default();
        counters.add(Counter::Offered, 1);
        let row = |hour: i64| ReportRow {
            start: start + SignedDuration::from_hours(hour),
            end: start + SignedDuration::from_hours(hour + 1),
            figures: Some(RowFigures::Contacts(counters.into())),
            is_partial: false,
            missing_sources: Vec::new(),
            is_utc: false,
            closed_time: ClosedTime::Nothing,
        };
        ReportSeries {
            id: "site".to_owned(),
            name: String::new(),
            target: None,
            is_disabled: false,
            rows: (0..hours).map(row).collect(),
        }
    }

    fn compared_rows(day: &str, now: &ReportSeries, before: &ReportSeries) -> Vec<bool> {
        let day = day.parse().unwrap();
        let query = HistoryQuery {
            range: TimeRange::Days(day, day),
            step: Some(ReportStep::Hour),
            ..HistoryQuery::default()
        };
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let scope = HistoryScope::new(&query, "2026-11-20T13:27:00Z".parse().unwrap(), &zone);
        let mut rows = time_rows(&scope, &now.rows, &TargetTerms::default(), None);
        let (now, before) = (now.rows.clone(), before.rows.clone());
        let source = ComparedSource::new(&scope, "Calls".to_owned(), now, before);
        comparison::compare_rows(&scope, vec![source], &mut rows);
        rows.iter().map(|row| row.before.is_some()).collect()
    }

    #[test]
    fn a_repeated_hour_is_compared_once_and_a_skipped_one_never() {
        let now = series("2026-10-24T22:00:00Z", 25);
        let before = series("2026-10-17T22:00:00Z", 24);
        let longer = compared_rows("2026-10-25", &now, &before);
        assert_eq!(longer.len(), 25);
        assert_eq!(longer.iter().filter(|known| **known).count(), 24);
        assert!(longer[2] && !longer[3]);

        let now = series("2026-03-28T23:00:00Z", 23);
        let before = series("2026-03-21T23:00:00Z", 24);
        assert_eq!(compared_rows("2026-03-29", &now, &before), [true; 23]);
    }

    #[test]
    fn today_has_rows_up_to_now_only() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let scope = HistoryScope::new(
            &HistoryQuery::default(),
            "2026-11-20T13:27:00Z".parse().unwrap(),
            &zone,
        );
        let mut today = series("2026-11-19T23:00:00Z", 24);
        for row in &mut today.rows[10..] {
            row.figures = None;
        }

        let rows = time_rows(&scope, &today.rows, &TargetTerms::default(), None);

        let last: Vec<_> = rows
            .iter()
            .map(|row| (row.name.as_str(), row.is_partial))
            .collect();
        assert_eq!(last.len(), 15);
        assert_eq!(last[13..], [("13:00", false), ("14:00", true)]);
    }
}
