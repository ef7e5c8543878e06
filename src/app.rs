//! Composition root: turns settings into each room's plain structs, spawns and
//! stops them. It alone knows every room.

mod boards;
mod check;
mod crew;
mod demo;
mod discover;
mod exports;
#[cfg(test)]
mod history_answer_tests;
#[cfg(test)]
mod history_target_tests;
#[cfg(test)]
mod history_tests;
mod import;
mod names;
#[cfg(test)]
mod page_tests;
mod past;
mod plan;
mod prove;
mod reload;
mod retention;
mod systemd;
mod tallies;
#[cfg(test)]
mod voice_tests;
mod watch;
#[cfg(test)]
mod web_tests;

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch as watched},
    task::{Id, JoinError, JoinSet},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    boards::Studio,
    domain::{Input, Site, SourceId},
    history::{
        import::{Roll, Source},
        report::History,
        retention::Kept,
    },
    intake::{self, Clock, Closed, Outlet},
    live::{self, Live, State},
    push::{self, Hub},
    sources::SourceConfig,
    store::{self, Store, StoreError},
    web::{self, Origins, Ready, Tls, TlsError, Web, serve},
};

pub use crate::history::import::{Outcome, Phase, Status, nothing_found, told};
pub use boards::BoardFilesError;
pub use check::{Finding, check};
pub use demo::SimulatedCenter;
pub use discover::{DiscoverError, Discovery, discover};
pub use import::{Import, ImportEnd, ImportsError, imports};
pub use plan::{ConfigurationError, Faulty, Plan, Reread};
pub use store::{BackupError, backup};
pub use web::openapi;

use crew::Crew;

/// How long everything has to come to its end once it was asked to.
const DRAIN: Duration = Duration::from_secs(9);

