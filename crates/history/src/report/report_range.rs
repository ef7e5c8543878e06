//! The intervals of a report's time range.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{ReportError, ReportStep};
use crate::intervals::{DAY, TimeSpan, date_from_day, split_into_buckets};

/// The most intervals that a series may have: a month of quarters of an hour.
pub const SERIES_INTERVALS_MAX: usize = 3_000;
/// The most intervals that all series of a report may have together.
pub const REPORT_INTERVALS_MAX: usize = 60_000;

/// Splits a time range into every interval that overlaps it, unless there are too many.
pub(super) fn split_range(
    from: Timestamp,
    to: Timestamp,
    step: ReportStep,
    zone: &TimeZone,
) -> Result<Vec<TimeSpan>, ReportError> {
    let buckets = split_into_buckets(
        from.as_second(),
        to.as_second(),
        step,
        zone,
        SERIES_INTERVALS_MAX,
    );
    if SERIES_INTERVALS_MAX < buckets.len() {
        return Err(ReportError::TooMany(SERIES_INTERVALS_MAX));
    }
    Ok(buckets)
}

/// The local date of an interval. One of a whole UTC day keeps its own date.
pub(super) fn day_of_interval(start: i64, length: i64, zone: &TimeZone) -> Option<Date> {
    if length == DAY {
        return date_from_day(start.div_euclid(DAY));
    }
    let start = Timestamp::from_second(start).ok()?;
    Some(start.to_zoned(zone.clone()).date())
}
