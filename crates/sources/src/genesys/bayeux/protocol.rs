//! The protocol: what to send next and when, and (`replies`) what a response means. Does no I/O and
//! reads no clock; its driver passes the time.
//!
//! There is one exchange at a time, so that a second connect, or a second handshake, is impossible.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    advice::Advice,
    error::BayeuxError,
    hold::{HoldSupport, TRIAL_HOLD},
    inbox::SignOfLife,
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
        self.holds.begin_run();
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

mod replies;
#[cfg(test)]
mod tests;
