//! Retrying for as long as something is wanted: the orders that a task obeys and the
//! pauses between its attempts, for live sources and imports alike.

use std::{future::pending, time::Duration};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The pause before the first new attempt is at most this.
pub const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// No pause is longer, however long the other side is away.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// Where we are refused, frequent attempts help nobody.
pub const REFUSED_PAUSE: Duration = Duration::from_mins(1);

/// What a task obeys while it runs.
#[derive(Clone, Debug)]
pub struct TaskSignals {
    /// The task ends.
    pub stop: CancellationToken,
    /// A pause between two attempts ends: what it waits for may have been fixed.
    pub retry: watch::Receiver<()>,
}

/// Waits until an attempt is requested; forever, where nobody is left to request one.
pub async fn retry_requested(retry: &mut watch::Receiver<()>) {
    if retry.changed().await.is_err() {
        pending::<()>().await;
    }
}

/// Pauses that grow with each failure, at random up to their ceiling.
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
    /// The pause after a failure. A refusal has a pause of its own, and counts.
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
