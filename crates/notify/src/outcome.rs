//! The outcome of an attempt to send a message.

use std::time::Duration;

/// A channel has accepted a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The answer, for people: "202 Accepted".
    pub answer: String,
    /// From the first lookup of the name to the answer.
    pub took: Duration,
}

/// An attempt that failed. Its text says what happened and what to do, and has no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    pub reason: String,
    pub retry: Retry,
}

/// Whether another attempt may succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Never,
    /// With the outbox's pause.
    Later,
    /// Not before this time has passed, as the server requests.
    After(Duration),
}

impl SendError {
    /// An error that repeating the message can't fix.
    pub fn permanent(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            retry: Retry::Never,
        }
    }

    /// An error that may be over later.
    pub fn temporary(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            retry: Retry::Later,
        }
    }
}
