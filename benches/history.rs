//! The past through the API's own router, in this process: a day of half hours of 50
//! queues, a year by day of the site and of 50 queues. Two months are kept by the quarter,
//! the rest of the year only by the day, as nothing else of it is read here.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use tower::ServiceExt;
use wallboard::{
    boards::BoardRegistry,
    domain::{CountBy, Counter, Counters, SiteConfig, SourceId},
    history::{
        import::ImportRegistry,
        report::{History, ReportConfig, ReportedExport, ZeroCounters},
    },
    ingest::ProcessClock,
    live::{LiveHandle, LiveState},
    push::{Hub, HubLimits},
    store::{ComputationBasis, ComputedPart, ComputedWindow, LocalDay, QueueIntervalRow, Store},
    web::{
        AllowedOrigins, CertificateExpiry, Readiness, RecentDaysCache, ServerInfo, WebState,
        build_id, build_router,
    },
};

const QUEUES: i64 = 50;
const DAYS: i64 = 366;
const DAY: i64 = 86_400;
/// 1 January 2025.
const FIRST: i64 = 1_735_689_600;
/// Opening hours: 16 hours of quarters.
const QUARTERS: std::ops::Range<i64> = 24..88;
const ASKED: usize = 300;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder for the database");
    let store = filled(&folder.path().join("wallboard.db")).await;
    let router = over(store);
    for (what, path, target) in [
        (
            "a day of half hours, 50 queues",
            "from=2025-11-05&to=2025-11-06&step=30m&by=queue",
            30,
        ),
        (
            "a day of quarters, the site",
            "from=2025-11-05&to=2025-11-06&step=15m",
            30,
        ),
        (
            "a year by day, the site",
            "from=2025-01-01&to=2026-01-01&step=1d",
            100,
        ),
        (
            "a year by day, 50 queues",
            "from=2025-01-01&to=2026-01-01&step=1d&by=queue",
            100,
        ),
    ] {
        let mut took = Vec::with_capacity(ASKED);
        let mut size = 0;
        for _ in 0..ASKED {
            let begin = Instant::now();
            size = ask(&router, &format!("/api/v1/history/intervals?{path}")).await;
            took.push(begin.elapsed());
        }
        took.sort();
        let (middle, high) = (millis(took[ASKED / 2]), millis(took[ASKED * 99 / 100]));
        println!(
            "{what:<32} p50 {middle:>7.2} ms   p99 {high:>7.2} ms (target {target})   {size} bytes"
        );
    }
}

async fn ask(router: &Router, path: &str) -> usize {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let answer = router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    let body = to_bytes(answer.into_body(), usize::MAX).await;
    body.expect("a body").len()
}

async fn filled(path: &Path) -> Store {
    let store = Store::open(path).expect("a database");
    let source = SourceId::from("calls");
    let basis = ComputationBasis {
        zone: "UTC".to_owned(),
        ..ComputationBasis::default()
    };
    let kept = store.store_basis(source.clone(), basis, Vec::new()).await;
    kept.expect("a database that can be written");
    rusqlite::Connection::open(path)
        .and_then(|connection| {
            connection.execute(
                "INSERT INTO history_cover VALUES ('calls', ?1, ?2)",
                (FIRST, FIRST + DAYS * DAY),
            )
        })
        .expect("a database that can be written");
    for day in 0..DAYS {
        let start = FIRST + day * DAY;
        let all = if 300 <= day { QUARTERS } else { 40..42 };
        let rows = all.flat_map(|quarter| (1..=QUEUES).map(move |queue| (quarter, queue)));
        let reckoned = ComputedWindow {
            source: source.clone(),
            window: (start, start + DAY),
            part: ComputedPart::Whole,
            queues: rows
                .flat_map(|(quarter, queue)| {
                    CountBy::ALL.map(|by| row(start + quarter * 900, queue, by))
                })
                .collect(),
            agents: Vec::new(),
            breakdowns: Vec::new(),
            days: vec![LocalDay {
                day: start / DAY,
                start,
                end: start + DAY,
            }],
            cleared_days: Vec::new(),
        };
        let written = store.replace_intervals(reckoned).await;
        written.expect("a database that can be written");
    }
    store
}

fn row(start: i64, queue: i64, by: CountBy) -> QueueIntervalRow {
    let mut counters = Counters::default();
    for (counter, value) in [
        (Counter::Offered, 9),
        (Counter::Answered, 7),
        (Counter::AnsweredWithin, 6),
        (Counter::Abandoned, 1),
        (Counter::ShortAbandoned, 1),
        (Counter::Waits, 7),
        (Counter::WaitTime, (140 + queue) * 1000),
        (Counter::Handled, 7),
        (Counter::TalkTime, 1_260_000),
        (Counter::WrapUpTime, 210_000),
    ] {
        counters.add(counter, value);
    }
    counters.waited(queue + 40);
    QueueIntervalRow {
        queue: queue.to_string(),
        by,
        start,
        length: 900,
        counters,
    }
}

fn over(store: Store) -> Router {
    let live = LiveHandle::new(ProcessClock::start_now(), LiveState::default());
    let studio = BoardRegistry::new(live.clone(), Vec::new());
    let limits = HubLimits {
        max_viewers: 10,
        flush_interval: Duration::from_millis(100),
        build: build_id().into(),
    };
    let shape = ReportConfig {
        site: Arc::new(SiteConfig::default()),
        exports: vec![ReportedExport {
            id: "calls".into(),
            omits_zero_intervals: false,
            has_calls: true,
            zero_counters: ZeroCounters::default(),
            columns: None,
        }],
    };
    build_router(WebState {
        live,
        hub: Hub::new(studio.clone(), limits),
        boards: studio,
        origins: AllowedOrigins::default(),
        demo: false,
        readiness: Readiness::default(),
        certificate_expiry: CertificateExpiry::default(),
        imports: ImportRegistry::default(),
        history: History::new(store.clone(), shape),
        pasts: RecentDaysCache::default(),
        store,
        server_info: ServerInfo::default(),
    })
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
