//! The sign-in: a token from the Authentication API, renewed before it expires, by one
//! request at a time. It survives connections and is never shown.

use std::time::Duration;

use parking_lot::Mutex;
use reqwest::{Client, header::HeaderValue};
use serde_json::Value;
use tokio::{sync::Notify, time::Instant};

use crate::{RedactedText, SourceError, optional_wait::wait_until};

use super::{
    OAuthGrant, OAuthSettings,
    error::{ApiCall, GenesysError, quote_words},
    http::{self, AdaptiveTimeout},
};

/// Pause after a failed renewal while the token is still valid.
const RETRY_PAUSE: Duration = Duration::from_secs(5);
/// The shortest time between attempts at a rejected grant.
const REFUSED_PAUSE: Duration = Duration::from_mins(1);
/// The shortest time between renewals, however short a token's life is.
const RENEWAL_MIN: Duration = Duration::from_secs(1);

/// A token as sent in `Authorization`.
#[derive(Clone, Debug)]
pub(super) struct AccessToken {
    /// Marked as sensitive, so it isn't shown.
    pub(super) header: HeaderValue,
    /// Increases with each token.
    number: u64,
    since: Instant,
}

impl AccessToken {
    /// Whether the token is old enough for a new one to help.
    pub(super) fn is_past_refusal_pause(&self) -> bool {
        self.since.elapsed() > REFUSED_PAUSE
    }
}

#[derive(Debug)]
pub(super) struct TokenProvider {
    auth: OAuthSettings,
    http: Client,
    patience: AdaptiveTimeout,
    state: Mutex<TokenState>,
    /// Its holder renews the token; the others wait for the outcome.
    renewing: tokio::sync::Mutex<()>,
    /// Signals that another token is in use, which is due at another time.
    replaced: Notify,
}

#[derive(Debug, Default)]
struct TokenState {
    token: Option<AccessToken>,
    /// The number of tokens so far.
    number: u64,
    refresh_token: Option<RedactedText>,
    /// The time to renew and the time of expiry; `None` where the vendor doesn't report them.
    due: Option<Instant>,
    expires: Option<Instant>,
    /// The vendor's rejection, and until when nothing is requested.
    refused: Option<(Instant, GenesysError)>,
}

impl TokenProvider {
    pub(super) fn new(auth: OAuthSettings, http: Client) -> Self {
        Self {
            auth,
            http,
            patience: AdaptiveTimeout::default(),
            state: Mutex::default(),
            renewing: tokio::sync::Mutex::default(),
            replaced: Notify::new(),
        }
    }

    /// Returns the current token, or fetches the first one.
    pub(super) async fn current_token(&self) -> Result<AccessToken, GenesysError> {
        match self.valid_token() {
            Some(token) => Ok(token),
            None => self.fetch_token(TokenState::valid_token).await,
        }
    }

    /// Returns a token after this one, which was rejected.
    pub(super) async fn replace_token(
        &self,
        rejected: &AccessToken,
    ) -> Result<AccessToken, GenesysError> {
        let other = |state: &TokenState| {
            state
                .valid_token()
                .filter(|token| token.number != rejected.number)
        };
        self.fetch_token(other).await
    }

    /// Waits until the token is due, and renews it once.
    pub(super) async fn renew_when_due(&self) -> Result<(), GenesysError> {
        let due = loop {
            let due = self.state.lock().due;
            tokio::select! {
                () = wait_until(due) => break due,
                () = self.replaced.notified() => {}
            }
        };
        let not_due = |state: &TokenState| state.valid_token().filter(|_| state.due != due);
        let renewed = self.fetch_token(not_due).await;
        if let Err(error) = &renewed {
            let pause = if error.needs_intervention() {
                REFUSED_PAUSE
            } else {
                RETRY_PAUSE
            };
            self.state.lock().due = Some(Instant::now() + pause);
        }
        renewed.map(drop)
    }

    /// The current token's header; `None` before the first one.
    pub(super) fn authorization_header(&self) -> Option<HeaderValue> {
        let state = self.state.lock();
        state.token.as_ref().map(|token| token.header.clone())
    }

