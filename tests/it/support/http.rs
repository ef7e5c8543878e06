//! The HTTP client of tests.

use std::time::Duration;

/// One that gives up after 10 s, on a new connection each time: one that was kept may be
/// closed by the server just as it is used again.
pub fn client() -> reqwest::Client {
    // Another test may have installed it already.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}
