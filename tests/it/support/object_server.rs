//! S3 and Azure in one server, whose objects can have faults of their own.

use std::{collections::BTreeMap, convert::Infallible, fmt::Write, sync::Arc, time::Instant};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{Method, StatusCode, response::Builder},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::stream;
use md5::{Digest, Md5};
use parking_lot::Mutex;
use percent_encoding::percent_decode_str;

use super::local_server::LocalServer;

/// The result of reading one object instead of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectFault {
    Denied,
    /// Half of the content, then the connection ends.
    Cut,
    /// HTTP status 500.
    Error,
    /// HTTP status 503, with this `Retry-After`.
    Busy(&'static str),
    /// As many other bytes as the content has, this many times.
    OtherContent(u32),
    /// This status and code, with a message of the store's.
    Status(u16, &'static str),
}

/// The behavior of the whole store.
#[derive(Clone, Debug, Default)]
pub struct StoreScript {
    pub objects: BTreeMap<String, String>,
    pub faults: BTreeMap<String, ObjectFault>,
    /// Tags aren't digests, because a key of the customer encrypts the objects.
    pub is_encrypted: bool,
    /// The next listings that are refused as too many, and their `Retry-After`.
    pub busy_listings: u32,
    pub retry_after: &'static str,
}

#[derive(Debug)]
pub struct ObjectServer {
    server: LocalServer,
    script: Arc<Mutex<StoreScript>>,
    listings: Arc<Mutex<Vec<Instant>>>,
}

#[derive(Clone)]
struct ServerState {
    script: Arc<Mutex<StoreScript>>,
    listings: Arc<Mutex<Vec<Instant>>>,
}

impl ObjectServer {
    pub async fn start(script: StoreScript) -> Self {
        let script = Arc::new(Mutex::new(script));
        let listings = Arc::default();
        let state = ServerState {
            script: Arc::clone(&script),
            listings: Arc::clone(&listings),
        };
        let router = Router::new().fallback(serve).with_state(state);
        let server = LocalServer::start(router).await;
        Self {
            server,
            script,
            listings,
        }
    }

    pub fn endpoint(&self) -> String {
        self.server.url()
    }

    pub fn connection_string(&self) -> String {
        format!(
            "AccountName=acme;AccountKey=c2VjcmV0;BlobEndpoint={}/acme",
            self.endpoint()
        )
    }

    pub fn change(&self, change: impl FnOnce(&mut StoreScript)) {
        change(&mut self.script.lock());
    }

    /// When listings were requested.
    pub fn listings(&self) -> Vec<Instant> {
        self.listings.lock().clone()
    }
}

fn busy(retry_after: &str) -> Response {
    let mut response = error(503, "SlowDown");
    let headers = response.headers_mut();
    headers.insert("retry-after", retry_after.parse().unwrap());
    response
}

async fn serve(State(state): State<ServerState>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let mut script = state.script.lock();
    if query.contains("list-type") || query.contains("comp=list") {
        state.listings.lock().push(Instant::now());
        if 0 < script.busy_listings {
            script.busy_listings -= 1;
            return busy(script.retry_after);
        }
        return list(&script, query.contains("comp=list"));
    }
    let path = percent_decode_str(request.uri().path())
        .decode_utf8()
        .unwrap();
    let found = script.objects.iter().find(|(key, _)| path.ends_with(*key));
    let Some((key, content)) = found.map(|(key, content)| (key.clone(), content.clone())) else {
        return error(404, "NoSuchKey");
    };
    let is_azure = path.starts_with("/acme/");
    let headers = object_headers(&script, &content, is_azure);
    if request.method() == Method::HEAD {
        return headers.body(Body::empty()).unwrap();
    }
    match script.faults.get_mut(&key) {
        Some(ObjectFault::Denied) if is_azure => error(403, "AuthorizationPermissionMismatch"),
        Some(ObjectFault::Denied) => error(403, "AccessDenied"),
        Some(ObjectFault::Error) => error(500, "InternalError"),
        Some(ObjectFault::Busy(retry_after)) => busy(retry_after),
        Some(ObjectFault::Status(status, code)) => error(*status, code),
        Some(ObjectFault::Cut) => {
            let half = Bytes::from(content[..content.len() / 2].to_owned());
            let half = stream::iter([Ok::<_, Infallible>(half)]);
            headers.body(Body::from_stream(half)).unwrap()
        }
        Some(ObjectFault::OtherContent(times @ 1..)) => {
            *times -= 1;
            // Still an export, with other figures.
            let other = content.replace(",7,", ",8,");
            headers.body(Body::from(other)).unwrap()
        }
        Some(ObjectFault::OtherContent(0)) | None => headers.body(Body::from(content)).unwrap(),
    }
}

/// S3's tags are digests, unless a key of the customer encrypts the objects; Azure's aren't.
fn tag(script: &StoreScript, content: &str, is_azure: bool) -> String {
    let mut digest = Md5::new();
    digest.update(content);
    if script.is_encrypted {
        digest.update("a key");
    }
    let digest = digest.finalize();
    let digest: Vec<_> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let digest = digest.concat();
    if is_azure {
        format!("0x{digest}")
    } else {
        digest
    }
}

fn object_headers(script: &StoreScript, content: &str, is_azure: bool) -> Builder {
    let headers = Response::builder()
        .header("etag", format!("\"{}\"", tag(script, content, is_azure)))
        .header("content-length", content.len());
    if is_azure {
        headers.header("content-md5", BASE64_STANDARD.encode(Md5::digest(content)))
    } else if script.is_encrypted {
        headers.header("x-amz-server-side-encryption", "aws:kms")
    } else {
        headers
    }
}

fn list(script: &StoreScript, is_azure: bool) -> Response {
    let mut body = String::from(if is_azure {
        "<EnumerationResults><Blobs>"
    } else {
        "<ListBucketResult><Name>exports</Name><IsTruncated>false</IsTruncated>"
    });
    for (key, content) in &script.objects {
        let (size, tag) = (content.len(), tag(script, content, is_azure));
        if is_azure {
            write!(
                body,
                "<Blob><Name>{key}</Name><Properties><Content-Length>{size}</Content-Length>\
                 <Etag>{tag}</Etag></Properties></Blob>"
            )
        } else {
            write!(
                body,
                "<Contents><Key>{key}</Key><Size>{size}</Size><ETag>\"{tag}\"</ETag></Contents>"
            )
        }
        .unwrap();
    }
    body.push_str(if is_azure {
        "</Blobs><NextMarker /></EnumerationResults>"
    } else {
        "</ListBucketResult>"
    });
    body.into_response()
}

fn error(status: u16, code: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>The store's words</Message></Error>"
    );
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}
