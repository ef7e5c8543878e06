//! One run over a source: what is there, what of it is new, and taking that in. The
//! next file comes while this one is stored. One bad file never stops the others.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, ToSpan, civil::Date};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::{
    history::{fetch::FetchError, sangoma::Gaps},
    store::{Arriving, Store, StoreError, View},
};

use super::{
    Source,
    choose::{Choice, Chosen, Listed, Window, choose},
    far::{Far, Miss, Spooled},
    lock::Lock,
    settle::Settling,
    status::{Outcome, Phase, Progress, Status},
    vendor::TakeError,
};

/// Files that are spooled beside the one that is taken in: one that waits, and one that
/// comes. Their sizes are what the spool's disk must have room for.
const AHEAD: usize = 1;
/// How often it is looked whether another import of the source has ended.
const LOOK: Duration = Duration::from_millis(500);
/// Files that cannot be read are remembered by their tags, up to so many.
const MOST_BAD: usize = 10_000;

/// Brings one source's files into the store, run by run.
#[derive(Debug)]
pub struct Importer {
    pub(super) source: Arc<Source>,
    pub(super) store: Store,
    /// The database's file: spool and lock stand beside it.
    pub(super) database: PathBuf,
    pub(super) status: watch::Sender<Status>,
    pub(super) stop: CancellationToken,
    /// Made when it is first needed.
    far: Option<Arc<Far>>,
    settling: Settling,
    /// Files that could not be read, by key: their tag and why. They are not fetched
    /// again until they change.
    bad: HashMap<String, (String, String)>,
    /// Files that this run has read, whether they looked as before or not.
    read: HashSet<String>,
}

/// What a run is asked for beyond what the configuration says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Both days included.
    pub since: Option<Date>,
    pub until: Option<Date>,
    /// How long it may wait for files that are being written; without it they are left
    /// to the next run, and so is a source that is being imported by somebody else.
    pub patience: Option<Duration>,
}

/// How the far side is looked at.
#[derive(Clone, Copy, Debug)]
struct Look {
    window: Window,
    /// Also days of which all was here.
    again: bool,
    /// Also the content of files that look as they did: sizes and times, by which files of
    /// folders are told apart, say nothing of it.
    reads_again: bool,
}

/// Why a run did not come to its end. What was taken in before stays.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("couldn't create the import lock next to the database")]
    Lock(#[source] std::io::Error),
    #[error("another import of this source is running")]
    Busy,
    #[error(transparent)]
    Far(#[from] FetchError),
    #[error("{0}")]
    NoRoot(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "the import was stopped; imported data is saved, and the next import continues from there"
    )]
    Stopped,
}

