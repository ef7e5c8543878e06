//! A mark of our own on the broker: a message that does not survive a restart, in
//! a queue that does. Where it is gone, the broker was away, whether or not we
//! met a refusal meanwhile.

use std::time::Duration;

use lapin::{
    BasicProperties, Channel, Confirmation, Connection,
    options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions},
    types::FieldTable,
};

use super::{
    VngageError, VngageSettings,
    broker_queue::{QUEUE_EXPIRES_MS, await_answer},
    error::BrokerStep,
};

/// Looked at so often while the line stands, so that it does not expire.
pub(super) const CHECK_INTERVAL: Duration = Duration::from_mins(10);
/// In the vendor's protocol: kept in memory only.
const TRANSIENT: u8 = 1;

/// What a look at the mark told; after it, it stands if it can.
#[derive(Debug)]
pub(super) enum RestartSentinel {
    Present,
    /// It was not there, and has been put there.
    Recreated,
    /// This user may not have one, or something else is in its place.
    Unavailable(VngageError),
}

/// Looks at the mark on a channel of its own, which a refusal costs.
pub(super) async fn check_sentinel(
    settings: &VngageSettings,
    connection: &Connection,
) -> Result<RestartSentinel, VngageError> {
    let channel = connection.create_channel();
    let channel = await_answer(settings, BrokerStep::Work, channel).await?;
    let seen = match is_sentinel_present(settings, &channel).await {
        Ok(true) => Ok(RestartSentinel::Present),
        Ok(false) => publish_sentinel(settings, &channel).await,
        Err(error) => Err(error),
    };
    match seen {
        Err(error @ (VngageError::Forbidden { .. } | VngageError::Refused(_))) => {
            Ok(RestartSentinel::Unavailable(error))
        }
        seen => seen,
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
    // Declared, not just looked at: that is what keeps it from expiring.
    let declare =
        channel.queue_declare(sentinel_queue(settings).as_str().into(), options, arguments);
    let queue = await_answer(settings, BrokerStep::Sentinel, declare).await?;
    Ok(0 < queue.message_count())
}

async fn publish_sentinel(
    settings: &VngageSettings,
    channel: &Channel,
) -> Result<RestartSentinel, VngageError> {
    let confirms = channel.confirm_select(ConfirmSelectOptions::default());
    await_answer(settings, BrokerStep::Work, confirms).await?;
    let publish = channel.basic_publish(
        // The nameless exchange leads to the queue of that name.
        "".into(),
        sentinel_queue(settings).as_str().into(),
        BasicPublishOptions {
            mandatory: true,
            ..Default::default()
        },
        b"wallboard",
        BasicProperties::default().with_delivery_mode(TRANSIENT),
    );
    let confirm = await_answer(settings, BrokerStep::Sentinel, publish).await?;
    match await_answer(settings, BrokerStep::Sentinel, confirm).await? {
        Confirmation::Ack(None) => Ok(RestartSentinel::Recreated),
        _ => Err(VngageError::Refused(0)),
    }
}

pub(super) fn sentinel_queue(settings: &VngageSettings) -> String {
    format!("{}.mark", settings.queue)
}
