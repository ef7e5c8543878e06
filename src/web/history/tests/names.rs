//! Names of queues, agents and reasons.

use crate::web::tests::{get_json, get_page, profile_update, test_site};
use wallboard_domain::{EntityKind, Id, QueueGroup};
use wallboard_store::{CatalogEntry, ComputedWindow, NameClass};

use super::{
    API_QUERY, DAY, QUERY, computed_day, end_reason_row, history_fixture, history_router,
    interval_row, router_over, text_between, timestamp_at,
};

#[tokio::test]
async fn queues_have_names_wherever_they_are_selected() {
    let id = |source: &str, external: &str| Id::new(&source.into(), external);
    let fixture = history_fixture().await;
    let unnamed = vec![CatalogEntry::new(NameClass::Queue, "3", "")];
    fixture.store_names(unnamed).await;
    let mut site = test_site();
    let linked = vec![id("calls", "3"), id("calls", "1")];
    site.linked_queues.insert(id("chat", "s"), linked);
    site.groups.push(QueueGroup {
        id: id("group", "both"),
        name: "Everybody".to_owned(),
        queues: vec![id("calls", "1"), id("calls", "2")],
    });
    let profile = profile_update(EntityKind::Queue, "s", "Sales");
    let router = router_over(&fixture, site, vec![profile]);
    let title = async |query: &str| {
        let page = get_page(&router, &format!("/history?{QUERY}&{query}"))
            .await
            .text;
        let (_, rest) = page.split_once("<p class=\"of\"><bdi>").unwrap();
        rest.split("</bdi>").next().unwrap().to_owned()
    };

    // No export names it: it's the live queue under another id.
    assert_eq!(title("queue=chat%2Fs").await, "Sales");
    assert_eq!(title("queue=calls%2F3").await, "Sales");
    assert_eq!(title("queue=group%2Fboth").await, "Everybody");
    let several = title("queue=group%2Fboth&queue=chat%2Fs").await;
    assert_eq!(several, "Sales, Everybody");
    let queue_page = get_page(&router, "/queues/chat/s").await.text;
    assert!(
        queue_page.contains("<a href=\"/history?queue=calls%2F1\"><bdi>=SUM(1)</bdi></a>"),
        "{queue_page}"
    );
}

#[tokio::test]
async fn names_sort_naturally_in_lists_tables_and_breakdowns() {
    let (router, fixture) = history_router().await;
    let names = [
        CatalogEntry::new(NameClass::Queue, "1", "Line 10"),
        CatalogEntry::new(NameClass::Queue, "2", "line 9"),
        CatalogEntry::new(NameClass::Queue, "3", "Line 1"),
        CatalogEntry::new(NameClass::Agent, "7", "Agent 12"),
        CatalogEntry::new(NameClass::Agent, "8", "agent 2"),
        CatalogEntry::new(NameClass::Reason, "3", "Case 10"),
        CatalogEntry::new(NameClass::Reason, "4", "case 9"),
    ];
    fixture.store_names(names.into()).await;
    let page = async |query: &str| {
        get_page(&router, &format!("/history?{QUERY}&{query}"))
            .await
            .text
    };
    let rows = |text: &str| -> Vec<String> {
        let body = text_between(text, "<tbody>", "</tbody>").concat();
        text_between(&body, "<bdi>", "</bdi>")
            .into_iter()
            .map(str::to_owned)
            .collect()
    };

    let queues = page("by=queue").await;
    let (_, fields) = queues.split_once("<fieldset>").unwrap();
    let (fields, _) = fields.split_once("</fieldset>").unwrap();
    assert_eq!(
        text_between(fields, "<bdi>", "</bdi>"),
        ["Line 1", "line 9", "Line 10"]
    );
    assert_eq!(rows(&queues), ["Line 1", "line 9", "Line 10"]);
    let reversed = page("by=queue&sort=-").await;
    assert_eq!(rows(&reversed), ["Line 10", "line 9", "Line 1"]);
    assert_eq!(rows(&page("by=agent").await), ["agent 2", "Agent 12"]);

    // Equal counts sort by name.
    let reasons = vec![
        end_reason_row("1", timestamp_at(8, 0), "3", 4),
        end_reason_row("1", timestamp_at(8, 0), "4", 4),
    ];
    let queues = vec![interval_row("1", timestamp_at(8, 0), [10, 10, 0])];
    let computed = ComputedWindow {
        breakdowns: reasons,
        ..computed_day(DAY, queues)
    };
    fixture.replace_intervals(computed).await;
    let broken_down = page("view=breakdown").await;
    assert_eq!(rows(&broken_down)[..2], ["case 9", "Case 10"]);
}

#[tokio::test]
async fn names_are_returned_verbatim() {
    let (router, fixture) = history_router().await;
    let names = vec![
        CatalogEntry::new(NameClass::Queue, "1", "=Sales"),
        CatalogEntry::new(NameClass::Queue, "2", "  Sales  North "),
        CatalogEntry::new(NameClass::Queue, "3", "   "),
    ];
    fixture.store_names(names).await;

    let path = format!("/api/v1/history/intervals?{API_QUERY}&by=queue");
    let answer = get_json(&router, &path).await;
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
