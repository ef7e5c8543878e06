//! The protocol itself: what to say next and when, and what an answer means. It
//! does no I/O and reads no clock; who drives it says what time it is.
//!
//! There is one exchange at a time, so that a second connect, or a second
//! handshake, cannot be.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    advice::{Advice, Reconnect},
    error::{Error, Said},
    inbox::Event,
    message::{CONNECT, DISCONNECT, HANDSHAKE, Message, SUBSCRIBE},
    request::{self, Carrier, Outgoing},
    session::Session,
};

/// What a network may take on top of what the server itself waits for.
const NETWORK: Duration = Duration::from_secs(10);
/// Who does not know us says so at once. Who holds a connect for so long that should
/// be answered at once does know us, and still waits on behalf of the one before.
const HELD: Duration = Duration::from_secs(3);
/// Servers forget a client that has not connected for so long after an answer.
const FORGOTTEN: Duration = Duration::from_secs(10);
/// A server that answers at once, though it has nothing to tell, is not asked oftener.
const LEAST_PERIOD: Duration = Duration::from_millis(200);

/// One client of a Bayeux server, over all its sessions.
#[derive(Debug)]
pub(super) struct Machine {
    channels: &'static [&'static str],
    /// What we offer in a handshake.
    carriers: &'static [Carrier],
    pub(super) carrier: Carrier,
    advice: Advice,
    session: Option<Session>,
    /// No connect and no handshake is sent before.
    not_before: Instant,
    phase: Phase,
    next_id: u64,
}

#[derive(Debug)]
enum Phase {
    Handshake,
    Shaking(Awaited),
    Subscribe,
    Subscribing(Awaited, Vec<(String, &'static str)>),
    Connect(Purpose),
    Connecting(Awaited, Purpose),
}

/// Why a connect is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// Answered at once, to know that a kept session is still known.
    Resume,
    /// Answered at once, to know that a new session works.
    Prove,
    Listen,
}

#[derive(Debug)]
struct Awaited {
    id: String,
    asked: Instant,
    by: Instant,
}

/// What the machine waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Something is to be sent, not before.
    Send(Instant),
    /// An answer is to come, not later.
    Answer(Instant),
}

