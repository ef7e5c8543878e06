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

use super::NotAfter;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_mins(1);
/// So long before its end a certificate should have been renewed.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How often that is said.
const REMIND: Duration = Duration::from_hours(24);

/// The files of a certificate, with its chain, and of its key; both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
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
    Odd(PathBuf),
    #[error("the key {} doesn't match the first certificate in {}; in a chain, put the server's own certificate first", .0.key.display(), .0.cert.display())]
    Mismatch(Pair, #[source] rustls::Error),
    #[error("the certificate {} isn't valid until {}", .0.display(), date(*.1))]
    NotYet(PathBuf, Timestamp),
    #[error("the certificate {} expired on {}", .0.display(), date(*.1))]
    Ended(PathBuf, Timestamp),
    #[error("couldn't set up TLS")]
    SetUp(#[source] rustls::Error),
}

/// What is shown to viewers now. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tls {
    acceptor: Shown,
    held: Arc<Mutex<Held>>,
    not_after: NotAfter,
}

#[derive(Clone)]
struct Shown(TlsAcceptor, Arc<Certificate>);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown")
    }
}

/// The files of what is shown.
#[derive(Debug)]
struct Held {
    pair: Pair,
    /// What stood in them when it was taken over.
    read: Option<Text>,
    /// What is wrong with what stands in them now, as it was told.
    told: Option<String>,
    reminded: Option<Instant>,
}

/// From when until when a certificate is good.
#[derive(Clone, Copy)]
struct Term {
    from: Timestamp,
    until: Timestamp,
}

/// Both files. Compared to see whether they changed, since times of files lie.
#[derive(PartialEq, Eq)]
struct Text {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text")
    }
}

#[derive(Debug)]
struct Certificate(Mutex<Arc<CertifiedKey>>);

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let key = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&key))
    }
}

/// Until when the certificate of a pair that can be used now is good.
pub fn probe(pair: &Pair) -> Result<Timestamp, TlsError> {
    let (_, term) = Text::read(pair)?.certified_now(pair)?;
    Ok(term.until)
}

/// Whether it is time to renew a certificate that is good until `not_after`.
pub fn is_due(not_after: Timestamp, now: Timestamp) -> bool {
    not_after.duration_since(now) < RENEW_BEFORE
}

impl Tls {
    /// Reads the pair. `not_after` is told how long it is good, now and whenever
    /// it is renewed. At the start one whose time is over is better than no pages:
    /// viewers are warned, and so are we.
    pub fn open(pair: Pair, not_after: NotAfter) -> Result<Self, TlsError> {
        let text = Text::read(&pair)?;
        let (key, term) = text.certified(&pair)?;
        if let Err(error @ TlsError::NotYet(..)) = term.covers(&pair, Timestamp::now()) {
            warn!(
                "Browsers will show a warning: {error}; correct the clock or replace the certificate files"
            );
        }
        let certificate = Arc::new(Certificate(Mutex::new(Arc::new(key))));
        let mut config = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(TlsError::SetUp)?
            .with_no_client_auth()
            .with_cert_resolver(certificate.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        not_after.set(term.until);
        let tls = Self {
            acceptor: Shown(Arc::new(config).into(), certificate),
            held: Arc::new(Mutex::new(Held {
                pair,
                read: Some(text),
                told: None,
                reminded: None,
            })),
            not_after,
        };
        tls.remind(term.until);
        Ok(tls)
    }

    /// From now on the certificate is in these files.
    pub async fn turn_to(&self, pair: Pair) {
        {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            if held.pair != pair {
                held.pair = pair;
                held.read = None;
            }
        }
        self.look().await;
    }

    /// Looks at the files once a minute, until `stop`.
    pub async fn keep(self, stop: CancellationToken) {
        let mut due = interval(LOOK);
        loop {
            tokio::select! {
                _ = due.tick() => self.look().await,
                () = stop.cancelled() => return,
            }
        }
    }

    /// Takes over what is in the files, if it has changed and can be used.
    pub async fn look(&self) {
        let own = self.clone();
        // A panic in there is a bug, and the next look shows it again.
        drop(spawn_blocking(move || own.look_now()).await);
    }

    fn look_now(&self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let pair = held.pair.clone();
        let renewed = match Text::read(&pair) {
            Ok(text) if held.read.as_ref() == Some(&text) => None,
            Ok(text) => Some(text.certified_now(&pair).map(|good| (text, good))),
            Err(error) => Some(Err(error)),
        };
        match renewed {
            None => held.told = None,
            Some(Ok((text, (key, term)))) => {
                held.read = Some(text);
                held.told = None;
                let shown = &self.acceptor.1.0;
                *shown.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                self.not_after.set(term.until);
                info!(until = %term.until, "Certificate reloaded");
            }
            Some(Err(error)) => {
                // What is wrong stays so until somebody comes, and one look a minute is many a day.
                let trouble = Some(error.to_string());
                if held.told != trouble {
                    held.told = trouble;
                    warn!(
                        error = &error as &dyn Error,
                        "Can't use the new certificate; keeping the old one"
                    );
                }
            }
        }
        drop(held);
        self.not_after
            .get()
            .into_iter()
            .for_each(|until| self.remind(until));
    }

    /// Says once a day that it is time to renew.
    fn remind(&self, until: Timestamp) {
        if !is_due(until, Timestamp::now()) {
            return;
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let is_said = held.reminded.is_some_and(|at| at.elapsed() < REMIND);
        if !is_said {
            held.reminded = Some(Instant::now());
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

impl Text {
    fn read(pair: &Pair) -> Result<Self, TlsError> {
        let read =
            |path: &Path| fs::read(path).map_err(|cause| TlsError::Read(path.to_owned(), cause));
        Ok(Self {
            cert: read(&pair.cert)?,
            key: read(&pair.key)?,
        })
    }

    /// What can be shown from now on.
    fn certified_now(&self, pair: &Pair) -> Result<(CertifiedKey, Term), TlsError> {
        let (key, term) = self.certified(pair)?;
        term.covers(pair, Timestamp::now())?;
        Ok((key, term))
    }

    fn certified(&self, pair: &Pair) -> Result<(CertifiedKey, Term), TlsError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.cert).collect();
        let chain = chain.unwrap_or_default();
        let own = chain.first();
        let own = own.ok_or_else(|| TlsError::NoCertificate(pair.cert.clone()))?;
        let term = x509_parser::parse_x509_certificate(own)
            .ok()
            .and_then(|(_, own)| Term::of(own.validity()))
            .ok_or_else(|| TlsError::Odd(pair.cert.clone()))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| TlsError::NoKey(pair.key.clone()))?;
        let key = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .map_err(|cause| TlsError::Mismatch(pair.clone(), cause))?;
        Ok((key, term))
    }
}

impl Term {
    fn of(told: &Validity) -> Option<Self> {
        let at = |time: ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        Some(Self {
            from: at(told.not_before)?,
            until: at(told.not_after)?,
        })
    }

    /// Whether the certificate of `pair` is good at `now`, and if not, why.
    fn covers(self, pair: &Pair, now: Timestamp) -> Result<(), TlsError> {
        if now < self.from {
            Err(TlsError::NotYet(pair.cert.clone(), self.from))
        } else if self.until < now {
            Err(TlsError::Ended(pair.cert.clone(), self.until))
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
