//! The source as the product runs it, up to the snapshot, and a client that only parses.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Deserialize;
use tokio::{sync::oneshot, task::JoinHandle};
use wallboard_domain::{
    AgentStatus, Id, Input, Metric, MetricSubject, MetricValue, ProvidedMetrics, SourceId,
    SourceSetup,
};
use wallboard_live::{self as live, LiveHandle, LiveState, Snapshot};
use wallboard_runtime::ingest::{self, IngestSender, ProcessClock};
use wallboard_sources::{
    LiveSource, RedactedText,
    genesys::{
        GenesysMode, GenesysSettings, GenesysSource, GenesysStatistic, NotificationTransport,
        OAuthGrant, OAuthSettings, StatisticReference,
    },
    statserver::{DeliveredUnit, Measure, Statistic},
};

use super::{Site, per_second, server::START, timed};

/// Updates of every statistic in a burst.
pub(super) const ROUNDS: u64 = 20;
const TURNS: u64 = 3;
const TIMEOUT: Duration = Duration::from_mins(2);
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
    // Memory that is needed once, regardless of the number of statistics.
    let small = Wallboard::open(site.small(), port);
    small.start().await;
    small.sign_off().await;

    let before = resident();
    let start = Instant::now();
    let wallboard = Wallboard::open(site, port);
    wallboard.start().await;
    println!(
        "subscribed to all after    {:>8} (target 10 s)",
        timed(start)
    );
    let per_statistic = |bytes: u64| bytes / site.statistics() as u64;
    let idle = per_statistic(resident().saturating_sub(before));

    let mut product = Burst::NONE;
    for turn in 0..TURNS {
        call(port, &format!("render/{}", 1 + turn * ROUNDS)).await;
        product = product.best(wallboard.burst(port, (1 + turn) * ROUNDS).await);
    }
    let connects = stats(port).await.connects;
    let busy = per_statistic(resident().saturating_sub(before));
    let leaving = Instant::now();
    wallboard.sign_off().await;
    let left = timed(leaving);

    let mut bare = Burst::NONE;
    for _ in 0..TURNS {
        bare = bare.best(burst_bare(port, site).await);
    }
    let updates = usize::try_from(ROUNDS).unwrap_or_default() * site.statistics();
    let (speed, least) = (
        per_second(updates, product.elapsed),
        per_second(updates, bare.elapsed),
    );
    let (cost, bare_cost) = (product.cost(updates), bare.cost(updates));
    println!(
        "bare client, parsing only  {least:>8.0} updates/s, {bare_cost:.2} µs of processor each"
    );
    println!(
        "updates into the picture   {speed:>8.0} updates/s, {cost:.2} µs of processor each (target 20000)"
    );
    println!("processor, bare / product  {:>8.2}", bare_cost / cost);
    println!("at 20000 updates/s         {:>8.1} % of a core", cost * 2.0);
    println!(
        "lag after the burst        {:>8} ms",
        product.lag.as_millis()
    );
    println!(
        "reached the picture        {:>8} of {updates} (the rest was overtaken)",
        product.applied
    );
    println!("connects at once, at most  {connects:>8} (target 1)");
    println!("left after                 {left:>8}");
    println!(
        "memory                     {idle:>8} bytes a statistic, {busy} after the bursts (target 1024)\n"
    );
    assert_eq!(connects, 1, "one connect is outstanding at a time");
}

/// Cost of a burst.
#[derive(Clone, Copy)]
struct Burst {
    elapsed: Duration,
    cpu_time: Duration,
    lag: Duration,
    applied: u64,
}

impl Burst {
    const NONE: Self = Self {
        elapsed: Duration::MAX,
        cpu_time: Duration::MAX,
        lag: Duration::ZERO,
        applied: 0,
    };

    fn best(self, other: Self) -> Self {
        Self {
            elapsed: self.elapsed.min(other.elapsed),
            cpu_time: self.cpu_time.min(other.cpu_time),
            lag: self.lag.max(other.lag),
            applied: other.applied,
        }
    }