    /// Expires a rejected token, so that the next caller gets another.
    pub(super) fn expire_token(&self) {
        self.state.lock().expires = Some(Instant::now());
    }

    /// Forgets a rejection, whose cause may be fixed.
    pub(super) fn clear_refusal(&self) {
        self.state.lock().refused = None;
    }

    /// Whether a text holds a secret.
    pub(super) fn contains_secret(&self, text: &str) -> bool {
        let state = self.state.lock();
        let token = state.token.as_ref().and_then(|t| t.header.to_str().ok());
        let token = token.and_then(|token| token.strip_prefix("Bearer "));
        let refresh = state
            .refresh_token
            .as_ref()
            .map(|refresh| refresh.0.as_str());
        let password = match &self.auth.grant {
            OAuthGrant::Password { password, .. } => Some(password.0.as_str()),
            OAuthGrant::ClientCredentials => None,
        };
        let secrets = [
            token,
            refresh,
            password,
            Some(self.auth.client_secret.0.as_str()),
        ];
        let mut secrets = secrets.into_iter().flatten();
        secrets.any(|secret| !secret.is_empty() && text.contains(secret))
    }

    fn valid_token(&self) -> Option<AccessToken> {
        self.state.lock().valid_token()
    }

    /// Fetches a token, unless someone else did while this call waited for its turn.
    async fn fetch_token(
        &self,
        find_valid: impl Fn(&TokenState) -> Option<AccessToken>,
    ) -> Result<AccessToken, GenesysError> {
        let _turn = self.renewing.lock().await;
        let refresh = {
            let state = self.state.lock();
            if let Some(token) = find_valid(&state) {
                return Ok(token);
            }
            if let Some((until, error)) = &state.refused
                && Instant::now() < *until
            {
                return Err(error.clone());
            }
            state.refresh_token.clone()
        };
        if let Some(refresh) = refresh {
            let fields = [
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh.0.as_str()),
            ];
            match self.request_grant(&fields).await {
                Ok(granted) => return Ok(self.store_grant(granted)),
                // No one would answer another request either.
                Err(error @ (GenesysError::Unreachable { .. } | GenesysError::NoAnswer(..))) => {
                    return Err(error);
                }
                Err(_) => self.state.lock().refresh_token = None,
            }
        }
        let granted = match &self.auth.grant {
            OAuthGrant::Password { username, password } => {
                let fields = [
                    ("grant_type", "password"),
                    ("scope", "*"),
                    ("client_id", &self.auth.client_id),
                    ("username", username),
                    ("password", &password.0),
                ];
                self.request_grant(&fields).await
            }
            OAuthGrant::ClientCredentials => {
                self.request_grant(&[("grant_type", "client_credentials"), ("scope", "*")])
                    .await
            }
        };
        granted
            .map(|granted| self.store_grant(granted))
            .inspect_err(|error| {
                if error.needs_intervention() {
                    let until = Instant::now() + REFUSED_PAUSE;
                    self.state.lock().refused = Some((until, error.clone()));
                }
            })
    }

    async fn request_grant(&self, fields: &[(&str, &str)]) -> Result<TokenGrant, GenesysError> {
        let call = ApiCall::Token;
        let auth = &self.auth;
        let request = self
            .http
            .post(&auth.token_url)
            .basic_auth(&auth.client_id, Some(&auth.client_secret.0))
            .form(fields);
        let answer = self.patience.send_request(call, request).await?;
        match answer.status {
            200..300 => parse_grant(&answer.body),
            404 | 405 => {
                let request = self.http.post(&auth.token_url);
                Err(http::wrong_api_error(call, request, answer.status))
            }
            400 | 401 | 403 => Err(GenesysError::SignIn(explain_refusal(
                auth,
                answer.status,
                &answer.body,
            ))),
            status if let Some(location) = answer.redirect => {
                let is_safe = !self.contains_secret(&location);
                Err(GenesysError::Redirect {
                    call,
                    status,
                    location: Some(location).filter(|_| is_safe).unwrap_or_default(),
                })
            }
            status => Err(GenesysError::Status {
                call,
                status,
                why: String::new(),
                retry_after: answer.retry_after,
            }),
        }
    }

    fn store_grant(&self, granted: TokenGrant) -> AccessToken {
        let now = Instant::now();
        let mut state = self.state.lock();
        state.number += 1;
        let token = AccessToken {
            header: granted.header,
            number: state.number,
            since: now,
        };
        state.token = Some(token.clone());
        // Without a new refresh token, the old one stays valid.
        state.refresh_token = granted.refresh_token.or(state.refresh_token.take());
        state.due = granted.lifetime.map(|life| {
            let share = rand::random_range(0.75..0.85);
            now + life.mul_f64(share).max(RENEWAL_MIN)
        });
        state.expires = granted.lifetime.map(|life| now + life.max(RENEWAL_MIN));
        state.refused = None;
        drop(state);
        self.replaced.notify_one();
        token
    }
}

