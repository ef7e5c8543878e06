//! Composition root: turns settings into each module's plain structs, and spawns and stops the
//! tasks. Only this module knows every other.

mod accounts;
mod baseline;
mod board_outlooks;
mod board_snapshots;
mod case_records;
mod channel_test;
mod check;
mod cluster;
mod cluster_check;
mod config_commands;
mod demo;
mod discover;
mod editing;
mod error;
mod figure_recorder;
mod forgetting;
mod health_check;
mod holidays;
mod import_schedule;
mod initial_state;
mod late_records;
mod live_forgetting;
mod live_tasks;
mod log;
mod log_export;
mod log_replay;
mod name_cache;
mod one_time_import;
mod past_closings;
mod person_search;
mod plan;
mod reload;
mod reports;
mod retention;
#[cfg(target_os = "linux")]
mod running_server;
mod running_tasks;
mod sign_in;
mod socket_origin;
mod source_watch;
mod systemd;
mod task_registry;
mod waiting_peaks;
mod web_state;

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{
    net::TcpListener,
    sync::{mpsc, watch as watched},
    task::{Id, JoinSet},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    alerts::Alerts,
    announcements::Announcements,
    case_records::CaseRecordDeliveries,
    forecasts::Forecasts,
    holidays::Holidays,
    pictures::Pictures,
    reports::Reports,
    saved_views::SavedViews,
    web::{self, DataOrigin, Readiness, Rewind, TlsServer, TrustedProxies, WebParts, http_server},
};
use wallboard_boards::{
    BoardRegistry,
    push::{self, Hub},
};
use wallboard_domain::SiteConfig;
use wallboard_history::{import::ImportRegistry, report::History, retention::RetentionPolicy};
use wallboard_live::LiveHandle;
use wallboard_runtime::{
    ingest::{IngestSender, ProcessClock},
    transcripts::TranscriptSink,
};
use wallboard_sources::values::Deliveries;
use wallboard_store::{self as store, FileLock, RecordError, RecordStore, Store};

pub use crate::source_check::CheckRow;
pub use accounts::{AccountsError, open_accounts};
pub use channel_test::{ChannelTestError, test_channel};
pub use check::{CheckReport, check_plan};
pub use config_commands::{
    ConfigCommandError, EntryFiles, PictureFile, compare_entries, export_entries, export_pictures,
    import_entries,
};
pub use demo::SimulatedCenter;
pub use discover::{DiscoverError, discover_names};
pub use error::{AppError, ClusterError};
pub use forgetting::{ForgetError, ForgettingPlan, finish_forgetting};
pub use health_check::{HealthError, check_health};
pub use log_export::{ExportError, export_log};
pub use log_replay::{LogReplay, ReplayError};
pub use one_time_import::{ImportSetupError, OneTimeImport, OneTimeImportReport, prepare_imports};
pub use person_search::PersonSearchError;
pub use plan::{ConfigurationError, InvalidConfig, ReloadResult, RuntimeConfig};
#[cfg(target_os = "linux")]
pub use running_server::{RunningServer, TakeOverError};
pub use socket_origin::SocketOrigin;
pub use store::{BackupError, DataRetention, InventoryRow, create_backup, log_path};
pub use wallboard_access::{
    AccountError, Accounts, ApiTokenChoice, ApiTokenError, AuditAction, AuditActor, Membership,
    Password, Role, ScreenError, SignIn, TOKEN_DAYS_MAX, WriteRight,
};
pub use wallboard_history::import::{
    ImportOutcome, ImportPhase, ImportStatus, describe_nothing_found, describe_outcome,
};
pub use web::openapi_json;

use cluster::RunningNode;
use editing::RunningEditor;
use error::SignInSetupError;
use initial_state::{load_initial_state, send_and_wait, stored_profiles};
use late_records::{LatePages, LateRecords, records_found};
use log::OpenedLog;
use log_replay::OpenedReplay;
use running_tasks::AppTask;
use task_registry::TaskRegistry;

/// Time for all tasks to end after a stop request. Viewers wait meanwhile. What takes longer, like
/// the import of a large file, is as safe as after a kill.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(4);

