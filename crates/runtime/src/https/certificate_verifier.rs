//! Verifies servers' certificates. Also accepts the very certificates of `ca_file`, which webpki
//! refuses if they are authorities, and tells self-signed ones from those of unknown authorities.

use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{
        WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use x509_parser::{certificate::X509Certificate, parse_x509_certificate, time::ASN1Time};

#[derive(Debug)]
pub(super) struct CertificateVerifier {
    roots: RootCertStore,
    /// The certificates of `ca_file`.
    pinned: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

/// The reason why a certificate isn't trusted although its signature is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate is self-signed")]
pub(super) struct SelfSigned;

impl CertificateVerifier {
    pub(super) fn new(roots: RootCertStore, pinned: Vec<CertificateDer<'static>>) -> Self {
        Self {
            roots,
            pinned,
            algorithms: aws_lc_rs::default_provider().signature_verification_algorithms,
        }
    }

    fn verify_chain(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let Err(error) = verify_server_cert_signed_by_trust_anchor(
            &certificate,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        ) else {
            return Ok(());
        };
        if !may_be_self_signed(&error) {
            return Err(error);
        }
        let Ok((_, parsed)) = parse_x509_certificate(end_entity) else {
            return Err(error);
        };
        if self.pinned.contains(end_entity) {
            return check_validity(&parsed, now);
        }
        if parsed.issuer() == parsed.subject() {
            return Err(other_error(SelfSigned));
        }
        Err(error)
    }
}

/// Whether webpki found no trusted issuer, or refuses an authority's certificate for a server.
fn may_be_self_signed(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::UnknownIssuer
                | CertificateError::BadSignature
                // An authority of the same name has a key of another kind.
                | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. }
                | CertificateError::Other(_)
        )
    )
}

fn check_validity(certificate: &X509Certificate<'_>, now: UnixTime) -> Result<(), Error> {
    let now = i64::try_from(now.as_secs()).ok();
    let Some(now) = now.and_then(|now| ASN1Time::from_timestamp(now).ok()) else {
        return Err(CertificateError::Expired.into());
    };
    let validity = certificate.validity();
    if now < validity.not_before {
        return Err(CertificateError::NotValidYet.into());
    }
    if validity.not_after < now {
        return Err(CertificateError::Expired.into());
    }
    Ok(())
}

fn other_error(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    CertificateError::Other(OtherError(std::sync::Arc::new(error))).into()
}

impl ServerCertVerifier for CertificateVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verify_chain(end_entity, intermediates, now)?;
        verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
