//! HTTP clients of sources, all with the system's trusted roots and one TLS stack.

use std::{sync::LazyLock, time::Duration};

use reqwest::{ClientBuilder, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

/// Who has not accepted a connection after this is not there.
const CONNECT: Duration = Duration::from_secs(5);
/// A half-open connection is noticed by this and two more.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A client that follows no redirect: credentials go where they were meant to go.
pub(super) fn builder() -> ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls())
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .tcp_keepalive(KEEP_ALIVE)
        .user_agent(concat!("wallboard/", env!("CARGO_PKG_VERSION")))
}

/// Reads the system's roots once.
pub(super) fn tls() -> ClientConfig {
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

#[cfg(test)]
mod tests {
    #[test]
    fn a_client_can_be_built() {
        assert!(super::builder().build().is_ok());
    }
}
