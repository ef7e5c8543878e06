//! A cluster's leader and follower on one machine, with one NATS server: the leader's processor time per
//! update beside the embedded log's, what a follower takes at 20,000 updates a second, and how old the
//! news in a follower's frames is. The leader of the last two is a process of its own. Then the model of
//! docs/evidence/scale.md beside real edge nodes.

#[path = "cluster/edges.rs"]
mod edges;
#[path = "log/frame_viewer.rs"]
mod frame_viewer;
#[path = "../tests/it/support/nats.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "made for tests"
)]
mod nats;
#[path = "../tests/it/support/ports.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "made for tests"
)]
mod ports;
#[path = "log/workload.rs"]
mod workload;

use std::{
    env,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use wallboard_live::{self as live, LiveHandle, LiveState};
use wallboard_log::{
    cluster::{ClusterNode, Leadership, NodeClock, NodeCondition, NodeRole, NodeSetup, NodeStatus},
    input_log::{ENTRIES_MAX, EntryRecorder, LogStatus},
};
use wallboard_runtime::{
    ingest::{self, IngestSender, ProcessClock},
    nats::{NatsConnection, NatsCredentials, NatsSettings},
};
use wallboard_store::EmbeddedLog;

use frame_viewer::FrameViewer;
use nats::NatsServer;
use workload::{cpu_time, send_and_wait, send_updates, start_inputs, to_float};

const TIME: Duration = Duration::from_secs(20);
const BUSY: u64 = 5_000;
const FLOOD: u64 = 20_000;
const LEADER_TARGET: f64 = 2.0;
/// In milliseconds.
const LAG_TARGET: i64 = 250;
/// Which part of the benchmark a process is: the leader at a rate.
const LEADER: &str = "WALLBOARD_BENCH_LEADER";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads can be started");
    runtime.block_on(async {
        match env::var(LEADER) {
            Ok(order) => lead_by_order(&order).await,
            Err(_) => measure_all().await,
        }
    });
}

async fn measure_all() {
    for _ in 0..2 {
        let embedded = run_embedded().await;
        let nats = NatsServer::start();
        let leader = run_leader(&nats.url(), BUSY).await;
        println!(
            "leader at {BUSY} updates/s: {leader:.2} µs of processor time per update, embedded log {embedded:.2}: ratio {:.2} (target {LEADER_TARGET})",
            leader / embedded
        );
    }
    for rate in [500, BUSY, FLOOD] {
        follow(rate).await;
    }
    edges::compare_with_model().await;
}

/// Returns the processor time per update with the embedded log, in microseconds.
async fn run_embedded() -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, sender) = start_embedded(folder.path());
    send_and_wait(&sender, start_inputs()).await;
    let before = cpu_time();
    let updates = send_updates(&sender, BUSY, TIME, || {}).await;
    per_update(before, updates)
}

/// Returns how old the news in 99 of 100 frames is at most, on one machine.
async fn frame_age_of_embedded(rate: u64) -> Duration {
    let folder = tempfile::tempdir().expect("a folder");
    let (live, sender) = start_embedded(folder.path());
    send_and_wait(&sender, start_inputs()).await;
    let viewer = FrameViewer::open(&live).await;
    send_updates(&sender, rate, TIME / 2, || {}).await;
    viewer.close().await
}

/// Starts a live state with an embedded log.
fn start_embedded(folder: &Path) -> (LiveHandle, IngestSender) {
    let log = EmbeddedLog::open(&folder.join("w.db")).expect("a log");
    let clock = ProcessClock::start_now();
    let live = LiveHandle::new(clock.clone(), LiveState::default());
    let (sender, receiver) = ingest::ingest_channel(clock);
    let (entries, applied) = mpsc::channel(ENTRIES_MAX);
    let status = watch::Sender::new(LogStatus::default());
    let committed = receiver.committed.clone();
    let recorder = EntryRecorder::new(log, live.clone(), applied, committed, status);
    tokio::spawn(recorder.run());
    tokio::spawn(live::run_live_state(live.clone(), receiver, Some(entries)));
    (live, sender)
}

/// Returns the processor time per update of a leader without followers, in microseconds.
async fn run_leader(nats: &str, rate: u64) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start("leader", NodeRole::All, nats, folder.path()).await;
    let sender = node.wait_until_leading().await;
    send_and_wait(&sender, start_inputs()).await;
    let before = cpu_time();
    let updates = send_updates(&sender, rate, TIME, || {}).await;
    per_update(before, updates)
}

