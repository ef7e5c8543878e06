//! Calls below `/statistics/v3`: signed, repeated once with a new token, bounded, and with
//! the envelope opened.

use std::{sync::Arc, time::Duration};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use reqwest::{Client, RequestBuilder, header::AUTHORIZATION};

use crate::RedactedText;

use super::{
    envelope::{self, ApiEnvelope},
    error::{ApiCall, GenesysError},
    http::{self, AdaptiveTimeout, HttpResponse},
    token_provider::TokenProvider,
};

/// Short, because the end of a subscription isn't worth waiting for.
const UNSUBSCRIBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Percent-encodes a text as a part of a URL.
pub(super) fn encode_segment(text: &str) -> PercentEncode<'_> {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~');
    utf8_percent_encode(text, PLAIN)
}

#[derive(Debug)]
pub(super) struct RestClient {
    pub(super) http: Client,
    /// `https://api.example.com/statistics/v3`
    pub(super) base: String,
    pub(super) tokens: Arc<TokenProvider>,
    api_key: RedactedText,
    timeout: AdaptiveTimeout,
}

impl RestClient {
    pub(super) fn new(
        base_url: &str,
        api_key: RedactedText,
        http: Client,
        tokens: Arc<TokenProvider>,
    ) -> Self {
        Self {
            http,
            base: format!("{base_url}/statistics/v3"),
            tokens,
            api_key,
            timeout: AdaptiveTimeout::default(),
        }
    }

    /// Returns the response to a request if it succeeded.
    pub(super) async fn call_api(
        &self,
        call: ApiCall,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<ApiEnvelope, GenesysError> {
        let answer = self.send_signed(call, &request).await?;
        // The API itself uses these codes too, with an envelope, for what it doesn't know.
        if matches!(answer.status, 404 | 405) && envelope::parse_answer(&answer.body).is_err() {
            return Err(http::wrong_api_error(
                call,
                request(&self.http),
                answer.status,
            ));
        }
        if let Some(location) = answer.redirect {
            return Err(GenesysError::Redirect {
                call,
                status: answer.status,
                location: self.without_secrets(location),
            });
        }
        if !(200..300).contains(&answer.status) {
            return Err(GenesysError::Status {
                call,
                status: answer.status,
                why: self.error_words(&answer.body),
                retry_after: answer.retry_after,
            });
        }
        let unreadable = |why| GenesysError::Unreadable { call, why };
        let mut envelope = envelope::parse_answer(&answer.body).map_err(unreadable)?;
        envelope.message = self.without_secrets(envelope.message);
        if !envelope.is_success() {
            return Err(GenesysError::Declined {
                call,
                code: envelope.code,
                why: envelope.message,
            });
        }
        Ok(envelope)
    }

    /// A 401 means an expired token. A 403 may mean one, if the token isn't new.
    async fn send_signed(
        &self,
        call: ApiCall,
        request: &impl Fn(&Client) -> RequestBuilder,
    ) -> Result<HttpResponse, GenesysError> {
        let token = self.tokens.current_token().await?;
        let signed = |header| request(&self.http).header(AUTHORIZATION, header);
        let answer = self.send_timed(call, signed(token.header.clone())).await?;
        let is_expired = match answer.status {
            401 => true,
            403 => token.is_past_refusal_pause(),
            _ => false,
        };
        if !is_expired {
            return Ok(answer);
        }
        let token = self.tokens.replace_token(&token).await?;
        let answer = self.send_timed(call, signed(token.header)).await?;
        if answer.status == 401 {
            return Err(GenesysError::Unauthorized(call, answer.status));
        }
        Ok(answer)
    }

    async fn send_timed(
        &self,
        call: ApiCall,
        request: RequestBuilder,
    ) -> Result<HttpResponse, GenesysError> {
        if call == ApiCall::Unsubscribe {
            return http::send_within(call, UNSUBSCRIBE_TIMEOUT, request).await;
        }
        self.timeout.send_request(call, request).await
    }

    /// Returns the vendor's words about an error, or none if it repeats a secret of ours: words are cut,
    /// and half of a secret wouldn't be found.
    fn error_words(&self, body: &[u8]) -> String {
        if self.repeats_secret(&String::from_utf8_lossy(body)) {
            return String::new();
        }
        envelope::error_words(body)
    }

    /// Returns the vendor's words, or none if they repeat a secret of ours.
    pub(super) fn without_secrets(&self, words: String) -> String {
        if self.repeats_secret(&words) {
            return String::new();
        }
        words
    }

    /// Whether words repeat a secret of ours.
    pub(super) fn repeats_secret(&self, words: &str) -> bool {
        self.tokens.contains_secret(words) || self.api_key.mask_in(words) != words
    }
}
