//! Why a connection to the Statistics API ended, for people to read. No text here
//! holds a token, a key or a password.

use std::time::Duration;

use crate::{ingest::IngestClosed, sources::SourceError};

#[derive(Clone, Debug, thiserror::Error)]
pub enum GenesysError {
    #[error("{0}")]
    Settings(String),

    #[error("can't reach {asked} at {address}: {why}")]
    Unreachable {
        asked: ApiCall,
        address: String,
        why: String,
    },
    #[error("{asked} didn't respond within {} s", .0.as_secs(), asked = .1)]
    NoAnswer(Duration, ApiCall),
    #[error("{asked} responded with HTTP status {status}{}", said(.why))]
    Status {
        asked: ApiCall,
        status: u16,
        why: String,
        /// How long it asks to be left alone.
        after: Option<Duration>,
    },
    #[error("{question} responded with HTTP status {status}, so this doesn't look like the {}", asked.api())]
    NoApi {
        asked: ApiCall,
        /// Method and address.
        question: String,
        status: u16,
    },
    #[error("{asked} sent an unreadable response: {why}")]
    Unreadable { asked: ApiCall, why: String },
    #[error("{asked} failed with code {code}{}", said(.why))]
    Declined {
        asked: ApiCall,
        code: i64,
        why: String,
    },

    #[error("sign-in rejected by the vendor: {0}")]
    SignIn(String),
    #[error(
        "{0} was denied although sign-in worked (HTTP status {1}): check `api_key`, and that this user may read statistics"
    )]
    Unauthorized(ApiCall, u16),

    /// Of the CometD connection.
    #[error("{why}")]
    Notifications { why: String, is_refused: bool },

    #[error(transparent)]
    Stopping(#[from] Stopping),
}

/// [`Closed`], to be told to several who wait.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the live state no longer accepts inputs")]
pub struct Stopping;

impl From<IngestClosed> for GenesysError {
    fn from(_: IngestClosed) -> Self {
        Self::Stopping(Stopping)
    }
}

/// What was asked of the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiCall {
    Token,
    Subscription,
    Values,
    Unsubscribe,
}

impl std::fmt::Display for ApiCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token => "the Authentication API",
            Self::Subscription => "the subscription",
            Self::Values => "the request for values",
            Self::Unsubscribe => "the end of a subscription",
        })
    }
}

impl ApiCall {
    /// Whom it is asked of, and where that is configured.
    fn api(self) -> &'static str {
        match self {
            Self::Token => "Authentication API: check `base_url`, or set `token_url`",
            Self::Subscription | Self::Values | Self::Unsubscribe => {
                "Statistics API: check `base_url`, the part of the address before /statistics/v3"
            }
        }
    }
}

fn said(why: &str) -> String {
    if why.is_empty() {
        return String::new();
    }
    format!(": {why}")
}

impl SourceError for GenesysError {
    fn needs_intervention(&self) -> bool {
        matches!(
            self,
            Self::Settings(_)
                | Self::SignIn(_)
                | Self::Unauthorized(..)
                | Self::Notifications {
                    is_refused: true,
                    ..
                }
        )
    }
}

impl GenesysError {
    /// The vendor understood the question and says no to it: asked again as it is,
    /// it says no again.
    pub(super) fn is_request_fault(&self) -> bool {
        match self {
            Self::Declined { .. } | Self::NoApi { .. } => true,
            Self::Status { status, .. } => {
                (400..500).contains(status) && !matches!(status, 408 | 425 | 429)
            }
            _ => false,
        }
    }

    /// Only people can mend it, or we are stopping: nothing else is worth trying.
    pub(super) fn is_final(&self) -> bool {
        self.needs_intervention() || matches!(self, Self::Stopping(_))
    }
}

/// The vendor's own words on one line, cut to what a page can show.
pub(super) fn quote_words(words: &str) -> String {
    const LONGEST: usize = 200;
    let mut line: String = words
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|letter| !letter.is_control())
        .take(LONGEST + 1)
        .collect();
    if line.chars().count() > LONGEST {
        line = line.chars().take(LONGEST).collect::<String>() + "…";
    }
    line
}
