//! The condition of this node, for pages and metrics.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use wallboard_domain::{LogPosition, TermId};

/// The condition of a node, with the names of the API.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, IntoStaticStr, VariantNames, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum NodeCondition {
    /// It doesn't have what the leader has; all of its values are marked.
    #[default]
    Disconnected,
    /// It shows what the leader has.
    #[serde(rename = "follower")]
    #[strum(serialize = "follower")]
    Following,
    #[serde(rename = "leader")]
    #[strum(serialize = "leader")]
    Leading,
}

/// A node's status since it started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeStatus {
    pub condition: NodeCondition,
    /// Since when; `None` before it connected first.
    pub since: Option<Timestamp>,
    /// Why it doesn't follow, a sentence.
    pub reason: Option<String>,
    /// NATS is connected and doesn't store what this node writes.
    pub is_unstored: bool,
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

impl NodeStatus {
    /// Returns how far this node is behind the leader, in milliseconds: 0 if it leads, `None` if unknown.
    pub fn find_behind_ms(&self) -> Option<i64> {
        match self.condition {
            NodeCondition::Leading => Some(0),
            NodeCondition::Following => self.behind_ms,
            NodeCondition::Disconnected => None,
        }
    }
}
