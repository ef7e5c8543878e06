//! Refuses requests that a proxy in front may read otherwise than we do (request smuggling).

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, StatusCode, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The maximum body size of a request, in bytes.
pub(in crate::web) const BODY_BYTES_MAX: usize = 64 * 1024;
/// That of a form with files: larger than any of them may be, so that its answer can name the one.
pub(in crate::web) const UPLOAD_BYTES_MAX: usize = 12 * 1024 * 1024;
/// The routes of forms with files.
const UPLOAD_ROUTES: [&str; 4] = [
    "/boards/new",
    "/boards/preview",
    "/boards/{id}/edit",
    "/settings/site",
];
/// That of an export with all pictures.
pub(in crate::web) const TRANSFER_BYTES_MAX: usize = 32 * 1024 * 1024;
pub(in crate::web) const TRANSFER_ROUTE: &str = "/settings/transfer";

/// Returns how large a request's body may be.
pub(in crate::web) fn body_bytes_max(request: &Request) -> usize {
    let route = request.extensions().get::<MatchedPath>();
    match route {
        Some(route) if route.as_str() == TRANSFER_ROUTE => TRANSFER_BYTES_MAX,
        Some(route) if UPLOAD_ROUTES.contains(&route.as_str()) => UPLOAD_BYTES_MAX,
        _ => BODY_BYTES_MAX,
    }
}

/// The connection ends with the refusal: what follows on it may be half of the request.
pub(in crate::web) async fn refuse_ambiguous(request: Request, next: Next) -> Response {
    match find_fault(request.headers()) {
        Some(fault) => refusal(fault),
        None => next.run(request).await,
    }
}

/// Whether the request doesn't say which host it's for, though its version must.
pub(super) fn lacks_host<B>(request: &axum::http::Request<B>) -> bool {
    request.version() == Version::HTTP_11 && !request.headers().contains_key(header::HOST)
}

pub(in crate::web) fn refusal(fault: StatusCode) -> Response {
    (fault, [(header::CONNECTION, "close")]).into_response()
}

/// Forms and API clients know how long their bodies are, so a body without a length, or with two of
/// them, isn't from one.
fn find_fault(headers: &HeaderMap) -> Option<StatusCode> {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Some(StatusCode::LENGTH_REQUIRED);
    }
    let has_hosts = 1 < headers.get_all(header::HOST).iter().count();
    has_hosts.then_some(StatusCode::BAD_REQUEST)
}
