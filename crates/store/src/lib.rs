//! The database: everything that must outlive the process. One thread owns the writing
//! connection; callers hand it work and wait. Nothing on the way from a source to a
//! screen ever waits for it.

mod case_record_stream;
mod database;
mod fenced_stream;
mod input_log;
mod people;
mod records;
mod rows;
mod transcripts;

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

pub use case_record_stream::{CaseRecordBatch, CaseRecordStream};
pub use database::readers::DataVersion;
use database::readers::Readers;
use database::worker::Worker;
pub use people::audit::{AuditEntry, StoredAuditEntry};
pub use rows::agent_names::AgentNames;

pub use database::background::BackgroundReader;
pub use database::background_thread::spawn_background;
pub use database::backup::{BackupError, create_backup};
pub use database::file_lock::{FileLock, LockHolder};
pub use database::view::{RowCells, StoreView, with_view_at};
pub use input_log::BatchSearch;
pub use input_log::{
    BatchHeader, BatchReader, EmbeddedLog, InputLog, LogBatch, LogFile, LogLimits, LogPeriod,
    LogSize, LogSnapshot, LogStream, NewLogFile, ReadBatch, ReadLog, SnapshotLabel, StreamBatch,
    StreamEnd, StreamError, check_log, database_of_log, log_path, set_aside_log,
};
pub use people::data_kind::{DataKind, DataRetention, KeptFor};
pub use people::forgotten::{ForgottenPeople, load_forgotten};
pub use people::forgotten_person::{ForgottenAgent, ForgottenPerson};
pub use people::inventory::{
    FactForgetter, FileForgetter, InventoryRow, RowRewriter, load_inventory,
};
pub use records::{
    DOCUMENT_SIZE_MAX, DocumentError, NewRecord, Record, RecordChange, RecordError, RecordFollower,
    RecordId, RecordKind, RecordStore, RecordWatch, Records, Revision, StoredRecords,
    decode_document, encode_document,
};
pub use rows::case_records::{
    CaseRecordCursor, CaseRecordEntry, CaseRecordGap, CaseRecordPage, CaseRecordPosition,
};
pub use rows::catalog::{CatalogEntry, ComputationBasis, NameClass};
pub use rows::facts::{ErasedColumn, FactTable, PeopleColumns, RowBatch, file_of, line_of};
pub use rows::figure_values::{FigureChange, FigureSpan, FigureSubject};
pub use rows::file_import::{FileReaderError, ImportPiece, ImportResult};
pub use rows::files::{FileId, FileSummary, ImportedFile, IncomingFile, RowRejection};
pub use rows::interval_queries::{CODED_COUNTERS, FigureQuery, Granularity};
pub use rows::intervals::{
    AgentIntervalRow, BreakdownRow, ComputedPart, ComputedWindow, LocalDay, OTHERS,
    QueueIntervalRow, QueueStaffRow,
};
pub use rows::listing_progress::ListedDay;
pub use rows::queue_forecasts::StoredForecast;
pub use rows::rejected_rows::RejectedRow;
pub use rows::relations::{CatalogDetail, CatalogMember};
pub use rows::row_groups::RowGroup;
pub use rows::time_ranges::{merge_ranges, subtract_ranges};
pub use rows::waiting_peaks::WaitingPeak;
pub use transcripts::{NewTranscript, StoredTranscript, TranscriptStore, delete_transcripts};

/// The number of work items that may queue before callers have to wait.
const PENDING_WORK_MAX: usize = 64;
/// The wait for another process that holds the database, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The pause between two attempts to open a database that another process is opening or closing.
const BUSY_PAUSE: Duration = Duration::from_millis(20);

/// Checks whether the database at `path` can be opened, read and written now. Changes
/// nothing, not even its schema.
pub fn check_database(path: &Path) -> Result<(), StoreError> {
    check_writable(path, database::migrations::check_version)
        .map_err(|error| explain_read_only(path, error))
}

fn check_writable(
    path: &Path,
    check_version: impl Fn(&Connection, &Path) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if !path.exists() {
        return tempfile::tempfile_in(folder_of(path))
            .map(drop)
            .map_err(|cause| StoreError::Create(path.to_owned(), cause));
    }
    let open = |cause| StoreError::Open(path.to_owned(), cause);
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(open)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(open)?;
    check_version(&connection, path)?;
    connection
        .execute_batch("BEGIN IMMEDIATE; ROLLBACK")
        .map_err(StoreError::Write)
}

/// Locks a database for the one server that may use it; `None` where its file system has no locks.
pub fn lock_for_server(database: &Path) -> Result<Option<FileLock>, StoreError> {
    let mut path = follow_link(database).into_os_string();
    path.push(".lock");
    match FileLock::acquire(Path::new(&path)) {
        Ok(Ok(lock)) => Ok(Some(lock)),
        Ok(Err(holder)) => Err(StoreError::InUse(database.to_owned(), holder)),
        Err(cause) if cause.kind() == io::ErrorKind::Unsupported => {
            tracing::warn!(
                "The database's file system has no locks, so a second server on it wouldn't be noticed"
            );
            Ok(None)
        }
        // There's no such folder: opening the database reports it.
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => {
            let error = StoreError::Lock(path.into(), cause);
            Err(explain_read_only(database, error))
        }
    }
}

