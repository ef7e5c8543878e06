//! An agent's activity in a time, as timelines draw it.

use jiff::Timestamp;

use wallboard_live::{ObservedStatus, StatusSpan};

/// A status that was observed, or that an export has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum TimelineStatus {
    Observed(ObservedStatus),
    /// Signed in, with nothing else known: an export doesn't say whether the agent was available.
    SignedIn,
}

/// A status and how long it lasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) struct TimelineSpan {
    pub(in crate::web) status: TimelineStatus,
    pub(in crate::web) from: Timestamp,
    pub(in crate::web) to: Timestamp,
}

impl From<&StatusSpan> for TimelineSpan {
    fn from(span: &StatusSpan) -> Self {
        Self {
            status: TimelineStatus::Observed(span.status),
            from: span.from,
            to: span.to,
        }
    }
}
