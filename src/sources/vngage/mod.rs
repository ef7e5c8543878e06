//! Vngage: a contact centre's chats, told over AMQP.
//!
//! Our queue on the vendor's broker is durable, so a short absence costs nothing;
//! whatever may have cost a message is a break, and what was said before it no
//! longer counts as fresh.

mod acks;
mod backlog;
mod collect;
mod configuration;
pub mod decode;
mod dial;
mod error;
mod event;
mod mark;
mod memory;
mod queue;
mod rights;
mod session;
mod settings;
mod silence;

use std::convert::Infallible;

use tracing::warn;

use crate::{
    domain::{Break, SourceId, SourceKind},
    intake::Outlet,
};

use super::Source;

pub use error::Error;
pub use event::{COLLECT, Event};
pub use settings::Settings;

use error::Step;
use mark::Mark;
use memory::Memory;
use session::{Ours, Session};

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
pub struct Vngage {
    settings: Settings,
    memory: Memory,
}

impl Vngage {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            memory: Memory::default(),
        }
    }
}

impl Source for Vngage {
    type Error = Error;

    fn id(&self) -> &SourceId {
        &self.settings.id
    }

    async fn run(&mut self, outlet: &Outlet) -> Result<Infallible, Error> {
        let Err(error) = connect(&self.settings, &mut self.memory, outlet).await;
        Err(self.memory.on_loss(error, outlet.now().mono))
    }
}

/// The queue is claimed before its bindings are touched: where another consumer
/// works, nothing of its is changed. A queue that is new is nobody's yet.
async fn connect(
    settings: &Settings,
    memory: &mut Memory,
    outlet: &Outlet,
) -> Result<Infallible, Error> {
    let line = dial::dial(settings, "consumes").await?;
    let channel = line.connection.create_channel();
    let channel = queue::answer(settings, Step::Work, channel).await?;
    queue::look_at_exchange(settings, &channel).await?;
    let found = queue::look(settings, &line.connection).await?;
    let mark = mark::look(settings, &line.connection).await?;
    memory.see(&mark);
    if let Mark::Unavailable(why) = &mark
        && !std::mem::replace(&mut memory.told_unmarked, true)
    {
        warn!(
            source.name = %settings.id,
            "Can't keep a marker on the broker, so each lost connection counts as possible data loss: {why}"
        );
    }
    if found.is_new {
        // Noted before anything can fail: next time it will not be new.
        memory.broken.get_or_insert(Break::QueueNew);
        queue::declare(settings, &channel).await?;
        // What comes while only some kinds are bound tells half of a case's life.
        let cases = Event::ALL.into_iter().filter(|event| event.is_of_a_case());
        queue::bind(settings, &channel, cases).await?;
        queue::purge(settings, &channel).await?;
    }
    let consumer = queue::consume(settings, &channel).await?;
    if !found.is_new {
        // Only now: a queue that was deleted since the look, and would be made anew here,
        // fails or ends the consumer.
        queue::declare(settings, &channel).await?;
    }
    let on = Ours {
        connection: &line.connection,
        channel: &channel,
        consumer,
    };
    let session = Session::begin(settings, memory, outlet, on, found).await?;
    session.work().await
}

/// Tries the connection for `wallboard check`: the broker, the exchange, and
/// whether this user may do what we need. Leaves nothing behind.
pub async fn probe(settings: &Settings) -> Result<(), Error> {
    let line = dial::dial(settings, "checks").await?;
    let channel = line.connection.create_channel();
    let channel = queue::answer(settings, Step::Work, channel).await?;
    queue::look_at_exchange(settings, &channel).await?;
    rights::tried(settings, &line.connection).await
}
