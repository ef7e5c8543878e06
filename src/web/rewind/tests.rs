//! Rewound pages when too many are watched, and when the log can't be read.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderMap, Request, StatusCode, header},
};
use futures_util::FutureExt;
use jiff::{Timestamp, ToSpan};
use tempfile::TempDir;
use tokio::time::{resume, sleep, timeout};

use wallboard_access::TokenId;
use wallboard_boards::push::ViewerPermit;
use wallboard_domain::{
    BoardStyle, ConnectionEvent, Input, LogEntry, LogOffset, Metric, MetricValue, Moment,
    MonotonicTime,
};
use wallboard_live::codec::{self, LOG_FORMAT};
use wallboard_store::{EmbeddedLog, InputLog, LogBatch, Store, log_path};

use super::{
    Rewind, RewindFailure,
    past_query::PastKey,
    past_sessions::{PastOwner, SESSIONS_MAX},
};
use crate::web::{
    WebState, build_router,
    server::client_address::ClientAddress,
    tests::{
        PageResponse, assert_contains, assert_contains_none, find_tile, get_page, queue_reading,
        read_page, rewindable_state, send_request, test_site, translation::get_in,
    },
};

/// Pages over a log of an hour ago.
struct RewindablePages {
    router: Router,
    rewind: Rewind,
    begin: Timestamp,
    store: Store,
    folder: TempDir,
}

impl RewindablePages {
    /// Sales has 14 waiting.
    async fn open() -> Self {
        let waiting = queue_reading("sales", Metric::Waiting, MetricValue::Count(14));
        Self::of_inputs(vec![(0, vec![waiting])]).await
    }

    /// With inputs so many seconds after the beginning.
    async fn of_inputs(inputs: Vec<(i64, Vec<Input>)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = EmbeddedLog::open(&folder.path().join("w.db")).unwrap();
        let begin = Timestamp::now() - 1.hour();
        log.append(batch_at(begin, inputs)).await.unwrap();
        let rewind = Rewind::new(log);
        let store = Store::open(&folder.path().join("w.db")).unwrap();
        Self {
            router: build_router(rewindable_state(rewind.clone(), store.clone())),
            store,
            rewind,
            begin,
            folder,
        }
    }

