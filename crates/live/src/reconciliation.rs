//! Reconciliation shows that no open case was missed: a load counts as many cases as we track, as
//! of its own time. Unconfirmed cases have left the queue by then. An earlier event may still arrive
//! and undo the result, so the load is stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::{CaseId, MonotonicTime, QueueId, SourceId};

use super::{case_tracking::CaseStore, live_state::LiveState, source_state::QueueState};

/// This many matching loads in a row are no coincidence.
const MATCHES_NEEDED: u8 = 3;

/// A load that reconciles a queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ReconciledLoad {
    /// The source's time of the load.
    pub(super) at: Timestamp,
    reported_open: i64,
    /// How many of our cases were open at that time, by all events received since.
    known_open: i64,
    /// The unconfirmed cases that have left the queue, because the load doesn't count them.
    #[serde(rename = "ended_cases")]
    pub(super) left_cases: Vec<CaseId>,
}

impl ReconciledLoad {
    /// Creates a load that counts as many open cases as we track.
    pub(super) fn new(at: Timestamp, open: u64) -> Self {
        let open = i64::try_from(open).unwrap_or(i64::MAX);
        Self {
            at,
            reported_open: open,
            known_open: open,
            left_cases: Vec::new(),
        }
    }
}

impl CaseStore {
    /// Compares the open cases of a queue with the number that a load of that time counts. If a
    /// case was missed, ours are always fewer. Returns the load once enough loads match.
    pub(super) fn compare_open_cases(
        &self,
        queue_state: &mut QueueState,
        id: &QueueId,
        at: Timestamp,
        reported_open: u64,
        now: MonotonicTime,
    ) -> Option<ReconciledLoad> {
        let open = self.conversations.count_open_at(id, at) as u64;
        let unconfirmed = self.unconfirmed_conversations.count_open_at(id, at) as u64;
        if open + unconfirmed < reported_open {
            queue_state.short_since.get_or_insert(now);
        } else {
            queue_state.short_since = None;
        }
        let is_newest = queue_state.newest_load_at.is_none_or(|newest| newest < at);
        queue_state.newest_load_at = queue_state.newest_load_at.max(Some(at));
        if queue_state.is_reconciled && unconfirmed == 0 {
            return None;
        }
        if open != reported_open {
            queue_state.matching_loads = 0;
        } else if is_newest {
            // An overtaken load proves nothing: it may match because of a case whose end was lost
            // and that has been opened again since.
            queue_state.matching_loads += 1;
        }
        (MATCHES_NEEDED <= queue_state.matching_loads)
            .then(|| ReconciledLoad::new(at, reported_open))
    }
}

impl LiveState {
    /// Marks a queue as reconciled: its load counts as many cases as are known to be open, so its
    /// unconfirmed cases have left it.
    pub(super) fn reconcile_queue(&mut self, id: &QueueId, mut load: ReconciledLoad) {
        load.left_cases = self
            .cases
            .unconfirmed_conversations
            .open_cases_at(id, load.at);
        for case in &load.left_cases {
            self.set_left_queue(case, true);
        }
        if let Some(source_state) = self.source_states.get_mut(&id.source) {
            source_state.reconcile_queue(id, load);
        }
    }

    /// Notes whether an unconfirmed case has left its queue. Only where every queue is known, a case in
    /// none of them has ended.
    pub(super) fn set_left_queue(&mut self, id: &CaseId, has_left: bool) {
        if self.cases.find_record(id).is_some() {
            self.change_case(id, |record| {
                record.presumed_ended &= has_left;
                record.assessment.has_left_queue = has_left;
                true
            });
        }
    }

    /// Whether an event of that time may undo a reconciliation of its source.
    pub(super) fn predates_reconciliation(&self, source: &SourceId, at: Timestamp) -> bool {
        let reconciled_until = self
            .source_states
            .get(source)
            .and_then(|source_state| source_state.reconciled_until);
        reconciled_until.is_some_and(|until| at <= until)
    }

    /// Returns the queues whose reconciled load counts this case.
    pub(super) fn reconciled_queues(&self, id: &CaseId) -> Vec<QueueId> {
        let record = self
            .cases
            .find_record(id)
            .filter(|record| !record.assessment.unconfirmed);
        let (Some(record), Some(source_state)) = (record, self.source_states.get(&id.source))
        else {
            return Vec::new();
        };
        let timeline = record.build_timeline(&id.source, &self.snapshot.site);
        let queues = timeline
            .conversations
            .into_iter()
            .filter_map(|conversation| {
                let queue = conversation.queue?;
                let at = source_state
                    .queues
                    .get(&queue)?
                    .reconciled_load
                    .as_ref()?
                    .at;
                let is_open = conversation.ended_at.is_none_or(|ended| at < ended);
                (conversation.opened_at <= at && is_open).then_some(queue)
            });
        queues.collect()
    }

    /// Checks whether a reconciliation still holds, or holds again, after an earlier event
    /// arrived and changed which cases were open then.
    pub(super) fn recheck_reconciliation(&mut self, id: &CaseId, before: &[QueueId]) {
        let after = self.reconciled_queues(id);
        if before == after {
            return;
        }
        let Some(source_state) = self.source_states.get_mut(&id.source) else {
            return;
        };
        let changes = before.iter().map(|queue| (queue, -1));
        let mut is_undone = false;
        let mut left = Vec::new();
        for (queue, change) in changes.chain(after.iter().map(|queue| (queue, 1))) {
            if let Some(queue_state) = source_state.queues.get_mut(queue)
                && let Some(load) = &mut queue_state.reconciled_load
            {
                load.known_open += change;
                queue_state.is_reconciled = load.known_open == load.reported_open;
                queue_state.matching_loads = 0;
                if !queue_state.is_reconciled {
                    is_undone = true;
                    left.append(&mut load.left_cases);
                }
            }
        }
        for case in &left {
            self.set_left_queue(case, false);
        }
        if is_undone {
            self.mark_agents_unreconciled(&id.source);
        }
        self.sweep_agents(&id.source);
    }

    /// Marks all agents of a source as unreconciled until they are reconciled again.
    pub(super) fn mark_agents_unreconciled(&mut self, source: &SourceId) {
        for agent in self.snapshot.agents.values_mut() {
            if agent.id.source == *source && agent.report.is_none() {
                agent.is_reconciled = false;
            }
        }
    }
}
