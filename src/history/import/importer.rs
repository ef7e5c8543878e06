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
    history::{fetch::FetchError, sangoma::CoverageGaps},
    store::{IncomingFile, Store, StoreError, StoreView},
};

use super::{
    FileSource,
    lock::ImportLock,
    plan::{ImportPlan, ImportWindow, ListedFile, PlannedFile, plan_import},
    remote::{DownloadError, DownloadedFile, RemoteSource},
    stability::StabilityCheck,
    status::{ImportOutcome, ImportPhase, ImportProgress, ImportStatus},
    vendor::FileImportError,
};

/// Files that are spooled beside the one that is taken in: one that waits, and one that
/// comes. Their sizes are what the spool's disk must have room for.
const DOWNLOADS_QUEUED_MAX: usize = 1;
/// How often it is looked whether another import of the source has ended.
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(500);
/// Files that cannot be read are remembered by their tags, up to so many.
const REJECTED_FILES_MAX: usize = 10_000;

/// Brings one source's files into the store, run by run.
#[derive(Debug)]
pub struct Importer {
    pub(super) source: Arc<FileSource>,
    pub(super) store: Store,
    /// The database's file: spool and lock stand beside it.
    pub(super) database: PathBuf,
    pub(super) status: watch::Sender<ImportStatus>,
    pub(super) stop: CancellationToken,
    /// Made when it is first needed.
    remote: Option<Arc<RemoteSource>>,
    stability: StabilityCheck,
    /// Files that could not be read, by key: their tag and why. They are not fetched
    /// again until they change.
    rejected_files: HashMap<String, (String, String)>,
    /// Files that this run has read, whether they looked as before or not.
    files_read: HashSet<String>,
}

/// What a run is asked for beyond what the configuration says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportRequest {
    /// Both days included.
    pub since: Option<Date>,
    pub until: Option<Date>,
    /// How long it may wait for files that are being written; without it they are left
    /// to the next run, and so is a source that is being imported by somebody else.
    pub wait_max: Option<Duration>,
}

/// How the far side is looked at.
#[derive(Clone, Copy, Debug)]
struct ListingRequest {
    window: ImportWindow,
    /// Also days of which all was here.
    includes_done_days: bool,
    /// Also the content of files that look as they did: sizes and times, by which files of
    /// folders are told apart, say nothing of it.
    rereads_known: bool,
}

/// Why a run did not come to its end. What was taken in before stays.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("couldn't create the import lock next to the database")]
    Lock(#[source] std::io::Error),
    #[error("another import of this source is running")]
    Busy,
    #[error(transparent)]
    Remote(#[from] FetchError),
    #[error("{0}")]
    MissingRoot(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "the import was stopped; imported data is saved, and the next import continues from there"
    )]
    Stopped,
}

