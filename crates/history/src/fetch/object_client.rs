//! HTTP client for object stores: signs every try again, with limits on time and size.

use std::{error::Error, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, future::join, stream};
use jiff::Timestamp;
use object_store::client::{HttpRequest, HttpRequestBody};
use reqwest::{Client, Method, Response, StatusCode, Url, header::HeaderMap};
use tokio::time::{sleep, timeout};

use wallboard_domain::RedactedText;
use wallboard_runtime::https;
use wallboard_toml_reader::is_loopback;

use super::{
    FetchError, FetchTimeouts, FileChunks, RemoteFile, content_digest::DigestTags, remote_name,
    timeouts::RETRY_AFTER_MAX, upload::Upload, xml,
};

/// A page of 5,000 names of 1,024 characters is 20 MB at worst.
const PAGE_BYTES_MAX: usize = 32 << 20;
const ERROR_BYTES_MAX: usize = 64 << 10;
/// Delays between the tries of a request when a store is too busy, unless it requests longer ones.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1500)];

/// An HTTP client of one store.
#[derive(Clone, Debug)]
pub(super) struct ObjectStoreClient {
    client: Client,
    timeouts: FetchTimeouts,
    /// The host, for sentences.
    host: String,
    /// Secrets that no text of a store may repeat.
    secrets: Vec<RedactedText>,
    /// Whether its tags are digests, as far as that is known.
    pub(super) digest_tags: Arc<DigestTags>,
}

/// An unsuccessful response.
#[derive(Debug)]
pub(super) struct ErrorReply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: xml::StoreErrorBody,
}

pub(super) enum StoreReply {
    Success(Response),
    Failure(ErrorReply),
}

impl ObjectStoreClient {
    /// Creates a client. `endpoint`, from the setting `key`, must be encrypted, unless it's on this
    /// machine.
    pub(super) fn new(
        endpoint: &str,
        key: &'static str,
        timeouts: FetchTimeouts,
    ) -> Result<Self, FetchError> {
        let url = Url::parse(endpoint).map_err(|error| FetchError::Client(error.to_string()))?;
        let host = url.host_str().unwrap_or_default();
        if url.scheme() != "https" && !is_loopback(url.as_str()) {
            return Err(FetchError::Plaintext {
                endpoint: remote_name::display_name(endpoint),
                key,
            });
        }
        let client = https::client_builder()
            .connect_timeout(timeouts.connect)
            .build()
            .map_err(|error| FetchError::Client(error.without_url().to_string()))?;
        let at = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(Self {
            client,
            timeouts,
            host: at,
            secrets: Vec::new(),
            digest_tags: Arc::default(),
        })
    }

    /// Masks these in errors that repeat them.
    pub(super) fn hide(self, secrets: Vec<RedactedText>) -> Self {
        Self { secrets, ..self }
    }

    /// Sends a request, and retries it while the store is busy.
    pub(super) async fn send_with_retries(
        &self,
        signed: impl Fn() -> Result<HttpRequest, FetchError>,
        upload: Option<&Upload<'_>>,
    ) -> Result<StoreReply, FetchError> {
        let mut delays = RETRY_DELAYS.into_iter();
        loop {
            let response = self.send_once(signed()?, upload).await?;
            if response.status().is_success() {
                return Ok(StoreReply::Success(response));
            }
            let is_busy = is_busy(response.status());
            let reply = self.read_error_reply(response).await?;
            let requested = reply.retry_after().unwrap_or_default();
            match delays.next() {
                Some(delay) if is_busy && requested <= RETRY_AFTER_MAX => {
                    sleep(delay.max(requested)).await;
                }
                _ if is_busy => return Err(self.unavailable_error(&reply)),
                _ => return Ok(StoreReply::Failure(reply)),
            }
        }
    }

    /// Reads the whole body of a page.
    pub(super) async fn read_page(&self, response: Response) -> Result<Vec<u8>, FetchError> {
        self.read_body(response, PAGE_BYTES_MAX).await
    }

    /// Streams the body of a file.
    pub(super) fn stream_chunks(&self, response: Response) -> FileChunks {
        let state = (self.clone(), response);
        stream::try_unfold(state, async |(client, mut response)| {
            let chunk = client.read_chunk(&mut response).await?;
            Ok(chunk.map(|chunk| (chunk, (client, response))))
        })
        .boxed()
    }

    /// Returns a transient error with the store's own message.
    pub(super) fn unavailable_error(&self, reply: &ErrorReply) -> FetchError {
        FetchError::Unavailable {
            at: self.host.clone(),
            why: format!("status {}{}", reply.status.as_u16(), reply.describe_error()),
            retry_after: reply.retry_after(),
        }
    }

    pub(super) fn host(&self) -> String {
        self.host.clone()
    }

