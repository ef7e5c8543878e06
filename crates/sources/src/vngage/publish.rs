//! Publishes a message of ours on a connection of its own. A broker short of memory or disk space
//! stops reading from publishers, and the consumer must not be one of them.

use std::time::Duration;

use futures_util::{StreamExt, stream::BoxStream};
use lapin::{
    BasicProperties, Channel, Confirmation, Event, PublisherConfirm,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};
use tokio::time::Instant;

use crate::optional_wait::wait_until;

use super::{
    VngageError, VngageSettings,
    broker_connection::{BrokerConnection, connect_broker},
    broker_queue::await_answer,
    error::BrokerStep,
};

/// The wait for a broker that neither accepts the message nor blocks publishers.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) struct OutgoingMessage<'a> {
    pub(super) exchange: &'a str,
    pub(super) key: &'a str,
    pub(super) body: &'a [u8],
    pub(super) properties: BasicProperties,
    pub(super) step: BrokerStep,
}

/// A connection for one message.
pub(super) struct PublishConnection<'a> {
    settings: &'a VngageSettings,
    broker: BrokerConnection,
    channel: Channel,
}

/// A message that the broker has neither accepted nor returned yet.
pub(super) struct PublishedMessage<'a> {
    connection: PublishConnection<'a>,
    step: BrokerStep,
    confirm: PublisherConfirm,
    events: BoxStream<'static, Event>,
    /// When the broker counts as gone; `None` while it blocks publishers.
    deadline: Option<Instant>,
}

#[derive(Debug)]
pub(super) enum PublishEvent {
    /// The broker blocks everyone who publishes. The message waits.
    Blocked,
    Unblocked,
    Accepted,
    /// No queue receives it.
    Returned,
    Rejected,
}

impl<'a> PublishConnection<'a> {
    pub(super) async fn open(
        settings: &'a VngageSettings,
        purpose: &str,
    ) -> Result<Self, VngageError> {
        let broker = connect_broker(settings, purpose).await?;
        let channel = broker.connection.create_channel();
        let channel = await_answer(settings, BrokerStep::Work, channel).await?;
        let confirms = channel.confirm_select(ConfirmSelectOptions::default());
        await_answer(settings, BrokerStep::Work, confirms).await?;
        Ok(Self {
            settings,
            broker,
            channel,
        })
    }

    pub(super) async fn publish(
        self,
        message: OutgoingMessage<'_>,
    ) -> Result<PublishedMessage<'a>, VngageError> {
        let events = self.broker.connection.events_listener().boxed();
        let options = BasicPublishOptions {
            mandatory: true,
            ..Default::default()
        };
        let publish = self.channel.basic_publish(
            message.exchange.into(),
            message.key.into(),
            options,
            message.body,
            message.properties,
        );
        Ok(PublishedMessage {
            confirm: await_answer(self.settings, message.step, publish).await?,
            connection: self,
            step: message.step,
            events,
            deadline: Some(Instant::now() + CONFIRM_TIMEOUT),
        })
    }
}

impl PublishedMessage<'_> {
    /// Waits until something happens to the message.
    pub(super) async fn next_event(&mut self) -> Result<PublishEvent, VngageError> {
        let event = tokio::select! {
            answer = &mut self.confirm => match answer {
                Ok(Confirmation::Ack(None)) => PublishEvent::Accepted,
                Ok(Confirmation::Ack(Some(_))) => PublishEvent::Returned,
                Ok(Confirmation::Nack(_) | Confirmation::NotRequested) => PublishEvent::Rejected,
                Err(error) => return Err(self.step.to_error(self.connection.settings, &error)),
            },
            event = next_change(&mut self.events) => event,
            () = wait_until(self.deadline) => return Err(VngageError::NoAnswer),
        };
        let is_blocked = matches!(event, PublishEvent::Blocked);
        self.deadline = (!is_blocked).then(|| Instant::now() + CONFIRM_TIMEOUT);
        Ok(event)
    }
}

/// Returns when the broker begins or ceases to block publishers.
async fn next_change(events: &mut BoxStream<'static, Event>) -> PublishEvent {
    loop {
        match events.next().await {
            Some(Event::ConnectionBlocked(_)) => return PublishEvent::Blocked,
            Some(Event::ConnectionUnblocked) => return PublishEvent::Unblocked,
            Some(_) => {}
            // The connection is gone; the confirmation fails.
            None => std::future::pending().await,
        }
    }
}
