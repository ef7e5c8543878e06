//! The accept loop. We have our own because hyper's limits are inert without a timer, and a
//! viewer that stops reading must not cost megabytes of kernel memory.

use std::{
    convert::Infallible,
    io, iter,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::Router;
use hyper::{
    Request, StatusCode,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, warn};

use crate::web::{
    TlsServer, TrustedProxies,
    server::{
        connection_places::ConnectionPlaces,
        guarded_stream::GuardedStream,
        https_redirect,
        request_framing::{lacks_host, refusal},
        send_deadline::SendDeadline,
    },
};

/// The kernel memory that a stalled viewer can pin.
const SEND_BUFFER_BYTES: usize = 64 * 1024;

/// The kernel drops a connection after this long without an acknowledgment.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(20);

/// Unsent bytes stay here rather than in the kernel, where a slow viewer couldn't skip them.
const UNSENT_BYTES_MAX: u32 = 4 * 1024;

/// The first byte of a TLS client.
const TLS_HANDSHAKE_BYTE: u8 = 0x16;

const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;

/// How long a client that has just connected may take for its first request when the server stops:
/// an unanswered connection would be an error in its browser.
const FIRST_REQUEST_GRACE: Duration = Duration::from_millis(500);

/// The first pause after a failed accept, mostly for lack of file descriptors.
const FIRST_BACKOFF: Duration = Duration::from_millis(50);
const BACKOFF_MAX: Duration = Duration::from_secs(1);

/// Limits for plain HTTP; the hub limits upgraded connections.
#[derive(Clone, Copy, Debug)]
pub struct HttpLimits {
    /// Timeout for a request's head, and for an idle connection.
    pub head_timeout: Duration,
    /// After this, a connection closes once its current request is answered.
    pub lifetime: Duration,
    /// Time for a closing connection to finish its current request.
    pub grace: Duration,
    /// Concurrent connections, without upgraded ones.
    pub connections_max: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        // Not a usual client interval (10 s, 15 s, a minute): a request that arrives as its
        // connection closes gets an error.
        Self {
            head_timeout: Duration::from_secs(9),
            lifetime: Duration::from_secs(127),
            grace: Duration::from_secs(3),
            connections_max: 8192,
        }
    }
}

/// The listener and settings for viewers.
#[derive(Debug)]
pub struct HttpListener {
    pub listener: TcpListener,
    /// `None`: plain HTTP.
    pub tls: Option<TlsServer>,
    pub limits: HttpLimits,
    /// Those who may say where a request comes from.
    pub proxies: TrustedProxies,
}

/// The other end of a connection.
#[derive(Clone, Debug)]
struct Peer {
    address: IpAddr,
    proxies: TrustedProxies,
}

/// Serves until `stop`, then finishes all started requests.
pub async fn serve_http(server: HttpListener, router: Router, stop: CancellationToken) {
    let HttpListener {
        listener,
        tls,
        limits,
        proxies,
    } = server;
    let places = ConnectionPlaces::new(limits.connections_max, proxies.clone());
    let connections = TaskTracker::new();
    let mut pause = FIRST_BACKOFF;
    let handle = |stream, address| {
        let proxies = proxies.clone();
        handle_connection(
            stream,
            Peer { address, proxies },
            tls.clone(),
            router.clone(),
            limits,
            stop.clone(),
        )
    };

    loop {
        let next = async {
            let permit = places.wait_for_permit().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                pause = FIRST_BACKOFF;
                let place = permit.and_then(|permit| places.take_place(permit, peer.ip()));
                let Some(place) = place else {
                    warn!(
                        address = %peer.ip(),
                        "Refused a connection: its address has half of all connections; if it's a proxy, add it to trusted_proxies in [server]"
                    );
                    continue;
                };
                let handling = handle(stream, peer.ip());
                connections.spawn(async move {
                    handling.await;
                    drop(place);
                });
            }
            Err(error) if is_peer_error(&error) => {}
            Err(error) => {
                warn!(
                    error = &error as &dyn std::error::Error,
                    retry_secs = pause.as_secs_f32(),
                    "Couldn't accept a connection"
                );
                sleep(pause).await;
                pause = (pause * 2).min(BACKOFF_MAX);
            }
        }
    }

    for (stream, peer) in queued_connections(listener, limits.connections_max) {
        connections.spawn(handle(stream, peer.ip()));
    }
    connections.close();
    connections.wait().await;
}

