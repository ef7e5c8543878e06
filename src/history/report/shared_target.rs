//! The target of a series: a queue's own, and of several queues what all of them share.

use crate::domain::{Formula, Target};

/// `None` where queues differ: then each is judged by its own target.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SharedTarget {
    /// In milliseconds.
    pub answer_within: Option<i64>,
    /// Percent to be answered within that time.
    pub service_level: Option<f64>,
    pub formula: Option<Formula>,
}

impl From<Target> for SharedTarget {
    fn from(target: Target) -> Self {
        Self {
            answer_within: Some(target.answer_within),
            service_level: Some(target.service_level),
            formula: Some(target.formula),
        }
    }
}

impl SharedTarget {
    /// The parts that all of these have in common; nothing where there are none.
    pub fn common(targets: impl IntoIterator<Item = Self>) -> Option<Self> {
        let both = |one: Self, other: Self| Self {
            answer_within: same(one.answer_within, other.answer_within),
            service_level: same(one.service_level, other.service_level),
            formula: same(one.formula, other.formula),
        };
        targets.into_iter().reduce(both)
    }
}

fn same<T: Copy + PartialEq>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.filter(|one| other == Some(*one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_targets_only_what_all_share_is_left() {
        let target = |answer_within, service_level| {
            SharedTarget::from(Target {
                answer_within,
                service_level,
                ..Target::default()
            })
        };
        let common = |targets: &[SharedTarget]| SharedTarget::common(targets.iter().copied());

        assert_eq!(common(&[]), None);
        let one = target(20_000, 80.0);
        assert_eq!(common(&[one, one]), Some(one));
        // Once they differ, a third that is like the first does not make them alike.
        let mixed = common(&[one, target(60_000, 80.0), one]).unwrap();
        assert_eq!(mixed.answer_within, None);
        assert_eq!(mixed.service_level, Some(80.0));
    }
}
