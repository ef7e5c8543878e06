//! Asks Vngage for its whole configuration, on a connection of its own: a broker
//! short of memory stops reading from those that publish, and what consumes must
//! not be among them.

use std::time::Duration;

use lapin::{
    BasicProperties, Confirmation,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};
use tokio::time::timeout;

use crate::{
    domain::{Input, Note},
    intake::Outlet,
};

use super::{COLLECT, Error, Settings, dial::dial, error::Step, queue::answer};

/// A broker that blocks publishers keeps us waiting; the question can be asked again.
const TAKEN_WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub(super) enum Unasked {
    #[error(transparent)]
    Broker(#[from] Error),
    #[error("nothing receives `configuration.agent.collect` from the exchange “{0}”")]
    NobodyListens(String),
    #[error("the broker didn't accept `configuration.agent.collect` in time")]
    NotTaken,
}

/// Asks, and tells first that a full round of the configuration follows.
pub(super) async fn collect(settings: Settings, outlet: Outlet) -> Result<(), Unasked> {
    let line = dial(&settings, "asks").await?;
    let channel = answer(&settings, Step::Work, line.connection.create_channel()).await?;
    let confirms = channel.confirm_select(ConfirmSelectOptions::default());
    answer(&settings, Step::Work, confirms).await?;

    // Told before the first answer can be here.
    let asked = Input::Note(settings.id.clone(), Note::Asked);
    outlet.send(vec![asked]).await.map_err(Error::from)?;
    let publish = channel.basic_publish(
        settings.exchange.as_str().into(),
        COLLECT.into(),
        BasicPublishOptions {
            mandatory: true,
            ..Default::default()
        },
        b"{}",
        BasicProperties::default().with_content_type("application/json".into()),
    );
    let confirm = answer(&settings, Step::Ask, publish).await?;
    let taken = timeout(TAKEN_WITHIN, confirm)
        .await
        .map_err(|_| Unasked::NotTaken)?
        .map_err(|error| Step::Ask.failed(&settings, &error))?;
    match taken {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(_)) => Err(Unasked::NobodyListens(settings.exchange.clone())),
        Confirmation::Nack(_) | Confirmation::NotRequested => Err(Unasked::NotTaken),
    }
}
