//! Vendor values through the fold on one core. The baseline, in turn: queue loads through the same
//! fold, already decoded. Then the cost of rendering a board again and finding the changes,
//! compared with a screen's frame. And the memory of each statistic in the snapshot.

use std::{
    fs,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use wallboard_boards::{BoardDefinition, BoardLayout, BoardSlots, render_view};
use wallboard_domain::{
    AgentStatus, AgentStatusReport, Baseline, ConnectionEvent, Fact, Id, Input, Metric,
    MetricSubject, MetricValue, Moment, MonotonicTime, ProvidedMetrics, SiteConfig, SourceId,
    SourceSetup, Update, ValueAge, VendorFigure, VendorValue,
};
use wallboard_live::LiveState;
use wallboard_sources::{genesys, vngage};

/// Prepared inputs, applied over and over.
const INPUTS: u64 = 60_000;
const TIMES: u64 = 10;
const ROUNDS: usize = 5;
const QUEUES: u64 = 100;
const AGENTS: u64 = 100;
/// Tiles on the rendered board, and how often it's rendered.
const TILES: u64 = 60;
const RENDERINGS: u32 = 1_000;
/// Frame time of a screen with 60 frames a second.
const FRAME: Duration = Duration::from_micros(16_667);
const METRICS: [Metric; 6] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::ExpectedWait,
    Metric::AgentsAvailable,
    Metric::Answered,
    Metric::ServiceLevel,
];

fn main() {
    println!("{} inputs; best of {ROUNDS} rounds", INPUTS * TIMES);
    let figures = inputs(|n| vendor_figure(queue(n / 6 % QUEUES), figure(n)));
    let statuses = inputs(|n| vendor_figure(agent(n % AGENTS), status_value(n)));
    let loads = inputs(load);
    let mut best = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        let rounds = [
            fold("voice", &figures),
            fold("voice", &statuses),
            fold("chat", &loads),
        ];
        for (best, round) in best.iter_mut().zip(rounds) {
            *best = round.min(*best);
        }
    }
    let [figures, statuses, loads] = best.map(per_second);
    println!("loads of queues      {loads:>10.0} inputs/s");
    println!("vendor figures       {figures:>10.0} inputs/s (target 1000000)");
    println!("vendor statuses      {statuses:>10.0} inputs/s");
    println!("figures / loads      {:>10.2}", figures / loads);
    let rendering = (0..ROUNDS).map(|_| render_time()).min().unwrap_or_default();
    println!("a board of {TILES} queues {rendering:>9.2?} a view and what changed");
    let share = rendering.as_secs_f64() / FRAME.as_secs_f64();
    println!("view / frame         {share:>10.3}");
    measure_memory("queues of six statistics", 10_000 / 6, 6, queue);
    measure_memory("queues of one statistic", 10_000, 1, queue);
    measure_memory("agents of one statistic", 10_000, 0, agent);
}

fn queue(n: u64) -> MetricSubject {
    MetricSubject::Queue(Id::new(
        &SourceId::from("voice"),
        &format!("{n}@SIP_Switch"),
    ))
}

fn agent(n: u64) -> MetricSubject {
    MetricSubject::Agent(Id::new(&SourceId::from("voice"), &format!("agent-{n}")))
}

fn figure(n: u64) -> VendorValue {
    let metric = METRICS[usize::try_from(n % 6).unwrap_or_default()];
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let value = metric.value((n / 6 % 97) as f64);
    VendorValue::Metric(metric, Some(value))
}

fn status_value(n: u64) -> VendorValue {
    let states = [AgentStatus::Available, AgentStatus::Talking];
    let index = usize::try_from(n / AGENTS % 2).unwrap_or_default();
    VendorValue::Status(Some(AgentStatusReport {
        status: states[index],
        vendor_status: None,
        reason: None,
        since: Some(moment(n).wall),
        media: Vec::new(),
    }))
}

fn vendor_figure(subject: MetricSubject, value: VendorValue) -> Fact {
    let report = VendorFigure {
        value,
        age: ValueAge::Immediate,
        valid_for_ms: None,
    };
    Fact::VendorFigure(subject, report)
}

fn load(n: u64) -> Fact {
    let queue = Id::new(&SourceId::from("chat"), &format!("3f2b{}", n % QUEUES));
    let values = [
        (Metric::Waiting, n % 9),
        (Metric::InConversation, n % 31),
        (Metric::AgentsAvailable, n % 17),
    ];
    let values = values.map(|(metric, n)| (metric, Some(MetricValue::Count(n))));
    Fact::EventReadings(MetricSubject::Queue(queue), values.into_iter().collect())
}

fn inputs(fact: impl Fn(u64) -> Fact) -> Vec<Input> {
    let input = |n| {
        let fact = fact(n);
        let source = match &fact {
            Fact::EventReadings(..) => "chat",
            _ => "voice",
        };
        Input::Update(Update {
            source: source.into(),
            event: "StatisticUpdate",
            at: Some(moment(n).wall),
            fact,
            mistyped: 0,
        })
    };
    (0..INPUTS).map(input).collect()
}

