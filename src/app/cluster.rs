//! This node's part in a cluster: it follows the log, and holds the sources while it leads.

use std::time::Duration;

use jiff::Timestamp;
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use wallboard_history::import::{FileState, ImportRegistry};
use wallboard_live::LiveHandle;
use wallboard_log::{
    cluster::{
        ClusterMonitor, ClusterNode, Leadership, NodeClock, NodeDirectory, NodeIdentity, NodeSetup,
        ReportedFile, ReportedFileState,
    },
    input_log::{self, LogStatus},
};
use wallboard_runtime::{
    ingest::{IngestSender, ProcessClock},
    nats::NatsConnection,
};
use wallboard_store::{EmbeddedLog, StoreError};

use crate::alerts::FilesElsewhere;

use super::{App, AppError, ClusterError, load_initial_state, log::OpenedLog, systemd};

/// A node that runs.
#[derive(Debug)]
pub(super) struct RunningNode {
    connection: NatsConnection,
    pub(super) monitor: ClusterMonitor,
    leadership: watch::Receiver<Leadership>,
    live: LiveHandle,
}

impl RunningNode {
    /// Waits until this node begins or ends to lead. Cancel safe.
    pub(super) async fn leadership_changed(&mut self) {
        if self.leadership.changed().await.is_err() {
            // The node's task has ended, which ends the product.
            std::future::pending::<()>().await;
        }
    }
}

impl App {
    /// The connection to the cluster's NATS servers.
    pub(super) fn cluster_connection(&self) -> Option<NatsConnection> {
        self.node.as_ref().map(|node| node.connection.clone())
    }

    /// Starts the node, in place of a live state with sources. Returns the condition of its copy of the
    /// log.
    pub(super) async fn start_node(
        &mut self,
        live: &LiveHandle,
        clock: ProcessClock,
        log: Option<OpenedLog>,
    ) -> Result<watch::Receiver<LogStatus>, AppError> {
        let settings = self.plan.cluster.as_ref().zip(self.plan.log);
        let (log, (settings, retention)) =
            log.zip(settings).ok_or(Box::new(ClusterError::NoLog))?;
        let connection = NatsConnection::open(settings.nats.clone()).await;
        let connection = connection.map_err(|error| Box::new(error.into()))?;
        let role = settings.role;
        let identity = NodeIdentity {
            site: settings.nats.site.clone(),
            name: settings.nats.node.clone(),
            role,
            has_imports: settings.imports,
            url: self.plan.public_url.clone(),
            started_at: clock.now().wall,
        };
        let reader = log.reader();
        let copied = log
            .copy(retention, self.stop.clone())
            .map_err(StoreError::Thread)?;
        let shown = copied.status.subscribe();
        let node_clock = NodeClock::new(clock.clone());
        let setup = NodeSetup {
            connection: connection.clone(),
            role,
            live: live.clone(),
            clock,
            log: copied.log,
            log_status: copied.status,
            node_clock: node_clock.clone(),
        };
        let (node, writer) = ClusterNode::new(setup);
        let status = node.status();
        let directory = NodeDirectory::new(connection.clone(), identity, status, node_clock);
        let imports = self.import_registry.clone();
        let directory = directory.reporting_files(move |now| report_files(&imports, now));
        self.node = Some(RunningNode {
            connection,
            monitor: directory.monitor(),
            leadership: node.leadership(),
            live: live.clone(),
        });
        self.share_case_records(reader, &node.leadership())?;
        let stop = self.stop.clone();
        self.spawn_task("cluster node", node.run(stop));
        self.spawn_task("node directory", directory.run(self.stop.clone()));
        self.spawn_task("log", writer);
        self.spawn_task("log snapshots", async move {
            copied.snapshots.await.ok();
        });
        if let Some(interval) = systemd::watchdog_interval() {
            let live = live.clone();
            self.spawn_task("watchdog", run_watchdog(interval, live, self.stop.clone()));
        }
        Ok(shown)
    }

