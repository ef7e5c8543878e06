//! Appends to the log what the live state applied, and moves the watermark up to which sources
//! acknowledge. Nothing live waits for it: a log that can't be written is passed over, loudly, and
//! goes on from a snapshot of the live state once it can.

use std::{collections::VecDeque, future::Future, pin::pin, time::Duration};

use jiff::Timestamp;
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, spawn_blocking},
    time::{Instant, sleep, timeout, timeout_at},
};
use tracing::{error, info, warn};

use crate::{
    domain::{LogEntry, LogOffset, error_chain},
    ingest::BatchOffset,
    live::{
        AppliedEntry, LiveHandle, LiveState,
        codec::{self, LOG_FORMAT},
    },
    store::{InputLog, LogBatch, StoreError},
};

use super::{
    LogStatus,
    snapshots::{self, SnapshotError},
};

/// Entries that may wait for the log.
pub const ENTRIES_MAX: usize = 65_536;
/// Entries are appended after this time …
const COMMIT_INTERVAL: Duration = Duration::from_millis(50);
/// … or once so many inputs wait: fewer than a source may have unacknowledged, so that it never
/// stops for us.
const COMMIT_INPUTS: usize = 100;
/// Inputs in one batch.
const BATCH_INPUTS_MAX: usize = 10_000;
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
    entries: mpsc::Receiver<AppliedEntry>,
    /// Entries to append before those of the channel.
    waiting: VecDeque<AppliedEntry>,
    committed: watch::Sender<BatchOffset>,
    status: watch::Sender<LogStatus>,
    /// The log continues here.
    next: LogOffset,
    /// Entries are missing in the log, or would be without the next ones.
    is_interrupted: bool,
}

/// Entries for one batch of the log.
#[derive(Debug)]
struct PendingEntries {
    entries: Vec<LogEntry>,
    inputs: usize,
    first: LogOffset,
    /// The last batch of a source among them.
    batch: Option<BatchOffset>,
    /// When they were received first.
    since: Instant,
}

/// A failed attempt to append: the write that goes on, if any.
type UnfinishedWrite = Option<JoinHandle<Result<(), StoreError>>>;

impl PendingEntries {
    /// Returns the offset of the entry after them.
    fn next(&self) -> LogOffset {
        LogOffset(self.first.0 + self.entries.len() as u64)
    }
}

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
            is_interrupted: log.is_interrupted(),
            next: live.read_state(LiveState::next_offset),
            log,
            live,
            entries,
            waiting: VecDeque::new(),
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
            let applied = match self.waiting.pop_front() {
                Some(applied) => applied,
                None => self.entries.recv().await?,
            };
            if self.next <= applied.offset {
                break applied;
            }
            // The snapshot has it already.
            self.commit(applied.batch);
        };
        let mut pending = PendingEntries {
            inputs: first.entry.inputs.len(),
            entries: vec![first.entry],
            first: first.offset,
            batch: first.batch,
            since: Instant::now(),
        };
        let deadline = pending.since + COMMIT_INTERVAL;
        while pending.inputs < BATCH_INPUTS_MAX {
            let applied = match self.waiting.pop_front() {
                Some(applied) => applied,
                None if pending.inputs < COMMIT_INPUTS => {
                    match timeout_at(deadline, self.entries.recv()).await {
                        Ok(Some(applied)) => applied,
                        Ok(None) | Err(_) => break,
                    }
                }
                // Those that came while the last batch was written.
                None => match self.entries.try_recv() {
                    Ok(applied) => applied,
                    Err(_) => break,
                },
            };
            if applied.offset != pending.next() {
                self.waiting.push_front(applied);
                break;
            }
            pending.inputs += applied.entry.inputs.len();
            pending.entries.push(applied.entry);
            pending.batch = pending.batch.max(applied.batch);
        }
        Some(pending)
    }

    async fn append(&mut self, pending: PendingEntries) -> Result<(), UnfinishedWrite> {
        let bytes = codec::encode_entries(&pending.entries).map_err(|error| {
            error!(
                "The log's entries couldn't be encoded: {}",
                error_chain(&error)
            );
            None
        })?;
        let batch = LogBatch {
            first: pending.first,
            count: pending.entries.len() as u64,
            received_at: pending.entries[0].received_at.wall,
            format: LOG_FORMAT,
            bytes,
        };
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
        if self.is_interrupted && self.waiting.is_empty() {
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
                "The log is passed over: what happens now wouldn't survive a restart. Screens go on. It recovers by itself once it can be written"
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
    /// after it, with which the log goes on.
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
                self.waiting.clear();
                // It may still succeed, but what came meanwhile is gone.
                drop(self.pass_over_until(snapshot, false).await);
                Err(SnapshotError::TooSlow)
            };
            match stored {
                Ok(next) => {
                    self.waiting.retain(|applied| next <= applied.offset);
                    let is_whole = self
                        .waiting
                        .front()
                        .is_none_or(|first| first.offset == next);
                    if is_whole {
                        if self.waiting.is_empty() {
                            self.end_interruption();
                        }
                        return next;
                    }
                }
                Err(error) => self.report_failure(&error_chain(&error)),
            }
            self.waiting.clear();
            if self.entries.is_closed() && self.entries.is_empty() {
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
                Some(applied) = self.entries.recv() => {
                    self.commit(applied.batch);
                    if keeps && self.waiting.len() < ENTRIES_MAX {
                        self.waiting.push_back(applied);
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
