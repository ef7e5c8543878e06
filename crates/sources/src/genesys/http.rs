//! Sends one request and reads its whole response, bounded in size and time. Explains
//! failures below HTTP in words for people.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use reqwest::{
    Client, RequestBuilder,
    cookie::Jar,
    header::{HeaderMap, HeaderValue},
};
use rustls::ClientConfig;
use tokio::time::Instant;

use crate::RedactedText;
use wallboard_runtime::https;

use super::error::{ApiCall, GenesysError};

/// Far more than two hundred state trees need.
const BODY_BYTES_MAX: usize = 16 << 20;
/// The longest delay that an upstream may request.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(30);
/// Bounds of the response timeout.
const TIMEOUT_MIN: Duration = Duration::from_secs(3);
const TIMEOUT_MAX: Duration = Duration::from_secs(30);

/// Headers that go with every request.
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

/// A client that sends the key with every request and shares one cookie jar.
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

/// The response timeout: short for a server that is usually fast, longer each time for a slow one.
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
        call: ApiCall,
        request: RequestBuilder,
    ) -> Result<HttpResponse, GenesysError> {
        let timeout = Duration::from_millis(self.0.load(Ordering::Relaxed));
        let started = Instant::now();
        let outcome = send_within(call, timeout, request).await;
        let next = match &outcome {
            Ok(_) => Some(started.elapsed() * 3),
            Err(GenesysError::NoAnswer(..)) => Some(timeout * 2),
            Err(_) => None,
        };
        if let Some(next) = next {
            let next = next.clamp(TIMEOUT_MIN, TIMEOUT_MAX);
            self.0.store(to_millis(next), Ordering::Relaxed);
        }
        outcome
    }
}

fn to_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[derive(Debug)]
pub(super) struct HttpResponse {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// The delay that the server requests.
    pub(super) retry_after: Option<Duration>,
    /// Where it redirects to.
    pub(super) redirect: Option<String>,
}

/// Sends a request and reads its response, all within `timeout`.
pub(super) async fn send_within(
    call: ApiCall,
    timeout: Duration,
    request: RequestBuilder,
) -> Result<HttpResponse, GenesysError> {
    let exchange = async {
        let failed = |error| transport_error(call, error);
        let response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let after = https::retry_after(response.headers(), Timestamp::now());
        let after = after.map(|delay| delay.min(RETRY_AFTER_MAX));
        let redirect = https::redirect_target(response.url(), status, response.headers());
        let body = https::read_body(response, BODY_BYTES_MAX)
            .await
            .map_err(failed)?;
        let body = body.ok_or_else(|| GenesysError::Unreadable {
            call,
            why: format!("it is longer than {} MiB", BODY_BYTES_MAX >> 20),
        })?;
        Ok(HttpResponse {
            status,
            body,
            retry_after: after,
            redirect,
        })
    };
    tokio::time::timeout(timeout, exchange)
        .await
        .unwrap_or(Err(GenesysError::NoAnswer(timeout, call)))
}

/// The error for a response from something other than the API.
pub(super) fn wrong_api_error(call: ApiCall, request: RequestBuilder, status: u16) -> GenesysError {
    let question = request.build().map(|request| {
        let mut url = request.url().clone();
        url.set_query(None);
        format!("{} {url}", request.method())
    });
    GenesysError::NoApi {
        call,
        request: question.unwrap_or_else(|_| call.to_string()),
        status,
    }
}

fn transport_error(call: ApiCall, error: reqwest::Error) -> GenesysError {
    let address = error.url().map(host_and_port).unwrap_or_default();
    let error = error.without_url();
    if error.is_body() || error.is_decode() {
        let why = "it ends in the middle".to_owned();
        return GenesysError::Unreadable { call, why };
    }
    if error.is_connect() {
        return GenesysError::Unreachable {
            call,
            address,
            why: https::explain_unreachable(&error).to_owned(),
        };
    }
    // The innermost cause is the one that people recognize.
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
    GenesysError::Unreachable { call, address, why }
}

/// Host and port of a URL.
pub(super) fn host_and_port(url: &reqwest::Url) -> String {
    match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    }
}
