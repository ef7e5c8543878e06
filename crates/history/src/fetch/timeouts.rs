//! Timeouts of the remote side.

use std::time::Duration;

/// A store that requests a longer delay is left to the next import.
pub(super) const RETRY_AFTER_MAX: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchTimeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the first byte of a response, sign-in included.
    pub answer: Duration,
    /// Between two chunks of a file.
    pub stall: Duration,
}

impl Default for FetchTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_mins(1),
            stall: Duration::from_secs(30),
        }
    }
}
