//! The sign-in: a token from the Authentication API, renewed before it is spent, by
//! one request at a time. It is kept over connections, and never shown.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, header::HeaderValue};
use serde_json::Value;
use tokio::{sync::Notify, time::Instant};

use crate::sources::{Failure, Hidden, waiting::wait};

use super::{
    Auth, Grant,
    error::{Call, Error, quoted},
    http::{self, Patience},
};

/// After a renewal that failed, while the token still holds.
const AGAIN: Duration = Duration::from_secs(5);
/// A refused grant is not tried more often than this.
const REFUSED: Duration = Duration::from_mins(1);
/// However short a token's life, it is not renewed more often.
const SHORTEST: Duration = Duration::from_secs(1);

/// What is sent as `Authorization`.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Marked as sensitive: it shows nothing of itself.
    pub(super) header: HeaderValue,
    /// Rises with each token.
    number: u64,
    since: Instant,
}

impl Token {
    /// Whether a new one may fare better.
    pub(super) fn is_old(&self) -> bool {
        self.since.elapsed() > REFUSED
    }
}

#[derive(Debug)]
pub(super) struct Access {
    auth: Auth,
    http: Client,
    patience: Patience,
    held: Mutex<Held>,
    /// Whoever holds it renews; the others wait for the outcome.
    renewing: tokio::sync::Mutex<()>,
    /// Another token is in use, which is due at another time.
    replaced: Notify,
}

#[derive(Debug, Default)]
struct Held {
    token: Option<Token>,
    /// How many tokens there were.
    number: u64,
    refresh: Option<Hidden>,
    /// When to renew, and when the token no longer holds; `None` where the vendor
    /// does not say.
    due: Option<Instant>,
    spent: Option<Instant>,
    /// Until then, nothing is asked: the vendor said no.
    refused: Option<(Instant, Error)>,
}

impl Access {
    pub(super) fn new(auth: Auth, http: Client) -> Self {
        Self {
            auth,
            http,
            patience: Patience::default(),
            held: Mutex::default(),
            renewing: tokio::sync::Mutex::default(),
            replaced: Notify::new(),
        }
    }

    /// The token in use, or a first one.
    pub(super) async fn token(&self) -> Result<Token, Error> {
        match self.good() {
            Some(token) => Ok(token),
            None => self.renew(Held::good).await,
        }
    }

    /// A token after this one, which was refused.
    pub(super) async fn instead_of(&self, spent: &Token) -> Result<Token, Error> {
        let other = |held: &Held| held.good().filter(|token| token.number != spent.number);
        self.renew(other).await
    }

    /// Renews the token when that is due, once; until then, waits.
    pub(super) async fn renewal(&self) -> Result<(), Error> {
        let due = loop {
            let due = self.held().due;
            tokio::select! {
                () = wait(due) => break due,
                () = self.replaced.notified() => {}
            }
        };
        let not_due = |held: &Held| held.good().filter(|_| held.due != due);
        let renewed = self.renew(not_due).await;
        if let Err(error) = &renewed {
            let pause = if error.is_refused() { REFUSED } else { AGAIN };
            self.held().due = Some(Instant::now() + pause);
        }
        renewed.map(drop)
    }

