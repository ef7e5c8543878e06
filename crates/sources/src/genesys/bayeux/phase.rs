//! The phases of the protocol: what is due to be sent, or which reply is pending.

use std::time::Duration;

use tokio::time::Instant;

#[derive(Debug)]
pub(super) enum ProtocolPhase {
    Handshake,
    Handshaking(PendingReply),
    Subscribe,
    Subscribing(PendingReply, Vec<(String, &'static str)>),
    Connect(ConnectPurpose),
    Connecting(PendingReply, ConnectPurpose),
}

/// The purpose of a connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectPurpose {
    /// Answered immediately, to check that a stored session is still known.
    Resume,
    /// Answered after a moment, to check that a new session works, and whether the server follows our
    /// holds: nothing is subscribed to yet that could end one early.
    Verify,
    Listen,
}

#[derive(Debug)]
pub(super) struct PendingReply {
    pub(super) id: String,
    pub(super) sent_at: Instant,
    pub(super) deadline: Instant,
    /// How long the server is asked to hold a connect.
    pub(super) hold: Option<Duration>,
}

/// A connect whose reply is pending.
#[derive(Clone, Copy, Debug)]
pub(super) struct PendingConnect {
    pub(super) sent_at: Instant,
    /// The hold that its reply may show that the server follows.
    pub(super) hold: Option<Duration>,
    pub(super) is_listening: bool,
}

/// The deadline that the machine waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProtocolDeadline {
    /// A request is due at this time, not before.
    Send(Instant),
    /// A reply is due by this time.
    Reply(Instant),
}
