//! `/api/v1`: the picture as JSON, by the names of the contract. Nothing is
//! reckoned here; a value that is not known is `null`, never 0.

mod agents;
mod boards;
mod cases;
mod json;
mod problem;
mod queues;
mod site;
mod sources;

use axum::{Router, extract::OriginalUri, routing::get};

use super::Web;

use problem::Problem;

pub(super) fn routes() -> Router<Web> {
    let v1 = Router::new()
        .route("/queues", get(queues::list))
        .route("/queues/{source}/{id}", get(queues::one))
        .route("/agents", get(agents::list))
        .route("/agents/{source}/{id}", get(agents::one))
        .route("/cases", get(cases::list))
        .route("/sources", get(sources::list))
        .route("/boards", get(boards::list))
        .route("/site", get(site::whole))
        .fallback(async |uri: OriginalUri| {
            Problem::not_found(&format!("nothing is at {}", uri.path()))
        })
        .method_not_allowed_fallback(async || Problem::not_allowed());
    Router::new().nest("/api/v1", v1)
}
