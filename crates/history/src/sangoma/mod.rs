//! The nightly export of Sangoma Contact Center: its files and their fields, the import
//! into the store, and the figures computed from it.

mod affected_days;
mod callers;
mod calls;
mod cells;
mod compute;
mod configuration;
mod container;
mod dimensions;
mod end_reasons;
mod erasure;
mod export_key;
mod fact_rows;
mod facts;
mod file_catalog;
mod file_import;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics at what may not be"
)]
pub mod fuzz;
mod header;
mod linked_surveys;
mod queue_legs;
mod record_reader;
mod reference_data;
mod relations;
mod row_cache;
mod row_groups;
mod row_mapper;
mod score_check;
mod sessions;
mod vendor;
mod window;
mod window_totals;

pub use compute::compute_days;
pub use configuration::SangomaSettings;
pub use container::{
    Container, ContainerClass, ContainerField, EXTRA_COLUMN, FieldKind, FieldPrivacy, RecomputeRule,
};
pub use export_key::{ExportKey, SangomaFile};
pub use file_import::{SangomaImportError, SangomaReadOptions, import_file};
pub use header::HeaderError;
pub use record_reader::MalformedCsv;
pub use reference_data::SangomaRules;

#[cfg(test)]
mod agent_day_tests;
#[cfg(test)]
mod bytes_tests;
#[cfg(test)]
mod callers_tests;
#[cfg(test)]
mod compute_tests;
#[cfg(test)]
mod tests;
