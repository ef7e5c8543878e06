//! A store that speaks S3, and not always as one should.

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
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Good,
    /// Gives half of a file as if it were all.
    Short,
    /// Gives half of a file and hangs up.
    Cut,
    /// Gives half of a file and then nothing.
    Stall,
    /// Has another file as soon as one is read.
    Replaced,
    /// Gives more than it has listed.
    Longer,
    /// Tells no tags, knows no HEAD, and refuses conditions.
    Plain,
    /// Thinks before every page of a listing.
    Slow,
    /// Turns the first request of a listing away.
    BusyAtFirst,
    /// Turns everybody away.
    Busy,
    /// Has the bucket in another region.
    Elsewhere,
    /// Shows a page for people.
    Page,
}

/// Five files of one size, listed in pages of one, every other of them empty.
#[derive(Debug)]
pub struct Shop {
    port: u16,
    manner: watch::Sender<Manner>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Counter {
    manner: watch::Receiver<Manner>,
    asked: Arc<AtomicU32>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Asked {
    list_type: Option<u8>,
    continuation_token: Option<u32>,
}

impl Shop {
    pub const SIZE: u64 = 400_000;

    pub async fn open() -> Self {
        let manner = watch::Sender::new(Manner::Good);
        let counter = Counter {
            manner: manner.subscribe(),
            asked: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().fallback(serve).with_state(counter);
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            port,
            manner,
            serving,
        }
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn set(&self, manner: Manner) {
        self.manner.send_replace(manner);
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(
    State(counter): State<Counter>,
    Query(asked): Query<Asked>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let manner = *counter.manner.borrow();
    let refusal = |status: u16, code: &str, message: &str, more: &str| {
        let body = format!(
            "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>"
        );
        (StatusCode::from_u16(status).unwrap(), body).into_response()
    };
    let busy = || refusal(503, "SlowDown", "Please reduce your request rate.", "");
    match manner {
        Manner::Busy => busy(),
        Manner::BusyAtFirst if counter.asked.fetch_add(1, Ordering::Relaxed) == 0 => busy(),
        Manner::Elsewhere => refusal(
            400,
            "AuthorizationHeaderMalformed",
            "The region is wrong",
            "<Region>eu-west-1</Region>",
        ),
        Manner::Page => "<html><body>Welcome</body></html>".into_response(),
        _ if asked.list_type.is_some() => {
            if manner == Manner::Slow {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            listing(asked.continuation_token.unwrap_or(0), manner)
        }
        Manner::Plain if method == Method::HEAD => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Manner::Plain if headers.contains_key("if-match") => {
            StatusCode::PRECONDITION_FAILED.into_response()
        }
        _ if method == Method::HEAD => {
            let tag = if manner == Manner::Replaced {
                "new"
            } else {
                "old"
            };
            file(tag, Shop::SIZE, Body::empty())
        }
        _ => content(manner),
    }
}

fn listing(page: u32, manner: Manner) -> Response {
    let mut body = String::from("<ListBucketResult><Name>shop</Name>");
    if page.is_multiple_of(2) {
        let (n, size) = (page / 2, Shop::SIZE);
        let told = match manner {
            Manner::Plain => "<LastModified>2026-03-05T01:02:03.456Z</LastModified>",
            _ => "<ETag>\"old\"</ETag>",
        };
        write!(
            body,
            "<Contents><Key>{n}.csv</Key><Size>{size}</Size>{told}</Contents>"
        )
        .unwrap();
    }
    let goes_on = page < 8;
    write!(body, "<IsTruncated>{goes_on}</IsTruncated>").unwrap();
    if goes_on {
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

fn content(manner: Manner) -> Response {
    let half = Bytes::from(vec![b'x'; usize::try_from(Shop::SIZE / 2).unwrap()]);
    let first = stream::iter([Ok::<_, Infallible>(half.clone())]);
    match manner {
        Manner::Short => file("old", Shop::SIZE / 2, Body::from(half)),
        Manner::Cut => file("old", Shop::SIZE, Body::from_stream(first)),
        Manner::Stall => {
            let rest = stream::pending::<Result<Bytes, Infallible>>();
            file("old", Shop::SIZE, Body::from_stream(first.chain(rest)))
        }
        Manner::Longer => {
            let all = [half.clone(), half.clone(), half].concat();
            file("old", Shop::SIZE / 2 * 3, Body::from(all))
        }
        _ => {
            let all = [half.clone(), half].concat();
            file("old", Shop::SIZE, Body::from(all))
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
