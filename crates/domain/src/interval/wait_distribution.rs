//! How long contacts waited, each wait to the second, so that percentiles are exact.

use std::cmp::Ordering;

/// So many contacts waited so many whole seconds, sorted by the wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaitCounts(Vec<(u32, u32)>);

/// The waits of contacts that an agent answered, and of those that were abandoned, excluding short
/// abandons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaitDistribution {
    pub answered: WaitCounts,
    pub abandoned: WaitCounts,
}

impl FromIterator<(u32, u32)> for WaitCounts {
    /// Takes waits in seconds with their numbers of contacts, in order.
    fn from_iter<I: IntoIterator<Item = (u32, u32)>>(waits: I) -> Self {
        Self(waits.into_iter().collect())
    }
}

impl WaitCounts {
    /// Each wait in seconds with its number of contacts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.0.iter().copied()
    }

    /// Counts one contact that waited so many seconds.
    pub fn record(&mut self, seconds: i64) {
        let seconds = u32::try_from(seconds.max(0)).unwrap_or(u32::MAX);
        match self.0.binary_search_by_key(&seconds, |(wait, _)| *wait) {
            Ok(index) => self.0[index].1 += 1,
            Err(index) => self.0.insert(index, (seconds, 1)),
        }
    }

    /// Adds the waits of other contacts.
    pub fn merge(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
        } else if !other.0.is_empty() {
            self.0 = merge_sorted(&self.0, &other.0);
        }
    }

    /// The number of contacts, and the sum of their waits in seconds.
    pub fn totals(&self) -> (i64, i64) {
        self.iter()
            .fold((0, 0), |(contacts, seconds), (wait, count)| {
                let count = i64::from(count);
                (contacts + count, seconds + i64::from(wait) * count)
            })
    }

    /// The number of contacts that waited at most so many seconds.
    pub fn count_within(&self, seconds: i64) -> i64 {
        let waits = self.iter();
        let waits = waits.take_while(|(wait, _)| i64::from(*wait) <= seconds);
        waits.map(|(_, count)| i64::from(count)).sum()
    }

    /// The shortest wait, in seconds, that at least `percent` of the contacts didn't exceed (the
    /// nearest rank). `None` without contacts.
    pub fn percentile(&self, percent: u8) -> Option<i64> {
        let all = self.count_within(i64::MAX);
        let rank = (all * i64::from(percent) + 99) / 100;
        let mut counted = 0;
        let mut waits = self.iter();
        let found = waits.find(|(_, count)| {
            counted += i64::from(*count);
            rank.max(1) <= counted
        });
        found.map(|(wait, _)| i64::from(wait))
    }
}

impl WaitDistribution {
    pub fn merge(&mut self, other: &Self) {
        self.answered.merge(&other.answered);
        self.abandoned.merge(&other.abandoned);
    }
}

fn merge_sorted(one: &[(u32, u32)], other: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut merged = Vec::with_capacity(one.len() + other.len());
    let (mut one, mut other) = (one, other);
    while let ([(wait, count), one_rest @ ..], [(other_wait, other_count), other_rest @ ..]) =
        (one, other)
    {
        let order = wait.cmp(other_wait);
        merged.push(match order {
            Ordering::Less => (*wait, *count),
            Ordering::Equal => (*wait, count + other_count),
            Ordering::Greater => (*other_wait, *other_count),
        });
        if order != Ordering::Greater {
            one = one_rest;
        }
        if order != Ordering::Less {
            other = other_rest;
        }
    }
    merged.extend(one);
    merged.extend(other);
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn recorded(waits: &[i64]) -> WaitCounts {
        let mut counts = WaitCounts::default();
        for wait in waits {
            counts.record(*wait);
        }
        counts
    }

    #[test]
    fn percentile_is_the_wait_at_the_nearest_rank() {
        let waits = recorded(&[30, 10, 20, 40, 20, 90, 0, 15, 25, 35]);

        assert_eq!(waits.percentile(50), Some(20));
        assert_eq!(waits.percentile(80), Some(35));
        assert_eq!(waits.percentile(90), Some(40));
        assert_eq!(waits.percentile(95), Some(90));
        assert_eq!(recorded(&[7]).percentile(50), Some(7));
        assert_eq!(recorded(&[]).percentile(50), None);
    }

    #[test]
    fn a_wait_of_exactly_the_limit_is_within_it() {
        let waits = recorded(&[9, 10, 10, 11]);

        assert_eq!(waits.count_within(10), 3);
    }

    proptest! {
        #[test]
        fn merging_equals_recording_all(
            one in prop::collection::vec(0..40i64, 0..30),
            other in prop::collection::vec(0..40i64, 0..30),
        ) {
            let mut merged = recorded(&one);
            merged.merge(&recorded(&other));

            prop_assert_eq!(merged, recorded(&[one, other].concat()));
        }

        #[test]
        fn percentiles_equal_those_of_sorted_waits(
            mut waits in prop::collection::vec(0..400i64, 1..60), percent in 1..100usize,
        ) {
            let counts = recorded(&waits);
            waits.sort_unstable();
            let rank = (waits.len() * percent).div_ceil(100);

            let found = counts.percentile(u8::try_from(percent).unwrap());
            prop_assert_eq!(found, Some(waits[rank - 1]));
        }
    }
}
