//! The import of one source inside the product: repeats at its interval forever, whatever the
//! remote side does.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tracing::{info, warn};

use wallboard_runtime::retry::{self, Backoff, TaskSignals};
use wallboard_store::{ImportedFile, StoreError, StoreView};

use super::{
    MissingFiles,
    import_request::ImportRequest,
    importer::{ImportError, Importer},
    status::{ImportFailure, ImportPhase, ImportTotals},
};

/// Delay while another import of the source runs.
const BUSY_RETRY_DELAY: Duration = Duration::from_secs(5);
/// The longest delay that the remote side may request.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// Runs a source's imports until it's stopped.
pub async fn run_imports(mut importer: Importer, mut signals: TaskSignals) {
    let stop = signals.stop.clone();
    stop.run_until_cancelled(repeat_imports(&mut importer, &mut signals.retry))
        .await;
    info!(source.name = %importer.source.id, "Source stopped");
}

async fn repeat_imports(importer: &mut Importer, retry: &mut watch::Receiver<()>) {
    let public_key = super::load_public_key(&importer.source).await;
    importer
        .status
        .send_modify(|status| status.public_key = public_key);
    let mut backoff = Backoff::default();
    let mut last_reason = String::new();
    // Runs in a row that left files undelivered.
    let mut undelivered_runs = 0;
    loop {
        retry.mark_unchanged();
        let started = Instant::now();
        let result = importer.run_once(ImportRequest::default()).await;
        let pause = match &result {
            Ok(outcome) => {
                backoff.reset();
                let interval = importer.source.interval;
                undelivered_runs = match outcome.undelivered {
                    0 => 0,
                    _ => undelivered_runs + 1,
                };
                if outcome.undelivered < outcome.deferred.count {
                    // They will soon be complete.
                    interval.min(importer.source.stability_period.max(Duration::from_secs(1)))
                } else if 0 < undelivered_runs {
                    interval.min(retry::REFUSED_PAUSE.saturating_mul(undelivered_runs))
                } else {
                    interval
                }
            }
            Err(ImportError::Busy) => BUSY_RETRY_DELAY,
            Err(error) => {
                let requested = error.retry_after().unwrap_or_default();
                let pause = backoff.next_pause(error.needs_intervention());
                pause.max(requested.min(RETRY_AFTER_MAX))
            }
        };
        let next = match &result {
            // The interval runs from start to start.
            Ok(outcome) => {
                let requested = outcome.retry_after.unwrap_or_default();
                (started + pause).max(Instant::now() + requested)
            }
            Err(_) => Instant::now() + pause,
        };
        importer.record_run(&result, next).await;
        match &result {
            Ok(_) if !last_reason.is_empty() => {
                info!(source.name = %importer.source.id, "Files are being imported again");
                last_reason.clear();
            }
            Ok(_) | Err(ImportError::Busy) => {}
            Err(error) => {
                let why = error.to_sentence();
                if why != last_reason {
                    warn!(
                        source.name = %importer.source.id,
                        retry_secs = pause.as_secs_f32(),
                        "Import failed, retrying: {why}"
                    );
                }
                last_reason = why;
            }
        }
        tokio::select! {
            () = sleep_until(next) => {}
            () = retry::retry_requested(retry) => importer.failures.clear_rejected(),
        }
    }
}

impl Importer {
    /// Records the result of a run, and when the next one is due.
    pub(super) async fn record_run(
        &mut self,
        result: &Result<super::ImportOutcome, ImportError>,
        next: Instant,
    ) {
        let now = Timestamp::now();
        let wait = SignedDuration::try_from(next.saturating_duration_since(Instant::now()));
        let next_run = wait.ok().and_then(|wait| now.checked_add(wait).ok());
        let mut status = self.status.borrow().clone();
        let before = status.state(now);
        let source = self.source.clone();
        // Imported files are reported even if the run failed. If they can't be loaded, the next run
        // fails too, and reports it.
        if let Ok(files) = self.store.load_files(&source.id).await {
            status.totals = ImportTotals::from_files(&files, now);
            status.expected_file = source.next_file(&files);
            status.findings = source.vendor.check_mapping(&files);
            status.missing = self.missing_files(&files, result, now);
            status.unmapped = source.vendor.unmapped_headers(&files);
        }
        if let Ok(gaps) = self.load_gaps().await {
            status.gaps = gaps;
        }
        let is_new = matches!(result, Ok(outcome) if 0 < outcome.imported);
        if (is_new || status.last_run.is_none())
            && let Ok(reasons) = self.unknown_end_reasons().await
        {
            status.unknown_end_reasons = reasons;
        }
        status.phase = match result {
            Err(ImportError::Busy) => ImportPhase::Waiting,
            _ => ImportPhase::Idle,
        };
        status.next_run = next_run;
        match result {
            Ok(outcome) => {
                status.last_run = Some(now);
                status.last_contact = Some(now);
                status.failure = None;
                status.outcome = outcome.clone();
            }
            Err(ImportError::Busy) => {}
            Err(error) => {
                status.last_run = Some(now);
                status.failures += 1;
                status.failure = Some(ImportFailure {
                    at: now,
                    reason: error.to_sentence(),
                    needs_intervention: error.needs_intervention(),
                });
            }
        }
        if status.state(now) != before {
            status.since = now;
        }
        self.status.send_replace(status);
    }

    /// Loads end reasons without a configured meaning.
    async fn unknown_end_reasons(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let source = self.source.clone();
        let load = move |view: &StoreView<'_>| source.vendor.unknown_end_reasons(view, &source.id);
        self.store.with_view(load).await
    }

    /// Returns files that are missing while others arrive.
    fn missing_files(
        &self,
        files: &[ImportedFile],
        result: &Result<super::ImportOutcome, ImportError>,
        now: Timestamp,
    ) -> Vec<MissingFiles> {
        let keys = files.iter().map(|file| &*file.key);
        let mut missing = self.source.missing_files(keys, now);
        let gone = result.iter().flat_map(|outcome| &outcome.removed);
        missing.extend(gone.map(|dataset| MissingFiles::Removed {
            dataset: dataset.clone(),
        }));
        missing
    }
}
