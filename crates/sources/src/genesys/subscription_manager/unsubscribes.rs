//! Ends subscriptions that are no longer wanted, one after the other.

use tokio::time::Instant;

use super::{
    super::{GenesysMode, envelope::SubscriptionId},
    ApiJob, SubscriptionManager, SubscriptionPhase,
};

/// The most subscriptions remembered to be ended.
const UNSUBSCRIBES_MAX: usize = 1024;

impl SubscriptionManager {
    /// Queues the end of a subscription that is no longer wanted, if it exists at all.
    pub(in crate::genesys) fn queue_unsubscribe(&mut self, subscription: SubscriptionId) {
        if self.mode == GenesysMode::Subscribe && self.unsubscribes.len() < UNSUBSCRIBES_MAX {
            self.unsubscribes.push_back(subscription);
        }
    }

    pub(super) fn is_unsubscribing(&self) -> bool {
        let mut all = self.under_way.values();
        all.any(|job| matches!(job, ApiJob::Unsubscribe(_)))
    }

    pub(super) fn next_unsubscribe(&mut self, now: Instant) -> Option<SubscriptionId> {
        if self.is_unsubscribing()
            || self.phase != SubscriptionPhase::Live
            || now < self.unsubscribe_after
        {
            return None;
        }
        // A vendor may reuse an id: then it is no longer the old subscription's.
        let exists = |id| self.confirmed.values().any(|confirmed| confirmed.id == id);
        while let Some(id) = self.unsubscribes.pop_front() {
            if !exists(SubscriptionId::clone(&id)) {
                return Some(id);
            }
        }
        None
    }
}
