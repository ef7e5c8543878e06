//! Agent status: the activity of an agent.

use std::sync::Arc;

use jiff::Timestamp;

/// The product's own status vocabulary, independent of the vendor's.
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

/// An agent's status as reported by a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentStatusReport {
    pub status: AgentStatus,
    /// The vendor's own status, where ours is coarser: `CallConsult`.
    pub vendor_status: Option<Arc<str>>,
    /// Reason for not ready, as text.
    pub reason: Option<Arc<str>>,
    /// When the status began, by the source's clock.
    pub since: Option<Timestamp>,
    /// The status per medium, where there are several: `voice`, `chat`.
    pub media: Vec<(Arc<str>, AgentStatus)>,
}
