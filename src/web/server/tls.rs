//! TLS: the certificate that viewers see, and its renewal without a restart. An unusable pair
//! never replaces a usable one.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use parking_lot::Mutex;
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version,
};
use tokio::{
    task::spawn_blocking,
    time::{Instant, interval},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use x509_parser::{certificate::Validity, time::ASN1Time};

use crate::web::CertificateExpiry;

/// How often the files are checked.
const RELOAD_INTERVAL: Duration = Duration::from_mins(1);
/// A certificate should be renewed this long before it expires.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How often the expiry warning repeats.
const WARNING_INTERVAL: Duration = Duration::from_hours(24);

/// The PEM files of a certificate with its chain, and of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Why a pair can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("can't read {}", .0.display())]
    Read(PathBuf, #[source] io::Error),
    #[error("{} has no PEM certificate", .0.display())]
    NoCertificate(PathBuf),
    #[error("{} has no PEM private key, or the key has a passphrase", .0.display())]
    NoKey(PathBuf),
    #[error("can't parse the certificate {}", .0.display())]
    UnreadableCertificate(PathBuf),
    #[error("the key {} doesn't match the first certificate in {}; in a chain, put the server's own certificate first", .0.key.display(), .0.cert.display())]
    Mismatch(CertificateFiles, #[source] rustls::Error),
    #[error("the certificate {} isn't valid until {}", .0.display(), date(*.1))]
    NotYetValid(PathBuf, Timestamp),
    #[error("the certificate {} expired on {}", .0.display(), date(*.1))]
    Expired(PathBuf, Timestamp),
    #[error("couldn't set up TLS")]
    SetUp(#[source] rustls::Error),
}

/// The current certificate. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TlsServer {
    acceptor: CurrentAcceptor,
    state: Arc<Mutex<CertificateState>>,
    expiry: CertificateExpiry,
}

#[derive(Clone)]
struct CurrentAcceptor(TlsAcceptor, Arc<CertificateResolver>);

impl std::fmt::Debug for CurrentAcceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown")
    }
}

/// The files of the current certificate.
#[derive(Debug)]
struct CertificateState {
    files: CertificateFiles,
    /// The content when it was loaded.
    content: Option<CertificateContent>,
    /// The last reported error of the files.
    reported_error: Option<String>,
    warned_at: Option<Instant>,
}

/// The validity period of a certificate.
#[derive(Clone, Copy)]
struct ValidityPeriod {
    from: Timestamp,
    until: Timestamp,
}

/// The content of both files. Compared to detect changes, because file times are unreliable.
#[derive(PartialEq, Eq)]
struct CertificateContent {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl std::fmt::Debug for CertificateContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text")
    }
}

#[derive(Debug)]
struct CertificateResolver(Mutex<Arc<CertifiedKey>>);

impl ResolvesServerCert for CertificateResolver {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.lock()))
    }
}

/// The expiry of a pair that can be used now.
pub fn check_certificate(files: &CertificateFiles) -> Result<Timestamp, TlsError> {
    let (_, validity) = CertificateContent::read(files)?.load_valid_key(files)?;
    Ok(validity.until)
}

/// Whether it is time to renew a certificate that expires at `not_after`.
pub fn is_renewal_due(not_after: Timestamp, now: Timestamp) -> bool {
    not_after.duration_since(now) < RENEW_BEFORE
}

