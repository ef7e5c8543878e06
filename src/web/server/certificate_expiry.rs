//! The certificate expiry that `/metrics` reports.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;

/// When the certificate that viewers see expires, if we serve TLS.
#[derive(Clone, Debug, Default)]
pub struct CertificateExpiry(Arc<AtomicI64>);

impl CertificateExpiry {
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_second(), Ordering::Relaxed);
    }

    pub(in crate::web) fn get(&self) -> Option<Timestamp> {
        let at = Some(self.0.load(Ordering::Relaxed)).filter(|at| *at != 0);
        at.and_then(|at| Timestamp::from_second(at).ok())
    }
}
