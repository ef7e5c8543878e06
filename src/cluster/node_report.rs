//! What a node reports about itself to the others.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::live::codec::LOG_FORMAT;

use super::{NodeCondition, NodeRole, NodeStatus};

/// What doesn't change about a node while it runs.
#[derive(Clone, Debug)]
pub struct NodeIdentity {
    pub site: String,
    /// The name of the node.
    pub name: String,
    pub role: NodeRole,
    /// Whether it imports the exported files.
    pub has_imports: bool,
    /// Its address for viewers, if one is configured.
    pub url: Option<String>,
    pub started_at: Timestamp,
}

/// The document in the bucket. Nodes of other versions read it too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct NodeReport {
    /// Differs between two processes with one name: a random number.
    pub(super) process: u64,
    pub(super) condition: NodeCondition,
    pub(super) role: NodeRole,
    pub(super) version: String,
    pub(super) log_format: u32,
    pub(super) log_offset: u64,
    pub(super) behind_ms: Option<i64>,
    /// Since when it has its condition.
    pub(super) since: Timestamp,
    pub(super) started_at: Timestamp,
    pub(super) url: Option<String>,
    pub(super) has_imports: bool,
    /// Its wall clock when it wrote this.
    pub(super) clock: Timestamp,
}

impl NodeReport {
    pub(super) fn new(
        identity: &NodeIdentity,
        process: u64,
        status: &NodeStatus,
        clock: Timestamp,
    ) -> Self {
        Self {
            process,
            condition: status.condition,
            role: identity.role,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            log_format: LOG_FORMAT,
            log_offset: status.position.next.0,
            behind_ms: status.find_behind_ms(),
            since: status.since.unwrap_or(identity.started_at),
            started_at: identity.started_at,
            url: identity.url.clone(),
            has_imports: identity.has_imports,
            clock,
        }
    }
}
