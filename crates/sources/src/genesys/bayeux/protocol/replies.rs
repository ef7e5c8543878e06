//! The meaning of replies: the session, its channels, and how the server holds connects.

use tokio::time::Instant;

use super::{BayeuxProtocol, CONNECT_PERIOD_MIN};
use crate::genesys::bayeux::{
    advice::Reconnect,
    error::{BayeuxError, ServerReason},
    inbox::{BayeuxEvent, SignOfLife},
    message::{BayeuxMessage, CONNECT, DISCONNECT, HANDSHAKE, SUBSCRIBE},
    phase::{ConnectPurpose, PendingConnect, ProtocolDeadline, ProtocolPhase},
    session::BayeuxSession,
};

impl BayeuxProtocol {
    /// Handles one reply. Its events are in `events` even if it also ends the session.
    pub(in crate::genesys::bayeux) fn receive_reply(
        &mut self,
        reply: &[BayeuxMessage<'_>],
        now: Instant,
        events: &mut Vec<BayeuxEvent>,
    ) -> Result<(), BayeuxError> {
        self.holds.record_reply();
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
    pub(in crate::genesys::bayeux) fn missing_answer(
        &self,
        reply: &[BayeuxMessage<'_>],
    ) -> Option<BayeuxError> {
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
