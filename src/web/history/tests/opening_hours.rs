//! Pages and files that leave out the times in which queues are closed.

use std::collections::BTreeMap;

use axum::{Router, http::StatusCode};
use jiff::tz::TimeZone;

use crate::web::tests::{get_page, test_site};
use wallboard_domain::{OpenPeriod, OpeningHours, Pattern, Patterns, SiteConfig};
use wallboard_history::report::fixture::HistoryFixture;

use super::{
    DAY, HOUR, QUERY, computed_day, history_fixture, interval_row, router_over, text_between,
};

/// Open at these minutes of every day, in UTC.
fn site_with_hours(queues: &[(&str, &[(i64, i64)])]) -> SiteConfig {
    let hours = queues.iter().map(|(queue, periods)| {
        let periods = periods.iter().map(|(from_minute, to_minute)| OpenPeriod {
            from_minute: *from_minute,
            to_minute: *to_minute,
        });
        let hours = OpeningHours {
            zone: TimeZone::UTC,
            week: std::array::from_fn(|_| periods.clone().collect()),
            dates: BTreeMap::new(),
            holidays: wallboard_domain::ClosedDays::default(),
        };
        (Pattern((*queue).to_owned()), hours)
    });
    SiteConfig {
        hours: Patterns(hours.collect()),
        ..test_site()
    }
}

/// The first queue is open from half past eight to five.
async fn router_with_hours() -> (Router, HistoryFixture) {
    let fixture = history_fixture().await;
    let site = site_with_hours(&[("calls/1", &[(510, 1020)])]);
    let router = router_over(&fixture, site, Vec::new());
    (router, fixture)
}

async fn table_of(router: &Router, query: &str) -> Vec<String> {
    let path = format!("/history.csv?{QUERY}&{query}");
    let text = get_page(router, &path).await.text;
    let table = text.lines().skip_while(|line| !line.contains(",Offered"));
    table.skip(1).map(str::to_owned).collect()
}

/// The name of a row and its offered calls.
fn first_cells(rows: &[String]) -> Vec<(&str, &str)> {
    let cells = rows.iter().map(|row| {
        let mut cells = row.split(',');
        Some((cells.next()?, cells.nth(1)?))
    });
    cells.flatten().collect()
}

#[tokio::test]
async fn closed_times_are_left_out_of_rows_and_totals() {
    let (router, _fixture) = router_with_hours().await;

    let all = table_of(&router, "step=1d").await;
    let open = table_of(&router, "step=1d&hours=open").await;
    let queues = table_of(&router, "by=queue&hours=open").await;
    let one = table_of(&router, "queue=calls%2F1&step=1h&hours=open").await;

    assert_eq!(first_cells(&all)[1], ("Total", "25"));
    // Ten calls of the first queue came at eight. The second queue is always open.
    assert_eq!(first_cells(&open)[1], ("Total", "15"));
    let queues: Vec<_> = first_cells(&queues).iter().map(|row| row.1).collect();
    assert_eq!(queues, ["9", "6", "15"]);
    let one = first_cells(&one);
    assert_eq!(one[..3], [("09:00", "6"), ("10:00", ""), ("11:00", "0")]);
    assert_eq!(one.len(), 9);
    assert_eq!(one[7..], [("16:00", ""), ("Total", "6")]);
}

#[tokio::test]
async fn page_says_that_closed_times_are_left_out_and_links_to_all_hours() {
    let (router, _fixture) = router_with_hours().await;

    let page = get_page(&router, &format!("/history?{QUERY}&hours=open")).await;
    let file = get_page(&router, &format!("/history.csv?{QUERY}&hours=open")).await;

    assert_eq!(page.status, StatusCode::OK);
    for expected in [
        "Thu 12 Nov 2026, opening hours only",
        "Opening hours only. <a href=\"/history?range=days&#38;from=2026-11-12&#38;to=2026-11-12&#38;compare=none\">Show all hours</a>",
        "<option value=\"open\" selected>Opening hours only</option>",
        "<details class=\"more\" open>",
        "<dt>Opening hours</dt>",
    ] {
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
    }
    // Its calls can't be listed without those of closed times.
    assert!(!page.text.contains("View abandoned calls"), "{}", page.text);
    let expected = "Period,\"Thu 12 Nov 2026, opening hours only\"";
    assert!(file.text.contains(expected), "{}", file.text);
}

