//! Alerts as records, which the leader keeps equal to the live state and people act on.

mod alert_document;
mod alert_watch;
#[expect(clippy::module_inception, reason = "the handle that the room is about")]
mod alerts;
#[cfg(test)]
mod tests;

pub use alert_watch::run_alerts;
pub use alerts::{AlertError, Alerts};
