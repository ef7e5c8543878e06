//! How long a visitor waits for a response.

use std::time::Duration;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use super::retry_after::RETRY_SOON;
use crate::web::{WebError, api};

/// Time limit for a response, including a slowly sent body: its connection is closed within 15 s.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(14);

/// Answers in time, at worst that it takes too long.
pub(in crate::web) async fn limit_time(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let response = timeout(RESPONSE_TIMEOUT, next.run(request)).await;
    response.unwrap_or_else(|_| {
        if is_api {
            (RETRY_SOON, api::refuse_late()).into_response()
        } else {
            (RETRY_SOON, WebError::TookTooLong).into_response()
        }
    })
}
