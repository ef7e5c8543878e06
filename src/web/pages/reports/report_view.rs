//! The views that a report can have: a page of the history, or the shift report.

use axum::http::Uri;
use jiff::Timestamp;

use wallboard_notify::MailDocument;

use crate::{
    reports::ReportPlan,
    web::{
        WebState,
        history::{compose_history, find_history_fault},
        pages::shift::{compose_shift, find_shift_fault},
    },
};

const SHIFT: &str = "/shift";

/// Writes a report, as of when it was due or of now. One that can't be written as it's configured says why; the error
/// is a fault of the moment.
pub(crate) async fn compose_report(
    web: &WebState,
    plan: &ReportPlan,
    due: Option<Timestamp>,
    public_url: Option<&str>,
) -> Result<MailDocument, String> {
    if is_shift(&plan.view) {
        Box::pin(compose_shift(web, plan, due, public_url)).await
    } else {
        Box::pin(compose_history(web, plan, due, public_url)).await
    }
}

/// Why there is no such view; `None` if there is.
pub(crate) fn find_view_fault(view: &str) -> Option<String> {
    if is_shift(view) {
        find_shift_fault(view)
    } else {
        find_history_fault(view)
    }
}

fn is_shift(view: &str) -> bool {
    let uri: Option<Uri> = view.parse().ok();
    uri.is_some_and(|uri| uri.path() == SHIFT)
}
