//! What this user may do on the broker, tried without a trace: a queue that was not
//! there is taken away again, a binding that is not there is undone, a publication
//! is rolled back.

use lapin::{
    BasicProperties, Channel, Connection,
    options::{BasicGetOptions, BasicPublishOptions, QueueDeleteOptions},
    types::FieldTable,
};

use super::{
    VngageError, VngageSettings,
    broker_queue::{self, await_answer},
    error::BrokerStep,
};

/// A routing key that nobody binds and that leads nowhere.
const UNBOUND_KEY: &str = "wallboard.check";

/// The first thing that this user may not, of those without which nothing works.
pub(super) async fn check_permissions(
    settings: &VngageSettings,
    connection: &Connection,
) -> Result<(), VngageError> {
    // A refusal costs its channel, and what was made must go nevertheless.
    let channel = open_channel(settings, connection).await?;
    let found = broker_queue::inspect_queue(settings, connection).await?;
    broker_queue::declare_queue(settings, &channel).await?;
    let rest = try_operations(settings, connection, found.is_new).await;
    if found.is_new {
        let unless_taken = QueueDeleteOptions {
            if_unused: true,
            if_empty: true,
            ..Default::default()
        };
        let delete = channel.queue_delete(settings.queue.as_str().into(), unless_taken);
        // Somebody uses it by now, or it goes by itself after half an hour.
        await_answer(settings, BrokerStep::Declare, delete)
            .await
            .ok();
    }
    rest
}

async fn try_operations(
    settings: &VngageSettings,
    connection: &Connection,
    is_new: bool,
) -> Result<(), VngageError> {
    let channel = open_channel(settings, connection).await?;
    let queue = settings.queue.as_str();
    let unbind = channel.queue_unbind(
        queue.into(),
        settings.events_exchange.as_str().into(),
        UNBOUND_KEY.into(),
        FieldTable::default(),
    );
    await_answer(settings, BrokerStep::Bind, unbind).await?;
    if is_new {
        // Of one that was there it would take a message out.
        let get = channel.basic_get(queue.into(), BasicGetOptions::default());
        await_answer(settings, BrokerStep::Consume, get).await?;
    }
    await_answer(settings, BrokerStep::Work, channel.tx_select()).await?;
    let publish = channel.basic_publish(
        settings.exchange.as_str().into(),
        UNBOUND_KEY.into(),
        BasicPublishOptions::default(),
        b"",
        BasicProperties::default(),
    );
    await_answer(settings, BrokerStep::Publish, publish).await?;
    // The answer to this tells what became of the publication, which has none.
    await_answer(settings, BrokerStep::Publish, channel.tx_rollback()).await
}

async fn open_channel(
    settings: &VngageSettings,
    connection: &Connection,
) -> Result<Channel, VngageError> {
    await_answer(settings, BrokerStep::Work, connection.create_channel()).await
}
