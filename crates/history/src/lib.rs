//! History: imports of the vendors' exports, and the figures of their intervals.

pub mod adherence;
pub mod calls;
mod context;
pub mod coverage;
mod erasure;
mod export_vendor;
pub mod fetch;
pub mod forgetting;
#[cfg(any(test, feature = "testing"))]
mod fuzz;
mod immutable_days;
pub mod import;
pub mod intervals;
mod opening_hours;
pub mod plan;
pub mod report;
pub mod retention;
pub mod sangoma;
mod targets;
pub mod vendors;
pub mod vergic;

pub use context::ImportContext;
pub use export_vendor::{
    AgentSession, ExportSettings, FileImportError, UnmappedColumn, ZeroCounters,
};
pub use vendors::{ExportVendor, SourceVendors};
