//! The cluster as this node knows it, for pages, the API and metrics.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    NodeClock, NodeCondition, NodeIdentity, NodeRole, NodeStatus, ReportedFile,
    node_report::NodeReport,
};

/// A node that hasn't reported for so long isn't shown as what it was, in milliseconds.
const SILENT_AFTER: i64 = 5_000;
/// How much a clock may differ from those of the servers, in milliseconds.
const CLOCK_DIFFERENCE_MAX: i64 = 2_000;

/// Knows this node's condition at any time, and the other nodes as of the last time NATS could be
/// reached. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ClusterMonitor {
    identity: Arc<NodeIdentity>,
    status: watch::Receiver<NodeStatus>,
    nodes: watch::Receiver<KnownNodes>,
    clock: NodeClock,
}

/// All nodes, by name.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterView {
    pub site: String,
    /// The name of this node.
    pub node: String,
    /// Why this node doesn't follow the leader, without a capital letter or a period.
    pub reason: Option<String>,
    /// This one, and those that report.
    pub nodes: Vec<NodeView>,
    /// When the others were read last.
    pub as_of: Option<Timestamp>,
    /// Whether NATS can be reached.
    pub is_connected: bool,
    /// Whether another process uses this node's name.
    pub is_name_shared: bool,
}

/// A node of the cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeView {
    pub name: String,
    pub is_this: bool,
    /// Disconnected if it stopped to report.
    pub condition: NodeCondition,
    pub since: Timestamp,
    pub role: NodeRole,
    pub version: String,
    /// How far it is behind the leader, in milliseconds.
    pub behind_ms: Option<i64>,
    pub log_offset: u64,
    /// Its address for viewers.
    pub url: Option<String>,
    pub has_imports: bool,
    /// The next files of the exports that it imports.
    pub files: Vec<ReportedFile>,
    /// The NATS servers' clock minus the node's, in milliseconds.
    pub clock_difference_ms: Option<i64>,
    /// When it reported last, on the servers' clock; `None` before this node's first report.
    pub seen_at: Option<Timestamp>,
    /// Whether its reports have stopped.
    pub is_silent: bool,
}

/// The reports of all nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownNodes {
    pub(super) entries: Vec<NodeEntry>,
    pub(super) as_of: Option<Timestamp>,
    pub(super) is_connected: bool,
    pub(super) is_name_shared: bool,
}

/// A report with what the servers say about it.
#[derive(Clone, Debug)]
pub(super) struct NodeEntry {
    pub(super) name: String,
    pub(super) report: NodeReport,
    /// When a server stored it.
    pub(super) stored_at: Timestamp,
}

impl ClusterMonitor {
    pub(super) fn new(
        identity: Arc<NodeIdentity>,
        status: watch::Receiver<NodeStatus>,
        nodes: watch::Receiver<KnownNodes>,
        clock: NodeClock,
    ) -> Self {
        Self {
            identity,
            status,
            nodes,
            clock,
        }
    }

    /// A node that knows others, of which each is shown as it reported `status` just now.
    #[cfg(any(test, feature = "testing"))]
    pub fn of_test(
        identity: NodeIdentity,
        status: NodeStatus,
        others: Vec<(NodeIdentity, NodeStatus)>,
    ) -> Self {
        let now = Timestamp::now();
        let entries = others.into_iter().map(|(other, status)| NodeEntry {
            report: NodeReport::new(&other, 1, &status, now),
            name: other.name,
            stored_at: now,
        });
        let nodes = KnownNodes {
            entries: entries.collect(),
            as_of: Some(now),
            is_connected: true,
            is_name_shared: false,
        };
        Self::new(
            Arc::new(identity),
            watch::Sender::new(status).subscribe(),
            watch::Sender::new(nodes).subscribe(),
            NodeClock::new(wallboard_runtime::ingest::ProcessClock::start_now()),
        )
    }

    /// Says when the nodes were read again.
    #[cfg(test)]
    pub(super) fn subscribe(&self) -> watch::Receiver<KnownNodes> {
        self.nodes.clone()
    }

    /// Returns this node's condition now.
    pub fn status(&self) -> NodeStatus {
        self.status.borrow().clone()
    }

    /// Returns how far this node's clock is ahead of most others, in milliseconds, if it's known.
    pub fn clock_ahead_ms(&self) -> Option<i64> {
        self.clock.ahead_ms()
    }

    /// Returns whether NATS can be reached, as of the last seconds.
    pub fn is_connected(&self) -> bool {
        self.nodes.borrow().is_connected
    }

    /// Returns whether this node imports the exported files.
    pub fn has_imports(&self) -> bool {
        self.identity.has_imports
    }

    pub fn view(&self) -> ClusterView {
        let (status, known) = (self.status(), self.nodes.borrow().clone());
        let identity = &*self.identity;
        let newest = known.entries.iter().map(|entry| entry.stored_at).max();
        let (own, others): (Vec<_>, Vec<_>) =
            (known.entries.iter()).partition(|entry| entry.name == identity.name);
        let mut nodes: Vec<_> = others
            .into_iter()
            .map(|entry| NodeView::of_entry(entry, newest))
            .collect();
        nodes.push(NodeView::of_this(identity, &status, own.first().copied()));
        nodes.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        ClusterView {
            site: identity.site.clone(),
            node: identity.name.clone(),
            reason: status.reason,
            nodes,
            as_of: known.as_of,
            is_connected: known.is_connected,
            is_name_shared: known.is_name_shared,
        }
    }
}

impl ClusterView {
    /// Returns the nodes that report, and are what they are shown as.
    pub fn list_alive(&self) -> impl Iterator<Item = &NodeView> {
        self.nodes.iter().filter(|node| !node.is_silent)
    }

