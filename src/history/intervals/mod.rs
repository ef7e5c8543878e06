//! Contacts and spans of time → counters by quarter of an hour, and quarters → buckets
//! of any step in any zone. Pure: no I/O, no clock. Times are Unix seconds.

mod buckets;
mod contact;
#[cfg(test)]
mod property_tests;
mod spans;

pub use buckets::{Bucket, Step, buckets, day_number, days};
pub use contact::{Contact, End, Limits, Outcome, Survey, count, count_for_agent, count_survey};
pub use spans::{Presence, Span, measure};

/// Seconds in the finest interval that is kept. Clocks of all zones change by
/// multiples of it, so quarters make up every other interval.
pub const QUARTER: i64 = 900;

/// The start of the quarter that `at` lies in.
pub fn quarter(at: i64) -> i64 {
    at - at.rem_euclid(QUARTER)
}
