//! How a channel fares, for people.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The last message that a channel accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    pub at: Timestamp,
    /// The channel's answer, for people.
    pub answer: String,
    pub took_millis: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelCondition<'o> {
    /// Messages that wait or are on their way, those of a digest too.
    pub waiting: usize,
    /// Why the last attempt failed; `None`: it succeeded, or there was none.
    pub error: Option<&'o str>,
    /// Since when attempts fail.
    pub failing_since: Option<Timestamp>,
    /// When the next attempt is, if one waits for it.
    pub next_at: Option<Timestamp>,
    pub last_accepted: Option<&'o Acceptance>,
}
