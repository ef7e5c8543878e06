//! Several machines with one picture: every node replays the same log, which is a stream of NATS
//! `JetStream`. One node leads: it holds the sources and appends. All nodes serve viewers.

mod cluster_view;
mod continuity;
mod following;
mod leader_clock;
mod leader_log;
mod leading;
mod lease;
mod local_copy;
mod node;
mod node_clock;
mod node_directory;
mod node_report;
mod private_state;
mod reported_file;
mod role;
mod snapshot_upload;
mod status;

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod simulation_tests;

pub use cluster_view::{ClusterMonitor, ClusterView, NodeView};
pub use lease::LeaseValidity;
pub use node::{ClusterNode, Leadership, NodeSetup};
pub use node_clock::NodeClock;
pub use node_directory::NodeDirectory;
pub use node_report::NodeIdentity;
pub use reported_file::{ReportedFile, ReportedFileState};
pub use role::NodeRole;
pub use status::{NodeCondition, NodeStatus};
