//! `/healthz`: the process is alive. `/readyz`: it can serve. Neither depends on sources: a board
//! without its source still reports that.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::{WebState, server::assets};

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::web) struct Health {
    /// `ok`, `ready` or `not ready`.
    status: &'static str,
    /// Boards compare it with theirs to detect a new version.
    build: &'static str,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/healthz", get(live))
        .route("/readyz", get(ready))
}

/// Whether the program is alive
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "health",
    responses((status = OK, description = "It lives", body = Health))
)]
pub(in crate::web) async fn live() -> Json<Health> {
    Json(health_report("ok"))
}

/// Whether it can serve; doesn't depend on sources
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "health",
    responses(
        (status = OK, description = "It can serve", body = Health),
        (status = SERVICE_UNAVAILABLE, description = "Starting or stopping", body = Health),
    )
)]
pub(in crate::web) async fn ready(State(web): State<WebState>) -> (StatusCode, Json<Health>) {
    if web.readiness.get() {
        (StatusCode::OK, Json(health_report("ready")))
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(health_report("not ready")),
        )
    }
}

fn health_report(status: &'static str) -> Health {
    Health {
        status,
        build: assets::build_id(),
    }
}

#[cfg(test)]
mod tests {
    use crate::web::tests::{get_page, router_after};

    use super::*;

    #[tokio::test]
    async fn readiness_starts_as_unavailable() {
        let router = router_after(Vec::new());

        assert_eq!(get_page(&router, "/healthz").await.status, StatusCode::OK);
        let ready = get_page(&router, "/readyz").await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}