impl Importer {
    pub fn new(
        source: Source,
        store: Store,
        database: PathBuf,
        status: watch::Sender<Status>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            source: Arc::new(source),
            store,
            database,
            status,
            stop,
            far: None,
            settling: Settling::default(),
            bad: HashMap::new(),
            read: HashSet::new(),
        }
    }

    /// Files that could not be read are fetched again, whether they changed or not.
    pub(super) fn forget_bad(&mut self) {
        self.bad.clear();
    }

    /// Days of which not all calls came, as far as files were imported.
    pub async fn gaps(&self) -> Result<Gaps, StoreError> {
        let source = self.source.clone();
        let gaps = move |view: &View<'_>| source.vendor.gaps(view, &source.id);
        self.store.look(gaps).await
    }

    /// Takes in what is new.
    pub async fn run(&mut self, asked: Asked) -> Result<Outcome, ImportError> {
        let stop = self.stop.clone();
        let run = stop.run_until_cancelled_owned(Box::pin(self.steps(asked)));
        let run = run.await;
        run.unwrap_or(Err(ImportError::Stopped))
    }

    async fn steps(&mut self, asked: Asked) -> Result<Outcome, ImportError> {
        let _lock = self.lock(asked.patience.is_some()).await?;
        let mut outcome = Outcome::default();
        self.read.clear();
        self.begin();
        if !self.store.dirty(&self.source.id).await?.is_empty() {
            // What a run before this one left when it was cut short.
            self.reckon(&mut outcome).await?;
        }
        let window = self.window(asked, Timestamp::now());
        self.phase(Phase::Listing);
        let far = self.far()?;
        let deadline = asked.patience.map(|patience| Instant::now() + patience);
        loop {
            // Who asks at a terminal wants all that there is.
            let again = asked.patience.is_some();
            let look = Look {
                window,
                again,
                reads_again: asked.since.is_some() && far.shows_halves(),
            };
            let growing = self.look(&far, look, &mut outcome).await?;
            let waits = deadline.is_some_and(|deadline| Instant::now() < deadline);
            if growing == 0 || !waits {
                break;
            }
            self.phase(Phase::Settling);
            sleep(self.source.settle.max(LOOK)).await;
        }
        self.reckon(&mut outcome).await?;
        if 0 < outcome.taken {
            info!(
                source.name = %self.source.id,
                files.count = outcome.taken,
                rows.count = outcome.rows,
                "Imported new files"
            );
        }
        Ok(outcome)
    }

    /// The far side, reached by one door for as long as we run.
    fn far(&mut self) -> Result<Arc<Far>, FetchError> {
        if let Some(far) = &self.far {
            return Ok(far.clone());
        }
        let far = Arc::new(Far::new(&self.source.place, &self.database)?);
        self.far = Some(far.clone());
        Ok(far)
    }

    /// Reckons the figures of what came, and of all where they are reckoned otherwise now.
    async fn reckon(&self, outcome: &mut Outcome) -> Result<(), ImportError> {
        let told = |done, all| {
            if 0 < all {
                self.phase(Phase::Reckoning);
            }
            self.status.send_modify(|status| {
                (status.progress.days_done, status.progress.days) = (done, all);
            });
        };
        let vendor = &self.source.vendor;
        let reckoned = vendor.reckon(&self.store, &self.source.id, told);
        outcome.days += Box::pin(reckoned).await?;
        Ok(())
    }

    async fn lock(&self, waits: bool) -> Result<Lock, ImportError> {
        loop {
            let lock = Lock::take(&self.database, &self.source.id).map_err(ImportError::Lock)?;
            match lock {
                Some(lock) => return Ok(lock),
                None if !waits => return Err(ImportError::Busy),
                None => {
                    self.phase(Phase::Waiting);
                    sleep(LOOK).await;
                }
            }
        }
    }

    /// Lists, and takes in what is new and whole. Returns how many files were still
    /// being written.
    async fn look(
        &mut self,
        far: &Far,
        look: Look,
        outcome: &mut Outcome,
    ) -> Result<u64, ImportError> {
        let ledger = self.store.files(&self.source.id).await?;
        let asked = (look.window, look.again);
        let there = far.list(&self.source, &self.store, asked, &ledger).await?;
        let vendor = &self.source.vendor;
        let reads_again = |key: &str| look.reads_again && !self.read.contains(key);
        let window = (look.window, reads_again);
        let choice = choose(there.files, ledger, window, |key| vendor.name(key));
        let settle = if far.shows_halves() {
            self.source.settle
        } else {
            Duration::ZERO
        };
        let (whole, growing) = self.whole(choice, settle, outcome);
        outcome.unknown.extend(there.strays);
        self.phase(Phase::Taking);
        self.status.send_modify(|status| {
            let progress = &mut status.progress;
            progress.files += whole.len() as u64;
            progress.bytes += whole.iter().map(|file| file.listed.size).sum::<u64>();
        });
        Box::pin(self.take_all(far, whole, outcome)).await?;
        Ok(growing)
    }

    /// Those of the chosen that are not being written any more, and how many are. The
    /// last look counts: the outcome's other figures begin anew with each.
    fn whole(
        &mut self,
        choice: Choice,
        settle: Duration,
        outcome: &mut Outcome,
    ) -> (Vec<Chosen>, u64) {
        let taken_before = outcome.taken + outcome.retagged;
        outcome.found = choice.found;
        outcome.known = choice.known.saturating_sub(taken_before);
        outcome.outside = choice.outside;
        outcome.tenants = choice.tenants;
        outcome.unknown = choice.unknown;
        outcome.gone = choice.gone;
        outcome.not_yet = super::status::Files::default();
        outcome.failed = super::status::Files::default();
        self.settling.look();
        let now = Timestamp::now().as_second();
        let mut whole = Vec::new();
        for chosen in choice.chosen {
            let Listed {
                key,
                size,
                tag,
                modified,
            } = &chosen.listed;
            if let Some((_, why)) = self.bad.get(key).filter(|(bad, _)| bad == tag) {
                outcome.failed.add(key, why.clone());
                continue;
            }
            let age = modified.map(|modified| now - modified);
            if self.settling.is_whole(key, (*size, tag), age, settle) {
                whole.push(chosen);
            } else {
                outcome
                    .not_yet
                    .add(key, "it may still be uploading".to_owned());
            }
        }
        self.settling.end();
        (whole, outcome.not_yet.count)
    }

    async fn take_all(
        &mut self,
        far: &Far,
        files: Vec<Chosen>,
        outcome: &mut Outcome,
    ) -> Result<(), ImportError> {
        let (ahead, mut coming) = mpsc::channel(AHEAD);
        let given_up = self.stop.child_token();
        let spooling = async {
            for chosen in files {
                let spooled = far.spool(&chosen.listed).await;
                if ahead.send((chosen, spooled)).await.is_err() {
                    return;
                }
            }
            drop(ahead);
        };
        let spooling = given_up.run_until_cancelled(spooling);
        let taking = async {
            let _given_up = given_up.clone().drop_guard();
            while let Some((chosen, spooled)) = coming.recv().await {
                self.take(chosen, spooled, outcome).await?;
            }
            Ok(())
        };
        tokio::join!(spooling, taking).1
    }

    /// Takes in one file that was fetched.
    async fn take(
        &mut self,
        chosen: Chosen,
        spooled: Result<Spooled, Miss>,
        outcome: &mut Outcome,
    ) -> Result<(), ImportError> {
        let key = chosen.listed.key.clone();
        let size = chosen.listed.size;
        match spooled {
            Ok(spooled) => self.store_one(chosen, spooled, outcome).await?,
            Err(Miss::NotYet(why)) => {
                self.settling.forget(&key);
                outcome.not_yet.add(&key, why);
            }
            Err(Miss::Failed(why)) => self.failed(&key, why, outcome),
            Err(Miss::Away(error)) => return Err(error.into()),
        }
        self.status.send_modify(|status| {
            status.progress.files_done += 1;
            status.progress.bytes_done += size;
            status.progress.rows = outcome.rows;
        });
        Ok(())
    }

    async fn store_one(
        &mut self,
        chosen: Chosen,
        spooled: Spooled,
        outcome: &mut Outcome,
    ) -> Result<(), ImportError> {
        let Listed {
            key, tag, modified, ..
        } = chosen.listed.clone();
        self.read.insert(key.clone());
        if let Some(before) = &chosen.before
            && before.sha256 == spooled.sha256
        {
            if before.tag == tag {
                outcome.known += 1;
            } else {
                self.store.retag(before.id, tag).await?;
                outcome.retagged += 1;
            }
            return Ok(());
        }
        let arriving = Arriving {
            source: self.source.id.clone(),
            key: key.clone(),
            dataset: chosen.dataset.clone(),
            size: spooled.size,
            tag: tag.clone(),
            sha256: spooled.sha256,
            modified,
            taken_at: Timestamp::now().as_second(),
        };
        let vendor = &self.source.vendor;
        let taken = vendor
            .take(&self.store, arriving, &chosen, spooled, &self.stop)
            .await;
        match taken {
            Ok(taken) => {
                outcome.taken += 1;
                outcome.replaced += u64::from(taken.replaced);
                outcome.rows += taken.rows;
                outcome.set_aside += taken.set_aside;
                self.told(&key, &taken);
                Ok(())
            }
            Err(TakeError::Bad(why)) => {
                if self.bad.len() < MOST_BAD {
                    self.bad.insert(key.clone(), (tag, why.clone()));
                }
                self.failed(&key, why, outcome);
                Ok(())
            }
            Err(TakeError::Store(error)) => Err(error.into()),
            Err(TakeError::Stopped) => Err(ImportError::Stopped),
        }
    }

    fn failed(&self, key: &str, why: String, outcome: &mut Outcome) {
        warn!(source.name = %self.source.id, file = key, "Couldn't import a file: {why}");
        outcome.failed.add(key, why);
    }

    fn told(&self, key: &str, taken: &crate::store::Taken) {
        let name = &self.source.id;
        if taken.replaced {
            info!(source.name = %name, file = key, rows.count = taken.rows,
                "Reimported a file: its content changed");
        } else {
            debug!(source.name = %name, file = key, rows.count = taken.rows, "Imported a file");
        }
        if 0 < taken.set_aside {
            warn!(source.name = %name, file = key, rows.count = taken.set_aside,
                "Skipped rows that couldn't be read; see the Data sources page");
        }
    }

    fn window(&self, asked: Asked, now: Timestamp) -> Window {
        let today = now.to_zoned(self.source.vendor.zone()).date();
        let kept = super::first_kept(today, self.source.keep);
        let since = asked
            .since
            .unwrap_or_else(|| super::before(today, self.source.history));
        Window {
            since: since.max(kept),
            // Clocks differ, and days begin elsewhere.
            until: asked
                .until
                .unwrap_or_else(|| today.saturating_add(2.days())),
        }
    }

    fn begin(&self) {
        self.status
            .send_modify(|status| status.progress = Progress::default());
    }

    fn phase(&self, phase: Phase) {
        self.status
            .send_if_modified(|status| std::mem::replace(&mut status.phase, phase) != phase);
    }
}
