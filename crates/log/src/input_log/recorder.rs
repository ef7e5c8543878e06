//! Appends to the log what the live state applied, and moves the watermark up to which sources
//! acknowledge. Nothing live waits for it: a log that can't be written is passed over, loudly, and
//! continues from a snapshot of the live state once it can.

use std::{future::Future, pin::pin, time::Duration};

use jiff::Timestamp;
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, spawn_blocking},
    time::{Instant, sleep, timeout},
};
use tracing::{error, info, warn};

use wallboard_domain::{LogOffset, error_chain};
use wallboard_live::{AppliedEntry, LiveHandle, LiveState};
use wallboard_runtime::ingest::BatchOffset;
use wallboard_store::{InputLog, StoreError};

use super::{
    LogStatus,
    entry_queue::{EntryQueue, PendingEntries},
    snapshots::{self, SnapshotError},
};

/// Entries that may wait for the log.
pub const ENTRIES_MAX: usize = 65_536;
/// A log that can't be written for this long is passed over.
const PATIENCE: Duration = Duration::from_secs(5);
/// In so many steps: a pause of the whole process counts as one.
const PATIENCE_STEPS: u32 = 5;
/// The pause between attempts to write.
const RETRY_INTERVAL: Duration = Duration::from_millis(500);

/// Follows the live state.
#[derive(Debug)]
pub struct EntryRecorder<L> {
    log: L,
    live: LiveHandle,
    queue: EntryQueue,
    committed: watch::Sender<BatchOffset>,
    status: watch::Sender<LogStatus>,
    /// The log continues here.
    next: LogOffset,
    /// Entries are missing in the log, or would be without the next ones.
    is_interrupted: bool,
}

/// A failed attempt to append: the write that still runs, if any.
type UnfinishedWrite = Option<JoinHandle<Result<(), StoreError>>>;

impl<L: InputLog> EntryRecorder<L> {
    /// Makes one that records all entries from now on, so before the live state runs.
    pub fn new(
        log: L,
        live: LiveHandle,
        entries: mpsc::Receiver<AppliedEntry>,
        committed: watch::Sender<BatchOffset>,
        status: watch::Sender<LogStatus>,
    ) -> Self {
        Self {
            is_interrupted: log.noted_end().is_none(),
            next: live.read_state(LiveState::next_offset),
            log,
            live,
            queue: EntryQueue::new(entries),
            committed,
            status,
        }
    }

    /// Runs until the live state ends.
    pub async fn run(mut self) {
        if self.is_interrupted {
            // A new log, or one that lacks entries, begins with what is known.
            let snapshot = store_snapshot(self.log.clone(), self.live.clone());
            self.next = match wait_for_disk(snapshot).await {
                Some(Ok(next)) => {
                    self.end_interruption();
                    next
                }
                _ => self.continue_from_snapshot(None).await,
            };
        }
        while let Some(pending) = self.collect_entries().await {
            let (next, batch) = (pending.next(), pending.batch);
            let appended = if pending.first == self.next {
                self.append(pending).await
            } else {
                // The live state left entries out, because too many waited.
                Err(None)
            };
            match appended {
                Ok(()) => self.next = next,
                Err(unfinished) => {
                    self.begin_interruption();
                    self.commit(batch);
                    self.next = self.continue_from_snapshot(unfinished).await;
                }
            }
        }
    }

    /// Waits for entries that the log doesn't have, and returns those for the next batch; `None`
    /// at the end.
    async fn collect_entries(&mut self) -> Option<PendingEntries> {
        let first = loop {
            let applied = self.queue.recv().await?;
            if self.next <= applied.offset {
                break applied;
            }
            // The snapshot has it already.
            self.commit(applied.batch);
        };
        let mut pending = PendingEntries::starting_with(first);
        self.queue.fill(&mut pending).await;
        Some(pending)
    }

    async fn append(&mut self, pending: PendingEntries) -> Result<(), UnfinishedWrite> {
        let batch = pending.encode().map_err(|error| {
            error!(
                "The log's entries couldn't be encoded: {}",
                error_chain(&error)
            );
            None
        })?;
        let deadline = pending.since + PATIENCE;
        loop {
            let (log, attempt) = (self.log.clone(), batch.clone());
            let mut write = tokio::spawn(async move { log.append(attempt).await });
            match wait_for_disk(&mut write).await {
                None => {
                    self.report_failure(&"the disk doesn't respond");
                    return Err(Some(write));
                }
                Some(Ok(Ok(()))) => break,
                Some(Ok(Err(error))) => self.report_failure(&error_chain(&error)),
                Some(Err(panic)) => self.report_failure(&panic),
            }
            if deadline < Instant::now() + RETRY_INTERVAL {
                return Err(None);
            }
            sleep(RETRY_INTERVAL).await;
        }
        self.commit(pending.batch);
        self.status.send_modify(|status| {
            status.entries += batch.count;
            status.inputs += pending.inputs as u64;
            status.appended_bytes += batch.bytes.len() as u64;
            status.commit_delay = pending.since.elapsed();
        });
        if self.is_interrupted && self.queue.waiting.is_empty() {
            self.end_interruption();
        }
        Ok(())
    }

