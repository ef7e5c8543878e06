//! The attempts at a webhook: since when they fail, and how long to wait before the next.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use wallboard_notify::{Channel, Retry};
use wallboard_runtime::retry::Backoff;

use super::DeliveryFailure;

/// How soon something new to deliver is noticed, and how often a failure is reported with what waits.
pub(super) const INTERVAL: Duration = Duration::from_secs(1);
/// The longest pause after a failure.
const PAUSE_MAX: Duration = Duration::from_mins(5);
/// A receiver that requests a longer pause is tried again after this one.
const REQUESTED_PAUSE_MAX: Duration = Duration::from_hours(1);

#[derive(Debug)]
pub(super) struct WebhookAttempts {
    backoff: Backoff,
    failing_since: Option<Timestamp>,
}

impl WebhookAttempts {
    pub(super) fn new() -> Self {
        Self {
            backoff: Backoff::up_to(PAUSE_MAX),
            failing_since: None,
        }
    }

    pub(super) fn are_failing(&self) -> bool {
        self.failing_since.is_some()
    }

    /// Notes a success. Returns whether attempts failed before it.
    pub(super) fn succeed(&mut self) -> bool {
        self.backoff.reset();
        self.failing_since.take().is_some()
    }

    /// Notes a failure. Returns it with the pause that follows.
    pub(super) fn fail(&mut self, retry: Retry, reason: String) -> (DeliveryFailure, Duration) {
        let pause = self.backoff.next_pause(retry == Retry::Never);
        let pause = match retry {
            Retry::After(requested) => pause.max(requested.min(REQUESTED_PAUSE_MAX)),
            Retry::Never | Retry::Later => pause,
        };
        let now = Timestamp::now();
        let since = *self.failing_since.get_or_insert(now);
        let next_in = SignedDuration::try_from(pause).unwrap_or_default();
        let failure = DeliveryFailure {
            reason,
            since,
            next_at: now.saturating_add(next_in).unwrap_or(now),
        };
        (failure, pause)
    }
}

/// Waits until the next report. Returns whether the next attempt is due: it's the time, or the channels changed.
pub(super) async fn wait_until_due(
    until: Instant,
    channels: &mut watch::Receiver<Vec<Channel>>,
) -> bool {
    let rest = until.saturating_duration_since(Instant::now());
    tokio::select! {
        () = sleep(rest.min(INTERVAL)) => until <= Instant::now(),
        Ok(()) = channels.changed() => true,
    }
}
