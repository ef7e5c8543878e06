//! TLS of our own: the certificate that viewers see, and its renewal while they
//! stay. A pair that cannot be used never takes the place of one that can.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
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

use super::CertificateExpiry;

/// How often the files are looked at.
const RELOAD_INTERVAL: Duration = Duration::from_mins(1);
/// So long before its end a certificate should have been renewed.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How often that is said.
const WARNING_INTERVAL: Duration = Duration::from_hours(24);

/// The files of a certificate, with its chain, and of its key; both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Why a pair cannot be used.
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

/// What is shown to viewers now. Cheap to clone.
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

/// The files of what is shown.
#[derive(Debug)]
struct CertificateState {
    files: CertificateFiles,
    /// What stood in them when it was taken over.
    content: Option<CertificateContent>,
    /// What is wrong with what stands in them now, as it was told.
    reported_error: Option<String>,
    warned_at: Option<Instant>,
}

/// From when until when a certificate is good.
#[derive(Clone, Copy)]
struct ValidityPeriod {
    from: Timestamp,
    until: Timestamp,
}

/// Both files. Compared to see whether they changed, since times of files lie.
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
        let key = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&key))
    }
}

/// Until when the certificate of a pair that can be used now is good.
pub fn check_certificate(pair: &CertificateFiles) -> Result<Timestamp, TlsError> {
    let (_, term) = CertificateContent::read(pair)?.load_valid_key(pair)?;
    Ok(term.until)
}

/// Whether it is time to renew a certificate that is good until `not_after`.
pub fn is_renewal_due(not_after: Timestamp, now: Timestamp) -> bool {
    not_after.duration_since(now) < RENEW_BEFORE
}

impl TlsServer {
    /// Reads the pair. `not_after` is told how long it is good, now and whenever
    /// it is renewed. At the start one whose time is over is better than no pages:
    /// viewers are warned, and so are we.
    pub fn open(pair: CertificateFiles, not_after: CertificateExpiry) -> Result<Self, TlsError> {
        let text = CertificateContent::read(&pair)?;
        let (key, term) = text.load_key(&pair)?;
        if let Err(error @ TlsError::NotYetValid(..)) = term.check_time(&pair, Timestamp::now()) {
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
        not_after.set(term.until);
        let tls = Self {
            acceptor: CurrentAcceptor(Arc::new(config).into(), certificate),
            state: Arc::new(Mutex::new(CertificateState {
                files: pair,
                content: Some(text),
                reported_error: None,
                warned_at: None,
            })),
            expiry: not_after,
        };
        tls.warn_before_expiry(term.until);
        Ok(tls)
    }

    /// From now on the certificate is in these files.
    pub async fn switch_files(&self, pair: CertificateFiles) {
        {
            let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if held.files != pair {
                held.files = pair;
                held.content = None;
            }
        }
        self.reload_if_changed().await;
    }

    /// Looks at the files once a minute, until `stop`.
    pub async fn watch_files(self, stop: CancellationToken) {
        let mut due = interval(RELOAD_INTERVAL);
        loop {
            tokio::select! {
                _ = due.tick() => self.reload_if_changed().await,
                () = stop.cancelled() => return,
            }
        }
    }

    /// Takes over what is in the files, if it has changed and can be used.
    pub async fn reload_if_changed(&self) {
        let own = self.clone();
        // A panic in there is a bug, and the next look shows it again.
        drop(spawn_blocking(move || own.reload_now()).await);
    }

    fn reload_now(&self) {
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let pair = held.files.clone();
        let renewed = match CertificateContent::read(&pair) {
            Ok(text) if held.content.as_ref() == Some(&text) => None,
            Ok(text) => Some(text.load_valid_key(&pair).map(|good| (text, good))),
            Err(error) => Some(Err(error)),
        };
        match renewed {
            None => held.reported_error = None,
            Some(Ok((text, (key, term)))) => {
                held.content = Some(text);
                held.reported_error = None;
                let shown = &self.acceptor.1.0;
                *shown.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                self.expiry.set(term.until);
                info!(until = %term.until, "Certificate reloaded");
            }
            Some(Err(error)) => {
                // What is wrong stays so until somebody comes, and one look a minute is many a day.
                let trouble = Some(error.to_string());
                if held.reported_error != trouble {
                    held.reported_error = trouble;
                    warn!(
                        error = &error as &dyn Error,
                        "Can't use the new certificate; keeping the old one"
                    );
                }
            }
        }
        drop(held);
        self.expiry
            .get()
            .into_iter()
            .for_each(|until| self.warn_before_expiry(until));
    }

    /// Says once a day that it is time to renew.
    fn warn_before_expiry(&self, until: Timestamp) {
        if !is_renewal_due(until, Timestamp::now()) {
            return;
        }
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_said = held
            .warned_at
            .is_some_and(|at| at.elapsed() < WARNING_INTERVAL);
        if !is_said {
            held.warned_at = Some(Instant::now());
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
    fn read(pair: &CertificateFiles) -> Result<Self, TlsError> {
        let read =
            |path: &Path| fs::read(path).map_err(|cause| TlsError::Read(path.to_owned(), cause));
        Ok(Self {
            cert: read(&pair.cert)?,
            key: read(&pair.key)?,
        })
    }

    /// What can be shown from now on.
    fn load_valid_key(
        &self,
        pair: &CertificateFiles,
    ) -> Result<(CertifiedKey, ValidityPeriod), TlsError> {
        let (key, term) = self.load_key(pair)?;
        term.check_time(pair, Timestamp::now())?;
        Ok((key, term))
    }

    fn load_key(
        &self,
        pair: &CertificateFiles,
    ) -> Result<(CertifiedKey, ValidityPeriod), TlsError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.cert).collect();
        let chain = chain.unwrap_or_default();
        let own = chain.first();
        let own = own.ok_or_else(|| TlsError::NoCertificate(pair.cert.clone()))?;
        let term = x509_parser::parse_x509_certificate(own)
            .ok()
            .and_then(|(_, own)| ValidityPeriod::from_validity(own.validity()))
            .ok_or_else(|| TlsError::UnreadableCertificate(pair.cert.clone()))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| TlsError::NoKey(pair.key.clone()))?;
        let key = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .map_err(|cause| TlsError::Mismatch(pair.clone(), cause))?;
        Ok((key, term))
    }
}

impl ValidityPeriod {
    fn from_validity(told: &Validity) -> Option<Self> {
        let at = |time: ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        Some(Self {
            from: at(told.not_before)?,
            until: at(told.not_after)?,
        })
    }

    /// Whether the certificate of `pair` is good at `now`, and if not, why.
    fn check_time(self, pair: &CertificateFiles, now: Timestamp) -> Result<(), TlsError> {
        if now < self.from {
            Err(TlsError::NotYetValid(pair.cert.clone(), self.from))
        } else if self.until < now {
            Err(TlsError::Expired(pair.cert.clone(), self.until))
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
