//! Calls by reason or type, with their handle time: hand-counted, unknown where it is, and refused where
//! nobody has it.

use axum::{Router, http::StatusCode};

use crate::web::tests::get_page;
use wallboard_domain::{Counter, HandledTime};
use wallboard_history::report::fixture::{HistoryFixture, computed_day};
use wallboard_store::{BreakdownRow, ComputedWindow, NameClass};

use super::{DAY, QUERY, end_reason_row, history_router, interval_row, text_between, timestamp_at};

/// Ten calls, eight of them handled in 8 × 100 s and 8 × 20 s. Six were about invoices, and five of those
/// took 600 s and 60 s.
async fn store_handled(fixture: &HistoryFixture, invoices: Option<HandledTime>) {
    let mut row = interval_row("1", timestamp_at(8, 0), [10, 8, 2]);
    row.counters.add(Counter::Handled, 8);
    row.counters.add(Counter::TalkTime, 800_000);
    row.counters.add(Counter::WrapUpTime, 160_000);
    let reason = BreakdownRow {
        handled: invoices,
        ..end_reason_row("1", timestamp_at(8, 0), "3", 6)
    };
    let kind = BreakdownRow {
        class: NameClass::Type,
        ..reason.clone()
    };
    let computed = ComputedWindow {
        breakdowns: vec![reason, kind],
        ..computed_day(DAY, vec![row])
    };
    fixture.replace_intervals(computed).await;
}

fn invoices() -> HandledTime {
    HandledTime {
        contacts: 5,
        talk: 600,
        wrap_up: 60,
    }
}

async fn rows(router: &Router, query: &str) -> Vec<String> {
    let file = get_page(router, &format!("/history.csv?{QUERY}&{query}")).await;
    let rows = file.text.lines().map(str::to_owned);
    rows.skip_while(|line| !line.contains("Id,Offered,Handled"))
        .collect()
}

#[tokio::test]
async fn reasons_have_their_handle_time_and_calls_without_one_have_the_rest() {
    let (router, fixture) = history_router().await;
    store_handled(&fixture, Some(invoices())).await;

    let by_reason = rows(&router, "by=reason").await;
    assert_eq!(
        by_reason[1..4],
        [
            "Invoice,calls/3,6,5,132,120,12,660,partial",
            "Not recorded,,4,3,100,67,33,300,partial",
            "Total,,10,8,120,100,20,960,partial",
        ],
        "{by_reason:?}"
    );
    // By event, too: reasons have no time other than their call's.
    assert_eq!(rows(&router, "by=reason&count_by=event").await, by_reason);
    let by_type = rows(&router, "by=type&queue=calls%2F1").await;
    assert!(
        by_type[1].starts_with("Type of call 3,calls/3,6,5,"),
        "{by_type:?}"
    );
    let page = get_page(&router, &format!("/history?{QUERY}&by=reason"))
        .await
        .text;
    let links = text_between(&page, "<td><a href=\"", "\">");
    let is_of_invoices =
        |link: &&str| link.contains("/history/calls?") && link.contains("reason=calls%2F3");
    assert!(links.iter().any(is_of_invoices), "{links:?}");
}

#[tokio::test]
async fn handle_time_that_was_not_computed_is_unknown_and_so_is_that_of_the_rest() {
    let (router, fixture) = history_router().await;
    store_handled(&fixture, None).await;

    let by_reason = rows(&router, "by=reason").await;

    assert_eq!(
        by_reason[1..4],
        [
            "Invoice,calls/3,6,,,,,,partial",
            "Not recorded,,4,,,,,,partial",
            "Total,,10,,,,,,partial",
        ],
        "{by_reason:?}"
    );
}

#[tokio::test]
async fn reasons_of_an_agent_or_of_an_export_without_any_are_not_shown() {
    let (router, fixture) = history_router().await;

    let agent = get_page(
        &router,
        &format!("/history?{QUERY}&by=reason&agent=calls%2F7"),
    )
    .await;
    let schedule = get_page(
        &router,
        &format!("/history?{QUERY}&by=reason&view=adherence"),
    )
    .await;
    fixture.change_export(|export| export.has_calls = false);
    let without = get_page(&router, &format!("/history?{QUERY}&by=reason")).await;

    for refused in [&agent, &schedule] {
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    }
    assert!(
        agent.text.contains("types and outcomes by agent"),
        "{}",
        agent.text
    );
    let note = "The export of these queues (Calls) has no reasons or outcomes";
    assert!(without.text.contains(note), "{}", without.text);
    assert!(without.text.contains("<p>No rows</p>"), "{}", without.text);
    assert!(!without.text.contains("Invoice"), "{}", without.text);
}
