//! Free loopback ports, below the range for outgoing connections.

use std::{
    env,
    fs::File,
    net::Ipv4Addr,
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
};

use tokio::net::TcpSocket;

const FIRST: u16 = 12_000;
/// The ports of one test process.
const COUNT: u16 = 2_000;
const BLOCKS: u16 = 9;

/// The first port of this process, and the lock that keeps others out until it ends: a port that is free now may be
/// another's before our server listens.
static BLOCK: LazyLock<(u16, File)> = LazyLock::new(|| {
    let claim = |block: u16| {
        let lock = env::temp_dir().join(format!("wallboard-test-ports-{block}.lock"));
        let lock = File::create(lock).unwrap();
        lock.try_lock().ok()?;
        Some((FIRST + block * COUNT, lock))
    };
    (0..BLOCKS)
        .find_map(claim)
        .expect("fewer test processes than blocks of ports")
});
static NEXT: AtomicU16 = AtomicU16::new(0);

/// Returns a port that nothing listens on.
pub fn free() -> u16 {
    (0..COUNT)
        .map(|_| BLOCK.0 + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT)
        .find(|port| is_free(*port))
        .unwrap()
}

/// Binds and doesn't listen: a process that another test starts meanwhile holds a copy of the socket until it runs its
/// program, and if that listened, nobody else could.
fn is_free(port: u16) -> bool {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, port).into()).is_ok()
}
