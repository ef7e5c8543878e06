//! Genesys Stat Server: the part that Statistics API and GMS share. The configuration maps
//! its statistics to our metrics. A value is a number, a text or a tree of states, and is
//! converted to our statuses and units here. Pure, and never fails: a value that makes no
//! sense is unknown.

mod booked_queues;
mod configuration;
mod decode;
#[cfg(any(test, feature = "testing"))]
pub(super) mod fuzz;
mod known_statistics;
mod name_discovery;
mod number;
mod provided_metrics;
mod statistic;
mod statistic_findings;
mod status_table;
mod status_tree;
mod tree_keys;

/// Requests in flight at once while statistics are tried. The vendor states no limit; a running service may be
/// polling the same server.
pub(super) const CONCURRENT_PROBES: usize = 4;

pub(super) use booked_queues::booked_queue_notes;
pub(super) use configuration::{StatisticReader, read_interval, read_states};
pub(super) use name_discovery::NameDiscovery;
pub(super) use statistic_findings::{StatisticFinding, StatisticFindings};

pub use decode::{NO_ESTIMATE, is_known};
pub use provided_metrics::provided_metrics;
use statistic::ObjectClass;
pub use statistic::{DeliveredUnit, Measure, Statistic};
pub use status_table::StatusTable;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
