//! Genesys Stat Server: the part that Statistics API and GMS share. The configuration maps
//! its statistics to our metrics. A value is a number, a text or a tree of states, and is
//! converted to our statuses and units here. Pure, and never fails: a value that makes no
//! sense is unknown.

mod configuration;
mod decode;
#[cfg(any(test, feature = "testing"))]
pub(super) mod fuzz;
mod known_statistics;
mod number;
mod probe_report;
mod provided_metrics;
mod statistic;
mod status_table;
mod status_tree;
mod tree_keys;

pub(super) use configuration::{StatisticReader, read_interval, read_states};
pub use decode::{NO_ESTIMATE, is_known};
pub use known_statistics::known_statistics;
pub use probe_report::{ProbeReport, ProbedPart, StatisticFinding};
pub use provided_metrics::provided_metrics;
pub use statistic::{DeliveredUnit, Measure, Statistic};
pub use status_table::StatusTable;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
