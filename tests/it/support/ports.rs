//! Free loopback ports, below the range that outgoing connections take theirs from.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

const FIRST: u16 = 12_000;
const COUNT: u16 = 18_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port on which nobody listens.
pub fn free() -> u16 {
    // Parallel test processes start at places far from each other.
    let start = u16::try_from(std::process::id().wrapping_mul(397) % u32::from(COUNT)).unwrap();
    (0..COUNT)
        .map(|_| {
            let step = NEXT.fetch_add(1, Ordering::Relaxed);
            FIRST + start.wrapping_add(step) % COUNT
        })
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}
