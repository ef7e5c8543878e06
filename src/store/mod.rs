//! The database: what must outlive the process. One thread owns the connection;
//! everybody else hands it work and waits. Nothing on the way from a source to a
//! screen ever waits for it.

mod aside;
mod background;
mod backup;
mod extensions;
mod facts;
mod figures;
mod files;
mod forgetting;
mod intervals;
mod migrations;
mod names;
mod priority;
mod profiles;
mod readers;
mod retention;
mod stretches;
mod taking;
mod tallies;
mod view;
mod walks;
mod wordings;
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

use crate::domain::{Profile, SourceId};

use readers::Readers;
pub use readers::Version;
use worker::Worker;

pub use aside::AsideRow;
pub use background::BackgroundReader;
pub use backup::{BackupError, backup};
pub use facts::{Batch, Column, Kind, Table, line_of};
pub use figures::{Over, Wanted};
pub use files::{Arriving, FileId, SetAside, Summary, TakenFile};
pub use forgetting::{Emptied, Telling};
pub use intervals::{AgentRow, BreakdownRow, LocalDay, OTHERS, Part, QueueRow, Reckoned};
pub use names::{Basis, Class as NameClass, Name};
pub use priority::step_aside;
pub use retention::OldFile;
pub use stretches::Stretch;
pub use taking::{Piece, Taken};
pub use view::{Cells, View, look_at};
pub use walks::ListedDay;

/// How many pieces of work may wait before whoever brings more has to.
const CAPACITY: usize = 64;
/// How long to wait for another process that holds the database, such as a backup.
const BUSY: Duration = Duration::from_secs(5);

/// Whether the database at `path` could be opened, read and written now. Changes
/// nothing, not even its schema.
pub fn probe(path: &Path) -> Result<(), StoreError> {
    try_to_write(path).map_err(|error| unless_read_only(path, error))
}

fn try_to_write(path: &Path) -> Result<(), StoreError> {
    if !path.exists() {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        return tempfile::tempfile_in(folder.unwrap_or(Path::new(".")))
            .map(drop)
            .map_err(|cause| StoreError::Create(path.to_owned(), cause));
    }
    let open = |cause| StoreError::Open(path.to_owned(), cause);
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(open)?;
    connection.busy_timeout(BUSY).map_err(open)?;
    migrations::compare(&connection, path)?;
    connection
        .execute_batch("BEGIN IMMEDIATE; ROLLBACK")
        .map_err(StoreError::Write)
}

/// A handle on the database. Cheap to clone; the last one to go closes it.
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
    Newer(PathBuf),
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
    Ended,
}

impl StoreError {
    /// Whether the file system takes no writes.
    pub fn is_read_only(&self) -> bool {
        match self {
            Self::ReadOnly(_) => true,
            Self::Read(cause) | Self::Write(cause) => {
                cause.sqlite_error_code() == Some(rusqlite::ErrorCode::ReadOnly)
            }
            _ => false,
        }
    }

    /// Whether there is no room on the disk.
    pub fn is_full(&self) -> bool {
        let (Self::Read(cause) | Self::Write(cause)) = self else {
            return false;
        };
        cause.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
    }
}

