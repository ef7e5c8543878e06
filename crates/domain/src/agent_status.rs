//! Agent status: the activity of an agent.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// The product's own status vocabulary, independent of the vendor's.
#[derive(EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// Those that can have a limit: nobody is in an unknown status for too long.
    pub const LIMITED: [Self; 7] = [
        Self::Available,
        Self::Ringing,
        Self::Talking,
        Self::Hold,
        Self::WrapUp,
        Self::NotReady,
        Self::Busy,
    ];
}

/// An agent's status as reported by a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
