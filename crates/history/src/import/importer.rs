//! One import run of a source: lists its files, selects the new ones and imports them. The next
//! file downloads while this one is stored. One bad file never stops the others.

use std::{collections::HashSet, path::PathBuf, sync::Arc, time::Duration};

use jiff::{Timestamp, ToSpan};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::{
    coverage::CoverageGaps,
    export_vendor::FileImportError,
    fetch::{FetchError, RemoteFile, SpooledFile},
};
use wallboard_store::{FileLock, Store, StoreError, StoreView};

use super::{
    FileSource,
    download_queue::DownloadQueue,
    file_failures::FileFailures,
    import_request::ImportRequest,
    lock::lock_import,
    plan::{ImportPlan, ImportWindow, PlannedFile, plan_import},
    remote::{DownloadError, ListingScope, RemoteSource},
    stability::StabilityCheck,
    status::{ImportOutcome, ImportPhase, ImportProgress, ImportStatus},
};

/// Files spooled besides the one being imported: one that waits, and one that downloads. The
/// spool's disk must have room for their sizes.
const DOWNLOADS_QUEUED_MAX: usize = 1;
/// Interval of checks for the end of another import of the source.
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Imports one source's files into the store, run by run.
#[derive(Debug)]
pub struct Importer {
    pub(super) source: Arc<FileSource>,
    pub(super) store: Store,
    /// The database's file; spool files and the lock are next to it.
    pub(super) database: PathBuf,
    pub(super) status: watch::Sender<ImportStatus>,
    pub(super) stop: CancellationToken,
    /// Created on first use.
    remote: Option<Arc<RemoteSource>>,
    stability: StabilityCheck,
    pub(super) failures: FileFailures,
    /// Files that this run has read, whether they looked changed or not.
    files_read: HashSet<String>,
}

/// The scope of a listing.
#[derive(Clone, Copy, Debug)]
struct ListingRequest {
    window: ImportWindow,
    /// Whether to list days whose files are all imported, too.
    includes_done_days: bool,
    /// Whether to reread files that look unchanged: the size and time that identify files in
    /// folders say nothing about content.
    rereads_known: bool,
}

