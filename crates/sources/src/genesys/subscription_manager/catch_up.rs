//! Catching up: from a new connection until nothing that matters is missing.

use tokio::time::Instant;

use crate::supervisor::error_sentence;
use wallboard_domain::{ConnectionEvent, Discontinuity};

use super::{
    super::{GenesysMode, error::GenesysError},
    ApiJob, SubscriptionManager, SubscriptionPhase,
};

impl SubscriptionManager {
    pub(super) fn begin_catch_up(&mut self, discontinuity: Discontinuity, now: Instant) {
        self.unreported_catch_up = Some(discontinuity);
        if self.silence.is_none() {
            self.report_catch_up();
        }
        self.phase = SubscriptionPhase::CatchingUp;
        self.has_success = false;
        self.failures = 0;
        self.suspects.clear();
        self.next_reconcile = now + self.reconcile_interval();
    }

    pub(super) fn report_catch_up(&mut self) {
        if let Some(discontinuity) = self.unreported_catch_up.take() {
            let discontinuity = Some(discontinuity);
            self.outbox
                .put_connection_event(ConnectionEvent::CatchingUp { discontinuity });
        }
    }

    pub(super) fn on_answer(&mut self) {
        self.silence = None;
        self.report_catch_up();
    }

    /// When polling, a connection shows only by its answers: without the first one of a catch-up,
    /// there is none.
    pub(super) fn on_error(&mut self, error: &GenesysError) {
        if error.is_request_fault() {
            return self.on_answer();
        }
        let is_silent = matches!(
            error,
            GenesysError::NoAnswer(..) | GenesysError::Unreachable { .. }
        );
        if !is_silent || matches!(self.mode, GenesysMode::Subscribe) {
            return;
        }
        let why = error_sentence(error);
        if self.phase == SubscriptionPhase::CatchingUp && !self.has_success {
            self.unreported_catch_up
                .get_or_insert(Discontinuity::Upstream);
            self.report_silence(why);
        } else {
            self.silence = Some(why);
        }
    }

    /// Reports the connection as lost: for the reason of the last silence, or this one.
    pub(super) fn report_silence(&mut self, why: String) {
        if self.phase == SubscriptionPhase::Live || self.silence.is_none() {
            let why = self.silence.get_or_insert(why).clone();
            self.outbox
                .put_connection_event(ConnectionEvent::Disconnected { why });
        }
    }

    /// Whether a request that matters is still unanswered.
    pub(super) fn has_pending(&self) -> bool {
        let mut all = self.under_way.values();
        self.batches.iter().any(|batch| !batch.is_retry)
            || self.refreshes.iter().any(|refresh| refresh.blocks_catch_up)
            || all.any(|job| match job {
                ApiJob::Request(batch) => !batch.is_retry,
                ApiJob::Refresh(refresh) => refresh.blocks_catch_up,
                ApiJob::Unsubscribe(_) => false,
            })
    }

    /// Reports the connection as restored once nothing that matters is missing.
    pub(super) fn finish_catch_up(&mut self, now: Instant) {
        if self.phase == SubscriptionPhase::CatchingUp && !self.has_pending() {
            self.report_catch_up();
            self.phase = SubscriptionPhase::Live;
            self.next_reconcile = now + self.reconcile_interval();
            self.outbox.put_connection_event(ConnectionEvent::Connected);
        }
    }

    /// The time when all values are out of date, unless a pending request is answered.
    pub(super) fn stale_at(&self) -> Option<Instant> {
        let is_asking = self.phase == SubscriptionPhase::Live && self.has_pending();
        let holds = self.value_validity().filter(|_| is_asking)?;
        Some(self.last_success + holds)
    }
}
