//! Until when an answer may be sent: what was read before this process stood still isn't sent after it.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Poll, ready},
    time::Duration,
};

use wallboard_runtime::ingest::elapsed_since_boot;

/// Until when a connection may begin to send its answer, in milliseconds since boot; 0: at any time.
#[derive(Clone, Debug, Default)]
pub(super) struct SendDeadline(Arc<AtomicU64>);

impl SendDeadline {
    pub(super) fn set(&self, until: Duration) {
        self.0.store(in_millis(until), Relaxed);
    }

    /// Writes unless the deadline is over. What follows an answer's beginning may take as long as its client does.
    pub(super) fn write_in_time(
        &self,
        write: impl FnOnce() -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let until = self.0.load(Relaxed);
        if until != 0 && until <= in_millis(elapsed_since_boot()) {
            return Poll::Ready(Err(io::Error::other("the process stood still")));
        }
        let written = ready!(write())?;
        self.0.store(0, Relaxed);
        Poll::Ready(Ok(written))
    }
}

fn in_millis(since_boot: Duration) -> u64 {
    u64::try_from(since_boot.as_millis()).unwrap_or(u64::MAX)
}
