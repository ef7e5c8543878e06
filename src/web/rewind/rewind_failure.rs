//! Why a past can't be shown.

use axum::http::{HeaderName, StatusCode, header};

use wallboard_store::StoreError;

/// Why a past can't be shown.
#[derive(Debug, thiserror::Error)]
pub(in crate::web) enum RewindFailure {
    /// A sentence about the address.
    #[error("{0}")]
    Invalid(String),
    #[error("there is no log to rewind: set [log] enabled = true")]
    NoLog,
    #[error("the log has nothing of that time")]
    NotInLog,
    #[error("too many moments are being looked at; try again in a minute")]
    Busy,
    #[error("you are looking at too many moments; close one of them, then try again")]
    TooManyOwn,
    #[error("couldn't read the log")]
    Store(#[from] StoreError),
    #[error("couldn't rewind because of a bug")]
    Failed,
}

impl RewindFailure {
    /// When to try again, if that helps.
    pub(in crate::web) fn retry_after(&self) -> Option<[(HeaderName, &'static str); 1]> {
        matches!(self, Self::Busy | Self::TooManyOwn).then_some([(header::RETRY_AFTER, "10")])
    }

    /// Title and sentence for the visitor.
    pub(in crate::web) fn title_and_message(&self) -> (&'static str, String) {
        match self {
            Self::Invalid(_) => (
                "This link doesn’t work",
                "Part of its address isn’t valid.".to_owned(),
            ),
            Self::NoLog => (
                "Nothing to rewind",
                "There’s no log of what happened. An administrator can enable it: [log] enabled = true.".to_owned(),
            ),
            Self::NotInLog => (
                "Nothing from that time",
                "The log doesn’t reach back that far. Choose a later time.".to_owned(),
            ),
            Self::Busy => (
                "Too many people are rewinding",
                "Try again in a minute. Live pages aren’t affected.".to_owned(),
            ),
            Self::TooManyOwn => (
                "You’re looking at too many moments",
                "Close one of the earlier boards or pages that you have open, then try again.".to_owned(),
            ),
            Self::Store(_) | Self::Failed => (
                "Something went wrong",
                "The error has been logged. Try again in a moment.".to_owned(),
            ),
        }
    }

    pub(in crate::web) fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::NoLog | Self::NotInLog => StatusCode::NOT_FOUND,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooManyOwn => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) | Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
