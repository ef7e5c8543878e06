//! Expiry of vendor values, which are valid only for a limited time.

use crate::domain::{Moment, MonotonicTime, SourceId};
use crate::live::{live_state::LiveState, queue_readings::ReportingSource};

use super::SweepResult;

impl LiveState {
    /// Finds values that expired since the last sweep, and when the next one expires.
    pub(super) fn sweep_vendor_values(
        &mut self,
        id: &SourceId,
        now: Moment,
        result: &mut SweepResult,
    ) {
        let source = ReportingSource::of(self.snapshot.sources.get(id));
        let last = self.last_sweep;
        let mut has_expired = |until: Option<MonotonicTime>| match until {
            Some(until) if now.monotonic < until => {
                result.schedule_at(until);
                false
            }
            Some(until) if last < until => {
                result.changed = true;
                true
            }
            _ => false,
        };
        for queue in self.snapshot.queues.values_mut() {
            if queue.provided_metrics.is_none() || queue.id.source != *id {
                continue;
            }
            let expired = queue
                .readings
                .values()
                .filter(|reading| has_expired(reading.valid_until));
            if 0 < expired.count() {
                queue.record_recent(source, now);
            }
        }
        for agent in self.snapshot.agents.values() {
            if let Some(report) = &agent.report
                && agent.id.source == *id
            {
                has_expired(report.last_status.and_then(|stamp| stamp.valid_until));
                report.readings.values().for_each(|reading| {
                    has_expired(reading.valid_until);
                });
            }
        }
    }
}
