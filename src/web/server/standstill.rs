//! Answers a request again if this process stood still meanwhile, because everything that was read
//! before is as old as the standstill was long.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, header::UPGRADE},
    middleware::Next,
    response::Response,
};
use wallboard_runtime::ingest::elapsed_since_boot;

use super::send_deadline::SendDeadline;

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
    let deadline = request.extensions().get::<SendDeadline>().cloned();
    let begun = elapsed_since_boot();
    let response = next.clone().run(request).await;
    // It's complete before the clock is read: a body can stand still halfway, too.
    let (parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) if elapsed_since_boot() < begun + longest => {
            if let Some(deadline) = deadline {
                deadline.set(begun + longest);
            }
            Response::from_parts(parts, Body::from(bytes))
        }
        _ => next.run(repeated).await,
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
        future, io,
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering::SeqCst},
        },
        thread,
    };

    use axum::{Router, middleware, routing::get};
    use futures_util::{FutureExt, StreamExt};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt;

    use super::*;
    use crate::web::{
        TrustedProxies,
        server::http_server::{HttpLimits, HttpListener, serve_http},
    };

    const LONGEST: Duration = Duration::from_millis(500);

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

    /// Returns what a server sends if it stands still for so long between reading its answer and sending it.
    async fn receive_after(standstill: Duration) -> String {
        let pause = middleware::map_response(move |response: Response| {
            let pause = move |_: &_| thread::sleep(standstill);
            future::ready(
                response.map(|body| Body::from_stream(body.into_data_stream().inspect(pause))),
            )
        });
        let router = Router::new()
            .route("/", get("7 waiting"))
            .layer(middleware::from_fn_with_state(LONGEST, answer_again))
            .layer(pause);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = HttpListener {
            listener,
            tls: None,
            limits: HttpLimits::default(),
            proxies: TrustedProxies::default(),
        };
        tokio::spawn(serve_http(server, router, CancellationToken::new()));
        let mut client = TcpStream::connect(address).await.unwrap();
        let request = b"GET / HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n";
        client.write_all(request).await.unwrap();
        let mut received = String::new();
        client.read_to_string(&mut received).await.unwrap();
        received
    }

    #[tokio::test]
    async fn what_was_complete_before_a_standstill_is_not_sent_after_it() {
        assert!(receive_after(Duration::ZERO).await.contains("7 waiting"));
        assert_eq!(receive_after(LONGEST * 2).await, "");
    }
}
