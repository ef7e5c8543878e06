//! The product in this process, without upstreams: inputs go straight into the ingest channel, and
//! everything behind it is real, sockets included.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use wallboard::web::{
    self, AllowedOrigins, CertificateExpiry, Readiness, ServerInfo, TlsServer, TrustedProxies,
    WebParts, http_server, listening_socket,
};
use wallboard_boards::{
    BoardDefinition, BoardRegistry, Playlist,
    push::{self, Hub},
};
use wallboard_domain::{
    ConnectionEvent, Discontinuity, Fact, Id, Input, Metric, MetricSubject, MetricValue,
    PatternThresholds, Patterns, SiteConfig, SourceId, SourceSetup, Update,
};
use wallboard_history::{
    import::ImportRegistry,
    report::{History, ReportConfig},
};
use wallboard_live::{self as live, LiveHandle, LiveState};
use wallboard_log::input_log::LogStatus;
use wallboard_runtime::ingest::{self, IngestSender, ProcessClock};
use wallboard_store::Store;

#[derive(Debug)]
pub struct TestServer {
    pub address: SocketAddr,
    pub hub: Hub,
    sender: IngestSender,
    stop: CancellationToken,
    server_task: JoinHandle<()>,
}

/// Options of the test server.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    pub queues: u64,
    /// 0 for a free port.
    pub port: u16,
    /// The build id that it reports.
    pub build: String,
    pub max_viewers: usize,
    pub origins: AllowedOrigins,
    pub http: http_server::HttpLimits,
    pub proxies: TrustedProxies,
    /// In addition to the automatic boards.
    pub boards: Vec<BoardDefinition>,
    pub playlists: Vec<Playlist>,
    pub tls: Option<TlsServer>,
    /// Whether pages are marked as a demo.
    pub demo: bool,
    /// `[thresholds]` of the configuration.
    pub thresholds: Patterns<PatternThresholds>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            queues: 3,
            port: 0,
            build: web::build_id().to_owned(),
            max_viewers: 1000,
            origins: AllowedOrigins {
                public: None,
                has_sessions: false,
            },
            http: http_server::HttpLimits::default(),
            proxies: TrustedProxies::default(),
            boards: Vec::new(),
            playlists: Vec::new(),
            tls: None,
            demo: false,
            thresholds: Patterns::default(),
        }
    }
}

impl TestServer {
    pub async fn start(options: ServerOptions) -> Self {
        let clock = ProcessClock::start_now();
        let (queues, thresholds) = (options.queues, options.thresholds.clone());
        let server = Self::start_with_live(
            clock.clone(),
            LiveHandle::new(clock, LiveState::default()),
            options,
        );
        server.connect(queues, thresholds).await;
        server
    }

    /// Starts the server on an existing live state.
    pub fn start_with_live(clock: ProcessClock, live: LiveHandle, options: ServerOptions) -> Self {
        let (sender, receiver) = ingest::ingest_channel(clock);
        tokio::spawn(live::run_live_state(live.clone(), receiver, None));
        let boards = BoardRegistry::new(&live, options.boards);
        boards.replace_playlists(options.playlists);
        let limits = push::HubLimits {
            max_viewers: options.max_viewers,
            flush_interval: Duration::from_millis(20),
            build: options.build.into(),
        };
        let hub = Hub::new(boards.clone(), limits);
        let readiness = Readiness::default();
        readiness.set(true);
        let router = web::build_router(WebParts {
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
            boards,
            rewind: None,
            hub: hub.clone(),
            origins: options.origins,
            data_origin: if options.demo {
                web::DataOrigin::Simulated
            } else {
                web::DataOrigin::Live
            },
            readiness,
            certificate_expiry: CertificateExpiry::default(),
            imports: ImportRegistry::default(),
            history: History::new(empty_store(), ReportConfig::default()),
            recent_days: web::RecentDaysCache::default(),
            store: empty_store(),
            server_info: ServerInfo {
                log: Some(watch::channel(LogStatus::default()).1),
                ..ServerInfo::default()
            },
        });
        let listener =
            listening_socket::bind_listener(SocketAddr::from(([127, 0, 0, 1], options.port)))
                .unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let http_listener = http_server::HttpListener {
            listener,
            tls: options.tls,
            limits: options.http,
            proxies: options.proxies,
        };
        let server_task =
            tokio::spawn(http_server::serve_http(http_listener, router, stop.clone()));
        Self {
            address,
            hub,
            sender,
            stop,
            server_task,
        }
    }

