//! Answers a request again if this process stood still meanwhile, because everything that was read
//! before is as old as the standstill was long.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, header::UPGRADE},
    middleware::Next,
    response::Response,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wallboard_runtime::ingest::elapsed_since_boot;

/// No answer from memory takes this long, unless the process or its machine was paused.
pub(in crate::web) const LONGEST_ANSWER: Duration = Duration::from_secs(3);

/// Until when a connection may begin to send its answer, in milliseconds since boot; 0: at any time.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct SendDeadline(Arc<AtomicU64>);

/// A connection that ends rather than send an answer after its deadline: its client tries again.
#[derive(Debug)]
pub(in crate::web) struct DeadlineStream<T> {
    stream: T,
    deadline: SendDeadline,
}

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

impl SendDeadline {
    fn set(&self, until: Duration) {
        self.0.store(in_millis(until), Relaxed);
    }

    /// # Errors
    ///
    /// If it's over.
    fn check(&self) -> io::Result<()> {
        let until = self.0.load(Relaxed);
        if until != 0 && until <= in_millis(elapsed_since_boot()) {
            return Err(io::Error::other("the process stood still"));
        }
        Ok(())
    }

    fn clear(&self) {
        self.0.store(0, Relaxed);
    }
}

fn in_millis(since_boot: Duration) -> u64 {
    u64::try_from(since_boot.as_millis()).unwrap_or(u64::MAX)
}

impl<T> DeadlineStream<T> {
    pub(in crate::web) fn new(stream: T, deadline: SendDeadline) -> Self {
        Self { stream, deadline }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for DeadlineStream<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

/// Checks the deadline right before it writes. What follows an answer's beginning may take as long as its client does.
impl<T: AsyncWrite + Unpin> AsyncWrite for DeadlineStream<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.deadline.check()?;
        let written = ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?;
        this.deadline.clear();
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.deadline.check()?;
        let written = ready!(Pin::new(&mut this.stream).poll_write_vectored(cx, parts))?;
        this.deadline.clear();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
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
        future,
        sync::atomic::{AtomicU32, Ordering::SeqCst},
        thread,
    };

    use axum::{Router, middleware, routing::get};
    use futures_util::{FutureExt, StreamExt};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, duplex},
        net::{TcpListener, TcpStream},
    };
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt;

    use super::*;
    use crate::web::{
        TrustedProxies,
        server::http_server::{HttpLimits, HttpListener, serve_http},
    };

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

    #[tokio::test]
    async fn a_client_may_take_its_time_for_an_answer_that_has_begun() {
        let deadline = SendDeadline::default();
        let (stream, mut client) = duplex(100);
        let mut stream = DeadlineStream::new(stream, deadline.clone());
        deadline.set(elapsed_since_boot() + LONGEST);
        stream.write_all(b"7 wai").await.unwrap();
        thread::sleep(LONGEST * 2);
        stream.write_all(b"ting").await.unwrap();
        drop(stream);
        let mut received = String::new();
        client.read_to_string(&mut received).await.unwrap();
        assert_eq!(received, "7 waiting");
    }
}
