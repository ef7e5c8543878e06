//! Several machines with one picture: every node replays the same log, which is a stream of NATS
//! `JetStream`. One node leads: it holds the sources and appends. All nodes serve viewers.

mod following;
mod leader_clock;
mod leader_log;
mod leading;
mod lease;
mod local_copy;
mod node;
mod private_state;
mod role;
mod snapshot_upload;
mod status;

pub use lease::LeaseValidity;
pub use node::{ClusterNode, LeaderTerm, Leadership, NodeSetup};
pub use role::NodeRole;
pub use status::{NodeCondition, NodeStatus};
