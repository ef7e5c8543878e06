//! The source as the product runs it, up to the picture; and a client that only parses.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Deserialize;
use tokio::{sync::oneshot, task::JoinHandle};
use wallboard::{
    domain::{
        AgentStatus, Id, Input, Metric, MetricSubject, MetricValue, ProvidedMetrics, SourceId,
        SourceSetup,
    },
    ingest::{self, IngestSender, ProcessClock},
    live::{self, LiveHandle, LiveState, Snapshot},
    sources::{
        LiveSource, RedactedText,
        genesys::{
            GenesysMode, GenesysSettings, GenesysSource, GenesysStatistic, NotificationTransport,
            OAuthGrant, OAuthSettings, StatisticReference,
        },
        statserver::{DeliveredUnit, Measure, Statistic},
    },
};

use super::{Site, ratio, server::START, timed};

/// Updates of every statistic in a burst.
pub(super) const ROUNDS: u64 = 20;
const TURNS: u64 = 3;
const PATIENCE: Duration = Duration::from_mins(2);
const METRICS: [Metric; 6] = [
    Metric::Waiting,
    Metric::InConversation,
    Metric::AgentsAvailable,
    Metric::AgentsLoggedIn,
    Metric::Offered,
    Metric::Answered,
];

pub(super) async fn measure(site: Site, port: u16) {
    println!("{} statistics: {}", site.statistics(), site.name);
    // What is needed once, however many statistics there are.
    let small = Wallboard::open(site.small(), port);
    small.start().await;
    small.leave().await;

    let before = resident();
    let start = Instant::now();
    let wallboard = Wallboard::open(site, port);
    wallboard.start().await;
    println!(
        "subscribed to all after    {:>8} (target 10 s)",
        timed(start)
    );
    let each = |bytes: u64| bytes / site.statistics() as u64;
    let idle = each(resident().saturating_sub(before));

    let mut ours = Burst::NONE;
    for turn in 0..TURNS {
        call(port, &format!("render/{}", 1 + turn * ROUNDS)).await;
        ours = ours.best(wallboard.burst(port, (1 + turn) * ROUNDS).await);
    }
    let connects = told(port).await.connects;
    let busy = each(resident().saturating_sub(before));
    let leaving = Instant::now();
    wallboard.leave().await;
    let left = timed(leaving);

    let mut bare = Burst::NONE;
    for _ in 0..TURNS {
        bare = bare.best(burst_bare(port, site).await);
    }
    let updates = usize::try_from(ROUNDS).unwrap_or_default() * site.statistics();
    let (speed, least) = (ratio(updates, ours.took), ratio(updates, bare.took));
    let (cost, bare_cost) = (ours.cost(updates), bare.cost(updates));
    println!(
        "bare client, parsing only  {least:>8.0} updates/s, {bare_cost:.2} µs of processor each"
    );
    println!(
        "updates into the picture   {speed:>8.0} updates/s, {cost:.2} µs of processor each (target 20000)"
    );
    println!("processor, bare / ours     {:>8.2}", bare_cost / cost);
    println!("at 20000 updates/s         {:>8.1} % of a core", cost * 2.0);
    println!("lag after the burst        {:>8} ms", ours.lag.as_millis());
    println!(
        "reached the picture        {:>8} of {updates} (the rest was overtaken)",
        ours.applied
    );
    println!("connects at once, at most  {connects:>8} (target 1)");
    println!("left after                 {left:>8}");
    println!(
        "memory                     {idle:>8} bytes a statistic, {busy} after the bursts (target 1024)\n"
    );
    assert_eq!(connects, 1, "one connect is outstanding at a time");
}

/// What a burst took.
#[derive(Clone, Copy)]
struct Burst {
    took: Duration,
    processor: Duration,
    lag: Duration,
    applied: u64,
}

impl Burst {
    const NONE: Self = Self {
        took: Duration::MAX,
        processor: Duration::MAX,
        lag: Duration::ZERO,
        applied: 0,
    };

    fn best(self, other: Self) -> Self {
        Self {
            took: self.took.min(other.took),
            processor: self.processor.min(other.processor),
            lag: self.lag.max(other.lag),
            applied: other.applied,
        }
    }

    /// Microseconds for each update.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    fn cost(self, updates: usize) -> f64 {
        self.processor.as_secs_f64() * 1e6 / updates as f64
    }
}

