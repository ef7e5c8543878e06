//! Why a past can't be shown.

use axum::http::{HeaderName, StatusCode};

use wallboard_store::StoreError;
use wallboard_texts::Texts;

use crate::web::server::retry_after::RETRY_SOON;

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
        matches!(self, Self::Busy | Self::TooManyOwn).then_some(RETRY_SOON)
    }

    /// Title and sentence for the visitor.
    pub(in crate::web) fn title_and_message(
        &self,
        texts: &'static Texts,
    ) -> (&'static str, &'static str) {
        match self {
            Self::Invalid(_) => (texts.link_invalid(), texts.past_invalid_help()),
            Self::NoLog => (texts.nothing_to_rewind(), texts.nothing_to_rewind_help()),
            Self::NotInLog => (texts.nothing_from_then(), texts.nothing_from_then_help()),
            Self::Busy => (texts.too_many_rewind(), texts.too_many_rewind_help()),
            Self::TooManyOwn => (texts.too_many_moments(), texts.too_many_moments_help()),
            Self::Store(_) | Self::Failed => (texts.went_wrong(), texts.went_wrong_help()),
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
