//! `/healthz`: the process lives. `/readyz`: it can serve. Upstreams are no part
//! of either: a board without its source still says so honestly.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Web, assets};

/// Whether what was kept is loaded and nobody has asked us to stop.
#[derive(Clone, Debug, Default)]
pub struct Ready(Arc<AtomicBool>);

impl Ready {
    pub fn set(&self, is_ready: bool) {
        self.0.store(is_ready, Ordering::Relaxed);
    }

    pub fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`, `ready` or `not ready`.
    status: &'static str,
    /// What boards compare with their own to learn of a new version.
    build: &'static str,
}

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/healthz", get(live))
        .route("/readyz", get(ready))
}

/// Whether the program lives
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "health",
    responses((status = OK, description = "It lives", body = Health))
)]
pub(super) async fn live() -> Json<Health> {
    Json(health("ok"))
}

/// Whether it can serve; upstreams are no part of it
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
pub(super) async fn ready(State(web): State<Web>) -> (StatusCode, Json<Health>) {
    if web.ready.get() {
        (StatusCode::OK, Json(health("ready")))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(health("not ready")))
    }
}

fn health(status: &'static str) -> Health {
    Health {
        status,
        build: assets::build(),
    }
}
