//! Tests the user's permissions on the broker without a trace: deletes a queue that didn't
//! exist, unbinds a binding that doesn't exist, and rolls back a publication.

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

/// A routing key that no queue is bound to.
const UNBOUND_KEY: &str = "wallboard.check";

/// Fails at the first required permission that this user lacks.
pub(super) async fn check_permissions(
    settings: &VngageSettings,
    connection: &Connection,
) -> Result<(), VngageError> {
    // The broker closes a channel when it denies access, and we still need one to clean up.
    let channel = open_channel(settings, connection).await?;
    let found = broker_queue::inspect_queue(settings, connection).await?;
    broker_queue::declare_queue(settings, &channel).await?;
    let outcome = try_operations(settings, connection, found.is_new).await;
    if found.is_new {
        let if_unused_and_empty = QueueDeleteOptions {
            if_unused: true,
            if_empty: true,
            ..Default::default()
        };
        let delete = channel.queue_delete(settings.queue.as_str().into(), if_unused_and_empty);
        // If this fails, somebody uses the queue by now, or it expires after half an hour.
        await_answer(settings, BrokerStep::Declare, delete)
            .await
            .ok();
    }
    outcome
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
        // In an existing queue, this would take out a message.
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
    // A publication has no response. The response to the rollback shows whether it worked.
    await_answer(settings, BrokerStep::Publish, channel.tx_rollback()).await
}

async fn open_channel(
    settings: &VngageSettings,
    connection: &Connection,
) -> Result<Channel, VngageError> {
    await_answer(settings, BrokerStep::Work, connection.create_channel()).await
}
