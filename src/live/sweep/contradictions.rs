//! Loads and events that contradict each other for three intervals: one of them has
//! missed something, and what only the events say is claimed no more.

use crate::domain::{Metric, Moment, QueueId, moment};
use crate::live::live_state::LiveState;

use super::SweepResult;

impl LiveState {
    /// Compares the open cases of a queue with its load, as of the load's own time. A load
    /// that has said nothing else for three intervals still holds.
    pub(super) fn sweep_contradictions(
        &mut self,
        id: &QueueId,
        now: Moment,
        swept: &mut SweepResult,
    ) {
        let talking = self.fresh_count(id, Metric::InConversation, now);
        let queue = self.snapshot.queues.get(id);
        let load = queue.and_then(|queue| queue.readings.get(Metric::InConversation));
        let at = load.and_then(|load| load.at);
        let Some(feed) = self.source_states.get_mut(&id.source) else {
            return;
        };
        let hold = feed.report_interval.tolerance_millis();
        let settled = moment::plus_millis(now.wall, -feed.clock_offset.as_millis() - hold);
        let Some(known) = feed.queues.get_mut(id) else {
            return;
        };
        let until = at.map_or(settled, |at| at.max(settled));
        let open = self.cases.conversations.count_open_at(id, until);
        let excess = talking.map(|n| open.saturating_sub(usize::try_from(n).unwrap_or(usize::MAX)));
        let ended = known
            .excess_detector
            .observe_surplus(excess, hold, now.monotonic);
        if let Some(due) = known.excess_detector.next_due(hold) {
            swept.schedule_at(due);
        }

        let at_load = |at| {
            self.cases.conversations.count_open_at(id, at)
                + self.cases.unconfirmed_conversations.count_open_at(id, at)
        };
        // Counted only where a load counted more before, which is rare.
        let is_short = known.short_since.is_some()
            && (talking.zip(at)).is_some_and(|(n, at)| (at_load(at) as u64) < n);
        known.short_since = known.short_since.filter(|_| is_short);
        let is_missed = match known.short_since {
            Some(since) if known.is_reconciled && hold <= now.monotonic.millis_since(since) => true,
            Some(since) if known.is_reconciled => {
                swept.schedule_at(since.plus_millis(hold));
                false
            }
            _ => false,
        };
        if 0 < ended || is_missed {
            known.contradicted_at = Some(now.monotonic);
            swept.changed = true;
        }
        if is_missed {
            known.revoke_reconciliation();
            self.mark_agents_unreconciled(&id.source);
        }
        if 0 < ended {
            // Which of them is over, nobody can tell.
            for case in self.cases.conversations.open_cases_at(id, until) {
                self.mark_case_unconfirmed(&case);
            }
        }
    }
}
