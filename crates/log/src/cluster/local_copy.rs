//! A node's own copy of the log: for its next start, for rewinding, and to begin again after an outage.
//! Nothing waits for its disk. A copy that couldn't be written continues from a snapshot once it can.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::spawn_blocking,
    time::{Instant, timeout},
};
use tracing::{info, warn};

use crate::input_log::{self, LogStatus};
use wallboard_domain::{LogPosition, error_chain};
use wallboard_live::LiveHandle;
use wallboard_store::{EmbeddedLog, InputLog, LogBatch, LogSnapshot, StoreError, StreamBatch};

/// Batches that may wait for the disk.
const BATCHES_MAX: usize = 4_096;
/// Batches in one transaction.
const BATCHES_AT_ONCE: usize = 256;
const RECOVERY_INTERVAL: Duration = Duration::from_secs(10);
/// How long the disk may take to write what waits.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(10);

/// A handle on the copy. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct LocalCopy {
    log: EmbeddedLog,
    work: mpsc::Sender<CopyWork>,
    status: watch::Sender<LogStatus>,
    /// The stream may have lost entries that the copy had, until this node follows or leads again.
    has_lost_entries: Arc<AtomicBool>,
    /// When the copy may recover next.
    recovery_due: Arc<Mutex<Instant>>,
}

#[derive(Debug)]
enum CopyWork {
    Append(LogBatch, Received),
    /// Forgets what a snapshot contradicts, and continues from it, if no write has failed since it was
    /// taken: their number.
    Restart(LogSnapshot, u64),
    Flush(oneshot::Sender<()>),
}

#[derive(Clone, Copy, Debug)]
struct Received {
    inputs: u64,
    at: Instant,
}

impl LocalCopy {
    /// Opens the copy, and returns the task that writes it.
    pub(super) fn new(
        log: EmbeddedLog,
        status: watch::Sender<LogStatus>,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (work, waiting) = mpsc::channel(BATCHES_MAX);
        let writer = CopyWriter {
            log: log.clone(),
            status: status.clone(),
        };
        let copy = Self {
            log,
            work,
            status,
            has_lost_entries: Arc::default(),
            recovery_due: Arc::new(Mutex::new(Instant::now())),
        };
        (copy, writer.run(waiting))
    }

    pub(super) fn log(&self) -> &EmbeddedLog {
        &self.log
    }

    /// Appends a batch of the stream, some time later.
    pub(super) fn append(&self, batch: &StreamBatch) {
        let received = Received {
            inputs: batch.header.inputs,
            at: Instant::now(),
        };
        if let Some(batch) = batch.to_log_batch() {
            self.send(CopyWork::Append(batch, received));
        }
    }

    /// Waits until everything is written. Returns whether it is.
    pub(super) async fn flush(&self) -> bool {
        let (done, written) = oneshot::channel();
        let flushed = async {
            self.work.send(CopyWork::Flush(done)).await.ok()?;
            written.await.ok()
        };
        let is_flushed = matches!(timeout(FLUSH_TIMEOUT, flushed).await, Ok(Some(())));
        is_flushed && !self.is_broken()
    }

    /// Continues from a snapshot instead of what the copy has.
    pub(super) fn restart_from(&self, snapshot: LogSnapshot) {
        let failures = self.status.borrow().failures;
        self.send(CopyWork::Restart(snapshot, failures));
    }

    /// Continues from the live state if the copy couldn't be written, and if all that the live state
    /// has applied is in the log. Doesn't wait for the disk.
    pub(super) async fn recover(&self, live: &LiveHandle, position: LogPosition) {
        let is_idle = self.work.capacity() == self.work.max_capacity();
        if !self.is_broken() || !is_idle || !self.is_recovery_due() {
            return;
        }
        let live = live.clone();
        let take = move || {
            live.read_state(|state| {
                let is_followed = state.position() == position && !state.has_lost_leader();
                is_followed.then(|| input_log::take_snapshot(state))
            })
        };
        if let Ok(Some(Ok(snapshot))) = spawn_blocking(take).await {
            self.restart_from(snapshot);
        }
    }

    /// Lets the copy continue from a snapshot, because its content is damaged.
    pub(super) fn abandon(&self, why: &dyn std::fmt::Display) {
        note_failure(&self.status, why);
    }

