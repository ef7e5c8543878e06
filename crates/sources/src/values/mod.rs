//! Any other system: it sends its values to our API, for queues and agents that it names itself, or it has an
//! address that is asked for them.
//!
//! Where values are sent, the source has no connection. It is connected while batches arrive, and silent once none
//! has for as long as a value is valid. A batch is accepted as a whole or not at all.

mod batch;
mod batch_fault;
mod configuration;
mod csv_reply;
mod delivery;
mod figure_reader;
#[cfg(test)]
mod figure_tests;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics at what may not be"
)]
pub mod fuzz;
mod known_subjects;
mod poll_configuration;
mod poller;
mod reply_map;
mod subject_reader;
#[cfg(test)]
mod tests;
mod value_place;

use std::{convert::Infallible, time::Duration};

use serde_json::Value;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tracing::warn;

use wallboard_domain::{ConnectionEvent, CustomFigure, Discontinuity, Input, SourceId, SourceKind};
use wallboard_runtime::ingest::{BatchOffset, IngestClosed, IngestSender};

use super::{LiveSource, SourceError};

pub use batch::find_source;
pub use batch_fault::BatchFault;
pub use delivery::{AcceptedBatch, Deliveries, DeliveryError};
pub use poller::PollError;
pub use subject_reader::{AGENT_KEYS, QUEUE_KEYS, metrics_of_agents, metrics_of_queues};

use batch::{BatchRules, read_batch};
use delivery::Delivery;
use known_subjects::KnownSubjects;
use poller::{PollSettings, Poller};

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
    /// The custom figures that it reports.
    figures: Vec<CustomFigure>,
    /// The address to ask; `None`: the system sends its values.
    poll: Option<PollSettings>,
    /// Where the API leaves what it receives, once the source is to run.
    deliveries: Option<Deliveries>,
}

impl PartialEq for ValuesSettings {
    /// Compares what is configured.
    fn eq(&self, other: &Self) -> bool {
        (&self.id, self.valid_for, &self.figures, &self.poll)
            == (&other.id, other.valid_for, &other.figures, &other.poll)
    }
}

impl ValuesSettings {
    /// The longest time for which a value is valid. After it, none of a silent source can be up to date.
    fn longest_validity(&self) -> Duration {
        let of_figures = self.figures.iter().filter_map(|figure| figure.valid_for_ms);
        let of_figures = of_figures.map(|millis| Duration::from_millis(millis.unsigned_abs()));
        of_figures.fold(self.valid_for, Duration::max)
    }
}

/// The source of one system's values.
#[derive(Debug)]
pub struct ValuesSource {
    settings: ValuesSettings,
    inbox: mpsc::Receiver<Delivery>,
    known: KnownSubjects,
    connection: Connection,
    /// Made by the first poll.
    poller: Option<Poller>,
    /// When the address is asked next, also after a failure.
    poll_at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connection {
    /// Nothing has arrived since this process began to listen: earlier values may have been replaced.
    Unknown,
    Connected,
    Silent,
}

/// Why the source ends. One that is sent its values only ends with the product.
#[derive(Debug, thiserror::Error)]
pub enum ValuesError {
    #[error(transparent)]
    Poll(#[from] PollError),
    #[error(transparent)]
    Closed(#[from] IngestClosed),
}

impl SourceError for ValuesError {
    fn needs_intervention(&self) -> bool {
        matches!(self, Self::Poll(error) if error.needs_intervention())
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
            poller: None,
            poll_at: Instant::now(),
        }
    }

    /// Asks the address, and sends on what it has.
    async fn poll(&mut self, sender: &IngestSender) -> Result<(), ValuesError> {
        let Some(settings) = &self.settings.poll else {
            return Ok(());
        };
        let poller = match &mut self.poller {
            Some(poller) => poller,
            none => none.insert(Poller::new(settings.clone())?),
        };
        self.poll_at = Instant::now() + settings.interval;
        let reply = poller.poll(&self.settings.id).await?;
        for note in poller.take_news(&reply.notes) {
            warn!(source.name = %self.settings.id, "In the reply, {note}");
        }
        match self.accept_batch(&reply.batch, sender).await? {
            Ok(_) => Ok(()),
            Err(mut faults) => Err(PollError::Values(faults.swap_remove(0)).into()),
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
            figures: &self.settings.figures,
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
        let valid_for = self.settings.longest_validity();
        let (mut silent_at, mut is_silent) = (Instant::now() + valid_for, false);
        let is_polled = self.settings.poll.is_some();
        // After an outage, earlier values may have been replaced.
        if is_polled {
            self.connection = Connection::Unknown;
        }
        loop {
            tokio::select! {
                () = sleep_until(self.poll_at), if is_polled => {
                    self.poll(sender).await?;
                    (silent_at, is_silent) = (Instant::now() + valid_for, false);
                }
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
