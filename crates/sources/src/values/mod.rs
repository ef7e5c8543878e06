//! Any other system: it sends its values to our API, for queues and agents that it names itself.
//!
//! The source has no connection. It is connected while batches arrive, and silent once none has for as long as a
//! value is valid. A batch is accepted as a whole or not at all.

mod batch;
mod batch_fault;
mod configuration;
mod delivery;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics at what may not be"
)]
pub mod fuzz;
mod known_subjects;
mod subject_reader;
#[cfg(test)]
mod tests;

use std::{convert::Infallible, time::Duration};

use serde_json::Value;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use wallboard_domain::{ConnectionEvent, Discontinuity, Input, SourceId, SourceKind};
use wallboard_runtime::ingest::{BatchOffset, IngestClosed, IngestSender};

use super::{LiveSource, SourceError};

pub use batch::find_source;
pub use batch_fault::BatchFault;
pub use delivery::{AcceptedBatch, Deliveries, DeliveryError};
pub use subject_reader::{AGENT_KEYS, QUEUE_KEYS, metrics_of_agents, metrics_of_queues};

use batch::{BatchRules, read_batch};
use delivery::Delivery;
use known_subjects::KnownSubjects;

/// Batches say when their values applied, by a clock that has to be right.
pub const KIND: SourceKind = SourceKind {
    name: "values",
    vendor: "API",
    reports_contacts: false,
    has_session: false,
    has_clock: false,
    is_pushed: true,
};

/// One configured system.
#[derive(Clone, Debug)]
pub struct ValuesSettings {
    pub id: SourceId,
    /// How long a value is valid from the time of its batch.
    pub valid_for: Duration,
    /// Where the API leaves what it receives, once the source is to run.
    deliveries: Option<Deliveries>,
}

impl PartialEq for ValuesSettings {
    /// Compares what is configured.
    fn eq(&self, other: &Self) -> bool {
        (&self.id, self.valid_for) == (&other.id, other.valid_for)
    }
}

/// The source of one system's values.
#[derive(Debug)]
pub struct ValuesSource {
    settings: ValuesSettings,
    inbox: mpsc::Receiver<Delivery>,
    known: KnownSubjects,
    connection: Connection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connection {
    /// Nothing has arrived since this process began to listen: earlier values may have been replaced.
    Unknown,
    Connected,
    Silent,
}

/// The source only ends with the product.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ValuesError(#[from] IngestClosed);

impl SourceError for ValuesError {
    fn needs_intervention(&self) -> bool {
        false
    }
}

impl ValuesSource {
    fn new(settings: ValuesSettings) -> Self {
        let inbox = settings.deliveries.clone().unwrap_or_default();
        Self {
            inbox: inbox.open_inbox(&settings.id),
            settings,
            known: KnownSubjects::default(),
            connection: Connection::Unknown,
        }
    }

    /// Reads a batch and sends it on.
    async fn accept_batch(
        &mut self,
        body: &Value,
        sender: &IngestSender,
    ) -> Result<Result<BatchOffset, Vec<BatchFault>>, IngestClosed> {
        let id = &self.settings.id;
        let rules = BatchRules {
            source: id,
            valid_for: self.settings.valid_for,
            now: sender.now(),
        };
        let batch = match read_batch(body, &rules, &mut self.known) {
            Ok(batch) => batch,
            Err(faults) => return Ok(Err(faults)),
        };
        let event = |event| Input::Connection(id.clone(), event);
        let mut inputs = match self.connection {
            Connection::Unknown => vec![
                event(ConnectionEvent::CatchingUp {
                    discontinuity: Some(Discontinuity::Start),
                }),
                event(ConnectionEvent::Connected),
            ],
            Connection::Silent => vec![event(ConnectionEvent::Connected)],
            Connection::Connected => Vec::new(),
        };
        inputs.extend(batch.into_inputs(id, self.settings.valid_for));
        let offset = sender.send_batch(inputs).await?;
        self.connection = Connection::Connected;
        Ok(Ok(offset))
    }
}

impl LiveSource for ValuesSource {
    type Error = ValuesError;

    fn id(&self) -> &SourceId {
        &self.settings.id
    }

    async fn run(&mut self, sender: &IngestSender) -> Result<Infallible, ValuesError> {
        let valid_for = self.settings.valid_for;
        let (mut silent_at, mut is_silent) = (Instant::now() + valid_for, false);
        loop {
            tokio::select! {
                Some(delivery) = self.inbox.recv() => {
                    let accepted = self.accept_batch(&delivery.body, sender).await?;
                    if accepted.is_ok() {
                        (silent_at, is_silent) = (Instant::now() + valid_for, false);
                    }
                    delivery.reply(accepted, sender);
                }
                () = sleep_until(silent_at), if !is_silent => {
                    is_silent = true;
                    let silent = Input::Connection(self.settings.id.clone(), ConnectionEvent::Silent);
                    sender.send_batch(vec![silent]).await?;
                    if self.connection == Connection::Connected {
                        self.connection = Connection::Silent;
                    }
                }
            }
        }
    }
}
