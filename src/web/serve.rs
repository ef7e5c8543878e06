//! The accept loop: our own, because hyper's limits are inert without a timer
//! and a viewer that stops reading must not cost megabytes of kernel memory.

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

use super::{Tls, plain};

const BACKLOG: i32 = 4096;

/// What a viewer that stopped reading can pin in the kernel.
const SEND_BUFFER: usize = 64 * 1024;

/// After this long without an acknowledgement a connection is dead to the kernel.
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);

/// Unsent bytes wait here rather than in the kernel, where a slow viewer could
/// not skip them.
const UNSENT: u32 = 16 * 1024;

/// The first byte of a client that speaks TLS.
const HANDSHAKE: u8 = 0x16;

const LONGEST_HEAD: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;

/// How long a failing accept (no file descriptors left, above all) is left alone.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Limits on plain HTTP; upgraded connections are the hub's to limit.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the head of a request; also how long an idle connection is kept.
    pub head: Duration,
    /// After this a connection is closed once its current request is answered.
    pub lifetime: Duration,
    /// What a closing connection has to finish its current request.
    pub grace: Duration,
    /// Connections at once, without upgraded ones.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Of no client's usual interval (10 s, 15 s, a minute): who asks just as its line is
        // closed gets an error for an answer.
        Self {
            head: Duration::from_secs(9),
            lifetime: Duration::from_secs(127),
            grace: Duration::from_secs(5),
            connections: 8192,
        }
    }
}

/// Binds the address with a backlog that outlasts a storm of reconnects, and
/// takes all the file descriptors that the system grants for them.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    #[cfg(unix)]
    allow_files();
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Systems commonly start a program with 1,024 files and let it have far more.
#[cfg(unix)]
fn allow_files() {
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

/// Where and how viewers come in.
#[derive(Debug)]
pub struct Door {
    pub listener: TcpListener,
    /// None: plain HTTP.
    pub tls: Option<Tls>,
    pub limits: Limits,
}

/// Answers until `stop`, then lets every request that has begun come to its end.
pub async fn serve(door: Door, router: Router, stop: CancellationToken) {
    let Door {
        listener,
        tls,
        limits,
    } = door;
    let places = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    let mut pause = FIRST_PAUSE;

    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                pause = FIRST_PAUSE;
                let welcoming = welcome(stream, tls.clone(), router.clone(), limits, stop.clone());
                connections.spawn(async move {
                    welcoming.await;
                    drop(place);
                });
            }
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                warn!(
                    error = &error as &dyn std::error::Error,
                    retry_secs = pause.as_secs_f32(),
                    "Couldn't accept a connection"
                );
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    drop(listener);
    connections.close();
    connections.wait().await;
}

/// One connection, from its first byte on.
async fn welcome(
    stream: TcpStream,
    tls: Option<Tls>,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) {
    if let Err(error) = tune(&stream) {
        debug!(
            error = &error as &dyn std::error::Error,
            "Couldn't set socket options on a connection"
        );
    }
    let Some(tls) = tls else {
        return answer(stream, router, limits, stop).await;
    };
    let greeting = async {
        let mut first = [0];
        stream.peek(&mut first).await?;
        if first[0] == HANDSHAKE {
            return tls.acceptor().accept(stream).await.map(Some);
        }
        plain::redirect(stream).await.map(|()| None)
    };
    let greeted = tokio::select! {
        greeted = timeout(limits.head, greeting) => greeted.unwrap_or_else(|late| Err(late.into())),
        () = stop.cancelled() => return,
    };
    match greeted {
        Ok(Some(stream)) => answer(stream, router, limits, stop).await,
        Ok(None) => {}
        Err(error) => debug!(
            error = &error as &dyn std::error::Error,
            "TLS handshake failed"
        ),
    }
}

/// Requests on one line, until it is closed, upgraded or out of time.
async fn answer<T>(line: T, router: Router, limits: Limits, stop: CancellationToken)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(LONGEST_HEAD)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(line), TowerToHyperService::new(router))
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

fn tune(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_send_buffer_size(SEND_BUFFER)?;
    #[cfg(target_os = "linux")]
    {
        socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED))?;
        socket.set_tcp_notsent_lowat(UNSENT)?;
    }
    Ok(())
}

/// Failures of one connection, gone before it was accepted, are nobody's concern.
fn is_the_peers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