    /// Returns the node that leads, as far as this one knows.
    pub fn find_leader(&self) -> Option<&NodeView> {
        self.list_alive()
            .find(|node| node.condition == NodeCondition::Leading)
    }

    pub fn find_this(&self) -> Option<&NodeView> {
        self.nodes.iter().find(|node| node.is_this)
    }
}

impl NodeView {
    /// Whether times that this node adds differ from those of others.
    pub fn is_clock_wrong(&self) -> bool {
        self.clock_difference_ms
            .is_some_and(|millis| CLOCK_DIFFERENCE_MAX < millis.abs())
    }

    fn of_this(identity: &NodeIdentity, status: &NodeStatus, own: Option<&NodeEntry>) -> Self {
        // Compares the report that was stored, from any process.
        let now = NodeReport::new(identity, 0, status, Timestamp::now());
        Self {
            clock_difference_ms: own.map(NodeEntry::clock_difference_ms),
            seen_at: own.map(|own| own.stored_at),
            is_this: true,
            ..Self::of_report(&identity.name, &now)
        }
    }

    /// `newest`: when the last one of all reports was stored.
    fn of_entry(entry: &NodeEntry, newest: Option<Timestamp>) -> Self {
        let report = &entry.report;
        let node = Self {
            clock_difference_ms: Some(entry.clock_difference_ms()),
            seen_at: Some(entry.stored_at),
            is_silent: newest.is_some_and(|newest| entry.is_silent(newest)),
            ..Self::of_report(&entry.name, report)
        };
        if !node.is_silent {
            return node;
        }
        Self {
            condition: NodeCondition::Disconnected,
            since: entry.stored_at,
            behind_ms: None,
            ..node
        }
    }

    fn of_report(name: &str, report: &NodeReport) -> Self {
        Self {
            name: name.to_owned(),
            is_this: false,
            condition: report.condition,
            since: report.since,
            role: report.role,
            version: report.version.clone(),
            behind_ms: report.behind_ms,
            log_offset: report.log_offset,
            url: report.url.clone(),
            has_imports: report.has_imports,
            files: report.files.clone(),
            clock_difference_ms: None,
            seen_at: None,
            is_silent: false,
        }
    }
}

impl NodeEntry {
    /// Whether its reports had stopped when the `newest` one of all was stored.
    pub(super) fn is_silent(&self, newest: Timestamp) -> bool {
        SILENT_AFTER < millis_between(self.stored_at, newest)
    }

    /// How far the node's clock is ahead of that of the server that stored its report.
    pub(super) fn ahead_ms(&self) -> i64 {
        -self.clock_difference_ms()
    }

    fn clock_difference_ms(&self) -> i64 {
        millis_between(self.report.clock, self.stored_at)
    }
}

fn millis_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_millisecond() - from.as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(name: &str) -> NodeIdentity {
        NodeIdentity::of_test(name)
    }

    fn status(condition: NodeCondition) -> NodeStatus {
        NodeStatus {
            condition,
            ..NodeStatus::default()
        }
    }

    fn entry(name: &str, stored_at: &str, clock: &str) -> NodeEntry {
        let clock = clock.parse().unwrap();
        let status = status(NodeCondition::Leading);
        NodeEntry {
            name: name.to_owned(),
            report: NodeReport::new(&identity(name), 1, &status, clock),
            stored_at: stored_at.parse().unwrap(),
        }
    }

    #[test]
    fn own_condition_is_current_whatever_was_reported() {
        let reported = vec![(identity("wall1"), status(NodeCondition::Leading))];
        let status = status(NodeCondition::Disconnected);
        let monitor = ClusterMonitor::of_test(identity("wall1"), status, reported);

        let view = monitor.view();

        assert_eq!(view.nodes.len(), 1);
        let own = view.find_this().unwrap();
        assert_eq!(own.condition, NodeCondition::Disconnected);
        assert!(own.seen_at.is_some() && own.clock_difference_ms.is_some());
        assert_eq!(view.find_leader(), None);
    }

    #[test]
    fn node_that_stopped_reporting_is_not_shown_as_the_leader() {
        let newest = Some("2026-11-20T09:00:06Z".parse().unwrap());
        let node = |stored_at| {
            let entry = entry("wall2", stored_at, "2026-11-20T09:00:00Z");
            NodeView::of_entry(&entry, newest)
        };

        let reporting = node("2026-11-20T09:00:01Z");
        assert_eq!(reporting.condition, NodeCondition::Leading);
        assert_eq!(reporting.behind_ms, Some(0));
        let silent = node("2026-11-20T09:00:00.999Z");
        assert!(silent.is_silent);
        assert_eq!(silent.condition, NodeCondition::Disconnected);
        assert_eq!(silent.behind_ms, None);
        assert_eq!(Some(silent.since), silent.seen_at);
    }

    #[test]
    fn clocks_are_compared_with_that_of_the_servers() {
        let node = |clock| {
            let entry = entry("wall2", "2026-11-20T09:00:00Z", clock);
            NodeView::of_entry(&entry, None)
        };

        let behind = node("2026-11-20T08:59:57.9Z");
        assert_eq!(behind.clock_difference_ms, Some(2_100));
        assert!(behind.is_clock_wrong());
        let ahead = node("2026-11-20T09:00:02.1Z");
        assert_eq!(ahead.clock_difference_ms, Some(-2_100));
        assert!(ahead.is_clock_wrong());
        assert!(!node("2026-11-20T09:00:02Z").is_clock_wrong());
    }
}
