//! One request and its whole answer, bounded in size and time; what goes wrong below
//! HTTP in words for people.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Client, RequestBuilder,
    cookie::Jar,
    header::{self, HeaderMap, HeaderValue},
};
use rustls::ClientConfig;
use tokio::time::Instant;

use crate::{https, sources::RedactedText};

use super::error::{ApiCall, GenesysError};

/// Two hundred trees of states are far below it.
const BODY_BYTES_MAX: usize = 16 << 20;
/// The longest that an upstream may ask to be left alone.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(30);
/// Between these is what we wait for an answer.
const TIMEOUT_MIN: Duration = Duration::from_secs(3);
const TIMEOUT_MAX: Duration = Duration::from_secs(30);

/// The headers that go with everything.
pub(super) fn api_key_headers(api_key: &RedactedText) -> Result<HeaderMap, GenesysError> {
    let mut headers = HeaderMap::new();
    if !api_key.0.is_empty() {
        let mut key = HeaderValue::from_str(&api_key.0).map_err(|_| {
            GenesysError::Settings(
                "`api_key` has a character that isn't allowed in a header, such as a line break"
                    .to_owned(),
            )
        })?;
        key.set_sensitive(true);
        headers.insert("x-api-key", key);
    }
    Ok(headers)
}

/// A client that sends the key with everything and shares one jar of cookies.
pub(super) fn build_client(
    api_key: &RedactedText,
    tls: ClientConfig,
    cookies: Arc<Jar>,
) -> Result<Client, GenesysError> {
    https::client_builder_with(tls)
        .default_headers(api_key_headers(api_key)?)
        .cookie_provider(cookies)
        .build()
        .map_err(|error| GenesysError::Settings(format!("couldn't create an HTTP client: {error}")))
}

/// How long an answer is waited for: who is usually quick is not waited for long, who
/// takes long is given more each time.
#[derive(Debug)]
pub(super) struct AdaptiveTimeout(AtomicU64);

impl Default for AdaptiveTimeout {
    fn default() -> Self {
        Self(AtomicU64::new(to_millis(TIMEOUT_MIN)))
    }
}

impl AdaptiveTimeout {
    pub(super) async fn send_request(
        &self,
        asked: ApiCall,
        request: RequestBuilder,
    ) -> Result<HttpAnswer, GenesysError> {
        let patience = Duration::from_millis(self.0.load(Ordering::Relaxed));
        let started = Instant::now();
        let outcome = send_within(asked, patience, request).await;
        let next = match &outcome {
            Ok(_) => Some(started.elapsed() * 3),
            Err(GenesysError::NoAnswer(..)) => Some(patience * 2),
            Err(_) => None,
        };
        if let Some(next) = next {
            let next = next.clamp(TIMEOUT_MIN, TIMEOUT_MAX);
            self.0.store(to_millis(next), Ordering::Relaxed);
        }
        outcome
    }
}

fn to_millis(of: Duration) -> u64 {
    u64::try_from(of.as_millis()).unwrap_or(u64::MAX)
}

#[derive(Debug)]
pub(super) struct HttpAnswer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// How long it asks to be left alone.
    pub(super) retry_after: Option<Duration>,
}

/// Sends a request and takes its answer in, all within `patience`.
pub(super) async fn send_within(
    asked: ApiCall,
    patience: Duration,
    request: RequestBuilder,
) -> Result<HttpAnswer, GenesysError> {
    let exchange = async {
        let failed = |error| transport_error(asked, error);
        let response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let after = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|after| after.to_str().ok()?.parse().ok())
            .map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
        let body = https::read_body(response, BODY_BYTES_MAX)
            .await
            .map_err(failed)?;
        let body = body.ok_or_else(|| GenesysError::Unreadable {
            asked,
            why: format!("it is longer than {} MiB", BODY_BYTES_MAX >> 20),
        })?;
        Ok(HttpAnswer {
            status,
            body,
            retry_after: after,
        })
    };
    tokio::time::timeout(patience, exchange)
        .await
        .unwrap_or(Err(GenesysError::NoAnswer(patience, asked)))
}

/// Somebody else answers where the API was asked.
pub(super) fn wrong_api_error(
    asked: ApiCall,
    request: RequestBuilder,
    status: u16,
) -> GenesysError {
    let question = request.build().map(|request| {
        let mut url = request.url().clone();
        url.set_query(None);
        format!("{} {url}", request.method())
    });
    GenesysError::NoApi {
        asked,
        question: question.unwrap_or_else(|_| asked.to_string()),
        status,
    }
}

fn transport_error(asked: ApiCall, error: reqwest::Error) -> GenesysError {
    let address = error.url().map(host_and_port).unwrap_or_default();
    let error = error.without_url();
    if error.is_body() || error.is_decode() {
        let why = "it ends in the middle".to_owned();
        return GenesysError::Unreadable { asked, why };
    }
    if error.is_connect() {
        return GenesysError::Unreachable {
            asked,
            address,
            why: https::explain_unreachable(&error).to_owned(),
        };
    }
    // The innermost cause is the one that people know.
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let why = match cause
        .downcast_ref::<std::io::Error>()
        .map(std::io::Error::kind)
    {
        Some(std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::UnexpectedEof) => {
            "the connection was lost".to_owned()
        }
        _ if error.is_timeout() => {
            "the connection timed out; check any firewalls in between".to_owned()
        }
        _ => cause.to_string(),
    };
    GenesysError::Unreachable {
        asked,
        address,
        why,
    }
}

/// Host and port.
pub(super) fn host_and_port(url: &reqwest::Url) -> String {
    match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    }
}