#[tokio::test]
async fn choice_is_offered_only_if_a_queue_has_opening_hours() {
    let (router, _fixture) = router_with_hours().await;
    let has_choice = async |router: &Router, query: &str| {
        let page = get_page(router, &format!("/history?{QUERY}{query}")).await;
        page.text.contains("<select name=\"hours\">")
    };
    let fixture = history_fixture().await;
    let without = router_over(&fixture, test_site(), Vec::new());

    assert!(has_choice(&router, "").await);
    assert!(has_choice(&router, "&queue=calls%2F1").await);
    assert!(!has_choice(&router, "&queue=calls%2F2").await);
    assert!(!has_choice(&router, "&agent=calls%2F7").await);
    assert!(!has_choice(&without, "").await);
    let path = format!("/history?{QUERY}&queue=calls%2F2&hours=open");
    let page = get_page(&router, &path).await.text;
    assert!(
        page.contains("These queues have no opening hours, so all hours count."),
        "{page}"
    );
}

#[tokio::test]
async fn closed_times_are_no_gaps() {
    let fixture = history_fixture().await;
    let site = site_with_hours(&[("calls/1", &[(510, 720)]), ("calls/2", &[(540, 600)])]);
    let router = router_over(&fixture, site, Vec::new());
    let page = async |query: &str| {
        let path = format!("/history?{QUERY}&{query}&hours=open");
        get_page(&router, &path).await.text
    };

    let one = page("queue=calls%2F1").await;
    let both = page("queue=calls%2F2").await;

    // Nothing was imported from ten to eleven.
    let gaps = text_between(&one, "id=\"gaps\">", "</p>");
    assert_eq!(gaps, ["No data 10:00–11:00"]);
    assert!(one.contains("class=\"gap\""), "{one}");
    assert!(!both.contains("class=\"gap\""), "{both}");
    assert!(!both.contains("id=\"gaps\""), "{both}");
}

#[tokio::test]
async fn row_that_is_closed_for_a_queue_has_no_calls_to_list() {
    let fixture = history_fixture().await;
    // Both are open from nine to ten only.
    let site = site_with_hours(&[("calls/1", &[(480, 600)]), ("calls/2", &[(540, 720)])]);
    let router = router_over(&fixture, site, Vec::new());

    let path = format!("/history?{QUERY}&step=1h&hours=open");
    let page = get_page(&router, &path).await.text;

    let bars = text_between(&page, "<a class=\"bucket\" href=\"", "\"");
    assert_eq!(
        bars,
        ["/history/calls?from=2026-11-12T09%3A00%3A00Z&#38;to=2026-11-12T10%3A00%3A00Z",]
    );
}

#[tokio::test]
async fn heat_map_leaves_closed_hours_blank() {
    let fixture = history_fixture().await;
    let site = site_with_hours(&[("calls/2", &[(540, 600), (660, 720)])]);
    let router = router_over(&fixture, site, Vec::new());
    let query = format!("{QUERY}&queue=calls%2F2&view=heatmap&hours=open");

    let page = get_page(&router, &format!("/history?{query}")).await.text;
    let file = get_page(&router, &format!("/history.csv?{query}"))
        .await
        .text;

    let closed = "<td class=\"closed\"><span class=\"unseen\">closed</span></td>";
    assert!(page.contains(closed), "{page}");
    assert!(!page.contains("class=\"gap\""), "{page}");
    assert!(file.contains("Thursday,4,closed,5"), "{file}");
}

