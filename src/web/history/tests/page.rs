//! The overview and its files.

use axum::http::StatusCode;

use crate::web::tests::{
    get_bytes, get_json, get_page, profile_update, router_with_history, test_site,
};
use wallboard_domain::{CountBy, Counter, Counters, EntityKind, Id, Pattern};
use wallboard_history::report::{History, ReportConfig, fixture::report_config};
use wallboard_store::{
    AgentIntervalRow, CatalogEntry, ComputedWindow, NameClass, QueueIntervalRow, Store,
};

use super::{
    API_QUERY, DAY, HOUR, QUERY, agent_row, computed_day, history_fixture, history_router,
    interval_row, router_over, text_between, timestamp_at,
};

#[tokio::test]
async fn missed_target_is_named_and_missing_import_is_a_gap() {
    let (router, _fixture) = history_router().await;
    let page = get_page(&router, &format!("/history?{QUERY}")).await;

    assert_eq!(page.status, StatusCode::OK);
    for expected in [
        "1 of 2 half-hours with calls missed the target of 80%, 1 not judged (fewer than 10 calls):",
        ">09:00</a>",
        "10:00–11:00",
        "▼ missed",
        "3 calls were abandoned.",
        "answered in time ÷ (offered − short abandons)",
        "within 20 s",
    ] {
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
    }
    assert!(!page.text.contains("<script>alert"));
}

#[tokio::test]
async fn downloads_match_the_page_and_start_no_formula() {
    let (router, _fixture) = history_router().await;

    let rows = get_page(&router, &format!("/history.csv?{QUERY}&only=missed")).await;
    let queues = get_page(
        &router,
        &format!("/history.csv?{QUERY}&by=queue&sort=-offered"),
    )
    .await;
    let sheet = get_bytes(&router, &format!("/history.xlsx?{QUERY}")).await;

    assert_eq!(rows.kind, "text/csv; charset=utf-8");
    let table_of = |text: &str| -> Vec<String> {
        let table = text.lines().skip_while(|line| !line.contains(",Offered"));
        table.map(str::to_owned).collect()
    };
    assert_eq!(
        table_of(&rows.text),
        [
            "Time,Starts,Offered,Answered,Abandoned,Abandoned %,Within 20 s (%),Average speed of answer (s),Longest wait (s),Note",
            "09:00,2026-11-12T09:00:00+00:00,10,7,3,30,40,12,95,missed",
            "Total,,10,7,3,30,40,12,95,",
        ]
    );
    let queues = table_of(&queues.text);
    assert!(
        queues[1].starts_with("'=SUM(1),calls/1,16,14,2,"),
        "{queues:#?}"
    );
    assert!(queues[3].starts_with("Total,,25,22,3,"), "{queues:#?}");
    assert!(sheet.starts_with(b"PK"));
}

#[tokio::test]
async fn files_have_every_note_of_the_page() {
    let fixture = history_fixture().await;
    let mut site = test_site();
    site.hidden_queues.push(Pattern("calls/2".to_owned()));
    let router = router_over(&fixture, site, Vec::new());
    for (query, expected) in [
        (
            "only=missed",
            "Only rows that missed their target are listed",
        ),
        (
            "zone=Asia%2FTokyo",
            "Times are in Asia/Tokyo, not in the site’s time zone.",
        ),
        (
            "by=queue",
            "1 queue is hidden: not listed, and not in the rows’ total.",
        ),
        ("range=today", "No data for today yet"),
    ] {
        for path in ["/history", "/history.csv"] {
            let text = get_page(&router, &format!("{path}?{QUERY}&{query}"))
                .await
                .text;
            assert!(text.contains(expected), "{path} {query}: {text}");
        }
    }
    // Rows that a page leaves out because nothing happened.
    for (from, to) in [(0, 8), (10, 11), (12, 24)] {
        fixture.insert_coverage(timestamp_at(from, 0)..timestamp_at(to, 0));
    }
    let calm = computed_day(DAY, vec![interval_row("1", timestamp_at(9, 0), [6, 1, 2])]);
    fixture.replace_intervals(calm).await;
    let file = get_page(&router, &format!("/history.csv?{QUERY}"))
        .await
        .text;
    let expected = "Note,No calls 00:00–09:00 and 09:30–24:00.";
    assert!(file.contains(expected), "{file}");
}

#[tokio::test]
async fn disabled_agents_are_listed_if_they_have_figures() {
    let (router, fixture) = history_router().await;
    let disabled = |id: &str, name: &str| CatalogEntry {
        enabled: false,
        ..CatalogEntry::new(NameClass::Agent, id, name)
    };
    let names = vec![disabled("7", "Anna K."), disabled("8", "Bo L.")];
    fixture.store_names(names).await;

    let file = get_page(&router, &format!("/history.csv?{QUERY}&by=agent"))
        .await
        .text;
    let page = get_page(&router, &format!("/history?{QUERY}&by=agent"))
        .await
        .text;
    let path = format!("/api/v1/history/intervals?{API_QUERY}&by=agent&step=1d");
    let series = get_json(&router, &path).await["series"].clone();

    assert!(file.contains("\nAnna K.,calls/7,3,"), "{file}");
    assert!(file.contains("\nTotal,,3,"), "{file}");
    assert!(
        page.contains("<span class=\"quiet\">disabled</span>"),
        "{page}"
    );
    assert!(!page.contains("Bo L."), "{page}");
    assert_eq!(series[0]["id"], "calls/7");
    assert_eq!(series.as_array().unwrap().len(), 1);
    assert_eq!(series[0]["intervals"][0]["busy_time"], 690);
}

