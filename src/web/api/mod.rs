//! `/api/v1`: the snapshot as JSON, with the contract's names, and actions of programs. Nothing is computed here; an
//! unknown value is `null`, never 0.

mod agents;
mod alert_action;
mod alerts;
mod announcements;
mod boards;
mod case_record_file;
mod case_record_json;
mod case_record_text;
mod case_records;
mod cases;
mod cluster;
mod custom_figures;
mod document;
mod figure_values;
mod forecast;
mod history;
mod json;
mod past_moment;
mod problem;
mod queues;
mod silences;
mod site;
mod sources;
#[cfg(test)]
mod tests;
mod values;
mod values_body;
mod word_schemas;
mod writing;

use axum::{
    Router,
    extract::OriginalUri,
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use wallboard_domain::error_chain;

use crate::web::{WebState, rewind::RewindFailure, server::response_permits};

pub use case_record_text::LiveRecordText;
pub use document::openapi_json;
use problem::Problem;

pub(super) fn routes() -> Router<WebState> {
    let (v1, _) = documented_routes().split_for_parts();
    let missing =
        async |uri: OriginalUri| Problem::not_found(&format!("no such path: {}", uri.path()));
    let v1 = v1
        .route("/openapi.json", get(document::serve))
        .fallback(missing)
        .method_not_allowed_fallback(async || Problem::not_allowed());
    Router::new()
        .nest("/api/v1", v1)
        // The one path below it that `nest` leaves out.
        .route("/api/v1/", any(missing))
}

/// The response to a request for a moment that can't be shown.
pub(super) fn refuse_past(failure: &RewindFailure) -> Response {
    let problem = match failure {
        RewindFailure::Store(error) => Problem::store_failure(error),
        _ => Problem::new(failure.status(), &error_chain(failure)),
    };
    (failure.retry_after(), problem).into_response()
}

/// The response to a request that took too long.
pub(super) fn refuse_late() -> Response {
    let detail = "this takes too long now; try again in a minute, a change only if it wasn't made";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
}

/// The response to a request that the visitor may not make.
pub(super) fn refuse_access(status: StatusCode) -> Response {
    if status == StatusCode::UNAUTHORIZED {
        let problem = Problem::new(status, "sign in first, or send an API token that is valid");
        return ([(header::WWW_AUTHENTICATE, "Bearer")], problem).into_response();
    }
    Problem::new(status, "your role or token doesn't include this path").into_response()
}

/// All routes below `/api/v1`, with their API descriptions.
fn documented_routes() -> OpenApiRouter<WebState> {
    OpenApiRouter::new()
        .routes(routes!(queues::list))
        .routes(routes!(queues::one))
        .routes(routes!(forecast::show))
        .routes(routes!(site::whole))
        .routes(routes!(agents::list))
        .routes(routes!(agents::one))
        .routes(routes!(cases::list))
        .routes(routes!(case_records::list))
        .routes(routes!(alerts::list))
        .routes(routes!(alert_action::act))
        .routes(routes!(silences::list, silences::begin))
        .routes(routes!(silences::end))
        .routes(routes!(announcements::list, announcements::announce))
        .routes(routes!(announcements::end))
        .routes(routes!(sources::list))
        .routes(routes!(values::send))
        .routes(routes!(cluster::show))
        .routes(routes!(boards::list))
        .merge(history_routes())
}

fn history_routes() -> OpenApiRouter<WebState> {
    OpenApiRouter::new()
        .routes(routes!(history::intervals::list))
        .routes(routes!(history::calls::list))
        .routes(routes!(history::adherence::list))
        .routes(routes!(history::catalog::show))
        .routes(routes!(figure_values::list))
        .route_layer(middleware::from_fn_with_state(
            &response_permits::RESPONSE_PERMITS,
            response_permits::wait_for_permit,
        ))
}
