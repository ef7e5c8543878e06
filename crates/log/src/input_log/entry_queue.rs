//! Entries that the live state has applied and the log doesn't have yet, collected into batches.

use std::{collections::VecDeque, time::Duration};

use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use wallboard_domain::{LogEntry, LogOffset};
use wallboard_live::{
    AppliedEntry,
    codec::{self, CodecError, LOG_FORMAT},
};
use wallboard_runtime::ingest::BatchOffset;
use wallboard_store::LogBatch;

/// Entries are appended after this time …
const COMMIT_INTERVAL: Duration = Duration::from_millis(50);
/// … or once so many inputs wait: fewer than a source may have unacknowledged, so that it never
/// stops for us.
const COMMIT_INPUTS: usize = 100;
/// Inputs in one batch.
const BATCH_INPUTS_MAX: usize = 10_000;

/// The entries to append, in order.
#[derive(Debug)]
pub struct EntryQueue {
    entries: mpsc::Receiver<AppliedEntry>,
    /// Those to append before the ones of the channel.
    pub(super) waiting: VecDeque<AppliedEntry>,
}

/// Entries for one batch of the log.
#[derive(Debug)]
pub struct PendingEntries {
    pub entries: Vec<LogEntry>,
    pub inputs: usize,
    pub first: LogOffset,
    /// The last batch of a source among them.
    pub batch: Option<BatchOffset>,
    /// When they were received first.
    pub since: Instant,
}

impl EntryQueue {
    pub fn new(entries: mpsc::Receiver<AppliedEntry>) -> Self {
        Self {
            entries,
            waiting: VecDeque::new(),
        }
    }

    /// Waits for the next entry; `None` at the end. Cancel safe.
    pub async fn recv(&mut self) -> Option<AppliedEntry> {
        match self.waiting.pop_front() {
            Some(applied) => Some(applied),
            None => self.entries.recv().await,
        }
    }

    /// Returns the next entry if there is one.
    pub fn try_recv(&mut self) -> Option<AppliedEntry> {
        let waiting = self.waiting.pop_front();
        waiting.or_else(|| self.entries.try_recv().ok())
    }

    /// Waits for the next entry that the live state applies.
    pub(super) async fn recv_new(&mut self) -> Option<AppliedEntry> {
        self.entries.recv().await
    }

    /// Adds what follows to a batch, until it is time to append it.
    pub async fn fill(&mut self, pending: &mut PendingEntries) {
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
            pending.push(applied);
        }
    }

    /// Returns whether nothing more comes from the live state.
    pub(super) fn is_closed(&self) -> bool {
        self.entries.is_closed() && self.entries.is_empty()
    }
}

impl PendingEntries {
    pub fn starting_with(first: AppliedEntry) -> Self {
        Self {
            inputs: first.entry.inputs.len(),
            entries: vec![first.entry],
            first: first.offset,
            batch: first.batch,
            since: Instant::now(),
        }
    }

    fn push(&mut self, applied: AppliedEntry) {
        self.inputs += applied.entry.inputs.len();
        self.entries.push(applied.entry);
        self.batch = self.batch.max(applied.batch);
    }

    /// Returns the offset of the entry after them.
    pub fn next(&self) -> LogOffset {
        LogOffset(self.first.0 + self.entries.len() as u64)
    }

    /// Splits them in two, of which only the second moves the watermark.
    pub fn split(mut self) -> (Self, Self) {
        let entries = self.entries.split_off(self.entries.len() / 2);
        let inputs = entries.iter().map(|entry| entry.inputs.len()).sum();
        self.inputs -= inputs;
        let second = Self {
            entries,
            inputs,
            first: self.next(),
            batch: self.batch.take(),
            since: self.since,
        };
        (self, second)
    }

    pub fn encode(&self) -> Result<LogBatch, CodecError> {
        Ok(LogBatch {
            first: self.first,
            count: self.entries.len() as u64,
            received_at: self.entries[0].received_at.wall,
            format: LOG_FORMAT,
            bytes: codec::encode_entries(&self.entries)?,
        })
    }
}
