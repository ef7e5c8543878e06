//! The queues of `[groups]`, whose figures come from their members.

use wallboard_domain::{Metric, Moment, MonotonicTime, SiteConfig};

use crate::{
    live_state::LiveState,
    metric_reading::QUEUE_METRICS,
    recent_series::SeriesStep,
    snapshot::{QueueSnapshot, Snapshot},
};

impl LiveState {
    pub(crate) fn register_groups(&mut self, site: &SiteConfig) {
        let queues = &mut self.snapshot.queues;
        queues.retain(|_, queue| queue.members.is_none());
        for group in &site.groups {
            self.add_queue(&group.id, None);
            if let Some(queue) = self.snapshot.queues.get_mut(&group.id) {
                queue.name = Some(group.name.as_str().into());
                queue.members = Some(group.queues.as_slice().into());
            }
        }
    }
}

impl Snapshot {
    /// Returns the known members of a group, or any other queue itself.
    pub fn group_members<'a>(
        &'a self,
        queue: &'a QueueSnapshot,
    ) -> impl Iterator<Item = &'a QueueSnapshot> {
        let members = queue.members.as_deref().unwrap_or_default();
        let single_queue = queue.members.is_none().then_some(queue);
        let known = members.iter().filter_map(|id| self.queues.get(id));
        known.chain(single_queue)
    }

    /// Returns the metrics that a queue normally provides.
    pub fn provided_metrics(&self, queue: &QueueSnapshot) -> Vec<Metric> {
        let provided = |queue: &QueueSnapshot| {
            queue
                .provided_metrics
                .as_deref()
                .unwrap_or(QUEUE_METRICS)
                .to_vec()
        };
        let mut all: Vec<Metric> = self.group_members(queue).flat_map(provided).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Returns when a queue last reported one metric, or any.
    pub fn last_received(
        &self,
        queue: &QueueSnapshot,
        metric: Option<Metric>,
    ) -> Option<MonotonicTime> {
        let received_at = |queue: &QueueSnapshot| match metric {
            Some(metric) => queue
                .readings
                .get(metric)
                .map(|reading| reading.received_at),
            None => queue
                .readings
                .values()
                .map(|reading| reading.received_at)
                .max(),
        };
        self.group_members(queue).filter_map(received_at).max()
    }

    /// Returns the last four hours of a queue. A group has them only if all its members do.
    pub fn recent_steps(&self, queue: &QueueSnapshot, now: Moment) -> Vec<SeriesStep> {
        self.select_members(queue).recent_steps(now)
    }
}
