//! A large site: 500 boards, each watched, 2,000 queues and 20,000 agents. From an update to its
//! frame, and the processor time of an update. The baseline, in turn: the same updates without a
//! board, and to queues and agents that no board shows.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::{
    io::{AsyncReadExt, DuplexStream},
    runtime::Builder,
    time::{MissedTickBehavior, interval, sleep},
};
use wallboard_boards::{
    BoardDefinition, BoardLayout, BoardRegistry,
    push::{Hub, HubLimits, ViewerRequest},
};
use wallboard_domain::{
    AgentStatus, AgentStatusReport, BoardStyle, ConnectionEvent, EntityKind, EntityProfile, Fact,
    Id, Input, Metric, MetricSubject, MetricValue, Pattern, ProvidedMetrics, SiteConfig, SourceId,
    SourceSetup, Update, ValueAge, VendorFigure, VendorValue,
};
use wallboard_live::{self as live, LiveHandle, LiveState};
use wallboard_runtime::ingest::{self, IngestSender, ProcessClock};
use wallboard_sources::genesys;

const BOARDS: u64 = 500;
const QUEUES: u64 = 2_000;
const AGENTS: u64 = 20_000;
/// As many queues again that no board shows, with an agent each.
const UNSEEN: u64 = 2_000;
const METRICS: [Metric; 4] = [
    Metric::Waiting,
    Metric::AgentsAvailable,
    Metric::Answered,
    Metric::ServiceLevel,
];
/// Updates a second, in batches.
const RATES: [u64; 3] = [500, 5_000, 20_000];
const BATCHES_PER_SECOND: u64 = 100;
const FLUSH: Duration = Duration::from_millis(100);
const MEASURE_TIME: Duration = Duration::from_secs(10);
/// The second of a minute by which a measurement begins, so that it ends within it.
const START_BEFORE: i64 = 45;
/// From the flush on.
const TARGET_MS: i64 = 30;

fn main() {
    println!("{BOARDS} boards, each watched; {QUEUES} queues, {AGENTS} agents");
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("threads can be started");
    runtime.block_on(async {
        for rate in RATES {
            let none = Site::open(0).await.measure(rate, Subjects::Seen).await;
            let unseen = Site::open(BOARDS).await.measure(rate, Subjects::Unseen).await;
            let seen = Site::open(BOARDS).await.measure(rate, Subjects::Seen).await;
            println!("{rate} updates/s");
            println!("  processors: {:.2}, without boards {:.2}: ratio {:.1}", seen.cores, none.cores, seen.cores / none.cores);
            println!("  if no board shows them {:.2}: ratio {:.2}", unseen.cores, unseen.cores / none.cores);
            println!("  {} frames/s; update to frame p50 {} ms, p99 {} ms; after the flush at most {} ms (target {TARGET_MS})", seen.frames, seen.p50, seen.p99, seen.p99 - 100);
            println!("  longest wait for the live state {:.0?}", seen.longest_send);
        }
    });
}

#[derive(Clone, Copy, PartialEq)]
enum Subjects {
    Seen,
    Unseen,
}

struct Figures {
    /// Of the whole process: the site, its viewers and who sends the updates.
    cores: f64,
    /// A second.
    frames: u64,
    /// From an update to the arrival of its frame, in milliseconds.
    p50: i64,
    p99: i64,
    /// How long a batch waited until it was taken.
    longest_send: Duration,
}

/// A running site with its viewers.
struct Site {
    sender: IngestSender,
    delays: Arc<Mutex<Vec<i64>>>,
    _hub: Hub,
}

