//! Sends records to a webhook in batches, in their order. A batch that was tried is sent again as it was until it is
//! accepted: nothing is given up while its records are kept.

use jiff::Timestamp;
use serde_json::json;
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_domain::error_chain;
use wallboard_notify::{Channel, MessageId, Retry, SendError, send_signed};
use wallboard_store::{CaseRecordCursor, CaseRecordPage};

use super::{
    CaseRecordDeliveries, DeliveryFailure, DeliveryStatus, LastDelivery, RecordSource, RecordText,
    delivery_progress::{ProgressError, StoredProgress, WebhookProgress},
    webhook_attempts::{INTERVAL, WebhookAttempts, wait_until_due},
};

/// The most records in a batch.
const BATCH: usize = 100;
/// The largest body of several records, in bytes.
const BODY_BYTES_MAX: usize = 1_000_000;

/// Delivers records to the channel `name` until `stop`.
pub async fn deliver_to_webhook(
    name: String,
    deliveries: CaseRecordDeliveries,
    source: RecordSource,
    text: impl RecordText,
    stop: CancellationToken,
) {
    let mut delivery = WebhookDelivery {
        channels: deliveries.channels(),
        name,
        deliveries,
        source,
        text,
        progress: None,
        attempts: WebhookAttempts::new(),
    };
    stop.run_until_cancelled(delivery.run()).await;
}

/// Finds the channel of the webhook.
///
/// # Errors
///
/// Says what to do if there is none.
pub fn find_channel<'c>(channels: &'c [Channel], name: &str) -> Result<&'c Channel, SendError> {
    let found = channels.iter().find(|channel| channel.name == name);
    found.ok_or_else(|| {
        SendError::permanent(format!(
            "There is no channel {name:?}. Add it with kind = \"webhook\", or name another one in [case_records]."
        ))
    })
}

#[derive(Debug)]
struct WebhookDelivery<T> {
    name: String,
    deliveries: CaseRecordDeliveries,
    channels: watch::Receiver<Vec<Channel>>,
    source: RecordSource,
    text: T,
    /// `None`: to be read, again after a failure.
    progress: Option<StoredProgress<WebhookProgress>>,
    attempts: WebhookAttempts,
}

/// Records that are sent together.
#[derive(Debug)]
struct Batch {
    id: MessageId,
    end: CaseRecordCursor,
    count: usize,
    body: String,
}

/// Why a batch wasn't delivered.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Progress(#[from] ProgressError),
}

impl<T: RecordText> WebhookDelivery<T> {
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
    async fn deliver_next(&mut self) -> Result<bool, DeliveryError> {
        let mut progress = match self.progress.take() {
            Some(progress) => progress,
            None => self.open_progress().await?,
        };
        let batch = self.next_batch(&mut progress).await?;
        let after = progress.state.after;
        let waiting = self.source.store.count_case_records_after(after).await;
        let waiting = waiting.map_err(ProgressError::Store)?;
        let channel = find_channel(&self.channels.borrow_and_update(), &self.name)?.clone();
        let Some(batch) = batch else {
            self.report_success(&progress.state, waiting);
            self.progress = Some(progress);
            return Ok(false);
        };
        let tried = WebhookProgress {
            batch_end: Some(batch.end),
            ..progress.state.clone()
        };
        progress.save(tried).await?;
        let (count, end) = (batch.count as u64, batch.end);
        let accepted = send_signed(&channel, &batch.id, batch.body).await?;
        let accepted = WebhookProgress {
            after: Some(end),
            batch_end: None,
            last: Some(LastDelivery {
                at: Timestamp::now(),
                what: accepted.answer,
            }),
            ..progress.state.clone()
        };
        progress.save(accepted).await?;
        self.report_success(&progress.state, waiting.saturating_sub(count));
        self.progress = Some(progress);
        Ok(true)
    }

    async fn open_progress(&self) -> Result<StoredProgress<WebhookProgress>, ProgressError> {
        let mut progress: StoredProgress<WebhookProgress> =
            StoredProgress::load(&self.source.records, "webhook").await?;
        if progress.state.channel != self.name {
            let begun = WebhookProgress {
                channel: self.name.clone(),
                ..WebhookProgress::default()
            };
            progress.save(begun).await?;
        }
        Ok(progress)
    }

    /// Returns the batch that was tried before, or else the records that come next.
    async fn next_batch(
        &self,
        progress: &mut StoredProgress<WebhookProgress>,
    ) -> Result<Option<Batch>, ProgressError> {
        let after = progress.state.after;
        let mut page = match self.source.records_after(after, BATCH).await? {
            Some(page) => page,
            // The database is another one than before: everything that it has follows, after a gap.
            None => self.first_page(progress).await?,
        };
        let after = progress.state.after;
        if let Some(end) = progress.state.batch_end {
            let is_in = |(cursor, _): &(CaseRecordCursor, _)| cursor.seq <= end.seq;
            let count = page.rows.iter().take_while(|row| is_in(row)).count();
            // Without any, all of them were kept for too long.
            if 0 < count {
                page.rows.truncate(count);
                let is_whole = (page.rows.last()).is_some_and(|row| end.seq <= row.0.seq);
                if self.source.is_shared && !is_whole {
                    // The node that tried it had more of its records than this one has by now.
                    return Ok(None);
                }
                return Ok(self.write_batch(page, after));
            }
        }
        loop {
            let batch = self.write_batch(page.clone(), after);
            let is_large = (batch.as_ref()).is_some_and(|batch| BODY_BYTES_MAX < batch.body.len());
            if !is_large || page.rows.len() == 1 {
                return Ok(batch);
            }
            page.rows.truncate(page.rows.len() / 2);
        }
    }

