//! The import of one source inside the product: again and again at its interval, for
//! ever, whatever the far side does.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tracing::{info, warn};

use crate::{
    retry::{self, Backoff, Orders},
    store::TakenFile,
};

use super::{
    run::{Asked, ImportError, Importer},
    status::{Fault, Phase},
};

/// Where somebody else imports.
const BUSY_PAUSE: Duration = Duration::from_secs(5);

/// Runs a source's imports until it is told to stop.
pub async fn keep(mut importer: Importer, mut orders: Orders) {
    let stop = orders.stop.clone();
    stop.run_until_cancelled(turns(&mut importer, &mut orders.retry))
        .await;
    info!(source.name = %importer.source.id, "Source stopped");
}

async fn turns(importer: &mut Importer, retry: &mut watch::Receiver<()>) {
    let own_key = super::own_key(&importer.source).await;
    importer
        .status
        .send_modify(|status| status.own_key = own_key);
    let mut backoff = Backoff::default();
    let mut last_why = String::new();
    loop {
        retry.mark_unchanged();
        let started = Instant::now();
        let result = importer.run(Asked::default()).await;
        let pause = match &result {
            Ok(outcome) => {
                backoff = Backoff::default();
                let interval = importer.source.interval;
                match outcome.not_yet.count {
                    0 => interval,
                    // They will be whole in a moment.
                    _ => interval.min(importer.source.settle.max(Duration::from_secs(1))),
                }
            }
            Err(ImportError::Busy) => BUSY_PAUSE,
            Err(error) => backoff.next_pause(error.is_refused()),
        };
        let next = match &result {
            // The interval is from start to start.
            Ok(_) => started + pause,
            Err(_) => Instant::now() + pause,
        };
        importer.note(&result, next).await;
        match &result {
            Ok(_) if !last_why.is_empty() => {
                info!(source.name = %importer.source.id, "Files are being imported again");
                last_why.clear();
            }
            Ok(_) | Err(ImportError::Busy) => {}
            Err(error) => {
                let why = error.sentence();
                if why != last_why {
                    warn!(
                        source.name = %importer.source.id,
                        retry_secs = pause.as_secs_f32(),
                        "Import failed, retrying: {why}"
                    );
                }
                last_why = why;
            }
        }
        tokio::select! {
            () = sleep_until(next) => {}
            () = retry::requested(retry) => importer.forget_bad(),
        }
    }
}

impl Importer {
    /// Writes down how a run went, and when the next one is.
    pub(super) async fn note(
        &mut self,
        result: &Result<super::Outcome, ImportError>,
        next: Instant,
    ) {
        let now = Timestamp::now();
        let wait = SignedDuration::try_from(next.saturating_duration_since(Instant::now()));
        let next_run = wait.ok().and_then(|wait| now.checked_add(wait).ok());
        // What was taken in is told also where the run came to a bad end.
        let ledger = match self.store.files(&self.source.id).await {
            Ok(files) => Some((
                super::status::Ledger::of(&files, now),
                self.source.vendor.due(&files),
                self.source.vendor.findings(&files),
                self.missing(&files, result, now),
                self.source.vendor.unmapped(&files),
            )),
            // The next run finds out, and says so.
            Err(_) => None,
        };
        let gaps = self.gaps().await.ok();
        let is_new = matches!(result, Ok(outcome) if 0 < outcome.taken)
            || self.status.borrow().last_run.is_none();
        let vendor = &self.source.vendor;
        let wordings = if is_new {
            vendor.wordings(&self.store, &self.source.id).await.ok()
        } else {
            None
        };
        self.status.send_modify(|status| {
            let before = status.state(now);
            status.phase = match result {
                Err(ImportError::Busy) => Phase::Waiting,
                _ => Phase::Idle,
            };
            status.next_run = next_run;
            if let Some((ledger, due, findings, missing, unmapped)) = ledger {
                status.missing = missing;
                status.findings = findings;
                status.unmapped = unmapped;
                status.ledger = ledger;
                status.due = due;
            }
            if let Some(gaps) = gaps {
                status.gaps = gaps;
            }
            if let Some(wordings) = wordings {
                status.wordings = wordings;
            }
            match result {
                Ok(outcome) => {
                    status.last_run = Some(now);
                    status.last_seen = Some(now);
                    status.fault = None;
                    status.outcome = outcome.clone();
                }
                Err(ImportError::Busy) => {}
                Err(error) => {
                    status.last_run = Some(now);
                    status.failures += 1;
                    status.fault = Some(Fault {
                        at: now,
                        why: error.sentence(),
                        is_refused: error.is_refused(),
                    });
                }
            }
            if status.state(now) != before {
                status.since = now;
            }
        });
    }
}

impl Importer {
    /// Files that stay away while others come.
    fn missing(
        &self,
        files: &[TakenFile],
        result: &Result<super::Outcome, ImportError>,
        now: Timestamp,
    ) -> Vec<String> {
        let keys = files.iter().map(|file| &*file.key);
        let mut missing = self.source.vendor.missing(keys, now);
        let gone = result.iter().flat_map(|outcome| &outcome.gone);
        missing.extend(gone.map(|container| {
            format!("The file of {container} no longer exists; using its last version")
        }));
        missing
    }
}
