//! `/api/v1/openapi.json`: the API description, generated from the types and routes that serve
//! it.

use std::sync::LazyLock;

use axum::{
    http::{HeaderName, header},
    response::IntoResponse,
};
use utoipa::OpenApi;

use super::{
    documented_routes,
    problem::{Body, FaultPlace, NoParameters, Problem},
};
use crate::web::server::health;

/// The general part of the API description.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Wallboard",
        description = "Live and historical data of the contact center. Times are RFC 3339 UTC with \
            milliseconds, durations are seconds, percentages go from 0 to 100. An unknown value is `null`, never 0."
    ),
    paths(health::live, health::ready, serve),
    components(schemas(Body, FaultPlace)),
    tags(
        (name = "queues", description = "Queues and the whole site"),
        (name = "agents", description = "Agents"),
        (name = "cases", description = "Contacts"),
        (name = "alerts", description = "Alerts"),
        (name = "announcements", description = "What boards say"),
        (name = "sources", description = "Data sources"),
        (name = "values", description = "Values of any other system"),
        (name = "cluster", description = "Nodes of a cluster"),
        (name = "history", description = "History from imported exports"),
        (name = "boards", description = "Boards"),
        (name = "health", description = "Health and metrics"),
    )
)]
struct ApiDocument;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    ApiDocument::openapi()
        .nest("/api/v1", documented_routes().into_openapi())
        .to_pretty_json()
        .expect("document has only strings and lists")
});

/// The API description as JSON.
pub fn openapi_json() -> &'static str {
    &DOCUMENT
}

const JSON_HEADER: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

/// This document
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    operation_id = "openapi",
    responses((status = OK, description = "The document", body = serde_json::Value), Problem)
)]
pub(super) async fn serve(_: NoParameters) -> Result<impl IntoResponse, Problem> {
    Ok((JSON_HEADER, openapi_json()))
}
