//! Computes counters by quarter of an hour from contacts and spans of time, and buckets of
//! any step in any zone from quarters. Pure: no I/O, no clock. Times are Unix seconds.

mod activity;
#[cfg(test)]
mod property_tests;
mod queue_contact;
mod time_buckets;
mod time_span;

use jiff::{ToSpan, civil::Date};

pub use activity::{AgentActivity, intersect_ranges, measure_activity, measure_staffing};
pub use queue_contact::{
    ContactOutcome, End, Limits, QueueContact, SurveyAnswer, count_contact, count_for_agent,
    count_survey, record_wait,
};
pub use time_buckets::{ReportStep, day_number, split_into_buckets, split_into_days};
pub use time_span::TimeSpan;

/// Seconds in an hour, and in a UTC day.
pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 86_400;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// Seconds in the finest stored interval. Clocks of all zones change by multiples of it, so
/// quarters make up every other interval.
pub const QUARTER: i64 = 900;

/// Returns a date as UTC days since 1970.
pub fn day_from_date(date: Date) -> i64 {
    i64::from((date - EPOCH).get_days())
}

/// Returns the date of a UTC day since 1970.
pub fn date_from_day(day: i64) -> Option<Date> {
    EPOCH.checked_add(day.days()).ok()
}

/// The start of the quarter that contains `at`.
pub fn quarter_start(at: i64) -> i64 {
    at - at.rem_euclid(QUARTER)
}
