//! What an agent is doing.

use std::sync::Arc;

use jiff::Timestamp;

/// The product's own words for what an agent does, whatever the vendor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AgentStatus {
    Available,
    Ringing,
    Talking,
    Hold,
    WrapUp,
    NotReady,
    Busy,
    Unknown,
    LoggedOut,
}

impl AgentStatus {
    pub const ALL: [AgentStatus; 9] = [
        Self::Available,
        Self::Ringing,
        Self::Talking,
        Self::Hold,
        Self::WrapUp,
        Self::NotReady,
        Self::Busy,
        Self::Unknown,
        Self::LoggedOut,
    ];

    /// The name in JSON and in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Ringing => "ringing",
            Self::Talking => "talking",
            Self::Hold => "hold",
            Self::WrapUp => "wrap_up",
            Self::NotReady => "not_ready",
            Self::Busy => "busy",
            Self::Unknown => "unknown",
            Self::LoggedOut => "logged_out",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// An agent's state as a source says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentStatusReport {
    pub status: AgentStatus,
    /// The vendor's own word, where ours does not say all: `CallConsult`.
    pub vendor_status: Option<Arc<str>>,
    /// Why not ready, in words.
    pub reason: Option<Arc<str>>,
    /// When the state began, by the source's clock.
    pub since: Option<Timestamp>,
    /// The state on each medium, where there are several: `voice`, `chat`.
    pub media: Vec<(Arc<str>, AgentStatus)>,
}
