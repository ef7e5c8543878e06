//! Where the input log lives. The trait is all that others know; the embedded log is a `SQLite`
//! file of its own.

mod embedded;

use std::future::Future;

use jiff::Timestamp;

use crate::domain::LogOffset;

use super::StoreError;

pub use embedded::{EmbeddedLog, check_log, log_path, set_aside_log};

/// Entries that were appended together. The bytes are the live state's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogBatch {
    pub first: LogOffset,
    /// The number of entries.
    pub count: u64,
    /// When its first entry was received.
    pub received_at: Timestamp,
    pub format: u32,
    pub bytes: Vec<u8>,
}

impl LogBatch {
    /// The offset of the entry after it.
    pub fn next(&self) -> LogOffset {
        LogOffset(self.first.0 + self.count)
    }
}

/// The live state before an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSnapshot {
    /// The entry that follows.
    pub next: LogOffset,
    /// When the last entry that it includes was received.
    pub taken_at: Timestamp,
    pub format: u32,
    pub bytes: Vec<u8>,
}

/// How much of the log is kept: whichever is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLimits {
    pub oldest: Timestamp,
    /// In bytes, with snapshots.
    pub size: u64,
}

/// The size of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogSize {
    pub bytes: u64,
    pub snapshots: u64,
}

/// An ordered log of inputs, and snapshots made from it.
pub trait InputLog: Clone + Send + Sync + 'static {
    /// Appends a batch. Returns once it is durable.
    fn append(&self, batch: LogBatch) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Reads up to `count` batches from the one that contains `from`, in order.
    fn read_batches(
        &self,
        from: LogOffset,
        count: usize,
    ) -> impl Future<Output = Result<Vec<LogBatch>, StoreError>> + Send;

    /// Stores a snapshot. The log may go on from it although entries before it are missing.
    fn put_snapshot(
        &self,
        snapshot: LogSnapshot,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Returns the newest snapshot that was taken by that time and has the format.
    fn find_snapshot(
        &self,
        format: u32,
        until: Timestamp,
    ) -> impl Future<Output = Result<Option<LogSnapshot>, StoreError>> + Send;

    /// Removes everything from an offset on, which can't be read.
    fn cut(&self, from: LogOffset) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Removes what exceeds the limits, and thins old snapshots. Returns the size.
    fn trim(&self, limits: LogLimits) -> impl Future<Output = Result<LogSize, StoreError>> + Send;

    /// Notes that entries are missing from now on, although nothing else can be written.
    fn mark_interrupted(&self);

    /// Returns whether entries are missing at its end.
    fn is_interrupted(&self) -> bool;

    /// Withdraws the note: the log is complete again.
    fn mark_complete(&self) -> Result<(), StoreError>;
}
