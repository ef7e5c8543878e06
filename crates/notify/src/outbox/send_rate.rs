//! The rate of a channel: at most so many accepted messages in any hour. Half of them may come at once, the
//! other half comes back evenly during the hour.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const HOUR_MILLIS: i64 = 3_600_000;

/// Sends that a channel has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct SendRate {
    /// When all of them are back; `None`: none was used yet.
    full_at: Option<Timestamp>,
}

impl SendRate {
    /// How many messages may be sent at `now`.
    pub(super) fn available(self, hourly_max: u32, now: Timestamp) -> i64 {
        let missing = self.full_at.map_or(0, |full| millis(full, now).max(0));
        let interval = interval_millis(hourly_max);
        // Rounded up: a part of a message can't be sent.
        (burst(hourly_max) - (missing + interval - 1) / interval).max(0)
    }

    /// When at least one message may be sent; `None`: at any time.
    pub(super) fn next_at(self, hourly_max: u32) -> Option<Timestamp> {
        let interval = interval_millis(hourly_max);
        let full_at = self.full_at?;
        Some(shift(full_at, -(burst(hourly_max) - 1) * interval))
    }

    /// Whether nothing is used.
    pub(super) fn is_full(self, now: Timestamp) -> bool {
        self.full_at.is_none_or(|full| full <= now)
    }

    pub(super) fn take(&mut self, hourly_max: u32, now: Timestamp) {
        let from = self.full_at.map_or(now, |full| full.max(now));
        self.full_at = Some(shift(from, interval_millis(hourly_max)));
    }

    /// Gives back a send that wasn't accepted.
    pub(super) fn give_back(&mut self, hourly_max: u32) {
        self.full_at = (self.full_at).map(|full| shift(full, -interval_millis(hourly_max)));
    }
}

fn burst(hourly_max: u32) -> i64 {
    i64::from(hourly_max / 2).max(1)
}

/// Milliseconds until one more may be sent.
fn interval_millis(hourly_max: u32) -> i64 {
    HOUR_MILLIS / burst(hourly_max)
}

fn millis(later: Timestamp, earlier: Timestamp) -> i64 {
    later.as_millisecond() - earlier.as_millisecond()
}

fn shift(at: Timestamp, millis: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_millis(millis))
        .unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn half_comes_at_once_and_the_rest_evenly() {
        let mut rate = SendRate::default();
        for left in (0..10).rev() {
            rate.take(20, at(0));
            assert_eq!(rate.available(20, at(0)), left);
        }
        assert_eq!(rate.next_at(20), Some(at(360)));
        assert_eq!(rate.available(20, at(359)), 0);
        assert_eq!(rate.available(20, at(360)), 1);
        assert_eq!(rate.available(20, at(3600)), 10);
        rate.give_back(20);
        assert_eq!(rate.available(20, at(0)), 1);
    }

    #[test]
    fn no_hour_has_more_than_the_maximum() {
        for hourly_max in [2, 5, 20, 600] {
            let mut rate = SendRate::default();
            let mut sent = Vec::new();
            for second in 0..3 * 3600 {
                while 0 < rate.available(hourly_max, at(second)) {
                    rate.take(hourly_max, at(second));
                    sent.push(second);
                }
            }
            let busiest = (0..2 * 3600)
                .map(|start| {
                    let hour = start..start + 3600;
                    sent.iter().filter(|second| hour.contains(*second)).count()
                })
                .max();
            let hourly_max = usize::try_from(hourly_max).unwrap();
            assert!(busiest.unwrap() <= hourly_max, "{hourly_max}: {busiest:?}");
        }
    }
}
