//! The rows of a history page by queue or agent, each over the whole range.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::web::parts::case_listing;
use wallboard_history::report::{
    ClosedTime, ReportDimension, ReportError, ReportRow, ReportSeries, ReportSubject, RowFigures,
};

use super::{
    choice::RowKind, column::RatioRules, comparison, history_row::HistoryRow, query::HistoryQuery,
    series_reader::SeriesReader, subjects::HistorySubjects,
};

/// The rows of queues or agents, and those that aren't listed, if any.
#[derive(Default)]
pub(super) struct SubjectRows {
    pub(super) listed: Vec<HistoryRow>,
    pub(super) closed: Option<String>,
    /// The exports whose calls are in no row, as a sentence.
    pub(super) uncovered: Option<String>,
    /// How many queues or agents `[hide]` hides.
    pub(super) hidden: usize,
    /// A queue or agent is in several rows.
    pub(super) has_shared_members: bool,
}

/// One row per queue or agent over the whole range. Those that are closed all the time aren't
/// listed.
pub(super) async fn subject_rows(
    base: &SeriesReader<'_>,
    known: &HistorySubjects,
    kind: RowKind,
    rules: RatioRules,
) -> Result<SubjectRows, ReportError> {
    let scope = base.scope;
    let (dimension, only) = match kind {
        RowKind::QueueGroup => (ReportDimension::QueueGroup, Vec::new()),
        RowKind::AgentGroup => (ReportDimension::AgentGroup, Vec::new()),
        RowKind::Agent => (
            ReportDimension::Agent,
            scope.query.agent.iter().cloned().collect(),
        ),
        _ => {
            let queues = scope.query.queues.iter();
            let members = queues.flat_map(|id| known.shown_members(id));
            (ReportDimension::Queue, members.collect())
        }
    };
    let hidden = known.count_hidden(kind, &only);
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
        n => Some(scope.texts.rows_closed(n)),
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
            is_ongoing: scope.is_ongoing(),
            // Of files with whole hours or days that opening hours split, nothing counts.
            is_partial: scope.leaves_out_closed()
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
        uncovered: None,
        hidden,
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
