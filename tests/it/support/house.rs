//! The product without upstreams, in this process: changes go straight in at
//! the door, and everything behind it is real, sockets included.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use wallboard::{
    boards::{Board, Studio},
    domain::{
        Break, Fact, Id, Input, Line, Metric, Site, SourceId, SourceSetup, Subject, Update, Value,
    },
    history::{
        import::Roll,
        report::{History, Shape},
    },
    intake::{self, Clock, Outlet},
    live::{self, Live, State},
    push::{self, Hub},
    store::Store,
    web::{self, About, NotAfter, Origins, Ready, Tls, Web, serve},
};

#[derive(Debug)]
pub struct House {
    pub address: SocketAddr,
    pub hub: Hub,
    outlet: Outlet,
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
    pub origins: Origins,
    pub http: serve::Limits,
    /// Besides the automatic ones.
    pub boards: Vec<Board>,
    pub tls: Option<Tls>,
    /// Says so.
    pub demo: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            queues: 3,
            port: 0,
            build: web::build().to_owned(),
            max_viewers: 1000,
            origins: Origins {
                public: None,
                without: true,
            },
            http: serve::Limits::default(),
            boards: Vec::new(),
            tls: None,
            demo: false,
        }
    }
}

impl House {
    pub async fn open(plan: Plan) -> Self {
        let clock = Clock::start();
        let queues = plan.queues;
        let house = Self::over(clock, Live::new(clock, State::default()), plan);
        house.connect(queues).await;
        house
    }

    /// Over what is live already.
    pub fn over(clock: Clock, live: Live, plan: Plan) -> Self {
        let (outlet, inlet) = intake::door(clock);
        tokio::spawn(live::keep(live.clone(), inlet));
        let studio = Studio::new(live.clone(), plan.boards);
        let limits = push::Limits {
            max_viewers: plan.max_viewers,
            flush_interval: Duration::from_millis(20),
            build: plan.build.into(),
        };
        let hub = Hub::new(studio.clone(), limits);
        let ready = Ready::default();
        ready.set(true);
        let router = web::router(Web {
            live,
            studio,
            hub: hub.clone(),
            origins: plan.origins,
            demo: plan.demo,
            ready,
            not_after: NotAfter::default(),
            exports: Roll::default(),
            history: History::new(store(), Shape::default()),
            pasts: web::Pasts::default(),
            store: store(),
            about: About::default(),
        });
        let listener = serve::listen(SocketAddr::from(([127, 0, 0, 1], plan.port))).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let door = serve::Door {
            listener,
            tls: plan.tls,
            limits: plan.http,
        };
        let serving = tokio::spawn(serve::serve(door, router, stop.clone()));
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
        self.hub.stop().await;
        self.serving.await.unwrap();
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn connect(&self, queues: u64) {
        let source = source();
        let site = Site {
            sources: vec![SourceSetup::new(
                source.clone(),
                wallboard::sources::vngage::KIND,
            )],
            ..Site::default()
        };
        let broken = Some(Break::Start);
        self.put(vec![
            Input::Settings(Arc::new(site)),
            Input::Line(source.clone(), Line::CatchingUp { broken }),
            Input::Line(source, Line::Connected),
        ])
        .await;
        self.load_all(queues, 0).await;
    }

    /// Hands inputs in and waits until they are applied.
    pub async fn put(&self, inputs: Vec<Input>) {
        let place = self.outlet.send(inputs).await.unwrap();
        let mut safe = self.outlet.safe();
        safe.wait_for(|safe| place <= *safe).await.unwrap();
    }
}

fn source() -> SourceId {
    SourceId::from("chat")
}

fn load(queue: u64, waiting: u64) -> Input {
    said(queue, &[(Metric::Waiting, Value::Count(waiting))])
}

/// Figures of a busy day: of sixty queues one passes its limit about each second.
fn figures(queue: u64, turn: u64) -> Input {
    let seconds = |n: u64| Value::Seconds(f64::from(u32::try_from(n).unwrap()));
    let late = if turn.is_multiple_of(120) { 30 } else { 0 };
    said(
        queue,
        &[
            (Metric::Waiting, Value::Count(turn % 13)),
            (Metric::InConversation, Value::Count(turn % 31)),
            (Metric::AgentsAvailable, Value::Count(turn % 7)),
            (Metric::AverageWait, seconds(turn % 50)),
            (Metric::LongestWait, seconds(31 + turn * 17 % 29 + late)),
        ],
    )
}

fn said(queue: u64, readings: &[(Metric, Value)]) -> Input {
    let source = source();
    let queue = Id::new(&source, &format!("queue-{queue}"));
    let readings = readings
        .iter()
        .map(|(metric, value)| (*metric, Some(*value)));
    Input::Update(Update {
        source,
        event: "group.loadChanged",
        at: Some(Timestamp::now()),
        fact: Fact::Readings(Subject::Queue(queue), readings.collect()),
        mistyped: 0,
    })
}

/// One that nothing was ever put into.
fn store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    Store::open(&folder.path().join("wallboard.db")).unwrap()
}
