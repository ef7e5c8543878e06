//! The product, without an upstream: changes go straight into the ingest channel.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wallboard::web::{self, AllowedOrigins, CertificateExpiry, Readiness, WebParts, http_server};
use wallboard_boards::{
    BoardRegistry,
    push::{self, Hub},
};
use wallboard_domain::{
    ConnectionEvent, Discontinuity, Fact, Id, Input, Metric, MetricSubject, MetricValue,
    SiteConfig, SourceId, SourceSetup, Update,
};
use wallboard_history::{
    import::ImportRegistry,
    report::{History, ReportConfig},
};
use wallboard_live::{self as live, LiveHandle, LiveState};
use wallboard_runtime::ingest::{self, IngestSender, ProcessClock};
use wallboard_store::Store;

use super::pace::Changes;

const QUEUES: u64 = 12;
const VIEWERS_MAX: usize = 20_000;

pub(super) async fn serve(listener: TcpListener, mut changes: Changes, flush: Duration) {
    let clock = ProcessClock::start_now();
    let (sender, receiver) = ingest::ingest_channel(clock.clone());
    let live = LiveHandle::new(clock.clone(), LiveState::default());
    tokio::spawn(live::run_live_state(live.clone(), receiver, None));
    let source = SourceId::from("chat");
    connect_source(&sender, &source).await;
    let http_listener = http_server::HttpListener {
        listener,
        tls: None,
        limits: http_server::HttpLimits::default(),
        proxies: web::TrustedProxies::default(),
    };
    let router = web::build_router(web_state(live, flush));
    let stop = CancellationToken::new();
    tokio::spawn(http_server::serve_http(http_listener, router, stop));

    for change in 0.. {
        changes.next().await;
        let load = load(&source, change % QUEUES, change);
        sender
            .send_batch(vec![load])
            .await
            .expect("the live state keeps running");
    }
}

fn web_state(live: LiveHandle, flush_interval: Duration) -> WebParts {
    let boards = BoardRegistry::new(&live, Vec::new());
    let limits = push::HubLimits {
        max_viewers: VIEWERS_MAX,
        flush_interval,
        build: web::build_id().into(),
    };
    WebParts {
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
        boards: boards.clone(),
        rewind: None,
        hub: Hub::new(boards, limits),
        origins: AllowedOrigins {
            public: None,
            has_sessions: false,
        },
        data_origin: web::DataOrigin::default(),
        readiness: Readiness::default(),
        server_info: web::ServerInfo::default(),
        imports: ImportRegistry::default(),
        history: History::new(store(), ReportConfig::default()),
        recent_days: web::RecentDaysCache::default(),
        store: store(),
        certificate_expiry: CertificateExpiry::default(),
    }
}

async fn connect_source(sender: &IngestSender, source: &SourceId) {
    let site = SiteConfig {
        sources: vec![SourceSetup::new(
            source.clone(),
            wallboard_sources::vngage::KIND,
        )],
        ..SiteConfig::default()
    };
    let discontinuity = Some(Discontinuity::Start);
    let mut inputs = vec![
        Input::SiteConfig(Arc::new(site)),
        Input::Connection(
            source.clone(),
            ConnectionEvent::CatchingUp { discontinuity },
        ),
        Input::Connection(source.clone(), ConnectionEvent::Connected),
    ];
    inputs.extend((0..QUEUES).map(|queue| load(source, queue, 0)));
    sender
        .send_batch(inputs)
        .await
        .expect("the live state keeps running");
}

/// Nobody waits, so that no timers are missed and nothing becomes stale.
fn load(source: &SourceId, queue: u64, available: u64) -> Input {
    let queue = Id::new(source, &format!("queue-{queue}"));
    let readings = [
        (Metric::Waiting, Some(MetricValue::Count(0))),
        (
            Metric::AgentsAvailable,
            Some(MetricValue::Count(available % 97)),
        ),
    ];
    Input::Update(Update {
        source: source.clone(),
        event: "group.loadChanged",
        at: Some(Timestamp::now()),
        fact: Fact::EventReadings(MetricSubject::Queue(queue), readings.into_iter().collect()),
        mistyped: 0,
    })
}

/// Returns an empty store.
fn store() -> Store {
    let folder = tempfile::tempdir().expect("a folder can be made");
    Store::open(&folder.path().join("wallboard.db")).expect("a database can be made")
}
