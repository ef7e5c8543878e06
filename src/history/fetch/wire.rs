//! HTTP to object stores: signed anew for every try, bounded in time and size.

use std::{error::Error, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use object_store::client::{HttpRequest, HttpRequestBody};
use reqwest::{Client, Method, Response, StatusCode, Url, header::HeaderMap};
use tokio::time::{sleep, timeout};

use crate::https;

use super::{Chunks, FetchError, Patience, Remote, name, xml};

/// A page of 5,000 names of 1,024 characters is 20 MB at worst.
const LONGEST_PAGE: usize = 32 << 20;
const LONGEST_REFUSAL: usize = 64 << 10;
/// Between the tries of a request that a store was too busy for.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1500)];

/// A client of one store.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    client: Client,
    patience: Patience,
    /// The host, for sentences.
    at: String,
}

/// What was answered otherwise than with success.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) said: xml::Refusal,
}

pub(super) enum Answer {
    Good(Response),
    Bad(Refused),
}

impl Wire {
    /// `endpoint`, which stands in the setting `key`, must be encrypted, unless it is of
    /// this machine.
    pub(super) fn new(
        endpoint: &str,
        key: &'static str,
        patience: Patience,
    ) -> Result<Self, FetchError> {
        let url = Url::parse(endpoint).map_err(|error| FetchError::Client(error.to_string()))?;
        let host = url.host_str().unwrap_or_default();
        if url.scheme() != "https" && !is_loopback(host) {
            return Err(FetchError::Plaintext {
                endpoint: name::shown(endpoint),
                key,
            });
        }
        let client = https::builder()
            .connect_timeout(patience.connect)
            .build()
            .map_err(|error| FetchError::Client(error.without_url().to_string()))?;
        let at = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(Self {
            client,
            patience,
            at,
        })
    }

