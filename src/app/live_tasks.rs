//! Starts the tasks around the live state: sources, imports, and what follows it.

use tokio::sync::watch;
use tracing::warn;

use wallboard_domain::Input;
use wallboard_history::import::FileSource;
use wallboard_live::{LiveHandle, LiveState, run_live_state};
use wallboard_log::input_log::{self, LogStatus};
use wallboard_runtime::ingest::{IngestReceiver, IngestSender, ProcessClock, ingest_channel};
use wallboard_sources::SourceConfig;
use wallboard_store::StoreError;

use crate::{
    alerts::{AlertSurroundings, ExportFiles, run_alerts},
    forecasts::run_forecasts,
    holidays::keep_reading,
};

use super::{
    App, AppError, SimulatedCenter, baseline, board_outlooks, board_snapshots,
    cluster::files_elsewhere, figure_recorder, import_schedule, initial_state::load_initial_state,
    live_forgetting, log::OpenedLog, name_cache, past_closings::remove_past_closings, retention,
    source_watch, systemd,
};

impl App {
    /// Starts everything that the present consists of: the live state and its log, the sources, and
    /// history. Returns the log's condition.
    pub(super) async fn start_present(
        &mut self,
        live: &LiveHandle,
        clock: ProcessClock,
        log: Option<OpenedLog>,
    ) -> Result<Option<watch::Receiver<LogStatus>>, AppError> {
        let (sender, receiver) = ingest_channel(clock);
        self.ingest_sender = Some(sender.clone());
        let is_log_complete = log.as_ref().is_some_and(|log| log.restored.is_complete);
        // A demo's past hour is this process's own.
        let is_restored =
            self.plan.demo.is_none() && live.read_state(LiveState::last_input_at).is_some();
        let is_lost = !is_restored && self.store.has_live_history().await?;
        if is_lost && self.plan.log.is_some() {
            warn!(
                "There's no log of what happened before this start. Today's figures begin now, with a gap before"
            );
        }
        let restart = (is_restored || is_lost).then_some(Input::Started {
            is_log_complete,
            term: None,
        });
        let log_status = self.start_live_state(live, receiver, log)?;
        load_initial_state(&sender, restart, &self.plan.site, live, &self.store).await?;
        self.start_forgetting(live, &sender);
        sender.set_resume_points(live.read_state(LiveState::resume_points));
        let stored_names = live.read_snapshot(|snapshot, _| snapshot.profile_revision);
        self.start_transcripts().await?;
        for upstream in self.plan.running_sources() {
            self.start_source(upstream, sender.clone());
        }
        if let Some(demo) = self.plan.demo.clone() {
            self.start_simulation(demo, sender.clone());
        }
        self.start_term_tasks(live);
        self.start_record_deliveries(live).await?;
        self.start_history(live, stored_names);
        if let Some(interval) = systemd::watchdog_interval() {
            let watchdog = systemd::run_watchdog(interval, sender, self.stop.clone());
            self.spawn_task("watchdog", watchdog);
        }
        Ok(log_status)
    }

    /// Starts the live state, and the log behind it. Returns the log's condition.
    pub(super) fn start_live_state(
        &mut self,
        live: &LiveHandle,
        receiver: IngestReceiver,
        log: Option<OpenedLog>,
    ) -> Result<Option<watch::Receiver<LogStatus>>, AppError> {
        let (mut entries, mut status) = (None, None);
        if let Some((log, plan)) = log.as_ref().zip(self.plan.case_records.as_ref()) {
            let (log, store, stop) = (log.reader(), self.store.clone(), self.stop.clone());
            let records = input_log::keep_case_records(log, store, plan.keep, stop);
            let records = records.map_err(StoreError::Thread)?;
            self.spawn_task("case records", async move {
                records.await.ok();
            });
        }
        if let Some((log, retention)) = log.zip(self.plan.log) {
            let committed = receiver.committed.clone();
            let followed = log.follow(live, committed, retention, self.stop.clone());
            let tasks = followed.map_err(StoreError::Thread)?;
            (entries, status) = (Some(tasks.entries), Some(tasks.status));
            self.spawn_task("log", tasks.recorder.run());
            self.spawn_task("log snapshots", async move {
                tasks.snapshots.await.ok();
            });
        }
        let live_state = run_live_state(live.clone(), receiver, entries);
        self.spawn_task("live state", live_state);
        Ok(status)
    }

