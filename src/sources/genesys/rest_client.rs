//! The calls below `/statistics/v3`: signed, repeated once with a new token, bounded,
//! and their envelope opened.

use std::{sync::Arc, time::Duration};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use reqwest::{Client, RequestBuilder, header::AUTHORIZATION};

use super::{
    envelope::{self, ApiEnvelope},
    error::{ApiCall, GenesysError},
    http::{self, AdaptiveTimeout, HttpAnswer},
    token_provider::TokenProvider,
};

/// A farewell is not worth waiting for.
const UNSUBSCRIBE_TIMEOUT: Duration = Duration::from_secs(2);

/// A text as a part of an address.
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
    timeout: AdaptiveTimeout,
}

impl RestClient {
    pub(super) fn new(base_url: &str, http: Client, access: Arc<TokenProvider>) -> Self {
        Self {
            http,
            base: format!("{base_url}/statistics/v3"),
            tokens: access,
            timeout: AdaptiveTimeout::default(),
        }
    }

    /// The answer to a request, if it is well.
    pub(super) async fn call_api(
        &self,
        asked: ApiCall,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<ApiEnvelope, GenesysError> {
        let answer = self.send_signed(asked, &request).await?;
        // The API says in its own words that it does not know something.
        if matches!(answer.status, 404 | 405) && envelope::parse_answer(&answer.body).is_err() {
            return Err(http::wrong_api_error(
                asked,
                request(&self.http),
                answer.status,
            ));
        }
        if !(200..300).contains(&answer.status) {
            return Err(GenesysError::Status {
                asked,
                status: answer.status,
                why: self.without_secrets(envelope::error_words(&answer.body)),
                after: answer.retry_after,
            });
        }
        let unreadable = |why| GenesysError::Unreadable { asked, why };
        let mut envelope = envelope::parse_answer(&answer.body).map_err(unreadable)?;
        envelope.message = self.without_secrets(envelope.message);
        if !envelope.is_success() {
            return Err(GenesysError::Declined {
                asked,
                code: envelope.code,
                why: envelope.message,
            });
        }
        Ok(envelope)
    }

    /// A 401 is a spent token. A 403 may be one, where the token is not new.
    async fn send_signed(
        &self,
        asked: ApiCall,
        request: &impl Fn(&Client) -> RequestBuilder,
    ) -> Result<HttpAnswer, GenesysError> {
        let token = self.tokens.current_token().await?;
        let signed = |header| request(&self.http).header(AUTHORIZATION, header);
        let answer = self.send_timed(asked, signed(token.header.clone())).await?;
        let is_spent = match answer.status {
            401 => true,
            403 => token.is_past_refusal_pause(),
            _ => false,
        };
        if !is_spent {
            return Ok(answer);
        }
        let token = self.tokens.replace_token(&token).await?;
        let answer = self.send_timed(asked, signed(token.header)).await?;
        if answer.status == 401 {
            return Err(GenesysError::Unauthorized(asked, answer.status));
        }
        Ok(answer)
    }

    async fn send_timed(
        &self,
        asked: ApiCall,
        request: RequestBuilder,
    ) -> Result<HttpAnswer, GenesysError> {
        if asked == ApiCall::Unsubscribe {
            return http::send_within(asked, UNSUBSCRIBE_TIMEOUT, request).await;
        }
        self.timeout.send_request(asked, request).await
    }

    /// The vendor's words, unless they repeat a secret of ours.
    pub(super) fn without_secrets(&self, words: String) -> String {
        if self.tokens.contains_secret(&words) {
            return String::new();
        }
        words
    }
}
