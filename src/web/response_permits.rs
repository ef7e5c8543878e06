//! Large answers of the past, a few at a time: one may need 30 MB while it is made, and more
//! at once would take memory without being ready any sooner.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tokio::sync::Semaphore;

/// How many are made at once; the others wait. Memory is the process's, and so is this.
pub(super) static RESPONSE_PERMITS: Semaphore = Semaphore::const_new(4);

/// Makes the whole answer, its text included, when it is its turn.
pub(super) async fn wait_for_permit(
    State(turns): State<&'static Semaphore>,
    request: Request,
    next: Next,
) -> Response {
    let _turn = turns.acquire().await;
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
    async fn of_many_large_answers_a_few_are_made_at_once() {
        static OURS: Semaphore = Semaphore::const_new(3);
        let taking = middleware::from_fn_with_state(&OURS, wait_for_permit);
        let router: Router = Router::new()
            .route("/", get(request_answer))
            .route_layer(taking);
        let requests = (0..20).map(|_| router.clone().oneshot(Request::new(Body::empty())));

        for answer in join_all(requests).await {
            assert_eq!(answer.unwrap().status(), StatusCode::OK);
        }
        assert_eq!(MOST.load(SeqCst), 3);
    }
}
