//! The addresses of the history behind a queue's or an agent's last two weeks.

use tracing::warn;

use wallboard_domain::Id;
use wallboard_history::report::{History, ReportSeries, ReportStep, ReportSubject};

use super::{choice::RowStep, query::HistoryQuery, range::TimeRange};

fn history_query(id: &Id, is_agent: bool, range: TimeRange) -> HistoryQuery {
    let mut query = HistoryQuery {
        range,
        ..HistoryQuery::default()
    };
    if is_agent {
        query.agent = Some(id.clone());
    } else {
        query.queues = vec![id.clone()];
    }
    query
}

pub(super) fn history_path(id: &Id, is_agent: bool, range: TimeRange) -> String {
    let mut query = history_query(id, is_agent, range);
    // A single day uses half-hours; other ranges use the default step.
    query.step =
        matches!(range, TimeRange::Days(..)).then_some(RowStep::Interval(ReportStep::HalfHour));
    query.path_for("/history")
}

/// Empty if no export has single calls.
pub(super) async fn abandoned_path(history: &History, id: &Id, series: &ReportSeries) -> String {
    let from = history
        .first_call_at(ReportSubject::Queue(id.clone()))
        .await;
    let from = from.unwrap_or_else(|error| {
        let error = &error as &dyn std::error::Error;
        warn!(error, "Couldn't check for calls");
        None
    });
    let known: Vec<_> = series
        .rows
        .iter()
        .filter(|row| row.figures.is_some())
        .collect();
    match (known.first(), known.last()) {
        (Some(first), Some(last)) if from.is_some_and(|from| from < last.end) => {
            let mut query = history_query(id, false, TimeRange::Between(first.start, last.end));
            query.outcome = Some("abandoned".to_owned());
            query.path_for("/history/calls")
        }
        _ => String::new(),
    }
}
