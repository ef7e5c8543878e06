//! Moments in time as inputs. The core never reads a clock: every input carries its moment.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Milliseconds on the monotonic clock since the log began. A new process continues from the log's last
/// entry, as the wall clock says; without a log, it begins at 0.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct MonotonicTime(pub i64);

impl MonotonicTime {
    /// Milliseconds from `earlier` to `self`.
    pub fn millis_since(self, earlier: MonotonicTime) -> i64 {
        self.0 - earlier.0
    }

    pub fn plus_millis(self, millis: i64) -> MonotonicTime {
        MonotonicTime(self.0.saturating_add(millis))
    }
}

/// One instant on both clocks: wall time, for people and days, and monotonic time, for ages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub wall: Timestamp,
    pub monotonic: MonotonicTime,
}

impl Moment {
    /// Returns the moment `millis` later on both clocks.
    pub fn plus_millis(self, millis: i64) -> Moment {
        Moment {
            wall: plus_millis(self.wall, millis),
            monotonic: self.monotonic.plus_millis(millis),
        }
    }
}

/// Adds `millis` to `at`, saturating at the limits of a timestamp.
pub fn plus_millis(at: Timestamp, millis: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_millis(millis))
        .unwrap_or(at)
}

/// Milliseconds from `earlier` to `later`.
pub fn millis_between(earlier: Timestamp, later: Timestamp) -> i64 {
    later
        .as_millisecond()
        .saturating_sub(earlier.as_millisecond())
}

/// Converts milliseconds to seconds.
#[expect(clippy::cast_precision_loss, reason = "times stay far below 2^52 ms")]
pub fn seconds_from(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

/// Returns the start of the local day of a moment.
pub fn day_start(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let day = at.to_zoned(zone.clone()).start_of_day();
    day.map_or(at, |day| day.timestamp())
}

/// Returns the end of the local day of a moment.
pub fn day_end(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let next = at.to_zoned(zone.clone()).tomorrow();
    let next = next.and_then(|next| next.start_of_day());
    next.map_or(at, |next| next.timestamp())
}
