//! Vngage: a contact center's chats over AMQP.
//!
//! Our queue on the vendor's broker is durable, so a short outage loses nothing. Whatever
//! may have lost a message is a discontinuity: earlier values count as out of date.

mod acknowledgments;
mod backlog;
mod broker_connection;
mod broker_queue;
mod collect;
mod configuration;
mod continuity_proof;
pub mod decode;
mod error;
mod event;
mod idle_probe;
mod memory;
mod pending_transcripts;
mod permissions;
mod publish;
mod receipt_proof;
mod restart_sentinel;
mod session;
mod settings;

use std::convert::Infallible;

use strum::IntoEnumIterator;
use wallboard_domain::{Discontinuity, Input, SourceDiagnostic, SourceId, SourceKind};
use wallboard_runtime::ingest::IngestSender;

use super::LiveSource;

pub use error::VngageError;
pub use event::{COLLECT_KEY, VngageEvent};
pub use settings::VngageSettings;

use error::BrokerStep;
use memory::VngageMemory;
use session::{ExclusiveConsumer, VngageSession};

/// Vngage reports each contact.
pub const KIND: SourceKind = SourceKind {
    name: "vngage",
    vendor: "Vngage",
    reports_contacts: true,
    has_session: true,
    has_clock: true,
    is_pushed: false,
};

/// One Vngage upstream.
#[derive(Debug)]
pub struct VngageSource {
    settings: VngageSettings,
    memory: VngageMemory,
}

impl VngageSource {
    pub fn new(settings: VngageSettings) -> Self {
        Self {
            settings,
            memory: VngageMemory::default(),
        }
    }
}

impl LiveSource for VngageSource {
    type Error = VngageError;

    fn id(&self) -> &SourceId {
        &self.settings.id
    }

    async fn run(&mut self, sender: &IngestSender) -> Result<Infallible, VngageError> {
        if let Some(point) = sender.take_resume_point(&self.settings.id) {
            self.memory = VngageMemory::resume(point, sender.now().wall);
        }
        let Err(error) = run_session(&self.settings, &mut self.memory, sender).await;
        Err(self.memory.on_loss(error, sender.now().monotonic))
    }
}

/// Claims the queue before it changes bindings, so that another consumer's setup stays as
/// it is. A new queue has no other consumer yet.
async fn run_session(
    settings: &VngageSettings,
    memory: &mut VngageMemory,
    sender: &IngestSender,
) -> Result<Infallible, VngageError> {
    let broker = broker_connection::connect_broker(settings, "consumes").await?;
    let channel = broker.connection.create_channel();
    let channel = broker_queue::await_answer(settings, BrokerStep::Work, channel).await?;
    broker_queue::inspect_exchange(settings, &channel).await?;
    let found = broker_queue::inspect_queue(settings, &broker.connection).await?;
    if found.is_new {
        record_new_queue(settings, sender).await?;
        // Recorded before anything can fail, because next time the queue isn't new.
        memory.discontinuity.get_or_insert(Discontinuity::QueueNew);
        broker_queue::declare_queue(settings, &channel).await?;
        // Messages that arrive while only some events are bound are incomplete, so purge them.
        let cases = VngageEvent::iter().filter(|event| event.is_case_event());
        broker_queue::bind_events(settings, &channel, cases).await?;
        broker_queue::purge_queue(settings, &channel).await?;
    }
    let consumer = broker_queue::start_consumer(settings, &channel).await?;
    if !found.is_new {
        // Declared only now: if the queue was deleted since the inspection and is created
        // again here, the consumer fails or ends.
        broker_queue::declare_queue(settings, &channel).await?;
    }
    // Only now, because nobody else can consume now, and a process that waits for the queue changes
    // nothing.
    let sentinel =
        restart_sentinel::check_sentinel(settings, &broker.connection, memory.sentinels()).await?;
    memory.observe_sentinel(&sentinel);
    let exclusive = ExclusiveConsumer {
        connection: &broker.connection,
        channel: &channel,
        consumer,
    };
    let session =
        VngageSession::begin_session(settings, memory, sender, exclusive, found, sentinel);
    session.await?.run().await
}

/// Waits until the log has what the broker shows only now: once the queue is declared, a process that
/// starts after a crash would see nothing of it.
async fn record_new_queue(
    settings: &VngageSettings,
    sender: &IngestSender,
) -> Result<(), VngageError> {
    let found = SourceDiagnostic::DiscontinuityFound(Discontinuity::QueueNew);
    let input = Input::Diagnostic(settings.id.clone(), found);
    let offset = sender.send_batch(vec![input]).await?;
    Ok(sender.wait_for_commit(offset).await?)
}

/// Probes the connection for `wallboard check`: the broker, the exchange and the user's
/// permissions. Leaves no trace.
pub async fn probe_broker(settings: &VngageSettings) -> Result<(), VngageError> {
    let broker = broker_connection::connect_broker(settings, "checks").await?;
    let channel = broker.connection.create_channel();
    let channel = broker_queue::await_answer(settings, BrokerStep::Work, channel).await?;
    broker_queue::inspect_exchange(settings, &channel).await?;
    permissions::check_permissions(settings, &broker.connection).await
}