    /// Starts the tasks that follow the live state, and those that import, retain and use history.
    /// `stored_names`: the revision of the profiles up to which they are stored.
    pub(super) fn start_history(&mut self, live: &LiveHandle, stored_names: u64) {
        self.spawn_task(
            "source monitor",
            source_watch::watch_sources(live.clone(), self.stop.clone()),
        );
        let (store, stop) = (self.store.clone(), self.stop.clone());
        self.spawn_task(
            "name cache",
            name_cache::run_name_cache(live.clone(), store, stored_names, stop),
        );
        let (store, path) = (self.store.clone(), self.database.clone());
        let (policy, zone) = (self.retention.subscribe(), self.plan.site.zone.clone());
        self.spawn_task(
            "retention",
            retention::run_retention(store, path, policy, zone, self.stop.clone()),
        );
        if self.plan.imports_here() {
            for source in self.plan.running_imports() {
                self.start_import(source);
            }
        }
        if let Some(demo) = self.plan.demo.clone() {
            self.start_past_imports(&demo);
        }
        self.spawn_task(
            "board snapshots",
            board_snapshots::record_snapshots(live.clone(), self.store.clone(), self.stop.clone()),
        );
        self.spawn_task(
            "figure recorder",
            figure_recorder::record_figures(live.clone(), self.store.clone(), self.stop.clone()),
        );
        let (history, store) = (self.history.clone(), self.store.clone());
        let (boards, stop) = (self.boards.clone(), self.stop.clone());
        self.spawn_task(
            "baseline",
            baseline::run_baseline_refresh(live.clone(), boards, history, store, stop),
        );
        let (history, store) = (self.history.clone(), self.store.clone());
        let (forecasts, stop) = (self.forecasts.clone(), self.stop.clone());
        self.spawn_task(
            "forecasts",
            run_forecasts(live.clone(), history, store, forecasts, stop),
        );
        let (forecasts, boards) = (self.forecasts.clone(), self.boards.clone());
        self.spawn_task(
            "forecasts on boards",
            board_outlooks::follow_forecasts(forecasts, boards, self.stop.clone()),
        );
    }

    /// Lets the live state forget who is forgotten in the database.
    pub(super) fn start_forgetting(&mut self, live: &LiveHandle, sender: &IngestSender) {
        let (store, stop) = (self.store.clone(), self.stop.clone());
        let following =
            live_forgetting::follow_forgotten(live.clone(), store, sender.clone(), stop);
        self.spawn_term_task("forgetting", following);
    }

    /// Starts what only runs where the sources are: it watches for alerts and sends reports.
    pub(super) fn start_term_tasks(&mut self, live: &LiveHandle) {
        self.term = self.stop.child_token();
        self.start_record_tasks(live);
    }

    /// Starts those of what people make, until the term ends.
    pub(super) fn start_record_tasks(&mut self, live: &LiveHandle) {
        if let Some(alerts) = self.alerts.clone() {
            let surroundings = AlertSurroundings {
                files: self.export_files(),
                forecasts: self.forecasts.clone(),
                is_cluster: self.plan.cluster.is_some(),
            };
            let watching = run_alerts(alerts, live.clone(), surroundings, self.term.clone());
            self.spawn_term_task("alerts", watching);
        }
        if let Some(reports) = self.reports.clone() {
            let sending = self.send_reports(reports, live);
            self.spawn_term_task("reports", sending);
        }
        if let Some(holidays) = self.holidays.clone() {
            let of_site = live.clone();
            let zone = move || of_site.read_snapshot(|snapshot, _| snapshot.site.zone.clone());
            let reading = keep_reading(holidays, zone, self.term.clone());
            self.spawn_term_task("calendars", reading);
        }
        if let Some(editing) = &self.editing {
            let (editor, live) = (editing.editor.clone(), live.clone());
            let removing = remove_past_closings(editor, live, self.term.clone());
            self.spawn_term_task("past closings", removing);
        }
    }

    /// The exports' next files, with those that other nodes report.
    fn export_files(&self) -> ExportFiles {
        let own = ExportFiles::new(self.import_registry.clone());
        match &self.node {
            Some(node) => own.with_nodes(files_elsewhere(node.monitor.clone())),
            None => own,
        }
    }

    pub(super) fn start_source(&mut self, upstream: SourceConfig, sender: IngestSender) {
        let id = upstream.id().clone();
        let mut upstream = upstream.attach(&self.deliveries);
        if let Some(sink) = &self.transcripts {
            upstream = upstream.pass_transcripts(sink);
        }
        let handle = self.task_registry.register_task(&id, &self.stop);
        let task = self.spawn_term_task("source", handle.supervise(upstream, sender));
        self.task_registry.set_task_id(&id, task);
    }

    pub(super) fn start_import(&mut self, source: FileSource) {
        self.start_import_after(std::future::ready(()), source);
    }

    pub(super) fn start_simulation(&mut self, demo: SimulatedCenter, sender: IngestSender) {
        let id = SimulatedCenter::id();
        let handle = self.task_registry.register_task(&id, &self.stop);
        let task = self.spawn_term_task("source", demo.run_sources(sender, handle));
        self.task_registry.set_task_id(&id, task);
    }

    /// Writes a demo's history and plan while the demo already runs, then imports it.
    pub(super) fn start_past_imports(&mut self, demo: &SimulatedCenter) {
        let folder = self.database.with_file_name("exports");
        for (files, source) in demo.export_sources(&self.plan.site, &folder) {
            let folder = folder.join(source.id.as_str());
            let (demo, store) = (demo.clone(), self.store.clone());
            self.start_import_after(demo.write_files(files, folder, store), source);
        }
    }

    pub(super) fn start_import_after(
        &mut self,
        begin: impl Future<Output = ()> + Send + 'static,
        source: FileSource,
    ) {
        let id = source.id.clone();
        let handle = self.task_registry.register_task(&id, &self.stop);
        let (store, registry) = (self.store.clone(), &self.import_registry);
        let import =
            import_schedule::run_import_schedule(source, store, &self.database, handle, registry);
        let task = self.spawn_task("import", async move {
            begin.await;
            import.await;
        });
        self.task_registry.set_task_id(&id, task);
    }
}
