//! The nodes of a site: each reports about itself to a bucket of NATS, and reads what the others
//! report. Decides nothing: who leads is the lease's business.

use std::{future::pending, sync::Arc, time::Duration};

use async_nats::jetstream::{
    context::{CreateStreamError, PublishError},
    message::{PublishMessage, StreamMessage},
    stream::RawMessageError,
};
use jiff::Timestamp;
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use wallboard_domain::error_chain;
use wallboard_runtime::{ingest::machine_wall_at_boot, nats::NatsConnection};

use super::{
    ClusterMonitor, NodeClock, NodeCondition, NodeIdentity, NodeStatus,
    cluster_view::{KnownNodes, NodeEntry},
    node_clock::compare_clocks,
    node_report::NodeReport,
    reported_file::{FileReader, ReportedFile},
};

const REPORT_INTERVAL: Duration = Duration::from_secs(2);
/// The bucket forgets a node that hasn't reported for so long.
const REPORT_AGE_MAX: Duration = Duration::from_secs(10);
const BUCKET: &str = "nodes";
const BUCKET_SIZE_MAX: i64 = 1 << 20;
/// How long a shared name is reported after both processes were seen.
const SHARED_FOR: Duration = Duration::from_secs(10);
/// How long a stop waits for NATS.
const WITHDRAW_WITHIN: Duration = Duration::from_millis(500);
/// The header of a deletion, as NATS' own clients write it.
const OPERATION: &str = "KV-Operation";
const DELETE: &str = "DEL";

/// Reports about this node, and lists all.
#[derive(Debug)]
pub struct NodeDirectory {
    connection: NatsConnection,
    identity: Arc<NodeIdentity>,
    /// Differs from any other process.
    process: u64,
    status: watch::Receiver<NodeStatus>,
    nodes: watch::Sender<KnownNodes>,
    clock: NodeClock,
    files: FileReader,
    /// The bucket exists.
    is_open: bool,
    /// The sequence number of this process' last report.
    written: Option<u64>,
    /// How long storing it took.
    writing_took: Duration,
    /// How the machine's wall clock was set then.
    wall_at_boot: i64,
    /// Until when another process is taken to use this node's name.
    shared_until: Option<Instant>,
}

