//! Requests the whole configuration from Vngage.

use lapin::BasicProperties;

use crate::supervisor::error_sentence;
use wallboard_domain::{Input, SourceDiagnostic};
use wallboard_runtime::ingest::IngestSender;

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

/// Requests the configuration, after announcing that a full resync follows. Reports a broker that
/// blocks publishers, and waits until it accepts the request.
pub(super) async fn collect_configuration(
    settings: VngageSettings,
    sender: IngestSender,
) -> Result<(), CollectError> {
    let connection = PublishConnection::open(&settings, "asks").await?;
    let send = async |diagnostic: SourceDiagnostic| {
        let input = Input::Diagnostic(settings.id.clone(), diagnostic);
        let sent = sender.send_batch(vec![input]).await;
        sent.map(drop).map_err(VngageError::from)
    };
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