    async fn first_page(
        &self,
        progress: &mut StoredProgress<WebhookProgress>,
    ) -> Result<CaseRecordPage, ProgressError> {
        warn!(
            "The database doesn't have the case record that was delivered last. All that it has are delivered"
        );
        let begun = WebhookProgress {
            after: None,
            batch_end: None,
            ..progress.state.clone()
        };
        progress.save(begun).await?;
        let page = self.source.records_after(None, BATCH).await?;
        Ok(CaseRecordPage {
            rows: page.map(|page| page.rows).unwrap_or_default(),
            is_expired: true,
        })
    }

    fn write_batch(&self, page: CaseRecordPage, after: Option<CaseRecordCursor>) -> Option<Batch> {
        let (end, entry) = page.rows.last()?;
        let (end, time, count) = (*end, entry.noticed_at(), page.rows.len());
        // A batch of which some records have expired since it was tried is another one.
        let first = page.rows.first()?.0.seq;
        let id = MessageId(format!("case-records-{first}-{end}"));
        let data = self.text.page(page, after);
        let body = json!({
            "id": id.as_token(),
            "type": "case_records",
            "time": time,
            "data": data,
        });
        Some(Batch {
            body: body.to_string(),
            id,
            end,
            count,
        })
    }

    fn report_success(&mut self, progress: &WebhookProgress, waiting: u64) {
        if self.attempts.succeed() {
            info!(channel = self.name, "Case records are delivered again");
        }
        self.deliveries.set_webhook_status(DeliveryStatus {
            waiting,
            last: progress.last.clone(),
            failure: None,
        });
    }

    /// Waits until the next attempt: shorter if the channels change.
    async fn wait_after(&mut self, error: &DeliveryError) {
        let (retry, reason) = match error {
            DeliveryError::Send(error) => (error.retry, error.reason.clone()),
            DeliveryError::Progress(error) => (Retry::Later, error_chain(error)),
        };
        if !self.attempts.are_failing() {
            warn!(
                channel = self.name,
                "Case records aren't delivered: {reason}"
            );
        }
        let (failure, pause) = self.attempts.fail(retry, reason);
        let until = Instant::now() + pause;
        let stored = StoredProgress::<WebhookProgress>::load(&self.source.records, "webhook").await;
        let progress = stored.ok().map(|progress| progress.state);
        loop {
            self.report_failure(failure.clone(), progress.as_ref())
                .await;
            if wait_until_due(until, &mut self.channels).await {
                return;
            }
        }
    }

    /// Reports a failure with what waits by now, if it's known how far the delivery is.
    async fn report_failure(&self, failure: DeliveryFailure, progress: Option<&WebhookProgress>) {
        let before =
            (self.deliveries.webhook()).map_or_else(Default::default, |(_, status)| status);
        let (waiting, last) = match progress {
            Some(progress) => {
                let waiting = self
                    .source
                    .store
                    .count_case_records_after(progress.after)
                    .await;
                (waiting.unwrap_or(before.waiting), progress.last.clone())
            }
            None => (before.waiting, before.last),
        };
        self.deliveries.set_webhook_status(DeliveryStatus {
            waiting,
            last,
            failure: Some(failure),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case_records::{CaseRecordPlan, tests::RecordedSite};

    #[tokio::test]
    async fn a_batch_that_lost_records_since_it_was_tried_has_another_id() {
        let mut site = RecordedSite::open();
        let [early, late] = ["2026-11-20T09:00:00Z", "2026-11-23T09:00:00Z"];
        site.record(&[early, late], late).await;
        let plan = CaseRecordPlan::kept_for(std::time::Duration::MAX);
        let deliveries = CaseRecordDeliveries::new(&plan);
        let delivery = WebhookDelivery {
            name: "crm".to_owned(),
            channels: deliveries.channels(),
            deliveries,
            source: site.source(),
            text: RecordedSite::TEXT,
            progress: None,
            attempts: WebhookAttempts::new(),
        };
        let mut progress = delivery.open_progress().await.unwrap();
        let first = delivery.next_batch(&mut progress).await.unwrap().unwrap();
        let tried = WebhookProgress {
            batch_end: Some(first.end),
            ..progress.state.clone()
        };
        progress.save(tried).await.unwrap();
        let again = delivery.next_batch(&mut progress).await.unwrap().unwrap();
        assert_eq!((again.count, &again.id), (2, &first.id));

        let before = "2026-11-21T00:00:00Z".parse().unwrap();
        site.prune(before).await;
        let fewer = delivery.next_batch(&mut progress).await.unwrap().unwrap();
        assert_eq!((fewer.count, fewer.end), (1, first.end));
        assert_ne!(fewer.id, first.id);
    }
}
