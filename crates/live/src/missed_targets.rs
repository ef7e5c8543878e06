//! Whether a figure of the day misses its target.

use wallboard_domain::{Metric, MetricValue, MissLimits, Moment, Unit};

use super::{merge::QueueSelection, snapshot::Snapshot};

impl Snapshot {
    /// Returns whether a figure over a selection misses its target.
    pub fn is_missed<'a>(
        &'a self,
        limits: &MissLimits,
        value: MetricValue,
        selection: impl FnOnce() -> QueueSelection<'a>,
        now: Moment,
    ) -> bool {
        // Most figures are within their limits, and then their contacts needn't be counted.
        limits.is_missed(value.as_number(), None)
            && limits.is_judged(self.judged_contacts(&selection(), now))
    }

    /// Returns the limits that all queues of a selection have. A number of contacts of several
    /// queues is more than each may have.
    pub fn shared_miss_limits(
        &self,
        selection: &QueueSelection<'_>,
        metric: Metric,
    ) -> Option<MissLimits> {
        if metric.unit() == Unit::Count && 1 < selection.queues.len() {
            return None;
        }
        let queues = selection.queues.iter();
        let limits = queues.map(|queue| self.site.miss_limits(&queue.id.to_string(), metric));
        MissLimits::merge_limits(limits)
    }

    /// Returns how many contacts a service level judges; `None` if that isn't reported.
    fn judged_contacts(&self, selection: &QueueSelection<'_>, now: Moment) -> Option<i64> {
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