    /// Moves the watermark, which never goes back.
    fn commit(&self, batch: Option<BatchOffset>) {
        let Some(batch) = batch else { return };
        self.committed.send_if_modified(|committed| {
            let is_newer = *committed < batch;
            *committed = batch.max(*committed);
            is_newer
        });
    }

    fn report_failure(&self, why: &dyn std::fmt::Display) {
        if self.status.borrow().failures == 0 || !self.is_interrupted {
            warn!("Couldn't write the log: {why}");
        }
        self.status.send_modify(|status| {
            status.failures += 1;
            status.last_error = Some(why.to_string());
        });
    }

    fn begin_interruption(&mut self) {
        self.log.mark_interrupted();
        if self.status.borrow().interrupted_since.is_none() {
            error!(
                "The log is passed over: what happens now wouldn't survive a restart. Screens are still updated. It recovers by itself once it can be written"
            );
            let now = Some(Timestamp::now());
            self.status
                .send_modify(|status| status.interrupted_since = now);
        }
        self.is_interrupted = true;
    }

    fn end_interruption(&mut self) {
        if let Err(error) = self.log.mark_complete() {
            self.report_failure(&error_chain(&error));
            return;
        }
        self.is_interrupted = false;
        if self.status.borrow().interrupted_since.is_some() {
            info!("The log is written again, and complete from now on");
            self.status.send_modify(|status| {
                status.interrupted_since = None;
                status.last_error = None;
            });
        }
    }

    /// Commits without the log until a snapshot of the live state is stored. Returns the offset
    /// after it, with which the log continues.
    async fn continue_from_snapshot(&mut self, unfinished: UnfinishedWrite) -> LogOffset {
        if let Some(write) = unfinished {
            drop(self.pass_over_until(write, false).await);
        }
        loop {
            let mut snapshot = tokio::spawn(store_snapshot(self.log.clone(), self.live.clone()));
            let in_time = Box::pin(wait_for_disk(&mut snapshot));
            let stored = if let Some(stored) = self.pass_over_until(in_time, true).await {
                stored.map_err(SnapshotError::from).flatten()
            } else {
                self.queue.waiting.clear();
                // It may still succeed, but what came meanwhile is gone.
                drop(self.pass_over_until(snapshot, false).await);
                Err(SnapshotError::TooSlow)
            };
            match stored {
                Ok(next) => {
                    self.queue.waiting.retain(|applied| next <= applied.offset);
                    let is_whole = self
                        .queue
                        .waiting
                        .front()
                        .is_none_or(|first| first.offset == next);
                    if is_whole {
                        if self.queue.waiting.is_empty() {
                            self.end_interruption();
                        }
                        return next;
                    }
                }
                Err(error) => self.report_failure(&error_chain(&error)),
            }
            self.queue.waiting.clear();
            if self.queue.is_closed() {
                // The product stops, without a disk to write to.
                return LogOffset::default();
            }
            self.pass_over_until(pin!(sleep(RETRY_INTERVAL)), false)
                .await;
        }
    }

    /// Commits all entries without the log until `work` ends, and keeps them if they may be
    /// appended later.
    async fn pass_over_until<T>(
        &mut self,
        mut work: impl Future<Output = T> + Unpin,
        keeps: bool,
    ) -> T {
        loop {
            tokio::select! {
                biased;
                result = &mut work => return result,
                Some(applied) = self.queue.recv_new() => {
                    self.commit(applied.batch);
                    if keeps && self.queue.waiting.len() < ENTRIES_MAX {
                        self.queue.waiting.push_back(applied);
                    } else {
                        self.status.send_modify(|status| status.passed_over += 1);
                    }
                }
            }
        }
    }
}

/// Stores a snapshot of the live state. Returns the offset of the entry after it.
async fn store_snapshot(log: impl InputLog, live: LiveHandle) -> Result<LogOffset, SnapshotError> {
    let take = move || live.read_state(snapshots::take_snapshot);
    let snapshot = spawn_blocking(take).await??;
    let next = snapshot.next;
    log.put_snapshot(snapshot).await?;
    Ok(next)
}

/// Waits until work on the disk is done; `None` if it takes too long.
async fn wait_for_disk<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    for _ in 0..PATIENCE_STEPS {
        if let Ok(done) = timeout(PATIENCE / PATIENCE_STEPS, work.as_mut()).await {
            return Some(done);
        }
    }
    None
}
