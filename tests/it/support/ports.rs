//! Free loopback ports, below the range for outgoing connections.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

const FIRST: u16 = 12_000;
const COUNT: u16 = 18_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// Returns a port that nothing listens on.
pub fn free() -> u16 {
    // Parallel test processes start far apart.
    let start = u16::try_from(std::process::id().wrapping_mul(397) % u32::from(COUNT)).unwrap();
    (0..COUNT)
        .map(|_| {
            let step = NEXT.fetch_add(1, Ordering::Relaxed);
            FIRST + start.wrapping_add(step) % COUNT
        })
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}
