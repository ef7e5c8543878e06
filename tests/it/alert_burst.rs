//! Two thousand queues that turn critical within a second: a few messages and one digest, with bounded memory, while
//! frames come as fast as before.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    alert_messages::Receiver,
    alerts::alerts,
    support::{Wallboard, http, ports, viewer::Viewer, wait_until, wallboard::base_configuration},
};

/// Debug builds write a record of 400 alerts slowly.
const SOON: Duration = Duration::from_mins(3);
/// The most of a source.
const QUEUES: usize = 1_000;
/// Of each channel, half of its hourly messages come at once, the last of them a digest.
const HOURLY_MAX: usize = 20;
/// Of queues, open at once.
const OPEN_MAX: usize = 400;
const PULSES: usize = 40;
/// In KiB.
const COST_MAX: u64 = 96 * 1024;

fn configuration(receiver: &Receiver, port: u16) -> String {
    let channel = receiver.channel();
    let channel = channel.replace("hourly_max = 1000", &format!("hourly_max = {HOURLY_MAX}"));
    let mut text = base_configuration(port, port);
    for source in ["left", "right", "pulse"] {
        text.extend([format!(
            "[sources.{source}]\nkind = \"values\"\nvalid_for = \"10m\"\n"
        )]);
    }
    for source in ["left", "right"] {
        text.extend([format!(
            "[thresholds.\"{source}/*\"]\nwaiting = {{ crit = 10 }}\n"
        )]);
    }
    text + "[alerts.Queues]\nqueues = [\"left/*\", \"right/*\"]\nfor = \"0s\"\nnotify = [\"hook\"]\n"
        + &channel
}

fn batch(source: &str, waiting: usize) -> Value {
    let queues = (0..QUEUES)
        .map(|n| json!({ "id": format!("{source}/{n:04}"), "metrics": { "waiting": waiting } }));
    json!({ "queues": queues.collect::<Vec<_>>() })
}

async fn accept(wallboard: &Wallboard, body: &Value) {
    let sending = http::client().post(wallboard.url("/api/v1/values"));
    let answer = sending.json(body).send().await.unwrap();
    let status = answer.status();
    assert_eq!(status, 204, "{}", answer.text().await.unwrap());
}

/// How long after a value is accepted a frame has it, for each of many.
async fn frame_delays(wallboard: &Wallboard, viewer: &mut Viewer, first: usize) -> Vec<Duration> {
    let mut delays = Vec::new();
    for n in first..first + PULSES {
        let pulse = json!({ "queues": [{ "id": "pulse/1", "metrics": { "waiting": n } }] });
        let began = Instant::now();
        accept(wallboard, &pulse).await;
        let shown = n.to_string();
        while !viewer.board.page.text().contains(&shown) {
            assert!(viewer.follow_frame(SOON).await, "no frame");
        }
        delays.push(began.elapsed());
        sleep(Duration::from_millis(75)).await;
    }
    delays.sort_unstable();
    delays
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_critical_queues_are_one_digest_and_slow_nothing() {
    let (receiver, port) = (Receiver::start(), ports::free());
    let board = "title = \"Pulse\"\nqueues = [\"pulse/*\"]\nshow = [\"waiting\"]\n";
    let files = [("boards/pulse.toml", board)];
    let configuration = configuration(&receiver, port);
    let wallboard = Wallboard::start(&configuration, port, &files, Vec::new()).await;
    for source in ["left", "right"] {
        accept(&wallboard, &batch(source, 0)).await;
    }
    let pulse =
        json!({ "queues": [{ "id": "pulse/1", "name": "Pulse", "metrics": { "waiting": 99 } }] });
    accept(&wallboard, &pulse).await;
    let mut viewer = Viewer::load(&wallboard, "pulse").await;
    assert!(viewer.open().await);
    let before = frame_delays(&wallboard, &mut viewer, 100).await;
    let memory = wallboard.peak_memory();

    let began = Instant::now();
    let (left, right) = (batch("left", 20), batch("right", 20));
    let burst = async {
        tokio::join!(accept(&wallboard, &left), accept(&wallboard, &right));
        began.elapsed()
    };
    let (burst, during) = tokio::join!(burst, frame_delays(&wallboard, &mut viewer, 200));
    let of_thread = |is_digest: bool| {
        let bodies = receiver.bodies().into_iter();
        let own = bodies.filter(|body| (body["data"]["thread"] == "digest") == is_digest);
        own.collect::<Vec<_>>()
    };
    let digest = wait_until("the digest is sent", SOON, async || {
        of_thread(true).pop().ok_or_else(|| receiver.count())
    })
    .await;
    let told = began.elapsed();
    // Long enough for another one.
    sleep(Duration::from_secs(3)).await;

    let (single, digests) = (of_thread(false).len(), of_thread(true).len());
    let cost = wallboard.peak_memory() - memory;
    let percentile = |delays: &[Duration], share: usize| delays[(delays.len() - 1) * share / 100];
    println!(
        "measured: {} queues critical within {burst:?}: {single} messages and {digests} digest after {told:?}, {cost} KiB; \
         frames after {:?} before and {:?} during, p95 {:?} and {:?}",
        2 * QUEUES,
        percentile(&before, 50),
        percentile(&during, 50),
        percentile(&before, 95),
        percentile(&during, 95),
    );
    assert_eq!((single, digests), (HOURLY_MAX / 2 - 1, 1));
    let headline = digest["data"]["headline"].as_str().unwrap();
    assert_eq!(
        headline,
        format!("{} more alert messages", OPEN_MAX - single)
    );
    assert_eq!(alerts(&wallboard, "open").await.len(), OPEN_MAX);
    let page = wallboard.text("/alerts").await.replace(',', "");
    let others = format!("{} more need somebody", 2 * QUEUES - OPEN_MAX);
    assert!(page.contains(&others), "{others}");
    assert!(cost < COST_MAX, "{cost} KiB");
}
