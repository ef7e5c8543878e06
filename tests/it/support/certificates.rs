//! A test certificate authority, certificates it signed, and an unrelated authority.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio_rustls::TlsAcceptor;

/// Paths of PEM files.
#[derive(Debug)]
pub struct Certificates {
    pub ca: PathBuf,
    /// Valid for `localhost` only: `127.0.0.1` is a wrong name.
    pub server: Pair,
    /// For a name that no request uses.
    pub named: Pair,
    /// For that name and `127.0.0.1`.
    pub addressed: Pair,
    /// For `localhost` too, but expired.
    pub expired: Pair,
    /// For `localhost` too, but from no authority.
    pub self_signed: Pair,
    pub client: Pair,
    /// An authority that didn't sign any of these.
    pub foreign_ca: PathBuf,
}

#[derive(Debug)]
pub struct Pair {
    pub cert: PathBuf,
    pub key: PathBuf,
}

impl Pair {
    /// A TLS server's side with this certificate.
    pub fn acceptor(&self) -> TlsAcceptor {
        let certs = vec![CertificateDer::from_pem_file(&self.cert).unwrap()];
        let key = PrivateKeyDer::from_pem_file(&self.key).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(certs, key);
        TlsAcceptor::from(Arc::new(config.unwrap()))
    }
}

impl Certificates {
    pub fn write_to(dir: &Path) -> Self {
        let (ca, issuer) = create_authority("Wallboard tests");
        let (foreign, _) = create_authority("Somebody else");

        Self {
            ca: write(dir, "ca.pem", &ca),
            server: issue_certificate(dir, "localhost", &["localhost"], 4096, &issuer),
            named: issue_certificate(dir, "named", &["wall2"], 4096, &issuer),
            addressed: issue_certificate(dir, "addressed", &["wall2", "127.0.0.1"], 4096, &issuer),
            expired: issue_certificate(dir, "expired", &["localhost"], 2020, &issuer),
            self_signed: create_self_signed(dir),
            client: issue_certificate(dir, "wallboard", &["wallboard"], 4096, &issuer),
            foreign_ca: write(dir, "foreign-ca.pem", &foreign),
        }
    }
}

fn create_authority(name: &str) -> (String, Issuer<'static, KeyPair>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate().unwrap();
    let cert = params.self_signed(&key).unwrap();
    (cert.pem(), Issuer::new(params, key))
}

/// Issues a certificate that is valid up to the end of that year.
fn issue_certificate(
    dir: &Path,
    file: &str,
    names: &[&str],
    year: i32,
    issuer: &Issuer<'static, KeyPair>,
) -> Pair {
    let names: Vec<_> = names.iter().map(|&name| name.into()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, file);
    params.not_after = date_time_ymd(year, 12, 31);
    let key = KeyPair::generate().unwrap();
    let cert = params.signed_by(&key, issuer).unwrap();
    write_pair(dir, file, &cert, &key)
}

fn create_self_signed(dir: &Path) -> Pair {
    let mut params = CertificateParams::new(vec!["localhost".into()]).unwrap();
    let name = "A server of Wallboard's tests";
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    let cert = params.self_signed(&key).unwrap();
    write_pair(dir, "self-signed", &cert, &key)
}

fn write_pair(dir: &Path, file: &str, cert: &Certificate, key: &KeyPair) -> Pair {
    Pair {
        cert: write(dir, &format!("{file}.pem"), &cert.pem()),
        key: write(dir, &format!("{file}-key.pem"), &key.serialize_pem()),
    }
}

fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, text).unwrap();
    path
}
