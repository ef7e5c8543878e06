//! The state that `/readyz` reports.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether stored data is loaded and no stop was requested.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    pub fn set(&self, is_ready: bool) {
        self.0.store(is_ready, Ordering::Relaxed);
    }

    pub fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
