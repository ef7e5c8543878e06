//! HTTP clients that share the system's trusted roots and one TLS stack, and advice for
//! connections that can't be made. Doesn't depend on the modules that use it.

mod certificate_verifier;

use std::{
    error::Error,
    fs, io, iter,
    path::Path,
    sync::{Arc, LazyLock},
    time::Duration,
};

use bytes::Bytes;
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{ClientBuilder, RequestBuilder, Response, Url, header, redirect::Policy};
use rustls::{
    CertificateError, ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};

use certificate_verifier::{CertificateVerifier, SelfSigned};

/// A host that hasn't accepted a connection by then counts as unreachable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A longer address of a redirect isn't shown.
const REDIRECT_BYTES_MAX: usize = 200;
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
        LazyLock::new(|| tls_config_with_roots(system_roots().clone(), Vec::new()));
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
    let found = found.unwrap_or_default();
    let mut roots = system_roots().clone();
    match roots.add_parsable_certificates(found.iter().cloned()) {
        (0, _) => Err(AuthorityFileError(
            "holds no certificate in PEM: export the authority's certificate as PEM".to_owned(),
        )),
        _ => Ok(tls_config_with_roots(roots, found)),
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

/// Trusts these authorities, and servers with these very certificates.
fn tls_config_with_roots(
    roots: RootCertStore,
    pinned: Vec<CertificateDer<'static>>,
) -> ClientConfig {
    ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("the provider has ciphers for the default versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(CertificateVerifier::new(roots, pinned)))
        .with_no_client_auth()
}

/// Sends a request, and once more if a connection was lost: the server may have just closed a reused one, which
/// doesn't mean that it failed.
pub async fn send(build: impl Fn() -> RequestBuilder) -> Result<Response, reqwest::Error> {
    match build().send().await {
        Err(error) if !error.is_connect() => build().send().await,
        sent => sent,
    }
}

/// Reads a whole response body. Returns `None` if it is longer than `max_bytes`.
pub async fn read_body(
    mut response: Response,
    max_bytes: usize,
) -> Result<Option<Vec<u8>>, reqwest::Error> {
    // In pieces: a body that grows in one piece needs up to three times its size.
    let mut chunks: Vec<Bytes> = Vec::new();
    let mut read = 0;
    while let Some(chunk) = response.chunk().await? {
        read += chunk.len();
        if max_bytes < read {
            return Ok(None);
        }
        chunks.push(chunk);
    }
    Ok(Some(chunks.concat()))
}

/// Returns the delay that a server requests with `Retry-After`: seconds or a date.
pub fn retry_after(headers: &header::HeaderMap, now: Timestamp) -> Option<Duration> {
    parse_retry_after(headers.get(header::RETRY_AFTER)?.to_str().ok()?, now)
}

/// Parses the value of `Retry-After`.
pub fn parse_retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = rfc2822::parse(text).ok()?.timestamp();
    Some(now.duration_until(until).try_into().unwrap_or_default())
}

/// Returns where a redirect of `url` leads, for people: another server, or a path at the same one.
pub fn redirect_target(url: &Url, status: u16, headers: &header::HeaderMap) -> Option<String> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    let target = url.join(location).ok()?;
    let shown = if target.origin() == url.origin() {
        target.path().to_owned()
    } else {
        target.origin().ascii_serialization()
    };
    let is_redirect = (300..400).contains(&status) && shown.len() <= REDIRECT_BYTES_MAX;
    is_redirect.then_some(shown)
}

