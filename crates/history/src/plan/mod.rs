//! Forecasts of workforce management as CSV: how many contacts are expected of each queue in each
//! interval, how long they take, and the agents required. The columns are configured; of several
//! files with the same queue and day, the last one imported counts.

mod column_mapping;
mod configuration;
mod file_import;
mod file_notes;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics at what may not be"
)]
pub mod fuzz;
mod interval_clock;
mod plan_names;
mod planned_queues;
mod row_parser;
mod vendor;

pub use column_mapping::{PlanColumn, PlanColumns};
pub use configuration::{DateOrder, PlanSettings};
pub use file_import::{PLAN_FORECAST, PlanImportError};
pub use plan_names::PlanNames;
pub use planned_queues::{PlannedInterval, PlannedQueue, load_planned_queues};

#[cfg(test)]
mod import_tests;
