//! Changes by time alone. Each sweep returns when the next one is due, so no periodic tick is
//! needed.

mod cases;
mod contradictions;
mod queues;
mod vendor_values;

use wallboard_domain::{Metric, MetricValue, Moment, MonotonicTime, QueueId, SourceId, moment};

use super::{live_state::LiveState, snapshot::Freshness};

/// Cases from before a discontinuity are dropped, or considered reconciled, after this, in
/// milliseconds.
const UNCONFIRMED_LIFETIME: i64 = 12 * 3_600_000;

/// The result of a sweep, and when the next one is due.
#[derive(Debug, Default)]
pub(super) struct SweepResult {
    pub(super) changed: bool,
    pub(super) due: Option<MonotonicTime>,
}

impl SweepResult {
    pub(super) fn schedule_at(&mut self, due: MonotonicTime) {
        self.due = Some(self.due.map_or(due, |current| current.min(due)));
    }
}

impl LiveState {
    pub(super) fn sweep_all(&mut self, now: Moment) -> SweepResult {
        let mut result = SweepResult {
            changed: self.finish_resyncs(now),
            due: None,
        };
        let sources: Vec<SourceId> = self.snapshot.sources.keys().cloned().collect();
        for source in &sources {
            let is_live = self.snapshot.sources[source].is_live();
            self.sweep_quality(source, now, &mut result);
            self.sweep_queues(source, now, &mut result);
            self.sweep_vendor_values(source, now, &mut result);
            if is_live {
                // While disconnected, figures remain as they were.
                self.sweep_waiting(source, now, &mut result);
            }
            self.sweep_unconfirmed(source, now, &mut result);
            self.sweep_abandons(source, now, &mut result);
            result.changed |= self.sweep_agents(source);
        }
        self.sweep_liveness(&mut result);
        self.sweep_breaches(now, &mut result);
        for id in self.cases.evict_old(now.wall) {
            self.snapshot.cases.remove(&id);
            result.changed = true;
        }
        if let Some(tomorrow) = self.cases.days.tomorrow_start() {
            let remaining = moment::millis_between(now.wall, tomorrow).max(0);
            result.schedule_at(now.monotonic.plus_millis(remaining));
        }
        result
    }

    fn sweep_quality(&mut self, id: &SourceId, now: Moment, result: &mut SweepResult) {
        let (Some(source), Some(source_state)) = (
            self.snapshot.sources.get_mut(id),
            self.source_states.get_mut(id),
        ) else {
            return;
        };
        let is_degraded = source_state.decode_quality.is_degraded(now.monotonic);
        let has_changed = is_degraded != source.is_degraded;
        result.changed |= has_changed;
        source.is_degraded = is_degraded;
        source.report_interval_ms = source_state.report_interval.as_millis();
        let due_times = [
            source_state.decode_quality.next_change(),
            source_state
                .profile_resync
                .as_ref()
                .and_then(super::source_state::ProfileResync::next_due),
        ];
        due_times
            .into_iter()
            .flatten()
            .for_each(|due| result.schedule_at(due));
        if has_changed {
            self.mark_everything();
        }
    }

    /// Counts the waiting customers in all queues of a source. `None` unless every queue reports
    /// or is quiet.
    fn count_visitors(&self, source: &SourceId, now: Moment) -> Option<u64> {
        let mut customers = 0;
        let mut queues = self
            .snapshot
            .queues
            .values()
            .filter(|queue| queue.id.source == *source && !queue.hidden)
            .peekable();
        queues.peek()?;
        for queue in queues {
            if queue.quiet_since.is_none() {
                customers += self.fresh_count(&queue.id, Metric::Waiting, now)?;
            }
        }
        Some(customers)
    }

    /// Returns a count that is up to date.
    fn fresh_count(&self, id: &QueueId, metric: Metric, now: Moment) -> Option<u64> {
        let queue = self.snapshot.queues.get(id)?;
        let figure = self.snapshot.queue_figure(queue, metric, now)?;
        match (figure.freshness, figure.value) {
            (Freshness::UpToDate, Some(MetricValue::Count(n))) => Some(n),
            _ => None,
        }
    }
}
