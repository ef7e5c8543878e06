//! The times and validity of a report without a number.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::MonotonicTime;

/// The times and validity of a reported value that is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportStamp {
    /// The source's own time, uncorrected.
    pub at: Option<Timestamp>,
    pub received_at: MonotonicTime,
    pub generation: u32,
    /// When it becomes out of date, regardless of the connection.
    pub valid_until: Option<MonotonicTime>,
    pub is_age_unknown: bool,
    /// The vendor has no valid value.
    pub is_invalid: bool,
}
