//! Queries without an answer.

use axum::http::StatusCode;

use crate::web::tests::get_page;

use super::{API_QUERY, QUERY, history_router};

#[tokio::test]
async fn invalid_query_is_rejected_with_a_sentence() {
    let (router, _fixture) = history_router().await;
    for (query, expected) in [
        ("step=7m", "step must be one of: 15m, 30m, 1h, 1d, 1w, 1mo."),
        ("queue=nothing", "isn’t a valid ID"),
        ("shade=red", "Unknown option in the link"),
        ("range=days&from=0001-01-01&to=9999-01-01", "more than"),
    ] {
        let page = get_page(&router, &format!("/history?{query}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(page.text.contains(expected), "{query}: {}", page.text);
    }
}

#[tokio::test]
async fn period_that_ends_before_it_begins_is_rejected() {
    let (router, _fixture) = history_router().await;
    for path in ["intervals", "calls"] {
        for range in [
            "from=2026-11-13&to=2026-11-12",
            "from=2026-11-12&to=2026-11-12",
        ] {
            let path = format!("/api/v1/history/{path}?{range}");
            let answer = get_page(&router, &path).await;

            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
            assert_eq!(answer.kind, "application/problem+json", "{path}");
            assert!(
                answer.text.contains("from must be before to"),
                "{path}: {}",
                answer.text
            );
        }
    }
    let page = get_page(&router, "/history/calls?from=2026-11-13&to=2026-11-12").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn unknown_queue_or_agent_is_not_found() {
    let (router, _fixture) = history_router().await;
    for (filter, what) in [("queue=calls%2F99", "queue"), ("agent=calls%2F99", "agent")] {
        for path in ["intervals", "calls"] {
            let path = format!("/api/v1/history/{path}?{API_QUERY}&{filter}");
            let answer = get_page(&router, &path).await;

            assert_eq!(
                answer.status,
                StatusCode::NOT_FOUND,
                "{path}: {}",
                answer.text
            );
            assert_eq!(answer.kind, "application/problem+json", "{path}");
            let expected = format!("{what} calls/99 not found");
            assert!(answer.text.contains(&expected), "{path}: {}", answer.text);
        }
        for path in ["/history", "/history.csv", "/history/calls"] {
            let page = get_page(&router, &format!("{path}?{QUERY}&{filter}")).await;

            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path} {filter}");
            let expected = format!("There’s no {what} “calls/99”.");
            assert!(page.text.contains(&expected), "{path}: {}", page.text);
        }
    }
    for known in ["queue=calls%2F1", "agent=calls%2F7"] {
        let answer = get_page(
            &router,
            &format!("/api/v1/history/intervals?{API_QUERY}&{known}"),
        )
        .await;
        assert_eq!(answer.status, StatusCode::OK, "{known}");
    }
}

#[tokio::test]
async fn api_refuses_series_that_no_export_has_for_a_queue_or_an_agent() {
    let (router, _fixture) = history_router().await;
    let (queue, agent) = ("queue=calls%2F1", "agent=calls%2F7");
    let figures = ["queue", "agent", "queue_group", "agent_group"];
    let counts = ["reason", "issue", "type", "end_by", "exit_key", "number"];
    let status = async |filter: &str, by: &str| {
        let path = format!("/api/v1/history/intervals?{API_QUERY}&{filter}&by={by}");
        let answer = get_page(&router, &path).await;
        let is_explained = answer
            .text
            .contains(&format!("by={by} isn't available for a"));
        assert_eq!(
            answer.status == StatusCode::BAD_REQUEST,
            is_explained,
            "{}",
            answer.text
        );
        answer.status
    };

    for by in figures {
        assert_eq!(status(queue, by).await, StatusCode::BAD_REQUEST, "{by}");
        assert_eq!(status(agent, by).await, StatusCode::BAD_REQUEST, "{by}");
    }
    for by in counts {
        assert_eq!(status(queue, by).await, StatusCode::OK, "{by}");
        assert_eq!(status(agent, by).await, StatusCode::BAD_REQUEST, "{by}");
    }
    assert_eq!(
        status(queue, "logoff_reason").await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(status(agent, "logoff_reason").await, StatusCode::OK);
}
