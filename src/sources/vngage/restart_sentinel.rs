//! Our restart sentinel on the broker: a message that doesn't survive a restart, in a queue
//! that does. If it is gone, the broker restarted, whether or not we noticed an outage.

use std::time::Duration;

use lapin::{
    BasicProperties, Channel, Connection, options::QueueDeclareOptions, types::FieldTable,
};

use super::{
    VngageError, VngageSettings,
    broker_queue::{QUEUE_EXPIRES_MS, await_answer},
    error::BrokerStep,
    publish::{OutgoingMessage, PublishConnection, PublishEvent},
};

/// The interval between checks while connected, so that the sentinel doesn't expire.
pub(super) const CHECK_INTERVAL: Duration = Duration::from_mins(10);
/// AMQP's delivery mode for messages that are kept in memory only.
const TRANSIENT: u8 = 1;

/// The result of a check. After it, the sentinel is present if possible.
#[derive(Debug)]
pub(super) enum RestartSentinel {
    Present,
    /// It was missing and has been published again.
    Recreated,
    /// This user may not publish one, the broker accepts none now, or something else is in its
    /// place.
    Unavailable(VngageError),
}

/// Returns whether the sentinel is there; `false` also if this user may have none.
pub(super) async fn is_present(
    settings: &VngageSettings,
    connection: &Connection,
) -> Result<bool, VngageError> {
    let channel = connection.create_channel();
    let channel = await_answer(settings, BrokerStep::Work, channel).await?;
    match is_sentinel_present(settings, &channel).await {
        Err(VngageError::Forbidden { .. } | VngageError::Refused(_)) => Ok(false),
        found => found,
    }
}

/// Checks the sentinel on a separate channel, since the broker closes it when it denies
/// access.
pub(super) async fn check_sentinel(
    settings: &VngageSettings,
    connection: &Connection,
) -> Result<RestartSentinel, VngageError> {
    let channel = connection.create_channel();
    let channel = await_answer(settings, BrokerStep::Work, channel).await?;
    let outcome = match is_sentinel_present(settings, &channel).await {
        Ok(true) => Ok(RestartSentinel::Present),
        Ok(false) => publish_sentinel(settings).await,
        Err(error) => Err(error),
    };
    match outcome {
        Err(
            error @ (VngageError::Forbidden { .. }
            | VngageError::Refused(_)
            | VngageError::PublishersBlocked),
        ) => Ok(RestartSentinel::Unavailable(error)),
        outcome => outcome,
    }
}

async fn is_sentinel_present(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<bool, VngageError> {
    let mut arguments = FieldTable::default();
    arguments.insert("x-expires".into(), QUEUE_EXPIRES_MS.into());
    arguments.insert("x-max-length".into(), 1_u32.into());
    let options = QueueDeclareOptions {
        durable: true,
        ..Default::default()
    };
    // Declared rather than inspected, because that keeps the queue from expiring.
    let declare =
        channel.queue_declare(sentinel_queue(settings).as_str().into(), options, arguments);
    let queue = await_answer(settings, BrokerStep::Sentinel, declare).await?;
    Ok(0 < queue.message_count())
}

async fn publish_sentinel(settings: &VngageSettings) -> Result<RestartSentinel, VngageError> {
    let queue = sentinel_queue(settings);
    let sentinel = OutgoingMessage {
        // The default exchange routes to the queue with the name of the routing key.
        exchange: "",
        key: &queue,
        body: b"wallboard",
        properties: BasicProperties::default().with_delivery_mode(TRANSIENT),
        step: BrokerStep::Sentinel,
    };
    let connection = PublishConnection::open(settings, "marks").await?;
    let mut sentinel = connection.publish(sentinel).await?;
    match sentinel.next_event().await? {
        PublishEvent::Accepted => Ok(RestartSentinel::Recreated),
        PublishEvent::Returned | PublishEvent::Rejected => Err(VngageError::Refused(0)),
        // We consume without it meanwhile.
        PublishEvent::Blocked | PublishEvent::Unblocked => Err(VngageError::PublishersBlocked),
    }
}

pub(super) fn sentinel_queue(settings: &VngageSettings) -> String {
    format!("{}.mark", settings.queue)
}
