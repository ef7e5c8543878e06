//! Counts the messages that wait at the broker: what is left of a backlog, and whether the connection is alive.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use wallboard_domain::{Discontinuity, MonotonicTime};

use super::{VngageError, VngageSession};
use crate::{optional_wait::BoxedTask, vngage::broker_queue};

/// The pause between liveness checks: several per time that values hold.
const LIVENESS_INTERVAL: Duration = Duration::from_secs(2);

/// The number of waiting messages, and when it was requested.
pub(super) type QueueCount = (MonotonicTime, u32);

impl VngageSession<'_> {
    /// Requests a count of the remaining backlog, without waiting for the response.
    pub(super) fn count_backlog(&mut self) {
        let Some(backlog) = &mut self.backlog else {
            return;
        };
        backlog.begin_count();
        let (settings, channel) = (self.settings.clone(), self.channel.clone());
        let as_of = self.sender.now().monotonic;
        let count = async move {
            let ready = broker_queue::count_ready(&settings, &channel).await?;
            Ok((as_of, ready))
        };
        self.counting = Some(Box::pin(count));
    }

    pub(super) async fn on_counted(
        &mut self,
        (as_of, ready): QueueCount,
    ) -> Result<(), VngageError> {
        self.counting = None;
        self.memory.record_activity()?;
        self.drain_deliveries().await?;
        if let Some(backlog) = &mut self.backlog
            && backlog.end_count(self.last_delivery, ready, Instant::now())
        {
            let last = self.last_delivery + u64::from(ready);
            self.receipt_proof.record_count(as_of, last);
        }
        self.finish_catch_up().await
    }

    pub(super) fn start_liveness_check(&self) -> BoxedTask<Result<QueueCount, VngageError>> {
        let (settings, channel) = (self.settings.clone(), self.channel.clone());
        let sender = self.sender.clone();
        Box::pin(async move {
            sleep(LIVENESS_INTERVAL).await;
            let as_of = sender.now().monotonic;
            let ready = broker_queue::count_ready(&settings, &channel).await?;
            Ok((as_of, ready))
        })
    }

    pub(super) async fn on_liveness_checked(
        &mut self,
        (as_of, depth): QueueCount,
    ) -> Result<(), VngageError> {
        self.memory.record_activity()?;
        if self.backlog.is_none() {
            self.drain_deliveries().await?;
            let last = self.last_delivery + u64::from(depth);
            self.receipt_proof.record_count(as_of, last);
            self.finish_catch_up().await?;
        }
        // We are so far behind that the broker drops messages we haven't received.
        let is_overflowing =
            broker_queue::QUEUE_LENGTH_MAX <= depth && self.memory.discontinuity.is_none();
        if is_overflowing {
            self.restart_bindings(Discontinuity::Overflow).await?;
        }
        // Releases a delivery that was held too long: the broker disconnects consumers that
        // never acknowledge.
        self.acknowledge_committed().await
    }
}
