//! Batches that the API receives for a source, on their way to the task that runs the source.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use wallboard_domain::SourceId;
use wallboard_runtime::ingest::{BatchOffset, IngestClosed, IngestSender};

use super::BatchFault;

/// Batches of one source that may wait before their senders have to.
const MAX_QUEUED: usize = 16;

/// The way from the API to the sources that run here. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Deliveries(Arc<Mutex<HashMap<SourceId, mpsc::Sender<Delivery>>>>);

/// One batch, as received.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) body: Value,
    reply: oneshot::Sender<Result<AcceptedBatch, Vec<BatchFault>>>,
}

/// A batch that is on its way into the log.
#[derive(Debug)]
pub struct AcceptedBatch {
    offset: BatchOffset,
    sender: IngestSender,
}

/// Why a batch wasn't accepted.
#[derive(Debug)]
pub enum DeliveryError {
    /// The source doesn't run here: it is paused, or another node of the cluster leads.
    NotRunning,
    /// The batch is faulty. Nothing of it was accepted.
    Faulty(Vec<BatchFault>),
}

impl Deliveries {
    /// Begins to receive for a source, in place of an earlier run.
    pub(super) fn open_inbox(&self, source: &SourceId) -> mpsc::Receiver<Delivery> {
        let (sender, inbox) = mpsc::channel(MAX_QUEUED);
        self.0.lock().insert(source.clone(), sender);
        inbox
    }

    /// Gives a batch to its source, and waits until the source has read it.
    pub async fn deliver(
        &self,
        source: &SourceId,
        body: Value,
    ) -> Result<AcceptedBatch, DeliveryError> {
        let inbox = self.0.lock().get(source).cloned();
        let (reply, accepted) = oneshot::channel();
        let delivery = Delivery { body, reply };
        let inbox = inbox.ok_or(DeliveryError::NotRunning)?;
        (inbox.send(delivery).await).map_err(|_| DeliveryError::NotRunning)?;
        let accepted = accepted.await.map_err(|_| DeliveryError::NotRunning)?;
        accepted.map_err(DeliveryError::Faulty)
    }
}

impl Delivery {
    /// Tells the API what became of it.
    pub(super) fn reply(
        self,
        accepted: Result<BatchOffset, Vec<BatchFault>>,
        sender: &IngestSender,
    ) {
        let accepted = accepted.map(|offset| AcceptedBatch {
            offset,
            sender: sender.clone(),
        });
        // The program may have hung up.
        self.reply.send(accepted).ok();
    }
}

impl AcceptedBatch {
    /// Waits until the log has it. After an error, it may have it or not: the product stops, or another node leads.
    pub async fn wait_for_commit(self) -> Result<(), IngestClosed> {
        self.sender.wait_for_commit(self.offset).await
    }
}
