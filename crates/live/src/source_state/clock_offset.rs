//! The offset of a source's clock to ours, learned from its messages.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use wallboard_domain::MonotonicTime;

/// How long a smallest difference is stored.
const WINDOW: i64 = 10 * 60_000;
/// Each bucket of this length stores one minimum.
const BUCKET: i64 = 60_000;
/// Below this the clocks agree.
const MIN_OFFSET: i64 = 2_000;
/// A time this far from the learned offset is an outlier.
pub(crate) const OUTLIER_LIMIT: i64 = 5 * 60_000;
/// All messages of this long must agree before an outlying offset is accepted …
const OUTLIER_DURATION: i64 = 60_000;
/// … within this spread.
const OUTLIER_SPREAD: i64 = 10_000;

/// Learns our clock minus the source's, in milliseconds. The smallest difference between received
/// and reported time is the most accurate, because delays only add to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ClockOffset {
    buckets: VecDeque<(MonotonicTime, i64)>,
    outliers: Option<OffsetOutliers>,
    learned: Option<i64>,
    /// When an outlying first message set the clock, which is unconfirmed for a while.
    trial_since: Option<MonotonicTime>,
}

/// A period in which every message was an outlier.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct OffsetOutliers {
    from: MonotonicTime,
    least: i64,
    most: i64,
}

impl ClockOffset {
    /// Milliseconds to add to the source's time to get ours.
    pub(crate) fn as_millis(&self) -> i64 {
        match self.learned {
            Some(offset) if offset.abs() >= MIN_OFFSET => offset,
            _ => 0,
        }
    }

    /// Our clock minus the source's, including the shortest delay of a message: a message can't
    /// have been sent later than its time plus this. `None` until an offset is learned.
    pub(crate) fn least_delay(&self) -> Option<i64> {
        self.learned
    }

    pub(crate) fn is_learned(&self) -> bool {
        self.learned.is_some()
    }

    /// Whether a message with this difference (received − reported) is so far ahead that its time
    /// can't define the order. Until an offset is learned, our clock is used.
    pub(crate) fn is_ahead(&self, difference: i64) -> bool {
        difference < self.as_millis() - OUTLIER_LIMIT
    }

    /// Whether it is ahead of our own clock as well: an offset learned from delayed messages must
    /// not flag timely ones. Returns `false` until an offset is learned.
    pub(crate) fn is_surely_ahead(&self, difference: i64) -> bool {
        self.learned.is_some() && difference < self.as_millis().min(0) - OUTLIER_LIMIT
    }

    /// Shifts the offset after a correction of our clock by `step` milliseconds.
    pub(crate) fn shift_by(&mut self, step: i64) {
        for (_, least) in &mut self.buckets {
            *least += step;
        }
        if let Some(outliers) = &mut self.outliers {
            outliers.least += step;
            outliers.most += step;
        }
        self.learned = self.learned.map(|offset| offset + step);
    }

    pub(crate) fn record_difference(&mut self, difference: i64, now: MonotonicTime) {
        let is_near = difference.abs() <= OUTLIER_LIMIT;
        if self.learned.is_none() {
            // No offset is known yet.
            self.trial_since = (!is_near).then_some(now);
        } else if (difference - self.as_millis()).abs() > OUTLIER_LIMIT {
            if !is_near || !self.is_on_trial(now) {
                self.record_outlier(difference, now);
                return;
            }
            // The clocks agree after all: only the first message was an outlier.
            *self = Self::default();
        }
        self.outliers = None;
        match self.buckets.back_mut() {
            Some((from, least)) if now.millis_since(*from) < BUCKET => {
                *least = difference.min(*least);
            }
            _ => self.buckets.push_back((now, difference)),
        }
        while self
            .buckets
            .front()
            .is_some_and(|(from, _)| now.millis_since(*from) > WINDOW)
        {
            self.buckets.pop_front();
        }
        self.learned = self.buckets.iter().map(|(_, least)| *least).min();
    }

    fn is_on_trial(&self, now: MonotonicTime) -> bool {
        self.trial_since
            .is_some_and(|since| now.millis_since(since) < OUTLIER_DURATION)
    }

    /// Ignores an outlier, unless all messages of a minute agree on it.
    fn record_outlier(&mut self, difference: i64, now: MonotonicTime) {
        let outliers = self.outliers.get_or_insert(OffsetOutliers {
            from: now,
            least: difference,
            most: difference,
        });
        outliers.least = outliers.least.min(difference);
        outliers.most = outliers.most.max(difference);
        if outliers.most - outliers.least > OUTLIER_SPREAD {
            self.outliers = None;
        } else if now.millis_since(outliers.from) >= OUTLIER_DURATION {
            self.learned = Some(outliers.least);
            self.buckets = VecDeque::from([(now, outliers.least)]);
            self.outliers = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset_after(differences: impl IntoIterator<Item = (i64, i64)>) -> i64 {
        let mut offset = ClockOffset::default();
        for (at, difference) in differences {
            offset.record_difference(difference, MonotonicTime(at));
        }
        offset.as_millis()
    }

    #[test]
    fn the_smallest_difference_is_the_offset() {
        assert_eq!(offset_after([(0, 9_000), (1, 5_000), (2, 7_000)]), 5_000);
    }

    #[test]
    fn clocks_less_than_two_seconds_apart_agree() {
        assert_eq!(offset_after([(0, 1_999)]), 0);
        assert_eq!(offset_after([(0, -1_999)]), 0);
    }

    #[test]
    fn an_old_minimum_expires_after_ten_minutes() {
        let steady = (1..=12).map(|minute| (minute * 60_000, 8_000));

        assert_eq!(offset_after([(0, 3_000)].into_iter().chain(steady)), 8_000);
    }

    #[test]
    fn one_message_far_ahead_is_ignored() {
        assert_eq!(
            offset_after([(0, 3_000), (1, -3_600_000), (2, 3_500)]),
            3_000
        );
    }

    #[test]
    fn a_large_offset_is_known_from_the_first_message() {
        for far in [-3_600_000, -400_000, 400_000] {
            assert_eq!(offset_after([(0, far)]), far);
            assert_eq!(offset_after([(0, far), (1, far + 900)]), far);
        }
    }

    #[test]
    fn an_outlying_first_message_is_discarded() {
        for far in [-3_600_000, 3_600_000] {
            assert_eq!(offset_after([(0, far), (1, 2_500), (2, 2_600)]), 2_500);
        }
    }

    #[test]
    fn after_a_minute_one_message_does_not_change_a_large_offset() {
        let ahead = (0..=60).map(|second| (second * 1_000, -3_600_000));

        assert_eq!(offset_after(ahead.chain([(61_000, 0)])), -3_600_000);
    }

    #[test]
    fn a_minute_of_agreement_moves_the_offset() {
        let ahead = (0..=61).map(|second| (second * 1_000, -3_600_000 + second));
        let behind = (0..=61).map(|second| (10_000 + second * 1_000, 3_600_000 + second));

        assert_eq!(offset_after(ahead), -3_600_000);
        assert_eq!(offset_after([(0, 0)].into_iter().chain(behind)), 3_600_000);
    }
}
