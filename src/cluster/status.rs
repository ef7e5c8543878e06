//! The condition of this node, for pages and metrics.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{LogPosition, TermId};

/// What a node does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NodeCondition {
    /// It doesn't have what the leader has; all of its values are marked.
    #[default]
    Disconnected,
    /// It shows what the leader has.
    Following,
    Leading,
}

/// What a node has done since it started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeStatus {
    pub condition: NodeCondition,
    /// Since when; `None` before it connected first.
    pub since: Option<Timestamp>,
    /// Why it doesn't follow, a sentence.
    pub reason: Option<String>,
    pub term: Option<TermId>,
    pub position: LogPosition,
    /// How far a follower is behind the leader, in milliseconds.
    pub behind_ms: Option<i64>,
    /// How long the last append of a leader took.
    pub append_delay: Duration,
    /// How often it became the leader.
    pub terms: u64,
    /// How often it stopped leading because another node had appended.
    pub fences: u64,
    /// How often its values were marked because it didn't hear the leader.
    pub disconnections: u64,
}