impl Importer {
    pub fn new(
        source: FileSource,
        store: Store,
        database: PathBuf,
        status: watch::Sender<ImportStatus>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            source: Arc::new(source),
            store,
            database,
            status,
            stop,
            remote: None,
            stability: StabilityCheck::default(),
            rejected_files: HashMap::new(),
            files_read: HashSet::new(),
        }
    }

    /// Files that could not be read are fetched again, whether they changed or not.
    pub(super) fn clear_rejected(&mut self) {
        self.rejected_files.clear();
    }

    /// Days of which not all calls came, as far as files were imported.
    pub async fn load_gaps(&self) -> Result<CoverageGaps, StoreError> {
        let source = self.source.clone();
        let gaps = move |view: &StoreView<'_>| source.vendor.find_gaps(view, &source.id);
        self.store.with_view(gaps).await
    }

    /// Takes in what is new.
    pub async fn run_once(&mut self, asked: ImportRequest) -> Result<ImportOutcome, ImportError> {
        let stop = self.stop.clone();
        let run = stop.run_until_cancelled_owned(Box::pin(self.run_steps(asked)));
        let run = run.await;
        run.unwrap_or(Err(ImportError::Stopped))
    }

    async fn run_steps(&mut self, asked: ImportRequest) -> Result<ImportOutcome, ImportError> {
        let _lock = self.acquire_lock(asked.wait_max.is_some()).await?;
        let mut outcome = ImportOutcome::default();
        self.files_read.clear();
        self.reset_progress();
        if !self
            .store
            .load_dirty_days(&self.source.id)
            .await?
            .is_empty()
        {
            // What a run before this one left when it was cut short.
            self.compute_days(&mut outcome).await?;
        }
        let window = self.import_window(asked, Timestamp::now());
        self.set_phase(ImportPhase::Listing);
        let far = self.remote()?;
        let deadline = asked.wait_max.map(|patience| Instant::now() + patience);
        loop {
            // Who asks at a terminal wants all that there is.
            let again = asked.wait_max.is_some();
            let look = ListingRequest {
                window,
                includes_done_days: again,
                rereads_known: asked.since.is_some() && far.shows_partial_files(),
            };
            let growing = self.import_new(&far, look, &mut outcome).await?;
            let waits = deadline.is_some_and(|deadline| Instant::now() < deadline);
            if growing == 0 || !waits {
                break;
            }
            self.set_phase(ImportPhase::Stabilizing);
            sleep(self.source.stability_period.max(LOCK_POLL_INTERVAL)).await;
        }
        self.compute_days(&mut outcome).await?;
        if 0 < outcome.imported {
            info!(
                source.name = %self.source.id,
                files.count = outcome.imported,
                rows.count = outcome.rows,
                "Imported new files"
            );
        }
        Ok(outcome)
    }

    /// The far side, reached by one door for as long as we run.
    fn remote(&mut self) -> Result<Arc<RemoteSource>, FetchError> {
        if let Some(far) = &self.remote {
            return Ok(far.clone());
        }
        let far = Arc::new(RemoteSource::new(&self.source.location, &self.database)?);
        self.remote = Some(far.clone());
        Ok(far)
    }

    /// Reckons the figures of what came, and of all where they are reckoned otherwise now.
    async fn compute_days(&self, outcome: &mut ImportOutcome) -> Result<(), ImportError> {
        let told = |done, all| {
            if 0 < all {
                self.set_phase(ImportPhase::Computing);
            }
            self.status.send_modify(|status| {
                (status.progress.days_done, status.progress.days) = (done, all);
            });
        };
        let vendor = &self.source.vendor;
        let reckoned = vendor.compute_days(&self.store, &self.source.id, told);
        outcome.days += Box::pin(reckoned).await?;
        Ok(())
    }

    async fn acquire_lock(&self, waits: bool) -> Result<ImportLock, ImportError> {
        loop {
            let lock =
                ImportLock::acquire(&self.database, &self.source.id).map_err(ImportError::Lock)?;
            match lock {
                Some(lock) => return Ok(lock),
                None if !waits => return Err(ImportError::Busy),
                None => {
                    self.set_phase(ImportPhase::Waiting);
                    sleep(LOCK_POLL_INTERVAL).await;
                }
            }
        }
    }

    /// Lists, and takes in what is new and whole. Returns how many files were still
    /// being written.
    async fn import_new(
        &mut self,
        far: &RemoteSource,
        look: ListingRequest,
        outcome: &mut ImportOutcome,
    ) -> Result<u64, ImportError> {
        let ledger = self.store.load_files(&self.source.id).await?;
        let asked = (look.window, look.includes_done_days);
        let there = far
            .list_files(&self.source, &self.store, asked, &ledger)
            .await?;
        let vendor = &self.source.vendor;
        let reads_again = |key: &str| look.rereads_known && !self.files_read.contains(key);
        let window = (look.window, reads_again);
        let choice = plan_import(there.files, ledger, window, |key| vendor.identify_file(key));
        let settle = if far.shows_partial_files() {
            self.source.stability_period
        } else {
            Duration::ZERO
        };
        let (whole, growing) = self.select_stable(choice, settle, outcome);
        outcome.unknown.extend(there.strays);
        self.set_phase(ImportPhase::Importing);
        self.status.send_modify(|status| {
            let progress = &mut status.progress;
            progress.files += whole.len() as u64;
            progress.bytes += whole.iter().map(|file| file.listed.size).sum::<u64>();
        });
        Box::pin(self.import_files(far, whole, outcome)).await?;
        Ok(growing)
    }

    /// Those of the chosen that are not being written any more, and how many are. The
    /// last look counts: the outcome's other figures begin anew with each.
    fn select_stable(
        &mut self,
        choice: ImportPlan,
        settle: Duration,
        outcome: &mut ImportOutcome,
    ) -> (Vec<PlannedFile>, u64) {
        let taken_before = outcome.imported + outcome.retagged;
        outcome.found = choice.found;
        outcome.known = choice.known.saturating_sub(taken_before);
        outcome.outside = choice.outside;
        outcome.tenants = choice.tenants;
        outcome.unknown = choice.unknown;
        outcome.gone = choice.gone;
        outcome.not_yet = super::status::FileReasons::default();
        outcome.failed = super::status::FileReasons::default();
        self.stability.begin_listing();
        let now = Timestamp::now().as_second();
        let mut whole = Vec::new();
        for chosen in choice.files {
            let ListedFile {
                key,
                size,
                tag,
                modified,
            } = &chosen.listed;
            if let Some((_, why)) = self.rejected_files.get(key).filter(|(bad, _)| bad == tag) {
                outcome.failed.add_file(key, why.clone());
                continue;
            }
            let age = modified.map(|modified| now - modified);
            if self.stability.is_stable(key, (*size, tag), age, settle) {
                whole.push(chosen);
            } else {
                outcome
                    .not_yet
                    .add_file(key, "it may still be uploading".to_owned());
            }
        }
        self.stability.end_listing();
        (whole, outcome.not_yet.count)
    }

    async fn import_files(
        &mut self,
        far: &RemoteSource,
        files: Vec<PlannedFile>,
        outcome: &mut ImportOutcome,
    ) -> Result<(), ImportError> {
        let (ahead, mut coming) = mpsc::channel(DOWNLOADS_QUEUED_MAX);
        let given_up = self.stop.child_token();
        let spooling = async {
            for chosen in files {
                let spooled = far.download_file(&chosen.listed).await;
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
                self.import_downloaded(chosen, spooled, outcome).await?;
            }
            Ok(())
        };
        tokio::join!(spooling, taking).1
    }

    /// Takes in one file that was fetched.
    async fn import_downloaded(
        &mut self,
        chosen: PlannedFile,
        spooled: Result<DownloadedFile, DownloadError>,
        outcome: &mut ImportOutcome,
    ) -> Result<(), ImportError> {
        let key = chosen.listed.key.clone();
        let size = chosen.listed.size;
        match spooled {
            Ok(spooled) => self.store_file(chosen, spooled, outcome).await?,
            Err(DownloadError::NotYet(why)) => {
                self.stability.remove_file(&key);
                outcome.not_yet.add_file(&key, why);
            }
            Err(DownloadError::Failed(why)) => self.record_failure(&key, why, outcome),
            Err(DownloadError::Unreachable(error)) => return Err(error.into()),
        }
        self.status.send_modify(|status| {
            status.progress.files_done += 1;
            status.progress.bytes_done += size;
            status.progress.rows = outcome.rows;
        });
        Ok(())
    }

    async fn store_file(
        &mut self,
        chosen: PlannedFile,
        spooled: DownloadedFile,
        outcome: &mut ImportOutcome,
    ) -> Result<(), ImportError> {
        let ListedFile {
            key, tag, modified, ..
        } = chosen.listed.clone();
        self.files_read.insert(key.clone());
        if let Some(before) = &chosen.previous
            && before.sha256 == spooled.sha256
        {
            if before.tag == tag {
                outcome.known += 1;
            } else {
                self.store.update_tag(before.id, tag).await?;
                outcome.retagged += 1;
            }
            return Ok(());
        }
        let arriving = IncomingFile {
            source: self.source.id.clone(),
            key: key.clone(),
            dataset: chosen.dataset.clone(),
            size: spooled.size,
            tag: tag.clone(),
            sha256: spooled.sha256,
            modified,
            imported_at: Timestamp::now().as_second(),
        };
        let vendor = &self.source.vendor;
        let taken = vendor
            .import_file(&self.store, arriving, &chosen, spooled, &self.stop)
            .await;
        match taken {
            Ok(taken) => {
                outcome.imported += 1;
                outcome.replaced += u64::from(taken.replaced);
                outcome.rows += taken.rows;
                outcome.rejected_rows += taken.rejected_rows;
                self.log_import(&key, &taken);
                Ok(())
            }
            Err(FileImportError::Unreadable(why)) => {
                if self.rejected_files.len() < REJECTED_FILES_MAX {
                    self.rejected_files.insert(key.clone(), (tag, why.clone()));
                }
                self.record_failure(&key, why, outcome);
                Ok(())
            }
            Err(FileImportError::Store(error)) => Err(error.into()),
            Err(FileImportError::Stopped) => Err(ImportError::Stopped),
        }
    }

    fn record_failure(&self, key: &str, why: String, outcome: &mut ImportOutcome) {
        warn!(source.name = %self.source.id, file = key, "Couldn't import a file: {why}");
        outcome.failed.add_file(key, why);
    }

    fn log_import(&self, key: &str, taken: &crate::store::ImportResult) {
        let name = &self.source.id;
        if taken.replaced {
            info!(source.name = %name, file = key, rows.count = taken.rows,
                "Reimported a file: its content changed");
        } else {
            debug!(source.name = %name, file = key, rows.count = taken.rows, "Imported a file");
        }
        if 0 < taken.rejected_rows {
            warn!(source.name = %name, file = key, rows.count = taken.rejected_rows,
                "Skipped rows that couldn't be read; see the Data sources page");
        }
    }

    fn import_window(&self, asked: ImportRequest, now: Timestamp) -> ImportWindow {
        let today = now.to_zoned(self.source.vendor.zone()).date();
        let kept = super::first_retained_day(today, self.source.retention);
        let since = asked
            .since
            .unwrap_or_else(|| super::days_before(today, self.source.history));
        ImportWindow {
            since: since.max(kept),
            // Clocks differ, and days begin elsewhere.
            until: asked
                .until
                .unwrap_or_else(|| today.saturating_add(2.days())),
        }
    }

    fn reset_progress(&self) {
        self.status
            .send_modify(|status| status.progress = ImportProgress::default());
    }

    fn set_phase(&self, phase: ImportPhase) {
        self.status
            .send_if_modified(|status| std::mem::replace(&mut status.phase, phase) != phase);
    }
}
