//! The protocol: what to send next and when, and what a response means. Does no I/O and
//! reads no clock; its driver passes the time.
//!
//! There is one exchange at a time, so that a second connect, or a second handshake, is impossible.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    advice::{Advice, Reconnect},
    error::{BayeuxError, ServerReason},
    hold::{HoldSupport, TRIAL_HOLD},
    inbox::{BayeuxEvent, SignOfLife},
    message::{BayeuxMessage, CONNECT, DISCONNECT, HANDSHAKE, SUBSCRIBE},
    phase::{ConnectPurpose, PendingConnect, PendingReply, ProtocolDeadline, ProtocolPhase},
    request::{self, ConnectionType, OutgoingRequest},
    session::BayeuxSession,
};

/// Time for the network, in addition to the server's own wait.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(10);
/// The same for a server that follows our holds.
const HOLD_NETWORK_TIMEOUT: Duration = Duration::from_secs(4);
/// A deadline is noticed later only by a process that stood still.
const TIMER_SLACK: Duration = Duration::from_secs(2);
/// A server that doesn't know us answers immediately. One that holds a connect this long,
/// though it should answer immediately, knows us: it ignores our holds, or is still waiting on
/// behalf of the previous connect.
const RESUME_TIMEOUT: Duration = Duration::from_secs(3);
/// Servers forget a client that hasn't connected for this long after a response.
const SESSION_LIFETIME: Duration = Duration::from_secs(10);
/// The shortest time between connects to a server that answers immediately without events.
const CONNECT_PERIOD_MIN: Duration = Duration::from_millis(200);

/// One client of a Bayeux server, across all its sessions.
#[derive(Debug)]
pub(super) struct BayeuxProtocol {
    channels: &'static [&'static str],
    /// The transports offered in a handshake.
    offered_types: &'static [ConnectionType],
    pub(super) connection_type: ConnectionType,
    advice: Advice,
    holds: HoldSupport,
    session: Option<BayeuxSession>,
    /// No connect and no handshake is sent before this time.
    not_before: Instant,
    phase: ProtocolPhase,
    next_id: u64,
    /// The latest sign of life that wasn't taken yet.
    sign_of_life: Option<SignOfLife>,
    /// Whether this run has given signs of life.
    is_proving: bool,
}