/// The running application.
#[derive(Debug)]
pub struct App {
    /// The address of the web server.
    pub address: SocketAddr,
    /// The running configuration.
    plan: RuntimeConfig,
    boards: BoardRegistry,
    rewind: Option<Rewind>,
    hub: Hub,
    store: Store,
    history: History,
    ready: Readiness,
    configuration: web::ConfigurationStatus,
    tls: Option<TlsServer>,
    task_registry: TaskRegistry,
    /// The status of imports, for pages.
    import_registry: ImportRegistry,
    /// The retention of raw history.
    retention: watched::Sender<RetentionPolicy>,
    /// The database file.
    database: PathBuf,
    /// Opened by the first part that needs them.
    records: Option<RecordStore>,
    /// While the records couldn't be read yet: their next attempt.
    late_records: Option<LateRecords>,
    /// The pages without them.
    pages: Option<LatePages>,
    /// The editor of what people change in the browser.
    editing: Option<RunningEditor>,
    alerts: Option<Alerts>,
    reports: Option<Reports>,
    saved_views: Option<SavedViews>,
    /// Deliveries of case records, where there are any.
    record_deliveries: Option<CaseRecordDeliveries>,
    /// Where sources leave transcripts, if they're passed on.
    transcripts: Option<TranscriptSink>,
    holidays: Option<Holidays>,
    /// Ends what only runs where the sources are: in a cluster, with the term of a leader.
    term: CancellationToken,
    /// Announcements on the boards.
    announcements: Option<Announcements>,
    /// Pictures on the boards.
    pictures: Option<Pictures>,
    /// The way from the API to the sources that systems send their values to.
    deliveries: Deliveries,
    forecasts: Forecasts,
    /// This node of a cluster.
    node: Option<RunningNode>,
    /// Keeps the ingest channel open, and so the live state running, even without a source. `None`
    /// while another node leads.
    ingest_sender: Option<IngestSender>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    running: HashMap<Id, AppTask>,
    /// Keeps other servers from the database.
    _lock: Option<FileLock>,
    /// The temporary folder, deleted with the app.
    _folder: Option<tempfile::TempDir>,
}

impl App {
    /// Starts everything. When it returns, the web server answers.
    pub async fn start(plan: RuntimeConfig) -> Result<Self, AppError> {
        // Its state is too large for the stack of each caller.
        Box::pin(Self::start_parts(plan)).await
    }