/// Whether a server uses a database.
pub fn is_server_running(database: &Path) -> Result<bool, StoreError> {
    match lock_for_server(database) {
        Err(StoreError::InUse(..)) => Ok(true),
        lock => lock.map(|_| false),
    }
}

/// Returns the database behind a symbolic link: its lock and its log are next to it, whatever it's called.
fn follow_link(database: &Path) -> PathBuf {
    let target = database.is_symlink().then(|| fs::canonicalize(database));
    target
        .and_then(Result::ok)
        .unwrap_or_else(|| database.to_owned())
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
    #[error("there's no log at {}", .0.display())]
    MissingLog(PathBuf),
    #[error("{} isn't a log of Wallboard", .0.display())]
    NotALog(PathBuf),
    #[error("{} exists; choose another file, or move it", .0.display())]
    Exists(PathBuf),
    #[error("couldn't start the database thread")]
    Thread(#[source] io::Error),
    #[error("couldn't read the database")]
    Read(#[source] rusqlite::Error),
    #[error("couldn't write to the database")]
    Write(#[source] rusqlite::Error),
    #[error("the database thread has stopped")]
    ThreadEnded,
    #[error(
        "{} uses the database {} already; stop it first, or start with --take-over and its process ID",
        .1.process.map_or_else(|| "another server".to_owned(), |id| format!("the server with process ID {id}")),
        .0.display()
    )]
    InUse(PathBuf, LockHolder),
    #[error(
        "couldn't lock {}; make sure that the user who runs Wallboard owns it, or remove it while no server runs",
        .0.display()
    )]
    Lock(PathBuf, #[source] io::Error),
    #[error("the cluster's records can't be reached; check NATS")]
    ClusterRecords(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(
        "the cluster's records have no room for more; make room on the disks of NATS, or raise max_bytes of the stream {0}"
    )]
    ClusterRecordsFull(String),
}

impl StoreError {
    /// Returns whether the file system is read-only.
    pub fn is_read_only(&self) -> bool {
        matches!(self, Self::ReadOnly(_)) || self.has_code(ErrorCode::ReadOnly)
    }

    /// Returns whether the disk is full.
    pub fn is_disk_full(&self) -> bool {
        self.has_code(ErrorCode::DiskFull)
    }

    /// Returns whether the file is damaged, or no database.
    pub fn is_damaged(&self) -> bool {
        self.has_code(ErrorCode::DatabaseCorrupt) || self.has_code(ErrorCode::NotADatabase)
    }

    fn has_code(&self, code: ErrorCode) -> bool {
        match self {
            Self::Open(_, cause) | Self::Read(cause) | Self::Write(cause) => {
                cause.sqlite_error_code() == Some(code)
            }
            _ => false,
        }
    }
}

impl Store {
    /// Opens the database, creating it if it doesn't exist, and migrates its schema.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let path = &*follow_link(path);
        if let Some(log) = database::backup::foreign_log(path) {
            return Err(StoreError::ForeignLog(log));
        }
        let mut connection = open_connection(path).map_err(|cause| {
            let error = StoreError::Open(path.to_owned(), cause);
            explain_read_only(path, error)
        })?;
        let migrated = database::migrations::run_migrations(&mut connection, path);
        migrated.map_err(|error| explain_read_only(path, error))?;
        Ok(Self {
            writer: Worker::start("store", connection, PENDING_WORK_MAX)?,
            readers: Readers::new(path),
        })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        self.readers.path()
    }

    /// Reads one state of the database, whatever is written meanwhile.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.read(work).await
    }

    /// Runs `work` with the writing connection, after the work that is queued already.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.write(work).await
    }
}

fn open_connection(path: &Path) -> rusqlite::Result<Connection> {
    let started = Instant::now();
    loop {
        match open_writer(path) {
            // Where two processes that create or close the database could wait for each other,
            // SQLite waits for neither.
            Err(cause) if is_busy(&cause) && started.elapsed() < BUSY_TIMEOUT => {
                thread::sleep(BUSY_PAUSE);
            }
            opened => return opened,
        }
    }
}

fn is_busy(cause: &rusqlite::Error) -> bool {
    cause.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open_private(path)?;
    // WAL lets a backup read while we write. NORMAL may lose the last moments at a power
    // cut, never the file.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    Ok(connection)
}

/// Opens a file that only its owner can read, creating it if it doesn't exist.
fn open_private(path: &Path) -> rusqlite::Result<Connection> {
    #[cfg(unix)]
    create_private(path);
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Before a write-ahead log exists: then a marked copy that has one has someone else's.
    database::backup::remove_mark(&connection)?;
    Ok(connection)
}

/// Replaces `error` with `ReadOnly` if the file system is read-only: `SQLite` doesn't
/// distinguish that from missing permissions.
fn explain_read_only(path: &Path, error: StoreError) -> StoreError {
    let write = if path.exists() {
        fs::OpenOptions::new().write(true).open(path).map(drop)
    } else {
        tempfile::tempfile_in(folder_of(path)).map(drop)
    };
    match write {
        Err(cause) if cause.kind() == io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly(path.to_owned())
        }
        _ => error,
    }
}

/// Returns the folder of a file, also for a name alone.
pub fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    folder.unwrap_or(Path::new("."))
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
