//! The servers that are compared.

use std::{fmt, net::SocketAddr, time::Duration};

use tokio::{net::TcpListener, runtime::Builder, sync::watch};
use wallboard::web::listening_socket;

use super::pace::{Changes, Pace, QUIET};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Server {
    Wallboard,
    /// Has uWebSockets inside, the fastest WebSocket server that we know.
    Bun,
    /// Writes the same bytes to each socket, one after another, and does nothing else.
    SendLoop,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wallboard => "wallboard",
            Self::Bun => "bun",
            Self::SendLoop => "send loop",
        })
    }
}

/// Runs a server that takes its pace from standard input, until that ends. Changes within the
/// flush interval are one frame.
pub(super) fn serve_as<F: Future<Output = ()> + Send + 'static>(
    flush_ms: &str,
    server: impl FnOnce(TcpListener, Changes, Duration) -> F,
) {
    let flush = Duration::from_millis(flush_ms.parse().expect("a number of milliseconds"));
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("threads can be started");
    let guard = runtime.enter();
    let listener = listening_socket::bind_listener(SocketAddr::from(([127, 0, 0, 1], 0)))
        .expect("a free port");
    println!("{}", listener.local_addr().expect("it is bound"));
    let (pace, pace_receiver) = watch::channel(QUIET);
    runtime.spawn(server(listener, Changes::new(pace_receiver), flush));
    drop(guard);
    for line in std::io::stdin().lines().map_while(Result::ok) {
        pace.send_replace(Pace::parse(&line));
    }
}
