//! Pictures of boards, each at an address of its own, which never changes.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
    routing::get,
};

use wallboard_boards::PictureId;

use crate::web::{WebError, WebState, server::assets::tagged_response};

/// Not for caches that others share: only who may see boards gets pictures.
const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// A picture opened by its address is nothing but that.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route("/pictures/{id}", get(show_picture))
}

async fn show_picture(
    State(web): State<WebState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let id = PictureId::parse(&id).ok_or(WebError::NoSuchPage)?;
    let pictures = web.pictures.as_ref().ok_or(WebError::NoSuchPage)?;
    let picture = pictures.find(&id).await?.ok_or(WebError::NoSuchPage)?;
    let media_type = picture.media_type();
    let body = || Body::from(Bytes::from_owner(picture.bytes));
    let mut response = tagged_response(body, media_type, id.as_str(), true, &headers);
    let answer = response.headers_mut();
    answer.insert(header::CACHE_CONTROL, CACHE);
    answer.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}
