//! A node's report about itself to the others.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_live::codec::LOG_FORMAT;

use super::{NodeCondition, NodeRole, NodeStatus, ReportedFile};

/// The part of a node's report that doesn't change while it runs.
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

#[cfg(any(test, feature = "testing"))]
impl NodeIdentity {
    /// A node at an address of its own that may lead, and imports.
    pub fn of_test(name: &str) -> Self {
        Self {
            site: "support".to_owned(),
            name: name.to_owned(),
            role: NodeRole::All,
            has_imports: true,
            url: Some(format!("https://{name}.example.com")),
            started_at: Timestamp::UNIX_EPOCH,
        }
    }
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
    #[serde(default)]
    pub(super) files: Vec<ReportedFile>,
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
            files: Vec::new(),
            clock,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_of_a_later_version_can_be_read() {
        let status = NodeStatus::default();
        let identity = NodeIdentity::of_test("wall1");
        let report = NodeReport::new(&identity, 7, &status, Timestamp::UNIX_EPOCH);
        let mut document = serde_json::to_value(&report).unwrap();
        assert_eq!(document["condition"], "disconnected");

        document["load"] = 0.5.into();
        document["version"] = "9.0.0".into();

        let read: NodeReport = serde_json::from_value(document).unwrap();
        let version = "9.0.0".to_owned();
        assert_eq!(read, NodeReport { version, ..report });
    }
}