    /// Asks once more, and again, where the store is only too busy.
    pub(super) async fn ask(
        &self,
        signed: impl Fn() -> Result<HttpRequest, FetchError>,
    ) -> Result<Answer, FetchError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let response = self.send(signed()?).await?;
            if response.status().is_success() {
                return Ok(Answer::Good(response));
            }
            let is_busy = is_busy(response.status());
            let refused = self.refused(response).await?;
            match pauses.next() {
                Some(pause) if is_busy => sleep(pause).await,
                _ if is_busy => return Err(self.unwell(&refused)),
                _ => return Ok(Answer::Bad(refused)),
            }
        }
    }

    /// The whole body of a page.
    pub(super) async fn page(&self, response: Response) -> Result<Vec<u8>, FetchError> {
        self.body(response, LONGEST_PAGE).await
    }

    /// The body of a file as it comes in.
    pub(super) fn chunks(&self, response: Response) -> Chunks {
        let state = (self.clone(), response);
        stream::try_unfold(state, async |(wire, mut response)| {
            let chunk = wire.piece(&mut response).await?;
            Ok(chunk.map(|chunk| (chunk, (wire, response))))
        })
        .boxed()
    }

    /// What is wrong for the moment, with what was said of it.
    pub(super) fn unwell(&self, refused: &Refused) -> FetchError {
        FetchError::Unwell {
            at: self.at.clone(),
            why: format!("status {}{}", refused.status.as_u16(), refused.words()),
        }
    }

    pub(super) fn at(&self) -> String {
        self.at.clone()
    }

    async fn send(&self, request: HttpRequest) -> Result<Response, FetchError> {
        let (parts, _) = request.into_parts();
        let request = self
            .client
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers);
        match timeout(self.patience.answer, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if error.is_connect() => Err(FetchError::Unreachable {
                at: self.at.clone(),
                why: https::why_unreachable(&error),
            }),
            Ok(Err(error)) => Err(self.lost(error)),
            Err(_) => Err(self.stalled(self.patience.answer)),
        }
    }

    async fn refused(&self, response: Response) -> Result<Refused, FetchError> {
        let (status, headers) = (response.status(), response.headers().clone());
        // Why it was refused may come without an end; the status says enough.
        let body = self.body(response, LONGEST_REFUSAL).await;
        Ok(Refused {
            status,
            headers,
            said: xml::refusal(&body.unwrap_or_default()),
        })
    }

    async fn body(&self, mut response: Response, most: usize) -> Result<Vec<u8>, FetchError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.piece(&mut response).await? {
            if most < body.len() + chunk.len() {
                return Err(FetchError::Unwell {
                    at: self.at.clone(),
                    why: format!("its response is longer than {} MB", most >> 20),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    async fn piece(&self, response: &mut Response) -> Result<Option<Bytes>, FetchError> {
        match timeout(self.patience.stall, response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(error)) => Err(self.lost(error)),
            Err(_) => Err(self.stalled(self.patience.stall)),
        }
    }

    fn stalled(&self, after: Duration) -> FetchError {
        FetchError::Stalled {
            at: self.at.clone(),
            after,
        }
    }

    fn lost(&self, error: reqwest::Error) -> FetchError {
        // The address may hold a signature.
        let error = error.without_url();
        if speaks_otherwise(&error) {
            return FetchError::NotHttp {
                at: self.at.clone(),
            };
        }
        let mut deepest: &dyn Error = &error;
        while let Some(source) = deepest.source() {
            deepest = source;
        }
        FetchError::Lost {
            at: self.at.clone(),
            why: deepest.to_string(),
        }
    }
}

impl Refused {
    /// What the store itself said, for the end of a sentence.
    pub(super) fn words(&self) -> String {
        let words = match (self.said.code.as_str(), self.said.message.as_str()) {
            ("", "") => return String::new(),
            (code, "") => code.to_owned(),
            (code, message) => {
                // Azure adds the request's id and time on further lines.
                let first = message.lines().next().unwrap_or_default();
                format!("{code}: {first}")
            }
        };
        format!(
            ", it reports “{}”",
            name::shown(words.trim_start_matches(": "))
        )
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A request that a store's own way of signing is then applied to.
pub(super) fn request(
    method: Method,
    url: &str,
    headers: &[(&'static str, &str)],
) -> Result<HttpRequest, FetchError> {
    let mut request = hyper::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
        .body(HttpRequestBody::empty())
        .map_err(|error| FetchError::Client(error.to_string()))
}

/// `name=value` with everything escaped, also `/`.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", name::escaped(value).replace('/', "%2F")))
        .collect();
    pairs.join("&")
}

/// The header that asks for a file only as long as it is the one of this tag.
pub(super) fn only_if(tag: &str) -> Option<(&'static str, String)> {
    let is_told = !tag.starts_with('~');
    is_told.then(|| ("if-match", format!("\"{tag}\"")))
}

/// What a store's headers tell of a file.
pub(super) fn remote(key: &str, headers: &HeaderMap) -> Option<Remote> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let size = text("content-length")?.parse().ok()?;
    let modified = text("last-modified").and_then(xml::http_date);
    Some(Remote {
        key: key.to_owned(),
        size,
        modified,
        tag: xml::tag(text("etag").map(str::to_owned), size, modified),
    })
}

fn is_busy(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether what was answered is no HTTP at all.
fn speaks_otherwise(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            return error.is_parse();
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_may_be_asked_in_the_clear() {
        let wire = |endpoint| Wire::new(endpoint, "endpoint", Patience::default());

        for endpoint in [
            "http://127.0.0.1:1",
            "http://localhost:1",
            "http://[::1]:1",
            "https://s3.example.com",
        ] {
            assert!(wire(endpoint).is_ok(), "{endpoint}");
        }
        for endpoint in ["http://s3.example.com", "http://127.0.0.1.example.com"] {
            assert_eq!(
                wire(endpoint).unwrap_err().to_string(),
                format!(
                    "{endpoint} isn't encrypted: use https:// in `endpoint` (http:// is only for this server)"
                )
            );
        }
    }

    #[test]
    fn a_query_escapes_what_a_token_may_hold() {
        assert_eq!(
            query(&[("prefix", r"\C/a b"), ("token", "1/+=")]),
            "prefix=%5CC%2Fa%20b&token=1%2F%2B%3D"
        );
    }
}