/// Explains how to fix a failed connection, based on the error from reqwest, rustls or the
/// system.
pub fn explain_unreachable(error: &(dyn Error + 'static)) -> &'static str {
    for error in error_causes(error) {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return match tls {
                rustls::Error::InvalidCertificate(error) => explain_certificate(error),
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

/// Explains how to fix a server's certificate.
pub fn explain_certificate(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::UnknownIssuer
        | CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "its certificate is from an authority that this server doesn't trust: set `ca_file` to that authority's certificate if the source has that key, or add it to the system's trusted ones"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for a different host than the one in its address: use a name that is in the certificate"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired: ask its owner to renew it, and check this server's clock"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate isn't valid yet: check this server's clock"
        }
        CertificateError::Other(other) if other.0.is::<SelfSigned>() => {
            "its certificate is self-signed: set `ca_file` to that certificate if the source has that key, or ask its owner for one from an authority"
        }
        // The name that webpki gives it.
        CertificateError::Other(other) if other.to_string() == "CaUsedAsEndEntity" => {
            "its certificate is an authority's (CA:TRUE), not a server's: ask its owner for a server's"
        }
        _ => "its certificate isn't valid: ask its owner for another one",
    }
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

    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
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
        params
            .distinguished_name
            .push(DnType::CommonName, "An authority");
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".into()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        (authority, server_with(certificate.der(), &key))
    }

    /// A certificate in PEM that signed itself, and a server with it.
    fn self_signed_server(change: impl Fn(&mut CertificateParams)) -> (String, Arc<ServerConfig>) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".into()]).unwrap();
        change(&mut params);
        let certificate = params.self_signed(&key).unwrap();
        (certificate.pem(), server_with(certificate.der(), &key))
    }

    fn server_with(certificate: &CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
        let server = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            );
        Arc::new(server.unwrap())
    }

    /// Whether a client accepts the server's certificate.
    fn accepts_server(client: ClientConfig, server: &Arc<ServerConfig>) -> bool {
        connect(client, server, "localhost").is_ok()
    }

    /// Why a client refuses the server's certificate for a host.
    fn refusal(
        client: ClientConfig,
        server: &Arc<ServerConfig>,
        host: &'static str,
    ) -> &'static str {
        explain_unreachable(&connect(client, server, host).unwrap_err())
    }

    fn connect(
        client: ClientConfig,
        server: &Arc<ServerConfig>,
        host: &'static str,
    ) -> Result<(), rustls::Error> {
        let name = ServerName::try_from(host).unwrap();
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
            client.process_new_packets()?;
        }
        Ok(())
    }

    #[test]
    fn each_bad_certificate_is_refused_with_its_own_fix() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let ((pem, server), (_, foreign)) = (test_authority(), test_authority());
        let (expired_pem, expired) = self_signed_server(|params| {
            params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        });
        let (_, early) = self_signed_server(|params| {
            params.not_before = rcgen::date_time_ymd(4000, 1, 1);
        });
        let (_, own) = self_signed_server(|_| {});
        // Called like a trusted one, which has a key of another kind.
        let rename = |params: &mut CertificateParams| {
            (params.distinguished_name).push(DnType::CommonName, "Renewed");
        };
        let (_, renewed) = self_signed_server(rename);
        let mut before = CertificateParams::new(Vec::new()).unwrap();
        rename(&mut before);
        let other_key = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        let before = before.self_signed(&other_key).unwrap().pem();
        let (_, own_authority) = self_signed_server(|params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        });
        fs::write(&file, pem + &expired_pem + &before).unwrap();
        let refusal =
            |server, host| refusal(tls_config_trusting(Some(&file)).unwrap(), server, host);

        for (server, host, words) in [
            (
                &foreign,
                "localhost",
                "an authority that this server doesn't trust",
            ),
            (&server, "example.com", "for a different host"),
            (&expired, "localhost", "has expired"),
            (&early, "localhost", "isn't valid yet"),
            (
                &own,
                "localhost",
                "is self-signed: set `ca_file` to that certificate",
            ),
            (&own_authority, "localhost", "is self-signed"),
            (&renewed, "localhost", "is self-signed"),
        ] {
            let why = refusal(server, host);
            assert!(why.contains(words), "{why} for {words}");
        }
    }

    #[test]
    fn self_signed_certificate_in_ca_file_is_accepted_for_its_host() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        for is_authority in [false, true] {
            let (pem, server) = self_signed_server(|params| {
                if is_authority {
                    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                }
            });
            fs::write(&file, pem).unwrap();
            let trusting = || tls_config_trusting(Some(&file)).unwrap();

            assert!(accepts_server(trusting(), &server), "CA:{is_authority}");
            let why = refusal(trusting(), &server, "example.com");
            assert!(why.contains("for a different host"), "{why}");
            let (_, other) = self_signed_server(|_| {});
            assert!(!accepts_server(trusting(), &other));
        }
    }

    #[test]
    fn redirect_is_shown_without_secrets() {
        let url = "http://gms.example.com:8080/genesys/1/statistic"
            .parse()
            .unwrap();
        let target = |status, location: &str| {
            let headers = [(header::LOCATION, location.parse().unwrap())];
            redirect_target(&url, status, &headers.into_iter().collect())
        };

        assert_eq!(
            target(302, "https://user:hush@gms.example.com/b?sig=hush#c").as_deref(),
            Some("https://gms.example.com")
        );
        assert_eq!(target(301, "/login?from=x").as_deref(), Some("/login"));
        assert_eq!(
            target(308, "http://gms.example.com:8080/genesys/2/").as_deref(),
            Some("/genesys/2/")
        );
        assert_eq!(target(200, "/login"), None);
        assert_eq!(target(302, &"a".repeat(300)), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let after = |text| parse_retry_after(text, now).map(|delay| delay.as_secs());

        assert_eq!(after(" 120 "), Some(120));
        assert_eq!(after("Mon, 23 Nov 2026 12:01:30 GMT"), Some(90));
        assert_eq!(after("Mon, 23 Nov 2026 11:00:00 GMT"), Some(0));
        assert_eq!(after("soon"), None);
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
