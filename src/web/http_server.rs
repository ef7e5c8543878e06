//! The accept loop. We have our own because hyper's limits are inert without a timer, and a
//! viewer that stops reading must not cost megabytes of kernel memory.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, warn};

use super::{TlsServer, https_redirect};

const ACCEPT_BACKLOG: i32 = 4096;

/// The kernel memory that a stalled viewer can pin.
const SEND_BUFFER_BYTES: usize = 64 * 1024;

/// The kernel drops a connection after this long without an acknowledgment.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(20);

/// Unsent bytes stay here rather than in the kernel, where a slow viewer couldn't skip them.
const UNSENT_BYTES_MAX: u32 = 16 * 1024;

/// The first byte of a TLS client.
const TLS_HANDSHAKE_BYTE: u8 = 0x16;

const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;

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
            grace: Duration::from_secs(5),
            connections_max: 8192,
        }
    }
}

/// Binds the address with a backlog for a storm of reconnects, and raises the file descriptor
/// limit to the maximum.
pub fn bind_listener(address: SocketAddr) -> io::Result<TcpListener> {
    #[cfg(unix)]
    raise_file_limit();
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(ACCEPT_BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Systems commonly start a program with a limit of 1,024 files and allow far more.
#[cfg(unix)]
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, files) {
        warn!(
            error = &error as &dyn std::error::Error,
            "Couldn't raise the open file limit"
        );
    }
}

/// The listener and settings for viewers.
#[derive(Debug)]
pub struct HttpListener {
    pub listener: TcpListener,
    /// `None`: plain HTTP.
    pub tls: Option<TlsServer>,
    pub limits: HttpLimits,
}

/// Serves until `stop`, then finishes all started requests.
pub async fn serve_http(server: HttpListener, router: Router, stop: CancellationToken) {
    let HttpListener {
        listener,
        tls,
        limits,
    } = server;
    let permits = Arc::new(Semaphore::new(limits.connections_max));
    let connections = TaskTracker::new();
    let mut pause = FIRST_BACKOFF;

    loop {
        let next = async {
            let permit = Arc::clone(&permits).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                pause = FIRST_BACKOFF;
                let handling =
                    handle_connection(stream, tls.clone(), router.clone(), limits, stop.clone());
                connections.spawn(async move {
                    handling.await;
                    drop(permit);
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

    drop(listener);
    connections.close();
    connections.wait().await;
}

/// Handles one connection from its first byte.
async fn handle_connection(
    stream: TcpStream,
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
        return serve_requests(stream, router, limits, stop).await;
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
        () = stop.cancelled() => return,
    };
    match outcome {
        Ok(Some(stream)) => serve_requests(stream, router, limits, stop).await,
        Ok(None) => {}
        Err(error) => debug!(
            error = &error as &dyn std::error::Error,
            "TLS handshake failed"
        ),
    }
}

/// Serves requests on one connection until it is closed, upgraded or out of time.
async fn serve_requests<T>(stream: T, router: Router, limits: HttpLimits, stop: CancellationToken)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = pin!(connection);

    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = async { tokio::select! { () = stop.cancelled() => {}, () = sleep(limits.lifetime) => {} } } => {
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