    /// Sets the number of waiting contacts in a queue.
    pub async fn set_waiting(&self, queue: u64, waiting: u64) {
        self.apply(vec![load_input(queue, waiting)]).await;
    }

    /// Sets it for the first `queues` queues at once.
    pub async fn set_all_waiting(&self, queues: u64, waiting: u64) {
        self.apply(
            (0..queues)
                .map(|queue| load_input(queue, waiting))
                .collect(),
        )
        .await;
    }

    /// Sets five figures of each of the first `queues` queues. All of them change when `turn` rises
    /// by one.
    pub async fn update_all_figures(&self, queues: u64, turn: u64) {
        let all = (0..queues).map(|queue| figures_input(queue, turn + queue));
        self.apply(all.collect()).await;
    }

    /// Stops as the product does. Returns when everything has ended.
    pub async fn stop(self) {
        self.stop.cancel();
        self.hub.disconnect_viewers().await;
        self.server_task.await.unwrap();
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn connect(&self, queues: u64, thresholds: Patterns<PatternThresholds>) {
        let source = source();
        let site = SiteConfig {
            sources: vec![SourceSetup::new(
                source.clone(),
                wallboard_sources::vngage::KIND,
            )],
            thresholds,
            ..SiteConfig::default()
        };
        let discontinuity = Some(Discontinuity::Start);
        self.apply(vec![
            Input::SiteConfig(Arc::new(site)),
            Input::Connection(
                source.clone(),
                ConnectionEvent::CatchingUp { discontinuity },
            ),
            Input::Connection(source, ConnectionEvent::Connected),
        ])
        .await;
        self.set_all_waiting(queues, 0).await;
    }

    /// Sends inputs and waits until they are applied.
    pub async fn apply(&self, inputs: Vec<Input>) {
        let offset = self.sender.send_batch(inputs).await.unwrap();
        let mut committed = self.sender.committed_offset();
        committed
            .wait_for(|committed| offset <= *committed)
            .await
            .unwrap();
    }
}

fn source() -> SourceId {
    SourceId::from("chat")
}

fn load_input(queue: u64, waiting: u64) -> Input {
    reported_input(queue, &[(Metric::Waiting, MetricValue::Count(waiting))])
}

/// Returns a busy day's figures: of sixty queues, about one exceeds its threshold each second.
fn figures_input(queue: u64, turn: u64) -> Input {
    let seconds = |n: u64| MetricValue::Seconds(f64::from(u32::try_from(n).unwrap()));
    let late = if turn.is_multiple_of(120) { 30 } else { 0 };
    reported_input(
        queue,
        &[
            (Metric::Waiting, MetricValue::Count(turn % 13)),
            (Metric::InConversation, MetricValue::Count(turn % 31)),
            (Metric::AgentsAvailable, MetricValue::Count(turn % 7)),
            (Metric::AverageWait, seconds(turn % 50)),
            (Metric::LongestWait, seconds(31 + turn * 17 % 29 + late)),
        ],
    )
}

fn reported_input(queue: u64, figures: &[(Metric, MetricValue)]) -> Input {
    let source = source();
    let queue = Id::new(&source, &format!("queue-{queue}"));
    let readings = figures
        .iter()
        .map(|(metric, value)| (*metric, Some(*value)));
    Input::Update(Update {
        source,
        event: "group.loadChanged",
        at: Some(Timestamp::now()),
        fact: Fact::EventReadings(MetricSubject::Queue(queue), readings.collect()),
        mistyped: 0,
    })
}

/// Returns an empty store.
fn empty_store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    Store::open(&folder.path().join("wallboard.db")).unwrap()
}
