//! The target that a figure is measured by: that of its queue, or what several queues share.

use super::{Metric, MissLimits, QueueTarget, ServiceLevelFormula, SiteConfig};

/// A target. A part is `None` if queues differ: then each is measured by its own target.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TargetInForce {
    pub threshold_ms: Option<i64>,
    /// Percent to answer within the threshold.
    pub service_level_percent: Option<f64>,
    pub formula: Option<ServiceLevelFormula>,
    /// When it is missed.
    pub miss_limits: Option<MissLimits>,
}

impl TargetInForce {
    /// A queue's target, by the limits of one of its figures.
    pub fn new(target: &QueueTarget, limits: MissLimits) -> Self {
        Self {
            threshold_ms: Some(target.threshold_ms),
            service_level_percent: Some(target.service_level_percent),
            formula: Some(target.formula),
            miss_limits: Some(limits),
        }
    }

    /// The target of an imported queue or group, with the thresholds that the configuration gives it or
    /// the queue that it is linked to.
    pub fn of_imported_queue(site: &SiteConfig, id: &str, target: &QueueTarget) -> Self {
        let is_named = |id: &str| site.thresholds.get_named(id).is_some();
        let linked = site.linked_queues.iter().filter(|(_, others)| {
            let mut others = others.iter();
            others.any(|other| other.to_string() == id)
        });
        let linked = linked.map(|(primary, _)| primary.to_string());
        let linked = linked.filter(|primary| !is_named(id) && is_named(primary));
        let named = linked.min().unwrap_or_else(|| id.to_owned());
        let limits = site.limits_for(&named, Metric::ServiceLevel);
        Self::new(
            target,
            MissLimits::new(Metric::ServiceLevel, &limits, target),
        )
    }

    /// Returns the parts that all targets share; `None` if there are no targets.
    pub fn merge_targets(targets: impl IntoIterator<Item = Self>) -> Option<Self> {
        let both = |one: Self, other: Self| Self {
            threshold_ms: equal_or_none(one.threshold_ms, other.threshold_ms),
            service_level_percent: equal_or_none(
                one.service_level_percent,
                other.service_level_percent,
            ),
            formula: equal_or_none(one.formula, other.formula),
            miss_limits: equal_or_none(one.miss_limits, other.miss_limits),
        };
        targets.into_iter().reduce(both)
    }
}

impl SiteConfig {
    /// Returns the target of a queue's figure.
    pub fn target_in_force(&self, queue: &str, metric: Metric) -> TargetInForce {
        let target = self.target_for(queue);
        TargetInForce::new(&target, self.miss_limits(queue, metric, &target))
    }
}

fn equal_or_none<T: Copy + PartialEq>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.filter(|one| other == Some(*one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_targets_leaves_only_what_all_share() {
        let target = |answer_within, service_level| {
            let target = QueueTarget {
                threshold_ms: answer_within,
                service_level_percent: service_level,
                ..QueueTarget::default()
            };
            TargetInForce::of_imported_queue(&SiteConfig::default(), "calls/1", &target)
        };
        let common =
            |targets: &[TargetInForce]| TargetInForce::merge_targets(targets.iter().copied());

        assert_eq!(common(&[]), None);
        let one = target(20_000, 80.0);
        assert_eq!(common(&[one, one]), Some(one));
        // Once two differ, a third that equals the first doesn't make them equal.
        let mixed = common(&[one, target(60_000, 80.0), one]).unwrap();
        assert_eq!(mixed.threshold_ms, None);
        assert_eq!(mixed.service_level_percent, Some(80.0));
    }
}
