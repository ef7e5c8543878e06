//! Rows with what an agent handled in a queue: an agent's queues, or the agents of some queues.

use std::collections::{BTreeMap, BTreeSet};

use wallboard_domain::{AgentCounters, Id};
use wallboard_history::report::{
    HandledCalls, HandledQuery, History, ReportError, RowFigures, SubjectEntry,
};

use super::{
    choice::RowKind, column::RatioRules, history_row::HistoryRow, query::HistoryQuery,
    scope::HistoryScope, subject_rows::SubjectRows, subjects::HistorySubjects,
};

/// Loads one row per queue or agent with any handled call. Its figures are partial if `times`, the
/// rows of the page's subject, aren't whole.
pub(super) async fn load_handled_rows(
    history: &History,
    scope: &HistoryScope,
    known: &HistorySubjects,
    times: &[HistoryRow],
    rules: RatioRules,
) -> Result<SubjectRows, ReportError> {
    let query = HandledQuery {
        queues: scope.query.queues.clone(),
        agent: scope.query.agent.clone(),
        from: scope.window.from,
        to: scope.window.to,
        zone: scope.zone().clone(),
        count_by: scope.query.count_by,
    };
    let of_days = scope.clone();
    let found = history.count_handled_calls(query, move |at| of_days.includes_day_of(at));
    let mut sums: BTreeMap<Id, (SubjectEntry, AgentCounters)> = BTreeMap::new();
    let mut hidden: BTreeSet<Id> = BTreeSet::new();
    for HandledCalls {
        queue,
        agent,
        counters,
    } in found.await?
    {
        let subject = match scope.query.rows {
            RowKind::Agent => agent,
            _ => queue,
        };
        if subject.is_hidden_by_site {
            hidden.insert(subject.id);
            continue;
        }
        let sum = sums.entry(subject.id.clone());
        sum.and_modify(|(_, sum)| sum.merge(&counters))
            .or_insert((subject, counters));
    }
    let is_partial = times.iter().any(|row| !row.is_ongoing && !row.is_whole());
    let name = |id: &Id| match scope.query.rows {
        RowKind::Agent => known.agent_name(id),
        _ => known.queue_name(id),
    };
    let row = |(id, (subject, counters)): (Id, (SubjectEntry, AgentCounters))| HistoryRow {
        name: name(&id),
        is_disabled: subject.is_disabled,
        id: id.to_string(),
        from: Some(scope.window.from),
        to: Some(scope.window.to.min(scope.now)),
        figures: Some(RowFigures::Agent(counters)),
        rules,
        is_ongoing: scope.is_ongoing(),
        is_partial,
        has_calls: scope.includes_all_times(),
        href: subject_path(scope, &id),
        ..HistoryRow::default()
    };
    let mut rows: Vec<_> = sums.into_iter().map(row).collect();
    rows.sort_by(HistoryRow::compare_names);
    Ok(SubjectRows {
        listed: rows,
        hidden: hidden.len(),
        ..SubjectRows::default()
    })
}

/// The page of the row's queue or agent alone.
fn subject_path(scope: &HistoryScope, id: &Id) -> String {
    scope.path_with(|query| {
        let (queues, agent) = match query.rows {
            RowKind::Agent => (Vec::new(), Some(id.clone())),
            _ => (vec![id.clone()], None),
        };
        *query = HistoryQuery {
            queues,
            agent,
            rows: RowKind::Time,
            sort: None,
            ..query.clone()
        };
    })
}
