//! The protocol itself: what to say next and when, and what an answer means. It
//! does no I/O and reads no clock; who drives it says what time it is.
//!
//! There is one exchange at a time, so that a second connect, or a second
//! handshake, cannot be.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    advice::{Advice, Reconnect},
    error::{BayeuxError, ServerReason},
    inbox::BayeuxEvent,
    message::{BayeuxMessage, CONNECT, DISCONNECT, HANDSHAKE, SUBSCRIBE},
    request::{self, ConnectionType, OutgoingRequest},
    session::BayeuxSession,
};

/// What a network may take on top of what the server itself waits for.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(10);
/// Who does not know us says so at once. Who holds a connect for so long that should
/// be answered at once does know us, and still waits on behalf of the one before.
const RESUME_TIMEOUT: Duration = Duration::from_secs(3);
/// Servers forget a client that has not connected for so long after an answer.
const SESSION_LIFETIME: Duration = Duration::from_secs(10);
/// A server that answers at once, though it has nothing to tell, is not asked oftener.
const CONNECT_PERIOD_MIN: Duration = Duration::from_millis(200);

/// One client of a Bayeux server, over all its sessions.
#[derive(Debug)]
pub(super) struct BayeuxProtocol {
    channels: &'static [&'static str],
    /// What we offer in a handshake.
    offered_types: &'static [ConnectionType],
    pub(super) connection_type: ConnectionType,
    advice: Advice,
    session: Option<BayeuxSession>,
    /// No connect and no handshake is sent before.
    not_before: Instant,
    phase: ProtocolPhase,
    next_id: u64,
}

#[derive(Debug)]
enum ProtocolPhase {
    Handshake,
    Handshaking(PendingReply),
    Subscribe,
    Subscribing(PendingReply, Vec<(String, &'static str)>),
    Connect(ConnectPurpose),
    Connecting(PendingReply, ConnectPurpose),
}

/// Why a connect is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ConnectPurpose {
    /// Answered at once, to know that a kept session is still known.
    Resume,
    /// Answered at once, to know that a new session works.
    Verify,
    Listen,
}

#[derive(Debug)]
struct PendingReply {
    id: String,
    sent_at: Instant,
    deadline: Instant,
}

/// What the machine waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProtocolDeadline {
    /// Something is to be sent, not before.
    Send(Instant),
    /// An answer is to come, not later.
    Reply(Instant),
}