    /// Starts what makes the case records while this node leads, and copies them while another one does.
    fn share_case_records(
        &mut self,
        log: EmbeddedLog,
        leadership: &watch::Receiver<Leadership>,
    ) -> Result<(), AppError> {
        let connection = self.cluster_connection();
        let Some((plan, connection)) = self.plan.case_records.as_ref().zip(connection) else {
            return Ok(());
        };
        let leadership = leadership.clone();
        let leads = move || matches!(*leadership.borrow(), Leadership::Leading(_));
        let (store, stop) = (self.store.clone(), self.stop.clone());
        let shared = input_log::share_case_records(log, store, connection, plan.keep, leads, stop);
        let shared = shared.map_err(StoreError::Thread)?;
        self.spawn_task("case records", async move {
            shared.await.ok();
        });
        self.prepare_record_deliveries();
        Ok(())
    }

    /// Starts the sources when a term begins, and stops them when it ends.
    pub(super) async fn on_leadership_changed(&mut self) -> Result<(), AppError> {
        let Some(node) = &mut self.node else {
            return Ok(());
        };
        let leadership = node.leadership.borrow_and_update().clone();
        let live = node.live.clone();
        self.ingest_sender = None;
        self.term.cancel();
        if let Some(deliveries) = &self.record_deliveries {
            deliveries.set_elsewhere(true);
        }
        let sources = self.plan.sources.iter().map(|source| source.id().clone());
        self.task_registry.stop_tasks(sources.collect()).await;
        match leadership {
            Leadership::Following => Ok(()),
            Leadership::Leading(sender) => match self.start_term(&live, sender).await {
                // It was over before it began.
                Err(AppError::Closed(_)) => Ok(()),
                started => started,
            },
        }
    }

    async fn start_term(
        &mut self,
        live: &LiveHandle,
        sender: IngestSender,
    ) -> Result<(), AppError> {
        load_initial_state(&sender, None, &self.plan.site, live, &self.store).await?;
        self.start_forgetting(live, &sender);
        self.start_term_tasks(live);
        self.start_record_deliveries(live).await?;
        for upstream in self.plan.running_sources() {
            self.start_source(upstream, sender.clone());
        }
        self.ingest_sender = Some(sender);
        Ok(())
    }
}

/// The exports' next files, for the other nodes.
fn report_files(imports: &ImportRegistry, now: Timestamp) -> Vec<ReportedFile> {
    let files = imports.list_files(now).into_iter();
    let files = files.map(|(source, state)| ReportedFile {
        source,
        state: match state {
            FileState::Expected => ReportedFileState::Expected,
            FileState::Late(due) => ReportedFileState::Late(due),
            FileState::Unknown => ReportedFileState::Unknown,
        },
    });
    files.collect()
}

/// Reads what the other nodes report of them. Those of a node that is silent aren't known.
pub(super) fn files_elsewhere(
    monitor: ClusterMonitor,
) -> impl Fn() -> FilesElsewhere + Send + Sync + 'static {
    move || {
        let view = monitor.view();
        let others = view.nodes.iter().filter(|node| !node.is_this);
        let files = others.clone().flat_map(|node| {
            let of_node = node.files.iter();
            of_node.map(|file| {
                let state = match file.state {
                    _ if node.is_silent => FileState::Unknown,
                    ReportedFileState::Expected => FileState::Expected,
                    ReportedFileState::Late(due) => FileState::Late(due),
                    ReportedFileState::Unknown => FileState::Unknown,
                };
                (file.source.clone(), state)
            })
        });
        FilesElsewhere {
            files: files.collect(),
            has_importer: (others.clone()).any(|node| node.has_imports && !node.is_silent),
        }
    }
}

/// Notifies the watchdog until `stop`, as long as the live state can be read.
async fn run_watchdog(timeout: Duration, live: LiveHandle, stop: CancellationToken) {
    let mut turns = interval(timeout / 4);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watchdog = async {
        loop {
            turns.tick().await;
            live.read_state(|_| ());
            systemd::notify_watchdog();
        }
    };
    stop.run_until_cancelled(watchdog).await;
}
