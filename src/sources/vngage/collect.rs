//! Requests the whole configuration from Vngage, on a separate connection. A broker short
//! of memory stops reading from publishers, and the consumer must not be one of them.

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

/// The wait for a broker that blocks publishers. The request can be repeated later.
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

/// Requests the configuration, after announcing that a full resync follows.
pub(super) async fn collect_configuration(
    settings: VngageSettings,
    sender: IngestSender,
) -> Result<(), CollectError> {
    let broker = connect_broker(&settings, "asks").await?;
    let channel = await_answer(
        &settings,
        BrokerStep::Work,
        broker.connection.create_channel(),
    )
    .await?;
    let confirms = channel.confirm_select(ConfirmSelectOptions::default());
    await_answer(&settings, BrokerStep::Work, confirms).await?;

    // Announced before the first response can arrive.
    let diagnostic = Input::Diagnostic(settings.id.clone(), SourceDiagnostic::ResyncRequested);
    sender
        .send_batch(vec![diagnostic])
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
    let confirmation = timeout(CONFIRM_TIMEOUT, confirm)
        .await
        .map_err(|_| CollectError::NotConfirmed)?
        .map_err(|error| BrokerStep::Publish.to_error(&settings, &error))?;
    match confirmation {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(_)) => Err(CollectError::NoConsumer(settings.exchange.clone())),
        Confirmation::Nack(_) | Confirmation::NotRequested => Err(CollectError::NotConfirmed),
    }
}
