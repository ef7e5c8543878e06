//! The breakdown by reason and issue.

use crate::web::tests::get_page;
use wallboard_domain::AgentCounter;
use wallboard_store::{BreakdownRow, CatalogEntry, ComputedWindow, NameClass};

use super::{
    DAY, QUERY, agent_row, computed_day, end_reason_row, history_router, interval_row,
    text_between, timestamp_at,
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
    let expected = "The export of these queues (Calls) has no reasons or outcomes";
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

#[tokio::test]
async fn breaks_are_shares_of_signed_in_time_and_productive_ones_no_shrinkage() {
    let (router, fixture) = history_router().await;
    let training = CatalogEntry {
        productive: Some(true),
        ..CatalogEntry::new(NameClass::PauseCode, "5", "Training")
    };
    let lunch = CatalogEntry::new(NameClass::PauseCode, "4", "Lunch");
    fixture.store_names(vec![lunch, training]).await;
    let mut agent = agent_row();
    agent.counters.set(AgentCounter::LoggedIn, Some(7_200));
    agent.counters.not_ready = [(4, 1_800), (5, 720), (6, 360)].into();
    let computed = ComputedWindow {
        agents: vec![agent],
        ..computed_day(DAY, Vec::new())
    };
    fixture.replace_intervals(computed).await;

    for subject in ["", "&agent=calls%2F7"] {
        let path = format!("/history?{QUERY}&view=breakdown{subject}");
        let page = get_page(&router, &path).await.text;
        let of_queue = format!("/history?{QUERY}&view=breakdown&queue=calls%2F1");
        let of_queue = get_page(&router, &of_queue).await.text;

        let table = text_between(&page, "id=\"fact-breaks\"", "</section>")[0];
        for (name, text) in [
            ("Lunch", "0 h 30 · 25.0% of signed-in time"),
            ("Training", "0 h 12 · 10.0% of signed-in time · productive"),
            ("Break 6", "0 h 06 · 5.0% of signed-in time"),
            ("Shrinkage by breaks", "0 h 36 · 30.0% of signed-in time"),
        ] {
            let row = table.split("<dt>").find(|row| row.contains(name));
            let row = row.unwrap_or_else(|| panic!("{name}: {table}"));
            assert!(row.contains(&format!("<bdi>{text}</bdi>")), "{row}");
        }
        assert!(!of_queue.contains("fact-breaks"));
    }
}