    #[expect(clippy::too_many_lines, reason = "starts each part in its order")]
    async fn start_parts(mut plan: RuntimeConfig) -> Result<Self, AppError> {
        plan.log_notes();
        let mut replay = None;
        if let Some(file) = &plan.replay {
            let opened = file.open().await?;
            plan.site = opened
                .live()
                .read_snapshot(|state, _| SiteConfig::clone(&state.site));
            replay = Some(opened);
        }
        let not_after = web::CertificateExpiry::default();
        let open_tls = |pair| TlsServer::open(pair, not_after.clone());
        let tls = plan.tls.clone().map(open_tls).transpose()?;
        let listener = plan.socket.open(plan.listen).await?;
        let (database, folder) = database_path(plan.store.as_deref())?;
        let lock = store::lock_for_server(&database)?;
        let store = Store::open(&database)?;
        if plan.case_records.is_none() {
            store.delete_case_records().await?;
        }
        if (plan.case_records.as_ref()).is_none_or(|records| records.transcripts.is_none()) {
            Self::remove_transcripts(&database, &store).await;
        }
        let (mut log, mut failed_log) = (None, None);
        if plan.log.is_some() {
            match log::open_log(&database).await {
                Ok(opened) => log = Some(opened),
                Err(status) => failed_log = Some(watched::Sender::new(status).subscribe()),
            }
        }
        let mut state = log.as_mut().map(OpenedLog::take_state).unwrap_or_default();
        if let Some(demo) = &plan.demo {
            Box::pin(demo.restore_past_hour(&plan.site, log.as_ref(), &mut state)).await;
        }
        let last = state.last_input_at();
        let was_member = state.position().term.is_some();
        let mut clock = last.map_or_else(ProcessClock::start_now, ProcessClock::resume_after);
        if plan.cluster.is_some() {
            clock = clock.holding_wall();
        }
        let live = match &replay {
            Some(replay) => replay.live().clone(),
            None => LiveHandle::new(clock.clone(), state),
        };
        let mut boards = BoardRegistry::new(&live, plan.boards.clone());
        boards.replace_playlists(plan.playlists.clone());
        if let Some(replay) = &replay {
            boards = boards.of_replay(replay.period);
        }
        let rewind = log.as_ref().map(OpenedLog::rewind);
        if rewind.is_some() {
            boards = boards.rewindable();
        }
        let data_origin = data_origin(&plan, replay.as_ref());
        let mut app = Self {
            address: listener.local_addr().unwrap_or(plan.listen),
            hub: Hub::new(boards.clone(), push_limits(&plan)),
            boards: boards.clone(),
            rewind,
            history: History::new(store.clone(), plan.report_settings()),
            store: store.clone(),
            ready: Readiness::default(),
            configuration: web::ConfigurationStatus::default(),
            tls,
            task_registry: TaskRegistry::default(),
            import_registry: ImportRegistry::default(),
            retention: watched::Sender::new(plan.retention_settings()),
            database,
            records: None,
            late_records: None,
            pages: None,
            editing: None,
            alerts: None,
            reports: None,
            saved_views: None,
            record_deliveries: None,
            transcripts: None,
            holidays: None,
            term: CancellationToken::new(),
            announcements: None,
            pictures: None,
            deliveries: Deliveries::default(),
            forecasts: Forecasts::default(),
            node: None,
            ingest_sender: None,
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
            running: HashMap::new(),
            _lock: lock,
            _folder: folder,
            plan,
        };
        let starting = async {
            let log_status = match replay {
                Some(replay) => {
                    let stop = app.stop.clone();
                    app.spawn_task("replay", replay.play(stop));
                    None
                }
                None if app.plan.cluster.is_some() => {
                    let status = Box::pin(app.start_node(&live, clock, log)).await?;
                    Box::pin(app.start_editing(was_member)).await?;
                    app.start_history(&live, 0);
                    Some(status)
                }
                None => {
                    Box::pin(app.start_editing(was_member)).await?;
                    app.start_present(&live, clock, log).await?
                }
            };
            let sign_in = app.open_sign_in(was_member).await?;
            let public_url = app.plan.public_url.as_deref();
            let setup_code = sign_in::offer_setup(sign_in.as_ref(), public_url).await?;
            let screens = match &sign_in {
                Some(sign_in) => Some(sign_in.screens().clone()),
                None => app.open_screens(was_member).await?,
            };
            if let (Some(alerts), Some(screens)) = (&app.alerts, &screens) {
                alerts.watch_screens(screens.clone());
            }
            let web = WebParts {
                sign_in,
                screens,
                setup_code,
                ..app.web_state(live, data_origin, not_after, log_status.or(failed_log))
            };
            app.start_web_server(listener, web);
            Ok(())
        };
        let started: Result<(), AppError> = Box::pin(starting).await;
        if let Err(error) = started {
            app.end_tasks().await;
            return Err(error);
        }
        app.ready.set(true);
        systemd::notify_ready(app.address);
        info!(address = %app.address, "Started");
        Ok(app)
    }

    /// Opens what people make. `was_member`: this node has the log of a cluster from before this start.
    async fn open_records(&mut self, was_member: bool) -> Result<RecordStore, RecordError> {
        if let Some(records) = &self.records {
            return Ok(records.clone());
        }
        let cluster = self.cluster_connection();
        let records = RecordStore::open_for_server(self.store.clone(), cluster, was_member).await?;
        self.records = Some(records.clone());
        Ok(records)
    }

    /// Ends what a start that failed has begun: threads of ours need the runtime.
    async fn end_tasks(&mut self) {
        self.ingest_sender = None;
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        timeout(DRAIN_TIMEOUT, ended).await.ok();
    }

    fn start_web_server(&mut self, listener: TcpListener, web: WebParts) {
        if let Some(tls) = self.tls.clone() {
            let stop = self.stop.clone();
            self.spawn_task("certificate reload", tls.watch_files(stop));
        }
        let listener = http_server::HttpListener {
            listener,
            tls: self.tls.clone(),
            limits: http_server::HttpLimits::default(),
            proxies: TrustedProxies::new(&self.plan.trusted_proxies),
        };
        let router = if self.late_records.is_some() {
            let (pages, router) = LatePages::serve(web);
            self.pages = Some(pages);
            router
        } else {
            web::build_router(web)
        };
        let serving = http_server::serve_http(listener, router, self.stop.clone());
        self.spawn_task("web server", serving);
    }

