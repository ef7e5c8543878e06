//! The HTTP client of tests.

use std::time::Duration;

/// One that gives up after 10 s.
pub fn client() -> reqwest::Client {
    // Another test may have installed it already.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap()
}
