//! Imported files and their rows, and the figures that are computed from them.

pub(super) mod agent_names;
pub(super) mod board_snapshots;
pub(super) mod case_records;
pub(super) mod catalog;
pub(super) mod facts;
pub(super) mod figure_values;
pub(super) mod file_import;
pub(super) mod files;
pub(super) mod interval_queries;
pub(super) mod intervals;
pub(super) mod listing_progress;
pub(super) mod profiles;
pub(super) mod queue_forecasts;
pub(super) mod rejected_rows;
pub(super) mod relations;
pub(super) mod row_groups;
pub(super) mod time_ranges;
pub(super) mod wait_columns;
pub(super) mod waiting_peaks;
