//! Our restart sentinel on the broker: a message that doesn't survive a restart, in a queue
//! that does. If it is gone, the broker restarted, whether or not we noticed an outage.
//!
//! Each process that consumes replaces the queue by one of its own. Its ID is in when the queue expires,
//! which a declaration must repeat exactly, so that comparing it needs no permission to read.

use std::time::Duration;

use lapin::{
    BasicProperties, Connection,
    options::{QueueDeclareOptions, QueueDeleteOptions},
    types::FieldTable,
};

use wallboard_domain::SentinelId;

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

/// IDs are from 1 to this, in milliseconds beyond the shortest time until the queue expires.
const ID_MAX: u32 = 1_800_000;
/// The broker's answer to a declaration that isn't the queue's.
const PRECONDITION_FAILED: u16 = 406;

/// The result of a check.
#[derive(Debug)]
pub(super) enum RestartSentinel {
    /// It's ours, and has this ID.
    Present(SentinelId),
    /// Its queue is ours, and empty.
    Missing(SentinelId),
    /// None is ours yet.
    Unknown,
    /// Another consumer has replaced it.
    Foreign,
    /// This user may not publish one, the broker accepts none now, or something else is in its
    /// place.
    Unavailable(VngageError),
}

/// Makes the ID of a new sentinel.
pub(super) fn random_id() -> SentinelId {
    SentinelId(rand::random_range(1..=ID_MAX))
}

/// Checks whether one of these sentinels is on the broker. Without any, changes nothing.
pub(super) async fn check_sentinel(
    settings: &VngageSettings,
    connection: &Connection,
    ids: &[SentinelId],
) -> Result<RestartSentinel, VngageError> {
    if ids.is_empty() {
        return Ok(RestartSentinel::Unknown);
    }
    for id in ids {
        match declare_sentinel(settings, connection, *id).await {
            Ok(true) => return Ok(RestartSentinel::Present(*id)),
            Ok(false) => return Ok(RestartSentinel::Missing(*id)),
            Err(VngageError::Refused(PRECONDITION_FAILED)) => {}
            Err(error) => return unavailable(error),
        }
    }
    Ok(RestartSentinel::Foreign)
}

/// Puts a sentinel in place of whatever is there.
pub(super) async fn replace_sentinel(
    settings: &VngageSettings,
    connection: &Connection,
    id: SentinelId,
) -> Result<RestartSentinel, VngageError> {
    let replaced = async {
        let channel = connection.create_channel();
        let channel = await_answer(settings, BrokerStep::Work, channel).await?;
        let queue = sentinel_queue(settings);
        let delete = channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default());
        await_answer(settings, BrokerStep::Sentinel, delete).await?;
        declare_sentinel(settings, connection, id).await?;
        publish_sentinel(settings).await
    };
    match replaced.await {
        Ok(()) => Ok(RestartSentinel::Present(id)),
        Err(error) => unavailable(error),
    }
}

/// Whether a failure only means that there can be no sentinel.
fn unavailable(error: VngageError) -> Result<RestartSentinel, VngageError> {
    match error {
        VngageError::Forbidden { .. }
        | VngageError::Refused(_)
        | VngageError::PublishersBlocked => Ok(RestartSentinel::Unavailable(error)),
        error => Err(error),
    }
}

/// Declares the queue of a sentinel, and returns whether it's there. Fails if it's another one's. Uses a
/// separate channel, since the broker closes it then, and when it denies access.
async fn declare_sentinel(
    settings: &VngageSettings,
    connection: &Connection,
    id: SentinelId,
) -> Result<bool, VngageError> {
    let channel = connection.create_channel();
    let channel = await_answer(settings, BrokerStep::Work, channel).await?;
    let mut arguments = FieldTable::default();
    let expires = QUEUE_EXPIRES_MS.saturating_add(id.0);
    arguments.insert("x-expires".into(), expires.into());
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

async fn publish_sentinel(settings: &VngageSettings) -> Result<(), VngageError> {
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
        PublishEvent::Accepted => Ok(()),
        PublishEvent::Returned | PublishEvent::Rejected => Err(VngageError::Refused(0)),
        // We consume without it meanwhile.
        PublishEvent::Blocked | PublishEvent::Unblocked => Err(VngageError::PublishersBlocked),
    }
}

pub(super) fn sentinel_queue(settings: &VngageSettings) -> String {
    format!("{}.mark", settings.queue)
}
