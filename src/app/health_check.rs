//! Requests to a running wallboard: whether it is ready, and whether it is one at all.

use std::{
    error::Error,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::http::{StatusCode, Uri};
use reqwest::{ClientBuilder, Response};

use crate::web;
use wallboard_runtime::https;
use wallboard_toml_reader::is_loopback;

/// A healthy wallboard answers within this time.
const READY_TIMEOUT: Duration = Duration::from_secs(5);
const IDENTITY_TIMEOUT: Duration = Duration::from_secs(10);
/// A wallboard's answer to `/healthz` is shorter.
const IDENTITY_BYTES_MAX: usize = 4096;

/// Why readiness can't be confirmed.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    #[error("{0} isn't a wallboard address; use http://HOST:PORT or https://HOST:PORT")]
    Address(Uri),
    #[error("can't connect to {0}: {1}")]
    Connect(Uri, String),
    #[error("TLS handshake with {0} failed: {1}")]
    Handshake(Uri, String),
    #[error("{0} didn't respond with HTTP: {1}")]
    Http(Uri, String),
    #[error("{0} didn't respond in time")]
    Timeout(Uri),
    #[error("{0} reports that it isn't ready ({1})")]
    NotReady(Uri, StatusCode),
}

impl HealthError {
    fn from_request(url: Uri, error: &reqwest::Error) -> Self {
        let causes = || https::error_causes(error);
        let root = causes()
            .last()
            .map_or_else(String::new, ToString::to_string);
        if error.is_builder() {
            Self::Address(url)
        } else if error.is_timeout() {
            Self::Timeout(url)
        } else if causes().any(<dyn Error>::is::<rustls::Error>) {
            Self::Handshake(url, root)
        } else if error.is_connect() {
            Self::Connect(url, root)
        } else {
            Self::Http(url, root)
        }
    }
}

/// Checks whether the wallboard at `url` is ready.
pub async fn check_health(url: Uri) -> Result<(), HealthError> {
    let ready = match (url.scheme_str(), url.authority()) {
        (Some(scheme @ ("http" | "https")), Some(authority)) => {
            format!("{scheme}://{authority}/readyz")
        }
        _ => return Err(HealthError::Address(url)),
    };
    // On this machine nobody else can answer, and the certificate has the public name.
    let client = if is_loopback(&ready) {
        https::client_builder_without_verification()
    } else {
        https::client_builder()
    };
    match send_request(client, &ready, READY_TIMEOUT).await {
        Ok(response) if response.status() == StatusCode::OK => Ok(()),
        Ok(response) => Err(HealthError::NotReady(url, response.status())),
        Err(error) => Err(HealthError::from_request(url, &error)),
    }
}

/// Returns whether a wallboard answers at `address`, by its reply to `/healthz`.
pub(super) async fn is_wallboard(mut address: SocketAddr) -> bool {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    let url = format!("http://{address}/healthz");
    let Ok(response) = send_request(https::client_builder(), &url, IDENTITY_TIMEOUT).await else {
        return false;
    };
    let Ok(Some(body)) = https::read_body(response, IDENTITY_BYTES_MAX).await else {
        return false;
    };
    // Its health over plain HTTP, or a hint that it wants TLS.
    let body = String::from_utf8_lossy(&body);
    ["\"build\":", web::HTTPS_REQUIRED]
        .iter()
        .any(|sign| body.contains(sign))
}

/// Sends a GET request directly, whatever proxy the environment names.
async fn send_request(
    client: ClientBuilder,
    url: &str,
    timeout: Duration,
) -> Result<Response, reqwest::Error> {
    let client = client.no_proxy().timeout(timeout).build()?;
    client.get(url).send().await
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
        time::timeout,
    };

    use super::*;

    #[tokio::test]
    async fn errors_name_the_cause() {
        // Answers one request over `scheme`, then holds the connection open.
        let fault = async |scheme: &str, answer: &'static str| {
            let server = TcpListener::bind("[::1]:0").await.unwrap();
            let address = server.local_addr().unwrap();
            let answering = tokio::spawn(async move {
                let (mut stream, _) = server.accept().await.unwrap();
                let request = stream.read(&mut [0; 4096]).await.unwrap();
                assert!(0 < request);
                stream.write_all(answer.as_bytes()).await.unwrap();
                std::future::pending::<()>().await;
            });
            let url = format!("{scheme}://{address}").parse().unwrap();
            let checked = timeout(READY_TIMEOUT * 2, check_health(url)).await;
            answering.abort();
            let fault = checked.unwrap().unwrap_err().to_string();
            fault.replace(&address.to_string(), "HERE")
        };

        for (scheme, answer, expected) in [
            (
                "http",
                "SSH-2.0-OpenSSH_9.6\r\n",
                "http://HERE/ didn't respond with HTTP: invalid HTTP version parsed",
            ),
            ("http", "", "http://HERE/ didn't respond in time"),
            (
                "https",
                "HTTP/1.1 200 OK\r\n\r\n",
                "TLS handshake with https://HERE/ failed: received corrupt message of type InvalidContentType",
            ),
            (
                "http",
                "HTTP/1.1 503 Service Unavailable\r\n\r\n",
                "http://HERE/ reports that it isn't ready (503 Service Unavailable)",
            ),
        ] {
            assert_eq!(fault(scheme, answer).await, expected);
        }
    }
}
