//! The breakdown by reason and issue.

use crate::web::tests::get_page;
use wallboard_store::{BreakdownRow, ComputedWindow, NameClass};

use super::{
    DAY, QUERY, computed_day, end_reason_row, history_router, interval_row, text_between,
    timestamp_at,
};

#[tokio::test]
async fn call_reasons_have_names_and_missing_ones_are_noted() {
    let (router, fixture) = history_router().await;

    let page = get_page(&router, &format!("/history?{QUERY}&view=breakdown")).await;
    let file = |queue| {
        let path = format!("/history.csv?{QUERY}&view=breakdown{queue}");
        let router = router.clone();
        async move {
            let text = get_page(&router, &path).await.text;
            let rows = text.lines().skip_while(|line| !line.starts_with("What,"));
            rows.skip(1).map(str::to_owned).collect::<Vec<_>>()
        }
    };
    let (all, one_queue) = (file("").await, file("&queue=calls%2F2").await);
    fixture.change_export(|export| export.has_calls = false);
    let without_calls = get_page(&router, &format!("/history?{QUERY}&view=breakdown")).await;

    for expected in [
        "Based on 25 calls",
        "<bdi>Invoice</bdi>",
        "<bdi>Reason 4</bdi>",
        "<bdi>Not recorded</bdi>",
        "No call in this period has an issue.",
    ] {
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
    }
    assert_eq!(
        all[..4],
        [
            "Reason,Invoice,calls/3,10,40,Based on 25 calls",
            "Reason,Reason 4,calls/4,2,8,Based on 25 calls",
            "Reason,Not recorded,,13,52,Based on 25 calls",
            "Issue,,,,,No call in this period has an issue.",
        ]
    );
    assert_eq!(
        one_queue[0],
        "Reason,Reason 4,calls/4,2,22.2,Based on 9 calls"
    );
    let expected = "The export of these queues (calls) has no reasons or outcomes";
    assert!(
        without_calls.text.contains(expected),
        "{}",
        without_calls.text
    );
    assert!(!without_calls.text.contains("Invoice"));
}

#[tokio::test]
async fn breakdown_row_links_to_calls_only_if_the_counts_match() {
    let (router, fixture) = history_router().await;
    let rows = async |query: &str| -> Vec<String> {
        let page = get_page(&router, &format!("/history?{query}&view=breakdown")).await;
        let hrefs = text_between(&page.text, "<td><a href=\"", "\">");
        hrefs.into_iter().map(str::to_owned).collect()
    };
    let quarter = "from=2026-11-12T08:00:00Z&to=2026-11-12T10:15:00Z&compare=none";
    let unaligned = "from=2026-11-12T08:00:00Z&to=2026-11-12T10:07:00Z&compare=none";

    let (all, one) = (
        rows(QUERY).await,
        rows(&format!("{QUERY}&queue=calls%2F2")).await,
    );
    let (quarter, unaligned) = (rows(quarter).await, rows(unaligned).await);
    let issue = BreakdownRow {
        class: NameClass::Issue,
        ..end_reason_row("1", timestamp_at(8, 0), "5", 4)
    };
    let queues = vec![interval_row("1", timestamp_at(8, 0), [10, 10, 0])];
    let computed = ComputedWindow {
        breakdowns: vec![issue],
        ..computed_day(DAY, queues)
    };
    fixture.replace_intervals(computed).await;

    let days = "range=days&#38;from=2026-11-12&#38;to=2026-11-12";
    let calls = |rest: String| format!("/history/calls?{rest}");
    // Calls without a reason have no link.
    assert_eq!(
        all,
        [
            calls(format!("{days}&#38;reason=calls%2F3")),
            calls(format!("{days}&#38;reason=calls%2F4"))
        ]
    );
    assert_eq!(
        one,
        [calls(format!(
            "queue=calls%2F2&#38;{days}&#38;reason=calls%2F4"
        ))]
    );
    assert_eq!(quarter.len(), 2);
    assert_eq!(unaligned, [""; 0]);
    // A call may have the same issue twice.
    assert_eq!(rows(QUERY).await, [""; 0]);

    let listed = format!("/history/calls?{QUERY}&reason=calls%2F3");
    let listed = get_page(&router, &listed).await.text;
    assert!(
        listed.contains("Only calls with this reason: Invoice."),
        "{listed}"
    );
    assert!(listed.contains(">Show all calls</a>"), "{listed}");
}