fn update_at(n: u64, fact: Fact) -> Input {
    Input::Update(Update {
        source: "voice".into(),
        event: "StatisticUpdate",
        at: Some(moment(n).wall),
        fact,
        mistyped: 0,
    })
}

/// Times one millisecond apart.
fn moment(n: u64) -> Moment {
    let start: Timestamp = "2026-11-20T09:00:00Z".parse().expect("it is a time");
    Moment {
        wall: start + SignedDuration::from_millis(n.cast_signed()),
        monotonic: MonotonicTime(n.cast_signed()),
    }
}

fn fold(source: &str, inputs: &[Input]) -> Duration {
    let subjects = (0..QUEUES).map(queue).chain((0..AGENTS).map(agent));
    let mut state = connected(
        subjects
            .map(|subject| provided_metrics(subject, 6))
            .collect(),
    );
    let start = Instant::now();
    for round in 0..TIMES {
        for (n, input) in (0..).zip(inputs) {
            black_box(state.apply_input(black_box(input), moment(round * INPUTS + n)));
        }
    }
    let elapsed = start.elapsed();
    let counts = state.snapshot().sources[&SourceId::from(source)].counts;
    assert_eq!(
        counts.applied,
        INPUTS * TIMES,
        "every input must have arrived"
    );
    elapsed
}

fn provided_metrics(subject: MetricSubject, metrics: usize) -> ProvidedMetrics {
    let is_queue = matches!(subject, MetricSubject::Queue(_));
    ProvidedMetrics {
        subject,
        metrics: METRICS[..if is_queue { metrics } else { 0 }].to_vec(),
        statistics: Vec::new(),
        includes_status: !is_queue,
    }
}

fn connected(provided: Vec<ProvidedMetrics>) -> LiveState {
    let setup = |id: &str, kind, provided| SourceSetup {
        provides: provided,
        ..SourceSetup::new(id, kind)
    };
    let site = SiteConfig {
        sources: vec![
            setup("chat", vngage::KIND, Vec::new()),
            setup("voice", genesys::KIND, provided),
        ],
        ..SiteConfig::default()
    };
    let mut state = LiveState::default();
    state.apply_input(&Input::SiteConfig(Arc::new(site)), moment(0));
    for source in ["chat", "voice"] {
        for event in [
            ConnectionEvent::CatchingUp {
                discontinuity: None,
            },
            ConnectionEvent::Connected,
        ] {
            state.apply_input(&Input::Connection(source.into(), event), moment(0));
        }
    }
    state
}

/// From a change of one figure to what a screen is sent.
fn render_time() -> Duration {
    let mut state = connected((0..TILES).map(|n| provided_metrics(queue(n), 6)).collect());
    let all = TILES * 6;
    for n in 0..all {
        state.apply_input(
            &update_at(n, vendor_figure(queue(n / 6), figure(n))),
            moment(n),
        );
    }
    let (board, baseline) = (
        BoardDefinition::new("b", "B", BoardLayout::Queues),
        Baseline::default(),
    );
    let mut slots = BoardSlots::default();
    slots.apply_view(render_view(
        &board,
        state.snapshot(),
        &baseline,
        moment(all),
    ));
    let waiting = |n| VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(1_000 + n)));
    let mut elapsed = Duration::ZERO;
    for n in 0..u64::from(RENDERINGS) {
        let at = all + n;
        state.apply_input(
            &update_at(at, vendor_figure(queue(7), waiting(n))),
            moment(at),
        );
        let start = Instant::now();
        let patch = slots.apply_view(render_view(&board, state.snapshot(), &baseline, moment(at)));
        elapsed += start.elapsed();
        assert!(black_box(patch).is_some(), "a change must produce a patch");
    }
    elapsed / RENDERINGS
}

/// Measures the memory of subjects once each of their statistics has been reported.
fn measure_memory(
    what: &str,
    subjects: u64,
    metrics: usize,
    subject: impl Fn(u64) -> MetricSubject,
) {
    let before = resident();
    let provided = (0..subjects)
        .map(|n| provided_metrics(subject(n), metrics))
        .collect();
    let mut state = connected(provided);
    for n in 0..subjects {
        let facts = match metrics {
            0 => vec![status_value(n)],
            _ => (0..metrics as u64).map(figure).collect(),
        };
        for fact in facts {
            state.apply_input(&update_at(n, vendor_figure(subject(n), fact)), moment(n));
        }
    }
    let bytes = resident().saturating_sub(before);
    let each = bytes / (subjects * metrics.max(1) as u64);
    println!("{what}: {each} bytes a statistic (target 1024)");
    // Freed memory would flatter the next measurement.
    std::mem::forget(state);
}

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * 4096
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn per_second(elapsed: Duration) -> f64 {
    (INPUTS * TIMES) as f64 / elapsed.as_secs_f64()
}
