//! History pages over hand-made history.

use std::sync::Arc;

use axum::{Router, http::StatusCode};

use crate::{
    domain::{AgentCounter, AgentCounters, CountBy, Counter, Counters, Id, QueueGroup, SiteConfig},
    history::report::{History, ReportConfig, ReportedExport, ZeroCounters},
    store::{
        AgentIntervalRow, BreakdownRow, CatalogEntry, ComputationBasis, ComputedPart,
        ComputedWindow, LocalDay, NameClass, QueueIntervalRow, Store,
    },
};

use super::web_tests::{SCRIPT, get_page, router_with_history, test_site};

/// Midnight of 2026-11-12 in UTC.
pub(super) const DAY: i64 = 1_794_441_600;
pub(super) const HOUR: i64 = 3600;
pub(super) const QUERY: &str = "range=days&from=2026-11-12&to=2026-11-12&compare=none";

pub(super) fn timestamp_at(hour: i64, minute: i64) -> i64 {
    DAY + hour * HOUR + minute * 60
}

/// Counters: offered contacts, and of those, answered in time and abandoned.
pub(super) fn interval_row(
    queue: &str,
    start: i64,
    [offered, within, abandoned]: [i64; 3],
) -> QueueIntervalRow {
    let mut counters = Counters::default();
    counters.add(Counter::Offered, offered);
    counters.add(Counter::Answered, offered - abandoned);
    counters.add(Counter::AnsweredWithin, within);
    counters.add(Counter::Abandoned, abandoned);
    counters.add(Counter::Waits, offered - abandoned);
    counters.add(Counter::WaitTime, (offered - abandoned) * 12_000);
    counters.record_wait(95);
    QueueIntervalRow {
        queue: queue.to_owned(),
        by: CountBy::Start,
        start,
        length: 900,
        counters,
    }
}

fn agent_row() -> AgentIntervalRow {
    let mut counters = AgentCounters::default();
    counters.add(AgentCounter::Handled, 3);
    counters.add(AgentCounter::HandledByEvent, 3);
    counters.add(AgentCounter::Talk, 600);
    counters.add(AgentCounter::WrapUp, 90);
    counters.add(AgentCounter::Busy, 690);
    counters.add(AgentCounter::Engaged, 690);
    counters.add(AgentCounter::Ready, 210);
    counters.add(AgentCounter::LoggedIn, 900);
    AgentIntervalRow {
        agent: "7".to_owned(),
        start: timestamp_at(9, 0),
        length: 900,
        counters,
    }
}

/// So many calls of a queue with this reason.
fn end_reason_row(queue: &str, start: i64, key: &str, contacts: i64) -> BreakdownRow {
    BreakdownRow {
        class: NameClass::Reason,
        queue: queue.to_owned(),
        start,
        key: key.to_owned(),
        contacts,
    }
}

pub(super) struct HistoryFixture {
    pub(super) history: History,
    pub(super) store: Store,
    pub(super) folder: tempfile::TempDir,
}

/// A store with imports from eight to ten and from eleven to noon; between nine and half past, the
/// target was missed.
pub(super) async fn history_fixture() -> HistoryFixture {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let store = Store::open(&file).unwrap();
    let basis = ComputationBasis {
        zone: "UTC".to_owned(),
        ..ComputationBasis::default()
    };
    let source = || "calls".into();
    store
        .store_basis(source(), basis, Vec::new())
        .await
        .unwrap();
    let names = vec![
        CatalogEntry::new(NameClass::Queue, "1", "=SUM(1)"),
        CatalogEntry::new(NameClass::Queue, "2", SCRIPT),
        CatalogEntry::new(NameClass::Agent, "7", "Anna K."),
        CatalogEntry::new(NameClass::Reason, "3", "Invoice"),
    ];
    store.store_catalog(source(), names).await.unwrap();
    let computed = ComputedWindow {
        source: source(),
        window: (DAY, DAY + 24 * HOUR),
        part: ComputedPart::Whole,
        queues: vec![
            interval_row("1", timestamp_at(8, 0), [10, 10, 0]),
            interval_row("1", timestamp_at(9, 0), [6, 1, 2]),
            interval_row("2", timestamp_at(9, 15), [4, 3, 1]),
            interval_row("2", timestamp_at(11, 0), [5, 5, 0]),
        ],
        agents: vec![agent_row()],
        breakdowns: vec![
            end_reason_row("1", timestamp_at(8, 0), "3", 10),
            end_reason_row("2", timestamp_at(9, 15), "4", 2),
        ],
        days: vec![LocalDay {
            day: DAY / (24 * HOUR),
            start: DAY,
            end: DAY + 24 * HOUR,
        }],
        cleared_days: Vec::new(),
    };
    store.replace_intervals(computed).await.unwrap();
    let coverage_db = rusqlite::Connection::open(&file).unwrap();
    for (from, to) in [
        (timestamp_at(8, 0), timestamp_at(10, 0)),
        (timestamp_at(11, 0), timestamp_at(12, 0)),
    ] {
        let insert_coverage = "INSERT INTO history_cover VALUES ('calls', ?1, ?2)";
        coverage_db.execute(insert_coverage, (from, to)).unwrap();
    }
    HistoryFixture {
        history: test_history(store.clone(), test_site()),
        store,
        folder,
    }
}

