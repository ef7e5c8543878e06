//! Expiry of vendor values, which are valid only for a limited time.

use crate::{live_state::LiveState, queue_readings::ReportingSource};
use wallboard_domain::{Moment, MonotonicTime, SourceId};

use super::SweepResult;

impl LiveState {
    /// Finds values that expired since the last sweep, and when the next one expires.
    pub(super) fn sweep_vendor_values(
        &mut self,
        id: &SourceId,
        now: Moment,
        result: &mut SweepResult,
    ) {
        if self.is_pushed(id) {
            result.changed |= self.remove_unsent(id, now);
            self.sweep_custom_readings(id, now, result);
        }
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
        self.snapshot.queues.change_values(|queue| {
            if queue.provided_metrics.is_none() || queue.id.source != *id {
                return false;
            }
            let readings = queue.readings.values();
            let expired = readings.filter(|reading| has_expired(reading.valid_until));
            let has_changed = 0 < expired.count();
            if has_changed {
                queue.record_recent(source, now);
            }
            has_changed
        });
        self.snapshot.agents.change_values(|agent| {
            let Some(report) = (agent.report.as_ref()).filter(|_| agent.id.source == *id) else {
                return false;
            };
            let status = report.last_status.and_then(|stamp| stamp.valid_until);
            let readings = report.readings.values().map(|reading| reading.valid_until);
            let expired = readings.chain([status]).filter(|until| has_expired(*until));
            0 < expired.count()
        });
    }
}
