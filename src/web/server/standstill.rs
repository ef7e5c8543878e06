//! Answers a request again if this process stood still meanwhile, because everything that was read
//! before is as old as the standstill was long.

use std::{
    io, mem,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::{Request, State},
    http::{Method, header::UPGRADE},
    middleware::Next,
    response::Response,
};
use hyper::body::{Frame, SizeHint};
use wallboard_runtime::ingest::elapsed_since_boot;

/// No answer from memory takes this long, unless the process or its machine was paused.
pub(in crate::web) const LONGEST_ANSWER: Duration = Duration::from_secs(3);

/// Answers a reading request a second time if the first answer took longer than `longest`. History
/// may take its time.
pub(in crate::web) async fn answer_again(
    State(longest): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    let Some(repeated) = repeat(&request) else {
        return next.run(request).await;
    };
    let begun = elapsed_since_boot();
    let response = next.clone().run(request).await;
    // It's complete before the clock is read: a body can stand still halfway, too.
    let (parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) if elapsed_since_boot() < begun + longest => {
            let until = begun + longest;
            let body = FreshBody { bytes, until };
            Response::from_parts(parts, Body::new(body))
        }
        _ => next.run(repeated).await,
    }
}

/// A body that fails when it's sent too late: a connection that ends is tried again.
#[derive(Debug)]
struct FreshBody {
    bytes: Bytes,
    until: Duration,
}

impl HttpBody for FreshBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.is_end_stream() {
            return Poll::Ready(None);
        }
        let is_late = self.until <= elapsed_since_boot();
        let bytes = mem::take(&mut self.bytes);
        Poll::Ready(Some(if is_late {
            Err(io::Error::other("the process stood still"))
        } else {
            Ok(Frame::data(bytes))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

fn repeat(request: &Request) -> Option<Request> {
    let is_history = request.uri().path().contains("/history");
    let is_upgrade = request.headers().contains_key(UPGRADE);
    if request.method() != Method::GET || is_upgrade || is_history {
        return None;
    }
    let mut repeated = Request::new(Body::empty());
    *repeated.uri_mut() = request.uri().clone();
    *repeated.headers_mut() = request.headers().clone();
    *repeated.extensions_mut() = request.extensions().clone();
    Some(repeated)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering::SeqCst},
        },
        thread,
    };

    use axum::{Router, middleware, routing::get};
    use futures_util::FutureExt;
    use tower::ServiceExt;

    use super::*;

    const LONGEST: Duration = Duration::from_millis(50);

    /// Returns the number of the answer that is sent, if the body of the first stands still for so long.
    async fn answer_after(standstill: Duration, path: &str) -> String {
        let answers = Arc::new(AtomicU32::new(0));
        let answer = async move || {
            let number = answers.fetch_add(1, SeqCst) + 1;
            let text = async move {
                if number == 1 {
                    thread::sleep(standstill);
                }
                Ok::<_, io::Error>(number.to_string())
            };
            Body::from_stream(text.into_stream())
        };
        let router: Router = Router::new()
            .route(path, get(answer))
            .layer(middleware::from_fn_with_state(LONGEST, answer_again));
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let body = to_bytes(response.into_body(), 10).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn what_was_read_before_a_standstill_is_read_again() {
        let paused = LONGEST * 2;
        assert_eq!(answer_after(paused, "/api/v1/queues").await, "2");
        assert_eq!(answer_after(Duration::ZERO, "/api/v1/queues").await, "1");
        assert_eq!(answer_after(paused, "/api/v1/history/calls").await, "1");
    }

    #[tokio::test]
    async fn what_was_complete_before_a_standstill_is_not_sent_after_it() {
        let send = async |until| {
            let bytes = Bytes::from_static(b"7 waiting");
            to_bytes(Body::new(FreshBody { bytes, until }), 10).await
        };
        let now = elapsed_since_boot();
        assert_eq!(send(now + LONGEST).await.unwrap(), "7 waiting");
        assert!(send(now).await.is_err());
    }
}
