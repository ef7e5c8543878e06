//! Our queue on the broker and its bindings. The exchange belongs to Vergic, so it is only
//! inspected, never declared.

use std::{future::Future, time::Duration};

use lapin::{
    Channel, Connection, Consumer, ErrorKind, ExchangeKind,
    options::{
        BasicConsumeOptions, BasicQosOptions, ExchangeDeclareOptions, QueueBindOptions,
        QueueDeclareOptions, QueuePurgeOptions,
    },
    types::FieldTable,
};
use tokio::time::timeout;

use super::{VngageError, VngageEvent, VngageSettings, error::BrokerStep};

/// The maximum queue length. Beyond it, the broker drops the oldest messages.
pub(super) const QUEUE_LENGTH_MAX: u32 = 100_000;
/// An unused queue expires after this time, in milliseconds.
pub(super) const QUEUE_EXPIRES_MS: u32 = 1_800_000;
/// The vendor's message lifetime, in milliseconds.
const MESSAGE_TTL_MS: u32 = 300_000;
/// A broker that doesn't respond within this time counts as gone.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const NOT_FOUND: u16 = 404;

/// The state of our queue as found on the broker.
#[derive(Clone, Copy, Debug)]
pub(super) struct QueueInspection {
    pub(super) is_new: bool,
    pub(super) depth: u32,
}

/// Awaits the broker's response, with a timeout and errors mapped by `step`.
pub(super) async fn await_answer<T>(
    settings: &VngageSettings,
    step: BrokerStep,
    request: impl Future<Output = lapin::Result<T>>,
) -> Result<T, VngageError> {
    timeout(ANSWER_TIMEOUT, request)
        .await
        .map_err(|_| VngageError::NoAnswer)?
        .map_err(|error| step.to_error(settings, &error))
}

pub(super) async fn inspect_exchange(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<(), VngageError> {
    let name = settings.events_exchange.as_str().into();
    let options = ExchangeDeclareOptions {
        passive: true,
        ..Default::default()
    };
    // A passive declaration doesn't compare the kind.
    let declare =
        channel.exchange_declare(name, ExchangeKind::Topic, options, FieldTable::default());
    await_answer(settings, BrokerStep::Inspect, declare).await
}

/// Checks whether our queue exists, and its depth. Uses a separate channel, because the
/// broker closes it if the queue is missing.
pub(super) async fn inspect_queue(
    settings: &VngageSettings,
    connection: &Connection,
) -> Result<QueueInspection, VngageError> {
    let channel = await_answer(settings, BrokerStep::Work, connection.create_channel()).await?;
    let name = settings.queue.as_str().into();
    let declare = channel.queue_declare(name, passive_options(), FieldTable::default());
    let outcome = timeout(ANSWER_TIMEOUT, declare)
        .await
        .map_err(|_| VngageError::NoAnswer)?;
    match outcome {
        Ok(queue) => Ok(QueueInspection {
            is_new: false,
            depth: queue.message_count(),
        }),
        Err(error) if is_not_found(&error) => Ok(QueueInspection {
            is_new: true,
            depth: 0,
        }),
        Err(error) => Err(BrokerStep::Declare.to_error(settings, &error)),
    }
}

/// Declares our queue. An existing queue must have our properties.
pub(super) async fn declare_queue(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<(), VngageError> {
    let mut arguments = FieldTable::default();
    arguments.insert("x-expires".into(), QUEUE_EXPIRES_MS.into());
    arguments.insert("x-message-ttl".into(), MESSAGE_TTL_MS.into());
    arguments.insert("x-max-length".into(), QUEUE_LENGTH_MAX.into());
    arguments.insert(
        "x-overflow".into(),
        lapin::types::AMQPValue::LongString("drop-head".into()),
    );
    let options = QueueDeclareOptions {
        durable: true,
        ..Default::default()
    };
    let name = settings.queue.as_str().into();
    let declare = channel.queue_declare(name, options, arguments);
    await_answer(settings, BrokerStep::Declare, declare)
        .await
        .map(drop)
}

fn is_not_found(error: &lapin::Error) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(amqp) if amqp.get_id() == NOT_FOUND)
}

fn passive_options() -> QueueDeclareOptions {
    QueueDeclareOptions {
        passive: true,
        ..Default::default()
    }
}

/// The number of waiting messages that the broker hasn't sent to us yet.
pub(super) async fn queue_depth(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<u32, VngageError> {
    let name = settings.queue.as_str().into();
    let declare = channel.queue_declare(name, passive_options(), FieldTable::default());
    Ok(await_answer(settings, BrokerStep::Work, declare)
        .await?
        .message_count())
}

/// Returns the queue depth once everything dequeued before the count has been sent to us.
pub(super) async fn count_ready(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<u32, VngageError> {
    let ready = queue_depth(settings, channel).await?;
    // Messages dequeued before the first response may be sent after it, but always before
    // the second.
    queue_depth(settings, channel).await?;
    Ok(ready)
}

pub(super) async fn bind_events(
    settings: &VngageSettings,
    channel: &Channel,
    events: impl Iterator<Item = VngageEvent>,
) -> Result<(), VngageError> {
    for event in events {
        let bind = channel.queue_bind(
            settings.queue.as_str().into(),
            settings.events_exchange.as_str().into(),
            event.into_str().into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        await_answer(settings, BrokerStep::Bind, bind).await?;
    }
    Ok(())
}

pub(super) async fn unbind_events(
    settings: &VngageSettings,
    channel: &Channel,
    events: impl Iterator<Item = VngageEvent>,
) -> Result<(), VngageError> {
    for event in events {
        let unbind = channel.queue_unbind(
            settings.queue.as_str().into(),
            settings.events_exchange.as_str().into(),
            event.into_str().into(),
            FieldTable::default(),
        );
        await_answer(settings, BrokerStep::Bind, unbind).await?;
    }
    Ok(())
}

/// Discards all waiting messages.
pub(super) async fn purge_queue(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<(), VngageError> {
    let purge = channel.queue_purge(settings.queue.as_str().into(), QueuePurgeOptions::default());
    await_answer(settings, BrokerStep::Work, purge)
        .await
        .map(drop)
}

/// Consumes the queue exclusively, since two consumers would silently split its messages.
pub(super) async fn start_consumer(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<Consumer, VngageError> {
    // One more, because the newest delivery stays unacknowledged until the next arrives.
    let prefetch = settings.prefetch.saturating_add(1);
    let qos = channel.basic_qos(prefetch, BasicQosOptions::default());
    await_answer(settings, BrokerStep::Work, qos).await?;
    let options = BasicConsumeOptions {
        exclusive: true,
        ..Default::default()
    };
    let consume = channel.basic_consume(
        settings.queue.as_str().into(),
        "".into(),
        options,
        FieldTable::default(),
    );
    await_answer(settings, BrokerStep::Consume, consume).await
}
