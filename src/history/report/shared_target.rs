//! The target of a series: a queue's own, and of several queues what all of them share.

use crate::domain::{QueueTarget, ServiceLevelFormula};

/// `None` where queues differ: then each is judged by its own target.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SharedTarget {
    /// In milliseconds.
    pub threshold_seconds: Option<i64>,
    /// Percent to be answered within that time.
    pub service_level: Option<f64>,
    pub formula: Option<ServiceLevelFormula>,
}

impl From<QueueTarget> for SharedTarget {
    fn from(target: QueueTarget) -> Self {
        Self {
            threshold_seconds: Some(target.threshold_ms),
            service_level: Some(target.service_level_percent),
            formula: Some(target.formula),
        }
    }
}

impl SharedTarget {
    /// The parts that all of these have in common; nothing where there are none.
    pub fn merge_targets(targets: impl IntoIterator<Item = Self>) -> Option<Self> {
        let both = |one: Self, other: Self| Self {
            threshold_seconds: equal_or_none(one.threshold_seconds, other.threshold_seconds),
            service_level: equal_or_none(one.service_level, other.service_level),
            formula: equal_or_none(one.formula, other.formula),
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
    fn of_several_targets_only_what_all_share_is_left() {
        let target = |answer_within, service_level| {
            SharedTarget::from(QueueTarget {
                threshold_ms: answer_within,
                service_level_percent: service_level,
                ..QueueTarget::default()
            })
        };
        let common =
            |targets: &[SharedTarget]| SharedTarget::merge_targets(targets.iter().copied());

        assert_eq!(common(&[]), None);
        let one = target(20_000, 80.0);
        assert_eq!(common(&[one, one]), Some(one));
        // Once they differ, a third that is like the first does not make them alike.
        let mixed = common(&[one, target(60_000, 80.0), one]).unwrap();
        assert_eq!(mixed.threshold_seconds, None);
        assert_eq!(mixed.service_level, Some(80.0));
    }
}