/// Why the nodes can't be read.
#[derive(Debug, thiserror::Error)]
enum DirectoryError {
    #[error("there is no connection")]
    Disconnected,
    #[error("the bucket can't be opened")]
    Open(#[from] CreateStreamError),
    #[error("the bucket can't be read")]
    Read(#[from] RawMessageError),
    #[error("the report can't be stored")]
    Write(#[from] PublishError),
    #[error("the report can't be encoded")]
    Encode(#[from] serde_json::Error),
}

impl NodeDirectory {
    pub fn new(
        connection: NatsConnection,
        identity: NodeIdentity,
        status: watch::Receiver<NodeStatus>,
        clock: NodeClock,
    ) -> Self {
        Self {
            connection,
            identity: Arc::new(identity),
            process: rand::random(),
            status,
            nodes: watch::Sender::default(),
            clock,
            files: FileReader::default(),
            is_open: false,
            written: None,
            writing_took: Duration::ZERO,
            wall_at_boot: machine_wall_at_boot(),
            shared_until: None,
        }
    }

    /// The same, which reports the next files of this node's exports, too.
    #[must_use]
    pub fn reporting_files(
        self,
        read: impl Fn(Timestamp) -> Vec<ReportedFile> + Send + Sync + 'static,
    ) -> Self {
        Self {
            files: FileReader::new(read),
            ..self
        }
    }

    pub fn monitor(&self) -> ClusterMonitor {
        ClusterMonitor::new(
            Arc::clone(&self.identity),
            self.status.clone(),
            self.nodes.subscribe(),
            self.clock.clone(),
        )
    }

    /// Runs until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        stop.run_until_cancelled(self.keep_reporting()).await;
        // Otherwise the others would list it for some more seconds.
        timeout(WITHDRAW_WITHIN, self.withdraw()).await.ok();
    }

    async fn keep_reporting(&mut self) {
        let mut turns = interval(REPORT_INTERVAL);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let reported = self.status.borrow().condition;
            // The others hear of a change at once.
            tokio::select! {
                _ = turns.tick() => {}
                () = condition_changed(&mut self.status, reported) => turns.reset(),
            }
            let is_first = self.written.is_none();
            let mut exchanged = self.exchange_reports().await;
            if is_first && exchanged.is_ok() {
                // With its own report, which compares the clocks.
                exchanged = self.exchange_reports().await;
            }
            if let Err(error) = exchanged {
                // Opens it again, if it was deleted.
                self.is_open = false;
                debug!("The nodes aren't known: {}", error_chain(&error));
            }
            let is_connected = self.connection.is_connected();
            let changes = |nodes: &mut KnownNodes| {
                let is_news = nodes.is_connected != is_connected;
                nodes.is_connected = is_connected;
                is_news
            };
            self.nodes.send_if_modified(changes);
        }
    }

    async fn exchange_reports(&mut self) -> Result<(), DirectoryError> {
        // Without a connection, requests would wait in the client, and reports come with an old clock.
        if !self.connection.is_connected() {
            return Err(DirectoryError::Disconnected);
        }
        if !self.is_open {
            let opening = self
                .connection
                .open_bucket(BUCKET, REPORT_AGE_MAX, BUCKET_SIZE_MAX);
            opening.await?;
            self.is_open = true;
        }
        let entries = self.read_entries().await?;
        let ahead_ms = self.compare_clocks(&entries);
        self.clock.set(ahead_ms, self.wall_at_boot);
        let is_name_shared = (self.shared_until).is_some_and(|until| Instant::now() < until);
        self.nodes.send_modify(|nodes| {
            *nodes = KnownNodes {
                entries,
                as_of: Some(Timestamp::now()),
                is_connected: true,
                is_name_shared,
            };
        });
        self.write_report().await
    }

    /// Reads one report after the other: a consumer of each node would outlive it at the servers.
    async fn read_entries(&mut self) -> Result<Vec<NodeEntry>, DirectoryError> {
        let prefix = self.connection.key_subject(BUCKET, "");
        let (mut entries, mut position) = (Vec::new(), 0);
        while let Some(message) = self.connection.next_entry(BUCKET, position).await? {
            position = message.sequence;
            let Some(entry) = read_entry(&message, &prefix) else {
                continue;
            };
            if entry.name == self.identity.name {
                self.compare_process(&entry, position);
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    /// Compares this node's clock with those of the others that still report.
    fn compare_clocks(&self, entries: &[NodeEntry]) -> Option<i64> {
        let newest = entries.iter().map(|entry| entry.stored_at).max()?;
        let is_recent = |entry: &&NodeEntry| !entry.is_silent(newest);
        let recent: Vec<_> = entries.iter().filter(is_recent).cloned().collect();
        let slack = i64::try_from(self.writing_took.as_millis()).unwrap_or(i64::MAX);
        compare_clocks(&recent, &self.identity.name, slack)
    }

    /// Notices another process with this node's name: its report has replaced this one's.
    fn compare_process(&mut self, entry: &NodeEntry, sequence: u64) {
        let is_newer = self.written.is_some_and(|written| written < sequence);
        if !is_newer || entry.report.process == self.process {
            return;
        }
        let previous = self.shared_until.replace(Instant::now() + SHARED_FOR);
        if previous.is_none_or(|until| until < Instant::now()) {
            warn!(
                "Another process uses the name {:?} of this node; set a different `node` in [cluster] on each machine",
                self.identity.name
            );
        }
    }

    async fn write_report(&mut self) -> Result<(), DirectoryError> {
        let start = Instant::now();
        let wall_at_boot = machine_wall_at_boot();
        let report = {
            let (status, now) = (self.status.borrow(), Timestamp::now());
            NodeReport {
                files: self.files.read(now),
                ..NodeReport::new(&self.identity, self.process, &status, now)
            }
        };
        let document = serde_json::to_vec(&report)?;
        let subject = self.own_subject();
        let publishing = self.connection.context().publish(subject, document.into());
        self.written = Some(publishing.await?.await?.sequence);
        self.writing_took = start.elapsed();
        self.wall_at_boot = wall_at_boot;
        Ok(())
    }

    async fn withdraw(&self) {
        if self.written.is_none() || !self.connection.is_connected() {
            return;
        }
        let message = PublishMessage::build().header(OPERATION, DELETE);
        let context = self.connection.context();
        // It expires by itself.
        if let Ok(sent) = context.send_publish(self.own_subject(), message).await {
            sent.await.ok();
        }
    }

    fn own_subject(&self) -> String {
        self.connection.key_subject(BUCKET, &self.identity.name)
    }
}

/// Waits until this node has another condition than the one it reported. Cancel safe.
async fn condition_changed(status: &mut watch::Receiver<NodeStatus>, reported: NodeCondition) {
    let has_changed = |status: &NodeStatus| status.condition != reported;
    if status.wait_for(has_changed).await.is_err() {
        // The node has ended, which ends the product.
        pending::<()>().await;
    }
}

/// `None`: a node that has stopped, or one of a version whose reports we can't read.
fn read_entry(message: &StreamMessage, prefix: &str) -> Option<NodeEntry> {
    if message.headers.get(OPERATION).is_some() {
        return None;
    }
    let name = message.subject.strip_prefix(prefix)?;
    let report = serde_json::from_slice(&message.payload)
        .inspect_err(|error| debug!("The report of node {name} can't be read: {error}"))
        .ok()?;
    Some(NodeEntry {
        name: name.to_owned(),
        report,
        stored_at: Timestamp::from_nanosecond(message.time.unix_timestamp_nanos()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use tokio::task::JoinHandle;

    use super::*;
    use crate::cluster::{ClusterView, ReportedFileState};
    use wallboard_runtime::{
        ingest::ProcessClock,
        nats::{NatsSettings, test_server::NatsServer},
    };

    const SOON: Duration = Duration::from_secs(20);

    /// Each test has its own site there.
    fn shared_server() -> &'static NatsServer {
        static SHARED: OnceLock<NatsServer> = OnceLock::new();
        SHARED.get_or_init(NatsServer::start)
    }

    struct TestNode {
        monitor: ClusterMonitor,
        status: watch::Sender<NodeStatus>,
        stop: CancellationToken,
        task: JoinHandle<()>,
    }

    impl TestNode {
        async fn start(site: &str, name: &str) -> Self {
            let settings = NatsSettings::of_test(vec![shared_server().url()], site);
            let connection = NatsConnection::open(settings).await.unwrap();
            let status = watch::Sender::new(NodeStatus::default());
            let identity = NodeIdentity::of_test(name);
            let clock = NodeClock::new(ProcessClock::start_now());
            let directory = NodeDirectory::new(connection, identity, status.subscribe(), clock)
                .reporting_files(|due| {
                    let late = ReportedFile {
                        source: "calls".into(),
                        state: ReportedFileState::Late(due),
                    };
                    vec![late]
                });
            let stop = CancellationToken::new();
            Self {
                monitor: directory.monitor(),
                status,
                task: tokio::spawn(directory.run(stop.clone())),
                stop,
            }
        }

        async fn wait_for(&self, is_so: impl Fn(&ClusterView) -> bool) -> ClusterView {
            let mut nodes = self.monitor.subscribe();
            let waiting = nodes.wait_for(|_| is_so(&self.monitor.view()));
            timeout(SOON, waiting).await.unwrap().unwrap();
            self.monitor.view()
        }
    }

    fn names(view: &ClusterView) -> Vec<&str> {
        view.nodes.iter().map(|node| node.name.as_str()).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nodes_find_each_other_and_hear_of_changes_and_stops() {
        let first = TestNode::start("find", "wall1").await;
        let second = TestNode::start("find", "wall2").await;
        first
            .wait_for(|view| names(view) == ["wall1", "wall2"])
            .await;

        second.status.send_modify(|status| {
            status.condition = NodeCondition::Leading;
        });
        let view = first.wait_for(|view| view.find_leader().is_some()).await;
        let leader = view.find_leader().unwrap();
        assert_eq!(leader.name, "wall2");
        assert!(matches!(leader.files[0].state, ReportedFileState::Late(_)));
        assert_eq!(leader.url.as_deref(), Some("https://wall2.example.com"));
        let difference = leader.clock_difference_ms.unwrap();
        assert!((0..2_000).contains(&difference), "{difference}");

        second.stop.cancel();
        let view = first.wait_for(|view| names(view) == ["wall1"]).await;
        assert!(view.is_connected && !view.is_name_shared);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_processes_with_one_name_notice_each_other() {
        let first = TestNode::start("shared", "wall1").await;
        first.wait_for(|view| view.is_connected).await;
        let second = TestNode::start("shared", "wall1").await;

        first.wait_for(|view| view.is_name_shared).await;
        let view = second.wait_for(|view| view.is_name_shared).await;
        assert_eq!(names(&view), ["wall1"]);

        second.stop.cancel();
        first.wait_for(|view| !view.is_name_shared).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn restarted_node_does_not_notice_itself() {
        let first = TestNode::start("restarted", "wall1").await;
        let second = TestNode::start("restarted", "wall2").await;
        second
            .wait_for(|view| names(view) == ["wall1", "wall2"])
            .await;

        // Killed: its report stays.
        first.task.abort();
        let again = TestNode::start("restarted", "wall1").await;

        let view = again
            .wait_for(|view| names(view) == ["wall1", "wall2"])
            .await;
        assert!(!view.is_name_shared);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn deleted_bucket_is_opened_again() {
        let node = TestNode::start("deleted", "wall1").await;
        let has_report =
            |view: &ClusterView| view.find_this().is_some_and(|this| this.seen_at.is_some());
        node.wait_for(has_report).await;
        let settings = NatsSettings::of_test(vec![shared_server().url()], "deleted");
        let connection = NatsConnection::open(settings).await.unwrap();
        let deleting = async || {
            let name = "KV_wallboard-deleted-nodes";
            connection.context().delete_stream(name).await.is_ok()
        };
        while !deleting().await {}

        let before = node.monitor.view().find_this().unwrap().seen_at;
        node.wait_for(|view| has_report(view) && before < view.find_this().unwrap().seen_at)
            .await;
    }
}