/// The reason why a run ended early. Files imported before stay imported.
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
            store,
            database,
            status,
            failures: FileFailures::new(source.id.clone()),
            source: Arc::new(source),
            stop,
            remote: None,
            stability: StabilityCheck::default(),
            files_read: HashSet::new(),
        }
    }

    /// Returns days with missing calls, as far as files were imported.
    pub async fn load_gaps(&self) -> Result<CoverageGaps, StoreError> {
        let source = self.source.clone();
        let load = move |view: &StoreView<'_>| source.find_gaps(view);
        self.store.with_view(load).await
    }

    /// Imports new files.
    pub async fn run_once(&mut self, request: ImportRequest) -> Result<ImportOutcome, ImportError> {
        let stop = self.stop.clone();
        let run = stop.run_until_cancelled_owned(Box::pin(self.run_steps(request)));
        let run = run.await;
        run.unwrap_or(Err(ImportError::Stopped))
    }

    async fn run_steps(&mut self, request: ImportRequest) -> Result<ImportOutcome, ImportError> {
        let _lock = self.acquire_lock(request.wait_max.is_some()).await?;
        let mut outcome = ImportOutcome::default();
        self.files_read.clear();
        self.reset_progress();
        if !self
            .store
            .load_dirty_days(&self.source.id)
            .await?
            .is_empty()
        {
            // Left by a previous run that was interrupted.
            self.compute_days(&mut outcome).await?;
        }
        let window = self.import_window(request, Timestamp::now());
        self.set_phase(ImportPhase::Listing);
        let remote = self.remote()?;
        let deadline = request.wait_max.map(|wait| Instant::now() + wait);
        loop {
            // A run from the terminal includes everything.
            let includes_done_days = request.wait_max.is_some();
            let listing = ListingRequest {
                window,
                includes_done_days,
                rereads_known: request.since.is_some() && remote.shows_partial_files(),
            };
            let unstable_count = self.import_new(&remote, listing, &mut outcome).await?;
            let waits = deadline.is_some_and(|deadline| Instant::now() < deadline);
            if unstable_count == 0 || !waits {
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

    /// Returns the remote source, opened once and reused.
    fn remote(&mut self) -> Result<Arc<RemoteSource>, FetchError> {
        if let Some(remote) = &self.remote {
            return Ok(remote.clone());
        }
        let remote = Arc::new(RemoteSource::new(&self.source.location, &self.database)?);
        self.remote = Some(remote.clone());
        Ok(remote)
    }

    /// Computes the figures of imported days, and of all days if their computation changed.
    async fn compute_days(&self, outcome: &mut ImportOutcome) -> Result<(), ImportError> {
        let mut on_progress = |done, total| {
            if 0 < total {
                self.set_phase(ImportPhase::Computing);
            }
            self.status.send_modify(|status| {
                (status.progress.days_done, status.progress.days) = (done, total);
            });
        };
        let vendor = &self.source.vendor;
        let computing = vendor.compute_days(&self.store, &self.source.id, &mut on_progress);
        outcome.days += computing.await?;
        Ok(())
    }

    async fn acquire_lock(&self, waits: bool) -> Result<FileLock, ImportError> {
        loop {
            let lock = lock_import(&self.database, &self.source.id);
            match lock.map_err(ImportError::Lock)? {
                Some(lock) => return Ok(lock),
                None if !waits => return Err(ImportError::Busy),
                None => {
                    self.set_phase(ImportPhase::Waiting);
                    sleep(LOCK_POLL_INTERVAL).await;
                }
            }
        }
    }

    /// Lists files and imports those that are new and complete. Returns the number of files still
    /// being written.
    async fn import_new(
        &mut self,
        remote: &RemoteSource,
        request: ListingRequest,
        outcome: &mut ImportOutcome,
    ) -> Result<u64, ImportError> {
        let mut ledger = self.store.load_files(&self.source.id).await?;
        let scope = ListingScope {
            source: &self.source.id,
            store: &self.store,
            window: request.window,
            includes_done_days: request.includes_done_days,
            ledger: &ledger,
        };
        let vendor = &self.source.vendor;
        let mut contents = vendor.list_files(remote, scope).await?;
        contents.retain_known(&mut ledger);
        ledger.retain(|file| !vendor.is_outdated(file));
        let reads_again = |key: &str| request.rereads_known && !self.files_read.contains(key);
        let window = request.window;
        let files = std::mem::take(&mut contents.files);
        let identify = |key: &str| vendor.identify_file(key);
        let plan = plan_import(files, ledger, window, reads_again, identify);
        self.failures.forget(&plan, &contents);
        let settle = if remote.shows_partial_files() {
            self.source.stability_period
        } else {
            Duration::ZERO
        };
        let (mut stable, unstable_count) = self.select_stable(plan, settle, outcome);
        stable.sort_by_key(|planned| self.failures.has_logged(&planned.listed.key));
        outcome.unknown.extend(contents.strays);
        for (folder, error) in contents.unreadable {
            self.failures.record_unreadable(&folder, &error, outcome);
        }
        let ended_by = contents.ended_by;
        self.set_phase(ImportPhase::Importing);
        self.status.send_modify(|status| {
            let progress = &mut status.progress;
            progress.files += stable.len() as u64;
            progress.bytes += stable.iter().map(|file| file.listed.size).sum::<u64>();
        });
        Box::pin(self.import_files(remote, stable, outcome)).await?;
        match ended_by {
            Some(error) => Err(error.into()),
            None => Ok(unstable_count),
        }
    }

    /// Returns the planned files that are stable, and the number of others. The last listing
    /// counts: each resets the outcome's other figures.
    fn select_stable(
        &mut self,
        plan: ImportPlan,
        settle: Duration,
        outcome: &mut ImportOutcome,
    ) -> (Vec<PlannedFile>, u64) {
        let imported_before = outcome.imported + outcome.retagged;
        outcome.found = plan.found;
        outcome.known = plan.known.saturating_sub(imported_before);
        outcome.outside_window = plan.outside;
        outcome.tenants = plan.tenants;
        outcome.unknown = plan.unknown;
        outcome.removed = plan.removed;
        outcome.deferred = super::status::FileReasons::default();
        outcome.failed = super::status::FileReasons::default();
        outcome.undelivered = 0;
        outcome.retry_after = None;
        self.stability.begin_listing();
        let now = Timestamp::now().as_second();
        let mut stable = Vec::new();
        for planned in plan.files {
            let RemoteFile {
                key,
                size,
                tag,
                modified,
            } = &planned.listed;
            if let Some(why) = self.failures.rejection(key, tag) {
                outcome.failed.add_file(key, why.to_owned());
                continue;
            }
            let age = modified.map(|modified| now - modified.as_second());
            if self.stability.is_stable(key, *size, tag, age, settle) {
                stable.push(planned);
            } else {
                outcome
                    .deferred
                    .add_file(key, "it may still be uploading".to_owned());
            }
        }
        self.stability.end_listing();
        (stable, outcome.deferred.count)
    }

    async fn import_files(
        &mut self,
        remote: &RemoteSource,
        files: Vec<PlannedFile>,
        outcome: &mut ImportOutcome,
    ) -> Result<(), ImportError> {
        let (sender, mut receiver) = mpsc::channel(DOWNLOADS_QUEUED_MAX);
        let cancel = self.stop.child_token();
        let is_new = |planned: &&PlannedFile| !self.failures.has_logged(&planned.listed.key);
        let queue = DownloadQueue::new(files.iter().filter(is_new).count(), files);
        let downloading = cancel.run_until_cancelled(queue.download_files(remote, sender));
        let importing = async {
            let _cancel = cancel.clone().drop_guard();
            while let Some((planned, downloaded)) = receiver.recv().await {
                self.import_downloaded(planned, downloaded, outcome).await?;
            }
            Ok(())
        };
        let (ended_by, imported): (_, Result<(), ImportError>) =
            tokio::join!(downloading, importing);
        imported?;
        ended_by.flatten().map_or(Ok(()), |error| Err(error.into()))
    }

    /// Imports one downloaded file.
    async fn import_downloaded(
        &mut self,
        planned: PlannedFile,
        downloaded: Result<SpooledFile, DownloadError>,
        outcome: &mut ImportOutcome,
    ) -> Result<(), ImportError> {
        let key = planned.listed.key.clone();
        let size = planned.listed.size;
        match downloaded {
            Ok(downloaded) => {
                self.store_file(planned, downloaded, outcome).await?;
            }
            Err(DownloadError::Changing(why)) => {
                self.stability.remove_file(&key);
                outcome.deferred.add_file(&key, why);
            }
            Err(DownloadError::Unreadable(error)) => {
                self.failures.record_unreadable(&key, &error, outcome);
            }
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
        planned: PlannedFile,
        downloaded: SpooledFile,
        outcome: &mut ImportOutcome,
    ) -> Result<(), ImportError> {
        let RemoteFile { key, tag, .. } = planned.listed.clone();
        self.files_read.insert(key.clone());
        if let Some(previous) = &planned.previous
            && previous.sha256 == downloaded.sha256
        {
            if previous.tag == tag {
                outcome.known += 1;
            } else {
                self.store.update_tag(previous.id, tag).await?;
                outcome.retagged += 1;
            }
            return Ok(());
        }
        let imported = self
            .source
            .import_file(&self.store, planned, downloaded, &self.stop);
        match imported.await {
            Ok(imported) => {
                outcome.imported += 1;
                outcome.replaced += u64::from(imported.replaced);
                outcome.rows += imported.rows;
                outcome.rejected_rows += imported.rejected_rows;
                self.log_import(&key, &imported);
                Ok(())
            }
            Err(FileImportError::Unreadable(why)) => {
                self.failures.reject(&key, tag, why, outcome);
                Ok(())
            }
            Err(FileImportError::Store(error)) => Err(error.into()),
            Err(FileImportError::Stopped) => Err(ImportError::Stopped),
        }
    }

    fn log_import(&self, key: &str, imported: &wallboard_store::ImportResult) {
        let name = &self.source.id;
        if imported.replaced {
            info!(source.name = %name, file = key, rows.count = imported.rows,
                "Reimported a file: its content changed");
        } else {
            debug!(source.name = %name, file = key, rows.count = imported.rows, "Imported a file");
        }
        if 0 < imported.rejected_rows {
            warn!(source.name = %name, file = key, rows.count = imported.rejected_rows,
                "Skipped rows that couldn't be read; see the Data sources page");
        }
    }

    fn import_window(&self, request: ImportRequest, now: Timestamp) -> ImportWindow {
        let today = now.to_zoned(self.source.vendor.zone()).date();
        let first_retained = super::first_retained_day(today, self.source.retention);
        let since = request
            .since
            .unwrap_or_else(|| super::days_before(today, self.source.history));
        ImportWindow {
            since: since.max(first_retained),
            // Clocks differ, and days begin earlier elsewhere.
            until: request
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