    /// Runs until `stop` fires or an essential task ends, then stops the rest in order. Each of
    /// `plans` replaces the running configuration; a faulty one changes nothing.
    pub async fn run(
        mut self,
        stop: CancellationToken,
        mut plans: mpsc::Receiver<ReloadResult>,
    ) -> Result<(), AppError> {
        let mut result = loop {
            let outcome = tokio::select! {
                () = stop.cancelled() => break Ok(()),
                Some(ended) = self.tasks.join_next_with_id() => self.on_task_ended(ended),
                () = leadership_changed(&mut self.node) => self.on_leadership_changed().await,
                records = records_found(&mut self.late_records) => Box::pin(self.on_records_found(records)).await,
                Some(order) = editing::next_order(&mut self.editing) => Box::pin(self.on_entries_changed(order)).await,
                Some(plan) = plans.recv() => Box::pin(systemd::notify_reloading(self.on_configuration_read(plan))).await,
            };
            if let Err(error) = outcome {
                break Err(error);
            }
        };

        info!("Stopping");
        systemd::notify_stopping();
        self.ready.set(false);
        self.ingest_sender = None;
        self.stop.cancel();
        let drained = timeout(DRAIN_TIMEOUT, async {
            self.hub.disconnect_viewers().await;
            while let Some(ended) = self.tasks.join_next_with_id().await {
                if ended.is_err() && result.is_ok() {
                    result = Err(self.unexpected_end(ended));
                }
            }
        });
        if drained.await.is_err() {
            warn!(
                tasks.count = self.tasks.len(),
                "Stopped without waiting for all tasks"
            );
        }
        result
    }
}

/// Waits until this node of a cluster begins or ends to lead.
async fn leadership_changed(node: &mut Option<RunningNode>) {
    match node {
        Some(node) => node.leadership_changed().await,
        None => std::future::pending().await,
    }
}

fn data_origin(plan: &RuntimeConfig, replay: Option<&OpenedReplay>) -> DataOrigin {
    match replay {
        Some(replay) => DataOrigin::Replayed(replay.period, replay.zone.clone()),
        None if plan.demo.is_some() => DataOrigin::Simulated,
        None => DataOrigin::Live,
    }
}

/// Returns the database's path: `path`, or a file in a temporary folder.
fn database_path(path: Option<&Path>) -> Result<(PathBuf, Option<tempfile::TempDir>), AppError> {
    if let Some(path) = path {
        return Ok((path.to_owned(), None));
    }
    let folder = tempfile::tempdir().map_err(AppError::Folder)?;
    Ok((folder.path().join("wallboard.db"), Some(folder)))
}

fn push_limits(plan: &RuntimeConfig) -> push::HubLimits {
    push::HubLimits {
        max_viewers: plan.max_viewers,
        flush_interval: plan.flush_interval,
        build: web::build_id().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends no further plans.
    fn no_plans() -> mpsc::Receiver<ReloadResult> {
        mpsc::channel(1).1
    }

    fn demo_plan() -> RuntimeConfig {
        RuntimeConfig::demo_config(SocketAddr::from(([127, 0, 0, 1], 0)), 1, 1.0)
    }

    #[tokio::test]
    async fn app_answers_after_start_and_stops_on_request() {
        let app = App::start(demo_plan()).await.unwrap();
        let ready = format!("http://{}/readyz", app.address);
        let stop = CancellationToken::new();
        let running = tokio::spawn(app.run(stop.clone(), no_plans()));

        // reqwest wants a TLS provider even for plain HTTP; another test may have installed it.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let answer = reqwest::get(&ready).await.unwrap();
        stop.cancel();

        assert_eq!(answer.status().as_u16(), 200);
        running.await.unwrap().unwrap();
        assert!(reqwest::get(&ready).await.is_err());
    }

    #[tokio::test]
    async fn occupied_address_is_named_in_the_error() {
        let first = App::start(demo_plan()).await.unwrap();

        let plan = RuntimeConfig {
            listen: first.address,
            ..demo_plan()
        };
        let second = App::start(plan).await.unwrap_err();

        assert!(second.to_string().contains(&first.address.to_string()));
    }

    #[tokio::test]
    async fn panicking_task_stops_the_app() {
        let mut app = App::start(demo_plan()).await.unwrap();
        app.spawn_task("the thing", async { panic!("on purpose") });

        let running = Box::pin(app.run(CancellationToken::new(), no_plans()));
        let ended = running.await.unwrap_err();

        assert!(matches!(ended, AppError::Failed("the thing", _)), "{ended}");
    }
}
