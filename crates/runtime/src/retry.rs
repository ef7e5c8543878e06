//! Retries for live sources and imports: the signals that a task obeys and the pauses between its
//! attempts.

use std::{future::pending, time::Duration};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The longest pause before the first retry.
pub const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause, however long the remote system is unreachable.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// The pause after a refusal: frequent attempts don't help.
pub const REFUSED_PAUSE: Duration = Duration::from_mins(1);

/// The signals that a task obeys while it runs.
#[derive(Clone, Debug)]
pub struct TaskSignals {
    /// The task ends.
    pub stop: CancellationToken,
    /// Ends a pause between two attempts: the problem may have been fixed.
    pub retry: watch::Receiver<()>,
}

/// Waits until a retry is requested. Waits forever when all requesters are gone.
pub async fn retry_requested(retry: &mut watch::Receiver<()>) {
    if retry.changed().await.is_err() {
        pending::<()>().await;
    }
}

/// Random pauses whose upper limit grows with each failure.
#[derive(Debug)]
pub struct Backoff {
    ceiling: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            ceiling: FIRST_PAUSE,
        }
    }
}

impl Backoff {
    /// Returns the pause after a failure. A refusal counts as a failure but has a fixed pause.
    pub fn next_pause(&mut self, is_refused: bool) -> Duration {
        let ceiling = self.ceiling;
        self.ceiling = (ceiling * 2).min(LONGEST_PAUSE);
        if is_refused {
            REFUSED_PAUSE
        } else {
            rand::random_range(Duration::ZERO..=ceiling)
        }
    }
}
