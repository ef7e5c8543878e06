//! Computes counters by quarter of an hour from contacts and spans of time, and buckets of
//! any step in any zone from quarters. Pure: no I/O, no clock. Times are Unix seconds.

mod activity;
#[cfg(test)]
mod property_tests;
mod queue_contact;
mod time_buckets;

pub use activity::{AgentActivity, TimeSpan, measure_activity};
pub use queue_contact::{
    ContactOutcome, End, Limits, QueueContact, SurveyAnswer, count_contact, count_for_agent,
    count_survey,
};
pub use time_buckets::{ReportStep, TimeBucket, day_number, split_into_buckets, split_into_days};

/// Seconds in the finest stored interval. Clocks of all zones change by multiples of it, so
/// quarters make up every other interval.
pub const QUARTER: i64 = 900;

/// The start of the quarter that contains `at`.
pub fn quarter_start(at: i64) -> i64 {
    at - at.rem_euclid(QUARTER)
}
