//! Desk pages, one file each, with the parts that no other page has.

pub(super) mod agent;
pub(super) mod agent_data;
pub(super) mod agent_timeline;
pub(super) mod alerts;
pub(super) mod announcements;
pub(super) mod cases;
pub(super) mod cluster_panel;
pub(super) mod day_curve;
pub(super) mod figures;
pub(super) mod first_run;
pub(super) mod found_queues;
pub(super) mod gallery;
mod import_outcome;
pub(super) mod import_panel;
pub(super) mod queue;
pub(super) mod queue_edit;
pub(super) mod queue_help;
pub(super) mod rejected_rows;
pub(super) mod reports;
pub(super) mod server_facts;
pub(super) mod set_up;
pub(super) mod settings;
pub(super) mod shift;
pub(super) mod sources;
pub(super) mod sources_verdict;
pub(super) mod unmapped_columns;
pub(super) mod wait_chart;