impl Site {
    async fn open(boards: u64) -> Self {
        let clock = ProcessClock::start_now();
        let (sender, receiver) = ingest::ingest_channel(clock.clone());
        let live = LiveHandle::new(clock.clone(), LiveState::default());
        tokio::spawn(live::run_live_state(live.clone(), receiver, None));
        for inputs in site_inputs().chunks(1_000) {
            send(&sender, inputs.to_vec()).await;
        }
        let definitions = (0..boards).map(definition).collect();
        let registry = BoardRegistry::new(&live, definitions);
        let limits = HubLimits {
            max_viewers: 10_000,
            flush_interval: FLUSH,
            build: "bench".into(),
        };
        let hub = Hub::new(registry, limits);
        let delays = Arc::new(Mutex::new(Vec::new()));
        for board in 0..boards {
            let publisher = hub.open_publisher(&format!("board-{board}"), BoardStyle::default());
            let publisher = publisher.expect("the board exists");
            let (ours, theirs) = tokio::io::duplex(64 * 1024);
            let permit = hub.admit_viewer().expect("there is room");
            let upgraded = async { Some(theirs) };
            let request = ViewerRequest::default();
            hub.serve_viewer(
                upgraded,
                &publisher,
                request,
                permit,
                Box::pin(std::future::pending()),
            );
            tokio::spawn(watch(ours, Arc::clone(&delays)));
        }
        sleep(Duration::from_secs(2)).await;
        Self {
            sender,
            delays,
            _hub: hub,
        }
    }

    async fn measure(self, rate: u64, subjects: Subjects) -> Figures {
        // With the minute, boards show again what was reported long ago.
        let second = Timestamp::now().as_second().rem_euclid(60);
        if START_BEFORE < second {
            sleep(Duration::from_secs((60 - second).unsigned_abs())).await;
        }
        self.send_for(Duration::from_secs(2), rate, subjects).await;
        self.delays.lock().clear();
        let before = cpu_time();
        let longest_send = self.send_for(MEASURE_TIME, rate, subjects).await;
        let cpu = cpu_time().saturating_sub(before);
        let mut delays = std::mem::take(&mut *self.delays.lock());
        delays.sort_unstable();
        let at = |hundredth: usize| {
            let index = delays.len() * hundredth / 100;
            delays.get(index).copied().unwrap_or_default()
        };
        Figures {
            cores: cpu.as_secs_f64() / MEASURE_TIME.as_secs_f64(),
            frames: delays.len() as u64 / MEASURE_TIME.as_secs(),
            p50: at(50),
            p99: at(99),
            longest_send,
        }
    }

    /// Sends updates. Returns the longest time that the live state took to accept a batch.
    async fn send_for(&self, time: Duration, rate: u64, subjects: Subjects) -> Duration {
        let mut batches =
            interval(Duration::from_secs(1) / u32::try_from(BATCHES_PER_SECOND).unwrap_or(1));
        batches.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let per_batch = rate / BATCHES_PER_SECOND;
        let mut longest = Duration::ZERO;
        let count = time.as_secs() * BATCHES_PER_SECOND;
        for batch in 0..count {
            batches.tick().await;
            let inputs = (0..per_batch).map(|n| update(batch * per_batch + n, subjects));
            let inputs = inputs.collect();
            let start = Instant::now();
            send(&self.sender, inputs).await;
            longest = longest.max(start.elapsed());
        }
        longest
    }
}

async fn send(sender: &IngestSender, inputs: Vec<Input>) {
    let sent = sender.send_batch(inputs).await;
    sent.expect("the live state keeps running");
}

/// Four of five boards show tiles, the others a list of ten queues or the agents of four.
fn definition(n: u64) -> BoardDefinition {
    let (layout, shown) = match n % 10 {
        0 => (BoardLayout::List, 10),
        1 => (BoardLayout::Agents, 4),
        _ => (BoardLayout::Queues, 4),
    };
    let queues = (0..shown).map(|k| Pattern(queue((n * 4 + k) % QUEUES).to_string()));
    BoardDefinition {
        queues: queues.collect(),
        ..BoardDefinition::new(&format!("board-{n}"), "Board", layout)
    }
}

fn voice() -> SourceId {
    SourceId::from("voice")
}

fn queue(n: u64) -> Id {
    Id::new(&voice(), &format!("q{n}"))
}

fn agent(n: u64) -> Id {
    Id::new(&voice(), &format!("a{n}"))
}

