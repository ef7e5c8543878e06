//! An S3 server that can misbehave.

use std::{
    convert::Infallible,
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Query, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use tokio::sync::watch;

use super::local_server::LocalServer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum S3Behavior {
    Normal,
    /// Sends half of a file as if it were all.
    Short,
    /// Sends half of a file and hangs up.
    Cut,
    /// Sends half of a file and then nothing.
    Stall,
    /// Replaces the file as soon as it's read.
    Replaced,
    /// Sends more than it has listed.
    Longer,
    /// Sends no tags, doesn't support HEAD, and rejects conditions.
    Plain,
    /// Delays every page of a listing.
    Slow,
    /// Rejects the first request of a listing.
    BusyAtFirst,
    /// Rejects every request.
    Busy,
    /// Reports that the bucket is in another region.
    Elsewhere,
    /// Sends an HTML page.
    Page,
}

/// Serves five files of one size, listed in pages of one. Every other page is empty.
#[derive(Debug)]
pub struct FaultyS3 {
    server: LocalServer,
    behavior: watch::Sender<S3Behavior>,
}

#[derive(Clone)]
struct ServerState {
    behavior: watch::Receiver<S3Behavior>,
    requests: Arc<AtomicU32>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ListParameters {
    list_type: Option<u8>,
    continuation_token: Option<u32>,
}

impl FaultyS3 {
    pub const SIZE: u64 = 400_000;

    pub async fn open() -> Self {
        let behavior = watch::Sender::new(S3Behavior::Normal);
        let state = ServerState {
            behavior: behavior.subscribe(),
            requests: Arc::default(),
        };
        let router = Router::new().fallback(serve).with_state(state);
        let server = LocalServer::start(router).await;
        Self { server, behavior }
    }

    pub fn endpoint(&self) -> String {
        self.server.url()
    }

    pub fn set(&self, behavior: S3Behavior) {
        self.behavior.send_replace(behavior);
    }
}

async fn serve(
    State(state): State<ServerState>,
    Query(parameters): Query<ListParameters>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let behavior = *state.behavior.borrow();
    let error_response = |status: u16, code: &str, message: &str, details: &str| {
        let body = format!(
            "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message>{details}</Error>"
        );
        (StatusCode::from_u16(status).unwrap(), body).into_response()
    };
    let busy = || error_response(503, "SlowDown", "Please reduce your request rate.", "");
    match behavior {
        S3Behavior::Busy => busy(),
        S3Behavior::BusyAtFirst if state.requests.fetch_add(1, Ordering::Relaxed) == 0 => busy(),
        S3Behavior::Elsewhere => error_response(
            400,
            "AuthorizationHeaderMalformed",
            "The region is wrong",
            "<Region>eu-west-1</Region>",
        ),
        S3Behavior::Page => "<html><body>Welcome</body></html>".into_response(),
        _ if parameters.list_type.is_some() => {
            if behavior == S3Behavior::Slow {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            listing(parameters.continuation_token.unwrap_or(0), behavior)
        }
        S3Behavior::Plain if method == Method::HEAD => {
            StatusCode::METHOD_NOT_ALLOWED.into_response()
        }
        S3Behavior::Plain if headers.contains_key("if-match") => {
            StatusCode::PRECONDITION_FAILED.into_response()
        }
        _ if method == Method::HEAD => {
            let tag = if behavior == S3Behavior::Replaced {
                "new"
            } else {
                "old"
            };
            file(tag, FaultyS3::SIZE, Body::empty())
        }
        _ => content(behavior),
    }
}

fn listing(page: u32, behavior: S3Behavior) -> Response {
    let mut body = String::from("<ListBucketResult><Name>shop</Name>");
    if page.is_multiple_of(2) {
        let (n, size) = (page / 2, FaultyS3::SIZE);
        let metadata = match behavior {
            S3Behavior::Plain => "<LastModified>2026-03-05T01:02:03.456Z</LastModified>",
            _ => "<ETag>\"old\"</ETag>",
        };
        write!(
            body,
            "<Contents><Key>{n}.csv</Key><Size>{size}</Size>{metadata}</Contents>"
        )
        .unwrap();
    }
    let has_next = page < 8;
    write!(body, "<IsTruncated>{has_next}</IsTruncated>").unwrap();
    if has_next {
        let next = page + 1;
        write!(
            body,
            "<NextContinuationToken>{next}</NextContinuationToken>"
        )
        .unwrap();
    }
    body.push_str("</ListBucketResult>");
    body.into_response()
}

fn content(behavior: S3Behavior) -> Response {
    let half = Bytes::from(vec![b'x'; usize::try_from(FaultyS3::SIZE / 2).unwrap()]);
    let first = stream::iter([Ok::<_, Infallible>(half.clone())]);
    match behavior {
        S3Behavior::Short => file("old", FaultyS3::SIZE / 2, Body::from(half)),
        S3Behavior::Cut => file("old", FaultyS3::SIZE, Body::from_stream(first)),
        S3Behavior::Stall => {
            let rest = stream::pending::<Result<Bytes, Infallible>>();
            file("old", FaultyS3::SIZE, Body::from_stream(first.chain(rest)))
        }
        S3Behavior::Longer => {
            let all = [half.clone(), half.clone(), half].concat();
            file("old", FaultyS3::SIZE / 2 * 3, Body::from(all))
        }
        _ => {
            let all = [half.clone(), half].concat();
            file("old", FaultyS3::SIZE, Body::from(all))
        }
    }
}

fn file(tag: &str, size: u64, body: Body) -> Response {
    Response::builder()
        .header("etag", format!("\"{tag}\""))
        .header("content-length", size)
        .body(body)
        .unwrap()
}
