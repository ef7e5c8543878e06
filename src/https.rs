//! HTTP clients, all with the system's trusted roots and one TLS stack, and what to do
//! where a connection cannot be made. Knows nobody whom they are for.

use std::{error::Error, io, sync::LazyLock, time::Duration};

use reqwest::{ClientBuilder, Response, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

/// Who has not accepted a connection after this is not there.
const CONNECT: Duration = Duration::from_secs(5);
/// A half-open connection is noticed by this and two more.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A client that follows no redirect: credentials go where they were meant to go.
pub fn builder() -> ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls())
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .tcp_keepalive(KEEP_ALIVE)
        .user_agent(concat!("wallboard/", env!("CARGO_PKG_VERSION")))
}

/// The system's roots, which are read once.
pub fn tls() -> ClientConfig {
    static TLS: LazyLock<ClientConfig> = LazyLock::new(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("the provider has ciphers for the default versions")
            .with_root_certificates(roots)
            .with_no_client_auth()
    });
    TLS.clone()
}

/// The whole body of an answer; `None` where it is longer than `most` bytes.
pub async fn body(mut response: Response, most: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if most < body.len() + chunk.len() {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// What a person can do about a connection that could not be made, of the error that
/// reqwest, rustls or the system gave.
pub fn why_unreachable(error: &(dyn Error + 'static)) -> &'static str {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return match tls {
                rustls::Error::InvalidCertificate(_) => {
                    "its certificate is not valid for it, or signed by nobody whom this machine trusts"
                }
                _ => "it does not speak TLS as we do: check https:// and the port in its address",
            };
        }
        let Some(io) = error.downcast_ref::<io::Error>() else {
            cause = error.source();
            continue;
        };
        match io.kind() {
            io::ErrorKind::ConnectionRefused => {
                return "nothing listens there: check the host and port in its address";
            }
            io::ErrorKind::TimedOut => {
                return "it does not answer: check the host and port in its address, and the firewalls between";
            }
            _ => {}
        }
        // An I/O error hides what it was made of behind itself.
        cause = match io.get_ref() {
            Some(inner) => Some(inner),
            None => io.source(),
        };
    }
    "check the host in its address, this machine's name service (DNS), and the firewalls between"
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_client_can_be_built() {
        assert!(super::builder().build().is_ok());
    }
}
