//! Notices that the Statistics service is unavailable, and that it is back.

use std::time::Duration;

use tokio::time::Instant;

use wallboard_domain::{ConnectionEvent, Discontinuity};

use super::{SubscriptionManager, SubscriptionPhase, with_jitter};

/// The pause between probes of an unavailable service, in case its notice that it is back is lost.
pub(super) const UNAVAILABLE_RETRY: Duration = Duration::from_secs(15);

impl SubscriptionManager {
    pub(super) fn on_unavailable(&mut self, now: Instant) {
        if !self.is_unavailable() && self.phase != SubscriptionPhase::Off {
            let why = "Genesys reports that its Statistics service is unavailable".to_owned();
            self.become_unavailable(why, UNAVAILABLE_RETRY, now);
        }
    }

    pub(super) fn become_unavailable(&mut self, why: String, retry_after: Duration, now: Instant) {
        self.drop_work();
        for subscription in std::mem::take(&mut self.confirmed).into_values() {
            self.queue_unsubscribe(subscription.id);
        }
        self.registry.unregister_all();
        self.outbox
            .put_connection_event(ConnectionEvent::Disconnected { why });
        self.phase = SubscriptionPhase::Unavailable {
            probe_at: now + with_jitter(retry_after),
        };
        self.request_all(now);
    }

    pub(super) fn on_available(&mut self, now: Instant) {
        match self.phase {
            SubscriptionPhase::Off => {}
            SubscriptionPhase::Unavailable { .. } => {
                self.begin_session(Discontinuity::Unavailable, now);
            }
            // Its notice may have been lost: are the subscriptions still known?
            SubscriptionPhase::CatchingUp | SubscriptionPhase::Live => self.refresh_all(now),
        }
    }

    /// Whether the service reports that it is unavailable.
    pub(in crate::genesys) fn is_unavailable(&self) -> bool {
        matches!(self.phase, SubscriptionPhase::Unavailable { .. })
    }
}