    /// Microseconds per update.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    fn cost(self, updates: usize) -> f64 {
        self.cpu_time.as_secs_f64() * 1e6 / updates as f64
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
        state.apply_input(&Input::SiteConfig(Arc::new(site_config(site))), clock.now());
        let live = LiveHandle::new(clock.clone(), state);
        let (sender, receiver) = ingest::ingest_channel(clock.clone());
        tokio::spawn(live::run_live_state(live.clone(), receiver, None));
        let (stop, stopped) = oneshot::channel();
        let source = GenesysSource::new(settings(site, port));
        Self {
            site,
            live,
            source: tokio::spawn(run(source, sender, stopped)),
            stop,
        }
    }

    async fn sign_off(self) {
        self.stop.send(()).expect("the source still runs");
        self.source.await.expect("the source signs off");
    }

    async fn start(&self) {
        let site = self.site;
        let is_live = |snapshot: &Snapshot| snapshot.sources[&voice()].is_live();
        self.run_until(is_live).await;
        let is_complete = self
            .live
            .read_snapshot(|snapshot, _| all_show(snapshot, site, 0));
        assert!(is_complete, "every first value has arrived");
    }

    /// Waits until every statistic has its last value.
    async fn burst(&self, port: u16, last: u64) -> Burst {
        let site = self.site;
        let applied = |snapshot: &Snapshot| snapshot.sources[&voice()].counts.applied;
        let before = self.live.read_snapshot(|snapshot, _| applied(snapshot));
        call(port, "go").await;
        let (start, cpu_time) = (Instant::now(), cpu_time());
        self.run_until(|snapshot| last_shows(snapshot, site, last))
            .await;
        // A value that is refreshed meanwhile takes a later place in the outbox.
        self.run_until(|snapshot| all_show(snapshot, site, last))
            .await;
        let elapsed = start.elapsed();
        let lag = stats(port).await.ago;
        let cpu_time = self::cpu_time().saturating_sub(cpu_time);
        let after = self.live.read_snapshot(|snapshot, _| applied(snapshot));
        Burst {
            elapsed,
            cpu_time,
            lag: Duration::from_millis(lag.unwrap_or_default()),
            applied: after - before,
        }
    }

    async fn run_until(&self, is_done: impl Fn(&Snapshot) -> bool) {
        let done = async {
            let mut changes = self.live.subscribe_changes();
            while !self.live.read_snapshot(|snapshot, _| is_done(snapshot)) {
                changes
                    .changed()
                    .await
                    .expect("the live state keeps running");
            }
        };
        let in_time = tokio::time::timeout(TIMEOUT, done).await;
        in_time.expect("all values arrive in time");
    }
}

