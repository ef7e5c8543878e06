//! The earlier period: only what was imported in both, source by source.

use axum::Router;

use crate::web::tests::{assert_contains, get_bytes, get_json, get_page, test_site};
use wallboard_store::{CatalogEntry, ComputedWindow, NameClass, QueueIntervalRow};

use super::{
    DAY, HOUR, HistoryFixture, computed_day, history_fixture, interval_row, router_over,
    spreadsheet, text_between,
};

const WEEK: i64 = 7 * 24 * HOUR;
const QUERY: &str = "range=days&from=2026-11-12&to=2026-11-12";

/// Stores what a source's queue 1 was offered at ten of the Thursday and the one before; without a
/// number there is no file.
async fn store_thursdays(
    fixture: &HistoryFixture,
    source: &str,
    [offered, before]: [Option<i64>; 2],
) {
    for (start, offered) in [(DAY, offered), (DAY - WEEK, before)] {
        let Some(offered) = offered else {
            continue;
        };
        let row = interval_row("1", start + 10 * HOUR, [offered, offered, 0]);
        let computed = ComputedWindow {
            source: source.into(),
            ..computed_day(start, Vec::<QueueIntervalRow>::from([row]))
        };
        fixture.replace_intervals(computed).await;
        fixture.insert_coverage_of(source, start..start + 24 * HOUR);
    }
}

/// Chats and calls of two Thursdays.
async fn router_of_thursdays(
    chats: [Option<i64>; 2],
    calls: [Option<i64>; 2],
) -> (Router, HistoryFixture) {
    let fixture = HistoryFixture::new(test_site()).await;
    let names = |name: &str| vec![CatalogEntry::new(NameClass::Queue, "1", name)];
    fixture.store_names(names("Sales")).await;
    fixture.add_export("chats", names("Support")).await;
    store_thursdays(&fixture, "calls", calls).await;
    store_thursdays(&fixture, "chats", chats).await;
    let router = router_over(&fixture, test_site(), Vec::new());
    (router, fixture)
}

/// The headline, the comparison in words, and the two figures of the table's total.
async fn read_comparison(router: &Router, query: &str) -> (String, String, [String; 2]) {
    let page = get_page(router, &format!("/history?{QUERY}{query}"))
        .await
        .text;
    let (_, tile) = page.split_once("id=\"sum-offered\"").unwrap();
    let tile = tile.split("</summary>").next().unwrap();
    let notes = text_between(tile, "<small>", "</small>").join("; ");
    let finding = text_between(&page, "<li id=\"compared\">", "</li>").join("; ");
    let file = get_page(router, &format!("/history.csv?{QUERY}{query}"))
        .await
        .text;
    let total = file.lines().find(|line| line.starts_with("Total")).unwrap();
    let mut cells = total.split(',').skip(2).map(str::to_owned);
    let total = [cells.next().unwrap(), cells.next().unwrap()];
    (notes, finding.trim().to_owned(), total)
}

#[tokio::test]
async fn only_sources_with_data_in_both_periods_are_compared() {
    let (router, _fixture) = router_of_thursdays([Some(99), Some(90)], [None, Some(500)]).await;

    let (tile, finding, total) = read_comparison(&router, "").await;
    let by_hour = read_comparison(&router, "&step=1h").await;
    let file = get_page(&router, &format!("/history.csv?{QUERY}"))
        .await
        .text;
    let queues = read_comparison(&router, "&by=queue").await;
    let page = get_page(&router, &format!("/history?{QUERY}")).await.text;

    assert_eq!(tile, "+10% vs Thu 5 Nov");
    assert!(
        finding.starts_with("vs Thu 5 Nov: offered 99 (90),"),
        "{finding}"
    );
    assert!(
        finding.ends_with("Calls: no data for this period."),
        "{finding}"
    );
    assert_eq!(total, ["99", "90"]);
    assert_eq!((by_hour.0, by_hour.2), (tile, total.clone()));
    assert_eq!(queues.2, total);
    // The outline and the words of the chart.
    assert!(page.contains("Thu 5 Nov: 90 offered"), "{page}");
    assert!(!page.contains(" 590 offered"), "{page}");
    assert!(!page.contains(">590<"), "{page}");
    assert!(
        file.contains("Not compared,Calls: no data for this period\r\n"),
        "{file}"
    );
    let sheet = get_bytes(&router, &format!("/history.xlsx?{QUERY}")).await;
    let mut sheet = spreadsheet::read_sheet(&sheet).into_iter();
    let noted = ["Not compared", "Calls: no data for this period"];
    assert!(sheet.any(|row| row == noted), "a row says it");
    let total: Vec<_> = sheet.filter(|row| row[0] == "Total").collect();
    assert_eq!(total[0][1..3], ["99", "90"], "{total:?}");
}

