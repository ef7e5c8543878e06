//! Alerts as a record, which the leader keeps equal to the live state and people act on, and their messages.

mod alert_document;
mod alert_figures;
mod alert_message;
mod alert_plan;
mod alert_text;
mod alert_turn;
mod alert_watch;
#[expect(clippy::module_inception, reason = "the handle that the room is about")]
mod alerts;
mod export_files;
mod other_readings;
mod silencing;
#[cfg(test)]
mod simulation_tests;
mod target_watch;
mod test_message;
#[cfg(test)]
pub(crate) mod tests;
mod undelivered;

pub use alert_document::AlertDocumentError;
pub use alert_figures::{AlertFigureTexts, describe_worst, shown_figures};
pub use alert_plan::AlertPlan;
pub use alert_text::{long_status, person_text, silence_name, subject_name};
pub use alert_watch::run_alerts;
pub use alerts::{AlertError, Alerts};
pub use export_files::{ExportFiles, FilesElsewhere};
pub use other_readings::AlertSurroundings;
pub use silencing::{SilenceChoice, SilenceError};
pub use test_message::send_test;
pub use undelivered::{UndeliveredError, alert_of_message};