impl TokenState {
    /// The token, unless it has expired.
    fn valid_token(&self) -> Option<AccessToken> {
        let is_expired = self
            .expires
            .is_some_and(|expires| expires <= Instant::now());
        self.token.clone().filter(|_| !is_expired)
    }
}

struct TokenGrant {
    header: HeaderValue,
    refresh_token: Option<RedactedText>,
    lifetime: Option<Duration>,
}

fn parse_grant(body: &[u8]) -> Result<TokenGrant, GenesysError> {
    let unreadable = |why: &str| GenesysError::Unreadable {
        call: ApiCall::Token,
        why: why.to_owned(),
    };
    let body: Value = serde_json::from_slice(body).map_err(|_| {
        unreadable("it isn't JSON; check `base_url`, `token_url` and any proxy in between")
    })?;
    let token = body["access_token"]
        .as_str()
        .filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| unreadable("it has no `access_token`"))?;
    let mut header = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| unreadable("its `access_token` can't be sent in a header"))?;
    header.set_sensitive(true);
    let refresh = body["refresh_token"]
        .as_str()
        .filter(|token| !token.is_empty());
    Ok(TokenGrant {
        header,
        refresh_token: refresh.map(|token| RedactedText(token.to_owned())),
        lifetime: parse_lifetime(&body["expires_in"]),
    })
}

/// Parses seconds, as a number or as text.
fn parse_lifetime(expires_in: &Value) -> Option<Duration> {
    const LONGEST: f64 = 30.0 * 24.0 * 3600.0;
    let seconds = expires_in
        .as_f64()
        .or_else(|| expires_in.as_str()?.trim().parse().ok())?;
    (seconds.is_finite() && seconds > 0.0).then(|| Duration::from_secs_f64(seconds.min(LONGEST)))
}

/// Explains a rejection, and what a person can do about it.
fn explain_refusal(auth: &OAuthSettings, status: u16, body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = body["error"].as_str().map(quote_words).unwrap_or_default();
    let is_password = matches!(auth.grant, OAuthGrant::Password { .. });
    let fix = match code.as_str() {
        "invalid_grant" if is_password => {
            "check `username` (often tenant\\user) and `password`, and that the account isn't locked"
        }
        "invalid_client" => "check `client_id` and `client_secret`",
        "unauthorized_client" | "unsupported_grant_type" | "invalid_grant" if is_password => {
            "this client isn't allowed to sign in by password: ask Genesys, or set `grant = \"client_credentials\"`"
        }
        "unauthorized_client" | "unsupported_grant_type" | "invalid_grant" => {
            "this client isn't allowed to sign in with client credentials: ask Genesys, or set `grant = \"password\"`"
        }
        "invalid_scope" => "this client has no permitted scope: ask Genesys",
        _ if status == 403 => "check `api_key`, and that this client may use the API",
        _ => "check `client_id`, `client_secret`, `api_key` and the user",
    };
    let code = match code.as_str() {
        "" => format!("HTTP status {status}"),
        code if code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') => code.to_owned(),
        _ => format!("HTTP status {status}"),
    };
    format!("{code}; {fix}")
}

#[cfg(test)]
mod tests;
