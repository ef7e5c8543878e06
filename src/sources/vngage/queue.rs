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

use super::{Error, Event, Settings, error::Step};

/// Messages that the broker keeps for us; beyond it drops the oldest.
pub(super) const MAX_LENGTH: u32 = 100_000;
/// The queue goes when nobody has used it for so long, in milliseconds.
pub(super) const EXPIRES: u32 = 1_800_000;
/// As long as the vendor keeps its messages, in milliseconds.
const MESSAGE_TTL: u32 = 300_000;
/// A broker that does not answer for so long is not there.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const NOT_FOUND: u16 = 404;

/// How our queue was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) is_new: bool,
    pub(super) depth: u32,
}

/// An answer of the broker's, in time and named.
pub(super) async fn answer<T>(
    settings: &Settings,
    step: Step,
    request: impl Future<Output = lapin::Result<T>>,
) -> Result<T, Error> {
    timeout(ANSWER_WITHIN, request)
        .await
        .map_err(|_| Error::NoAnswer)?
        .map_err(|error| step.failed(settings, &error))
}

pub(super) async fn look_at_exchange(settings: &Settings, channel: &Channel) -> Result<(), Error> {
    let name = settings.events_exchange.as_str().into();
    let options = ExchangeDeclareOptions {
        passive: true,
        ..Default::default()
    };
    // A passive look does not compare the kind.
    let look = channel.exchange_declare(name, ExchangeKind::Topic, options, FieldTable::default());
    answer(settings, Step::Look, look).await
}

/// Whether our queue is there, and how full, asked on a channel of its own, which a queue
/// that is not there costs.
pub(super) async fn look(settings: &Settings, connection: &Connection) -> Result<Found, Error> {
    let scout = answer(settings, Step::Work, connection.create_channel()).await?;
    let name = settings.queue.as_str().into();
    let look = scout.queue_declare(name, passive(), FieldTable::default());
    let seen = timeout(ANSWER_WITHIN, look)
        .await
        .map_err(|_| Error::NoAnswer)?;
    match seen {
        Ok(queue) => Ok(Found {
            is_new: false,
            depth: queue.message_count(),
        }),
        Err(error) if is_not_found(&error) => Ok(Found {
            is_new: true,
            depth: 0,
        }),
        Err(error) => Err(Step::Declare.failed(settings, &error)),
    }
}

/// Makes our queue where it is not there; where it is, it must have our properties.
pub(super) async fn declare(settings: &Settings, channel: &Channel) -> Result<(), Error> {
    let mut arguments = FieldTable::default();
    arguments.insert("x-expires".into(), EXPIRES.into());
    arguments.insert("x-message-ttl".into(), MESSAGE_TTL.into());
    arguments.insert("x-max-length".into(), MAX_LENGTH.into());
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
    answer(settings, Step::Declare, declare).await.map(drop)
}

fn is_not_found(error: &lapin::Error) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(said) if said.get_id() == NOT_FOUND)
}

fn passive() -> QueueDeclareOptions {
    QueueDeclareOptions {
        passive: true,
        ..Default::default()
    }
}

/// How many messages wait that are not yet on their way to us.
pub(super) async fn depth(settings: &Settings, channel: &Channel) -> Result<u32, Error> {
    let name = settings.queue.as_str().into();
    let look = channel.queue_declare(name, passive(), FieldTable::default());
    Ok(answer(settings, Step::Work, look).await?.message_count())
}

/// The same, with what is on its way to us sent before this returns.
pub(super) async fn count(settings: &Settings, channel: &Channel) -> Result<u32, Error> {
    let ready = depth(settings, channel).await?;
    // What the queue had handed on before that answer may be sent after it, and comes before
    // the next.
    depth(settings, channel).await?;
    Ok(ready)
}

pub(super) async fn bind(
    settings: &Settings,
    channel: &Channel,
    events: impl Iterator<Item = Event>,
) -> Result<(), Error> {
    for event in events {
        let bind = channel.queue_bind(
            settings.queue.as_str().into(),
            settings.events_exchange.as_str().into(),
            event.key().into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        answer(settings, Step::Bind, bind).await?;
    }
    Ok(())
}

pub(super) async fn unbind(
    settings: &Settings,
    channel: &Channel,
    events: impl Iterator<Item = Event>,
) -> Result<(), Error> {
    for event in events {
        let unbind = channel.queue_unbind(
            settings.queue.as_str().into(),
            settings.events_exchange.as_str().into(),
            event.key().into(),
            FieldTable::default(),
        );
        answer(settings, Step::Bind, unbind).await?;
    }
    Ok(())
}

/// Throws away what waits in the queue.
pub(super) async fn purge(settings: &Settings, channel: &Channel) -> Result<(), Error> {
    let purge = channel.queue_purge(settings.queue.as_str().into(), QueuePurgeOptions::default());
    answer(settings, Step::Work, purge).await.map(drop)
}

/// Takes the queue for ourselves alone: two on one queue would silently split it.
pub(super) async fn consume(settings: &Settings, channel: &Channel) -> Result<Consumer, Error> {
    // One more: the newest stays unacknowledged until the next is taken.
    let prefetch = settings.prefetch.saturating_add(1);
    let qos = channel.basic_qos(prefetch, BasicQosOptions::default());
    answer(settings, Step::Work, qos).await?;
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
    answer(settings, Step::Consume, consume).await
}
