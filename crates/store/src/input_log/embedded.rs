//! The input log in a `SQLite` file of its own: one writing thread, each batch one transaction that
//! is on the disk when it ends.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use rusqlite::{Connection, params};
use tokio::sync::{Mutex, OwnedMutexGuard};

use wallboard_domain::LogOffset;

use super::{
    InputLog, LogBatch, LogFile, LogLimits, LogPeriod, LogSize, LogSnapshot, ReadLog,
    log_end_mark::LogEndMark, tables,
};
use crate::{
    PENDING_WORK_MAX, StoreError, check_writable,
    database::{backup, worker::Worker},
    explain_read_only, follow_link, open_private,
};

/// Snapshots older than this are thinned, in milliseconds …
const THINNED_AFTER: i64 = 3_600_000;
/// … to one in this time: less than there is between two at 50 updates a second, so that only sites
/// with more lose any.
const THINNED_TO: i64 = 480_000;
/// Batches deleted in one transaction, so that appends don't wait. Compacted ones take 2 MB, which is
/// little of the smallest log.
const TRIM_STEP: usize = 100;

/// Returns the log's path: next to the database, with `-log` in its name.
pub fn log_path(database: &Path) -> PathBuf {
    path_beside(database, "-log")
}

/// Returns the path of a file next to the database, with `suffix` in its name.
pub(crate) fn path_beside(database: &Path, suffix: &str) -> PathBuf {
    let database = follow_link(database);
    let stem = database.file_stem().unwrap_or_default();
    let mut name = stem.to_owned();
    name.push(suffix);
    if let Some(extension) = database.extension() {
        name.push(".");
        name.push(extension);
    }
    database.with_file_name(name)
}

/// Returns the database that a log is next to, if there is one.
pub fn database_of_log(log: &Path) -> Option<PathBuf> {
    let stem = log.file_stem()?.to_str()?.strip_suffix("-log")?;
    let database = log.with_file_name(stem);
    let database = match log.extension() {
        Some(extension) => database.with_extension(extension),
        None => database,
    };
    database.is_file().then_some(database)
}

/// Checks whether the log of a database can be opened and written now. Changes nothing.
pub fn check_log(database: &Path) -> Result<(), StoreError> {
    let path = log_path(database);
    check_writable(&path, tables::check_version).map_err(|error| explain_read_only(&path, error))
}

/// Renames a damaged log, so that a new one can begin and nothing is lost for an examination.
pub fn set_aside_log(database: &Path) -> io::Result<()> {
    let path = log_path(database);
    let now = Timestamp::now().as_second();
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        let mut damaged = path.clone().into_os_string();
        damaged.push(format!(".damaged-{now}{suffix}"));
        match fs::rename(&name, &damaged) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    Ok(())
}

/// The embedded log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EmbeddedLog {
    writer: Worker,
    file: LogFile,
    end_mark: LogEndMark,
    /// Held while something is made from entries, and while they are replaced by others: a snapshot of
    /// entries that are gone would bring them back.
    entries: Arc<Mutex<()>>,
}

impl EmbeddedLog {
    /// Opens a database's log, creating it if it doesn't exist.
    pub fn open(database: &Path) -> Result<Self, StoreError> {
        let path = log_path(database);
        if let Some(foreign) = backup::foreign_log(&path) {
            return Err(StoreError::ForeignLog(foreign));
        }
        let is_backup = backup::is_backup(&path);
        let connection = open_connection(&path).map_err(|error| explain_read_only(&path, error))?;
        let mut mark = path.clone().into_os_string();
        mark.push(".complete");
        let log = Self {
            writer: Worker::start("log", connection, PENDING_WORK_MAX)?,
            file: LogFile::at(&path),
            end_mark: LogEndMark::at(mark.into()),
            entries: Arc::default(),
        };
        if is_backup {
            // Entries that were acknowledged after the backup are missing.
            log.mark_interrupted();
        }
        Ok(log)
    }
}

impl ReadLog for EmbeddedLog {
    async fn read_batches(
        &self,
        from: LogOffset,
        count: usize,
    ) -> Result<Vec<LogBatch>, StoreError> {
        self.file.read_batches(from, count).await
    }

    async fn find_snapshot(
        &self,
        format: u32,
        until: Timestamp,
    ) -> Result<Option<LogSnapshot>, StoreError> {
        self.file.find_snapshot(format, until).await
    }

    async fn find_snapshot_from(
        &self,
        format: u32,
        next: LogOffset,
    ) -> Result<Option<LogSnapshot>, StoreError> {
        self.file.find_snapshot_from(format, next).await
    }

    async fn find_period(&self, format: u32) -> Result<Option<LogPeriod>, StoreError> {
        self.file.find_period(format).await
    }
}

impl InputLog for EmbeddedLog {
    async fn append(&self, batch: LogBatch) -> Result<(), StoreError> {
        let mark = self.end_mark.clone();
        let insert = move |connection: &mut Connection| {
            tables::insert_batch(connection, &batch)?;
            mark.note_end(batch.next());
            Ok(())
        };
        self.writer.write(insert).await
    }

    async fn replace(&self, batches: Vec<LogBatch>) -> Result<(), StoreError> {
        let mark = self.end_mark.clone();
        let replace = move |connection: &mut Connection| {
            tables::replace_batches(connection, &batches)?;
            if let Some(last) = batches.last() {
                mark.note_end(last.next());
            }
            Ok(())
        };
        self.writer.write(replace).await
    }

