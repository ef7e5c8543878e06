//! Our queue on the broker and its bindings. The exchange is Vergic's: it is
//! looked at and never declared.

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

/// Messages that the broker keeps for us; beyond it drops the oldest.
pub(super) const QUEUE_LENGTH_MAX: u32 = 100_000;
/// The queue goes when nobody has used it for so long, in milliseconds.
pub(super) const QUEUE_EXPIRES_MS: u32 = 1_800_000;
/// As long as the vendor keeps its messages, in milliseconds.
const MESSAGE_TTL_MS: u32 = 300_000;
/// A broker that does not answer for so long is not there.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const NOT_FOUND: u16 = 404;

/// How our queue was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct QueueInspection {
    pub(super) is_new: bool,
    pub(super) depth: u32,
}

/// An answer of the broker's, in time and named.
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
    // A passive look does not compare the kind.
    let look = channel.exchange_declare(name, ExchangeKind::Topic, options, FieldTable::default());
    await_answer(settings, BrokerStep::Inspect, look).await
}

/// Whether our queue is there, and how full, asked on a channel of its own, which a queue
/// that is not there costs.
pub(super) async fn inspect_queue(
    settings: &VngageSettings,
    connection: &Connection,
) -> Result<QueueInspection, VngageError> {
    let scout = await_answer(settings, BrokerStep::Work, connection.create_channel()).await?;
    let name = settings.queue.as_str().into();
    let look = scout.queue_declare(name, passive_options(), FieldTable::default());
    let seen = timeout(ANSWER_TIMEOUT, look)
        .await
        .map_err(|_| VngageError::NoAnswer)?;
    match seen {
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

/// Makes our queue where it is not there; where it is, it must have our properties.
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
    matches!(error.kind(), ErrorKind::ProtocolError(said) if said.get_id() == NOT_FOUND)
}

fn passive_options() -> QueueDeclareOptions {
    QueueDeclareOptions {
        passive: true,
        ..Default::default()
    }
}

/// How many messages wait that are not yet on their way to us.
pub(super) async fn queue_depth(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<u32, VngageError> {
    let name = settings.queue.as_str().into();
    let look = channel.queue_declare(name, passive_options(), FieldTable::default());
    Ok(await_answer(settings, BrokerStep::Work, look)
        .await?
        .message_count())
}

/// The same, with what is on its way to us sent before this returns.
pub(super) async fn count_ready(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<u32, VngageError> {
    let ready = queue_depth(settings, channel).await?;
    // What the queue had handed on before that answer may be sent after it, and comes before
    // the next.
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
            event.routing_key().into(),
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
            event.routing_key().into(),
            FieldTable::default(),
        );
        await_answer(settings, BrokerStep::Bind, unbind).await?;
    }
    Ok(())
}

/// Throws away what waits in the queue.
pub(super) async fn purge_queue(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<(), VngageError> {
    let purge = channel.queue_purge(settings.queue.as_str().into(), QueuePurgeOptions::default());
    await_answer(settings, BrokerStep::Work, purge)
        .await
        .map(drop)
}

/// Takes the queue for ourselves alone: two on one queue would silently split it.
pub(super) async fn start_consumer(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<Consumer, VngageError> {
    // One more: the newest stays unacknowledged until the next is taken.
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
