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
    Error, Settings,
    error::Step,
    queue::{EXPIRES, answer},
};

/// Looked at so often while the line stands, so that it does not expire.
pub(super) const LOOK_EVERY: Duration = Duration::from_mins(10);
/// In the vendor's protocol: kept in memory only.
const TRANSIENT: u8 = 1;

/// What a look at the mark told; after it, it stands if it can.
#[derive(Debug)]
pub(super) enum Mark {
    Stands,
    /// It was not there, and has been put there.
    Anew,
    /// This user may not have one, or something else is in its place.
    Unavailable(Error),
}

/// Looks at the mark on a channel of its own, which a refusal costs.
pub(super) async fn look(settings: &Settings, connection: &Connection) -> Result<Mark, Error> {
    let channel = connection.create_channel();
    let channel = answer(settings, Step::Work, channel).await?;
    let seen = match stands(settings, &channel).await {
        Ok(true) => Ok(Mark::Stands),
        Ok(false) => put(settings, &channel).await,
        Err(error) => Err(error),
    };
    match seen {
        Err(error @ (Error::Forbidden { .. } | Error::Refused(_))) => Ok(Mark::Unavailable(error)),
        seen => seen,
    }
}

async fn stands(settings: &Settings, channel: &Channel) -> Result<bool, Error> {
    let mut arguments = FieldTable::default();
    arguments.insert("x-expires".into(), EXPIRES.into());
    arguments.insert("x-max-length".into(), 1_u32.into());
    let options = QueueDeclareOptions {
        durable: true,
        ..Default::default()
    };
    // Declared, not just looked at: that is what keeps it from expiring.
    let declare = channel.queue_declare(name(settings).as_str().into(), options, arguments);
    let queue = answer(settings, Step::Mark, declare).await?;
    Ok(0 < queue.message_count())
}

async fn put(settings: &Settings, channel: &Channel) -> Result<Mark, Error> {
    let confirms = channel.confirm_select(ConfirmSelectOptions::default());
    answer(settings, Step::Work, confirms).await?;
    let publish = channel.basic_publish(
        // The nameless exchange leads to the queue of that name.
        "".into(),
        name(settings).as_str().into(),
        BasicPublishOptions {
            mandatory: true,
            ..Default::default()
        },
        b"wallboard",
        BasicProperties::default().with_delivery_mode(TRANSIENT),
    );
    let confirm = answer(settings, Step::Mark, publish).await?;
    match answer(settings, Step::Mark, confirm).await? {
        Confirmation::Ack(None) => Ok(Mark::Anew),
        _ => Err(Error::Refused(0)),
    }
}

pub(super) fn name(settings: &Settings) -> String {
    format!("{}.mark", settings.queue)
}