#[tokio::test]
async fn breakdown_has_calls_of_open_times() {
    let (router, _fixture) = router_with_hours().await;
    let query = format!("{QUERY}&view=breakdown&hours=open");

    let page = get_page(&router, &format!("/history?{query}")).await.text;
    let file = get_page(&router, &format!("/history.csv?{query}"))
        .await
        .text;

    let rows: Vec<_> = file
        .lines()
        .filter(|line| line.contains("15 calls"))
        .collect();
    assert_eq!(
        rows,
        [
            "Reason,Reason 4,calls/4,2,13.3,Based on 15 calls",
            "Reason,Not recorded,,13,86.7,Based on 15 calls"
        ]
    );
    assert!(page.contains("Sign-out reasons aren’t shown"), "{page}");
    assert!(!page.contains("Sign-out reason<"), "{page}");
}

#[tokio::test]
async fn compared_period_leaves_out_closed_times_too() {
    let (router, fixture) = router_with_hours().await;
    let before = DAY - 7 * 24 * HOUR;
    let rows = vec![
        interval_row("1", before + 8 * HOUR, [50, 50, 0]),
        interval_row("1", before + 9 * HOUR, [4, 4, 0]),
    ];
    fixture.replace_intervals(computed_day(before, rows)).await;
    fixture.insert_coverage(before..before + 24 * HOUR);
    // The rest of the day.
    for (from, to) in [(0, 8), (10, 11), (12, 24)] {
        fixture.insert_coverage(DAY + from * HOUR..DAY + to * HOUR);
    }
    let query = "range=days&from=2026-11-12&to=2026-11-12&queue=calls%2F1&hours=open";

    for step in ["30m", "1h", "1d"] {
        let path = format!("/history?{query}&step={step}");
        let page = get_page(&router, &path).await.text;
        assert!(
            page.contains("vs Thu 5 Nov: offered 6 (4),"),
            "{step}: {page}"
        );
    }
    let by_queue = format!("/history.csv?{query}&by=queue&view=table");
    let file = get_page(&router, &by_queue).await.text;
    let file = file.replace("\"Offered, Thu 5 Nov\"", "before");
    let heading = file.lines().find(|line| line.contains(",Offered"));
    let mut columns = heading.unwrap().split(',');
    let before = columns.position(|name| name == "before");
    let row = file.lines().find(|line| line.contains("calls/1")).unwrap();
    let before = before.and_then(|index| row.split(',').nth(index));
    assert_eq!(before, Some("4"), "{file}");
}

#[tokio::test]
async fn figures_with_closed_times_are_refused() {
    let (router, _fixture) = router_with_hours().await;
    let agents = "Agents’ figures aren’t available for opening hours only";
    let calls = "Lists of calls have all hours, also closed ones";
    for (path, expected) in [
        (format!("/history?{QUERY}&by=agent&hours=open"), agents),
        (
            format!("/history?{QUERY}&by=agent_group&hours=open"),
            agents,
        ),
        (
            format!("/history.csv?{QUERY}&agent=calls%2F7&hours=open"),
            agents,
        ),
        (format!("/history/calls?{QUERY}&hours=open"), calls),
        (format!("/history/calls.csv?{QUERY}&hours=open"), calls),
    ] {
        let page = get_page(&router, &path).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(page.text.contains(expected), "{path}: {}", page.text);
    }
    let agents = get_page(&router, &format!("/history?{QUERY}&by=agent&hours=open")).await;
    let all_hours =
        "/history?range=days&#38;from=2026-11-12&#38;to=2026-11-12&#38;compare=none&#38;by=agent\"";
    assert!(agents.text.contains(all_hours), "{}", agents.text);
}

#[tokio::test]
async fn period_without_opening_hours_says_so() {
    let fixture = history_fixture().await;
    let router = router_over(&fixture, site_with_hours(&[("calls/1", &[])]), Vec::new());

    let path = format!("/history?{QUERY}&queue=calls%2F1&hours=open");
    let one = get_page(&router, &path).await.text;
    let queues = get_page(&router, &format!("/history?{QUERY}&by=queue&hours=open"))
        .await
        .text;

    assert!(one.contains("Closed in this period"), "{one}");
    assert!(one.contains(">Show all hours</a>"), "{one}");
    assert!(
        queues.contains("1 row isn’t listed: closed for the whole period."),
        "{queues}"
    );
}
