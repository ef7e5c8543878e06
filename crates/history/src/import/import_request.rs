//! The request for a run of an import.

use std::time::Duration;

use jiff::civil::Date;

/// Options of a run beyond the configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportRequest {
    /// Both days are inclusive.
    pub since: Option<Date>,
    pub until: Option<Date>,
    /// Longest wait for files that are being written. Without it they are left to the next run, and
    /// so is a source with another import running.
    pub wait_max: Option<Duration>,
}
