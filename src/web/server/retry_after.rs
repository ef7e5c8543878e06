//! When to try again what there is no room or time for now.

use axum::http::{HeaderName, header};

/// In ten seconds.
pub(in crate::web) const RETRY_SOON: [(HeaderName, &str); 1] = [(header::RETRY_AFTER, "10")];
