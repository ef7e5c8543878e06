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
    longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::up_to(LONGEST_PAUSE)
    }
}

impl Backoff {
    /// Makes pauses that begin with [`FIRST_PAUSE`] and are never longer than `longest`.
    pub fn up_to(longest: Duration) -> Self {
        Self {
            ceiling: FIRST_PAUSE.min(longest),
            longest,
        }
    }

    /// The next pause is the first again.
    pub fn reset(&mut self) {
        *self = Self::up_to(self.longest);
    }

    /// Returns the pause after a failure. A refusal counts as a failure but has a fixed pause.
    pub fn next_pause(&mut self, is_refused: bool) -> Duration {
        let ceiling = self.ceiling;
        self.ceiling = (ceiling * 2).min(self.longest);
        if is_refused {
            REFUSED_PAUSE
        } else {
            rand::random_range(Duration::ZERO..=ceiling)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_begin_again() {
        let longest = Duration::from_secs(1);
        let mut backoff = Backoff::up_to(longest);
        let ceilings: Vec<_> = (0..4)
            .map(|_| {
                let ceiling = backoff.ceiling;
                assert!(backoff.next_pause(false) <= ceiling);
                ceiling
            })
            .collect();
        assert_eq!(ceilings, [FIRST_PAUSE, longest, longest, longest]);
        backoff.reset();
        assert_eq!(backoff.ceiling, FIRST_PAUSE);
    }
}
