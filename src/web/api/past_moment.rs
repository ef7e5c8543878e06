//! The moment that a request is about, for the API's description: it is read before any handler.

use utoipa::IntoParams;

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only describes the parameter")]
pub(super) struct PastMoment {
    /// Answers as of an earlier moment, from the log: a time with an offset
    /// (`2026-11-20T09:42:00Z`), or in the site's time zone (`2026-11-20T10:42`, or `10:42` today).
    #[param(required = false, nullable = false, example = "10:42")]
    at: Option<String>,
}