fn test_history(store: Store, site: SiteConfig) -> History {
    let exports = vec![ReportedExport {
        id: "calls".into(),
        omits_zero_intervals: false,
        has_calls: true,
        zero_counters: ZeroCounters::default(),
        columns: None,
    }];
    let site = Arc::new(site);
    History::new(store, ReportConfig { site, exports })
}

/// A router, and the fixture that it reads; hold on to it.
pub(super) async fn history_router() -> (Router, HistoryFixture) {
    let fixture = history_fixture().await;
    let router = router_with_history(
        test_site(),
        Vec::new(),
        fixture.history.clone(),
        fixture.store.clone(),
    );
    (router, fixture)
}

#[tokio::test]
async fn missed_target_is_named_and_missing_import_is_a_gap() {
    let (router, _fixture) = history_router().await;
    let page = get_page(&router, &format!("/history?{QUERY}")).await;

    assert_eq!(page.status, StatusCode::OK);
    for expected in [
        "1 of 3 half-hours with calls missed the target of 80%:",
        ">09:00</a>",
        "10:00–11:00",
        "▼ missed",
        "3 calls were abandoned.",
        "short_ignored",
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
    let mut shape = (*fixture.history.config()).clone();
    shape.exports[0].has_calls = false;
    fixture.history.set_config(shape);
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
async fn queues_have_names_wherever_they_are_selected() {
    let id = |source: &str, external: &str| Id::new(&source.into(), external);
    let fixture = history_fixture().await;
    let unnamed = vec![CatalogEntry::new(NameClass::Queue, "3", "")];
    let stored = fixture.store.store_catalog("calls".into(), unnamed);
    stored.await.unwrap();
    let mut site = test_site();
    let linked = vec![id("calls", "3"), id("calls", "1")];
    site.linked_queues.insert(id("chat", "s"), linked);
    site.groups.push(QueueGroup {
        id: id("group", "both"),
        name: "Everybody".to_owned(),
        queues: vec![id("calls", "1"), id("calls", "2")],
    });
    fixture.history.set_config(ReportConfig {
        site: Arc::new(site.clone()),
        ..(*fixture.history.config()).clone()
    });
    let profile = super::web_tests::profile_update(crate::domain::EntityKind::Queue, "s", "Sales");
    let router = router_with_history(
        site,
        vec![profile],
        fixture.history.clone(),
        fixture.store.clone(),
    );
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
async fn empty_history_pages_explain_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let store = || Store::open(&folder.path().join("wallboard.db")).unwrap();
    let nothing = History::new(store(), ReportConfig::default());
    let none = router_with_history(test_site(), Vec::new(), nothing, store());
    let empty = router_with_history(
        test_site(),
        Vec::new(),
        test_history(store(), test_site()),
        store(),
    );
    let (router, _fixture) = history_router().await;

    let none = get_page(&none, "/history").await;
    let empty = get_page(&empty, "/history").await;
    let today = get_page(&router, "/history").await;

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
async fn invalid_query_is_rejected_with_a_sentence() {
    let (router, _fixture) = history_router().await;
    for (query, expected) in [
        ("step=7m", "step must be one of: 15m, 30m, 1h, 1d."),
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
async fn live_queue_shows_the_history_of_its_linked_queue() {
    let mut site = test_site();
    let id = |source: &str, external: &str| Id::new(&source.into(), external);
    site.linked_queues
        .insert(id("chat", "1"), vec![id("calls", "1")]);
    let fixture = history_fixture().await;
    let history = fixture.history.clone();
    history.set_config(ReportConfig {
        site: Arc::new(site.clone()),
        ..(*history.config()).clone()
    });
    let profile = super::web_tests::profile_update(crate::domain::EntityKind::Queue, "1", "Sales");
    let router = router_with_history(site, vec![profile], history, fixture.store.clone());

    let path = format!("/history?{QUERY}&queue=chat%2F1");
    let page = get_page(&router, &path).await;

    assert!(
        page.text.contains("half-hours with calls missed"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("<b class=\"value\"><span>16</span></b>"),
        "{}",
        page.text
    );
}

pub(super) async fn get_bytes(router: &Router, path: &str) -> Vec<u8> {
    use axum::{
        body::{Body, to_bytes},
        http::Request,
    };
    use tower::ServiceExt;
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap()
        .to_vec()
}

/// Every text on a page between two markers.
fn text_between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    let parts = text.split(from).skip(1);
    parts
        .filter_map(|part| Some(part.split_once(to)?.0))
        .collect()
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
    let stored = fixture
        .store
        .store_catalog("calls".into(), names.into())
        .await;
    stored.unwrap();
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
    let computed = ComputedWindow {
        source: "calls".into(),
        window: (DAY, DAY + 24 * HOUR),
        part: ComputedPart::Whole,
        queues: vec![interval_row("1", timestamp_at(8, 0), [10, 10, 0])],
        agents: Vec::new(),
        breakdowns: reasons,
        days: vec![LocalDay {
            day: DAY / (24 * HOUR),
            start: DAY,
            end: DAY + 24 * HOUR,
        }],
        cleared_days: Vec::new(),
    };
    fixture.store.replace_intervals(computed).await.unwrap();
    let broken_down = page("view=breakdown").await;
    assert_eq!(rows(&broken_down)[..2], ["case 9", "Case 10"]);
}

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
    let mut shape = (*fixture.history.config()).clone();
    shape.exports[0].has_calls = false;
    fixture.history.set_config(shape);
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
    let expected = "calls doesn’t include individual calls.";
    assert!(
        note.contains(expected) && !no_note.contains(expected),
        "{note}"
    );
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
    let computed = ComputedWindow {
        source: "calls".into(),
        window: (DAY, DAY + 24 * HOUR),
        part: ComputedPart::Whole,
        queues: vec![interval_row("1", timestamp_at(8, 0), [10, 10, 0])],
        agents: Vec::new(),
        breakdowns: vec![issue],
        days: vec![LocalDay {
            day: DAY / (24 * HOUR),
            start: DAY,
            end: DAY + 24 * HOUR,
        }],
        cleared_days: Vec::new(),
    };
    fixture.store.replace_intervals(computed).await.unwrap();

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
async fn sums_above_queue_rows_match_them_even_for_a_day_reported_as_a_whole() {
    let (router, fixture) = history_router().await;
    let row_with_length = |length, start, offered| QueueIntervalRow {
        length,
        ..interval_row("1", start, [offered, offered, 0])
    };
    let (day, next) = (24 * HOUR, DAY + 24 * HOUR);
    let computed = ComputedWindow {
        source: "calls".into(),
        window: (DAY, DAY + 2 * day),
        part: ComputedPart::Whole,
        queues: vec![
            row_with_length(HOUR, timestamp_at(9, 0), 10),
            row_with_length(day, next, 90),
        ],
        agents: Vec::new(),
        breakdowns: Vec::new(),
        days: vec![LocalDay {
            day: DAY / day,
            start: DAY,
            end: next,
        }],
        cleared_days: Vec::new(),
    };
    fixture.store.replace_intervals(computed).await.unwrap();
    let mut shape = (*fixture.history.config()).clone();
    shape.exports[0].omits_zero_intervals = true;
    fixture.history.set_config(shape);
    let file = fixture.folder.path().join("wallboard.db");
    let insert_coverage = "INSERT INTO history_cover VALUES ('calls', ?1, ?2)";
    let coverage_db = rusqlite::Connection::open(file).unwrap();
    coverage_db
        .execute(insert_coverage, (next, next + day))
        .unwrap();

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
