//! Loads and events that contradict each other for three intervals. One of them has missed
//! something, so values that only the events support become unconfirmed.

use crate::live_state::LiveState;
use wallboard_domain::{Metric, Moment, QueueId, moment};

use super::SweepResult;

impl LiveState {
    /// Compares the open cases of a queue with its load, as of the load's own time. A load
    /// without a change for three intervals still holds.
    pub(super) fn sweep_contradictions(
        &mut self,
        id: &QueueId,
        now: Moment,
        result: &mut SweepResult,
    ) {
        let reported_open = self.fresh_count(id, Metric::InConversation, now);
        let queue = self.snapshot.queues.get(id);
        let load = queue.and_then(|queue| queue.readings.get(Metric::InConversation));
        let at = load.and_then(|load| load.at);
        let Some(source_state) = self.source_states.get_mut(&id.source) else {
            return;
        };
        let hold = source_state.report_interval.tolerance_millis();
        let settled_at =
            moment::plus_millis(now.wall, -source_state.clock_offset.as_millis() - hold);
        let Some(queue_state) = source_state.queues.get_mut(id) else {
            return;
        };
        let until = at.map_or(settled_at, |at| at.max(settled_at));
        let open = self.cases.conversations.count_open_at(id, until);
        let excess =
            reported_open.map(|n| open.saturating_sub(usize::try_from(n).unwrap_or(usize::MAX)));
        let excess_count = queue_state
            .excess_detector
            .observe_surplus(excess, hold, now.monotonic);
        if let Some(due) = queue_state.excess_detector.next_due(hold) {
            result.schedule_at(due);
        }

        let at_load = |at| {
            self.cases.conversations.count_open_at(id, at)
                + self.cases.unconfirmed_conversations.count_open_at(id, at)
        };
        // Counted only if a load counted more before, which is rare.
        let is_short = queue_state.short_since.is_some()
            && (reported_open.zip(at)).is_some_and(|(n, at)| (at_load(at) as u64) < n);
        queue_state.short_since = queue_state.short_since.filter(|_| is_short);
        let is_missed = match queue_state.short_since {
            Some(since)
                if queue_state.is_reconciled && hold <= now.monotonic.millis_since(since) =>
            {
                true
            }
            Some(since) if queue_state.is_reconciled => {
                result.schedule_at(since.plus_millis(hold));
                false
            }
            _ => false,
        };
        if 0 < excess_count || is_missed {
            queue_state.contradicted_at = Some(now.monotonic);
            result.changed = true;
        }
        if is_missed {
            queue_state.revoke_reconciliation();
            self.mark_agents_unreconciled(&id.source);
        }
        if 0 < excess_count {
            // Which of them has ended is unknown.
            for case in self.cases.conversations.open_cases_at(id, until) {
                self.mark_case_unconfirmed(&case);
            }
        }
    }
}
