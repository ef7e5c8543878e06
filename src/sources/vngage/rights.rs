//! What this user may do on the broker, tried without a trace: a queue that was not
//! there is taken away again, a binding that is not there is undone, a publication
//! is rolled back.

use lapin::{
    BasicProperties, Channel, Connection,
    options::{BasicGetOptions, BasicPublishOptions, QueueDeleteOptions},
    types::FieldTable,
};

use super::{
    Error, Settings,
    error::Step,
    queue::{self, answer},
};

/// A routing key that nobody binds and that leads nowhere.
const NOWHERE: &str = "wallboard.check";

/// The first thing that this user may not, of those without which nothing works.
pub(super) async fn tried(settings: &Settings, connection: &Connection) -> Result<(), Error> {
    // A refusal costs its channel, and what was made must go nevertheless.
    let channel = channel(settings, connection).await?;
    let found = queue::look(settings, connection).await?;
    queue::declare(settings, &channel).await?;
    let rest = used(settings, connection, found.is_new).await;
    if found.is_new {
        let unless_taken = QueueDeleteOptions {
            if_unused: true,
            if_empty: true,
            ..Default::default()
        };
        let delete = channel.queue_delete(settings.queue.as_str().into(), unless_taken);
        // Somebody uses it by now, or it goes by itself after half an hour.
        answer(settings, Step::Declare, delete).await.ok();
    }
    rest
}

async fn used(settings: &Settings, connection: &Connection, is_new: bool) -> Result<(), Error> {
    let channel = channel(settings, connection).await?;
    let queue = settings.queue.as_str();
    let unbind = channel.queue_unbind(
        queue.into(),
        settings.events_exchange.as_str().into(),
        NOWHERE.into(),
        FieldTable::default(),
    );
    answer(settings, Step::Bind, unbind).await?;
    if is_new {
        // Of one that was there it would take a message out.
        let get = channel.basic_get(queue.into(), BasicGetOptions::default());
        answer(settings, Step::Consume, get).await?;
    }
    answer(settings, Step::Work, channel.tx_select()).await?;
    let publish = channel.basic_publish(
        settings.exchange.as_str().into(),
        NOWHERE.into(),
        BasicPublishOptions::default(),
        b"",
        BasicProperties::default(),
    );
    answer(settings, Step::Ask, publish).await?;
    // The answer to this tells what became of the publication, which has none.
    answer(settings, Step::Ask, channel.tx_rollback()).await
}

async fn channel(settings: &Settings, connection: &Connection) -> Result<Channel, Error> {
    answer(settings, Step::Work, connection.create_channel()).await
}
