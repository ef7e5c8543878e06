//! Where the input log lives. The trait is all that others know; the embedded log is a `SQLite`
//! file of its own.

mod embedded;
mod log_end_mark;
mod log_file;
mod log_stream;
mod new_log_file;
mod tables;

use std::future::Future;

use jiff::Timestamp;
use tokio::sync::OwnedMutexGuard;

use wallboard_domain::LogOffset;

use crate::StoreError;

pub(crate) use embedded::path_beside;
pub use embedded::{EmbeddedLog, check_log, database_of_log, log_path, set_aside_log};
pub use log_file::LogFile;
pub use log_stream::BatchSearch;
pub use log_stream::{
    BatchHeader, BatchReader, LogStream, ReadBatch, SnapshotLabel, StreamBatch, StreamEnd,
    StreamError,
};
pub use new_log_file::NewLogFile;

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

/// The times of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogPeriod {
    /// The state is known from here on.
    pub from: Timestamp,
    /// When the first entry of the last batch was received.
    pub to: Timestamp,
}

/// An ordered log of inputs to read, with snapshots made from it.
pub trait ReadLog: Clone + Send + Sync + 'static {
    /// Reads up to `count` batches from the one that contains `from`, in order.
    fn read_batches(
        &self,
        from: LogOffset,
        count: usize,
    ) -> impl Future<Output = Result<Vec<LogBatch>, StoreError>> + Send;

    /// Returns the newest snapshot that was taken by that time and has the format.
    fn find_snapshot(
        &self,
        format: u32,
        until: Timestamp,
    ) -> impl Future<Output = Result<Option<LogSnapshot>, StoreError>> + Send;

    /// Returns the oldest snapshot from an offset on that has the format.
    fn find_snapshot_from(
        &self,
        format: u32,
        next: LogOffset,
    ) -> impl Future<Output = Result<Option<LogSnapshot>, StoreError>> + Send;

    /// Returns the times of what has the format; `None` if there is none.
    fn find_period(
        &self,
        format: u32,
    ) -> impl Future<Output = Result<Option<LogPeriod>, StoreError>> + Send;
}

/// A log that is appended to.
pub trait InputLog: ReadLog {
    /// Appends a batch. Returns once it is durable.
    fn append(&self, batch: LogBatch) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Stores batches in place of the smaller ones that have the same entries.
    fn replace(
        &self,
        batches: Vec<LogBatch>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Stores a snapshot. The log may continue from it although entries before it are missing.
    fn put_snapshot(
        &self,
        snapshot: LogSnapshot,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Removes everything from an offset on, which can't be read.
    fn cut(&self, from: LogOffset) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Stores a snapshot in place of everything after it.
    fn restart_from(
        &self,
        snapshot: LogSnapshot,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Waits for the right to store what is made from the log's entries, for as long as the guard is held.
    /// Nothing restarts the log meanwhile.
    fn hold_entries(&self) -> impl Future<Output = OwnedMutexGuard<()>> + Send;

    /// Removes what exceeds the limits, and thins old snapshots. Returns the size.
    fn trim(&self, limits: LogLimits) -> impl Future<Output = Result<LogSize, StoreError>> + Send;

    /// Notes that entries are missing from now on, although nothing else can be written.
    fn mark_interrupted(&self);

    /// Returns the offset up to which entries were stored, as noted outside of the log; `None` if entries are
    /// missing at its end.
    fn noted_end(&self) -> Option<LogOffset>;

    /// Withdraws the note: the log is complete again.
    fn mark_complete(&self) -> Result<(), StoreError>;
}
