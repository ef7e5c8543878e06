//! The database: everything that must outlive the process. One thread owns the writing
//! connection; callers hand it work and wait. Nothing on the way from a source to a
//! screen ever waits for it.

mod background;
mod background_thread;
mod backup;
mod board_snapshots;
mod catalog;
mod end_reasons;
mod erasure;
mod extensions;
mod facts;
mod file_import;
mod files;
mod interval_queries;
mod intervals;
mod listing_progress;
mod migrations;
mod profiles;
mod readers;
mod rejected_rows;
mod retention;
mod row_groups;
mod view;
mod worker;

use std::{
    collections::BTreeMap,
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
    sync::mpsc::Receiver,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use crate::domain::{EntityProfile, SourceId};

pub use readers::DataVersion;
use readers::Readers;
use worker::Worker;

pub use background::BackgroundReader;
pub use background_thread::spawn_background;
pub use backup::{BackupError, create_backup};
pub use catalog::{CatalogEntry, ComputationBasis, NameClass};
pub use erasure::{ErasedColumn, FileWithContacts};
pub use facts::{FactColumn, FactColumnKind, FactTable, RowBatch, line_of};
pub use file_import::{ImportPiece, ImportResult};
pub use files::{FileId, FileSummary, ImportedFile, IncomingFile, RowRejection};
pub use interval_queries::{FigureQuery, Granularity};
pub use intervals::{
    AgentIntervalRow, BreakdownRow, ComputedPart, ComputedWindow, LocalDay, OTHERS,
    QueueIntervalRow,
};
pub use listing_progress::ListedDay;
pub use rejected_rows::RejectedRow;
pub use retention::OldFile;
pub use row_groups::RowGroup;
pub use view::{RowCells, StoreView, with_view_at};

/// The number of work items that may queue before callers have to wait.
const PENDING_WORK_MAX: usize = 64;
/// The wait for another process that holds the database, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Checks whether the database at `path` can be opened, read and written now. Changes
/// nothing, not even its schema.
pub fn check_database(path: &Path) -> Result<(), StoreError> {
    check_writable(path).map_err(|error| explain_read_only(path, error))
}

fn check_writable(path: &Path) -> Result<(), StoreError> {
    if !path.exists() {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        return tempfile::tempfile_in(folder.unwrap_or(Path::new(".")))
            .map(drop)
            .map_err(|cause| StoreError::Create(path.to_owned(), cause));
    }
    let open = |cause| StoreError::Open(path.to_owned(), cause);
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(open)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(open)?;
    migrations::check_version(&connection, path)?;
    connection
        .execute_batch("BEGIN IMMEDIATE; ROLLBACK")
        .map_err(StoreError::Write)
}

/// A handle on the database. Cheap to clone; dropping the last one closes it.
#[derive(Clone, Debug)]
pub struct Store {
    writer: Worker,
    readers: Readers,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("couldn't open the database {}", .0.display())]
    Open(PathBuf, #[source] rusqlite::Error),
    #[error("couldn't create the database {}", .0.display())]
    Create(PathBuf, #[source] io::Error),
    #[error("couldn't migrate the database {}", .0.display())]
    Migrate(PathBuf, #[source] rusqlite_migration::Error),
    #[error(
        "the database {} was written by a newer version of Wallboard; start that version, or restore an older backup",
        .0.display()
    )]
    NewerSchema(PathBuf),
    #[error(
        "{} belongs to the database from before the backup was restored; move it and the -shm file next to it away, and start again",
        .0.display()
    )]
    ForeignLog(PathBuf),
    #[error(
        "the database {} is on a read-only file system; mount it writable, or choose another path in [store]",
        .0.display()
    )]
    ReadOnly(PathBuf),
    #[error("couldn't start the database thread")]
    Thread(#[source] io::Error),
    #[error("couldn't read the database")]
    Read(#[source] rusqlite::Error),
    #[error("couldn't write to the database")]
    Write(#[source] rusqlite::Error),
    #[error("the database thread has stopped")]
    ThreadEnded,
}

impl StoreError {
    /// Returns whether the file system is read-only.
    pub fn is_read_only(&self) -> bool {
        match self {
            Self::ReadOnly(_) => true,
            Self::Read(cause) | Self::Write(cause) => {
                cause.sqlite_error_code() == Some(rusqlite::ErrorCode::ReadOnly)
            }
            _ => false,
        }
    }

    /// Returns whether the disk is full.
    pub fn is_disk_full(&self) -> bool {
        let (Self::Read(cause) | Self::Write(cause)) = self else {
            return false;
        };
        cause.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
    }
}

impl Store {
    /// Opens the database, creating it if it doesn't exist, and migrates its schema.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(log) = backup::foreign_log(path) {
            return Err(StoreError::ForeignLog(log));
        }
        let mut connection = open_connection(path).map_err(|cause| {
            let error = StoreError::Open(path.to_owned(), cause);
            explain_read_only(path, error)
        })?;
        let migrated = migrations::run_migrations(&mut connection, path);
        migrated.map_err(|error| explain_read_only(path, error))?;
        Ok(Self {
            writer: Worker::start("store", connection, PENDING_WORK_MAX)?,
            readers: Readers::new(path),
        })
    }

    /// Loads every stored profile.
    pub async fn load_profiles(&self) -> Result<Vec<EntityProfile>, StoreError> {
        self.writer
            .run_work(|connection| profiles::load_all(connection).map_err(StoreError::Read))
            .await
    }

    /// Stores these profiles; fields without a value keep their stored one.
    pub async fn store_profiles(&self, changed: Vec<EntityProfile>) -> Result<(), StoreError> {
        self.writer
            .run_work(move |connection| {
                profiles::store_profiles(connection, &changed).map_err(StoreError::Write)
            })
            .await
    }

    /// Loads the ledger of a source: its imported files.
    pub async fn load_files(&self, source: &SourceId) -> Result<Vec<ImportedFile>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| files::load_all(connection, &source))
            .await
    }

    /// Imports a file as a whole, replacing what the same key brought before. Returns `None`
    /// if `pieces` end without [`ImportPiece::End`]; then nothing has changed. Other writers
    /// wait meanwhile.
    pub async fn import_file(
        &self,
        file: IncomingFile,
        table: &'static FactTable,
        pieces: Receiver<ImportPiece>,
    ) -> Result<Option<ImportResult>, StoreError> {
        self.writer
            .run_work(move |connection| file_import::import_file(connection, &file, table, &pieces))
            .await
    }

    /// Updates the tag of a file whose content hasn't changed.
    pub async fn update_tag(&self, file: FileId, tag: String) -> Result<(), StoreError> {
        self.writer
            .run_work(move |connection| {
                files::update_tag(connection, file, &tag).map_err(StoreError::Write)
            })
            .await
    }

    /// Marks UTC days of a source for recomputation.
    pub async fn mark_days_dirty(
        &self,
        source: SourceId,
        days: Vec<i64>,
    ) -> Result<(), StoreError> {
        self.writer
            .run_work(move |connection| {
                files::mark_days_dirty(connection, &source, &days).map_err(StoreError::Write)
            })
            .await
    }

    /// Loads the UTC days of a source to recompute, in order.
    pub async fn load_dirty_days(&self, source: &SourceId) -> Result<Vec<i64>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| files::load_dirty_days(connection, &source))
            .await
    }

    /// Loads the UTC days whose folders were listed, in order.
    pub async fn load_listed_days(&self, source: &SourceId) -> Result<Vec<ListedDay>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| listing_progress::load_all(connection, &source))
            .await
    }

    /// Stores when the folders of these days were listed.
    pub async fn store_listed_days(
        &self,
        source: SourceId,
        days: Vec<ListedDay>,
    ) -> Result<(), StoreError> {
        self.writer
            .run_work(move |connection| {
                listing_progress::store_days(connection, &source, &days).map_err(StoreError::Write)
            })
            .await
    }

    /// Loads up to `most` rejected rows of a source, from files imported at `since` (Unix
    /// seconds) or later.
    pub async fn rejected_rows_since(
        &self,
        source: &SourceId,
        since: i64,
        most: usize,
    ) -> Result<Vec<RejectedRow>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| rejected_rows::load_since(connection, &source, since, most))
            .await
    }

    /// Loads up to `most` rejected rows of a source, the newest file first, after this file
    /// and line.
    pub async fn rejected_rows(
        &self,
        source: &SourceId,
        after: Option<(FileId, u32)>,
        most: usize,
    ) -> Result<Vec<RejectedRow>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| rejected_rows::load_page(connection, &source, after, most))
            .await
    }

    /// Stores which rows of these files the current configuration rejects, by line, and why.
    /// Replaces the earlier rejections of this kind.
    pub async fn update_rejected(
        &self,
        table: &'static FactTable,
        files: Vec<(FileId, BTreeMap<u32, String>)>,
    ) -> Result<(), StoreError> {
        if files.is_empty() {
            return Ok(());
        }
        self.writer
            .run_work(move |connection| {
                rejected_rows::update_rejected(connection, table, &files).map_err(StoreError::Write)
            })
            .await
    }

    /// Counts the rejected rows of a source by reason, the most frequent first.
    pub async fn rejected_by_reason(
        &self,
        source: &SourceId,
        most: usize,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| rejected_rows::count_reasons(connection, &source, most))
            .await
    }

    /// Loads the export files whose rows all lie before a time, in Unix seconds.
    pub async fn old_files(&self, before: i64) -> Result<Vec<OldFile>, StoreError> {
        self.readers
            .read(move |connection| retention::load_old_files(connection, before))
            .await
    }

    /// Deletes some rows of a file, and the file once it has none left. Returns true when
    /// the file is gone.
    pub async fn delete_batch(
        &self,
        table: &'static str,
        file: FileId,
    ) -> Result<bool, StoreError> {
        self.writer
            .run_work(move |connection| {
                retention::delete_batch(connection, table, file).map_err(StoreError::Write)
            })
            .await
    }

    /// Removes the recomputation marks of days before `before` (UTC days since 1970).
    pub async fn clear_dirty_days_before(
        &self,
        source: SourceId,
        before: i64,
    ) -> Result<(), StoreError> {
        self.writer
            .run_work(move |connection| {
                retention::clear_dirty_days_before(connection, &source, before)
                    .map_err(StoreError::Write)
            })
            .await
    }

    /// Loads the files whose rows may contain data of callers or visitors.
    pub async fn files_with_contacts(&self) -> Result<Vec<FileWithContacts>, StoreError> {
        self.readers.read(erasure::load_files_with_contacts).await
    }

    /// Clears columns in some rows of a file, except for `internal_numbers` (a JSON array).
    /// Returns true when the file has no data of callers left.
    pub async fn erase_batch(
        &self,
        table: &'static str,
        columns: Vec<ErasedColumn>,
        internal_numbers: String,
        file: FileId,
    ) -> Result<bool, StoreError> {
        self.writer
            .run_work(move |connection| {
                erasure::erase_batch(connection, table, &columns, &internal_numbers, file)
                    .map_err(StoreError::Write)
            })
            .await
    }

    /// Rewrites the rows of one of Vergic's files where `rewrite` changes their cells. Then
    /// the file has no data of visitors left.
    pub async fn rewrite_rows(
        &self,
        file: FileId,
        rewrite: impl Fn(&str) -> Option<String> + Send + 'static,
    ) -> Result<(), StoreError> {
        self.writer
            .run_work(move |connection| {
                erasure::rewrite_rows(connection, file, rewrite).map_err(StoreError::Write)
            })
            .await
    }

    /// Truncates the write-ahead log, as far as nobody reads it.
    pub async fn truncate_log(&self) -> Result<(), StoreError> {
        self.writer
            .run_work(|connection| erasure::truncate_log(connection).map_err(StoreError::Write))
            .await
    }

    /// Counts the unanswered calls of a Sangoma source by end reason, over the last weeks of
    /// its files. The most frequent come first; at most `most`.
    pub async fn count_end_reasons(
        &self,
        source: &SourceId,
        most: usize,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| end_reasons::count_end_reasons(connection, &source, most))
            .await
    }

    /// Loads the extensions of more than `longest` bytes that agents of a Sangoma source were
    /// logged in with, in files that overlap this time (Unix seconds).
    pub async fn long_extensions(
        &self,
        source: &SourceId,
        within: Range<i64>,
        longest: usize,
    ) -> Result<Vec<String>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| extensions::load_longer(connection, &source, &within, longest))
            .await
    }
}