#[tokio::test]
async fn figures_without_the_same_sources_before_are_not_compared() {
    let (router, _fixture) = router_of_thursdays([Some(99), Some(90)], [Some(500), None]).await;

    let (tile, finding, total) = read_comparison(&router, "").await;
    let queues = read_comparison(&router, "&by=queue").await;

    assert_eq!(tile, "Calls: no data for Thu 5 Nov");
    assert_eq!(
        finding,
        "Not compared with Thu 5 Nov. Calls: no data for Thu 5 Nov."
    );
    assert_eq!(total, ["599", ""]);
    assert_eq!(queues.2, ["599", ""]);
}

#[tokio::test]
async fn any_earlier_days_can_be_compared() {
    let fixture = HistoryFixture::new(test_site()).await;
    let names = vec![CatalogEntry::new(NameClass::Queue, "1", "Sales")];
    fixture.store_names(names).await;
    for (days_before, offered) in [(0, 40), (2, 50)] {
        let start = DAY - days_before * 24 * HOUR;
        let row = interval_row("1", start + 9 * HOUR, [offered, offered, 0]);
        fixture
            .replace_intervals(computed_day(start, vec![row]))
            .await;
        fixture.insert_coverage(start..start + 24 * HOUR);
    }
    let router = router_over(&fixture, test_site(), Vec::new());

    let (tile, ..) = read_comparison(&router, "&compare_from=2026-11-10&step=1d").await;
    let page = get_page(
        &router,
        &format!("/history?{QUERY}&compare_from=2026-11-12"),
    )
    .await;

    assert_eq!(tile, "−20% vs Tue 10 Nov 2026");
    assert_contains(
        &page.text,
        &["Not compared: 2026-11-12 isn’t before the period."],
    );
}

#[tokio::test]
async fn a_day_is_compared_with_its_weekday_of_last_year() {
    let fixture = HistoryFixture::new(test_site()).await;
    let names = vec![CatalogEntry::new(NameClass::Queue, "1", "Sales")];
    fixture.store_names(names).await;
    // The same date was a Wednesday.
    for (days_before, offered) in [(0, 44), (52 * 7, 40), (365, 99)] {
        let start = DAY - days_before * 24 * HOUR;
        let row = interval_row("1", start + 9 * HOUR, [offered, offered, 0]);
        fixture
            .replace_intervals(computed_day(start, vec![row]))
            .await;
        fixture.insert_coverage(start..start + 24 * HOUR);
    }
    let router = router_over(&fixture, test_site(), Vec::new());

    let (tile, _, total) = read_comparison(&router, "&compare=year").await;

    assert_eq!(tile, "+10% vs Thu 13 Nov 2025");
    assert_eq!(total, ["44", "40"]);
}

#[tokio::test]
async fn api_names_the_sources_that_an_interval_lacks() {
    let (router, _fixture) = router_of_thursdays([Some(99), Some(90)], [None, Some(500)]).await;
    let day = async |from: &str, to: &str| {
        let path = format!("/api/v1/history/intervals?from={from}&to={to}&step=1d");
        get_json(&router, &path).await["intervals"][0].clone()
    };

    let now = day("2026-11-12", "2026-11-13").await;
    let before = day("2026-11-05", "2026-11-06").await;

    assert_eq!(now["offered"], 99);
    assert_eq!(now["missing_sources"], serde_json::json!(["calls"]));
    assert_eq!(before["offered"], 590);
    assert_eq!(before["missing_sources"], serde_json::Value::Null);
}

#[tokio::test]
async fn partly_imported_intervals_are_not_compared() {
    let fixture = history_fixture().await;
    let before = vec![interval_row("1", DAY - WEEK + 9 * HOUR, [50, 50, 0])];
    fixture
        .replace_intervals(computed_day(DAY - WEEK, before))
        .await;
    fixture.insert_coverage(DAY - WEEK..DAY - WEEK + 24 * HOUR);
    let router = router_over(&fixture, test_site(), Vec::new());

    // Of the Thursday there are three hours.
    let days = read_comparison(&router, "&step=1d").await;
    let (tile, _, total) = read_comparison(&router, "&step=30m").await;

    assert_eq!(days.0, "Calls: not all of this period was imported");
    assert_eq!(days.2, ["25", ""]);
    assert!(tile.starts_with("−50% vs Thu 5 Nov; Calls: "), "{tile}");
    assert_eq!(total, ["25", "50"]);
}

#[tokio::test]
async fn rows_of_a_period_in_progress_say_that_they_are_not_compared() {
    let fixture = history_fixture().await;
    let router = router_over(&fixture, test_site(), Vec::new());
    let note = "Rows aren’t compared before the period is over.";
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let running = format!(
        "range=days&from=2026-11-12&to={}",
        tomorrow.strftime("%Y-%m-%d")
    );
    for (query, is_noted) in [
        (format!("{running}&by=queue"), true),
        (format!("{running}&by=queue_group"), true),
        (format!("{running}&by=queue&compare=none"), false),
        // These have no column for it.
        (format!("{running}&by=agent"), false),
        (format!("{QUERY}&by=queue"), false),
    ] {
        for path in ["/history", "/history.csv"] {
            let text = get_page(&router, &format!("{path}?{query}")).await.text;
            assert_eq!(text.contains(note), is_noted, "{path} {query}: {text}");
        }
    }
}
