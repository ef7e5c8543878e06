//! Vngage: a contact centre's chats, told over AMQP.
//!
//! Our queue on the vendor's broker is durable, so a short absence costs nothing;
//! whatever may have cost a message is a break, and what was said before it no
//! longer counts as fresh.

mod acknowledgments;
mod backlog;
mod broker_connection;
mod broker_queue;
mod collect;
mod configuration;
pub mod decode;
mod error;
mod event;
mod idle_probe;
mod memory;
mod permissions;
mod restart_sentinel;
mod session;
mod settings;

use std::convert::Infallible;

use tracing::warn;

use crate::{
    domain::{Discontinuity, SourceId, SourceKind},
    ingest::IngestSender,
};

use super::LiveSource;

pub use error::VngageError;
pub use event::{COLLECT_KEY, VngageEvent};
pub use settings::VngageSettings;

use error::BrokerStep;
use memory::VngageMemory;
use restart_sentinel::RestartSentinel;
use session::{ExclusiveConsumer, VngageSession};

/// It reports contacts one by one.
pub const KIND: SourceKind = SourceKind {
    name: "vngage",
    vendor: "Vngage",
    reports_contacts: true,
    has_session: true,
    has_clock: true,
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

    async fn run(&mut self, outlet: &IngestSender) -> Result<Infallible, VngageError> {
        let Err(error) = run_session(&self.settings, &mut self.memory, outlet).await;
        Err(self.memory.on_loss(error, outlet.now().monotonic))
    }
}

/// The queue is claimed before its bindings are touched: where another consumer
/// works, nothing of its is changed. A queue that is new is nobody's yet.
async fn run_session(
    settings: &VngageSettings,
    memory: &mut VngageMemory,
    outlet: &IngestSender,
) -> Result<Infallible, VngageError> {
    let line = broker_connection::connect_broker(settings, "consumes").await?;
    let channel = line.connection.create_channel();
    let channel = broker_queue::await_answer(settings, BrokerStep::Work, channel).await?;
    broker_queue::inspect_exchange(settings, &channel).await?;
    let found = broker_queue::inspect_queue(settings, &line.connection).await?;
    let mark = restart_sentinel::check_sentinel(settings, &line.connection).await?;
    memory.observe_sentinel(&mark);
    if let RestartSentinel::Unavailable(why) = &mark
        && !std::mem::replace(&mut memory.has_warned_no_sentinel, true)
    {
        warn!(
            source.name = %settings.id,
            "Can't keep a marker on the broker, so each lost connection counts as possible data loss: {why}"
        );
    }
    if found.is_new {
        // Noted before anything can fail: next time it will not be new.
        memory.discontinuity.get_or_insert(Discontinuity::QueueNew);
        broker_queue::declare_queue(settings, &channel).await?;
        // What comes while only some kinds are bound tells half of a case's life.
        let cases = VngageEvent::ALL
            .into_iter()
            .filter(|event| event.is_case_event());
        broker_queue::bind_events(settings, &channel, cases).await?;
        broker_queue::purge_queue(settings, &channel).await?;
    }
    let consumer = broker_queue::start_consumer(settings, &channel).await?;
    if !found.is_new {
        // Only now: a queue that was deleted since the look, and would be made anew here,
        // fails or ends the consumer.
        broker_queue::declare_queue(settings, &channel).await?;
    }
    let on = ExclusiveConsumer {
        connection: &line.connection,
        channel: &channel,
        consumer,
    };
    let session = VngageSession::begin_session(settings, memory, outlet, on, found).await?;
    session.run().await
}

/// Tries the connection for `wallboard check`: the broker, the exchange, and
/// whether this user may do what we need. Leaves nothing behind.
pub async fn probe_broker(settings: &VngageSettings) -> Result<(), VngageError> {
    let line = broker_connection::connect_broker(settings, "checks").await?;
    let channel = line.connection.create_channel();
    let channel = broker_queue::await_answer(settings, BrokerStep::Work, channel).await?;
    broker_queue::inspect_exchange(settings, &channel).await?;
    permissions::check_permissions(settings, &line.connection).await
}
