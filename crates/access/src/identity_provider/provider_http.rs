//! Requests to the identity provider: bounded in time and size, without redirects, over HTTPS alone if its
//! address is.

use std::{pin::Pin, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::Client;

use wallboard_runtime::https;

/// For each request: a page waits for three of them at most.
const TIMEOUT: Duration = Duration::from_secs(4);
/// Metadata and keys of large providers have some 20 kB.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProviderHttpError {
    #[error("the request failed")]
    Request(#[from] reqwest::Error),
    #[error("the answer isn't valid HTTP")]
    Invalid(#[from] http::Error),
    #[error("the answer is longer than 1 MiB")]
    TooLong,
}

/// The client for all requests to the provider.
#[derive(Clone, Debug)]
pub(super) struct ProviderHttp(Client);

impl ProviderHttp {
    pub(super) fn new(issuer: &str) -> Result<Self, reqwest::Error> {
        let builder = https::client_builder().timeout(TIMEOUT);
        let client = builder.https_only(issuer.starts_with("https:")).build()?;
        Ok(Self(client))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ProviderHttpError> {
        let response = self.0.execute(request.try_into()?).await?;
        let mut answer = http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let body = https::read_body(response, ANSWER_BYTES_MAX).await?;
        Ok(answer.body(body.ok_or(ProviderHttpError::TooLong)?)?)
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderHttp {
    type Error = ProviderHttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
