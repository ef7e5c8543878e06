//! The company's logo and color, from the configuration.

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{WebError, WebState};

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/brand/logo", get(serve_logo))
        .route("/brand/style.css", get(serve_style))
}

async fn serve_logo(State(web): State<WebState>) -> Result<Response, WebError> {
    let brand = web
        .live
        .read_snapshot(|snapshot, _| snapshot.site.brand.clone());
    let logo = brand.logo.ok_or(WebError::NoSuchPage)?;
    Ok(respond(logo.media_type, logo.bytes.clone()))
}

/// Served as a file because pages allow no style of their own.
async fn serve_style(State(web): State<WebState>) -> Result<Response, WebError> {
    let brand = web
        .live
        .read_snapshot(|snapshot, _| snapshot.site.brand.clone());
    let accent = brand.accent.ok_or(WebError::NoSuchPage)?;
    let style = format!(":root{{--brand:{accent}}}");
    Ok(respond("text/css; charset=utf-8", style.into_bytes()))
}

/// A new configuration changes them at any time.
fn respond(media_type: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, bytes).into_response()
}