impl TlsServer {
    /// Reads the pair. Sets `not_after` to its expiry now and at each renewal. At the start, an
    /// expired certificate is better than no pages: it is used with a warning, for viewers and
    /// for us.
    pub fn open(files: CertificateFiles, not_after: CertificateExpiry) -> Result<Self, TlsError> {
        let content = CertificateContent::read(&files)?;
        let (key, validity) = content.load_key(&files)?;
        if let Err(error @ TlsError::NotYetValid(..)) =
            validity.check_time(&files, Timestamp::now())
        {
            warn!(
                "Browsers will show a warning: {error}; correct the clock or replace the certificate files"
            );
        }
        let certificate = Arc::new(CertificateResolver(Mutex::new(Arc::new(key))));
        let mut config = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(TlsError::SetUp)?
            .with_no_client_auth()
            .with_cert_resolver(certificate.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        not_after.set(validity.until);
        let tls = Self {
            acceptor: CurrentAcceptor(Arc::new(config).into(), certificate),
            state: Arc::new(Mutex::new(CertificateState {
                files,
                content: Some(content),
                reported_error: None,
                warned_at: None,
            })),
            expiry: not_after,
        };
        tls.warn_before_expiry(validity.until);
        Ok(tls)
    }

    /// Uses the certificate in these files from now on.
    pub async fn switch_files(&self, files: CertificateFiles) {
        {
            let mut state = self.state.lock();
            if state.files != files {
                state.files = files;
                state.content = None;
            }
        }
        self.reload_if_changed().await;
    }

    /// Checks the files once a minute until `stop`.
    pub async fn watch_files(self, stop: CancellationToken) {
        let mut due = interval(RELOAD_INTERVAL);
        loop {
            tokio::select! {
                _ = due.tick() => self.reload_if_changed().await,
                () = stop.cancelled() => return,
            }
        }
    }

    /// Loads the files if they have changed and can be used.
    pub async fn reload_if_changed(&self) {
        let server = self.clone();
        // A panic in there is a bug, and the next check shows it again.
        drop(spawn_blocking(move || server.reload_now()).await);
    }

    fn reload_now(&self) {
        let mut state = self.state.lock();
        let files = state.files.clone();
        let renewed = match CertificateContent::read(&files) {
            Ok(content) if state.content.as_ref() == Some(&content) => None,
            Ok(content) => Some(
                content
                    .load_valid_key(&files)
                    .map(|loaded| (content, loaded)),
            ),
            Err(error) => Some(Err(error)),
        };
        match renewed {
            None => state.reported_error = None,
            Some(Ok((content, (key, validity)))) => {
                state.content = Some(content);
                state.reported_error = None;
                let shown = &self.acceptor.1.0;
                *shown.lock() = Arc::new(key);
                self.expiry.set(validity.until);
                info!(until = %validity.until, "Certificate reloaded");
            }
            Some(Err(error)) => {
                // An error lasts until someone fixes it, so one warning per check would be too
                // many.
                let message = Some(error.to_string());
                if state.reported_error != message {
                    state.reported_error = message;
                    warn!(
                        error = &error as &dyn Error,
                        "Can't use the new certificate; keeping the old one"
                    );
                }
            }
        }
        drop(state);
        self.expiry
            .get()
            .into_iter()
            .for_each(|until| self.warn_before_expiry(until));
    }

    /// Warns once a day that renewal is due.
    fn warn_before_expiry(&self, until: Timestamp) {
        if !is_renewal_due(until, Timestamp::now()) {
            return;
        }
        let mut state = self.state.lock();
        let was_warned = state
            .warned_at
            .is_some_and(|at| at.elapsed() < WARNING_INTERVAL);
        if !was_warned {
            state.warned_at = Some(Instant::now());
            warn!(
                until = %until,
                "The certificate expires soon or has expired: replace its files"
            );
        }
    }

    pub(super) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor.0
    }
}

impl CertificateContent {
    fn read(files: &CertificateFiles) -> Result<Self, TlsError> {
        let read =
            |path: &Path| fs::read(path).map_err(|cause| TlsError::Read(path.to_owned(), cause));
        Ok(Self {
            cert: read(&files.cert)?,
            key: read(&files.key)?,
        })
    }

    /// Loads a key pair that is valid now.
    fn load_valid_key(
        &self,
        files: &CertificateFiles,
    ) -> Result<(CertifiedKey, ValidityPeriod), TlsError> {
        let (key, validity) = self.load_key(files)?;
        validity.check_time(files, Timestamp::now())?;
        Ok((key, validity))
    }

    fn load_key(
        &self,
        files: &CertificateFiles,
    ) -> Result<(CertifiedKey, ValidityPeriod), TlsError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.cert).collect();
        let chain = chain.unwrap_or_default();
        let leaf = chain.first();
        let leaf = leaf.ok_or_else(|| TlsError::NoCertificate(files.cert.clone()))?;
        let validity = x509_parser::parse_x509_certificate(leaf)
            .ok()
            .and_then(|(_, leaf)| ValidityPeriod::from_validity(leaf.validity()))
            .ok_or_else(|| TlsError::UnreadableCertificate(files.cert.clone()))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| TlsError::NoKey(files.key.clone()))?;
        let key = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .map_err(|cause| TlsError::Mismatch(files.clone(), cause))?;
        Ok((key, validity))
    }
}

impl ValidityPeriod {
    fn from_validity(validity: &Validity) -> Option<Self> {
        let at = |time: ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        Some(Self {
            from: at(validity.not_before)?,
            until: at(validity.not_after)?,
        })
    }

    /// Returns an error if the certificate of `files` isn't valid at `now`.
    fn check_time(self, files: &CertificateFiles, now: Timestamp) -> Result<(), TlsError> {
        if now < self.from {
            Err(TlsError::NotYetValid(files.cert.clone(), self.from))
        } else if self.until < now {
            Err(TlsError::Expired(files.cert.clone(), self.until))
        } else {
            Ok(())
        }
    }
}

fn date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests;
