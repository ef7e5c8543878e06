//! What time alone changes. Each look says when the next one is due, so that
//! nobody ticks for nothing.

mod cases;
mod contradictions;
mod queues;
mod vendor_values;

use crate::domain::{Metric, MetricValue, Moment, MonotonicTime, QueueId, SourceId, moment};

use super::{live_state::LiveState, snapshot::Freshness};

/// What was open before a break is forgotten, or taken as accounted for, after this.
const UNCONFIRMED_LIFETIME: i64 = 12 * 3_600_000;

/// What a sweep found, and when to look again.
#[derive(Debug, Default)]
pub(super) struct SweepResult {
    pub(super) changed: bool,
    pub(super) due: Option<MonotonicTime>,
}

impl SweepResult {
    fn schedule_at(&mut self, due: MonotonicTime) {
        self.due = Some(self.due.map_or(due, |known| known.min(due)));
    }
}

impl LiveState {
    pub(super) fn sweep_all(&mut self, now: Moment) -> SweepResult {
        let mut swept = SweepResult {
            changed: self.finish_resyncs(now),
            due: None,
        };
        let sources: Vec<SourceId> = self.snapshot.sources.keys().cloned().collect();
        for source in &sources {
            let live = self.snapshot.sources[source].is_live();
            self.sweep_quality(source, now, &mut swept);
            self.sweep_queues(source, now, &mut swept);
            self.sweep_vendor_values(source, now, &mut swept);
            if live {
                // While the line is lost, figures stand as they were then.
                self.sweep_waiting(source, now, &mut swept);
            }
            self.sweep_unconfirmed(source, now, &mut swept);
            self.sweep_abandons(source, now, &mut swept);
            swept.changed |= self.sweep_agents(source);
        }
        for id in self.cases.evict_old(now.wall) {
            self.snapshot.cases.remove(&id);
            swept.changed = true;
        }
        if let Some(tomorrow) = self.cases.days.tomorrow_start() {
            let left = moment::millis_between(now.wall, tomorrow).max(0);
            swept.schedule_at(now.monotonic.plus_millis(left));
        }
        swept
    }

    fn sweep_quality(&mut self, id: &SourceId, now: Moment, swept: &mut SweepResult) {
        let (Some(source), Some(feed)) = (
            self.snapshot.sources.get_mut(id),
            self.source_states.get_mut(id),
        ) else {
            return;
        };
        let degraded = feed.decode_quality.is_degraded(now.monotonic);
        swept.changed |= degraded != source.is_degraded;
        source.is_degraded = degraded;
        source.report_interval_ms = feed.report_interval.as_millis();
        let dues = [
            feed.decode_quality.next_change(),
            feed.profile_resync
                .as_ref()
                .and_then(super::source_state::ProfileResync::next_due),
        ];
        dues.into_iter()
            .flatten()
            .for_each(|due| swept.schedule_at(due));
    }

    /// Visitors in all queues of a source, where every queue says it or is quiet.
    fn count_visitors(&self, source: &SourceId, now: Moment) -> Option<u64> {
        let mut visitors = 0;
        let mut queues = self
            .snapshot
            .queues
            .values()
            .filter(|queue| queue.id.source == *source && !queue.hidden)
            .peekable();
        queues.peek()?;
        for queue in queues {
            if queue.quiet_since.is_none() {
                visitors += self.fresh_count(&queue.id, Metric::Waiting, now)?;
            }
        }
        Some(visitors)
    }

    /// A count that can be trusted now.
    fn fresh_count(&self, id: &QueueId, metric: Metric, now: Moment) -> Option<u64> {
        let queue = self.snapshot.queues.get(id)?;
        let figure = self.snapshot.queue_figure(queue, metric, now)?;
        match (figure.freshness, figure.value) {
            (Freshness::UpToDate, Some(MetricValue::Count(n))) => Some(n),
            _ => None,
        }
    }
}
