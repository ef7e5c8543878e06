//! Opens the input log at the start, brings the state of the last process back, and starts what
//! follows the live state.

use std::{io, path::Path};

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::web::Rewind;
use wallboard_domain::{LogEntry, LogOffset, error_chain};
use wallboard_live::{
    AppliedEntry, LiveHandle, LiveState,
    codec::{self, LOG_FORMAT},
};
use wallboard_log::input_log::{
    self, ENTRIES_MAX, EntryRecorder, LogRetention, LogStatus, RestoredState,
};
use wallboard_runtime::ingest::BatchOffset;
use wallboard_store::{self as store, EmbeddedLog, InputLog, LogBatch, StoreError};

/// Entries of a past in one batch.
const PAST_BATCH: usize = 100;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A log that was opened, and what it says.
#[derive(Debug)]
pub(super) struct OpenedLog {
    log: EmbeddedLog,
    pub(super) restored: RestoredState,
}

/// Opens the log of a database. Without one that can be used, the product starts all the same:
/// boards then begin the day again, as they say. An error is the condition to show.
pub(super) async fn open_log(database: &Path) -> Result<OpenedLog, LogStatus> {
    let opened = match try_open(database).await {
        Err(error) if error.is_damaged() => {
            warn!("The log is damaged: {}", error_chain(&error));
            match store::set_aside_log(database) {
                Ok(()) => try_open(database).await,
                Err(cause) => return Err(going_on_without(&cause)),
            }
        }
        opened => opened,
    };
    opened.map_err(|error| going_on_without(&error))
}

fn going_on_without(error: &dyn std::error::Error) -> LogStatus {
    let why = error_chain(error);
    error!("Continuing without a log, so a restart would begin the day again: {why}");
    LogStatus {
        failures: 1,
        interrupted_since: Some(Timestamp::now()),
        last_error: Some(why),
        ..LogStatus::default()
    }
}

async fn try_open(database: &Path) -> Result<OpenedLog, StoreError> {
    let log = EmbeddedLog::open(database)?;
    let restored = input_log::restore_state(&log).await?;
    Ok(OpenedLog { log, restored })
}

/// The tasks that follow the live state.
pub(super) struct LogTasks {
    pub(super) entries: mpsc::Sender<AppliedEntry>,
    pub(super) status: watch::Receiver<LogStatus>,
    pub(super) recorder: EntryRecorder<EmbeddedLog>,
    /// Answers once the thread of the snapshots has ended.
    pub(super) snapshots: oneshot::Receiver<()>,
}

/// A node's copy of a cluster's log.
pub(super) struct CopiedLog {
    pub(super) log: EmbeddedLog,
    pub(super) status: watch::Sender<LogStatus>,
    /// Answers once the thread of the snapshots has ended.
    pub(super) snapshots: oneshot::Receiver<()>,
}

impl OpenedLog {
    /// Starts the thread of the snapshots, for a log that a cluster's node writes.
    pub(super) fn copy(
        self,
        retention: LogRetention,
        stop: CancellationToken,
    ) -> io::Result<CopiedLog> {
        let status = watch::Sender::new(LogStatus::default());
        let snapshots =
            input_log::keep_snapshots(self.log.clone(), status.clone(), retention, stop)?;
        Ok(CopiedLog {
            log: self.log,
            status,
            snapshots,
        })
    }

    /// Takes the restored state, to make a live state of it.
    pub(super) fn take_state(&mut self) -> LiveState {
        std::mem::take(&mut self.restored.state)
    }

    /// Appends to a new log what the live state has applied before it runs.
    pub(super) async fn append_past(&self, entries: &[LogEntry]) -> Result<(), BoxError> {
        let mut first = LogOffset(0);
        for entries in entries.chunks(PAST_BATCH) {
            let batch = LogBatch {
                first,
                count: entries.len() as u64,
                received_at: entries[0].received_at.wall,
                format: LOG_FORMAT,
                bytes: codec::encode_entries(entries)?,
            };
            first = batch.next();
            self.log.append(batch).await?;
        }
        Ok(self.log.mark_complete()?)
    }

    /// For records of cases.
    pub(super) fn reader(&self) -> EmbeddedLog {
        self.log.clone()
    }

    /// For pages of earlier moments.
    pub(super) fn rewind(&self) -> Rewind {
        Rewind::new(self.log.clone())
    }

    /// Starts the thread of the snapshots, and returns the recorder to spawn. Must come before the
    /// live state runs.
    pub(super) fn follow(
        self,
        live: &LiveHandle,
        committed: watch::Sender<BatchOffset>,
        retention: LogRetention,
        stop: CancellationToken,
    ) -> io::Result<LogTasks> {
        let (entries, applied) = mpsc::channel(ENTRIES_MAX);
        let (status, shown) = watch::channel(LogStatus::default());
        let snapshots =
            input_log::keep_snapshots(self.log.clone(), status.clone(), retention, stop)?;
        let recorder = EntryRecorder::new(self.log, live.clone(), applied, committed, status);
        Ok(LogTasks {
            entries,
            status: shown,
            recorder,
            snapshots,
        })
    }
}
