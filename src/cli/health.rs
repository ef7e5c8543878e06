//! `wallboard health`: asks a running wallboard whether it can serve. For
//! containers and scripts that have no other HTTP client.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, Uri, header},
};
use clap::Args;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use super::Failure;

/// Longer than this no healthy wallboard takes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ask a running wallboard whether it can serve; exit status 0 if so
#[derive(Debug, Args)]
pub(super) struct Health {
    /// Where it answers
    #[arg(
        long,
        value_name = "URL",
        env = "WALLBOARD_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    url: Uri,
}

/// Why it cannot be said that all is well.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    #[error("{0} is no address of a wallboard; write http://HOST:PORT")]
    Address(Uri),
    #[error("nobody answers at {0}")]
    Connect(Uri, #[source] std::io::Error),
    #[error("what answers at {0} does not speak HTTP")]
    Ask(Uri, #[source] hyper::Error),
    #[error("{0} did not answer in time")]
    Late(Uri),
    #[error("{0} answers that it is not ready ({1})")]
    NotReady(Uri, StatusCode),
}

impl Health {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let status = timeout(PATIENCE, ask(&self.url))
            .await
            .unwrap_or_else(|_| Err(HealthError::Late(self.url.clone())))?;
        if status == StatusCode::OK {
            println!("ready");
            Ok(())
        } else {
            Err(HealthError::NotReady(self.url, status).into())
        }
    }
}

/// What `/readyz` answers.
async fn ask(url: &Uri) -> Result<StatusCode, HealthError> {
    let bad = || HealthError::Address(url.clone());
    let authority = url.authority().ok_or_else(bad)?;
    if url.scheme_str() != Some("http") {
        return Err(bad());
    }
    let host = authority.host().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80)))
        .await
        .map_err(|cause| HealthError::Connect(url.clone(), cause))?;

    let request = Request::get("/readyz")
        .header(header::HOST, authority.as_str())
        .body(Body::empty())
        .map_err(|_| bad())?;
    let asked = async {
        let (mut line, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the runtime; what went wrong with it the answer says.
        tokio::spawn(connection);
        let answer = line.send_request(request).await?;
        Ok(answer.status())
    };
    asked
        .await
        .map_err(|cause| HealthError::Ask(url.clone(), cause))
}
