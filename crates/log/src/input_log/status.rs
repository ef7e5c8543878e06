//! The condition of the log, for pages and metrics.

use std::time::Duration;

use jiff::Timestamp;

use wallboard_store::LogSize;

/// The state of the log since the start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogStatus {
    /// Entries that were appended.
    pub entries: u64,
    /// Inputs in them.
    pub inputs: u64,
    /// Bytes that were appended.
    pub appended_bytes: u64,
    /// The time from receipt until the last batch was durable.
    pub commit_delay: Duration,
    /// Attempts to write that failed.
    pub failures: u64,
    /// Entries that the log could not take.
    pub passed_over: u64,
    /// Since when entries are missing; `None` while the log is complete.
    pub interrupted_since: Option<Timestamp>,
    /// Why writing failed last, a sentence.
    pub last_error: Option<String>,
    pub size: LogSize,
}
