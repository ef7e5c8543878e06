//! A test certificate authority, certificates it signed, and an unrelated authority.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// Paths of PEM files.
#[derive(Debug)]
pub struct Certificates {
    pub ca: PathBuf,
    /// Valid for `localhost` only: `127.0.0.1` is a wrong name.
    pub server: Pair,
    pub client: Pair,
    /// An authority that didn't sign any of these.
    pub foreign_ca: PathBuf,
}

#[derive(Debug)]
pub struct Pair {
    pub cert: PathBuf,
    pub key: PathBuf,
}

impl Certificates {
    pub fn write_to(dir: &Path) -> Self {
        let (ca, issuer) = create_authority("Wallboard tests");
        let (foreign, _) = create_authority("Somebody else");

        Self {
            ca: write(dir, "ca.pem", &ca),
            server: issue_certificate(dir, "localhost", &issuer),
            client: issue_certificate(dir, "wallboard", &issuer),
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

fn issue_certificate(dir: &Path, name: &str, issuer: &Issuer<'static, KeyPair>) -> Pair {
    let mut params = CertificateParams::new(vec![name.into()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    let cert = params.signed_by(&key, issuer).unwrap();
    Pair {
        cert: write(dir, &format!("{name}.pem"), &cert.pem()),
        key: write(dir, &format!("{name}-key.pem"), &key.serialize_pem()),
    }
}

fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, text).unwrap();
    path
}
