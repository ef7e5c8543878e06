//! Reports by email: views of the history and the shift report at times of the week, each sent at least once.

mod report_document;
mod report_plan;
mod report_schedule;
#[expect(clippy::module_inception, reason = "the handle that the room is about")]
mod reports;
mod run_reports;
#[cfg(test)]
mod tests;

pub use report_document::SentReport;
pub use report_plan::{ReportFile, ReportPlan};
pub use report_schedule::ReportSchedule;
pub use reports::{ReportError, Reports};
pub use run_reports::run_reports;