async fn run(mut source: GenesysSource, sender: IngestSender, stopped: oneshot::Receiver<()>) {
    tokio::select! {
        Err(error) = source.run(&sender) => panic!("the source ended: {error}"),
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

fn all_show(snapshot: &Snapshot, site: Site, round: u64) -> bool {
    (0..site.queues.0).all(|n| queue_shows(snapshot, site, n, round))
        && (0..site.agents.0).all(|n| agent_shows(snapshot, n, round))
}

fn last_shows(snapshot: &Snapshot, site: Site, round: u64) -> bool {
    match site.agents.0.checked_sub(1) {
        Some(last) => agent_shows(snapshot, last, round),
        None => queue_shows(snapshot, site, site.queues.0 - 1, round),
    }
}

fn queue_shows(snapshot: &Snapshot, site: Site, n: usize, round: u64) -> bool {
    METRICS[..site.queues.1].iter().all(|metric| {
        let reading = snapshot.queues[&queue(n)].readings.get(*metric);
        reading.and_then(|reading| reading.value) == Some(MetricValue::Count(round))
    })
}

fn agent_shows(snapshot: &Snapshot, n: usize, round: u64) -> bool {
    let state = if round % 2 == 1 {
        AgentStatus::Talking
    } else {
        AgentStatus::Available
    };
    let agent = &snapshot.agents[&agent(n)];
    let Some(report) = &agent.report else {
        return false;
    };
    let handled = report.readings.get(Metric::Handled);
    let is_current_round =
        handled.is_none_or(|handled| handled.value == Some(MetricValue::Count(round)));
    let at = report.last_status.and_then(|status| status.at);
    let has_round_time =
        at.is_some_and(|at| at.as_millisecond().cast_unsigned() == START + round * 1000);
    agent.status == state && is_current_round && has_round_time
}

fn statistics(site: Site) -> impl Iterator<Item = Statistic> {
    let queues = (0..site.queues.0).flat_map(move |n| {
        METRICS[..site.queues.1].iter().map(move |metric| {
            new_statistic(MetricSubject::Queue(queue(n)), Measure::Figure(*metric))
        })
    });
    let agents = (0..site.agents.0).flat_map(move |n| {
        // The state comes last: once it's known, everything is.
        let all = [Measure::Figure(Metric::Handled), Measure::State];
        let some = all.into_iter().skip(all.len() - site.agents.1);
        some.map(move |measure| new_statistic(MetricSubject::Agent(agent(n)), measure))
    });
    queues.chain(agents)
}

fn new_statistic(subject: MetricSubject, measure: Measure) -> Statistic {
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

fn site_config(site: Site) -> wallboard_domain::SiteConfig {
    let mut provided: Vec<ProvidedMetrics> = Vec::new();
    for statistic in statistics(site) {
        if provided
            .last()
            .is_none_or(|last| last.subject != statistic.subject)
        {
            provided.push(ProvidedMetrics {
                subject: statistic.subject,
                metrics: Vec::new(),
                statistics: Vec::new(),
                includes_status: false,
            });
        }
        let entry = provided.last_mut().expect("an entry was just added");
        match statistic.measure {
            Measure::Figure(metric) => entry.metrics.push(metric),
            Measure::State | Measure::TimeInState => entry.includes_status = true,
        }
    }
    wallboard_domain::SiteConfig {
        sources: vec![SourceSetup {
            provides: provided,
            ..SourceSetup::new(voice(), wallboard_sources::genesys::KIND)
        }],
        ..wallboard_domain::SiteConfig::default()
    }
}

fn settings(site: Site, port: u16) -> GenesysSettings {
    let reference = StatisticReference::Name;
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
                reference: reference.clone(),
            })
            .collect(),
    }
}

/// Receives the same bytes over the same kind of connection, parses them and discards the result.
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
    let (start, cpu_time) = (Instant::now(), cpu_time());
    let mut known = 0;
    while known < all {
        let connect = http.post(format!(
            "http://127.0.0.1:{port}/statistics/v3/notifications"
        ));
        let connect = connect.body(r#"[{"id":"1","channel":"/meta/connect","clientId":"c1"}]"#);
        let body = connect.send().await.expect("the server responds");
        let body = body.bytes().await.expect("the response is complete");
        let messages: Vec<Message> = serde_json::from_slice(&body).expect("the server's own JSON");
        let updates = messages.iter().flat_map(|message| &message.data);
        known += updates
            .map(|envelope| envelope.data.statistics.len())
            .sum::<usize>();
    }
    Burst {
        elapsed: start.elapsed(),
        cpu_time: self::cpu_time().saturating_sub(cpu_time),
        lag: Duration::ZERO,
        applied: 0,
    }
}

async fn call(port: u16, what: &str) -> reqwest::Response {
    let url = format!("http://127.0.0.1:{port}/{what}");
    let response = reqwest::Client::new().post(url).send().await;
    response.expect("the server responds")
}

#[derive(Deserialize)]
struct ServerStats {
    /// Milliseconds since the last updates were sent.
    ago: Option<u64>,
    connects: usize,
}

async fn stats(port: u16) -> ServerStats {
    let response = call(port, "stats").await;
    response.json().await.expect("the server's own JSON")
}

/// CPU time of this process.
fn cpu_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    now.try_into().unwrap_or_default()
}

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * 4096
}
