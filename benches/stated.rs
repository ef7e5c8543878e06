//! What a vendor states, through the fold on one core. Beside it, in turn: loads of queues
//! through the same fold, ready decoded. Then what it takes to draw a board anew and find what
//! changed in it, beside a frame of a screen. And what each statistic weighs in the picture.

use std::{
    fs,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use wallboard::{
    boards::{BoardDefinition, BoardLayout, BoardSlots, render_view},
    domain::{
        AgentStatus, AgentStatusReport, Baseline, ConnectionEvent, Fact, Id, Input, Metric,
        MetricSubject, MetricValue, Moment, MonotonicTime, ProvidedMetrics, SiteConfig, SourceId,
        SourceSetup, Update, ValueAge, VendorReport, VendorValue,
    },
    live::LiveState,
    sources::{genesys, vngage},
};

/// Inputs made beforehand, told again and again.
const INPUTS: u64 = 60_000;
const TIMES: u64 = 10;
const ROUNDS: usize = 5;
const QUEUES: u64 = 100;
const AGENTS: u64 = 100;
/// On the board that is drawn, and how often it is.
const DRAWN: u64 = 60;
const DRAWINGS: u32 = 1_000;
/// Of a screen that shows sixty of them a second.
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
    let figures = inputs(|n| stated(queue(n / 6 % QUEUES), figure(n)));
    let stances = inputs(|n| stated(agent(n % AGENTS), stance(n)));
    let loads = inputs(load);
    let mut best = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        let rounds = [
            fold("voice", &figures),
            fold("voice", &stances),
            fold("chat", &loads),
        ];
        for (best, round) in best.iter_mut().zip(rounds) {
            *best = round.min(*best);
        }
    }
    let [figures, stances, loads] = best.map(per_second);
    println!("loads of queues      {loads:>10.0} inputs/s");
    println!("stated figures       {figures:>10.0} inputs/s (target 1000000)");
    println!("stated states        {stances:>10.0} inputs/s");
    println!("figures / loads      {:>10.2}", figures / loads);
    let drawing = (0..ROUNDS).map(|_| draw()).min().unwrap_or_default();
    println!("a board of {DRAWN} queues {drawing:>9.2?} a view and what changed");
    let share = drawing.as_secs_f64() / FRAME.as_secs_f64();
    println!("view / frame         {share:>10.3}");
    weigh("queues of six statistics", 10_000 / 6, 6, queue);
    weigh("queues of one statistic", 10_000, 1, queue);
    weigh("agents of one statistic", 10_000, 0, agent);
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

fn stance(n: u64) -> VendorValue {
    let states = [AgentStatus::Available, AgentStatus::Talking];
    let place = usize::try_from(n / AGENTS % 2).unwrap_or_default();
    VendorValue::Status(Some(AgentStatusReport {
        status: states[place],
        vendor_status: None,
        reason: None,
        since: Some(moment(n).wall),
        media: Vec::new(),
    }))
}

fn stated(subject: MetricSubject, stated: VendorValue) -> Fact {
    let statement = VendorReport {
        value: stated,
        age: ValueAge::Immediate,
        valid_for_ms: None,
    };
    Fact::VendorReport(subject, statement)
}

fn load(n: u64) -> Fact {
    let queue = Id::new(&SourceId::from("chat"), &format!("3f2b{}", n % QUEUES));
    let said = [
        (Metric::Waiting, n % 9),
        (Metric::InConversation, n % 31),
        (Metric::AgentsAvailable, n % 17),
    ];
    let said = said.map(|(metric, n)| (metric, Some(MetricValue::Count(n))));
    Fact::Readings(MetricSubject::Queue(queue), said.into_iter().collect())
}

