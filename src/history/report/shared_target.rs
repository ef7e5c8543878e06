//! The target of a series: that of its queue, or what several queues share.

use crate::domain::{Metric, MissLimits, QueueTarget, ServiceLevelFormula, SiteConfig};

/// A target. A part is `None` if queues differ: then each is measured by its own target.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SharedTarget {
    /// In milliseconds.
    pub threshold_ms: Option<i64>,
    /// The percentage to answer within that time.
    pub service_level: Option<f64>,
    pub formula: Option<ServiceLevelFormula>,
    /// When it is missed.
    pub miss_limits: Option<MissLimits>,
}

impl SharedTarget {
    /// The target of a queue or a group, with the thresholds that the configuration gives it or the
    /// queue that it is linked to.
    pub fn of_queue(site: &SiteConfig, id: &str, target: QueueTarget) -> Self {
        let is_named = |id: &str| site.thresholds.get_named(id).is_some();
        let linked = site.linked_queues.iter().filter(|(_, others)| {
            let mut others = others.iter();
            others.any(|other| other.to_string() == id)
        });
        let linked = linked.map(|(primary, _)| primary.to_string());
        let linked = linked.filter(|primary| !is_named(id) && is_named(primary));
        let named = linked.min().unwrap_or_else(|| id.to_owned());
        let limits = site.limits_for(&named, Metric::ServiceLevel);
        Self {
            threshold_ms: Some(target.threshold_ms),
            service_level: Some(target.service_level_percent),
            formula: Some(target.formula),
            miss_limits: Some(MissLimits::new(Metric::ServiceLevel, &limits, &target)),
        }
    }

    /// Returns the parts that all targets share; `None` if there are no targets.
    pub fn merge_targets(targets: impl IntoIterator<Item = Self>) -> Option<Self> {
        let both = |one: Self, other: Self| Self {
            threshold_ms: equal_or_none(one.threshold_ms, other.threshold_ms),
            service_level: equal_or_none(one.service_level, other.service_level),
            formula: equal_or_none(one.formula, other.formula),
            miss_limits: equal_or_none(one.miss_limits, other.miss_limits),
        };
        targets.into_iter().reduce(both)
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
            SharedTarget::of_queue(&SiteConfig::default(), "calls/1", target)
        };
        let common =
            |targets: &[SharedTarget]| SharedTarget::merge_targets(targets.iter().copied());

        assert_eq!(common(&[]), None);
        let one = target(20_000, 80.0);
        assert_eq!(common(&[one, one]), Some(one));
        // Once two differ, a third that equals the first doesn't make them equal.
        let mixed = common(&[one, target(60_000, 80.0), one]).unwrap();
        assert_eq!(mixed.threshold_ms, None);
        assert_eq!(mixed.service_level, Some(80.0));
    }
}