fn open_connection(path: &Path) -> rusqlite::Result<Connection> {
    #[cfg(unix)]
    create_private(path);
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Before a log exists: then a marked copy that has a log has someone else's.
    backup::remove_mark(&connection)?;
    // WAL lets a backup read while we write. NORMAL may lose the last moments at a power
    // cut, never the file.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    Ok(connection)
}

/// Replaces `error` with `ReadOnly` if the file system is read-only: `SQLite` doesn't
/// distinguish that from missing permissions.
fn explain_read_only(path: &Path, error: StoreError) -> StoreError {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let write = if path.exists() {
        fs::OpenOptions::new().write(true).open(path).map(drop)
    } else {
        tempfile::tempfile_in(folder.unwrap_or(Path::new("."))).map(drop)
    };
    match write {
        Err(cause) if cause.kind() == io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly(path.to_owned())
        }
        _ => error,
    }
}

/// Creates a missing file so that only its owner can read it: it will hold names of people.
/// `SQLite` gives the files next to it the same mode.
#[cfg(unix)]
fn create_private(path: &Path) {
    use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt};
    let mut new = OpenOptions::new();
    // Usually it exists. SQLite meets and reports any other error too.
    drop(new.write(true).create_new(true).mode(0o600).open(path));
}

#[cfg(test)]
mod tests;