    async fn put_snapshot(&self, snapshot: LogSnapshot) -> Result<(), StoreError> {
        let mark = self.end_mark.clone();
        let insert = move |connection: &mut Connection| {
            tables::insert_snapshot(connection, &snapshot)?;
            mark.note_end(snapshot.next);
            Ok(())
        };
        self.writer.write(insert).await
    }

    async fn cut(&self, from: LogOffset) -> Result<(), StoreError> {
        let mark = self.end_mark.clone();
        let delete = move |connection: &mut Connection| {
            mark.set_back(from);
            let transaction = connection.transaction()?;
            tables::cut(&transaction, from)?;
            transaction.commit()
        };
        self.writer.write(delete).await
    }

    async fn restart_from(&self, snapshot: LogSnapshot) -> Result<(), StoreError> {
        let _held = self.hold_entries().await;
        let mark = self.end_mark.clone();
        let replace = move |connection: &mut Connection| {
            mark.set_back(snapshot.next);
            let transaction = connection.transaction()?;
            tables::cut(&transaction, snapshot.next)?;
            tables::insert_snapshot(&transaction, &snapshot)?;
            transaction.commit()
        };
        self.writer.write(replace).await
    }

    async fn hold_entries(&self) -> OwnedMutexGuard<()> {
        self.entries.clone().lock_owned().await
    }

    async fn trim(&self, limits: LogLimits) -> Result<LogSize, StoreError> {
        loop {
            let step = move |connection: &mut Connection| trim_step(connection, limits);
            if let Some(size) = self.writer.write(step).await? {
                return Ok(size);
            }
        }
    }

    fn mark_interrupted(&self) {
        if let Err(error) = self.end_mark.remove() {
            tracing::warn!("Couldn't note that the log is incomplete: {error}");
        }
    }

    fn noted_end(&self) -> Option<LogOffset> {
        self.end_mark.read()
    }

    fn mark_complete(&self) -> Result<(), StoreError> {
        self.end_mark.create()
    }
}

fn open_connection(path: &Path) -> Result<Connection, StoreError> {
    let open = |cause| StoreError::Open(path.to_owned(), cause);
    let connection = open_private(path).map_err(open)?;
    let prepare = || {
        let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version == 0 {
            // Before the first table, so that deleted batches give their space back.
            connection.pragma_update(None, "auto_vacuum", "incremental")?;
        }
        connection.pragma_update(None, "journal_mode", "wal")?;
        // A batch that was acknowledged must survive a power cut.
        connection.pragma_update(None, "synchronous", "full")?;
        if version == 0 {
            tables::create_tables(&connection)?;
        }
        Ok(())
    };
    prepare().map_err(open)?;
    tables::check_version(&connection, path)?;
    Ok(connection)
}

/// Removes some of what exceeds the limits. Returns the size once nothing does.
fn trim_step(connection: &mut Connection, limits: LogLimits) -> rusqlite::Result<Option<LogSize>> {
    let transaction = connection.transaction()?;
    let size = measure(&transaction)?;
    let oldest_ms = limits.oldest.as_millisecond();
    let mut deleted = transaction.execute(
        "DELETE FROM batch WHERE first IN (
            SELECT first FROM batch WHERE received_ms < ?1 ORDER BY first LIMIT ?2)",
        params![oldest_ms, TRIM_STEP],
    )?;
    if deleted == 0 && limits.size < size.bytes {
        deleted = transaction.execute(
            "DELETE FROM batch WHERE first IN (
                SELECT first FROM batch ORDER BY first LIMIT ?1)",
            [TRIM_STEP],
        )?;
    }
    // A snapshot without the entries after it leads nowhere, except the newest.
    deleted += transaction.execute(
        "DELETE FROM snapshot
         WHERE next < (SELECT min(first) FROM batch)
           AND next < (SELECT max(next) FROM snapshot)",
        [],
    )?;
    transaction.execute(
        "DELETE FROM snapshot WHERE next IN (
            SELECT next FROM (
                SELECT next, taken_ms,
                    taken_ms / ?1 = lag(taken_ms / ?1) OVER (ORDER BY next) AS is_close
                FROM snapshot)
            WHERE is_close
              AND taken_ms < (SELECT max(taken_ms) FROM snapshot) - ?2)",
        params![THINNED_TO, THINNED_AFTER],
    )?;
    transaction.commit()?;
    if 0 < deleted {
        return Ok(None);
    }
    give_back_space(connection)?;
    measure(connection).map(Some)
}

/// Shrinks a file that is mostly free, after its limits were lowered.
fn give_back_space(connection: &Connection) -> rusqlite::Result<()> {
    let (pages, free) = (
        pragma(connection, "page_count")?,
        pragma(connection, "freelist_count")?,
    );
    if pages / 2 < free {
        let mut vacuum = connection.prepare("PRAGMA incremental_vacuum")?;
        let mut rows = vacuum.query([])?;
        while rows.next()?.is_some() {}
    }
    Ok(())
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

fn measure(connection: &Connection) -> rusqlite::Result<LogSize> {
    let free = pragma(connection, "freelist_count")?;
    let used = pragma(connection, "page_count")?.saturating_sub(free);
    let snapshots = "SELECT count(*) FROM snapshot";
    Ok(LogSize {
        bytes: used * pragma(connection, "page_size")?,
        snapshots: connection.query_row(snapshots, [], |row| row.get(0))?,
    })
}

#[cfg(test)]
mod tests;