/// Closes the listener. Returns up to `max` connections of its queue, which would be reset with it.
fn queued_connections(listener: TcpListener, max: usize) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else {
        return Vec::new();
    };
    let accepted = iter::from_fn(|| listener.accept().ok());
    let streams = accepted.filter_map(|(stream, peer)| {
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    });
    streams.take(max).collect()
}

/// Handles one connection from its first byte.
async fn handle_connection(
    stream: TcpStream,
    peer: Peer,
    tls: Option<TlsServer>,
    router: Router,
    limits: HttpLimits,
    stop: CancellationToken,
) {
    if let Err(error) = tune_socket(&stream) {
        debug!(
            error = &error as &dyn std::error::Error,
            "Couldn't set socket options on a connection"
        );
    }
    let Some(tls) = tls else {
        return serve_requests(stream, peer, router, limits, stop).await;
    };
    let handshake = async {
        let mut first = [0];
        stream.peek(&mut first).await?;
        if first[0] == TLS_HANDSHAKE_BYTE {
            return tls.acceptor().accept(stream).await.map(Some);
        }
        https_redirect::redirect_to_https(stream)
            .await
            .map(|()| None)
    };
    let outcome = tokio::select! {
        outcome = timeout(limits.head_timeout, handshake) => outcome.unwrap_or_else(|late| Err(late.into())),
        () = async { stop.cancelled().await; sleep(FIRST_REQUEST_GRACE).await } => return,
    };
    match outcome {
        Ok(Some(stream)) => serve_requests(stream, peer, router, limits, stop).await,
        Ok(None) => {}
        Err(error) => debug!(
            error = &error as &dyn std::error::Error,
            "TLS handshake failed"
        ),
    }
}

/// Serves requests on one connection until it is closed, upgraded or out of time.
async fn serve_requests<T>(
    stream: T,
    peer: Peer,
    router: Router,
    limits: HttpLimits,
    stop: CancellationToken,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let first_request = CancellationToken::new();
    let service = TowerToHyperService::new(router);
    let is_upgraded = Arc::new(AtomicBool::new(false));
    let deadline = SendDeadline::default();
    let service = service_fn(|mut request: Request<Incoming>| {
        first_request.cancel();
        let client = peer.proxies.find_client(peer.address, request.headers());
        request.extensions_mut().insert(client);
        request.extensions_mut().insert(deadline.clone());
        let answer = (!lacks_host(&request)).then(|| service.call(request));
        let is_upgraded = Arc::clone(&is_upgraded);
        async move {
            let response = match answer {
                Some(answer) => answer.await?,
                None => refusal(StatusCode::BAD_REQUEST),
            };
            let is_upgrade = response.status() == StatusCode::SWITCHING_PROTOCOLS;
            is_upgraded.store(is_upgrade, Ordering::Relaxed);
            Ok::<_, Infallible>(response)
        }
    });
    let stream = GuardedStream::new(stream, Arc::clone(&is_upgraded), deadline.clone());
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let stopped = async {
        stop.cancelled().await;
        let requested = timeout(FIRST_REQUEST_GRACE, first_request.cancelled());
        requested.await.unwrap_or_default();
    };

    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = async { tokio::select! { () = stopped => {}, () = sleep(limits.lifetime) => {} } } => {
            connection.as_mut().graceful_shutdown();
            timeout(limits.grace, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        debug!(
            error = &error as &dyn std::error::Error,
            "A connection ended early"
        );
    }
}

fn tune_socket(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    #[cfg(target_os = "linux")]
    {
        socket.set_tcp_user_timeout(Some(TCP_USER_TIMEOUT))?;
        socket.set_tcp_notsent_lowat(UNSENT_BYTES_MAX)?;
    }
    Ok(())
}

/// Whether the error concerns only one connection, gone before it was accepted.
fn is_peer_error(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
