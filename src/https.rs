//! HTTP clients that share the system's trusted roots and one TLS stack, and advice for
//! connections that can't be made. Doesn't depend on the modules that use it.

use std::{error::Error, fs, io, iter, path::Path, sync::LazyLock, time::Duration};

use reqwest::{ClientBuilder, Response, redirect::Policy};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};

/// A host that hasn't accepted a connection by then counts as unreachable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A half-open connection is noticed after this keep-alive probe and two more.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);

/// Builds a client that follows no redirects, so credentials reach only the configured host.
pub fn client_builder() -> ClientBuilder {
    client_builder_with(default_tls_config())
}

/// Builds the same client with a different TLS configuration.
pub fn client_builder_with(tls: ClientConfig) -> ClientBuilder {
    common_builder().tls_backend_preconfigured(tls)
}

/// Builds the same client, but it accepts any certificate. For servers on this machine.
pub fn client_builder_without_verification() -> ClientBuilder {
    common_builder().tls_danger_accept_invalid_certs(true)
}

fn common_builder() -> ClientBuilder {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_keepalive(KEEP_ALIVE_INTERVAL)
        .user_agent(concat!("wallboard/", env!("CARGO_PKG_VERSION")))
}

/// The TLS configuration with the system's roots, which are read once.
pub fn default_tls_config() -> ClientConfig {
    static TLS: LazyLock<ClientConfig> =
        LazyLock::new(|| tls_config_with_roots(system_roots().clone()));
    TLS.clone()
}

/// Trusts the system's roots and, if given, the authorities in `ca_file`.
pub fn tls_config_trusting(ca_file: Option<&Path>) -> Result<ClientConfig, AuthorityFileError> {
    let Some(file) = ca_file else {
        return Ok(default_tls_config());
    };
    let text = fs::read(file).map_err(|cause| {
        let cause = cause.kind();
        AuthorityFileError(format!(
            "can't be read ({cause}): check its path and permissions"
        ))
    })?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let mut roots = system_roots().clone();
    match roots.add_parsable_certificates(found.unwrap_or_default()) {
        (0, _) => Err(AuthorityFileError(
            "holds no certificate in PEM: export the authority's certificate as PEM".to_owned(),
        )),
        _ => Ok(tls_config_with_roots(roots)),
    }
}

/// A certificate authority file that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`ca_file` {0}")]
pub struct AuthorityFileError(String);

fn system_roots() -> &'static RootCertStore {
    static ROOTS: LazyLock<RootCertStore> = LazyLock::new(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    });
    &ROOTS
}

fn tls_config_with_roots(roots: RootCertStore) -> ClientConfig {
    ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("the provider has ciphers for the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// Reads a whole response body. Returns `None` if it is longer than `max_bytes`.
pub async fn read_body(
    mut response: Response,
    max_bytes: usize,
) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if max_bytes < body.len() + chunk.len() {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// Explains how to fix a failed connection, based on the error from reqwest, rustls or the
/// system.
pub fn explain_unreachable(error: &(dyn Error + 'static)) -> &'static str {
    for error in error_causes(error) {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return match tls {
                rustls::Error::InvalidCertificate(_) => {
                    "its certificate is for another host, has expired, or is from an authority that this server doesn't trust: add the authority to the system's trusted ones, or set `ca_file` if the source has that key"
                }
                _ => "the TLS handshake failed: check https:// and the port in its address",
            };
        }
        match error.downcast_ref().map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => {
                return "connection refused: check the host and port in its address";
            }
            Some(io::ErrorKind::TimedOut) => {
                return "it didn't respond: check the host and port in its address, and any firewalls in between";
            }
            _ => {}
        }
    }
    "check the host in its address, this server's DNS, and any firewalls in between"
}

/// Returns an error and its causes, the root cause last. An I/O error exposes the error that it
/// wraps only through `get_ref`.
pub fn error_causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&error| {
        match error.downcast_ref().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use rustls::{
        ClientConnection, ServerConfig, ServerConnection,
        pki_types::{PrivateKeyDer, ServerName},
    };

    use super::*;

    #[test]
    fn client_builder_builds_a_client() {
        assert!(super::client_builder().build().is_ok());
    }

    /// An authority in PEM, and a server named `localhost` whose certificate it signed.
    fn test_authority() -> (String, Arc<ServerConfig>) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".into()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let server = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            );
        (authority, Arc::new(server.unwrap()))
    }

    /// Whether a client accepts the server's certificate.
    fn accepts_server(client: ClientConfig, server: &Arc<ServerConfig>) -> bool {
        let name = ServerName::try_from("localhost").unwrap();
        let mut client = ClientConnection::new(Arc::new(client), name).unwrap();
        let mut server = ServerConnection::new(Arc::clone(server)).unwrap();
        while client.is_handshaking() {
            let mut bytes = Vec::new();
            client.write_tls(&mut bytes).unwrap();
            server.read_tls(&mut &bytes[..]).unwrap();
            server.process_new_packets().unwrap();
            bytes.clear();
            server.write_tls(&mut bytes).unwrap();
            client.read_tls(&mut &bytes[..]).unwrap();
            if client.process_new_packets().is_err() {
                return false;
            }
        }
        true
    }

    #[test]
    fn authority_in_ca_file_is_trusted_in_addition_to_system_roots() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let ((pem, server), (_, other_server)) = (test_authority(), test_authority());
        fs::write(&file, pem).unwrap();

        let trusting = || tls_config_trusting(Some(&file)).unwrap();

        assert!(accepts_server(trusting(), &server));
        assert!(!accepts_server(trusting(), &other_server));
        assert!(!accepts_server(default_tls_config(), &server));
    }

    #[test]
    fn ca_file_without_a_certificate_gives_a_clear_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let why = |file: &Path| tls_config_trusting(Some(file)).unwrap_err().to_string();

        assert_eq!(
            why(&file),
            "`ca_file` can't be read (entity not found): check its path and permissions"
        );
        fs::write(&file, "no certificate").unwrap();
        assert_eq!(
            why(&file),
            "`ca_file` holds no certificate in PEM: export the authority's certificate as PEM"
        );
    }
}
