//! `/healthz`: the process lives. `/readyz`: it can serve. Upstreams are no part
//! of either: a board without its source still says so honestly.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::Serialize;

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

#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    /// What boards compare with their own to learn of a new version.
    build: &'static str,
}

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/healthz", get(live))
        .route("/readyz", get(ready))
}

async fn live() -> Json<Health> {
    Json(health("ok"))
}

async fn ready(State(web): State<Web>) -> (StatusCode, Json<Health>) {
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
