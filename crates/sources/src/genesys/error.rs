//! Reasons why a connection to the Statistics API ended, for people to read. No text here
//! holds a token, a key or a password.

use std::time::Duration;

use crate::SourceError;
use wallboard_runtime::ingest::IngestClosed;

#[derive(Clone, Debug, thiserror::Error)]
pub enum GenesysError {
    #[error("{0}")]
    Settings(String),

    #[error("can't reach {call} at {address}: {why}")]
    Unreachable {
        call: ApiCall,
        address: String,
        why: String,
    },
    #[error("{call} didn't respond within {} s", .0.as_secs(), call = .1)]
    NoAnswer(Duration, ApiCall),
    #[error("{call} responded with HTTP status {status}{}", reason_suffix(.why))]
    Status {
        call: ApiCall,
        status: u16,
        why: String,
        /// The delay that the server requests.
        retry_after: Option<Duration>,
    },
    #[error("{request} responded with HTTP status {status}, so this doesn't look like the {}", call.api())]
    NoApi {
        call: ApiCall,
        /// Method and URL.
        request: String,
        status: u16,
    },
    #[error(
        "{call} redirects to {location} (HTTP status {status}): set `{}` to the address of the API itself; Wallboard follows no redirects",
        call.address_key()
    )]
    Redirect {
        call: ApiCall,
        status: u16,
        location: String,
    },
    #[error("{call} sent an unreadable response: {why}")]
    Unreadable { call: ApiCall, why: String },
    #[error("{call} failed with code {code}{}", reason_suffix(.why))]
    Declined {
        call: ApiCall,
        code: i64,
        why: String,
    },

    #[error("sign-in rejected by the vendor: {0}")]
    SignIn(String),
    #[error(
        "{0} was denied although sign-in worked (HTTP status {1}): check `api_key`, and that this user may read statistics"
    )]
    Unauthorized(ApiCall, u16),

    /// An error of the CometD connection.
    #[error("{why}")]
    Notifications { why: String, is_refused: bool },

    #[error(transparent)]
    Stopping(#[from] Stopping),
}

/// [`IngestClosed`], clonable for several waiting callers.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the live state no longer accepts inputs")]
pub struct Stopping;

impl From<IngestClosed> for GenesysError {
    fn from(_: IngestClosed) -> Self {
        Self::Stopping(Stopping)
    }
}

/// A kind of call to the vendor.
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
    fn address_key(self) -> &'static str {
        match self {
            Self::Token => "token_url",
            Self::Subscription | Self::Values | Self::Unsubscribe => "base_url",
        }
    }

    /// The API that is called, and where it is configured.
    fn api(self) -> &'static str {
        match self {
            Self::Token => "Authentication API: check `base_url`, or set `token_url`",
            Self::Subscription | Self::Values | Self::Unsubscribe => {
                "Statistics API: check `base_url`, the part of the address before /statistics/v3"
            }
        }
    }
}

fn reason_suffix(why: &str) -> String {
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
    /// Whether the vendor understood the request and rejected it. Repeated unchanged, it is
    /// rejected again.
    pub(super) fn is_request_fault(&self) -> bool {
        match self {
            Self::Declined { .. } | Self::NoApi { .. } => true,
            Self::Status { status, .. } => {
                (400..500).contains(status) && !matches!(status, 408 | 425 | 429)
            }
            _ => false,
        }
    }

    /// Whether retrying is pointless: only people can fix the cause, or the process is stopping.
    pub(super) fn is_final(&self) -> bool {
        self.needs_intervention() || matches!(self, Self::Stopping(_))
    }
}

/// The vendor's words on one line, truncated to fit a page.
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