#[tokio::test]
async fn agents_are_listed_by_name_without_ranking() {
    let (router, _fixture) = history_router().await;
    let page = get_page(&router, &format!("/history?{QUERY}&by=agent&view=table")).await;

    assert!(page.text.contains("Anna K."), "{}", page.text);
    for expected in ["Handled", "3:50", "Occupancy", "76.7%"] {
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
    }
    assert!(!page.text.to_lowercase().contains("rank"));
}

#[tokio::test]
async fn heat_map_is_a_table_with_numbers() {
    let (router, _fixture) = history_router().await;
    let page = get_page(&router, &format!("/history?{QUERY}&view=heatmap")).await;

    assert!(page.text.contains("<th scope=\"row\">Thursday</th>"));
    for cell in [
        "<td class=\"h6\">10</td>",
        "<td class=\"gap\"><span class=\"unseen\">no data</span></td>",
        "<td class=\"h3\">5</td>",
    ] {
        assert!(page.text.contains(cell), "{cell}: {}", page.text);
    }
}

#[tokio::test]
async fn files_of_a_heat_map_say_what_its_cells_are() {
    let (router, _fixture) = history_router().await;
    for (metric, expected) in [
        ("offered", "Heat map,Offered: Calls"),
        (
            "abandon_rate",
            "Heat map,Abandoned %: Abandonment rate per hour",
        ),
        (
            "service_level",
            "Heat map,Service level: Service level per hour",
        ),
    ] {
        let path = format!("/history.csv?{QUERY}&view=heatmap&metric={metric}");
        let file = get_page(&router, &path).await.text;

        assert!(file.contains(&format!("{expected}\r\n")), "{file}");
        // The page's own step is half an hour.
        assert!(file.contains("Interval,1 hour\r\n"), "{file}");
    }
}