/// The running product.
#[derive(Debug)]
pub struct App {
    /// Where it answers.
    pub address: SocketAddr,
    /// What runs.
    plan: Plan,
    studio: Studio,
    hub: Hub,
    store: Store,
    history: History,
    ready: Ready,
    configuration: web::Configuration,
    tls: Option<Tls>,
    crew: Crew,
    /// What pages read of sources of files.
    roll: Roll,
    /// How long raw history is kept.
    kept: watched::Sender<Kept>,
    /// The database's file.
    database: PathBuf,
    /// Keeps the door open, and so the live state running, even without a source.
    outlet: Option<Outlet>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    /// What each task is for.
    names: HashMap<Id, &'static str>,
    /// Goes when the product does.
    _folder: Option<tempfile::TempDir>,
}

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("can't listen on {address}; choose another address, or stop the program that uses it")]
    Listen {
        address: SocketAddr,
        #[source]
        cause: io::Error,
    },
    #[error("couldn't create a temporary folder")]
    Folder(#[source] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Closed(#[from] Closed),
    #[error("task \"{0}\" stopped unexpectedly")]
    Ended(&'static str),
    #[error("{0} failed because of a bug; see the log for details")]
    Failed(&'static str, #[source] JoinError),
}

impl App {
    /// Starts everything. When this returns, pages are being answered.
    pub async fn start(plan: Plan) -> Result<Self, AppError> {
        plan.warn();
        let listener = serve::listen(plan.listen).map_err(|cause| AppError::Listen {
            address: plan.listen,
            cause,
        })?;
        let not_after = web::NotAfter::default();
        let tls = plan.tls.clone();
        let tls = tls
            .map(|pair| Tls::open(pair, not_after.clone()))
            .transpose()?;
        let (database, folder) = place(plan.store.as_deref())?;
        let store = Store::open(&database)?;
        let clock = Clock::start();
        let (outlet, inlet) = intake::door(clock);
        let live = Live::new(clock, State::default());
        let studio = Studio::new(live.clone(), plan.boards.clone());
        let mut app = Self {
            address: listener.local_addr().unwrap_or(plan.listen),
            hub: Hub::new(studio.clone(), limits(&plan)),
            studio: studio.clone(),
            history: History::new(store.clone(), plan.shape()),
            store: store.clone(),
            ready: Ready::default(),
            configuration: web::Configuration::default(),
            tls,
            crew: Crew::default(),
            roll: Roll::default(),
            kept: watched::Sender::new(plan.kept()),
            database,
            outlet: Some(outlet.clone()),
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
            names: HashMap::new(),
            _folder: folder,
            plan,
        };

        app.spawn("live state", live::keep(live.clone(), inlet));
        app.spawn(
            "source monitor",
            watch::watch(live.clone(), app.stop.clone()),
        );
        begin(&outlet, &app.plan.site, &store).await?;
        let kept = live.read(|picture, _| picture.profiles);
        for upstream in app.plan.upstreams.clone() {
            app.supervise(upstream, outlet.clone());
        }
        if let Some(demo) = app.plan.demo.clone() {
            app.simulate(demo, outlet.clone());
        }
        app.spawn(
            "name cache",
            names::keep(live.clone(), store, kept, app.stop.clone()),
        );
        app.keep_history(&live);
        let router = web::router(Web {
            live,
            studio,
            hub: app.hub.clone(),
            history: app.history.clone(),
            pasts: web::Pasts::default(),
            origins: Origins {
                public: app.plan.public_url.clone(),
                without: true,
            },
            demo: app.plan.demo.is_some(),
            ready: app.ready.clone(),
            not_after,
            exports: app.roll.clone(),
            store: app.store.clone(),
            about: web::About {
                started: clock.now().wall,
                store: app.plan.store.clone(),
                logbook: app.plan.logbook.clone(),
                configuration: app.configuration.clone(),
            },
        });
        if let Some(tls) = app.tls.clone() {
            let stop = app.stop.clone();
            app.spawn("certificate reload", tls.keep(stop));
        }
        let door = serve::Door {
            listener,
            tls: app.tls.clone(),
            limits: serve::Limits::default(),
        };
        let stop = app.stop.clone();
        app.spawn("web server", serve::serve(door, router, stop));
        if let Some(every) = systemd::watchdog() {
            let watching = systemd::watch(every, outlet, app.stop.clone());
            app.spawn("watchdog", watching);
        }
        app.ready.set(true);
        systemd::ready(app.address);
        info!(address = %app.address, "Started");
        Ok(app)
    }

    /// Starts what brings the past in, keeps it, and makes use of it.
    fn keep_history(&mut self, live: &Live) {
        let place = (self.store.clone(), self.database.clone());
        let (kept, zone) = (self.kept.subscribe(), self.plan.site.zone.clone());
        self.spawn(
            "retention",
            retention::keep(place, kept, zone, self.stop.clone()),
        );
        for source in self.plan.exports.clone() {
            self.import(source);
        }
        if let Some(demo) = self.plan.demo.clone() {
            self.import_past(demo);
        }
        self.spawn(
            "board snapshots",
            tallies::keep(live.clone(), self.store.clone(), self.stop.clone()),
        );
        let (studio, history) = (self.studio.clone(), self.history.clone());
        self.spawn(
            "baseline",
            past::keep(live.clone(), studio, history, self.stop.clone()),
        );
    }

    /// Runs until `stop` fires or something that must not end does; then brings
    /// the rest to its end in order. Each of `plans` takes the place of the one
    /// that runs; a faulty one changes nothing.
    pub async fn run(
        mut self,
        stop: CancellationToken,
        mut plans: mpsc::Receiver<Reread>,
    ) -> Result<(), AppError> {
        let mut result = loop {
            let turn = tokio::select! {
                () = stop.cancelled() => break Ok(()),
                Some(ended) = self.tasks.join_next_with_id() => self.on_ended(ended),
                Some(read) = plans.recv() => systemd::reloading(self.on_read(read)).await,
            };
            if let Err(error) = turn {
                break Err(error);
            }
        };

        info!("Stopping");
        systemd::stopping();
        self.ready.set(false);
        self.outlet = None;
        self.stop.cancel();
        let drained = timeout(DRAIN, async {
            self.hub.stop().await;
            while let Some(ended) = self.tasks.join_next_with_id().await {
                if ended.is_err() && result.is_ok() {
                    result = Err(self.unexpected(ended));
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

    fn supervise(&mut self, upstream: SourceConfig, outlet: Outlet) {
        let id = upstream.id().clone();
        let member = self.crew.enter(&id, &self.stop);
        let task = self.spawn("source", member.supervise(upstream, outlet));
        self.crew.runs_in(&id, task);
    }

    fn import(&mut self, source: Source) {
        self.import_after(std::future::ready(()), source);
    }

    fn simulate(&mut self, demo: SimulatedCenter, outlet: Outlet) {
        let id = demo.id().clone();
        let member = self.crew.enter(&id, &self.stop);
        let task = self.spawn("source", demo.play(outlet, member));
        self.crew.runs_in(&id, task);
    }

    /// Writes a demo's past while the demo answers already, then imports it.
    fn import_past(&mut self, demo: SimulatedCenter) {
        let folder = self.database.with_file_name("export");
        let source = demo.export(&self.plan.site, &folder);
        self.import_after(demo.write_export(folder), source);
    }

    fn import_after(&mut self, begin: impl Future<Output = ()> + Send + 'static, source: Source) {
        let id = source.id.clone();
        let member = self.crew.enter(&id, &self.stop);
        let place = (self.store.clone(), self.database.as_path());
        let import = exports::keep(source, place, member, &self.roll);
        let task = self.spawn("import", async move {
            begin.await;
            import.await;
        });
        self.crew.runs_in(&id, task);
    }

    fn spawn(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) -> Id {
        let id = self.tasks.spawn(task).id();
        self.names.insert(id, name);
        id
    }

    /// A source that was told to stop has done so; all else ends only by a fault.
    fn on_ended(&mut self, ended: Result<(Id, ()), JoinError>) -> Result<(), AppError> {
        match ended {
            Ok((id, ())) if self.crew.expects_the_end_of(id) => {
                self.names.remove(&id);
                Ok(())
            }
            ended => Err(self.unexpected(ended)),
        }
    }

    fn unexpected(&self, ended: Result<(Id, ()), JoinError>) -> AppError {
        let name = |id| self.names.get(&id).copied().unwrap_or("task");
        match ended {
            Ok((id, ())) => AppError::Ended(name(id)),
            Err(cause) => AppError::Failed(name(cause.id()), cause),
        }
    }
}

/// Where the database is: at `path`, or in a folder that lives as long as we do.
fn place(path: Option<&Path>) -> Result<(PathBuf, Option<tempfile::TempDir>), AppError> {
    if let Some(path) = path {
        return Ok((path.to_owned(), None));
    }
    let folder = tempfile::tempdir().map_err(AppError::Folder)?;
    Ok((folder.path().join("wallboard.db"), Some(folder)))
}

fn limits(plan: &Plan) -> push::Limits {
    push::Limits {
        max_viewers: plan.max_viewers,
        flush_interval: plan.flush_interval,
        build: web::build().into(),
    }
}

/// Tells the live state what the site is like and which names were kept, and
/// waits until it knows.
async fn begin(outlet: &Outlet, site: &Site, store: &Store) -> Result<(), AppError> {
    let sources: Vec<_> = site.sources.iter().map(|setup| setup.id.clone()).collect();
    let mut inputs = vec![Input::Settings(Arc::new(site.clone()))];
    inputs.extend(known(store, &sources).await?);
    tell(outlet, inputs).await
}

/// The names that were kept of these sources.
async fn known(store: &Store, sources: &[SourceId]) -> Result<Vec<Input>, StoreError> {
    let profiles = store.profiles().await?.into_iter();
    let profiles = profiles.filter(|profile| sources.contains(&profile.id.source));
    Ok(profiles.map(Input::Known).collect())
}

/// Hands inputs in and waits until they are applied.
async fn tell(outlet: &Outlet, inputs: Vec<Input>) -> Result<(), AppError> {
    let place = outlet.send(inputs).await?;
    let applied = outlet.safe().wait_for(|safe| place <= *safe).await.is_ok();
    if applied { Ok(()) } else { Err(Closed.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nobody brings another plan.
    fn none() -> mpsc::Receiver<Reread> {
        mpsc::channel(1).1
    }

    fn demo() -> Plan {
        Plan::demo(SocketAddr::from(([127, 0, 0, 1], 0)), 1, 1.0)
    }

    #[tokio::test]
    async fn it_answers_when_started_and_ends_well_when_asked() {
        let app = App::start(demo()).await.unwrap();
        let ready = format!("http://{}/readyz", app.address);
        let stop = CancellationToken::new();
        let running = tokio::spawn(app.run(stop.clone(), none()));

        // The client wants one, also for plain HTTP; another test may have been first.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let answer = reqwest::get(&ready).await.unwrap();
        stop.cancel();

        assert_eq!(answer.status().as_u16(), 200);
        running.await.unwrap().unwrap();
        assert!(reqwest::get(&ready).await.is_err());
    }

    #[tokio::test]
    async fn an_address_that_is_taken_is_named() {
        let first = App::start(demo()).await.unwrap();

        let plan = Plan {
            listen: first.address,
            ..demo()
        };
        let second = App::start(plan).await.unwrap_err();

        assert!(second.to_string().contains(&first.address.to_string()));
    }

    #[tokio::test]
    async fn a_task_that_panics_ends_the_product() {
        let mut app = App::start(demo()).await.unwrap();
        app.spawn("the thing", async { panic!("on purpose") });

        let ended = app.run(CancellationToken::new(), none()).await.unwrap_err();

        assert!(matches!(ended, AppError::Failed("the thing", _)), "{ended}");
    }
}
