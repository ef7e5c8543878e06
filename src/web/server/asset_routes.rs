//! `/static`: scripts, styles and icons.

use axum::{
    Router,
    extract::{Path, RawQuery},
    http::HeaderMap,
    response::Response,
    routing::get,
};

use crate::web::{WebError, WebState};

use super::assets::{asset_response, build_id};

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/static/{*path}", get(serve_asset))
        .route("/favicon.ico", get(serve_icon))
}

async fn serve_asset(
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    // An address with the current build ID never needs revalidation.
    let is_final = query.is_some_and(|query| query.strip_prefix("v=") == Some(build_id()));
    asset_response(&path, is_final, &headers).ok_or(WebError::NoSuchPage)
}

async fn serve_icon(headers: HeaderMap) -> Result<Response, WebError> {
    asset_response("icon.svg", false, &headers).ok_or(WebError::NoSuchPage)
}