    /// The query of a moment so many seconds later.
    fn later(&self, seconds: usize) -> String {
        let at = self.begin + i64::try_from(seconds).unwrap().seconds();
        format!("?at={}", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }

    async fn get(&self, path: &str) -> (HeaderMap, PageResponse) {
        self.get_from(0, path).await
    }

    /// The same from another network.
    async fn get_from(&self, network: usize, path: &str) -> (HeaderMap, PageResponse) {
        let network = u8::try_from(network).unwrap();
        let client = ClientAddress([192, 0, 2, network].into());
        let request = Request::get(path).extension(client);
        let response = send_request(&self.router, request).await;
        (response.headers().clone(), read_page(response).await)
    }

    /// Lets somebody watch each past that is open.
    fn watch_all(&self) -> Vec<ViewerPermit> {
        let sessions = self.rewind.sessions.lock();
        let hubs = sessions.values().map(|session| &session.web.hub);
        hubs.map(|hub| hub.admit_viewer().unwrap()).collect()
    }

    fn damage_log(&self) {
        let log = log_path(&self.folder.path().join("w.db"));
        let connection = rusqlite::Connection::open(log).unwrap();
        connection.execute_batch("DROP TABLE batch").unwrap();
    }
}

fn batch_at(begin: Timestamp, inputs: Vec<(i64, Vec<Input>)>) -> LogBatch {
    let start = Moment {
        wall: begin,
        monotonic: MonotonicTime(0),
    };
    let site = (0, vec![Input::SiteConfig(Arc::new(test_site()))]);
    let entries = [site].into_iter().chain(inputs);
    let entries = entries.map(|(second, inputs)| LogEntry {
        received_at: start.plus_millis(second * 1000),
        delay_ms: 0,
        inputs,
        proof: None,
    });
    let entries: Vec<_> = entries.collect();
    LogBatch {
        first: LogOffset(0),
        count: entries.len() as u64,
        received_at: begin,
        format: LOG_FORMAT,
        bytes: codec::encode_entries(&entries).unwrap(),
    }
}

/// A source that reports 14 waiting, a server that stops for 15 s, and its next one.
fn short_stop() -> Vec<(i64, Vec<Input>)> {
    let connected = || {
        let event = |event| Input::Connection("chat".into(), event);
        let discontinuity = None;
        vec![
            event(ConnectionEvent::CatchingUp { discontinuity }),
            event(ConnectionEvent::Connected),
        ]
    };
    let report = || {
        vec![queue_reading(
            "sales",
            Metric::Waiting,
            MetricValue::Count(14),
        )]
    };
    let mut restarted = vec![Input::Started {
        is_log_complete: true,
        term: None,
    }];
    restarted.extend(connected());
    vec![
        (0, connected()),
        (1, report()),
        (5, report()),
        (20, restarted),
        (21, report()),
    ]
}

#[tokio::test]
async fn boards_and_api_have_no_unmarked_value_in_a_stop_however_short_it_was() {
    let pages = RewindablePages::of_inputs(short_stop()).await;

    for (second, expected) in [(4, true), (6, false), (10, false), (19, false), (23, true)] {
        let at = pages.later(second);
        let (_, board) = pages.get(&format!("/boards/queues{at}")).await;
        let (_, queue) = pages.get(&format!("/queues/chat/sales{at}")).await;
        let (_, api) = pages.get(&format!("/api/v1/queues{at}")).await;

        assert!(!queue.text.contains("id=\"forecast\""), "{}", queue.text);
        let (_, row) = board.text.split_once("class=\"row").unwrap();
        assert!(row.contains(">14<"), "at second {second}: {row}");
        let (attributes, _) = row.split_once('>').unwrap();
        let is_marked = attributes.contains("data-sev=\"stale\"");
        assert_eq!(!is_marked, expected, "at second {second}: {row}");
        let tile = find_tile(&queue.text, "now-waiting");
        let is_marked = tile.contains("<small>out of date</small>");
        assert_eq!(!is_marked, expected, "at second {second}: {tile}");
        let waiting = &api.parse_json()["queues"][0]["metrics"]["waiting"];
        assert_eq!(waiting["value"], 14, "{}", api.text);
        assert_eq!(waiting["stale"], !expected, "at second {second}");
    }
}

#[tokio::test]
async fn figures_of_a_shift_that_ends_within_a_short_stop_do_not_look_complete() {
    let pages = RewindablePages::of_inputs(short_stop()).await;
    let note = async |seconds: i64| {
        let at = |second: i64| pages.begin + second.seconds();
        let (from, to) = (at(1), at(seconds));
        let (_, page) = pages.get(&format!("/shift?from={from}&to={to}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let note = page.text.split_once("<p class=\"quiet\">Chat ");
        note.map_or("", |(_, note)| note.split_once("</p>").unwrap().0)
            .to_owned()
    };

    assert_eq!(note(4).await, "");
    assert_contains(
        &note(10).await,
        &[
            "wasn’t connected at ",
            "contacts from before may be counted later.",
        ],
    );
}

#[tokio::test]
async fn a_moment_is_one_and_counts_to_the_millisecond() {
    let pages = RewindablePages::open().await;
    let at = |millis: i64| {
        let at = pages.begin + millis.milliseconds();
        format!("?at={}", at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    };
    // The log begins at a time between two milliseconds.
    let (_, before) = pages.get(&format!("/api/v1/queues{}", at(-1))).await;
    let (_, after) = pages.get(&format!("/api/v1/queues{}", at(1))).await;
    let (_, twice) = pages
        .get(&format!("/boards/queues{}&at=10:42", at(1)))
        .await;

    assert_eq!(before.status, StatusCode::NOT_FOUND);
    assert_eq!(after.status, StatusCode::OK, "{}", after.text);
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn too_many_watched_moments_are_refused_until_one_is_left() {
    let pages = RewindablePages::open().await;
    for moment in 1..=SESSIONS_MAX {
        let path = format!("/boards/queues{}", pages.later(moment));
        let (_, page) = pages.get_from(moment, &path).await;
        assert_eq!(page.status, StatusCode::OK);
    }
    let mut viewers = pages.watch_all();
    let one_more = pages.later(SESSIONS_MAX + 1);

    let (page_headers, page) = pages.get(&format!("/boards/queues{one_more}")).await;
    let (api_headers, api) = pages.get(&format!("/api/v1/queues{one_more}")).await;
    let live = get_page(&pages.router, "/boards/queues").await;
    viewers.pop();
    let (_, after) = pages.get(&format!("/boards/queues{one_more}")).await;

    assert_eq!(viewers.len(), SESSIONS_MAX - 1);
    for (headers, refused) in [(page_headers, &page), (api_headers, &api)] {
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(headers[header::RETRY_AFTER], "10");
    }
    assert_contains(&page.text, &["Too many people are rewinding", "Try again"]);
    let detail = &api.parse_json()["detail"];
    assert_contains(detail.as_str().unwrap(), &["too many", "try again"]);
    assert_eq!(
        (live.status, after.status),
        (StatusCode::OK, StatusCode::OK)
    );
}

#[tokio::test(start_paused = true)]
async fn a_moment_that_takes_too_long_is_refused_until_there_is_time_for_it() {
    let pages = RewindablePages::open().await;
    let permits = Arc::clone(&pages.rewind.permits);
    let others = permits.acquire_many(2).await.unwrap();
    let at = pages.later(1);

    let (page_headers, page) = pages.get(&format!("/boards/queues{at}")).await;
    let (api_headers, api) = pages.get(&format!("/api/v1/queues{at}")).await;
    drop(others);
    resume();
    let (_, after) = pages.get(&format!("/boards/queues{at}")).await;

    for (headers, refused) in [(page_headers, &page), (api_headers, &api)] {
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(headers[header::RETRY_AFTER], "10");
    }
    assert_contains(&page.text, &["This took too long", "Try again"]);
    let detail = &api.parse_json()["detail"];
    assert_contains(detail.as_str().unwrap(), &["too long", "try again"]);
    assert_eq!(after.status, StatusCode::OK);
}

#[tokio::test]
async fn a_visitor_who_leaves_early_finds_the_past_open_and_makes_no_room_meanwhile() {
    let pages = RewindablePages::open().await;
    let (rewind, web) = (
        &pages.rewind,
        rewindable_state(pages.rewind.clone(), pages.store.clone()),
    );
    let key = PastKey {
        at: pages.begin + 1.second(),
        speed: 0,
        cursor: String::new(),
    };
    let free = rewind.permits.available_permits();

    let owner = PastOwner::Network([192, 0, 2, 1].into());
    let left = rewind.open(&web, &key, owner).now_or_never();

    assert!(left.is_none(), "it takes time");
    assert_eq!(rewind.permits.available_permits(), free - 1);
    let opened = async {
        while !rewind.sessions.lock().contains_key(&key) {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(30), opened).await.unwrap();
    assert_eq!(rewind.permits.available_permits(), free);
}

#[tokio::test]
async fn one_network_leaves_half_of_the_pasts_to_others() {
    let pages = RewindablePages::open().await;
    let mut viewers = Vec::new();
    for moment in 1..=SESSIONS_MAX {
        let path = format!("/boards/queues{}", pages.later(moment));
        let (_, page) = pages.get_from(1, &path).await;
        let is_own = moment <= SESSIONS_MAX / 2;
        let expected = if is_own {
            StatusCode::OK
        } else {
            StatusCode::TOO_MANY_REQUESTS
        };
        assert_eq!(page.status, expected, "{moment}");
        viewers = pages.watch_all();
    }
    let (_, other) = pages
        .get_from(2, &format!("/boards/queues{}", pages.later(99)))
        .await;

    assert_eq!(viewers.len(), SESSIONS_MAX / 2);
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_has_three_pasts_and_its_next_ends_the_oldest() {
    let pages = RewindablePages::open().await;
    let (rewind, web) = (
        &pages.rewind,
        rewindable_state(pages.rewind.clone(), pages.store.clone()),
    );
    let owner = || PastOwner::Token(TokenId::parse(&"7f".repeat(32)).unwrap());
    let key = |second: i64| PastKey {
        at: pages.begin + second.seconds(),
        speed: 0,
        cursor: String::new(),
    };
    let mut pasts = Vec::new();
    for second in 1..=4 {
        let past = rewind.open(&web, &key(second), owner()).await.unwrap();
        past.hub
            .open_publisher("queues", BoardStyle::default())
            .unwrap();
        pasts.push(past);
    }
    // Its publishers end at once, and release everything.
    let is_over = |past: &WebState| past.hub.admit_viewer().is_none();
    assert_eq!(
        pasts.iter().map(is_over).collect::<Vec<_>>(),
        [true, false, false, false]
    );

    let _viewers = pages.watch_all();
    let refused = rewind.open(&web, &key(5), owner()).await;
    assert!(
        matches!(refused, Err(RewindFailure::TooManyOwn)),
        "{refused:?}"
    );
    let again = rewind.open(&web, &key(4), owner()).await;
    assert!(again.is_ok(), "it's open");
    let other = PastOwner::Token(TokenId::parse(&"80".repeat(32)).unwrap());
    assert!(rewind.open(&web, &key(5), other).await.is_ok());
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_an_error_and_no_board() {
    let pages = RewindablePages::open().await;
    let before = pages
        .get(&format!("/boards/queues{}", pages.later(1)))
        .await
        .1;
    assert_contains(&before.text, &["sales"]);
    pages.damage_log();
    let at = pages.later(2);

    let (_, board) = pages.get(&format!("/boards/queues{at}")).await;
    let (_, playback) = pages
        .get(&format!("/boards/queues{at}&play=1&cursor=a"))
        .await;
    let (_, api) = pages.get(&format!("/api/v1/queues{at}")).await;

    for page in [board, playback] {
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_contains(&page.text, &["Something went wrong"]);
        assert_contains_none(&page.text, &["sales", "id=\"board\"", "batch"]);
    }
    assert_eq!(api.status, StatusCode::INTERNAL_SERVER_ERROR);
    let problem = api.parse_json();
    assert_eq!(problem["detail"], "couldn't read the database; see the log");
    let live = get_page(&pages.router, "/boards/queues").await;
    assert_eq!(live.status, StatusCode::OK);
}

#[tokio::test]
async fn bar_of_a_rewound_page_is_in_its_readers_language() {
    let pages = RewindablePages::open().await;
    let path = format!("/queues/chat/sales{}", pages.later(2));

    for (language, mark) in [
        ("en", "Viewing the past, not live"),
        ("sv", "Tillbakaspolat, inte i realtid"),
        ("de", "Zurückgespult, nicht aktuell"),
    ] {
        let page = get_in(&pages.router, &path, language).await;
        let html = format!("<html lang=\"{language}\"");
        assert_contains(&page.text, &[html.as_str(), mark]);
    }
}

/// Sales, connected, with so many waiting at each second.
fn waiting_at(reports: impl IntoIterator<Item = (i64, u64)>) -> Vec<(i64, Vec<Input>)> {
    let event = |event| Input::Connection("chat".into(), event);
    let discontinuity = None;
    let connected = vec![
        event(ConnectionEvent::CatchingUp { discontinuity }),
        event(ConnectionEvent::Connected),
    ];
    let report = |(second, count)| {
        let waiting = queue_reading("sales", Metric::Waiting, MetricValue::Count(count));
        (second, vec![waiting])
    };
    let reports = reports.into_iter().map(report);
    [(0, connected)].into_iter().chain(reports).collect()
}

#[tokio::test]
async fn the_last_changes_of_a_figure_are_what_the_log_has_before_the_moment() {
    let reports = [(10, 3), (20, 3), (30, 5), (31, 4), (50, 9)];
    let pages = RewindablePages::of_inputs(waiting_at(reports)).await;
    let path = |seconds, metric| {
        let moment = pages.later(seconds);
        format!("/queues/chat/sales/changes/{metric}{moment}")
    };

    let (_, page) = pages.get(&path(40, "waiting")).await;
    let changes: Vec<_> = (page.text.split("<tr>").skip(2))
        .map(|row| row.split("<td").skip(1).take(2).collect::<String>())
        .collect();
    assert_eq!(changes.len(), 3, "{changes:?}");
    for (change, (before, after)) in changes.iter().zip([("5", "4"), ("3", "5"), ("–", "3")]) {
        let [left, right] = [before, after].map(|value| format!(">{value}</"));
        let at = change.find(&left).expect(change);
        assert!(change[at..].contains(&right), "{change}");
    }
    let (_, page) = pages.get(&path(40, "abandoned")).await;
    assert_contains(&page.text, &["No change since"]);
    let (_, page) = pages.get(&path(40, "waitin")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn of_many_changes_the_last_twenty_are_shown() {
    let reports = (0..70_i64).map(|n| (n, n.unsigned_abs() % 7));
    let pages = RewindablePages::of_inputs(waiting_at(reports)).await;
    let path = format!("/queues/chat/sales/changes/waiting{}", pages.later(69));
    let (_, page) = pages.get(&path).await;
    assert_eq!(page.text.matches("<th scope=\"row\">").count(), 20);
}