/// Connects a source with all queues and agents. An agent serves two queues.
fn site_inputs() -> Vec<Input> {
    let queues = (0..QUEUES + UNSEEN).map(|n| provided(MetricSubject::Queue(queue(n)), &METRICS));
    let agents = (0..AGENTS + UNSEEN).map(|n| provided(MetricSubject::Agent(agent(n)), &[]));
    let site = SiteConfig {
        sources: vec![SourceSetup {
            provides: queues.chain(agents).collect(),
            ..SourceSetup::new(voice(), genesys::KIND)
        }],
        ..SiteConfig::default()
    };
    let catching_up = ConnectionEvent::CatchingUp {
        discontinuity: None,
    };
    let start = [
        Input::SiteConfig(Arc::new(site)),
        Input::Connection(voice(), catching_up),
        Input::Connection(voice(), ConnectionEvent::Connected),
    ];
    let profiles = (0..AGENTS + UNSEEN).map(|n| {
        let mut profile = EntityProfile::new(EntityKind::Agent, agent(n));
        let served = if n < AGENTS {
            [n % QUEUES, (n + 7) % QUEUES]
        } else {
            [QUEUES + n % UNSEEN, QUEUES + (n + 7) % UNSEEN]
        };
        profile.queues = Some(served.map(queue).into());
        report(Fact::Profile(profile))
    });
    let values = (0..(QUEUES + UNSEEN) * 4).map(|n| queue_value(n, n));
    let statuses = (0..AGENTS + UNSEEN).map(|n| agent_status(n, n));
    start
        .into_iter()
        .chain(profiles)
        .chain(values)
        .chain(statuses)
        .collect()
}

fn provided(subject: MetricSubject, metrics: &[Metric]) -> ProvidedMetrics {
    ProvidedMetrics {
        includes_status: matches!(subject, MetricSubject::Agent(_)),
        subject,
        metrics: metrics.to_vec(),
        statistics: Vec::new(),
    }
}

/// Half of the updates are about queues, spread over all of them.
fn update(n: u64, subjects: Subjects) -> Input {
    let spread = n.wrapping_mul(7_919);
    let offset = |seen: u64| {
        if subjects == Subjects::Seen {
            (0, seen)
        } else {
            (seen, UNSEEN)
        }
    };
    if n.is_multiple_of(2) {
        let (first, count) = offset(QUEUES);
        queue_value(first + spread % count + (n / 2 % 4) * (QUEUES + UNSEEN), n)
    } else {
        let (first, count) = offset(AGENTS);
        agent_status(first + spread % count, n)
    }
}

/// A value of the nth queue; beyond the last queue, of its next metric.
fn queue_value(n: u64, value: u64) -> Input {
    let all = QUEUES + UNSEEN;
    let metric = METRICS[usize::try_from(n / all % 4).unwrap_or_default()];
    let value = match metric {
        Metric::ServiceLevel => {
            MetricValue::Percent(f64::from(u32::try_from(value % 100).unwrap_or_default()))
        }
        _ => MetricValue::Count(value % 97),
    };
    let value = VendorValue::Metric(metric, Some(value));
    vendor_figure(MetricSubject::Queue(queue(n % all)), value)
}

fn agent_status(n: u64, value: u64) -> Input {
    let status = match value % 3 {
        0 => AgentStatus::Available,
        1 => AgentStatus::Talking,
        _ => AgentStatus::NotReady,
    };
    let status = AgentStatusReport {
        status,
        vendor_status: None,
        reason: None,
        since: None,
        media: Vec::new(),
    };
    vendor_figure(
        MetricSubject::Agent(agent(n)),
        VendorValue::Status(Some(status)),
    )
}

fn vendor_figure(subject: MetricSubject, value: VendorValue) -> Input {
    let report = VendorFigure {
        value,
        age: ValueAge::Immediate,
        valid_for_ms: None,
    };
    self::report(Fact::VendorFigure(subject, report))
}

fn report(fact: Fact) -> Input {
    Input::Update(Update {
        source: voice(),
        event: "bench",
        at: Some(Timestamp::now()),
        fact,
        mistyped: 0,
    })
}

/// Notes how old the oldest update of each frame is when the frame arrives.
async fn watch(mut stream: DuplexStream, delays: Arc<Mutex<Vec<i64>>>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        let now = Timestamp::now().as_millisecond();
        let text = String::from_utf8_lossy(&buffer[..read]);
        let oldest = text.split("\"o\":").skip(1);
        let oldest = oldest.filter_map(|rest| rest.split([',', '}']).next()?.parse::<i64>().ok());
        let mut delays = delays.lock();
        delays.extend(oldest.map(|at| now - at));
    }
}

/// Processor time of this process.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.try_into().unwrap_or_default()
}
