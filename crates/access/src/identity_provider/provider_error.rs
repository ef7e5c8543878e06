//! Why the identity provider didn't sign somebody in.

use openidconnect::{ClaimsVerificationError, DiscoveryError};

use crate::NoRandomness;
use wallboard_runtime::https;

use super::provider_http::ProviderHttpError;

/// Why the identity provider didn't sign somebody in. Never has a code, a token or a secret in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    #[error("can't reach the identity provider: {0}")]
    Unreachable(String),
    #[error("the identity provider's answer isn't valid: {0}")]
    InvalidAnswer(String),
    /// It took too long, began in another browser, or has been used already.
    #[error("this sign-in wasn't started in this browser, or it expired")]
    NotWaiting,
    /// The person canceled, or may not use this application.
    #[error("the identity provider refused: {0}")]
    Refused(String),
    #[error("too many people are signing in; try again in a few seconds")]
    Busy,
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

impl ProviderError {
    pub(super) fn of_request(error: &ProviderHttpError) -> Self {
        match error {
            ProviderHttpError::Request(cause) => Self::Unreachable(explain_request(cause)),
            ProviderHttpError::Invalid(_) | ProviderHttpError::TooLong => {
                Self::InvalidAnswer(error.to_string())
            }
        }
    }

    pub(super) fn of_discovery(error: &DiscoveryError<ProviderHttpError>) -> Self {
        match error {
            DiscoveryError::Request(cause) => Self::of_request(cause),
            DiscoveryError::Parse(fault) => {
                let path = fault.path();
                Self::InvalidAnswer(format!("its metadata has a fault at `{path}`"))
            }
            DiscoveryError::Response(status, ..) if status.is_server_error() => {
                Self::Unreachable(error.to_string())
            }
            DiscoveryError::Validation(why) => Self::InvalidAnswer(format!(
                "{why}; write `issuer` in [access.oidc] exactly as the provider does"
            )),
            _ => Self::InvalidAnswer(format!("{error}; check `issuer` in [access.oidc]")),
        }
    }

    pub(super) fn of_claims(error: &ClaimsVerificationError) -> Self {
        let why = match error {
            ClaimsVerificationError::SignatureVerification(cause) => cause.to_string(),
            other => other.to_string(),
        };
        Self::InvalidAnswer(format!("the identity token was refused: {why}"))
    }
}

fn explain_request(error: &reqwest::Error) -> String {
    if error.is_connect() {
        return https::explain_unreachable(error).to_owned();
    }
    if error.is_timeout() {
        return "it didn't respond in time".to_owned();
    }
    let root = https::error_causes(error).last();
    root.map_or_else(String::new, ToString::to_string)
}
