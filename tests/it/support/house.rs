//! The product without upstreams, in this process: changes go straight in at
//! the door, and everything behind it is real, sockets included.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use wallboard::{
    boards::{BoardDefinition, BoardRegistry},
    domain::{
        ConnectionEvent, Discontinuity, Fact, Id, Input, Metric, MetricSubject, MetricValue,
        SiteConfig, SourceId, SourceSetup, Update,
    },
    history::{
        import::ImportRegistry,
        report::{History, ReportConfig},
    },
    ingest::{self, IngestSender, ProcessClock},
    live::{self, LiveHandle, LiveState},
    push::{self, Hub},
    store::Store,
    web::{
        self, AllowedOrigins, CertificateExpiry, Readiness, ServerInfo, TlsServer, WebState,
        http_server,
    },
};

#[derive(Debug)]
pub struct House {
    pub address: SocketAddr,
    pub hub: Hub,
    outlet: IngestSender,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

/// How a house is to be.
#[derive(Clone, Debug)]
pub struct Plan {
    pub queues: u64,
    /// 0: a free one.
    pub port: u16,
    /// What it says that it is.
    pub build: String,
    pub max_viewers: usize,
    pub origins: AllowedOrigins,
    pub http: http_server::HttpLimits,
    /// Besides the automatic ones.
    pub boards: Vec<BoardDefinition>,
    pub tls: Option<TlsServer>,
    /// Says so.
    pub demo: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            queues: 3,
            port: 0,
            build: web::build_id().to_owned(),
            max_viewers: 1000,
            origins: AllowedOrigins {
                public: None,
                allows_missing: true,
            },
            http: http_server::HttpLimits::default(),
            boards: Vec::new(),
            tls: None,
            demo: false,
        }
    }
}

impl House {
    pub async fn open(plan: Plan) -> Self {
        let clock = ProcessClock::start_now();
        let queues = plan.queues;
        let house = Self::over(clock, LiveHandle::new(clock, LiveState::default()), plan);
        house.connect(queues).await;
        house
    }

    /// Over what is live already.
    pub fn over(clock: ProcessClock, live: LiveHandle, plan: Plan) -> Self {
        let (outlet, inlet) = ingest::ingest_channel(clock);
        tokio::spawn(live::run_live_state(live.clone(), inlet));
        let studio = BoardRegistry::new(live.clone(), plan.boards);
        let limits = push::HubLimits {
            max_viewers: plan.max_viewers,
            flush_interval: Duration::from_millis(20),
            build: plan.build.into(),
        };
        let hub = Hub::new(studio.clone(), limits);
        let ready = Readiness::default();
        ready.set(true);
        let router = web::build_router(WebState {
            live,
            boards: studio,
            hub: hub.clone(),
            origins: plan.origins,
            demo: plan.demo,
            readiness: ready,
            certificate_expiry: CertificateExpiry::default(),
            imports: ImportRegistry::default(),
            history: History::new(store(), ReportConfig::default()),
            pasts: web::RecentDaysCache::default(),
            store: store(),
            server_info: ServerInfo::default(),
        });
        let listener =
            http_server::bind_listener(SocketAddr::from(([127, 0, 0, 1], plan.port))).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let door = http_server::HttpListener {
            listener,
            tls: plan.tls,
            limits: plan.http,
        };
        let serving = tokio::spawn(http_server::serve_http(door, router, stop.clone()));
        Self {
            address,
            hub,
            outlet,
            stop,
            serving,
        }
    }

    /// Says how many wait in a queue.
    pub async fn load(&self, queue: u64, waiting: u64) {
        self.put(vec![load(queue, waiting)]).await;
    }

    /// Says it of the first `queues` queues at once.
    pub async fn load_all(&self, queues: u64, waiting: u64) {
        self.put((0..queues).map(|queue| load(queue, waiting)).collect())
            .await;
    }

    /// Says five figures of each of the first `queues` queues, all others than before
    /// where `turn` rises by one.
    pub async fn turn_all(&self, queues: u64, turn: u64) {
        let all = (0..queues).map(|queue| figures(queue, turn + queue));
        self.put(all.collect()).await;
    }

    /// Stops as the product does. Returns when all has ended.
    pub async fn stop(self) {
        self.stop.cancel();
        self.hub.disconnect_viewers().await;
        self.serving.await.unwrap();
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn connect(&self, queues: u64) {
        let source = source();
        let site = SiteConfig {
            sources: vec![SourceSetup::new(
                source.clone(),
                wallboard::sources::vngage::KIND,
            )],
            ..SiteConfig::default()
        };
        let broken = Some(Discontinuity::Start);
        self.put(vec![
            Input::SiteConfig(Arc::new(site)),
            Input::Connection(source.clone(), ConnectionEvent::CatchingUp { broken }),
            Input::Connection(source, ConnectionEvent::Connected),
        ])
        .await;
        self.load_all(queues, 0).await;
    }

    /// Hands inputs in and waits until they are applied.
    pub async fn put(&self, inputs: Vec<Input>) {
        let place = self.outlet.send_batch(inputs).await.unwrap();
        let mut safe = self.outlet.committed_offset();
        safe.wait_for(|safe| place <= *safe).await.unwrap();
    }
}

fn source() -> SourceId {
    SourceId::from("chat")
}

fn load(queue: u64, waiting: u64) -> Input {
    said(queue, &[(Metric::Waiting, MetricValue::Count(waiting))])
}

/// Figures of a busy day: of sixty queues one passes its limit about each second.
fn figures(queue: u64, turn: u64) -> Input {
    let seconds = |n: u64| MetricValue::Seconds(f64::from(u32::try_from(n).unwrap()));
    let late = if turn.is_multiple_of(120) { 30 } else { 0 };
    said(
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

fn said(queue: u64, readings: &[(Metric, MetricValue)]) -> Input {
    let source = source();
    let queue = Id::new(&source, &format!("queue-{queue}"));
    let readings = readings
        .iter()
        .map(|(metric, value)| (*metric, Some(*value)));
    Input::Update(Update {
        source,
        event: "group.loadChanged",
        at: Some(Timestamp::now()),
        fact: Fact::Readings(MetricSubject::Queue(queue), readings.collect()),
        mistyped: 0,
    })
}

/// One that nothing was ever put into.
fn store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    Store::open(&folder.path().join("wallboard.db")).unwrap()
}
