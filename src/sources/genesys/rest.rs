//! The calls below `/statistics/v3`: signed, repeated once with a new token, bounded,
//! and their envelope opened.

use std::{sync::Arc, time::Duration};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use reqwest::{Client, RequestBuilder, header::AUTHORIZATION};

use super::{
    access::Access,
    envelope::{self, Envelope},
    error::{Call, Error},
    http::{self, Answer, Patience},
};

/// A farewell is not worth waiting for.
const FAREWELL: Duration = Duration::from_secs(2);

/// A text as a part of an address.
pub(super) fn encoded(text: &str) -> PercentEncode<'_> {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~');
    utf8_percent_encode(text, PLAIN)
}

#[derive(Debug)]
pub(super) struct Rest {
    pub(super) http: Client,
    /// `https://api.example.com/statistics/v3`
    pub(super) base: String,
    pub(super) access: Arc<Access>,
    patience: Patience,
}

impl Rest {
    pub(super) fn new(base_url: &str, http: Client, access: Arc<Access>) -> Self {
        Self {
            http,
            base: format!("{base_url}/statistics/v3"),
            access,
            patience: Patience::default(),
        }
    }

    /// The answer to a request, if it is well.
    pub(super) async fn call(
        &self,
        asked: Call,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<Envelope, Error> {
        let answer = self.signed(asked, &request).await?;
        // The API says in its own words that it does not know something.
        if matches!(answer.status, 404 | 405) && envelope::answer(&answer.body).is_err() {
            return Err(http::no_api(asked, request(&self.http), answer.status));
        }
        if !(200..300).contains(&answer.status) {
            return Err(Error::Status {
                asked,
                status: answer.status,
                why: self.cleared(envelope::words_of(&answer.body)),
                after: answer.after,
            });
        }
        let unreadable = |why| Error::Unreadable { asked, why };
        let mut envelope = envelope::answer(&answer.body).map_err(unreadable)?;
        envelope.words = self.cleared(envelope.words);
        if !envelope.is_well() {
            return Err(Error::Declined {
                asked,
                code: envelope.code,
                why: envelope.words,
            });
        }
        Ok(envelope)
    }

    /// A 401 is a spent token. A 403 may be one, where the token is not new.
    async fn signed(
        &self,
        asked: Call,
        request: &impl Fn(&Client) -> RequestBuilder,
    ) -> Result<Answer, Error> {
        let token = self.access.token().await?;
        let signed = |header| request(&self.http).header(AUTHORIZATION, header);
        let answer = self.patient(asked, signed(token.header.clone())).await?;
        let is_spent = match answer.status {
            401 => true,
            403 => token.is_old(),
            _ => false,
        };
        if !is_spent {
            return Ok(answer);
        }
        let token = self.access.instead_of(&token).await?;
        let answer = self.patient(asked, signed(token.header)).await?;
        if answer.status == 401 {
            return Err(Error::Unauthorised(asked, answer.status));
        }
        Ok(answer)
    }

    async fn patient(&self, asked: Call, request: RequestBuilder) -> Result<Answer, Error> {
        if asked == Call::Farewell {
            return http::send(asked, FAREWELL, request).await;
        }
        self.patience.send(asked, request).await
    }

    /// The vendor's words, unless they repeat a secret of ours.
    pub(super) fn cleared(&self, words: String) -> String {
        if self.access.is_told_in(&words) {
            return String::new();
        }
        words
    }
}
