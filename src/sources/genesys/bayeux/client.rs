//! One session with a Bayeux server, as one run of the source sees it.

use std::{sync::Arc, time::Duration};

use tokio::{
    select,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tracing::{info, warn};

use crate::sources::genesys::NotificationTransport;

use super::{
    BayeuxEndpoint, BayeuxError, BayeuxEvent, BayeuxMemory,
    inbox::EventInbox,
    memory::RunLease,
    message,
    protocol::{BayeuxProtocol, ProtocolDeadline},
    request::ConnectionType,
    transport::{BayeuxTransport, TransportReply},
};

/// For a goodbye; a server that does not answer by then forgets us by itself.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// A line that does not even take what we send is broken.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Dropped, it is silent at once, and the session can be taken up again by the next
/// [`open`](Self::open) with the same memory.
#[derive(Debug)]
pub(crate) struct BayeuxClient {
    inbox: Arc<EventInbox>,
    closing: CancellationToken,
    driver: AbortOnDropHandle<()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionStart {
    /// The server knows nothing of us: all subscriptions to statistics are to be made.
    New,
    /// The session of the last run stands. What was said in between may be lost.
    Resumed,
}

impl BayeuxClient {
    /// Takes up the session of the last run, or makes one; its channels are subscribed
    /// to and a connect has succeeded when this returns.
    ///
    /// Waits as long as the server has asked us to stay away.
    pub(crate) async fn open_session(
        endpoint: &BayeuxEndpoint,
        memory: &BayeuxMemory,
    ) -> Result<(Self, SessionStart), BayeuxError> {
        let inbox = Arc::new(EventInbox::default());
        let turn = memory.begin_run(endpoint);
        let wire = open_transport(endpoint, &turn).await?;
        turn.with_protocol(|machine| machine.connection_type = wire.connection_type())?;
        let mut line = ClientDriver {
            endpoint: endpoint.clone(),
            lease: turn,
            transport: wire,
            shares_cookies: false,
        };
        let opened = line.open_session(&inbox).await?;
        let closing = CancellationToken::new();
        let listens = tokio::spawn(line.run_until_closed(Arc::clone(&inbox), closing.clone()));
        let client = Self {
            inbox,
            closing,
            driver: AbortOnDropHandle::new(listens),
        };
        Ok((client, opened))
    }

    /// What was heard since it was last asked, once there is something. Dropped at any
    /// time, it loses nothing; and the session goes on though nobody asks.
    pub(crate) async fn next_events(&mut self) -> Result<Vec<BayeuxEvent>, BayeuxError> {
        self.inbox.take_events().await
    }

    /// Ends the session at the server, in bounded time.
    pub(crate) async fn close_session(self) {
        self.closing.cancel();
        timeout(DISCONNECT_TIMEOUT, self.driver).await.ok();
    }
}

/// A session stays with what carries it; a new one begins with what all servers know.
async fn open_transport(
    endpoint: &BayeuxEndpoint,
    turn: &RunLease,
) -> Result<BayeuxTransport, BayeuxError> {
    let stays =
        turn.with_protocol(|machine| machine.has_session().then_some(machine.connection_type))?;
    match endpoint.transport {
        NotificationTransport::WebSocket => BayeuxTransport::open_websocket(endpoint).await,
        NotificationTransport::Auto if stays == Some(ConnectionType::WebSocket) => {
            match BayeuxTransport::open_websocket(endpoint).await {
                Err(BayeuxError::NoWebSocket(_)) => {
                    turn.record_websocket_failure();
                    Ok(BayeuxTransport::open_polling(endpoint))
                }
                dialled => dialled,
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
        let is_news = self.lease.with_protocol(BayeuxProtocol::announce_session)?;
        Ok(if is_news {
            SessionStart::New
        } else {
            SessionStart::Resumed
        })
    }

    /// Tries the better way for a session that was made the way all servers know.
    async fn change_to_websocket(&mut self) -> Result<(), BayeuxError> {
        let may = self.endpoint.transport == NotificationTransport::Auto
            && self.transport.connection_type() == ConnectionType::LongPolling
            && self.lease.may_try_websocket()
            && self
                .lease
                .with_protocol(|machine| machine.may_change_to_websocket())?;
        if !may {
            return Ok(());
        }
        match BayeuxTransport::open_websocket(&self.endpoint).await {
            Ok(wire) => {
                self.transport = wire;
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
        let ended = loop {
            select! {
                step = self.run_step(&inbox) => match step {
                    Ok(()) => {}
                    Err(error) => break error,
                },
                () = closing.cancelled() => {
                    if let Ok(Some(goodbye)) = self.lease.with_protocol(BayeuxProtocol::disconnect_request) {
                        self.transport.send_disconnect(goodbye).await;
                    }
                    break BayeuxError::Closed;
                }
            }
        };
        inbox.close_with(ended);
    }

    /// Says what is due, or takes in what comes.
    async fn run_step(&mut self, inbox: &EventInbox) -> Result<(), BayeuxError> {
        let stepped = self.try_step(inbox).await;
        match &stepped {
            Err(BayeuxError::Unauthorized(_)) => self.lease.on_unauthorized(),
            Err(BayeuxError::SessionGone(_)) => {
                self.lease.with_protocol(BayeuxProtocol::forget_session)?;
            }
            _ => {}
        }
        stepped
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
        let messages = message::decode_messages(&reply.body)?;
        let now = Instant::now();
        let mut events = Vec::new();
        let outcome = self.lease.with_protocol(|machine| {
            machine.receive_reply(&messages, now, &mut events)?;
            let unanswered = reply.is_whole.then(|| machine.missing_answer(&messages));
            unanswered.flatten().map_or(Ok(()), Err)
        })?;
        inbox.push_events(events)?;
        outcome?;
        self.warn_of_shared_cookies()
    }

    fn warn_of_shared_cookies(&mut self) -> Result<(), BayeuxError> {
        let has_rivals = self
            .lease
            .with_protocol(|machine| machine.has_multiple_clients())?;
        if has_rivals && !self.shares_cookies {
            warn!(
                source.name = %self.endpoint.source,
                "The notification service reports another client with the same cookies; this slows both down",
            );
        }
        self.shares_cookies = has_rivals;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
