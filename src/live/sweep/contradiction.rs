//! Loads and events that contradict each other for three intervals: one of them has
//! missed something, and what only the events say is claimed no more.

use crate::domain::{Metric, Moment, QueueId, moment};
use crate::live::state::State;

use super::Swept;

impl State {
    /// Compares the open cases of a queue with its load, as of the load's own time. A load
    /// that has said nothing else for three intervals still holds.
    pub(super) fn sweep_contradiction(&mut self, id: &QueueId, now: Moment, swept: &mut Swept) {
        let talking = self.fresh_count(id, Metric::InConversation, now);
        let queue = self.picture.queues.get(id);
        let load = queue.and_then(|queue| queue.readings.get(Metric::InConversation));
        let at = load.and_then(|load| load.at);
        let Some(feed) = self.feeds.get_mut(&id.source) else {
            return;
        };
        let hold = feed.cadence.hold();
        let settled = moment::plus_millis(now.wall, -feed.offset.millis() - hold);
        let Some(known) = feed.queues.get_mut(id) else {
            return;
        };
        let until = at.map_or(settled, |at| at.max(settled));
        let open = self.cases.talks.open_at(id, until);
        let excess = talking.map(|n| open.saturating_sub(usize::try_from(n).unwrap_or(usize::MAX)));
        let ended = known.excess.observe(excess, hold, now.mono);
        if let Some(due) = known.excess.due(hold) {
            swept.at(due);
        }

        let at_load = |at| self.cases.talks.open_at(id, at) + self.cases.doubted.open_at(id, at);
        // Counted only where a load counted more before, which is rare.
        let is_short = known.short_since.is_some()
            && (talking.zip(at)).is_some_and(|(n, at)| (at_load(at) as u64) < n);
        known.short_since = known.short_since.filter(|_| is_short);
        let is_missed = match known.short_since {
            Some(since) if known.accounted && hold <= now.mono.since(since) => true,
            Some(since) if known.accounted => {
                swept.at(since.plus(hold));
                false
            }
            _ => false,
        };
        if 0 < ended || is_missed {
            known.contradicted = Some(now.mono);
            swept.changed = true;
        }
        if is_missed {
            known.withdraw();
            self.doubt_agents(&id.source);
        }
        if 0 < ended {
            // Which of them is over, nobody can tell.
            for case in self.cases.talks.cases_at(id, until) {
                self.doubt_case(&case);
            }
        }
    }
}
