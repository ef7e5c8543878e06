//! History: imports of the vendors' exports, and the figures of their intervals.

mod context;
mod erasure;
pub mod fetch;
pub mod forgetting;
#[cfg(any(test, feature = "testing"))]
mod fuzz;
mod immutable_days;
pub mod import;
pub mod intervals;
mod opening_hours;
pub mod report;
pub mod retention;
pub mod sangoma;
mod targets;
pub mod vergic;

pub use context::ImportContext;
