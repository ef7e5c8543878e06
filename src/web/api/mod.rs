//! `/api/v1`: the picture as JSON, by the names of the contract. Nothing is
//! reckoned here; a value that is not known is `null`, never 0.

mod agents;
mod boards;
mod cases;
mod document;
mod history;
mod json;
mod problem;
mod queues;
mod site;
mod sources;
mod words;

use axum::{
    Router,
    extract::OriginalUri,
    middleware,
    routing::{any, get},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Web, turns};

pub use document::openapi;
use problem::Problem;

pub(super) fn routes() -> Router<Web> {
    let (v1, _) = documented().split_for_parts();
    let missing =
        async |uri: OriginalUri| Problem::not_found(&format!("no such path: {}", uri.path()));
    let v1 = v1
        .route("/openapi.json", get(document::serve))
        .fallback(missing)
        .method_not_allowed_fallback(async || Problem::not_allowed());
    Router::new()
        .nest("/api/v1", v1)
        // The one address below that a nest leaves out.
        .route("/api/v1/", any(missing))
}

/// Everything that is answered below `/api/v1`, with what the document says of it.
fn documented() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(queues::list))
        .routes(routes!(queues::one))
        .routes(routes!(site::whole))
        .routes(routes!(agents::list))
        .routes(routes!(agents::one))
        .routes(routes!(cases::list))
        .routes(routes!(sources::list))
        .routes(routes!(boards::list))
        .merge(of_the_past())
}

fn of_the_past() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(history::intervals::list))
        .routes(routes!(history::calls::list))
        .route_layer(middleware::from_fn_with_state(&turns::TURNS, turns::take))
}
