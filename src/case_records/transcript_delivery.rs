//! Sends transcripts to a webhook in batches, beside the records: one that comes late, or whose case has no record, gets
//! there too. A batch that was tried is sent again as it was; what is accepted is deleted.

use jiff::Timestamp;
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_domain::error_chain;
use wallboard_notify::{Channel, Retry, SendError, send_confidential};

use super::{
    CaseRecordDeliveries, DeliveryFailure, DeliveryStatus, LastDelivery, TranscriptOutbox,
    find_channel,
    transcript_outbox::TranscriptError,
    webhook_attempts::{INTERVAL, WebhookAttempts, wait_until_due},
};

/// Delivers transcripts to the channel `name` until `stop`.
pub async fn deliver_transcripts(
    name: String,
    outbox: TranscriptOutbox,
    deliveries: CaseRecordDeliveries,
    stop: CancellationToken,
) {
    let mut delivery = TranscriptDelivery {
        channels: deliveries.channels(),
        name,
        outbox,
        deliveries,
        attempts: WebhookAttempts::new(),
        last: None,
    };
    stop.run_until_cancelled(delivery.run()).await;
}

#[derive(Debug)]
struct TranscriptDelivery {
    name: String,
    outbox: TranscriptOutbox,
    deliveries: CaseRecordDeliveries,
    channels: watch::Receiver<Vec<Channel>>,
    attempts: WebhookAttempts,
    last: Option<LastDelivery>,
}

/// Why a batch wasn't delivered.
#[derive(Debug, thiserror::Error)]
enum SendingError {
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Outbox(#[from] TranscriptError),
}

impl TranscriptDelivery {
    async fn run(&mut self) {
        loop {
            match Box::pin(self.deliver_next()).await {
                Ok(true) => {}
                Ok(false) => sleep(INTERVAL).await,
                Err(error) => self.wait_after(&error).await,
            }
        }
    }

    /// Delivers the next batch. Returns whether there was one.
    async fn deliver_next(&mut self) -> Result<bool, SendingError> {
        let channel = find_channel(&self.channels.borrow_and_update(), &self.name)?.clone();
        let batch = self.outbox.next_batch().await?;
        let is_there = batch.is_some();
        if let Some(batch) = batch {
            if let Some(body) = batch.body {
                let accepted = send_confidential(&channel, &batch.id, body.0).await?;
                self.last = Some(LastDelivery {
                    at: Timestamp::now(),
                    what: accepted.answer,
                });
            }
            self.outbox.delete_batch().await?;
            if 0 < batch.damaged {
                warn!(count = batch.damaged, "Damaged transcripts are deleted");
                self.deliveries.add_lost_transcripts(batch.damaged);
            }
        }
        if self.attempts.succeed() {
            info!(channel = self.name, "Transcripts are delivered again");
        }
        self.report(None).await?;
        Ok(is_there)
    }

    /// Reports the condition, with what waits by now.
    async fn report(&self, failure: Option<DeliveryFailure>) -> Result<(), TranscriptError> {
        self.deliveries.set_transcript_status(DeliveryStatus {
            waiting: self.outbox.count().await?,
            last: self.last.clone(),
            failure,
        });
        Ok(())
    }

    /// Waits until the next attempt: shorter if the channels change.
    async fn wait_after(&mut self, error: &SendingError) {
        let (retry, reason) = match error {
            SendingError::Send(error) => (error.retry, error.reason.clone()),
            SendingError::Outbox(error) => (Retry::Later, error_chain(error)),
        };
        if !self.attempts.are_failing() {
            warn!(
                channel = self.name,
                "Transcripts aren't delivered: {reason}"
            );
        }
        let (failure, pause) = self.attempts.fail(retry, reason);
        let until = Instant::now() + pause;
        loop {
            if self.report(Some(failure.clone())).await.is_err() {
                self.deliveries.set_transcript_failure(failure.clone());
            }
            if wait_until_due(until, &mut self.channels).await {
                return;
            }
        }
    }
}
