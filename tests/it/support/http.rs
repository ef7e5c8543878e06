//! The tests' HTTP client.

use std::time::Duration;

use reqwest::redirect::Policy;

/// Creates a client with a timeout of 10 s and a new connection for each request: the server may
/// close an idle connection just as it's reused.
pub fn client() -> reqwest::Client {
    builder().build().unwrap()
}

/// Creates a client that waits as long for a response as a browser does.
pub fn patient_client() -> reqwest::Client {
    builder().timeout(Duration::from_mins(5)).build().unwrap()
}

/// Creates a client that reports redirects.
pub fn client_without_redirects() -> reqwest::Client {
    builder().redirect(Policy::none()).build().unwrap()
}

/// Returns the value of a hidden field, in the first form of a page that has it.
pub fn hidden_field(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&start)
        .unwrap_or_else(|| panic!("{name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

fn builder() -> reqwest::ClientBuilder {
    // Another test may have installed it already.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .pool_max_idle_per_host(0)
}