#[tokio::test]
async fn agents_that_no_export_names_are_listed_if_they_have_figures() {
    let (router, fixture) = history_router().await;
    let unnamed = AgentIntervalRow {
        agent: "8".to_owned(),
        ..agent_row()
    };
    let computed = ComputedWindow {
        agents: vec![agent_row(), unnamed],
        ..computed_day(DAY, vec![interval_row("1", timestamp_at(9, 0), [6, 1, 2])])
    };
    fixture.replace_intervals(computed).await;

    let file = get_page(&router, &format!("/history.csv?{QUERY}&by=agent"))
        .await
        .text;
    let path = format!("/api/v1/history/intervals?{API_QUERY}&by=agent&step=1d");
    let series = get_json(&router, &path).await["series"].clone();

    assert!(file.contains("\nAgent,calls/8,3,"), "{file}");
    assert!(file.contains("\nTotal,,6,"), "{file}");
    assert_eq!(
        [&series[0]["name"], &series[1]["name"]],
        ["Agent", "Anna K."]
    );
    assert_eq!(series.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn abandonment_rate_by_event_is_unknown_unless_all_ends_are_known() {
    let (router, fixture) = history_router().await;
    let counters = Counters::UNKNOWN
        .with(Counter::Offered, 20)
        .with(Counter::Abandoned, 9)
        .with(Counter::ShortAbandoned, 2);
    let row = |by| QueueIntervalRow {
        by,
        counters,
        ..interval_row("1", timestamp_at(9, 0), [0, 0, 0])
    };
    let rows = vec![row(CountBy::Start), row(CountBy::Event)];
    fixture.replace_intervals(computed_day(DAY, rows)).await;
    let total = async |count_by: &str| {
        let query = format!("{QUERY}&queue=calls%2F1&count_by={count_by}");
        let file = get_page(&router, &format!("/history.csv?{query}"))
            .await
            .text;
        let page = get_page(&router, &format!("/history?{query}")).await.text;
        let total = file.lines().find(|line| line.starts_with("Total,"));
        (
            total.unwrap().to_owned(),
            page.contains("abandonment rate</small>"),
        )
    };

    let (by_start, by_event) = (total("start").await, total("event").await);

    assert!(by_start.0.starts_with("Total,,20,,9,50,"), "{by_start:?}");
    // Those offered at the time needn't be those that ended then.
    assert!(by_event.0.starts_with("Total,,20,,9,,"), "{by_event:?}");
    assert_eq!((by_start.1, by_event.1), (true, false));
}

#[tokio::test]
async fn empty_history_pages_explain_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let store = || Store::open(&folder.path().join("wallboard.db")).unwrap();
    let nothing = History::new(store(), ReportConfig::default());
    let none = router_with_history(test_site(), Vec::new(), nothing, store());
    let empty = router_with_history(
        test_site(),
        Vec::new(),
        History::new(store(), report_config(test_site())),
        store(),
    );
    let (router, _fixture) = history_router().await;

    let none = get_page(&none, "/history").await;
    let empty = get_page(&empty, "/history").await;
    let today = get_page(&router, "/history?range=today").await;

    assert!(
        none.text.contains("History needs a vendor export"),
        "{}",
        none.text
    );
    assert!(
        empty.text.contains("Waiting for the first file"),
        "{}",
        empty.text
    );
    assert!(today.text.contains("No data for today yet"));
    assert!(
        today
            .text
            .contains("href=\"/history?range=yesterday\">Yesterday</a>")
    );
}

#[tokio::test]
async fn page_opens_on_the_last_day_with_data() {
    let (router, _fixture) = history_router().await;

    let page = get_page(&router, "/history").await.text;
    let file = get_page(&router, "/history.csv").await.text;
    let calls = get_page(&router, "/history/calls").await.text;

    for text in [&page, &file, &calls] {
        assert!(text.contains("Thu 12 Nov 2026"), "{text}");
    }
    // Its links keep the day, and lead to the days around it.
    for href in [
        "/history.csv?range=days&#38;from=2026-11-12&#38;to=2026-11-12",
        "/history?range=days&#38;from=2026-11-11&#38;to=2026-11-11",
        "/history?range=days&#38;from=2026-11-13&#38;to=2026-11-13",
        "/history?range=today",
    ] {
        assert!(page.contains(&format!("href=\"{href}\"")), "{href}: {page}");
    }
    assert!(page.contains("aria-label=\"Previous day: Wed 11 Nov\""));
    // A filter that is rarely chosen is out of sight until it is set.
    assert!(page.contains("<details class=\"more\">"), "{page}");
    let zoned = get_page(&router, "/history?zone=Asia%2FTokyo").await.text;
    assert!(zoned.contains("<details class=\"more\" open>"), "{zoned}");
}

#[tokio::test]
async fn only_the_chosen_days_of_the_week_count() {
    let (router, _fixture) = history_router().await;
    let query = "range=days&from=2026-11-09&to=2026-11-15&compare=none&step=1d";
    let offered = async |weekday: &str| {
        let path = format!("/history.csv?{query}&weekday={weekday}");
        let text = get_page(&router, &path).await.text;
        let total = text.lines().find(|line| line.starts_with("Total")).unwrap();
        total.split(',').nth(2).unwrap().to_owned()
    };

    assert_eq!(offered("all").await, "25");
    assert_eq!(offered("thu").await, "25");
    assert_eq!(offered("mon-fri").await, "25");
    assert_eq!(offered("fri").await, "");
    let page = get_page(&router, &format!("/history?{QUERY}&weekday=mon"))
        .await
        .text;
    assert!(page.contains("No matching days in this period"), "{page}");
    // The list of a whole period's calls has all days.
    let thursdays = get_page(&router, &format!("/history?{query}&weekday=thu"))
        .await
        .text;
    assert!(thursdays.contains(", Thursdays"), "{thursdays}");
    assert!(!thursdays.contains("View abandoned calls"), "{thursdays}");
}

#[tokio::test]
async fn live_queue_shows_the_history_of_its_linked_queue() {
    let mut site = test_site();
    let id = |source: &str, external: &str| Id::new(&source.into(), external);
    site.linked_queues
        .insert(id("chat", "1"), vec![id("calls", "1")]);
    let fixture = history_fixture().await;
    let profile = profile_update(EntityKind::Queue, "1", "Sales");
    let router = router_over(&fixture, site, vec![profile]);

    let path = format!("/history?{QUERY}&queue=chat%2F1");
    let page = get_page(&router, &path).await;

    assert!(
        page.text
            .contains("The only half-hour with calls met the target of 80%, 1 not judged (fewer than 10 calls)."),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("<b class=\"value\"><span>16</span></b>"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn sums_above_queue_rows_match_them_even_for_a_day_reported_as_a_whole() {
    let (router, fixture) = history_router().await;
    let row_with_length = |length, start, offered| QueueIntervalRow {
        length,
        ..interval_row("1", start, [offered, offered, 0])
    };
    let (day, next) = (24 * HOUR, DAY + 24 * HOUR);
    let queues = vec![
        row_with_length(HOUR, timestamp_at(9, 0), 10),
        row_with_length(day, next, 90),
    ];
    let computed = ComputedWindow {
        window: DAY..next + day,
        ..computed_day(DAY, queues)
    };
    fixture.replace_intervals(computed).await;
    fixture.change_export(|export| export.omits_zero_intervals = true);
    fixture.insert_coverage(next..next + day);

    let query = "range=days&from=2026-11-12&to=2026-11-13&compare=none&by=queue";
    let page = get_page(&router, &format!("/history?{query}")).await.text;

    let sums = text_between(&page, "<b class=\"value\"><span>", "</span>");
    let (_, total) = page.split_once("<tfoot>").unwrap();
    assert_eq!(sums[0], "100", "{page}");
    assert!(
        text_between(total, "<td>", "</td>")[0].contains(">100<"),
        "{total}"
    );
}