/// Follows a leader in another process, and says what that takes.
async fn follow(rate: u64) {
    let nats = NatsServer::start();
    let leader = LeadingProcess::start(rate, &nats.url());
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start("follower", NodeRole::Edge, &nats.url(), folder.path()).await;
    node.wait_until_following().await;
    sleep(Duration::from_secs(3)).await;
    let viewer = FrameViewer::open(&node.live).await;
    let (before, first) = (cpu_time(), node.status.borrow().position.next.0);
    let mut behind = 0;
    for _ in 0..100 {
        sleep(TIME / 200).await;
        behind = behind.max(node.status.borrow().behind_ms.unwrap_or(i64::MAX));
    }
    let cpu = cpu_time().saturating_sub(before).as_secs_f64() * 2.0 / TIME.as_secs_f64();
    let status = node.status.borrow().clone();
    let entries = status.position.next.0 - first;
    println!(
        "follower at {rate} updates/s: {cpu:.2} processors (target 1 at {FLOOD}), {entries} entries applied"
    );
    let age = viewer.close().await;
    drop(leader);
    let embedded = frame_age_of_embedded(rate).await;
    println!(
        "  at most {behind} ms behind; news in frames p99 {age:.0?} old, on one machine {embedded:.0?} (target for the difference {LAG_TARGET} ms); disconnections {}",
        status.disconnections
    );
}

/// A leader in a process of its own, which ends with this.
struct LeadingProcess(Child);

impl LeadingProcess {
    fn start(rate: u64, nats: &str) -> Self {
        let program = env::current_exe().expect("this program");
        let leader = Command::new(program)
            .env(LEADER, format!("{rate} {nats}"))
            .stdin(Stdio::null())
            .spawn();
        Self(leader.expect("a leader"))
    }
}

impl Drop for LeadingProcess {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

async fn lead_by_order(order: &str) {
    let (rate, url) = order.split_once(' ').expect("a rate and an address");
    let rate = rate.parse().expect("a rate");
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start("leader", NodeRole::All, url, folder.path()).await;
    let sender = node.wait_until_leading().await;
    send_and_wait(&sender, start_inputs()).await;
    send_updates(&sender, rate, 15 * TIME, || {}).await;
}

struct Node {
    live: LiveHandle,
    status: watch::Receiver<NodeStatus>,
    leadership: watch::Receiver<Leadership>,
}

impl Node {
    async fn start(name: &str, role: NodeRole, nats: &str, folder: &Path) -> Self {
        let settings = NatsSettings {
            servers: vec![nats.to_owned()],
            site: "bench".to_owned(),
            node: name.to_owned(),
            credentials: NatsCredentials::None,
            ca_file: None,
            replicas: 1,
        };
        let clock = ProcessClock::start_now();
        let live = LiveHandle::new(clock.clone(), LiveState::default());
        let connection = NatsConnection::open(settings).await;
        let (node, writer) = ClusterNode::new(NodeSetup {
            connection: connection.expect("settings that can be used"),
            role,
            live: live.clone(),
            node_clock: NodeClock::new(clock.clone()),
            clock,
            log: EmbeddedLog::open(&folder.join("w.db")).expect("a log"),
            log_status: watch::Sender::new(LogStatus::default()),
        });
        let (status, leadership) = (node.status(), node.leadership());
        tokio::spawn(writer);
        tokio::spawn(node.run(CancellationToken::new()));
        Self {
            live,
            status,
            leadership,
        }
    }

    async fn wait_until_leading(&self) -> IngestSender {
        let mut leadership = self.leadership.clone();
        let leads = |leadership: &Leadership| matches!(leadership, Leadership::Leading(_));
        let leading = leadership.wait_for(leads).await.expect("the node runs");
        match &*leading {
            Leadership::Leading(sender) => sender.clone(),
            Leadership::Following => unreachable!("it leads"),
        }
    }

    async fn wait_until_following(&self) {
        let mut status = self.status.clone();
        let follows = |status: &NodeStatus| status.condition == NodeCondition::Following;
        status.wait_for(follows).await.expect("the node runs");
    }
}

/// In microseconds.
fn per_update(before: Duration, updates: u64) -> f64 {
    cpu_time().saturating_sub(before).as_secs_f64() * 1e6 / to_float(updates)
}
