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
    domain::{Input, SourceDiagnostic},
    ingest::IngestSender,
};

use super::{
    COLLECT_KEY, VngageError, VngageSettings, broker_connection::connect_broker,
    broker_queue::await_answer, error::BrokerStep,
};

/// A broker that blocks publishers keeps us waiting; the question can be asked again.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub(super) enum CollectError {
    #[error(transparent)]
    Broker(#[from] VngageError),
    #[error("nothing receives `configuration.agent.collect` from the exchange “{0}”")]
    NoConsumer(String),
    #[error("the broker didn't accept `configuration.agent.collect` in time")]
    NotConfirmed,
}

/// Asks, and tells first that a full round of the configuration follows.
pub(super) async fn collect_configuration(
    settings: VngageSettings,
    outlet: IngestSender,
) -> Result<(), CollectError> {
    let line = connect_broker(&settings, "asks").await?;
    let channel = await_answer(
        &settings,
        BrokerStep::Work,
        line.connection.create_channel(),
    )
    .await?;
    let confirms = channel.confirm_select(ConfirmSelectOptions::default());
    await_answer(&settings, BrokerStep::Work, confirms).await?;

    // Told before the first answer can be here.
    let asked = Input::Diagnostic(settings.id.clone(), SourceDiagnostic::ResyncRequested);
    outlet
        .send_batch(vec![asked])
        .await
        .map_err(VngageError::from)?;
    let publish = channel.basic_publish(
        settings.exchange.as_str().into(),
        COLLECT_KEY.into(),
        BasicPublishOptions {
            mandatory: true,
            ..Default::default()
        },
        b"{}",
        BasicProperties::default().with_content_type("application/json".into()),
    );
    let confirm = await_answer(&settings, BrokerStep::Publish, publish).await?;
    let taken = timeout(CONFIRM_TIMEOUT, confirm)
        .await
        .map_err(|_| CollectError::NotConfirmed)?
        .map_err(|error| BrokerStep::Publish.to_error(&settings, &error))?;
    match taken {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(_)) => Err(CollectError::NoConsumer(settings.exchange.clone())),
        Confirmation::Nack(_) | Confirmation::NotRequested => Err(CollectError::NotConfirmed),
    }
}
