//! Links to individual calls, and their list.

use axum::http::StatusCode;

use crate::web::tests::{get_bytes, get_page};
use wallboard_domain::{CountBy, Counter};
use wallboard_store::QueueIntervalRow;

use super::{DAY, QUERY, computed_day, history_router, interval_row, text_between, timestamp_at};

#[tokio::test]
async fn no_call_links_if_the_export_has_no_individual_calls() {
    let (router, fixture) = history_router().await;
    let pages = async || {
        let mut all = String::new();
        for query in [
            "",
            "&by=queue",
            "&by=agent",
            "&view=table",
            "&queue=calls%2F1",
            "&agent=calls%2F7",
        ] {
            all += &get_page(&router, &format!("/history?{QUERY}{query}"))
                .await
                .text;
        }
        all
    };
    let listed = async || {
        get_page(&router, &format!("/history/calls?{QUERY}"))
            .await
            .text
    };

    let (with_calls, no_note) = (pages().await, listed().await);
    fixture.change_export(|export| export.has_calls = false);
    let (without_calls, note) = (pages().await, listed().await);

    assert!(
        with_calls.contains(">View abandoned calls</a>"),
        "{with_calls}"
    );
    assert!(
        with_calls.contains("class=\"bucket\" href=\"/history/calls?"),
        "{with_calls}"
    );
    assert!(!without_calls.contains("/history/calls"), "{without_calls}");
    assert!(!without_calls.contains("href=\"\""), "{without_calls}");
    // Missed targets are named all the same.
    assert!(
        without_calls.contains("3 calls were abandoned."),
        "{without_calls}"
    );
    assert!(
        without_calls.contains("<span>09:00</span>"),
        "{without_calls}"
    );
    let expected = "Calls doesn’t include individual calls.";
    assert!(
        note.contains(expected) && !no_note.contains(expected),
        "{note}"
    );
}

/// Lists have calls by the time they joined, and no list is of transfers.
#[tokio::test]
async fn figures_that_no_list_shows_have_no_links() {
    let (router, fixture) = history_router().await;
    let rows = |by| {
        let row = interval_row("1", timestamp_at(9, 0), [6, 1, 2]);
        let counters = row.counters.with(Counter::Transferred, 5);
        QueueIntervalRow {
            by,
            counters,
            ..row
        }
    };
    let rows = vec![rows(CountBy::Start), rows(CountBy::Event)];
    fixture.replace_intervals(computed_day(DAY, rows)).await;
    let linked = async |query: &str| {
        let page = get_page(&router, &format!("/history?{QUERY}&{query}")).await;
        let body = text_between(&page.text, "<tbody>", "</tbody>").concat();
        let cells = text_between(&body, "/history/calls?", "</a>");
        let cells = cells.iter().filter(|cell| !cell.contains("<bdi>"));
        let cells: Vec<_> = cells
            .map(|cell| cell.rsplit('>').next().unwrap().to_owned())
            .collect();
        (cells, page.text.contains("View abandoned calls"))
    };

    let by_start = linked("queue=calls%2F1&view=table&step=1h").await;
    let by_event = linked("queue=calls%2F1&view=table&step=1h&count_by=event").await;

    assert!(
        by_start.0.contains(&"4".to_owned()) && by_start.1,
        "{by_start:?}"
    );
    assert!(!by_start.0.contains(&"5".to_owned()), "{by_start:?}");
    // Offered calls count when they join, anyhow.
    assert_eq!(by_event, (vec!["6".to_owned()], false));
}

#[tokio::test]
async fn deleted_calls_have_no_links() {
    let (router, fixture) = history_router().await;
    let page = async |query: &str| get_page(&router, &format!("/history{query}")).await.text;

    fixture
        .store
        .record_pruned_facts("calls".into(), timestamp_at(9, 0))
        .await
        .unwrap();
    let some = page(&format!("?{QUERY}")).await;
    let broken_down = page(&format!("?{QUERY}&view=breakdown")).await;
    let listed = page(&format!("/calls?{QUERY}")).await;
    fixture
        .store
        .record_pruned_facts("calls".into(), timestamp_at(24, 0))
        .await
        .unwrap();
    let none = page(&format!("?{QUERY}")).await;

    let times: Vec<_> = text_between(&some, "<th scope=\"row\">", "</th>");
    assert!(times.contains(&"<bdi>08:00</bdi>"), "{times:?}");
    let linked = |time: &&str| time.contains("/history/calls?") && time.contains("09:00");
    assert!(times.iter().any(linked), "{times:?}");
    // A part of the calls would contradict the row's count.
    assert!(!broken_down.contains("reason="), "{broken_down}");
    assert!(
        listed.contains("Individual calls before 12 Nov 2026 have been deleted"),
        "{listed}"
    );
    assert!(!none.contains("/history/calls"), "{none}");
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

#[tokio::test]
async fn a_list_without_calls_says_until_when_there_is_data() {
    let (router, _fixture) = history_router().await;
    let path = format!("/history/calls?{QUERY}&outcome=abandoned");
    let page = get_page(&router, &path).await.text;

    let text = "<p>No calls</p>\n<p class=\"quiet\">Abandoned · data through: Calls";
    assert!(page.contains(text), "{page}");
}
