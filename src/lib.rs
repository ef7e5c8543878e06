//! The server: the crates in `crates/`, put together by `app`, served by `web` and started by `cli`.
//! See ARCHITECTURE.md for the way of data through the crates, and the invariants.

pub mod alerts;
pub mod announcements;
pub mod app;
pub mod case_records;
pub mod cli;
pub mod editing;
pub mod forecasts;
#[cfg(any(test, feature = "testing"))]
pub mod fuzz;
pub mod holidays;
pub mod pictures;
pub mod reports;
pub mod saved_views;
pub mod settings;
pub mod source_check;
pub mod web;
