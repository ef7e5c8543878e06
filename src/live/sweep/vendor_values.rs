//! What vendors state is trusted only for so long.

use crate::domain::{Moment, MonotonicTime, SourceId};
use crate::live::{live_state::LiveState, snapshot::SourceSnapshot};

use super::SweepResult;

impl LiveState {
    /// Looks for what is over since the last look, and for when the next will be.
    pub(super) fn sweep_vendor_values(
        &mut self,
        id: &SourceId,
        now: Moment,
        swept: &mut SweepResult,
    ) {
        let source = self.snapshot.sources.get(id);
        let generation = source.map_or(0, |source| source.generation);
        let live = source.is_some_and(SourceSnapshot::is_live);
        let last = self.last_sweep;
        let mut look = |until: Option<MonotonicTime>| match until {
            Some(until) if now.monotonic < until => {
                swept.schedule_at(until);
                false
            }
            Some(until) if last < until => {
                swept.changed = true;
                true
            }
            _ => false,
        };
        for queue in self.snapshot.queues.values_mut() {
            if queue.provided_metrics.is_none() || queue.id.source != *id {
                continue;
            }
            let over = queue
                .readings
                .values()
                .filter(|reading| look(reading.valid_until));
            if 0 < over.count() {
                queue.record_recent(live, generation, now);
            }
        }
        for agent in self.snapshot.agents.values() {
            if let Some(stated) = &agent.report
                && agent.id.source == *id
            {
                look(stated.last_status.and_then(|said| said.valid_until));
                stated.readings.values().for_each(|reading| {
                    look(reading.valid_until);
                });
            }
        }
    }
}
