//! The traffic of a site, and what it costs.

use std::{hash::BuildHasher, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::{MissedTickBehavior, interval};
use wallboard_domain::{
    CaseEvent, CaseOutcome, ConnectionEvent, Fact, Id, Input, Metric, MetricSubject, MetricValue,
    SiteConfig, SourceId, SourceSetup, Update,
};
use wallboard_runtime::ingest::IngestSender;
use wallboard_sources::vngage;

const QUEUES: u64 = 50;
/// Batches per second, whatever the rate.
pub(crate) const BATCHES: u64 = 100;

/// Sends updates at a rate for a time, and waits until they are committed. Returns how many; after each batch, it calls
/// `look`.
pub(crate) async fn send_updates(
    sender: &IngestSender,
    rate: u64,
    time: Duration,
    mut look: impl FnMut(),
) -> u64 {
    let mut ticker = interval(Duration::from_secs(1) / u32::try_from(BATCHES).unwrap_or(1));
    ticker.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut updates = 0;
    for _ in 0..time.as_secs() * BATCHES {
        ticker.tick().await;
        let batch = (updates..updates + rate / BATCHES).map(|n| update(n, sender.now().wall));
        sender
            .send_batch(batch.collect())
            .await
            .expect("the live state runs");
        updates += rate / BATCHES;
        look();
    }
    send_and_wait(sender, Vec::new()).await;
    updates
}

pub(crate) async fn send_and_wait(sender: &IngestSender, inputs: Vec<Input>) {
    let offset = sender
        .send_batch(inputs)
        .await
        .expect("the live state runs");
    let mut committed = sender.committed_offset();
    let reached = committed.wait_for(|committed| offset <= *committed).await;
    drop(reached.expect("the live state runs"));
}

pub(crate) fn start_inputs() -> Vec<Input> {
    let site = SiteConfig {
        sources: vec![SourceSetup::new(source(), vngage::KIND)],
        ..SiteConfig::default()
    };
    vec![
        Input::SiteConfig(Arc::new(site)),
        Input::Connection(
            source(),
            ConnectionEvent::CatchingUp {
                discontinuity: None,
            },
        ),
        Input::Connection(source(), ConnectionEvent::Connected),
    ]
}

/// A mix as Vngage sends it: loads, timers, and a contact's life.
pub(crate) fn update(n: u64, at: Timestamp) -> Input {
    let queue = Id::new(&source(), &guid(n % QUEUES));
    let contact = Id::new(&source(), &guid(1_000 + n / 15));
    let agent = Id::new(&source(), &guid(500 + n % 300));
    let count = |n| Some(MetricValue::Count(n));
    let (event, fact) = match n % 15 {
        0 => (
            "case.created",
            Fact::Case(
                contact,
                CaseEvent::Created {
                    opportunity: None,
                    solution: None,
                    case_type: None,
                },
            ),
        ),
        5 => (
            "case.opened",
            Fact::Case(
                contact,
                CaseEvent::Opened {
                    agent: Some(agent),
                    queue: Some(queue),
                },
            ),
        ),
        14 => (
            "case.closed",
            Fact::Case(
                contact,
                CaseEvent::Closed {
                    outcome: Some(CaseOutcome::Positive),
                    closure: None,
                },
            ),
        ),
        3 | 6 | 9 | 12 => {
            let readings = [
                (
                    Metric::AverageWait,
                    Some(MetricValue::Seconds(to_float(n % 90))),
                ),
                (
                    Metric::LongestWait,
                    Some(MetricValue::Seconds(to_float(n % 170))),
                ),
            ];
            let readings = readings.into_iter().collect();
            (
                "group.performanceTimers",
                Fact::EventReadings(MetricSubject::Queue(queue), readings),
            )
        }
        _ => {
            let readings = [
                (Metric::Waiting, count(n % 14)),
                (Metric::InConversation, count(n % 31)),
                (Metric::AgentsAvailable, count(n % 7)),
            ];
            let readings = readings.into_iter().collect();
            (
                "group.loadChanged",
                Fact::EventReadings(MetricSubject::Queue(queue), readings),
            )
        }
    };
    Input::Update(Update {
        source: source(),
        event,
        at: Some(at),
        fact,
        mistyped: 0,
    })
}

/// An ID as vendors make them, which compresses as badly: the number in random order.
fn guid(n: u64) -> String {
    let half = |n: u64| foldhash::quality::FixedState::default().hash_one(n);
    let (a, b) = (half(2 * n), half(2 * n + 1));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a >> 32,
        a >> 16 & 0xffff,
        a & 0xfff,
        b & 0xfff,
        b >> 16
    )
}

fn source() -> SourceId {
    SourceId::from("chat")
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub(crate) fn to_float(count: u64) -> f64 {
    count as f64
}

/// Processor time of this process.
pub(crate) fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.try_into().unwrap_or_default()
}
