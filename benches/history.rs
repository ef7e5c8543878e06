//! History through the API's own router, in this process: a day of half hours of 50 queues, and a
//! year by day of the site and of 50 queues. Two months are stored by the quarter of an hour, the
//! rest of the year only by day, because nothing else of it is read here.

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
use strum::IntoEnumIterator;
use tower::ServiceExt;
use wallboard::web::{
    AllowedOrigins, CertificateExpiry, DataOrigin, Readiness, RecentDaysCache, ServerInfo,
    WebParts, build_id, build_router,
};
use wallboard_boards::{
    BoardRegistry,
    push::{Hub, HubLimits},
};
use wallboard_domain::{CountBy, Counter, Counters, SiteConfig, SourceId, WaitDistribution};
use wallboard_history::{
    ExportVendor,
    import::ImportRegistry,
    report::{History, ReportConfig, ReportedExport},
    sangoma::SangomaSettings,
};
use wallboard_live::{LiveHandle, LiveState};
use wallboard_runtime::ingest::ProcessClock;
use wallboard_store::{
    ComputationBasis, ComputedPart, ComputedWindow, LocalDay, QueueIntervalRow, Store,
};

const QUEUES: i64 = 50;
const DAYS: i64 = 366;
const DAY: i64 = 86_400;
/// 1 January 2025.
const FIRST: i64 = 1_735_689_600;
/// Opening hours: 16 hours of quarters.
const QUARTERS: std::ops::Range<i64> = 24..88;
const REQUESTS: usize = 300;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder for the database");
    let store = fill_store(&folder.path().join("wallboard.db")).await;
    let router = build_test_router(store);
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
        let mut times = Vec::with_capacity(REQUESTS);
        let mut size = 0;
        for _ in 0..REQUESTS {
            let begin = Instant::now();
            size = request(&router, &format!("/api/v1/history/intervals?{path}")).await;
            times.push(begin.elapsed());
        }
        times.sort();
        let (middle, high) = (
            millis(times[REQUESTS / 2]),
            millis(times[REQUESTS * 99 / 100]),
        );
        println!(
            "{what:<32} p50 {middle:>7.2} ms   p99 {high:>7.2} ms (target {target})   {size} bytes"
        );
    }
}

async fn request(router: &Router, path: &str) -> usize {
    let get = Request::get(path).body(Body::empty()).expect("a request");
    let response = router.clone().oneshot(get).await.expect("an answer");
    assert_eq!(response.status(), 200, "{path}");
    let body = to_bytes(response.into_body(), usize::MAX).await;
    body.expect("a body").len()
}

async fn fill_store(path: &Path) -> Store {
    let store = Store::open(path).expect("a database");
    let source = SourceId::from("calls");
    let basis = ComputationBasis {
        zone: "UTC".to_owned(),
        ..ComputationBasis::default()
    };
    let stored = store.store_basis(source.clone(), basis, Vec::new()).await;
    stored.expect("a database that can be written");
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
        let computed = ComputedWindow {
            source: source.clone(),
            window: start..start + DAY,
            part: ComputedPart::Whole,
            queues: rows
                .flat_map(|(quarter, queue)| {
                    CountBy::iter().map(move |by| row(start + quarter * 900, queue, by))
                })
                .collect(),
            agents: Vec::new(),
            breakdowns: Vec::new(),
            staff: Vec::new(),
            days: vec![LocalDay {
                day: start / DAY,
                start,
                end: start + DAY,
            }],
            cleared_days: Vec::new(),
        };
        let written = store.replace_intervals(computed).await;
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
    counters.record_wait(queue + 40);
    let mut waits = WaitDistribution::default();
    (0..7).for_each(|contact| waits.answered.record(contact * 5 + queue % 10));
    waits.abandoned.record(queue + 40);
    QueueIntervalRow {
        queue: queue.to_string(),
        by,
        start,
        length: 900,
        counters,
        waits: Some(waits),
    }
}

fn build_test_router(store: Store) -> Router {
    let live = LiveHandle::new(ProcessClock::start_now(), LiveState::default());
    let boards = BoardRegistry::new(&live, Vec::new());
    let limits = HubLimits {
        max_viewers: 10,
        flush_interval: Duration::from_millis(100),
        build: build_id().into(),
    };
    let config = ReportConfig {
        site: Arc::new(SiteConfig::default()),
        exports: vec![ReportedExport::new(
            "calls".into(),
            ExportVendor::Sangoma(SangomaSettings::default()),
        )],
        ..ReportConfig::default()
    };
    build_router(WebParts {
        sign_in: None,
        screens: None,
        editor: None,
        alerts: None,
        reports: None,
        saved_views: None,
        holidays: None,
        announcements: None,
        pictures: None,
        deliveries: wallboard_sources::values::Deliveries::default(),
        send_limits: wallboard_access::SendLimits::default(),
        forecasts: None,
        editing_policy: wallboard_access::EditingPolicy::default(),
        setup_code: None,
        live,
        rewind: None,
        hub: Hub::new(boards.clone(), limits),
        boards,
        origins: AllowedOrigins::default(),
        data_origin: DataOrigin::default(),
        readiness: Readiness::default(),
        certificate_expiry: CertificateExpiry::default(),
        imports: ImportRegistry::default(),
        history: History::new(store.clone(), config),
        recent_days: RecentDaysCache::default(),
        store,
        server_info: ServerInfo::default(),
    })
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