struct Wallboard {
    site: Site,
    live: LiveHandle,
    source: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl Wallboard {
    fn open(site: Site, port: u16) -> Self {
        let clock = ProcessClock::start_now();
        let mut state = LiveState::default();
        state.apply_input(&Input::SiteConfig(Arc::new(configured(site))), clock.now());
        let live = LiveHandle::new(clock, state);
        let (outlet, inlet) = ingest::ingest_channel(clock);
        tokio::spawn(live::run_live_state(live.clone(), inlet));
        let (stop, stopped) = oneshot::channel();
        let source = GenesysSource::new(settings(site, port));
        Self {
            site,
            live,
            source: tokio::spawn(run(source, outlet, stopped)),
            stop,
        }
    }

    async fn leave(self) {
        self.stop.send(()).expect("the source still runs");
        self.source.await.expect("it takes leave");
    }

    async fn start(&self) {
        let site = self.site;
        let is_live = |picture: &Snapshot| picture.sources[&voice()].is_live();
        self.run_until(is_live).await;
        let is_whole = self
            .live
            .read_snapshot(|picture, _| all_say(picture, site, 0));
        assert!(is_whole, "every first value has arrived");
    }

    /// Until the last statistic of all has said its last; then all must have.
    async fn burst(&self, port: u16, last: u64) -> Burst {
        let site = self.site;
        let applied = |picture: &Snapshot| picture.sources[&voice()].counts.applied;
        let before = self.live.read_snapshot(|picture, _| applied(picture));
        call(port, "go").await;
        let (start, processor) = (Instant::now(), processor());
        self.run_until(|picture| last_says(picture, site, last))
            .await;
        let took = start.elapsed();
        let lag = told(port).await.ago;
        let processor = self::processor().saturating_sub(processor);
        let (is_whole, after) = (self.live)
            .read_snapshot(|picture, _| (all_say(picture, site, last), applied(picture)));
        assert!(is_whole, "every statistic shows what was said of it last");
        Burst {
            took,
            processor,
            lag: Duration::from_millis(lag.unwrap_or_default()),
            applied: after - before,
        }
    }

    async fn run_until(&self, is_done: impl Fn(&Snapshot) -> bool) {
        let done = async {
            let mut bell = self.live.subscribe_changes();
            while !self.live.read_snapshot(|picture, _| is_done(picture)) {
                bell.changed().await.expect("the live state stays");
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, done).await;
        in_time.expect("what was told arrives");
    }
}

async fn run(mut source: GenesysSource, outlet: IngestSender, stopped: oneshot::Receiver<()>) {
    tokio::select! {
        Err(error) = source.run(&outlet) => panic!("the source ended: {error}"),
        _ = stopped => source.close_session().await,
    }
}

fn voice() -> SourceId {
    "voice".into()
}

fn queue(n: usize) -> Id {
    Id::new(&voice(), &format!("{n}@SIP_Switch"))
}

fn agent(n: usize) -> Id {
    Id::new(&voice(), &format!("agent-{n}"))
}

fn all_say(picture: &Snapshot, site: Site, round: u64) -> bool {
    (0..site.queues.0).all(|n| queue_says(picture, site, n, round))
        && (0..site.agents.0).all(|n| agent_says(picture, n, round))
}

fn last_says(picture: &Snapshot, site: Site, round: u64) -> bool {
    match site.agents.0.checked_sub(1) {
        Some(last) => agent_says(picture, last, round),
        None => queue_says(picture, site, site.queues.0 - 1, round),
    }
}

fn queue_says(picture: &Snapshot, site: Site, n: usize, round: u64) -> bool {
    METRICS[..site.queues.1].iter().all(|metric| {
        let reading = picture.queues[&queue(n)].readings.get(*metric);
        reading.and_then(|reading| reading.value) == Some(MetricValue::Count(round))
    })
}

fn agent_says(picture: &Snapshot, n: usize, round: u64) -> bool {
    let state = if round % 2 == 1 {
        AgentStatus::Talking
    } else {
        AgentStatus::Available
    };
    let agent = &picture.agents[&agent(n)];
    let Some(conduct) = &agent.report else {
        return false;
    };
    let handled = conduct.readings.get(Metric::Handled);
    let is_of_round =
        handled.is_none_or(|handled| handled.value == Some(MetricValue::Count(round)));
    let at = conduct.last_status.and_then(|said| said.at);
    let is_then = at.is_some_and(|at| at.as_millisecond().cast_unsigned() == START + round * 1000);
    agent.status == state && is_of_round && is_then
}

fn statistics(site: Site) -> impl Iterator<Item = Statistic> {
    let queues = (0..site.queues.0).flat_map(move |n| {
        METRICS[..site.queues.1]
            .iter()
            .map(move |metric| of(MetricSubject::Queue(queue(n)), Measure::Figure(*metric)))
    });
    let agents = (0..site.agents.0).flat_map(move |n| {
        // The state comes last: whoever knows it knows all.
        let all = [Measure::Figure(Metric::Handled), Measure::State];
        let some = all.into_iter().skip(all.len() - site.agents.1);
        some.map(move |measure| of(MetricSubject::Agent(agent(n)), measure))
    });
    queues.chain(agents)
}

fn of(subject: MetricSubject, measure: Measure) -> Statistic {
    let (MetricSubject::Queue(id) | MetricSubject::Agent(id)) = &subject;
    let is_queue = matches!(subject, MetricSubject::Queue(_));
    let is_state = measure == Measure::State;
    Statistic {
        name: if is_state {
            "CurrentAgentState"
        } else {
            "Total"
        }
        .into(),
        object_type: if is_queue { "Queue" } else { "Agent" }.into(),
        object: id.external.clone(),
        subject,
        measure,
        delivered: if is_state {
            DeliveredUnit::State
        } else {
            DeliveredUnit::Count
        },
        no_estimate_above: None,
    }
}

fn configured(site: Site) -> wallboard::domain::SiteConfig {
    let mut gives: Vec<ProvidedMetrics> = Vec::new();
    for statistic in statistics(site) {
        if gives
            .last()
            .is_none_or(|last| last.subject != statistic.subject)
        {
            gives.push(ProvidedMetrics {
                subject: statistic.subject,
                metrics: Vec::new(),
                statistics: Vec::new(),
                includes_status: false,
            });
        }
        let known = gives.last_mut().expect("one was just put there");
        match statistic.measure {
            Measure::Figure(metric) => known.metrics.push(metric),
            Measure::State | Measure::TimeInState => known.includes_status = true,
        }
    }
    wallboard::domain::SiteConfig {
        sources: vec![SourceSetup {
            provides: gives,
            ..SourceSetup::new(voice(), wallboard::sources::genesys::KIND)
        }],
        ..wallboard::domain::SiteConfig::default()
    }
}

fn settings(site: Site, port: u16) -> GenesysSettings {
    let how = StatisticReference::Name;
    GenesysSettings {
        id: voice(),
        base_url: format!("http://127.0.0.1:{port}"),
        api_key: RedactedText("key".to_owned()),
        ca_file: None,
        mode: GenesysMode::Subscribe,
        transport: NotificationTransport::LongPolling,
        chunk: 200,
        states: std::collections::HashMap::new(),
        reasons: std::collections::HashMap::new(),
        auth: OAuthSettings {
            token_url: format!("http://127.0.0.1:{port}/token"),
            grant: OAuthGrant::ClientCredentials,
            client_id: "wallboard".to_owned(),
            client_secret: RedactedText("secret".to_owned()),
        },
        statistics: statistics(site)
            .map(|statistic| GenesysStatistic {
                statistic,
                reference: how.clone(),
            })
            .collect(),
    }
}

/// The same bytes over the same kind of connection, parsed and thrown away.
async fn burst_bare(port: u16, site: Site) -> Burst {
    #[derive(Deserialize)]
    struct Message {
        data: Option<Envelope>,
    }
    #[derive(Deserialize)]
    struct Envelope {
        data: Bundle,
    }
    #[derive(Deserialize)]
    struct Bundle {
        statistics: Vec<Update>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "parsed for the sake of parsing")]
    struct Update {
        subscription_id: String,
        statistic_id: String,
        timestamp: i64,
        value: serde_json::Value,
    }

    let http = reqwest::Client::new();
    let all = usize::try_from(ROUNDS).unwrap_or_default() * site.statistics();
    call(port, "go").await;
    let (start, processor) = (Instant::now(), processor());
    let mut seen = 0;
    while seen < all {
        let connect = http.post(format!(
            "http://127.0.0.1:{port}/statistics/v3/notifications"
        ));
        let connect = connect.body(r#"[{"id":"1","channel":"/meta/connect","clientId":"c1"}]"#);
        let body = connect.send().await.expect("the server is there");
        let body = body.bytes().await.expect("the answer is whole");
        let messages: Vec<Message> = serde_json::from_slice(&body).expect("it is as we wrote it");
        let updates = messages.iter().flat_map(|message| &message.data);
        seen += updates.map(|own| own.data.statistics.len()).sum::<usize>();
    }
    Burst {
        took: start.elapsed(),
        processor: self::processor().saturating_sub(processor),
        lag: Duration::ZERO,
        applied: 0,
    }
}

async fn call(port: u16, what: &str) -> reqwest::Response {
    let url = format!("http://127.0.0.1:{port}/{what}");
    let answer = reqwest::Client::new().post(url).send().await;
    answer.expect("the server is there")
}

#[derive(Deserialize)]
struct Told {
    /// Since the last updates went out, in milliseconds.
    ago: Option<u64>,
    connects: usize,
}

async fn told(port: u16) -> Told {
    let told = call(port, "told").await;
    told.json().await.expect("it is as we wrote it")
}

/// Processor time of this process.
fn processor() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    now.try_into().unwrap_or_default()
}

/// Bytes of this process that are in memory.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * 4096
}