    /// What the token in use is sent as; nothing before the first.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let held = self.held();
        held.token.as_ref().map(|token| token.header.clone())
    }

    /// Somebody refuses the token in use: the next who asks gets another.
    pub(super) fn spend(&self) {
        self.held().spent = Some(Instant::now());
    }

    /// What was refused may have been mended.
    pub(super) fn forgive(&self) {
        self.held().refused = None;
    }

    /// Whether a text holds something that nobody shall see.
    pub(super) fn is_told_in(&self, text: &str) -> bool {
        let held = self.held();
        let token = held.token.as_ref().and_then(|t| t.header.to_str().ok());
        let token = token.and_then(|token| token.strip_prefix("Bearer "));
        let refresh = held.refresh.as_ref().map(|refresh| refresh.0.as_str());
        let password = match &self.auth.grant {
            Grant::Password { password, .. } => Some(password.0.as_str()),
            Grant::ClientCredentials => None,
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

    fn good(&self) -> Option<Token> {
        self.held().good()
    }

    /// Gets a token, unless while waiting for the turn somebody else did.
    async fn renew(&self, there: impl Fn(&Held) -> Option<Token>) -> Result<Token, Error> {
        let _turn = self.renewing.lock().await;
        let refresh = {
            let held = self.held();
            if let Some(token) = there(&held) {
                return Ok(token);
            }
            if let Some((until, error)) = &held.refused
                && Instant::now() < *until
            {
                return Err(error.clone());
            }
            held.refresh.clone()
        };
        if let Some(refresh) = refresh {
            let fields = [
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh.0.as_str()),
            ];
            match self.ask(&fields).await {
                Ok(granted) => return Ok(self.keep(granted)),
                // Nobody is there to be asked for more.
                Err(error @ (Error::Unreachable { .. } | Error::NoAnswer(..))) => {
                    return Err(error);
                }
                Err(_) => self.held().refresh = None,
            }
        }
        let granted = match &self.auth.grant {
            Grant::Password { username, password } => {
                let fields = [
                    ("grant_type", "password"),
                    ("scope", "*"),
                    ("client_id", &self.auth.client_id),
                    ("username", username),
                    ("password", &password.0),
                ];
                self.ask(&fields).await
            }
            Grant::ClientCredentials => {
                self.ask(&[("grant_type", "client_credentials"), ("scope", "*")])
                    .await
            }
        };
        granted
            .map(|granted| self.keep(granted))
            .inspect_err(|error| {
                if error.is_refused() {
                    let until = Instant::now() + REFUSED;
                    self.held().refused = Some((until, error.clone()));
                }
            })
    }

    async fn ask(&self, fields: &[(&str, &str)]) -> Result<Granted, Error> {
        let asked = Call::Token;
        let auth = &self.auth;
        let request = self
            .http
            .post(&auth.token_url)
            .basic_auth(&auth.client_id, Some(&auth.client_secret.0))
            .form(fields);
        let answer = self.patience.send(asked, request).await?;
        match answer.status {
            200..300 => granted(&answer.body),
            404 | 405 => {
                let request = self.http.post(&auth.token_url);
                Err(http::no_api(asked, request, answer.status))
            }
            400 | 401 | 403 => Err(Error::SignIn(no(auth, answer.status, &answer.body))),
            status => Err(Error::Status {
                asked,
                status,
                why: String::new(),
                after: answer.after,
            }),
        }
    }

    fn keep(&self, granted: Granted) -> Token {
        let now = Instant::now();
        let mut held = self.held();
        held.number += 1;
        let token = Token {
            header: granted.header,
            number: held.number,
            since: now,
        };
        held.token = Some(token.clone());
        // One that is not given anew goes on to hold.
        held.refresh = granted.refresh.or(held.refresh.take());
        held.due = granted.life.map(|life| {
            let share = rand::random_range(0.75..0.85);
            now + life.mul_f64(share).max(SHORTEST)
        });
        held.spent = granted.life.map(|life| now + life.max(SHORTEST));
        held.refused = None;
        drop(held);
        self.replaced.notify_one();
        token
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Unless its time is over.
    fn good(&self) -> Option<Token> {
        let is_spent = self.spent.is_some_and(|spent| spent <= Instant::now());
        self.token.clone().filter(|_| !is_spent)
    }
}

struct Granted {
    header: HeaderValue,
    refresh: Option<Hidden>,
    life: Option<Duration>,
}

fn granted(body: &[u8]) -> Result<Granted, Error> {
    let unreadable = |why: &str| Error::Unreadable {
        asked: Call::Token,
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
    Ok(Granted {
        header,
        refresh: refresh.map(|token| Hidden(token.to_owned())),
        life: life(&body["expires_in"]),
    })
}

/// Seconds, as a number or in a text.
fn life(expires_in: &Value) -> Option<Duration> {
    const LONGEST: f64 = 30.0 * 24.0 * 3600.0;
    let seconds = expires_in
        .as_f64()
        .or_else(|| expires_in.as_str()?.trim().parse().ok())?;
    (seconds.is_finite() && seconds > 0.0).then(|| Duration::from_secs_f64(seconds.min(LONGEST)))
}

/// What is refused, and what a person can do about it.
fn no(auth: &Auth, status: u16, body: &[u8]) -> String {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = said["error"].as_str().map(quoted).unwrap_or_default();
    let is_password = matches!(auth.grant, Grant::Password { .. });
    let mend = match code.as_str() {
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
    format!("{code}; {mend}")
}

#[cfg(test)]
mod tests;