impl BayeuxProtocol {
    pub(super) fn new(channels: &'static [&'static str], now: Instant) -> Self {
        Self {
            channels,
            offered_types: &[ConnectionType::LongPolling],
            connection_type: ConnectionType::LongPolling,
            advice: Advice::default(),
            holds: HoldSupport::default(),
            session: None,
            not_before: now,
            phase: ProtocolPhase::Handshake,
            next_id: 1,
            sign_of_life: None,
            is_proving: false,
        }
    }

    /// Begins a run, with the session of the last one if the server may still know it.
    pub(super) fn begin_run(&mut self, offered: &'static [ConnectionType], now: Instant) {
        self.offered_types = offered;
        (self.sign_of_life, self.is_proving) = (None, false);
        let lifetime = self.advice.timeout + self.advice.interval + SESSION_LIFETIME;
        self.session
            .take_if(|session| now - session.last_received >= lifetime);
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

    /// Whether there is a session, from this run or the previous one.
    pub(super) fn has_session(&self) -> bool {
        self.session.is_some()
    }

    /// Whether only the session's handshake is done, and the server offered WebSocket in it.
    pub(super) fn may_change_to_websocket(&self) -> bool {
        let offers = self
            .session
            .as_ref()
            .map(|session| session.offers_websocket);
        matches!(self.phase, ProtocolPhase::Subscribe) && offers == Some(true)
    }

    /// Whether the channels are subscribed to, and a connect in this run has shown that the
    /// server knows us.
    pub(super) fn is_open(&self) -> bool {
        matches!(
            self.phase,
            ProtocolPhase::Connect(ConnectPurpose::Listen)
                | ProtocolPhase::Connecting(_, ConnectPurpose::Listen)
        )
    }

    /// Marks the session as announced. Returns whether it wasn't before.
    pub(super) fn announce_session(&mut self) -> bool {
        self.session
            .as_mut()
            .is_some_and(|session| !std::mem::replace(&mut session.is_announced, true))
    }

    /// Whether the server sees another client of its kind with our cookies.
    pub(super) fn has_multiple_clients(&self) -> bool {
        self.advice.multiple_clients
    }

    pub(super) fn next_deadline(&self) -> ProtocolDeadline {
        match &self.phase {
            ProtocolPhase::Handshake | ProtocolPhase::Connect(_) => {
                ProtocolDeadline::Send(self.not_before)
            }
            ProtocolPhase::Subscribe => ProtocolDeadline::Send(self.last_received()),
            ProtocolPhase::Handshaking(pending)
            | ProtocolPhase::Subscribing(pending, _)
            | ProtocolPhase::Connecting(pending, _) => ProtocolDeadline::Reply(pending.deadline),
        }
    }

    /// Returns the request that is due; `None` while a reply is pending.
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

    /// Returns the disconnect request. The session is over with it, whatever the response.
    pub(super) fn disconnect_request(&mut self) -> Option<OutgoingRequest> {
        let session = self.session.take()?;
        self.phase = ProtocolPhase::Handshake;
        Some(request::disconnect_request(
            &self.new_message_id(),
            &session.client_id.0,
        ))
    }

    /// Handles a pending reply that hasn't come in time.
    pub(super) fn on_timeout(&mut self, now: Instant) -> Result<(), BayeuxError> {
        // After a standstill of this process, it's unknown whether a reply came in time.
        if let ProtocolPhase::Connecting(pending, ConnectPurpose::Listen) = &self.phase
            && Some(TRIAL_HOLD) < pending.hold
            && now < pending.deadline + TIMER_SLACK
        {
            self.holds.record_miss();
        }
        match &mut self.phase {
            ProtocolPhase::Connecting(pending, purpose @ ConnectPurpose::Resume) => {
                pending.deadline = pending.sent_at + self.advice.timeout + NETWORK_TIMEOUT;
                *purpose = ConnectPurpose::Listen;
                Ok(())
            }
            ProtocolPhase::Handshaking(pending)
            | ProtocolPhase::Subscribing(pending, _)
            | ProtocolPhase::Connecting(pending, _) => {
                Err(BayeuxError::NoAnswer(now - pending.sent_at))
            }
            ProtocolPhase::Handshake | ProtocolPhase::Subscribe | ProtocolPhase::Connect(_) => {
                Ok(())
            }
        }
    }

    /// Takes the latest sign of life. Once there was one, the next follows within seconds.
    pub(super) fn take_sign_of_life(&mut self) -> Option<SignOfLife> {
        self.sign_of_life.take()
    }

    /// Handles one reply. Its events are in `events` even if it also ends the session.
    pub(super) fn receive_reply(
        &mut self,
        reply: &[BayeuxMessage<'_>],
        now: Instant,
        events: &mut Vec<BayeuxEvent>,
    ) -> Result<(), BayeuxError> {
        let connect = self.pending_connect();
        let mut outcome = Ok(());
        for message in reply {
            let Some(channel) = message.channel.as_ref().map(|text| &*text.0) else {
                continue;
            };
            if channel.starts_with("/meta/") {
                if outcome.is_ok() {
                    outcome = self.handle_meta(channel, message, now);
                }
            } else if let Some(channel) = self
                .channels
                .iter()
                .find(|subscribed| **subscribed == channel)
                && let Some(data) = message.data
            {
                events.push(BayeuxEvent {
                    channel,
                    data: data.to_owned(),
                });
            }
        }
        if let Some(connect) = connect
            && matches!(self.phase, ProtocolPhase::Connect(_))
        {
            self.on_connect_answered(connect, events.is_empty(), outcome.is_ok(), now);
        }
        outcome
    }

    /// Learns from the end of a connect, and slows down servers that answer immediately.
    fn on_connect_answered(
        &mut self,
        connect: PendingConnect,
        is_empty: bool,
        is_successful: bool,
        now: Instant,
    ) {
        if is_empty && connect.is_listening {
            let sent_at = connect.sent_at;
            self.not_before = self.not_before.max(sent_at + CONNECT_PERIOD_MIN);
        }
        if !is_successful {
            return;
        }
        if let Some(hold) = connect.hold.filter(|_| is_empty) {
            self.holds.record_empty_reply(hold, now - connect.sent_at);
        }
        if self.relies_on_holds() {
            self.is_proving = true;
            self.sign_of_life = Some(SignOfLife::At(connect.sent_at));
        } else if std::mem::take(&mut self.is_proving) {
            self.sign_of_life = Some(SignOfLife::NoMore);
        }
    }

    /// Whether each connect is answered after the hold that we ask for.
    fn relies_on_holds(&self) -> bool {
        self.holds.is_reliable() && self.advice.requested_hold().is_some()
    }

    /// The error for a complete reply that lacks the answer to the request.
    pub(super) fn missing_answer(&self, reply: &[BayeuxMessage<'_>]) -> Option<BayeuxError> {
        let ProtocolDeadline::Reply(_) = self.next_deadline() else {
            return None;
        };
        let reason = reply
            .iter()
            .map(BayeuxMessage::error_reason)
            .find(|reason| *reason != ServerReason::default());
        Some(BayeuxError::Unreadable(reason.unwrap_or_default()))
    }

    fn handle_meta(
        &mut self,
        channel: &str,
        message: &BayeuxMessage<'_>,
        now: Instant,
    ) -> Result<(), BayeuxError> {
        let is_awaited = match (&self.phase, channel) {
            (ProtocolPhase::Handshaking(pending), HANDSHAKE)
            | (ProtocolPhase::Subscribing(pending, _), SUBSCRIBE)
            | (ProtocolPhase::Connecting(pending, _), CONNECT) => {
                // The channel distinguishes the subscriptions of one request.
                channel == SUBSCRIBE || message.is_answer_to(&pending.id)
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
            .and_then(|advice| self.advice.merge_advice(advice));
        let is_successful = message.successful == Some(true);
        self.not_before = now + self.advice.interval;
        if reconnect == Some(Reconnect::Never) {
            self.forget_session();
            return Err(BayeuxError::Forbidden(message.error_reason()));
        }
        match channel {
            HANDSHAKE => self.on_handshake_reply(message, is_successful, reconnect, now),
            SUBSCRIBE => self.on_subscribe_reply(message, is_successful, reconnect, now),
            _ => self.on_connect_reply(message, is_successful, reconnect, now),
        }
    }

    fn on_handshake_reply(
        &mut self,
        message: &BayeuxMessage<'_>,
        is_successful: bool,
        reconnect: Option<Reconnect>,
        now: Instant,
    ) -> Result<(), BayeuxError> {
        self.forget_session();
        if is_successful && reconnect != Some(Reconnect::Handshake) {
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
        is_successful: bool,
        reconnect: Option<Reconnect>,
        now: Instant,
    ) -> Result<(), BayeuxError> {
        if is_session_gone(message, is_successful, reconnect) {
            self.forget_session();
            return Err(BayeuxError::SessionGone(message.error_reason()));
        }
        let ProtocolPhase::Subscribing(_, missing) = &mut self.phase else {
            return Ok(());
        };
        let name = message.subscription.as_ref().map(|text| &*text.0);
        let position = match name {
            Some(name) => missing
                .iter()
                .position(|(_, subscription)| *subscription == name),
            None => missing.iter().position(|(id, _)| message.is_answer_to(id)),
        };
        let Some(position) = position else {
            return Ok(());
        };
        let (_, channel) = missing.swap_remove(position);
        let is_last = missing.is_empty();
        if !is_successful {
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
        is_successful: bool,
        reconnect: Option<Reconnect>,
        now: Instant,
    ) -> Result<(), BayeuxError> {
        let is_resuming = matches!(
            self.phase,
            ProtocolPhase::Connecting(_, ConnectPurpose::Resume)
        );
        if is_session_gone(message, is_successful, reconnect) {
            self.forget_session();
            // A resuming run hasn't reported to anyone yet that the session continues.
            return if is_resuming {
                Ok(())
            } else {
                Err(BayeuxError::SessionGone(message.error_reason()))
            };
        }
        self.phase = ProtocolPhase::Connect(ConnectPurpose::Listen);
        if !is_successful {
            return Err(BayeuxError::Refused(message.error_reason()));
        }
        if let Some(session) = &mut self.session {
            session.record_connect(message, now);
        }
        Ok(())
    }

    fn begin_handshake(&mut self, now: Instant) -> OutgoingRequest {
        self.session = None;
        let pending = self.new_pending_reply(now, NETWORK_TIMEOUT);
        let outgoing = request::handshake_request(&pending.id, self.offered_types);
        self.phase = ProtocolPhase::Handshaking(pending);
        outgoing
    }

    fn begin_subscribe(&mut self, now: Instant) -> OutgoingRequest {
        let pending = self.new_pending_reply(now, NETWORK_TIMEOUT);
        let channels: Vec<_> = self
            .channels
            .iter()
            .map(|channel| (self.new_message_id(), *channel))
            .collect();
        let outgoing = request::subscribe_request(self.client_id(), &channels);
        self.phase = ProtocolPhase::Subscribing(pending, channels);
        outgoing
    }

    fn begin_connect(&mut self, purpose: ConnectPurpose, now: Instant) -> OutgoingRequest {
        let (hold, timeout) = match purpose {
            ConnectPurpose::Resume => (Some(Duration::ZERO), RESUME_TIMEOUT),
            ConnectPurpose::Verify => (Some(TRIAL_HOLD), RESUME_TIMEOUT),
            ConnectPurpose::Listen => (self.advice.requested_hold(), self.listen_timeout()),
        };
        let pending = PendingReply {
            hold,
            ..self.new_pending_reply(now, timeout)
        };
        let ack = self.session.as_ref().and_then(|session| session.ack);
        let outgoing = request::connect_request(
            &pending.id,
            self.client_id(),
            self.connection_type,
            hold,
            ack,
        );
        self.phase = ProtocolPhase::Connecting(pending, purpose);
        outgoing
    }

    fn new_pending_reply(&mut self, now: Instant, timeout: Duration) -> PendingReply {
        PendingReply {
            id: self.new_message_id(),
            sent_at: now,
            deadline: now + timeout,
            hold: None,
        }
    }

    fn listen_timeout(&self) -> Duration {
        match self.advice.requested_hold() {
            Some(hold) if self.holds.is_reliable() => hold + HOLD_NETWORK_TIMEOUT,
            _ => self.advice.timeout + NETWORK_TIMEOUT,
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

    fn pending_connect(&self) -> Option<PendingConnect> {
        match &self.phase {
            ProtocolPhase::Connecting(pending, purpose) => Some(PendingConnect {
                sent_at: pending.sent_at,
                // A server that answers at once may do so by itself.
                hold: pending.hold.filter(|_| *purpose != ConnectPurpose::Resume),
                is_listening: *purpose == ConnectPurpose::Listen,
            }),
            _ => None,
        }
    }
}

/// Advice decides; without any, a server that doesn't know us has forgotten us.
fn is_session_gone(
    message: &BayeuxMessage<'_>,
    is_successful: bool,
    reconnect: Option<Reconnect>,
) -> bool {
    match reconnect {
        Some(Reconnect::Handshake) => true,
        None => !is_successful && message.is_unknown_client(),
        Some(Reconnect::Retry | Reconnect::Never) => false,
    }
}

#[cfg(test)]
mod tests;