impl BayeuxProtocol {
    pub(super) fn new(channels: &'static [&'static str], now: Instant) -> Self {
        Self {
            channels,
            offered_types: &[ConnectionType::LongPolling],
            connection_type: ConnectionType::LongPolling,
            advice: Advice::default(),
            session: None,
            not_before: now,
            phase: ProtocolPhase::Handshake,
            next_id: 1,
        }
    }

    /// Begins a run: with the session of the last one, if the server may still know it.
    pub(super) fn begin_run(&mut self, offered: &'static [ConnectionType], now: Instant) {
        self.offered_types = offered;
        let silence = self.advice.timeout + self.advice.interval + SESSION_LIFETIME;
        self.session
            .take_if(|session| now - session.last_received >= silence);
        self.phase = match &self.session {
            None => ProtocolPhase::Handshake,
            Some(session) if !session.has_channels => ProtocolPhase::Subscribe,
            Some(_) => ProtocolPhase::Connect(ConnectPurpose::Resume),
        };
    }

    pub(super) fn forget_session(&mut self) {
        self.session = None;
        self.phase = ProtocolPhase::Handshake;
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
        matches!(self.phase, ProtocolPhase::Subscribe) && offers == Some(true)
    }

    /// Whether the channels are subscribed to, and a connect in this run has told that
    /// the server knows us.
    pub(super) fn is_open(&self) -> bool {
        matches!(
            self.phase,
            ProtocolPhase::Connect(ConnectPurpose::Listen)
                | ProtocolPhase::Connecting(_, ConnectPurpose::Listen)
        )
    }

    /// Whether the session is new to whoever is told of it now.
    pub(super) fn announce_session(&mut self) -> bool {
        self.session
            .as_mut()
            .is_some_and(|session| !std::mem::replace(&mut session.is_announced, true))
    }

    /// Whether the server sees another client of its kind come with our cookies.
    pub(super) fn has_multiple_clients(&self) -> bool {
        self.advice.multiple_clients
    }

    pub(super) fn next_deadline(&self) -> ProtocolDeadline {
        match &self.phase {
            ProtocolPhase::Handshake | ProtocolPhase::Connect(_) => {
                ProtocolDeadline::Send(self.not_before)
            }
            ProtocolPhase::Subscribe => ProtocolDeadline::Send(self.last_received()),
            ProtocolPhase::Handshaking(awaited)
            | ProtocolPhase::Subscribing(awaited, _)
            | ProtocolPhase::Connecting(awaited, _) => ProtocolDeadline::Reply(awaited.deadline),
        }
    }

    /// What is due. None while an answer is awaited.
    pub(super) fn next_request(&mut self, now: Instant) -> Option<OutgoingRequest> {
        match self.phase {
            ProtocolPhase::Handshake => Some(self.begin_handshake(now)),
            ProtocolPhase::Subscribe => Some(self.begin_subscribe(now)),
            ProtocolPhase::Connect(purpose) => Some(self.begin_connect(purpose, now)),
            ProtocolPhase::Handshaking(_)
            | ProtocolPhase::Subscribing(..)
            | ProtocolPhase::Connecting(..) => None,
        }
    }

    /// The farewell. The session is over with it, whatever is answered.
    pub(super) fn disconnect_request(&mut self) -> Option<OutgoingRequest> {
        let session = self.session.take()?;
        self.phase = ProtocolPhase::Handshake;
        Some(request::disconnect_request(
            &self.new_message_id(),
            &session.client_id.0,
        ))
    }

    /// The awaited answer has not come in time.
    pub(super) fn on_timeout(&mut self, now: Instant) -> Result<(), BayeuxError> {
        match &mut self.phase {
            ProtocolPhase::Connecting(awaited, purpose @ ConnectPurpose::Resume) => {
                awaited.deadline = awaited.sent_at + self.advice.timeout + NETWORK_TIMEOUT;
                *purpose = ConnectPurpose::Listen;
                Ok(())
            }
            ProtocolPhase::Handshaking(awaited)
            | ProtocolPhase::Subscribing(awaited, _)
            | ProtocolPhase::Connecting(awaited, _) => {
                Err(BayeuxError::NoAnswer(now - awaited.sent_at))
            }
            ProtocolPhase::Handshake | ProtocolPhase::Subscribe | ProtocolPhase::Connect(_) => {
                Ok(())
            }
        }
    }

    /// Takes in one reply. What it tells is in `events` even if it also ends the session.
    pub(super) fn receive_reply(
        &mut self,
        reply: &[BayeuxMessage<'_>],
        now: Instant,
        events: &mut Vec<BayeuxEvent>,
    ) -> Result<(), BayeuxError> {
        let asked = self.listening_since();
        let mut outcome = Ok(());
        for message in reply {
            let Some(channel) = message.channel.as_ref().map(|text| &*text.0) else {
                continue;
            };
            if channel.starts_with("/meta/") {
                if outcome.is_ok() {
                    outcome = self.handle_meta(channel, message, now);
                }
            } else if let Some(channel) = self.channels.iter().find(|own| **own == channel)
                && let Some(data) = message.data
            {
                events.push(BayeuxEvent {
                    channel,
                    data: data.to_owned(),
                });
            }
        }
        if let Some(asked) = asked
            && events.is_empty()
            && matches!(self.phase, ProtocolPhase::Connect(_))
        {
            self.not_before = self.not_before.max(asked + CONNECT_PERIOD_MIN);
        }
        outcome
    }

    /// Says what a reply means that was the whole answer to what was asked, and did
    /// not hold it.
    pub(super) fn missing_answer(&self, reply: &[BayeuxMessage<'_>]) -> Option<BayeuxError> {
        let ProtocolDeadline::Reply(_) = self.next_deadline() else {
            return None;
        };
        let said = reply
            .iter()
            .map(BayeuxMessage::error_reason)
            .find(|said| *said != ServerReason::default());
        Some(BayeuxError::Unreadable(said.unwrap_or_default()))
    }

    fn handle_meta(
        &mut self,
        channel: &str,
        message: &BayeuxMessage<'_>,
        now: Instant,
    ) -> Result<(), BayeuxError> {
        let is_awaited = match (&self.phase, channel) {
            (ProtocolPhase::Handshaking(awaited), HANDSHAKE)
            | (ProtocolPhase::Subscribing(awaited, _), SUBSCRIBE)
            | (ProtocolPhase::Connecting(awaited, _), CONNECT) => {
                // The subscriptions of one request are told apart by their channel.
                channel == SUBSCRIBE || message.is_answer_to(&awaited.id)
            }
            (_, DISCONNECT) => {
                self.forget_session();
                return Err(BayeuxError::SessionGone(message.error_reason()));
            }
            _ => false,
        };
        if !is_awaited {
            return Ok(());
        }
        let reconnect = message
            .advice
            .as_ref()
            .and_then(|told| self.advice.merge_advice(told));
        let is_well = message.successful == Some(true);
        self.not_before = now + self.advice.interval;
        if reconnect == Some(Reconnect::Never) {
            self.forget_session();
            return Err(BayeuxError::Forbidden(message.error_reason()));
        }
        match channel {
            HANDSHAKE => self.on_handshake_reply(message, is_well, reconnect, now),
            SUBSCRIBE => self.on_subscribe_reply(message, is_well, reconnect, now),
            _ => self.on_connect_reply(message, is_well, reconnect, now),
        }
    }

    fn on_handshake_reply(
        &mut self,
        message: &BayeuxMessage<'_>,
        is_well: bool,
        reconnect: Option<Reconnect>,
        now: Instant,
    ) -> Result<(), BayeuxError> {
        self.forget_session();
        if is_well && reconnect != Some(Reconnect::Handshake) {
            self.session = BayeuxSession::from_handshake(message, now);
        }
        if self.session.is_none() {
            return Err(BayeuxError::Handshake(message.error_reason()));
        }
        self.phase = ProtocolPhase::Subscribe;
        Ok(())
    }

    fn on_subscribe_reply(
        &mut self,
        message: &BayeuxMessage<'_>,
        is_well: bool,
        reconnect: Option<Reconnect>,
        now: Instant,
    ) -> Result<(), BayeuxError> {
        if is_session_gone(message, is_well, reconnect) {
            self.forget_session();
            return Err(BayeuxError::SessionGone(message.error_reason()));
        }
        let ProtocolPhase::Subscribing(_, missing) = &mut self.phase else {
            return Ok(());
        };
        let name = message.subscription.as_ref().map(|text| &*text.0);
        let known = match name {
            Some(name) => missing.iter().position(|(_, own)| *own == name),
            None => missing.iter().position(|(id, _)| message.is_answer_to(id)),
        };
        let Some(known) = known else {
            return Ok(());
        };
        let (_, channel) = missing.swap_remove(known);
        let is_last = missing.is_empty();
        if !is_well {
            let said = message.error_reason();
            return Err(BayeuxError::Channel { channel, said });
        }
        if is_last {
            self.phase = ProtocolPhase::Connect(ConnectPurpose::Verify);
        }
        if let Some(session) = &mut self.session {
            session.last_received = now;
            session.has_channels = is_last;
        }
        Ok(())
    }

    fn on_connect_reply(
        &mut self,
        message: &BayeuxMessage<'_>,
        is_well: bool,
        reconnect: Option<Reconnect>,
        now: Instant,
    ) -> Result<(), BayeuxError> {
        let is_resuming = matches!(
            self.phase,
            ProtocolPhase::Connecting(_, ConnectPurpose::Resume)
        );
        if is_session_gone(message, is_well, reconnect) {
            self.forget_session();
            // Whoever resumes has told nobody yet that the session stands.
            return if is_resuming {
                Ok(())
            } else {
                Err(BayeuxError::SessionGone(message.error_reason()))
            };
        }
        self.phase = ProtocolPhase::Connect(ConnectPurpose::Listen);
        if !is_well {
            return Err(BayeuxError::Refused(message.error_reason()));
        }
        if let Some(session) = &mut self.session {
            session.record_connect(message, now);
        }
        Ok(())
    }

    fn begin_handshake(&mut self, now: Instant) -> OutgoingRequest {
        self.session = None;
        let awaited = self.new_pending_reply(now, NETWORK_TIMEOUT);
        let outgoing = request::handshake_request(&awaited.id, self.offered_types);
        self.phase = ProtocolPhase::Handshaking(awaited);
        outgoing
    }

    fn begin_subscribe(&mut self, now: Instant) -> OutgoingRequest {
        let awaited = self.new_pending_reply(now, NETWORK_TIMEOUT);
        let channels: Vec<_> = self
            .channels
            .iter()
            .map(|channel| (self.new_message_id(), *channel))
            .collect();
        let outgoing = request::subscribe_request(self.client_id(), &channels);
        self.phase = ProtocolPhase::Subscribing(awaited, channels);
        outgoing
    }

    fn begin_connect(&mut self, purpose: ConnectPurpose, now: Instant) -> OutgoingRequest {
        let at_once = purpose != ConnectPurpose::Listen;
        let patience = match purpose {
            ConnectPurpose::Resume => RESUME_TIMEOUT,
            ConnectPurpose::Verify => NETWORK_TIMEOUT,
            ConnectPurpose::Listen => self.advice.timeout + NETWORK_TIMEOUT,
        };
        let awaited = self.new_pending_reply(now, patience);
        let ack = self.session.as_ref().and_then(|session| session.ack);
        let outgoing = request::connect_request(
            &awaited.id,
            self.client_id(),
            self.connection_type,
            at_once,
            ack,
        );
        self.phase = ProtocolPhase::Connecting(awaited, purpose);
        outgoing
    }

    fn new_pending_reply(&mut self, now: Instant, patience: Duration) -> PendingReply {
        PendingReply {
            id: self.new_message_id(),
            sent_at: now,
            deadline: now + patience,
        }
    }

    fn new_message_id(&mut self) -> String {
        let id = self.next_id.to_string();
        self.next_id += 1;
        id
    }

    fn client_id(&self) -> &str {
        self.session
            .as_ref()
            .map_or("", |session| &session.client_id.0)
    }

    fn last_received(&self) -> Instant {
        self.session
            .as_ref()
            .map_or(self.not_before, |session| session.last_received)
    }

    fn listening_since(&self) -> Option<Instant> {
        match &self.phase {
            ProtocolPhase::Connecting(awaited, ConnectPurpose::Listen) => Some(awaited.sent_at),
            _ => None,
        }
    }
}

/// Advice decides; where there is none, a server that does not know us has forgotten us.
fn is_session_gone(
    message: &BayeuxMessage<'_>,
    is_well: bool,
    reconnect: Option<Reconnect>,
) -> bool {
    match reconnect {
        Some(Reconnect::Handshake) => true,
        None => !is_well && message.is_unknown_client(),
        Some(Reconnect::Retry | Reconnect::Never) => false,
    }
}

#[cfg(test)]
mod tests;
