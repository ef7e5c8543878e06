//! The targets that figures are measured by, and how many contacts a service level judges.

use wallboard_domain::{Metric, MetricValue, Moment, TargetInForce, Unit};

use super::{
    merge::QueueSelection,
    snapshot::{QueueSnapshot, Snapshot},
};

impl Snapshot {
    /// Returns the target of a queue's figure. How a vendor computes its own service level, only the
    /// vendor knows.
    pub(super) fn target_of(
        &self,
        queue: &QueueSnapshot,
        id: &str,
        metric: Metric,
    ) -> TargetInForce {
        let target = self.site.target_in_force(id, metric);
        if metric == Metric::ServiceLevel && queue.provided_metrics.is_some() {
            return TargetInForce {
                threshold_ms: None,
                formula: None,
                ..target
            };
        }
        target
    }

    /// Returns what the targets of these queues have in common, with that of the site, whose day is
    /// counted by its own. A number of contacts of several queues is more than each may have.
    pub(super) fn shared_target(
        &self,
        selection: &QueueSelection<'_>,
        metric: Metric,
    ) -> TargetInForce {
        let queues = selection.queues.iter();
        let targets = queues.map(|queue| self.target_of(queue, &queue.id.to_string(), metric));
        let shared = TargetInForce::merge_targets(targets);
        let of_site = selection.is_whole_site();
        let of_site = of_site.then(|| self.site.target_in_force("site", metric));
        let is_sum = metric.unit() == Unit::Count && 1 < selection.queues.len();
        let limits = shared.and_then(|shared| shared.miss_limits);
        let shared = TargetInForce::merge_targets(shared.into_iter().chain(of_site));
        TargetInForce {
            miss_limits: limits.filter(|_| !is_sum),
            ..shared.unwrap_or_default()
        }
    }

    /// Returns how many contacts a service level judges; `None` if that isn't reported.
    pub(super) fn judged_contacts(
        &self,
        selection: &QueueSelection<'_>,
        now: Moment,
    ) -> Option<i64> {
        if let [queue] = selection.queues[..]
            && queue.provided_metrics.is_none()
        {
            return Some(queue.today.counters.judged_contacts());
        }
        let count = |metric| {
            let figure = self.merge_figure(selection, metric, now)?.figure;
            match figure.value.or(figure.low)? {
                MetricValue::Count(count) => i64::try_from(count).ok(),
                _ => None,
            }
        };
        let answered = count(Metric::Answered);
        let ended = answered.zip(count(Metric::Abandoned));
        let ended = ended.map(|(answered, abandoned)| answered + abandoned);
        ended.or(answered).or_else(|| count(Metric::Offered))
    }
}
