//! One session with a Bayeux server, as one run of the source sees it.

use std::{sync::Arc, time::Duration};

use tokio::{
    select,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tracing::{info, warn};

use crate::sources::genesys::Transport;

use super::{
    Endpoint, Error, Event, Memory,
    inbox::Inbox,
    machine::{Due, Machine},
    memory::Turn,
    message,
    request::Carrier,
    wire::{Reply, Wire},
};

/// For a goodbye; a server that does not answer by then forgets us by itself.
const FAREWELL: Duration = Duration::from_secs(2);
/// A line that does not even take what we send is broken.
const SENT_WITHIN: Duration = Duration::from_secs(10);

/// Dropped, it is silent at once, and the session can be taken up again by the next
/// [`open`](Self::open) with the same memory.
#[derive(Debug)]
pub(crate) struct Client {
    inbox: Arc<Inbox>,
    closing: CancellationToken,
    listens: AbortOnDropHandle<()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// The server knows nothing of us: all subscriptions to statistics are to be made.
    New,
    /// The session of the last run stands. What was said in between may be lost.
    Resumed,
}

impl Client {
    /// Takes up the session of the last run, or makes one; its channels are subscribed
    /// to and a connect has succeeded when this returns.
    ///
    /// Waits as long as the server has asked us to stay away.
    pub(crate) async fn open(
        endpoint: &Endpoint,
        memory: &Memory,
    ) -> Result<(Self, Opened), Error> {
        let inbox = Arc::new(Inbox::default());
        let turn = memory.begin(endpoint);
        let wire = first_wire(endpoint, &turn).await?;
        turn.with(|machine| machine.carrier = wire.carrier())?;
        let mut line = Line {
            endpoint: endpoint.clone(),
            turn,
            wire,
            has_rivals: false,
        };
        let opened = line.open(&inbox).await?;
        let closing = CancellationToken::new();
        let listens = tokio::spawn(line.listen(Arc::clone(&inbox), closing.clone()));
        let client = Self {
            inbox,
            closing,
            listens: AbortOnDropHandle::new(listens),
        };
        Ok((client, opened))
    }

    /// What was heard since it was last asked, once there is something. Dropped at any
    /// time, it loses nothing; and the session goes on though nobody asks.
    pub(crate) async fn next(&mut self) -> Result<Vec<Event>, Error> {
        self.inbox.take().await
    }

    /// Ends the session at the server, in bounded time.
    pub(crate) async fn close(self) {
        self.closing.cancel();
        timeout(FAREWELL, self.listens).await.ok();
    }
}

/// A session stays with what carries it; a new one begins with what all servers know.
async fn first_wire(endpoint: &Endpoint, turn: &Turn) -> Result<Wire, Error> {
    let stays = turn.with(|machine| machine.has_session().then_some(machine.carrier))?;
    match endpoint.transport {
        Transport::WebSocket => Wire::websocket(endpoint).await,
        Transport::Auto if stays == Some(Carrier::WebSocket) => {
            match Wire::websocket(endpoint).await {
                Err(Error::NoWebSocket(_)) => {
                    turn.doubt_websocket();
                    Ok(Wire::polling(endpoint))
                }
                dialled => dialled,
            }
        }
        Transport::Auto | Transport::LongPolling => Ok(Wire::polling(endpoint)),
    }
}

struct Line {
    endpoint: Endpoint,
    turn: Turn,
    wire: Wire,
    has_rivals: bool,
}

impl Line {
    async fn open(&mut self, inbox: &Inbox) -> Result<Opened, Error> {
        while !self.turn.with(|machine| machine.is_open())? {
            self.change_to_websocket().await?;
            if let Err(error) = self.step(inbox).await {
                if self.wire.carrier() == Carrier::WebSocket && error.may_be_of_the_carrier() {
                    self.turn.doubt_websocket();
                }
                return Err(error);
            }
        }
        if self.wire.carrier() == Carrier::WebSocket {
            self.turn.trust_websocket();
        }
        self.turn.is_authorised();
        let is_news = self.turn.with(Machine::tell)?;
        Ok(if is_news {
            Opened::New
        } else {
            Opened::Resumed
        })
    }

    /// Tries the better way for a session that was made the way all servers know.
    async fn change_to_websocket(&mut self) -> Result<(), Error> {
        let may = self.endpoint.transport == Transport::Auto
            && self.wire.carrier() == Carrier::LongPolling
            && self.turn.may_try_websocket()
            && self
                .turn
                .with(|machine| machine.may_change_to_websocket())?;
        if !may {
            return Ok(());
        }
        match Wire::websocket(&self.endpoint).await {
            Ok(wire) => {
                self.wire = wire;
                self.turn
                    .with(|machine| machine.carrier = Carrier::WebSocket)
            }
            Err(error) => {
                self.turn.doubt_websocket();
                info!(
                    source.name = %self.endpoint.source,
                    "Staying with long polling although a WebSocket is offered: {error}",
                );
                Ok(())
            }
        }
    }

    async fn listen(mut self, inbox: Arc<Inbox>, closing: CancellationToken) {
        let ended = loop {
            select! {
                step = self.step(&inbox) => match step {
                    Ok(()) => {}
                    Err(error) => break error,
                },
                () = closing.cancelled() => {
                    if let Ok(Some(goodbye)) = self.turn.with(Machine::farewell) {
                        self.wire.farewell(goodbye).await;
                    }
                    break Error::Closed;
                }
            }
        };
        inbox.end(ended);
    }

    /// Says what is due, or takes in what comes.
    async fn step(&mut self, inbox: &Inbox) -> Result<(), Error> {
        let stepped = self.try_step(inbox).await;
        match &stepped {
            Err(Error::Unauthorised(_)) => self.turn.is_unauthorised(),
            Err(Error::SessionGone(_)) => self.turn.with(Machine::forget)?,
            _ => {}
        }
        stepped
    }

    async fn try_step(&mut self, inbox: &Inbox) -> Result<(), Error> {
        let due = self.turn.with(|machine| machine.due())?;
        let (Due::Send(at) | Due::Answer(at)) = due;
        select! {
            reply = self.wire.receive() => self.take(&reply?, inbox),
            () = sleep_until(at) => match due {
                Due::Send(_) => self.send().await,
                Due::Answer(_) => {
                    let now = Instant::now();
                    self.turn.with(|machine| machine.overdue(now))?
                }
            }
        }
    }

    async fn send(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        let Some(outgoing) = self.turn.with(|machine| machine.send(now))? else {
            return Ok(());
        };
        let sending = self.wire.send(outgoing);
        timeout(SENT_WITHIN, sending)
            .await
            .unwrap_or(Err(Error::Lost))
    }

    fn take(&mut self, reply: &Reply, inbox: &Inbox) -> Result<(), Error> {
        let messages = message::decode(&reply.body)?;
        let now = Instant::now();
        let mut events = Vec::new();
        let outcome = self.turn.with(|machine| {
            machine.hear(&messages, now, &mut events)?;
            let unanswered = reply.is_whole.then(|| machine.unanswered(&messages));
            unanswered.flatten().map_or(Ok(()), Err)
        })?;
        inbox.put(events)?;
        outcome?;
        self.warn_of_rivals()
    }

    fn warn_of_rivals(&mut self) -> Result<(), Error> {
        let has_rivals = self.turn.with(|machine| machine.has_rivals())?;
        if has_rivals && !self.has_rivals {
            warn!(
                source.name = %self.endpoint.source,
                "The notification service reports another client with the same cookies; this slows both down",
            );
        }
        self.has_rivals = has_rivals;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
