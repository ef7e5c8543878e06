//! Renews the bindings after a discontinuity, so that the vendor sends everything again.

use std::time::Duration;

use strum::IntoEnumIterator;
use tokio::time::Instant;

use wallboard_domain::{ConnectionEvent, Discontinuity, Input};

use super::{
    super::{
        VngageError, VngageEvent, backlog::Backlog, broker_queue,
        continuity_proof::ContinuityProof, memory::ConfigurationRequest,
    },
    VngageSession,
};

/// How long the bindings stay removed, so that the vendor notices.
const REBIND_DELAY: Duration = Duration::from_secs(2);

/// The progress of renewing the bindings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BindingState {
    /// A discontinuity was found, and nothing is unbound yet.
    Due,
    /// `group.*` and `configuration.*` are unbound until this time.
    Unbound(Instant),
    /// Everything is bound. Group events up to the delivery `stale_to` are from before the
    /// gap.
    Bound { stale_to: u64 },
}

impl VngageSession<'_> {
    /// Handles messages missed while connected: catching up starts over.
    pub(super) fn begin_discontinuity(&mut self, discontinuity: Discontinuity) -> Input {
        self.memory.discontinuity = Some(discontinuity);
        self.bindings = BindingState::Due;
        self.memory.end_resume();
        self.proof = ContinuityProof::not_needed();
        self.backlog = Some(Backlog::new(Instant::now()));
        self.counting = None;
        self.receipt_proof.discard_count();
        let discontinuity = Some(discontinuity);
        Input::Connection(
            self.settings.id.clone(),
            ConnectionEvent::CatchingUp { discontinuity },
        )
    }

    pub(super) async fn restart_bindings(
        &mut self,
        discontinuity: Discontinuity,
    ) -> Result<(), VngageError> {
        let input = self.begin_discontinuity(discontinuity);
        let sent = self.send_deliveries(vec![input]).await?;
        // A process that starts after a crash must know that bindings were missing.
        self.sender.wait_for_commit(sent).await?;
        self.unbind_repeatable().await
    }

    pub(super) async fn unbind_repeatable(&mut self) -> Result<(), VngageError> {
        // Case events are never unbound, because each is sent only once.
        let cases = VngageEvent::iter().filter(|event| event.is_case_event());
        let others = VngageEvent::iter().filter(|event| !event.is_case_event());
        broker_queue::bind_events(self.settings, self.channel, cases).await?;
        broker_queue::unbind_events(self.settings, self.channel, others).await?;
        self.bindings = BindingState::Unbound(Instant::now() + REBIND_DELAY);
        Ok(())
    }

    pub(super) async fn bind_all(&mut self) -> Result<(), VngageError> {
        let stale_to = match self.bindings {
            BindingState::Bound { stale_to } => stale_to,
            // No group events arrived since the unbinding. So a count at any time during the
            // gap includes everything from before it.
            BindingState::Due | BindingState::Unbound(_) => {
                let waiting = broker_queue::queue_depth(self.settings, self.channel).await?;
                self.last_delivery + u64::from(waiting)
            }
        };
        broker_queue::bind_events(self.settings, self.channel, VngageEvent::iter()).await?;
        self.bindings = BindingState::Bound { stale_to };
        let request = self.memory.configuration_request;
        if self.memory.discontinuity.is_some() || request == ConfigurationRequest::Due {
            self.request_configuration();
        }
        Ok(())
    }
}
