//! One session with a Bayeux server, during one run of the source.

use std::{sync::Arc, time::Duration};

use tokio::{
    select,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tracing::{info, warn};

use crate::genesys::NotificationTransport;

use super::{
    BayeuxEndpoint, BayeuxError, BayeuxMemory,
    inbox::{EventBatch, EventInbox},
    memory::RunLease,
    message,
    phase::ProtocolDeadline,
    protocol::BayeuxProtocol,
    request::ConnectionType,
    transport::{BayeuxTransport, TransportReply},
};

/// Limits a disconnect; a server that doesn't answer by then forgets us by itself.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection that doesn't even accept our data is broken.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Dropping it ends all traffic immediately. The next [`open_session`](Self::open_session)
/// with the same memory can resume the session.
#[derive(Debug)]
pub(crate) struct BayeuxClient {
    inbox: Arc<EventInbox>,
    closing: CancellationToken,
    driver: AbortOnDropHandle<()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionStart {
    /// The server doesn't know us: all statistics must be subscribed to.
    New,
    /// The session of the last run continues. Events in between may be lost.
    Resumed,
}

impl BayeuxClient {
    /// Resumes the session of the last run, or makes one. When this returns, its channels
    /// are subscribed to and a connect has succeeded.
    ///
    /// Waits as long as the server tells us to.
    pub(crate) async fn open_session(
        endpoint: &BayeuxEndpoint,
        memory: &BayeuxMemory,
    ) -> Result<(Self, SessionStart), BayeuxError> {
        let inbox = Arc::new(EventInbox::default());
        let lease = memory.begin_run(endpoint);
        let transport = open_transport(endpoint, &lease).await?;
        lease.with_protocol(|machine| machine.connection_type = transport.connection_type())?;
        let mut driver = ClientDriver {
            endpoint: endpoint.clone(),
            lease,
            transport,
            shares_cookies: false,
        };
        let opened = driver.open_session(&inbox).await?;
        let closing = CancellationToken::new();
        let task = tokio::spawn(driver.run_until_closed(Arc::clone(&inbox), closing.clone()));
        let client = Self {
            inbox,
            closing,
            driver: AbortOnDropHandle::new(task),
        };
        Ok((client, opened))
    }

    /// Returns the events and the sign of life since the last call, once there are any. Dropping it
    /// at any time loses nothing, and the session continues even if no one calls.
    pub(crate) async fn next_events(&mut self) -> Result<EventBatch, BayeuxError> {
        self.inbox.take_batch().await
    }

    /// Ends the session at the server, in bounded time.
    pub(crate) async fn close_session(self) {
        self.closing.cancel();
        timeout(DISCONNECT_TIMEOUT, self.driver).await.ok();
    }
}

/// Opens the transport of the session; a new one begins with long polling, which all
/// servers support.
async fn open_transport(
    endpoint: &BayeuxEndpoint,
    lease: &RunLease,
) -> Result<BayeuxTransport, BayeuxError> {
    let current =
        lease.with_protocol(|machine| machine.has_session().then_some(machine.connection_type))?;
    match endpoint.transport {
        NotificationTransport::WebSocket => BayeuxTransport::open_websocket(endpoint).await,
        NotificationTransport::Auto if current == Some(ConnectionType::WebSocket) => {
            match BayeuxTransport::open_websocket(endpoint).await {
                Err(BayeuxError::NoWebSocket(_) | BayeuxError::Redirect { .. }) => {
                    lease.record_websocket_failure();
                    Ok(BayeuxTransport::open_polling(endpoint))
                }
                result => result,
            }
        }
        NotificationTransport::Auto | NotificationTransport::LongPolling => {
            Ok(BayeuxTransport::open_polling(endpoint))
        }
    }
}

struct ClientDriver {
    endpoint: BayeuxEndpoint,
    lease: RunLease,
    transport: BayeuxTransport,
    shares_cookies: bool,
}

impl ClientDriver {
    async fn open_session(&mut self, inbox: &EventInbox) -> Result<SessionStart, BayeuxError> {
        while !self.lease.with_protocol(|machine| machine.is_open())? {
            self.change_to_websocket().await?;
            if let Err(error) = self.run_step(inbox).await {
                if self.transport.connection_type() == ConnectionType::WebSocket
                    && error.may_be_transport_fault()
                {
                    self.lease.record_websocket_failure();
                }
                return Err(error);
            }
        }
        if self.transport.connection_type() == ConnectionType::WebSocket {
            self.lease.record_websocket_success();
        }
        self.lease.on_authorized();
        let is_new = self.lease.with_protocol(BayeuxProtocol::announce_session)?;
        Ok(if is_new {
            SessionStart::New
        } else {
            SessionStart::Resumed
        })
    }

    /// Tries to move a session to WebSocket after its handshake by long polling, which all
    /// servers support.
    async fn change_to_websocket(&mut self) -> Result<(), BayeuxError> {
        let may_change = self.endpoint.transport == NotificationTransport::Auto
            && self.transport.connection_type() == ConnectionType::LongPolling
            && self.lease.may_try_websocket()
            && self
                .lease
                .with_protocol(|machine| machine.may_change_to_websocket())?;
        if !may_change {
            return Ok(());
        }
        match BayeuxTransport::open_websocket(&self.endpoint).await {
            Ok(transport) => {
                self.transport = transport;
                self.lease
                    .with_protocol(|machine| machine.connection_type = ConnectionType::WebSocket)
            }
            Err(error) => {
                self.lease.record_websocket_failure();
                info!(
                    source.name = %self.endpoint.source,
                    "Staying with long polling although a WebSocket is offered: {error}",
                );
                Ok(())
            }
        }
    }

    async fn run_until_closed(mut self, inbox: Arc<EventInbox>, closing: CancellationToken) {
        let error = loop {
            select! {
                step = self.run_step(&inbox) => match step {
                    Ok(()) => {}
                    Err(error) => break error,
                },
                () = closing.cancelled() => {
                    if let Ok(Some(disconnect)) = self.lease.with_protocol(BayeuxProtocol::disconnect_request) {
                        self.transport.send_disconnect(disconnect).await;
                    }
                    break BayeuxError::Closed;
                }
            }
        };
        inbox.close_with(error);
    }

    /// Sends the request that is due, or handles the next reply.
    async fn run_step(&mut self, inbox: &EventInbox) -> Result<(), BayeuxError> {
        let result = self.try_step(inbox).await;
        match &result {
            Err(BayeuxError::Unauthorized(_)) => self.lease.on_unauthorized(),
            Err(BayeuxError::SessionGone(_)) => {
                self.lease.with_protocol(BayeuxProtocol::forget_session)?;
            }
            _ => {}
        }
        result
    }

    async fn try_step(&mut self, inbox: &EventInbox) -> Result<(), BayeuxError> {
        let due = self
            .lease
            .with_protocol(|machine| machine.next_deadline())?;
        let (ProtocolDeadline::Send(at) | ProtocolDeadline::Reply(at)) = due;
        select! {
            reply = self.transport.receive_reply() => self.handle_reply(&reply?, inbox),
            () = sleep_until(at) => match due {
                ProtocolDeadline::Send(_) => self.send_request().await,
                ProtocolDeadline::Reply(_) => {
                    let now = Instant::now();
                    self.lease.with_protocol(|machine| machine.on_timeout(now))?
                }
            }
        }
    }

    async fn send_request(&mut self) -> Result<(), BayeuxError> {
        let now = Instant::now();
        let Some(outgoing) = self
            .lease
            .with_protocol(|machine| machine.next_request(now))?
        else {
            return Ok(());
        };
        let sending = self.transport.send_request(outgoing);
        timeout(SEND_TIMEOUT, sending)
            .await
            .unwrap_or(Err(BayeuxError::Lost))
    }

    fn handle_reply(
        &mut self,
        reply: &TransportReply,
        inbox: &EventInbox,
    ) -> Result<(), BayeuxError> {
        let outcome = self.apply_reply(reply, inbox);
        outcome.map_err(|error| {
            // Words are cut, and half of a secret wouldn't be found in them.
            let body = String::from_utf8_lossy(&reply.body);
            if self.endpoint.signer.repeats_secret(&body) {
                error.without_words()
            } else {
                error
            }
        })
    }

    fn apply_reply(
        &mut self,
        reply: &TransportReply,
        inbox: &EventInbox,
    ) -> Result<(), BayeuxError> {
        let messages = message::decode_messages(&reply.body)?;
        let now = Instant::now();
        let mut batch = EventBatch::default();
        let outcome = self.lease.with_protocol(|machine| {
            machine.receive_reply(&messages, now, &mut batch.events)?;
            batch.sign_of_life = machine.take_sign_of_life();
            let unanswered = reply.is_whole.then(|| machine.missing_answer(&messages));
            unanswered.flatten().map_or(Ok(()), Err)
        })?;
        inbox.push_batch(batch)?;
        outcome?;
        self.warn_of_shared_cookies()
    }

    fn warn_of_shared_cookies(&mut self) -> Result<(), BayeuxError> {
        let has_multiple_clients = self
            .lease
            .with_protocol(|machine| machine.has_multiple_clients())?;
        if has_multiple_clients && !self.shares_cookies {
            warn!(
                source.name = %self.endpoint.source,
                "The notification service reports another client with the same cookies; this slows both down",
            );
        }
        self.shares_cookies = has_multiple_clients;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