fn inputs(fact: impl Fn(u64) -> Fact) -> Vec<Input> {
    let input = |n| {
        let fact = fact(n);
        let source = match &fact {
            Fact::Readings(..) => "chat",
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

fn told(n: u64, fact: Fact) -> Input {
    Input::Update(Update {
        source: "voice".into(),
        event: "StatisticUpdate",
        at: Some(moment(n).wall),
        fact,
        mistyped: 0,
    })
}

/// A millisecond after another.
fn moment(n: u64) -> Moment {
    let start: Timestamp = "2026-11-20T09:00:00Z".parse().expect("it is a time");
    Moment {
        wall: start + SignedDuration::from_millis(n.cast_signed()),
        monotonic: MonotonicTime(n.cast_signed()),
    }
}

fn fold(source: &str, inputs: &[Input]) -> Duration {
    let subjects = (0..QUEUES).map(queue).chain((0..AGENTS).map(agent));
    let mut state = connected(subjects.map(|subject| given(subject, 6)).collect());
    let start = Instant::now();
    for round in 0..TIMES {
        for (n, input) in (0..).zip(inputs) {
            black_box(state.apply_input(black_box(input), moment(round * INPUTS + n)));
        }
    }
    let took = start.elapsed();
    let counts = state.snapshot().sources[&SourceId::from(source)].counts;
    assert_eq!(
        counts.applied,
        INPUTS * TIMES,
        "every input must have arrived"
    );
    took
}

fn given(subject: MetricSubject, metrics: usize) -> ProvidedMetrics {
    let is_queue = matches!(subject, MetricSubject::Queue(_));
    ProvidedMetrics {
        subject,
        metrics: METRICS[..if is_queue { metrics } else { 0 }].to_vec(),
        statistics: Vec::new(),
        includes_status: !is_queue,
    }
}

fn connected(gives: Vec<ProvidedMetrics>) -> LiveState {
    let setup = |id: &str, kind, gives| SourceSetup {
        provides: gives,
        ..SourceSetup::new(id, kind)
    };
    let site = SiteConfig {
        sources: vec![
            setup("chat", vngage::KIND, Vec::new()),
            setup("voice", genesys::KIND, gives),
        ],
        ..SiteConfig::default()
    };
    let mut state = LiveState::default();
    state.apply_input(&Input::SiteConfig(Arc::new(site)), moment(0));
    for source in ["chat", "voice"] {
        for line in [
            ConnectionEvent::CatchingUp { broken: None },
            ConnectionEvent::Connected,
        ] {
            state.apply_input(&Input::Connection(source.into(), line), moment(0));
        }
    }
    state
}

/// From a change of one figure to what a screen is told of it.
fn draw() -> Duration {
    let mut state = connected((0..DRAWN).map(|n| given(queue(n), 6)).collect());
    let all = DRAWN * 6;
    for n in 0..all {
        state.apply_input(&told(n, stated(queue(n / 6), figure(n))), moment(n));
    }
    let (board, past) = (
        BoardDefinition::new("b", "B", BoardLayout::Queues),
        Baseline::default(),
    );
    let mut slots = BoardSlots::default();
    slots.apply_view(render_view(&board, state.snapshot(), &past, moment(all)));
    let waiting = |n| VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(1_000 + n)));
    let mut took = Duration::ZERO;
    for n in 0..u64::from(DRAWINGS) {
        let at = all + n;
        state.apply_input(&told(at, stated(queue(7), waiting(n))), moment(at));
        let start = Instant::now();
        let patch = slots.apply_view(render_view(&board, state.snapshot(), &past, moment(at)));
        took += start.elapsed();
        assert!(black_box(patch).is_some(), "what changed must be told");
    }
    took / DRAWINGS
}

/// What subjects hold when each of their statistics has been said.
fn weigh(what: &str, subjects: u64, metrics: usize, subject: impl Fn(u64) -> MetricSubject) {
    let before = resident();
    let gives = (0..subjects).map(|n| given(subject(n), metrics)).collect();
    let mut state = connected(gives);
    for n in 0..subjects {
        let facts = match metrics {
            0 => vec![stance(n)],
            _ => (0..metrics as u64).map(figure).collect(),
        };
        for fact in facts {
            state.apply_input(&told(n, stated(subject(n), fact)), moment(n));
        }
    }
    let bytes = resident().saturating_sub(before);
    let each = bytes / (subjects * metrics.max(1) as u64);
    println!("{what}: {each} bytes a statistic (target 1024)");
    // Freed memory would flatter what is weighed next.
    std::mem::forget(state);
}

/// Bytes of this process that are in memory.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * 4096
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn per_second(took: Duration) -> f64 {
    (INPUTS * TIMES) as f64 / took.as_secs_f64()
}
