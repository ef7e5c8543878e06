//! Limits concurrent large history responses: each may need 30 MB, and more at once would use
//! memory without being faster.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tokio::sync::Semaphore;

/// Maximum number of concurrent responses; others wait. Memory is per process, and so is this.
pub(in crate::web) static RESPONSE_PERMITS: Semaphore = Semaphore::const_new(4);

/// Builds the whole response, including its text, while holding a permit.
pub(in crate::web) async fn wait_for_permit(
    State(permits): State<&'static Semaphore>,
    request: Request,
    next: Next,
) -> Response {
    let _permit = permits.acquire().await;
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use axum::{Router, body::Body, http::StatusCode, middleware, routing::get};
    use futures_util::future::join_all;
    use tokio::task::yield_now;
    use tower::ServiceExt;

    use super::*;

    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);

    async fn request_answer() -> StatusCode {
        MOST.fetch_max(NOW.fetch_add(1, SeqCst) + 1, SeqCst);
        for _ in 0..10 {
            yield_now().await;
        }
        NOW.fetch_sub(1, SeqCst);
        StatusCode::OK
    }

    #[tokio::test]
    async fn concurrent_responses_are_limited_to_the_permits() {
        static OURS: Semaphore = Semaphore::const_new(3);
        let layer = middleware::from_fn_with_state(&OURS, wait_for_permit);
        let router: Router = Router::new()
            .route("/", get(request_answer))
            .route_layer(layer);
        let requests = (0..20).map(|_| router.clone().oneshot(Request::new(Body::empty())));

        for answer in join_all(requests).await {
            assert_eq!(answer.unwrap().status(), StatusCode::OK);
        }
        assert_eq!(MOST.load(SeqCst), 3);
    }
}
