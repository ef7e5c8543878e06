//! Requests the whole configuration from Vngage.

use std::error::Error;

use lapin::BasicProperties;
use tokio::time::sleep;

use crate::{SourceError, supervisor::error_sentence};
use wallboard_domain::{Input, SourceDiagnostic};
use wallboard_runtime::{
    ingest::{IngestClosed, IngestSender},
    retry::Backoff,
};

use super::{
    COLLECT_KEY, VngageError, VngageSettings,
    error::BrokerStep,
    publish::{OutgoingMessage, PublishConnection, PublishEvent},
};

#[derive(Debug, thiserror::Error)]
pub(super) enum CollectError {
    #[error(transparent)]
    Broker(#[from] VngageError),
    #[error("nothing receives `configuration.agent.collect` from the exchange “{0}”")]
    NoConsumer(String),
    #[error("the broker didn't accept `configuration.agent.collect` in time")]
    NotConfirmed,
}

impl From<IngestClosed> for CollectError {
    fn from(closed: IngestClosed) -> Self {
        Self::Broker(closed.into())
    }
}

/// Returns a failed request's sentence for a page.
pub(super) fn failure_sentence(error: &impl Error) -> String {
    format!("Couldn't request the configuration: {error}")
}

/// Requests the configuration, after announcing that a full resync follows. Reports a broker that
/// blocks publishers, and waits until it accepts the request.
pub(super) async fn collect_configuration(
    settings: VngageSettings,
    sender: IngestSender,
) -> Result<(), CollectError> {
    let send = async |diagnostic| send_diagnostic(&settings, &sender, diagnostic).await;
    let connection = connect(&settings, &sender).await?;
    // Announced before the first response can arrive.
    send(SourceDiagnostic::ResyncRequested).await?;
    let request = OutgoingMessage {
        exchange: &settings.exchange,
        key: COLLECT_KEY,
        body: b"{}",
        properties: BasicProperties::default().with_content_type("application/json".into()),
        step: BrokerStep::Publish,
    };
    let mut request = connection.publish(request).await?;
    let why = || error_sentence(&VngageError::PublishersBlocked);
    let mut is_blocked = false;
    loop {
        let event = request.next_event().await;
        // The confirmation may arrive before the end of the block.
        if is_blocked {
            send(SourceDiagnostic::Recovered { why: why() }).await?;
            send(SourceDiagnostic::ResyncRequested).await?;
        }
        is_blocked = matches!(event, Ok(PublishEvent::Blocked));
        match event {
            Ok(PublishEvent::Blocked) => send(SourceDiagnostic::Failed { why: why() }).await?,
            Ok(PublishEvent::Unblocked) => {}
            Ok(PublishEvent::Accepted) => return Ok(()),
            Ok(PublishEvent::Returned) => {
                return Err(CollectError::NoConsumer(settings.exchange.clone()));
            }
            Ok(PublishEvent::Rejected) | Err(VngageError::NoAnswer) => {
                return Err(CollectError::NotConfirmed);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Connects, however often that fails. Reports why it does, until it works.
async fn connect<'a>(
    settings: &'a VngageSettings,
    sender: &IngestSender,
) -> Result<PublishConnection<'a>, IngestClosed> {
    let send = async |diagnostic| send_diagnostic(settings, sender, diagnostic).await;
    let mut backoff = Backoff::default();
    let mut reported = None;
    loop {
        let error = match PublishConnection::open(settings, "asks").await {
            Ok(connection) => {
                if let Some(why) = reported {
                    send(SourceDiagnostic::Recovered { why }).await?;
                }
                return Ok(connection);
            }
            Err(error) => error,
        };
        let why = failure_sentence(&error);
        if reported.as_ref() != Some(&why) {
            reported = Some(why.clone());
            send(SourceDiagnostic::Failed { why }).await?;
        }
        sleep(backoff.next_pause(error.needs_intervention())).await;
    }
}

pub(super) async fn send_diagnostic(
    settings: &VngageSettings,
    sender: &IngestSender,
    diagnostic: SourceDiagnostic,
) -> Result<(), IngestClosed> {
    let input = Input::Diagnostic(settings.id.clone(), diagnostic);
    sender.send_batch(vec![input]).await.map(drop)
}
