//! `wallboard health`: asks a running wallboard whether it is ready. For containers and scripts
//! without another HTTP client.

mod tls;

use std::{io, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Request, StatusCode, Uri, header, uri::Authority},
};
use clap::Args;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::CommandError;

/// A healthy wallboard answers within this time.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Check that a running wallboard is ready; exit status 0 if it is
#[derive(Debug, Args)]
pub(super) struct HealthCommand {
    /// Address of the wallboard
    #[arg(
        long,
        value_name = "URL",
        env = "WALLBOARD_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    url: Uri,
}

/// Why readiness can't be confirmed.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    #[error("{0} isn't a wallboard address; use http://HOST:PORT or https://HOST:PORT")]
    Address(String),
    #[error("can't connect to {0}")]
    Connect(String, #[source] io::Error),
    #[error("couldn't set up TLS for {0}")]
    Tls(String, #[source] rustls::Error),
    #[error("TLS handshake with {0} failed")]
    Handshake(String, #[source] io::Error),
    #[error("{0} didn't respond with HTTP")]
    Http(String, #[source] hyper::Error),
    #[error("{0} didn't respond in time")]
    Timeout(String),
    #[error("{0} reports that it isn't ready ({1})")]
    NotReady(String, StatusCode),
}

impl HealthCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let status = timeout(ANSWER_TIMEOUT, request_readiness(&self.url))
            .await
            .unwrap_or_else(|_| Err(HealthError::Timeout(self.url.to_string())))?;
        if status == StatusCode::OK {
            println!("ready");
            Ok(())
        } else {
            Err(HealthError::NotReady(self.url.to_string(), status).into())
        }
    }
}

/// Returns the status of `/readyz`.
async fn request_readiness(url: &Uri) -> Result<StatusCode, HealthError> {
    let invalid_url = || HealthError::Address(url.to_string());
    let authority = url.authority().ok_or_else(invalid_url)?;
    let host = authority.host().trim_matches(['[', ']']).to_owned();
    let unreachable = |cause| HealthError::Connect(url.to_string(), cause);
    let connect = async |port| {
        let port = authority.port_u16().unwrap_or(port);
        TcpStream::connect((host.as_str(), port))
            .await
            .map_err(unreachable)
    };
    match url.scheme_str() {
        Some("http") => request_over(connect(80).await?, url).await,
        Some("https") => {
            let name = ServerName::try_from(host.clone()).map_err(|_| invalid_url())?;
            let config = tls::client_config(&name)
                .map_err(|cause| HealthError::Tls(url.to_string(), cause))?;
            let stream = TlsConnector::from(Arc::new(config))
                .connect(name, connect(443).await?)
                .await
                .map_err(|cause| HealthError::Handshake(url.to_string(), cause))?;
            request_over(stream, url).await
        }
        _ => Err(invalid_url()),
    }
}

async fn request_over<T>(stream: T, url: &Uri) -> Result<StatusCode, HealthError>
where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let host = url.authority().map_or("", Authority::as_str);
    let request = Request::get("/readyz")
        .header(header::HOST, host)
        .body(Body::empty())
        .map_err(|_| HealthError::Address(url.to_string()))?;
    let exchange = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // The connection ends with the runtime; its errors show in the response.
        tokio::spawn(connection);
        Ok(sender.send_request(request).await?.status())
    };
    exchange
        .await
        .map_err(|cause| HealthError::Http(url.to_string(), cause))
}
