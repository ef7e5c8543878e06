//! What proves that no open case was missed: a load that counts as many as we know
//! of, as of its own time; what is unconfirmed is over then. An event from before that
//! time may still be on its way and undo the proof, so the load is remembered.

use jiff::Timestamp;

use crate::domain::{CaseId, MonotonicTime, QueueId, SourceId};

use super::{case_tracking::CaseStore, live_state::LiveState, source_state::QueueState};

/// So many loads in a row agree with the cases by no coincidence.
const MATCHES_NEEDED: u8 = 3;

/// A load by which a queue is accounted for.
#[derive(Clone, Debug)]
pub(super) struct ReconciledLoad {
    /// The source's time of it.
    pub(super) at: Timestamp,
    reported_open: i64,
    /// How many of ours were open then, by all that has been heard since.
    known_open: i64,
    /// The unconfirmed cases that are over because it does not count them.
    pub(super) ended_cases: Vec<CaseId>,
}

impl ReconciledLoad {
    /// A load that counts as many open cases as we know of.
    pub(super) fn new(at: Timestamp, open: u64) -> Self {
        let open = i64::try_from(open).unwrap_or(i64::MAX);
        Self {
            at,
            reported_open: open,
            known_open: open,
            ended_cases: Vec::new(),
        }
    }
}

impl CaseStore {
    /// Compares the open cases of a queue with the number that a load of that time counts:
    /// where one was missed, they are always fewer. Returns what proves that none was.
    pub(super) fn compare_open_cases(
        &self,
        known: &mut QueueState,
        id: &QueueId,
        at: Timestamp,
        talking: u64,
        now: MonotonicTime,
    ) -> Option<ReconciledLoad> {
        let open = self.conversations.count_open_at(id, at) as u64;
        let doubted = self.unconfirmed_conversations.count_open_at(id, at) as u64;
        if open + doubted < talking {
            known.short_since.get_or_insert(now);
        } else {
            known.short_since = None;
        }
        if known.is_reconciled && doubted == 0 {
            return None;
        }
        if open != talking {
            known.matching_loads = 0;
        } else if known.last_match_at.is_none_or(|last| last < at) {
            known.matching_loads += 1;
            known.last_match_at = Some(at);
        }
        (MATCHES_NEEDED <= known.matching_loads).then(|| ReconciledLoad::new(at, talking))
    }
}

impl LiveState {
    /// Takes a queue for accounted for: its load counts as many as are known to be open,
    /// so whatever is unconfirmed there is over.
    pub(super) fn reconcile_queue(&mut self, id: &QueueId, mut witness: ReconciledLoad) {
        witness.ended_cases = self
            .cases
            .unconfirmed_conversations
            .open_cases_at(id, witness.at);
        for case in &witness.ended_cases {
            self.set_presumed_ended(case, true);
        }
        if let Some(feed) = self.source_states.get_mut(&id.source) {
            feed.reconcile_queue(id, witness);
        }
    }

    fn set_presumed_ended(&mut self, id: &CaseId, is_over: bool) {
        if self.cases.find_record(id).is_some() {
            self.change_case(id, |file| {
                std::mem::replace(&mut file.presumed_ended, is_over) != is_over
            });
        }
    }

    /// Whether an event of that time may undo a proof of its source.
    pub(super) fn predates_reconciliation(&self, source: &SourceId, at: Timestamp) -> bool {
        let proved = self
            .source_states
            .get(source)
            .and_then(|feed| feed.reconciled_until);
        proved.is_some_and(|until| at <= until)
    }

    /// The queues whose witness counts this case.
    pub(super) fn reconciled_queues(&self, id: &CaseId) -> Vec<QueueId> {
        let file = self
            .cases
            .find_record(id)
            .filter(|file| !file.assessment.unconfirmed);
        let (Some(file), Some(feed)) = (file, self.source_states.get(&id.source)) else {
            return Vec::new();
        };
        let life = file.build_timeline(&id.source, &self.snapshot.site);
        let legs = life.conversations.into_iter().filter_map(|leg| {
            let queue = leg.queue?;
            let at = feed.queues.get(&queue)?.reconciled_load.as_ref()?.at;
            let goes_on = leg.ended_at.is_none_or(|ended| at < ended);
            (leg.opened_at <= at && goes_on).then_some(queue)
        });
        legs.collect()
    }

    /// An event from before a proof has come: whether the proof still holds, or
    /// holds again, now that other cases are known to have been open then.
    pub(super) fn recheck_reconciliation(&mut self, id: &CaseId, before: &[QueueId]) {
        let after = self.reconciled_queues(id);
        if before == after {
            return;
        }
        let Some(feed) = self.source_states.get_mut(&id.source) else {
            return;
        };
        let changes = before.iter().map(|queue| (queue, -1));
        let mut undone = false;
        let mut ended = Vec::new();
        for (queue, change) in changes.chain(after.iter().map(|queue| (queue, 1))) {
            if let Some(known) = feed.queues.get_mut(queue)
                && let Some(witness) = &mut known.reconciled_load
            {
                witness.known_open += change;
                known.is_reconciled = witness.known_open == witness.reported_open;
                known.matching_loads = 0;
                if !known.is_reconciled {
                    undone = true;
                    ended.append(&mut witness.ended_cases);
                }
            }
        }
        for case in &ended {
            self.set_presumed_ended(case, false);
        }
        if undone {
            self.mark_agents_unreconciled(&id.source);
        }
        self.sweep_agents(&id.source);
    }

    /// Nobody of a source is fully known until that is found anew.
    pub(super) fn mark_agents_unreconciled(&mut self, source: &SourceId) {
        for agent in self.snapshot.agents.values_mut() {
            if agent.id.source == *source && agent.report.is_none() {
                agent.is_reconciled = false;
            }
        }
    }
}