    fn send(&self, work: CopyWork) {
        if self.work.try_send(work).is_err() {
            note_failure(&self.status, &"the disk doesn't respond");
        }
    }

    /// Notes that the stream may have lost entries that the copy has. Returns whether that's new.
    pub(super) fn note_lost_entries(&self) -> bool {
        !self.has_lost_entries.swap(true, Relaxed)
    }

    /// Withdraws the note: a leader has said what is in the log now.
    pub(super) fn forget_lost_entries(&self) {
        self.has_lost_entries.store(false, Relaxed);
    }

    pub(super) fn has_lost_entries(&self) -> bool {
        self.has_lost_entries.load(Relaxed)
    }

    fn is_recovery_due(&self) -> bool {
        let due = self.recovery_due.lock();
        let mut due = due;
        let is_due = *due <= Instant::now();
        if is_due {
            *due = Instant::now() + RECOVERY_INTERVAL;
        }
        is_due
    }

    pub(super) fn is_broken(&self) -> bool {
        self.status.borrow().interrupted_since.is_some()
    }
}

struct CopyWriter {
    log: EmbeddedLog,
    status: watch::Sender<LogStatus>,
}

impl CopyWriter {
    async fn run(self, mut waiting: mpsc::Receiver<CopyWork>) {
        let mut work = Vec::new();
        while 0 < waiting.recv_many(&mut work, BATCHES_AT_ONCE).await {
            let mut batches = Vec::new();
            for each in work.drain(..) {
                match each {
                    CopyWork::Append(batch, received) => batches.push((batch, received)),
                    CopyWork::Restart(snapshot, failures) => {
                        self.write(std::mem::take(&mut batches)).await;
                        self.restart(snapshot, failures).await;
                    }
                    CopyWork::Flush(done) => {
                        self.write(std::mem::take(&mut batches)).await;
                        done.send(()).ok();
                    }
                }
            }
            self.write(batches).await;
        }
    }

    async fn write(&self, batches: Vec<(LogBatch, Received)>) {
        let Some((_, first)) = batches.first() else {
            return;
        };
        if self.is_broken() {
            return self.mark_interrupted().await;
        }
        let (since, mut size, mut entries, mut inputs) = (first.at, 0, 0, 0);
        for (batch, received) in &batches {
            size += batch.bytes.len() as u64;
            entries += batch.count;
            inputs += received.inputs;
        }
        let batches = batches.into_iter().map(|(batch, _)| batch).collect();
        match self.log.replace(batches).await {
            Ok(()) => self.status.send_modify(|status| {
                status.entries += entries;
                status.inputs += inputs;
                status.appended_bytes += size;
                status.commit_delay = since.elapsed();
            }),
            Err(error) => self.give_up(&error).await,
        }
    }

    async fn restart(&self, snapshot: LogSnapshot, failures: u64) {
        if let Err(error) = self.try_restart(snapshot).await {
            return self.give_up(&error).await;
        }
        self.status.send_modify(|status| {
            if status.failures != failures {
                return;
            }
            if status.interrupted_since.take().is_some() {
                info!("This node's copy of the log is written again");
            }
            status.last_error = None;
        });
        if self.is_broken() {
            self.mark_interrupted().await;
        }
    }

    async fn try_restart(&self, snapshot: LogSnapshot) -> Result<(), StoreError> {
        self.log.restart_from(snapshot).await?;
        let log = self.log.clone();
        let marked = spawn_blocking(move || log.mark_complete()).await;
        marked.map_err(|_| StoreError::ThreadEnded)?
    }

    async fn give_up(&self, error: &StoreError) {
        note_failure(&self.status, &error_chain(error));
        self.mark_interrupted().await;
    }

    async fn mark_interrupted(&self) {
        let log = self.log.clone();
        spawn_blocking(move || log.mark_interrupted()).await.ok();
    }

    fn is_broken(&self) -> bool {
        self.status.borrow().interrupted_since.is_some()
    }
}

/// Notes that batches are missing in the copy.
fn note_failure(status: &watch::Sender<LogStatus>, why: &dyn std::fmt::Display) {
    status.send_modify(|status| {
        if status.interrupted_since.is_none() {
            warn!("This node's copy of the log isn't complete and continues from a snapshot later: {why}");
            status.interrupted_since = Some(Timestamp::now());
        }
        status.failures += 1;
        status.last_error = Some(why.to_string());
    });
}

#[cfg(test)]
mod tests;
