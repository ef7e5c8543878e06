//! The pages of the past over a past made by hand.

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

use super::web_tests::{SCRIPT, case_closed, get_page, test_site};

/// Midnight of 2026-11-12 in UTC.
pub(super) const DAY: i64 = 1_794_441_600;
pub(super) const HOUR: i64 = 3600;
pub(super) const QUERY: &str = "range=days&from=2026-11-12&to=2026-11-12&compare=none";

pub(super) fn timestamp_at(hour: i64, minute: i64) -> i64 {
    DAY + hour * HOUR + minute * 60
}

/// So many offered, of which so many were answered in time and so many gave up.
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
    counters.waited(95);
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

/// So many calls of a queue had this reason.
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

/// From eight to ten and from eleven to noon were taken in; between nine and half past
/// the target was missed.
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
    let reckoned = ComputedWindow {
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
    store.replace_intervals(reckoned).await.unwrap();
    let covers = rusqlite::Connection::open(&file).unwrap();
    for (from, to) in [
        (timestamp_at(8, 0), timestamp_at(10, 0)),
        (timestamp_at(11, 0), timestamp_at(12, 0)),
    ] {
        let cover = "INSERT INTO history_cover VALUES ('calls', ?1, ?2)";
        covers.execute(cover, (from, to)).unwrap();
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

/// A router, and what it reads from as long as that is held.
pub(super) async fn history_router() -> (Router, HistoryFixture) {
    let past = history_fixture().await;
    let router = case_closed(
        test_site(),
        Vec::new(),
        past.history.clone(),
        past.store.clone(),
    );
    (router, past)
}

#[tokio::test]
async fn what_missed_its_target_is_named_and_what_was_not_taken_in_is_a_gap() {
    let (router, _past) = history_router().await;
    let page = get_page(&router, &format!("/history?{QUERY}")).await;

    assert_eq!(page.status, StatusCode::OK);
    for said in [
        "1 of 3 half-hours with calls missed the target of 80%:",
        ">09:00</a>",
        "10:00–11:00",
        "▼ missed",
        "3 calls were abandoned.",
        "short_ignored",
        "within 20 s",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert!(!page.text.contains("<script>alert"));
}

#[tokio::test]
async fn the_files_are_what_the_page_shows_and_start_no_formula() {
    let (router, _past) = history_router().await;

    let rows = get_page(&router, &format!("/history.csv?{QUERY}&only=missed")).await;
    let queues = get_page(
        &router,
        &format!("/history.csv?{QUERY}&by=queue&sort=-offered"),
    )
    .await;
    let sheet = get_bytes(&router, &format!("/history.xlsx?{QUERY}")).await;

    assert_eq!(rows.kind, "text/csv; charset=utf-8");
    let tail = |text: &str| -> Vec<String> {
        let table = text.lines().skip_while(|line| !line.contains(",Offered"));
        table.map(str::to_owned).collect()
    };
    assert_eq!(
        tail(&rows.text),
        [
            "Time,Starts,Offered,Answered,Abandoned,Abandoned %,Within 20 s (%),Average speed of answer (s),Longest wait (s),Note",
            "09:00,2026-11-12T09:00:00+00:00,10,7,3,30,40,12,95,missed",
            "Total,,10,7,3,30,40,12,95,",
        ]
    );
    let queues = tail(&queues.text);
    assert!(
        queues[1].starts_with("'=SUM(1),calls/1,16,14,2,"),
        "{queues:#?}"
    );
    assert!(queues[3].starts_with("Total,,25,22,3,"), "{queues:#?}");
    assert!(sheet.starts_with(b"PK"));
}

#[tokio::test]
async fn what_agents_did_is_told_by_name_and_nobody_is_ranked() {
    let (router, _past) = history_router().await;
    let page = get_page(&router, &format!("/history?{QUERY}&by=agent&view=table")).await;

    assert!(page.text.contains("Anna K."), "{}", page.text);
    for said in ["Handled", "3:50", "Occupancy", "76.7%"] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert!(!page.text.to_lowercase().contains("rank"));
}

#[tokio::test]
async fn a_heat_map_is_a_table_with_numbers() {
    let (router, _past) = history_router().await;
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
async fn why_calls_came_is_told_by_name_and_what_is_not_told_is_said() {
    let (router, past) = history_router().await;

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
    let (all, of_one) = (file("").await, file("&queue=calls%2F2").await);
    let mut shape = (*past.history.config()).clone();
    shape.exports[0].has_calls = false;
    past.history.set_config(shape);
    let silent = get_page(&router, &format!("/history?{QUERY}&view=breakdown")).await;

    for said in [
        "Based on 25 calls",
        "<bdi>Invoice</bdi>",
        "<bdi>Reason 4</bdi>",
        "<bdi>Not recorded</bdi>",
        "No call in this period has an issue.",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
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
    assert_eq!(of_one[0], "Reason,Reason 4,calls/4,2,22.2,Based on 9 calls");
    let said = "The export of these queues (calls) has no reasons or outcomes";
    assert!(silent.text.contains(said), "{}", silent.text);
    assert!(!silent.text.contains("Invoice"));
}

#[tokio::test]
async fn queues_have_names_wherever_they_are_asked_for() {
    let id = |source: &str, external: &str| Id::new(&source.into(), external);
    let past = history_fixture().await;
    let unnamed = vec![CatalogEntry::new(NameClass::Queue, "3", "")];
    let kept = past.store.store_catalog("calls".into(), unnamed);
    kept.await.unwrap();
    let mut tied = test_site();
    let same = vec![id("calls", "3"), id("calls", "1")];
    tied.linked_queues.insert(id("chat", "s"), same);
    tied.groups.push(QueueGroup {
        id: id("group", "both"),
        name: "Everybody".to_owned(),
        queues: vec![id("calls", "1"), id("calls", "2")],
    });
    past.history.set_config(ReportConfig {
        site: Arc::new(tied.clone()),
        ..(*past.history.config()).clone()
    });
    let said = super::web_tests::profile_update(crate::domain::EntityKind::Queue, "s", "Sales");
    let router = case_closed(tied, vec![said], past.history.clone(), past.store.clone());
    let title = async |query: &str| {
        let page = get_page(&router, &format!("/history?{QUERY}&{query}"))
            .await
            .text;
        let (_, rest) = page.split_once("<p class=\"of\"><bdi>").unwrap();
        rest.split("</bdi>").next().unwrap().to_owned()
    };

    // No export names it: it is the queue that is live under another id.
    assert_eq!(title("queue=chat%2Fs").await, "Sales");
    assert_eq!(title("queue=calls%2F3").await, "Sales");
    assert_eq!(title("queue=group%2Fboth").await, "Everybody");
    let several = title("queue=group%2Fboth&queue=chat%2Fs").await;
    assert_eq!(several, "Sales, Everybody");
    let own = get_page(&router, "/queues/chat/s").await.text;
    assert!(
        own.contains("<a href=\"/history?queue=calls%2F1\"><bdi>=SUM(1)</bdi></a>"),
        "{own}"
    );
}

#[tokio::test]
async fn where_nothing_is_there_the_page_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let store = || Store::open(&folder.path().join("wallboard.db")).unwrap();
    let nothing = History::new(store(), ReportConfig::default());
    let none = case_closed(test_site(), Vec::new(), nothing, store());
    let empty = case_closed(
        test_site(),
        Vec::new(),
        test_history(store(), test_site()),
        store(),
    );
    let (router, _past) = history_router().await;

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
async fn what_cannot_be_asked_is_refused_in_a_sentence() {
    let (router, _past) = history_router().await;
    for (query, said) in [
        ("step=7m", "step must be one of: 15m, 30m, 1h, 1d."),
        ("queue=nothing", "isn’t a valid ID"),
        ("colour=red", "Unknown option in the link"),
        ("range=days&from=0001-01-01&to=9999-01-01", "more than"),
    ] {
        let page = get_page(&router, &format!("/history?{query}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(page.text.contains(said), "{query}: {}", page.text);
    }
}

#[tokio::test]
async fn a_queue_that_the_past_knows_shows_its_two_weeks() {
    let mut tied = test_site();
    let id = |source: &str, external: &str| Id::new(&source.into(), external);
    tied.linked_queues
        .insert(id("chat", "1"), vec![id("calls", "1")]);
    let past = history_fixture().await;
    let history = past.history.clone();
    history.set_config(ReportConfig {
        site: Arc::new(tied.clone()),
        ..(*history.config()).clone()
    });
    let said = super::web_tests::profile_update(crate::domain::EntityKind::Queue, "1", "Sales");
    let router = case_closed(tied, vec![said], history, past.store.clone());

    let asked = format!("/history?{QUERY}&queue=chat%2F1");
    let page = get_page(&router, &asked).await;

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

/// What is on a page between two marks, each time.
fn text_between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    let parts = text.split(from).skip(1);
    parts
        .filter_map(|part| Some(part.split_once(to)?.0))
        .collect()
}

#[tokio::test]
async fn names_stand_as_people_sort_them_in_lists_and_tables_and_breakdowns() {
    let (router, past) = history_router().await;
    let names = [
        CatalogEntry::new(NameClass::Queue, "1", "Line 10"),
        CatalogEntry::new(NameClass::Queue, "2", "line 9"),
        CatalogEntry::new(NameClass::Queue, "3", "Line 1"),
        CatalogEntry::new(NameClass::Agent, "7", "Agent 12"),
        CatalogEntry::new(NameClass::Agent, "8", "agent 2"),
        CatalogEntry::new(NameClass::Reason, "3", "Case 10"),
        CatalogEntry::new(NameClass::Reason, "4", "case 9"),
    ];
    let kept = past.store.store_catalog("calls".into(), names.into()).await;
    kept.unwrap();
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
    let turned = page("by=queue&sort=-").await;
    assert_eq!(rows(&turned), ["Line 10", "line 9", "Line 1"]);
    assert_eq!(rows(&page("by=agent").await), ["agent 2", "Agent 12"]);

    // As many calls each: then by name.
    let reasons = vec![
        end_reason_row("1", timestamp_at(8, 0), "3", 4),
        end_reason_row("1", timestamp_at(8, 0), "4", 4),
    ];
    let reckoned = ComputedWindow {
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
    past.store.replace_intervals(reckoned).await.unwrap();
    let broken_down = page("view=breakdown").await;
    assert_eq!(rows(&broken_down)[..2], ["case 9", "Case 10"]);
}

#[tokio::test]
async fn nothing_leads_to_calls_where_no_export_tells_single_ones() {
    let (router, past) = history_router().await;
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

    let (told, no_note) = (pages().await, listed().await);
    let mut shape = (*past.history.config()).clone();
    shape.exports[0].has_calls = false;
    past.history.set_config(shape);
    let (silent, note) = (pages().await, listed().await);

    assert!(told.contains(">View abandoned calls</a>"), "{told}");
    assert!(
        told.contains("class=\"bucket\" href=\"/history/calls?"),
        "{told}"
    );
    assert!(!silent.contains("/history/calls"), "{silent}");
    assert!(!silent.contains("href=\"\""), "{silent}");
    // What missed its target is named all the same.
    assert!(silent.contains("3 calls were abandoned."), "{silent}");
    assert!(silent.contains("<span>09:00</span>"), "{silent}");
    let said = "calls doesn’t include individual calls.";
    assert!(note.contains(said) && !no_note.contains(said), "{note}");
}

#[tokio::test]
async fn nothing_leads_to_calls_that_are_deleted_by_now() {
    let (router, past) = history_router().await;
    let page = async |query: &str| get_page(&router, &format!("/history{query}")).await.text;

    past.store
        .record_pruned_facts("calls".into(), timestamp_at(9, 0))
        .await
        .unwrap();
    let some = page(&format!("?{QUERY}")).await;
    let broken_down = page(&format!("?{QUERY}&view=breakdown")).await;
    let listed = page(&format!("/calls?{QUERY}")).await;
    past.store
        .record_pruned_facts("calls".into(), timestamp_at(24, 0))
        .await
        .unwrap();
    let none = page(&format!("?{QUERY}")).await;

    let times: Vec<_> = text_between(&some, "<th scope=\"row\">", "</th>");
    assert!(times.contains(&"<bdi>08:00</bdi>"), "{times:?}");
    let linked = |time: &&str| time.contains("/history/calls?") && time.contains("09:00");
    assert!(times.iter().any(linked), "{times:?}");
    // A part of them would not be as many as the row says.
    assert!(!broken_down.contains("reason="), "{broken_down}");
    assert!(
        listed.contains("Individual calls before 12 Nov 2026 have been deleted"),
        "{listed}"
    );
    assert!(!none.contains("/history/calls"), "{none}");
}

#[tokio::test]
async fn a_row_of_a_breakdown_leads_to_its_calls_where_those_are_exactly_as_many() {
    let (router, past) = history_router().await;
    let rows = async |query: &str| -> Vec<String> {
        let page = get_page(&router, &format!("/history?{query}&view=breakdown")).await;
        let hrefs = text_between(&page.text, "<td><a href=\"", "\">");
        hrefs.into_iter().map(str::to_owned).collect()
    };
    let quarter = "from=2026-11-12T08:00:00Z&to=2026-11-12T10:15:00Z&compare=none";
    let askew = "from=2026-11-12T08:00:00Z&to=2026-11-12T10:07:00Z&compare=none";

    let (all, one) = (
        rows(QUERY).await,
        rows(&format!("{QUERY}&queue=calls%2F2")).await,
    );
    let (quarter, askew) = (rows(quarter).await, rows(askew).await);
    let issue = BreakdownRow {
        class: NameClass::Issue,
        ..end_reason_row("1", timestamp_at(8, 0), "5", 4)
    };
    let reckoned = ComputedWindow {
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
    past.store.replace_intervals(reckoned).await.unwrap();

    let days = "range=days&#38;from=2026-11-12&#38;to=2026-11-12";
    let calls = |rest: String| format!("/history/calls?{rest}");
    // Those without a reason are no link.
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
    assert_eq!(askew, [""; 0]);
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
async fn the_sums_above_rows_of_queues_are_theirs_where_a_day_is_told_only_as_a_whole() {
    let (router, past) = history_router().await;
    let over = |length, start, offered| QueueIntervalRow {
        length,
        ..interval_row("1", start, [offered, offered, 0])
    };
    let (day, next) = (24 * HOUR, DAY + 24 * HOUR);
    let reckoned = ComputedWindow {
        source: "calls".into(),
        window: (DAY, DAY + 2 * day),
        part: ComputedPart::Whole,
        queues: vec![over(HOUR, timestamp_at(9, 0), 10), over(day, next, 90)],
        agents: Vec::new(),
        breakdowns: Vec::new(),
        days: vec![LocalDay {
            day: DAY / day,
            start: DAY,
            end: next,
        }],
        cleared_days: Vec::new(),
    };
    past.store.replace_intervals(reckoned).await.unwrap();
    let mut shape = (*past.history.config()).clone();
    shape.exports[0].omits_zero_intervals = true;
    past.history.set_config(shape);
    let file = past.folder.path().join("wallboard.db");
    let cover = "INSERT INTO history_cover VALUES ('calls', ?1, ?2)";
    let covers = rusqlite::Connection::open(file).unwrap();
    covers.execute(cover, (next, next + day)).unwrap();

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
