//! Plans of workforce management as CSV. Forecasts: how many contacts are expected of each queue in
//! each interval, how long they take, and the agents required. Schedules: the activities of each
//! agent. The columns are configured; of several files with the same queue or agent and day, the last
//! one imported counts.

mod activity_class;
mod cell_reader;
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
mod schedule_parser;
mod scheduled_agents;
mod vendor;

pub use activity_class::ActivityClass;
pub use column_mapping::{PlanColumn, PlanColumns};
pub use configuration::{DateOrder, PlanSettings};
pub use file_import::{PLAN_FORECAST, PLAN_SCHEDULE, PlanImportError};
pub use plan_names::PlanNames;
pub use planned_queues::{PlannedInterval, PlannedQueue, load_planned_queues};
pub use scheduled_agents::{ScheduledActivity, load_scheduled_agents};

#[cfg(test)]
mod import_fixture;
#[cfg(test)]
mod import_tests;
#[cfg(test)]
mod schedule_tests;