impl Machine {
    pub(super) fn new(channels: &'static [&'static str], now: Instant) -> Self {
        Self {
            channels,
            carriers: &[Carrier::LongPolling],
            carrier: Carrier::LongPolling,
            advice: Advice::default(),
            session: None,
            not_before: now,
            phase: Phase::Handshake,
            next_id: 1,
        }
    }

    /// Begins a run: with the session of the last one, if the server may still know it.
    pub(super) fn begin(&mut self, offered: &'static [Carrier], now: Instant) {
        self.carriers = offered;
        let silence = self.advice.timeout + self.advice.interval + FORGOTTEN;
        self.session
            .take_if(|session| now - session.heard >= silence);
        self.phase = match &self.session {
            None => Phase::Handshake,
            Some(session) if !session.has_channels => Phase::Subscribe,
            Some(_) => Phase::Connect(Purpose::Resume),
        };
    }

    pub(super) fn forget(&mut self) {
        self.session = None;
        self.phase = Phase::Handshake;
    }

    /// Whether there is a session, in this run or from the one before.
    pub(super) fn has_session(&self) -> bool {
        self.session.is_some()
    }

    /// Whether the session is so young that only the handshake of it was carried, and
    /// the server said in it that it speaks WebSocket.
    pub(super) fn may_change_to_websocket(&self) -> bool {
        let offers = self
            .session
            .as_ref()
            .map(|session| session.offers_websocket);
        matches!(self.phase, Phase::Subscribe) && offers == Some(true)
    }

    /// Whether the channels are subscribed to, and a connect in this run has told that
    /// the server knows us.
    pub(super) fn is_open(&self) -> bool {
        matches!(
            self.phase,
            Phase::Connect(Purpose::Listen) | Phase::Connecting(_, Purpose::Listen)
        )
    }

    /// Whether the session is new to whoever is told of it now.
    pub(super) fn tell(&mut self) -> bool {
        self.session
            .as_mut()
            .is_some_and(|session| !std::mem::replace(&mut session.is_told, true))
    }

    /// Whether the server sees another client of its kind come with our cookies.
    pub(super) fn has_rivals(&self) -> bool {
        self.advice.multiple_clients
    }

    pub(super) fn due(&self) -> Due {
        match &self.phase {
            Phase::Handshake | Phase::Connect(_) => Due::Send(self.not_before),
            Phase::Subscribe => Due::Send(self.heard()),
            Phase::Shaking(awaited)
            | Phase::Subscribing(awaited, _)
            | Phase::Connecting(awaited, _) => Due::Answer(awaited.by),
        }
    }

    /// What is due. None while an answer is awaited.
    pub(super) fn send(&mut self, now: Instant) -> Option<Outgoing> {
        match self.phase {
            Phase::Handshake => Some(self.shake(now)),
            Phase::Subscribe => Some(self.subscribe(now)),
            Phase::Connect(purpose) => Some(self.connect(purpose, now)),
            Phase::Shaking(_) | Phase::Subscribing(..) | Phase::Connecting(..) => None,
        }
    }

    /// The farewell. The session is over with it, whatever is answered.
    pub(super) fn farewell(&mut self) -> Option<Outgoing> {
        let session = self.session.take()?;
        self.phase = Phase::Handshake;
        Some(request::disconnect(&self.id(), &session.client_id.0))
    }

    /// The awaited answer has not come in time.
    pub(super) fn overdue(&mut self, now: Instant) -> Result<(), Error> {
        match &mut self.phase {
            Phase::Connecting(awaited, purpose @ Purpose::Resume) => {
                awaited.by = awaited.asked + self.advice.timeout + NETWORK;
                *purpose = Purpose::Listen;
                Ok(())
            }
            Phase::Shaking(awaited)
            | Phase::Subscribing(awaited, _)
            | Phase::Connecting(awaited, _) => Err(Error::NoAnswer(now - awaited.asked)),
            Phase::Handshake | Phase::Subscribe | Phase::Connect(_) => Ok(()),
        }
    }

    /// Takes in one reply. What it tells is in `events` even if it also ends the session.
    pub(super) fn hear(
        &mut self,
        reply: &[Message<'_>],
        now: Instant,
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        let asked = self.listens_since();
        let mut outcome = Ok(());
        for message in reply {
            let Some(channel) = message.channel.as_ref().map(|text| &*text.0) else {
                continue;
            };
            if channel.starts_with("/meta/") {
                if outcome.is_ok() {
                    outcome = self.take(channel, message, now);
                }
            } else if let Some(channel) = self.channels.iter().find(|own| **own == channel)
                && let Some(data) = message.data
            {
                events.push(Event {
                    channel,
                    data: data.to_owned(),
                });
            }
        }
        if let Some(asked) = asked
            && events.is_empty()
            && matches!(self.phase, Phase::Connect(_))
        {
            self.not_before = self.not_before.max(asked + LEAST_PERIOD);
        }
        outcome
    }

    /// Says what a reply means that was the whole answer to what was asked, and did
    /// not hold it.
    pub(super) fn unanswered(&self, reply: &[Message<'_>]) -> Option<Error> {
        let Due::Answer(_) = self.due() else {
            return None;
        };
        let said = reply
            .iter()
            .map(Message::said)
            .find(|said| *said != Said::default());
        Some(Error::Unreadable(said.unwrap_or_default()))
    }

    fn take(&mut self, channel: &str, message: &Message<'_>, now: Instant) -> Result<(), Error> {
        let is_awaited = match (&self.phase, channel) {
            (Phase::Shaking(awaited), HANDSHAKE)
            | (Phase::Subscribing(awaited, _), SUBSCRIBE)
            | (Phase::Connecting(awaited, _), CONNECT) => {
                // The subscriptions of one request are told apart by their channel.
                channel == SUBSCRIBE || message.answers(&awaited.id)
            }
            (_, DISCONNECT) => {
                self.forget();
                return Err(Error::SessionGone(message.said()));
            }
            _ => false,
        };
        if !is_awaited {
            return Ok(());
        }
        let reconnect = message
            .advice
            .as_ref()
            .and_then(|told| self.advice.take(told));
        let is_well = message.successful == Some(true);
        self.not_before = now + self.advice.interval;
        if reconnect == Some(Reconnect::Never) {
            self.forget();
            return Err(Error::Forbidden(message.said()));
        }
        match channel {
            HANDSHAKE => self.shaken(message, is_well, reconnect, now),
            SUBSCRIBE => self.subscribed(message, is_well, reconnect, now),
            _ => self.connected(message, is_well, reconnect, now),
        }
    }

    fn shaken(
        &mut self,
        message: &Message<'_>,
        is_well: bool,
        reconnect: Option<Reconnect>,
        now: Instant,
    ) -> Result<(), Error> {
        self.forget();
        if is_well && reconnect != Some(Reconnect::Handshake) {
            self.session = Session::begin(message, now);
        }
        if self.session.is_none() {
            return Err(Error::Handshake(message.said()));
        }
        self.phase = Phase::Subscribe;
        Ok(())
    }

    fn subscribed(
        &mut self,
        message: &Message<'_>,
        is_well: bool,
        reconnect: Option<Reconnect>,
        now: Instant,
    ) -> Result<(), Error> {
        if is_gone(message, is_well, reconnect) {
            self.forget();
            return Err(Error::SessionGone(message.said()));
        }
        let Phase::Subscribing(_, missing) = &mut self.phase else {
            return Ok(());
        };
        let name = message.subscription.as_ref().map(|text| &*text.0);
        let known = match name {
            Some(name) => missing.iter().position(|(_, own)| *own == name),
            None => missing.iter().position(|(id, _)| message.answers(id)),
        };
        let Some(known) = known else {
            return Ok(());
        };
        let (_, channel) = missing.swap_remove(known);
        let is_last = missing.is_empty();
        if !is_well {
            let said = message.said();
            return Err(Error::Channel { channel, said });
        }
        if is_last {
            self.phase = Phase::Connect(Purpose::Prove);
        }
        if let Some(session) = &mut self.session {
            session.heard = now;
            session.has_channels = is_last;
        }
        Ok(())
    }

    fn connected(
        &mut self,
        message: &Message<'_>,
        is_well: bool,
        reconnect: Option<Reconnect>,
        now: Instant,
    ) -> Result<(), Error> {
        let is_resuming = matches!(self.phase, Phase::Connecting(_, Purpose::Resume));
        if is_gone(message, is_well, reconnect) {
            self.forget();
            // Whoever resumes has told nobody yet that the session stands.
            return if is_resuming {
                Ok(())
            } else {
                Err(Error::SessionGone(message.said()))
            };
        }
        self.phase = Phase::Connect(Purpose::Listen);
        if !is_well {
            return Err(Error::Refused(message.said()));
        }
        if let Some(session) = &mut self.session {
            session.go_on(message, now);
        }
        Ok(())
    }

    fn shake(&mut self, now: Instant) -> Outgoing {
        self.session = None;
        let awaited = self.awaited(now, NETWORK);
        let outgoing = request::handshake(&awaited.id, self.carriers);
        self.phase = Phase::Shaking(awaited);
        outgoing
    }

    fn subscribe(&mut self, now: Instant) -> Outgoing {
        let awaited = self.awaited(now, NETWORK);
        let channels: Vec<_> = self
            .channels
            .iter()
            .map(|channel| (self.id(), *channel))
            .collect();
        let outgoing = request::subscribe(self.client_id(), &channels);
        self.phase = Phase::Subscribing(awaited, channels);
        outgoing
    }

    fn connect(&mut self, purpose: Purpose, now: Instant) -> Outgoing {
        let at_once = purpose != Purpose::Listen;
        let patience = match purpose {
            Purpose::Resume => HELD,
            Purpose::Prove => NETWORK,
            Purpose::Listen => self.advice.timeout + NETWORK,
        };
        let awaited = self.awaited(now, patience);
        let ack = self.session.as_ref().and_then(|session| session.ack);
        let outgoing = request::connect(&awaited.id, self.client_id(), self.carrier, at_once, ack);
        self.phase = Phase::Connecting(awaited, purpose);
        outgoing
    }

    fn awaited(&mut self, now: Instant, patience: Duration) -> Awaited {
        Awaited {
            id: self.id(),
            asked: now,
            by: now + patience,
        }
    }

    fn id(&mut self) -> String {
        let id = self.next_id.to_string();
        self.next_id += 1;
        id
    }

    fn client_id(&self) -> &str {
        self.session
            .as_ref()
            .map_or("", |session| &session.client_id.0)
    }

    fn heard(&self) -> Instant {
        self.session
            .as_ref()
            .map_or(self.not_before, |session| session.heard)
    }

    fn listens_since(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Connecting(awaited, Purpose::Listen) => Some(awaited.asked),
            _ => None,
        }
    }
}

/// Advice decides; where there is none, a server that does not know us has forgotten us.
fn is_gone(message: &Message<'_>, is_well: bool, reconnect: Option<Reconnect>) -> bool {
    match reconnect {
        Some(Reconnect::Handshake) => true,
        None => !is_well && message.is_unknown_client(),
        Some(Reconnect::Retry | Reconnect::Never) => false,
    }
}

#[cfg(test)]
mod tests;