    async fn send_once(
        &self,
        request: HttpRequest,
        upload: Option<&Upload<'_>>,
    ) -> Result<Response, FetchError> {
        let (parts, _) = request.into_parts();
        let request = self
            .client
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers);
        let limit = self.timeouts.answer + upload.map_or(Duration::ZERO, Upload::time_max);
        let sending = async {
            let Some(upload) = upload else {
                return request.send().await;
            };
            let (body, feeding) = upload.stream();
            let request = request.body(reqwest::Body::wrap(body));
            join(request.send(), feeding).await.0
        };
        match timeout(limit, sending).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if error.is_connect() => Err(FetchError::Unreachable {
                at: self.host.clone(),
                why: https::explain_unreachable(&error),
            }),
            Ok(Err(error)) => Err(self.connection_error(error)),
            Err(_) => Err(self.stalled_error(limit)),
        }
    }

    async fn read_error_reply(&self, response: Response) -> Result<ErrorReply, FetchError> {
        let (status, headers) = (response.status(), response.headers().clone());
        // The error body may never end; the status is enough.
        let body = self.read_body(response, ERROR_BYTES_MAX).await;
        let body = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
        let secrets = self.secrets.iter();
        let body = secrets.fold(body, |body, secret| secret.mask_in(&body));
        Ok(ErrorReply {
            status,
            headers,
            body: xml::parse_error_body(body.as_bytes()),
        })
    }

    async fn read_body(&self, mut response: Response, most: usize) -> Result<Vec<u8>, FetchError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.read_chunk(&mut response).await? {
            if most < body.len() + chunk.len() {
                return Err(FetchError::Unavailable {
                    at: self.host.clone(),
                    why: format!("its response is longer than {} MB", most >> 20),
                    retry_after: None,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    async fn read_chunk(&self, response: &mut Response) -> Result<Option<Bytes>, FetchError> {
        match timeout(self.timeouts.stall, response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(error)) => Err(self.connection_error(error)),
            Err(_) => Err(self.stalled_error(self.timeouts.stall)),
        }
    }

    fn stalled_error(&self, after: Duration) -> FetchError {
        FetchError::Stalled {
            at: self.host.clone(),
            after,
        }
    }

    fn connection_error(&self, error: reqwest::Error) -> FetchError {
        // The URL may contain a signature.
        let error = error.without_url();
        if is_protocol_error(&error) {
            return FetchError::NotHttp {
                at: self.host.clone(),
            };
        }
        let mut deepest: &dyn Error = &error;
        while let Some(source) = deepest.source() {
            deepest = source;
        }
        FetchError::ConnectionLost {
            at: self.host.clone(),
            why: deepest.to_string(),
        }
    }
}

impl ErrorReply {
    /// Returns the store's own message, for the end of a sentence.
    pub(super) fn describe_error(&self) -> String {
        let words = match (self.body.code.as_str(), self.body.message.as_str()) {
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
            remote_name::display_name(words.trim_start_matches(": "))
        )
    }

    fn retry_after(&self) -> Option<Duration> {
        https::retry_after(&self.headers, Timestamp::now())
    }

    pub(super) fn header_value(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Builds a request for the store to sign.
pub(super) fn build_request(
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

/// Encodes `name=value` pairs; also escapes `/` in values.
pub(super) fn encode_query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| {
            format!(
                "{name}={}",
                remote_name::escape_name(value).replace('/', "%2F")
            )
        })
        .collect();
    pairs.join("&")
}

/// Returns the header that requests a file only while it has this tag.
pub(super) fn if_match_header(tag: &str) -> Option<(&'static str, String)> {
    let has_tag = !tag.starts_with('~');
    has_tag.then(|| ("if-match", format!("\"{tag}\"")))
}

/// Reads a file's metadata from a store's headers.
pub(super) fn remote_file_from_headers(key: &str, headers: &HeaderMap) -> Option<RemoteFile> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let size = text("content-length")?.parse().ok()?;
    let modified = text("last-modified").and_then(xml::http_date);
    let tag = text("etag").map(str::to_owned);
    Some(xml::to_remote_file(key.to_owned(), size, modified, tag))
}

fn is_busy(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
}

/// Whether the response isn't HTTP at all.
fn is_protocol_error(error: &reqwest::Error) -> bool {
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
    fn plaintext_is_allowed_only_on_this_machine() {
        let client =
            |endpoint| ObjectStoreClient::new(endpoint, "endpoint", FetchTimeouts::default());

        for endpoint in [
            "http://127.0.0.1:1",
            "http://localhost:1",
            "http://[::1]:1",
            "https://s3.example.com",
        ] {
            assert!(client(endpoint).is_ok(), "{endpoint}");
        }
        for endpoint in ["http://s3.example.com", "http://127.0.0.1.example.com"] {
            assert_eq!(
                client(endpoint).unwrap_err().to_string(),
                format!(
                    "{endpoint} isn't encrypted: use https:// in `endpoint` (http:// is only for this server)"
                )
            );
        }
    }

    #[test]
    fn a_query_escapes_everything_in_a_token() {
        assert_eq!(
            encode_query(&[("prefix", r"\C/a b"), ("token", "1/+=")]),
            "prefix=%5CC%2Fa%20b&token=1%2F%2B%3D"
        );
    }
}
