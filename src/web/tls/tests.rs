use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::*;

struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn pair(&self) -> Pair {
        let path = |name| self.folder.path().join(name);
        Pair {
            cert: path("cert.pem"),
            key: path("key.pem"),
        }
    }

    /// Puts a new pair there that ends with `year`.
    fn renew(&self, year: i32) {
        let mut params = CertificateParams::new(vec!["localhost".into()]).unwrap();
        params.not_after = date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let cert = params.self_signed(&key).unwrap();
        fs::write(self.pair().cert, cert.pem()).unwrap();
        fs::write(self.pair().key, key.serialize_pem()).unwrap();
    }
}

fn year(not_after: &NotAfter) -> Option<i16> {
    let at = not_after.get()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).year())
}

#[tokio::test]
async fn a_renewed_pair_is_taken_over_and_a_broken_one_is_not() {
    let files = Files::new();
    files.renew(2090);
    let not_after = NotAfter::default();
    let tls = Tls::open(files.pair(), not_after.clone()).unwrap();
    assert_eq!(year(&not_after), Some(2090));

    files.renew(2091);
    tls.look().await;
    assert_eq!(year(&not_after), Some(2091));

    fs::write(files.pair().key, "nothing").unwrap();
    tls.look().await;
    fs::remove_file(files.pair().cert).unwrap();
    tls.look().await;
    assert_eq!(year(&not_after), Some(2091));

    files.renew(2092);
    tls.look().await;
    assert_eq!(year(&not_after), Some(2092));
}

#[tokio::test]
async fn other_files_are_turned_to() {
    let (old, new) = (Files::new(), Files::new());
    old.renew(2090);
    new.renew(2091);
    let not_after = NotAfter::default();
    let tls = Tls::open(old.pair(), not_after.clone()).unwrap();

    tls.turn_to(new.pair()).await;

    assert_eq!(year(&not_after), Some(2091));
}

#[test]
fn what_is_wrong_with_a_pair_is_said() {
    let (files, other) = (Files::new(), Files::new());
    files.renew(2090);
    other.renew(2090);
    let said = |pair: Pair| probe(&pair).unwrap_err().to_string();
    let good = files.pair();

    let missing = said(Pair {
        cert: "no such file".into(),
        ..good.clone()
    });
    let swapped = said(Pair {
        cert: good.key.clone(),
        key: good.cert.clone(),
    });
    let mixed = said(Pair {
        key: other.pair().key,
        ..good.clone()
    });

    assert_eq!(missing, "no such file cannot be read");
    assert!(
        swapped.ends_with("key.pem holds no certificate in PEM form"),
        "{swapped}"
    );
    assert!(
        mixed.contains("does not belong to the certificate"),
        "{mixed}"
    );
    assert!(probe(&good).is_ok());
}

#[test]
fn renewal_is_due_fourteen_days_before_the_end() {
    let end: Timestamp = "2026-12-15T00:00:00Z".parse().unwrap();
    let due = |now: &str| is_due(end, now.parse().unwrap());

    assert!(!due("2026-11-30T23:59:59Z"));
    assert!(due("2026-12-01T00:00:01Z"));
    assert!(due("2027-01-01T00:00:00Z"));
}
