//! History answers without data, and names in them.

use axum::http::StatusCode;

use crate::store::{CatalogEntry, NameClass};

use super::{
    history_tests::{QUERY, get_bytes, history_router},
    web_tests::get_page,
};

const DAY: &str = "from=2026-11-12&to=2026-11-13";

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
            let path = format!("/api/v1/history/{path}?{DAY}&{filter}");
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
        let answer = get_page(&router, &format!("/api/v1/history/intervals?{DAY}&{known}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{known}");
    }
}

#[tokio::test]
async fn names_are_returned_verbatim() {
    let (router, fixture) = history_router().await;
    let names = vec![
        CatalogEntry::new(NameClass::Queue, "1", "=Sales"),
        CatalogEntry::new(NameClass::Queue, "2", "  Sales  North "),
        CatalogEntry::new(NameClass::Queue, "3", "   "),
    ];
    fixture
        .store
        .store_catalog("calls".into(), names)
        .await
        .unwrap();

    let path = format!("/api/v1/history/intervals?{DAY}&by=queue");
    let answer: serde_json::Value =
        serde_json::from_str(&get_page(&router, &path).await.text).unwrap();
    let file = get_page(&router, &format!("/history.csv?{QUERY}&by=queue"))
        .await
        .text;

    let series = answer["series"].as_array().unwrap();
    let mut names: Vec<_> = series
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["  Sales  North ", "3", "=Sales"]);
    assert!(file.contains("\n  Sales  North ,calls/2,"), "{file}");
    // A spreadsheet would run this as a formula.
    assert!(file.contains("\n'=Sales,calls/1,"), "{file}");
}

#[tokio::test]
async fn call_list_can_be_downloaded() {
    let (router, _fixture) = history_router().await;
    let query = format!("{QUERY}&outcome=abandoned");
    let page = get_page(&router, &format!("/history/calls?{query}"))
        .await
        .text;
    let file = get_page(&router, &format!("/history/calls.csv?{query}")).await;
    let sheet = get_bytes(&router, &format!("/history/calls.xlsx?{query}")).await;

    for extension in ["csv", "xlsx"] {
        let link = format!("href=\"/history/calls.{extension}?range=days&#38;from=2026-11-12");
        assert!(page.contains(&link), "{link}: {page}");
    }
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.kind, "text/csv; charset=utf-8");
    let lines: Vec<_> = file.text.lines().collect();
    assert_eq!(lines[0], "\u{feff}Calls,All queues");
    assert!(lines.contains(&"Outcome,Abandoned"), "{lines:#?}");
    assert_eq!(
        lines.last(),
        Some(
            &"Queued at,Queue,Queue id,Agent,Agent id,Caller,Outcome,Wait (s),Talk (s),Wrap-up (s),Id"
        )
    );
    assert!(sheet.starts_with(b"PK"));
}