impl Store {
    /// Opens the database, creating it where there is none, and brings its schema
    /// up to date.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(log) = backup::foreign_log(path) {
            return Err(StoreError::ForeignLog(log));
        }
        let mut connection = connect(path).map_err(|cause| {
            let error = StoreError::Open(path.to_owned(), cause);
            unless_read_only(path, error)
        })?;
        let up_to_date = migrations::run(&mut connection, path);
        up_to_date.map_err(|error| unless_read_only(path, error))?;
        Ok(Self {
            writer: Worker::start("store", connection, CAPACITY)?,
            readers: Readers::new(path),
        })
    }

    /// Every name that was kept.
    pub async fn profiles(&self) -> Result<Vec<Profile>, StoreError> {
        self.writer
            .run(|connection| profiles::all(connection).map_err(StoreError::Read))
            .await
    }

    /// Keeps these names in place of what was kept of them before.
    pub async fn keep_profiles(&self, changed: Vec<Profile>) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| profiles::keep(connection, &changed).map_err(StoreError::Write))
            .await
    }

    /// The ledger of a source.
    pub async fn files(&self, source: &SourceId) -> Result<Vec<TakenFile>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| files::all(connection, &source))
            .await
    }

    /// Takes in a file as a whole: what `pieces` bring, in place of what the same key
    /// brought before. `None` where they end without [`Piece::End`]; nothing has
    /// changed then. Whoever writes meanwhile waits.
    pub async fn take_in(
        &self,
        file: Arriving,
        table: &'static Table,
        pieces: Receiver<Piece>,
    ) -> Result<Option<Taken>, StoreError> {
        self.writer
            .run(move |connection| taking::take_in(connection, &file, table, &pieces))
            .await
    }

    /// The content of a file is as before, only its tag is another.
    pub async fn retag(&self, file: FileId, tag: String) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| files::retag(connection, file, &tag).map_err(StoreError::Write))
            .await
    }

    /// Marks UTC days of a source to be reckoned anew.
    pub async fn mark_dirty(&self, source: SourceId, days: Vec<i64>) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                files::mark_dirty(connection, &source, &days).map_err(StoreError::Write)
            })
            .await
    }

    /// The UTC days of a source that must be reckoned anew, in order.
    pub async fn dirty(&self, source: &SourceId) -> Result<Vec<i64>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| files::dirty(connection, &source))
            .await
    }

    /// The UTC days whose folders were listed, in order.
    pub async fn listed_days(&self, source: &SourceId) -> Result<Vec<ListedDay>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| walks::all(connection, &source))
            .await
    }

    /// Keeps when the folders of these days were listed.
    pub async fn keep_listed_days(
        &self,
        source: SourceId,
        days: Vec<ListedDay>,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                walks::keep(connection, &source, &days).map_err(StoreError::Write)
            })
            .await
    }

    /// Rows of a source that were set aside, of files that were taken in at `since`
    /// (Unix seconds) or later; at most `most`.
    pub async fn set_aside_since(
        &self,
        source: &SourceId,
        since: i64,
        most: usize,
    ) -> Result<Vec<AsideRow>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| aside::since(connection, &source, since, most))
            .await
    }

    /// Rows of a source that were set aside, the newest file first, after this file and
    /// line; at most `most`.
    pub async fn set_aside(
        &self,
        source: &SourceId,
        after: Option<(FileId, u32)>,
        most: usize,
    ) -> Result<Vec<AsideRow>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| aside::page(connection, &source, after, most))
            .await
    }

    /// Which of the rows that these files have mean nothing by the configuration of now, by
    /// line, and why; those that were told before are not told any more.
    pub async fn tell_refused(
        &self,
        table: &'static Table,
        files: Vec<(FileId, BTreeMap<u32, String>)>,
    ) -> Result<(), StoreError> {
        if files.is_empty() {
            return Ok(());
        }
        self.writer
            .run(move |connection| {
                aside::tell_refused(connection, table, &files).map_err(StoreError::Write)
            })
            .await
    }

    /// Why rows of a source were set aside, and how many, the most frequent first.
    pub async fn set_aside_by_reason(
        &self,
        source: &SourceId,
        most: usize,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| aside::reasons(connection, &source, most))
            .await
    }

    /// Files of exports whose rows lie before a time, in Unix seconds.
    pub async fn old_files(&self, before: i64) -> Result<Vec<OldFile>, StoreError> {
        self.readers
            .read(move |connection| retention::old(connection, before))
            .await
    }

    /// Deletes some rows of a file, and when there are none left, the file. True when it
    /// is gone.
    pub async fn delete_some(&self, table: &'static str, file: FileId) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                retention::delete_some(connection, table, file).map_err(StoreError::Write)
            })
            .await
    }

    /// Days of a source before one (UTC days since 1970) are not reckoned anew any more.
    pub async fn leave_days(&self, source: SourceId, before: i64) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                retention::leave(connection, &source, before).map_err(StoreError::Write)
            })
            .await
    }

    /// Files in whose rows something of callers or visitors may stand.
    pub async fn telling_files(&self) -> Result<Vec<Telling>, StoreError> {
        self.readers.read(forgetting::telling).await
    }

    /// Empties columns in some rows of a file, but for `own` numbers (a JSON array). True
    /// when nothing of callers is left in it.
    pub async fn empty_some(
        &self,
        table: &'static str,
        columns: Vec<Emptied>,
        own: String,
        file: FileId,
    ) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| {
                forgetting::empty_some(connection, table, &columns, &own, file)
                    .map_err(StoreError::Write)
            })
            .await
    }

    /// Writes the rows of one of Vergic's files anew where `rewrite` makes something else
    /// of their cells; then nothing of visitors is left in it.
    pub async fn rewrite_rows(
        &self,
        file: FileId,
        rewrite: impl Fn(&str) -> Option<String> + Send + 'static,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                forgetting::rewrite(connection, file, rewrite).map_err(StoreError::Write)
            })
            .await
    }

    /// Empties the log beside the database, as far as nobody reads it.
    pub async fn shorten_log(&self) -> Result<(), StoreError> {
        self.writer
            .run(|connection| forgetting::shorten_log(connection).map_err(StoreError::Write))
            .await
    }

    /// What calls of a Sangoma source that were not answered ended by in the last weeks
    /// of its files, and how many did, the most frequent first; at most `most`.
    pub async fn end_wordings(
        &self,
        source: &SourceId,
        most: usize,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| wordings::ends(connection, &source, most))
            .await
    }

    /// Extensions of more than `longest` bytes that agents of a Sangoma source were logged
    /// in with, in files that reach into this time (Unix seconds).
    pub async fn extensions(
        &self,
        source: &SourceId,
        within: Range<i64>,
        longest: usize,
    ) -> Result<Vec<String>, StoreError> {
        let source = source.clone();
        self.readers
            .read(move |connection| extensions::longer(connection, &source, &within, longest))
            .await
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    #[cfg(unix)]
    for_the_owner(path);
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    // Before there is a log, so that a copy with a log is never its own.
    backup::unmark(&connection)?;
    // In WAL a backup can read while we write; NORMAL may lose the last moments
    // at a power cut, never the file.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    Ok(connection)
}

/// What is wrong, by its cause where that is a file system without writes: the database tells it
/// from missing permissions by nothing.
fn unless_read_only(path: &Path, error: StoreError) -> StoreError {
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

/// Makes the file, where there is none, so that only its owner reads it: names of people
/// come to stand in it. What lies beside it takes after it.
#[cfg(unix)]
fn for_the_owner(path: &Path) {
    use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt};
    let mut new = OpenOptions::new();
    // Mostly it is there. Whatever else is wrong SQLite meets as well, and says.
    drop(new.write(true).create_new(true).mode(0o600).open(path));
}

#[cfg(test)]
mod tests;
