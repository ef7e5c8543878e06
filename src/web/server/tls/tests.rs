use std::{io::Write, ops::RangeInclusive};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tracing::subscriber::with_default;

use super::*;

struct CertificateFixture {
    folder: tempfile::TempDir,
}

impl CertificateFixture {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn certificate_files(&self) -> CertificateFiles {
        let path = |name| self.folder.path().join(name);
        CertificateFiles {
            cert: path("cert.pem"),
            key: path("key.pem"),
        }
    }

    /// Writes a new pair that expires at the end of `year`.
    fn write_until(&self, year: i32) {
        self.write_valid_in(1975..=year);
    }

    /// Writes a new pair that is valid in these years.
    fn write_valid_in(&self, years: RangeInclusive<i32>) {
        let mut params = CertificateParams::new(vec!["localhost".into()]).unwrap();
        params.not_before = date_time_ymd(*years.start(), 1, 1);
        params.not_after = date_time_ymd(*years.end(), 12, 31);
        let key = KeyPair::generate().unwrap();
        let cert = params.self_signed(&key).unwrap();
        fs::write(self.certificate_files().cert, cert.pem()).unwrap();
        fs::write(self.certificate_files().key, key.serialize_pem()).unwrap();
    }
}

#[derive(Clone, Default)]
struct LogCapture(Arc<Mutex<Vec<u8>>>);

impl Write for LogCapture {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl LogCapture {
    /// The lines logged during the call.
    fn capture_lines(action: impl FnOnce()) -> Vec<String> {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        with_default(subscriber, action);
        let text = String::from_utf8(log.0.lock().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

fn expiry_year(not_after: &CertificateExpiry) -> Option<i16> {
    let at = not_after.get()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).year())
}

#[tokio::test]
async fn a_renewed_pair_is_loaded_and_a_broken_one_is_ignored() {
    let files = CertificateFixture::new();
    files.write_until(2090);
    let not_after = CertificateExpiry::default();
    let tls = TlsServer::open(files.certificate_files(), not_after.clone()).unwrap();
    assert_eq!(expiry_year(&not_after), Some(2090));

    files.write_until(2091);
    tls.reload_if_changed().await;
    assert_eq!(expiry_year(&not_after), Some(2091));

    fs::write(files.certificate_files().key, "nothing").unwrap();
    tls.reload_if_changed().await;
    fs::remove_file(files.certificate_files().cert).unwrap();
    tls.reload_if_changed().await;
    assert_eq!(expiry_year(&not_after), Some(2091));

    files.write_until(2092);
    tls.reload_if_changed().await;
    assert_eq!(expiry_year(&not_after), Some(2092));
}

#[tokio::test]
async fn switching_files_loads_their_certificate() {
    let (old, new) = (CertificateFixture::new(), CertificateFixture::new());
    old.write_until(2090);
    new.write_until(2091);
    let not_after = CertificateExpiry::default();
    let tls = TlsServer::open(old.certificate_files(), not_after.clone()).unwrap();

    tls.switch_files(new.certificate_files()).await;

    assert_eq!(expiry_year(&not_after), Some(2091));
}

#[test]
fn an_expired_or_future_pair_never_replaces_a_valid_one() {
    let files = CertificateFixture::new();
    files.write_until(2090);
    let not_after = CertificateExpiry::default();
    let tls = TlsServer::open(files.certificate_files(), not_after.clone()).unwrap();

    for years in [2010..=2011, 2091..=2092] {
        files.write_valid_in(years);
        tls.reload_now();
        assert_eq!(expiry_year(&not_after), Some(2090));
    }
}

#[test]
fn a_lasting_file_error_is_logged_once() {
    let files = CertificateFixture::new();
    files.write_until(2090);
    let key = files.certificate_files().key;
    let good = fs::read(&key).unwrap();
    let tls = TlsServer::open(files.certificate_files(), CertificateExpiry::default()).unwrap();
    let a_day = || LogCapture::capture_lines(|| (0..24 * 60).for_each(|_| tls.reload_now()));

    fs::remove_file(&key).unwrap();
    let missing = a_day();
    fs::write(&key, "nothing").unwrap();
    let invalid = a_day();
    fs::write(&key, &good).unwrap();
    let recovered = a_day();
    fs::remove_file(&key).unwrap();
    let missing_again = a_day();

    assert_eq!(missing.len(), 1, "{missing:#?}");
    assert!(missing[0].contains("key.pem"), "{missing:?}");
    assert_eq!(invalid.len(), 1, "{invalid:#?}");
    assert!(
        invalid[0].contains("key.pem has no PEM private key"),
        "{invalid:?}"
    );
    assert_eq!(recovered, Vec::<String>::new());
    assert_eq!(missing_again.len(), 1, "{missing_again:#?}");
}

#[test]
fn check_certificate_explains_each_error() {
    let (files, other) = (CertificateFixture::new(), CertificateFixture::new());
    files.write_until(2090);
    other.write_until(2090);
    let error_text = |pair: CertificateFiles| check_certificate(&pair).unwrap_err().to_string();
    let good = files.certificate_files();

    let missing = error_text(CertificateFiles {
        cert: "no such file".into(),
        ..good.clone()
    });
    let swapped = error_text(CertificateFiles {
        cert: good.key.clone(),
        key: good.cert.clone(),
    });
    let mixed = error_text(CertificateFiles {
        key: other.certificate_files().key,
        ..good.clone()
    });

    assert_eq!(missing, "can't read no such file");
    assert!(
        swapped.ends_with("key.pem has no PEM certificate"),
        "{swapped}"
    );
    let advice = "cert.pem; in a chain, put the server's own certificate first";
    assert!(mixed.contains("doesn't match"), "{mixed}");
    assert!(mixed.ends_with(advice), "{mixed}");
    assert!(check_certificate(&good).is_ok());
    files.write_valid_in(2010..=2011);
    let ended = error_text(files.certificate_files());
    assert!(ended.ends_with("cert.pem expired on 2011-12-31"), "{ended}");
    files.write_valid_in(2091..=2092);
    let early = error_text(files.certificate_files());
    assert!(
        early.ends_with("cert.pem isn't valid until 2091-01-01"),
        "{early}"
    );
}

#[test]
fn renewal_is_due_fourteen_days_before_expiry() {
    let end: Timestamp = "2026-12-15T00:00:00Z".parse().unwrap();
    let due = |now: &str| is_renewal_due(end, now.parse().unwrap());

    assert!(!due("2026-11-30T23:59:59Z"));
    assert!(due("2026-12-01T00:00:01Z"));
    assert!(due("2027-01-01T00:00:00Z"));
}
