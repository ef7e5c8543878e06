//! Transcripts until their receiver has them, in a file of its own that no backup has. Their owner seals them; what is
//! deleted is overwritten, and the file gets shorter.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use rusqlite::{Connection, Row, TransactionBehavior, params};
use tracing::warn;

use super::{
    PENDING_WORK_MAX, StoreError, Worker, explain_read_only, input_log::path_beside, open_private,
};

/// 1 GiB of 4 KiB each. Beyond it, the file counts as a full disk.
const PAGES_MAX: u32 = 262_144;
/// A rollback journal, unlike a write-ahead log, is empty after each change.
const PRAGMAS: &str = "
    PRAGMA auto_vacuum = FULL;
    PRAGMA journal_mode = TRUNCATE;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
";
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS transcript (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        received_at INTEGER NOT NULL,
        -- Is in the batch that was tried last.
        is_tried INTEGER NOT NULL DEFAULT 0,
        sealed TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS transcript_is_tried ON transcript (seq) WHERE is_tried;
    CREATE TABLE IF NOT EXISTS receiver (name TEXT NOT NULL) STRICT;
";

/// A handle on the file. Cheap to clone; dropping the last one closes it.
#[derive(Clone, Debug)]
pub struct TranscriptStore(Worker);

/// A transcript to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTranscript {
    /// The same if it's received again.
    pub id: String,
    pub sealed: String,
}

/// A stored transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTranscript {
    pub seq: u64,
    pub id: String,
    pub received_at: Timestamp,
    pub sealed: String,
}

impl TranscriptStore {
    /// Opens the file next to a database. One that is damaged is replaced.
    pub fn open(database: &Path) -> Result<Self, StoreError> {
        let path = transcripts_path(database);
        let opened = match open_file(&path) {
            Err(error) if error.is_damaged() => {
                warn!("The file of transcripts is damaged. Those that waited in it are lost");
                remove_files(&path).map_err(|cause| StoreError::Create(path.clone(), cause))?;
                open_file(&path)
            }
            opened => opened,
        };
        let connection = opened.map_err(|error| explain_read_only(&path, error))?;
        Worker::start("transcripts", connection, PENDING_WORK_MAX).map(Self)
    }

    /// Notes the receiver that they wait for. Returns the previous one.
    pub async fn set_receiver(&self, name: String) -> Result<Option<String>, StoreError> {
        self.write(move |connection| {
            let mut names = connection.prepare("SELECT name FROM receiver")?;
            let previous = names.query_map([], |row| row.get(0))?.next().transpose()?;
            drop(names);
            if previous.as_ref() != Some(&name) {
                connection.execute("DELETE FROM receiver", [])?;
                connection.execute("INSERT INTO receiver VALUES (?1)", [name])?;
            }
            Ok(previous)
        })
        .await
    }

    /// Stores transcripts: once it returns, they're on the disk. One that is received again replaces its copy.
    pub async fn store(&self, all: Vec<NewTranscript>, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut insert = connection.prepare(
                "INSERT INTO transcript (id, received_at, sealed) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
            )?;
            for one in all {
                insert.execute(params![one.id, now.as_millisecond(), one.sealed])?;
            }
            Ok(())
        })
        .await
    }

    /// Returns the batch that was tried before, or else the oldest transcripts: at least one, and more up to both limits.
    pub async fn next_batch(
        &self,
        count_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<StoredTranscript>, StoreError> {
        self.write(move |connection| {
            let tried = list(connection, "WHERE is_tried", usize::MAX, usize::MAX)?;
            if !tried.is_empty() {
                return Ok(tried);
            }
            let batch = list(connection, "", count_max, bytes_max)?;
            if let Some(last) = batch.last() {
                let update = "UPDATE transcript SET is_tried = 1 WHERE seq <= ?1";
                connection.execute(update, [last.seq])?;
            }
            Ok(batch)
        })
        .await
    }

    /// Deletes the batch that was tried, because its receiver accepted it.
    pub async fn delete_batch(&self) -> Result<(), StoreError> {
        self.write(|connection| {
            let deleted = connection.execute("DELETE FROM transcript WHERE is_tried", []);
            deleted.map(drop)
        })
        .await
    }

    /// Deletes what was received longer ago than `age`. Returns how many that were.
    pub async fn expire(&self, now: Timestamp, age: Duration) -> Result<usize, StoreError> {
        let now = now.as_millisecond();
        let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        self.write(move |connection| {
            // The clock was put back: they'd stay for longer.
            connection.execute(
                "UPDATE transcript SET received_at = ?1 WHERE ?1 < received_at",
                [now],
            )?;
            let expired = "DELETE FROM transcript WHERE received_at <= ?1";
            connection.execute(expired, [now.saturating_sub(age)])
        })
        .await
    }

    pub async fn count(&self) -> Result<u64, StoreError> {
        self.write(|connection| {
            connection.query_row("SELECT COUNT(*) FROM transcript", [], |row| row.get(0))
        })
        .await
    }

    /// Runs `work` in a transaction.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let in_transaction = move |connection: &mut Connection| {
            let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&begun)?;
            begun.commit()?;
            Ok(result)
        };
        self.0.write(in_transaction).await
    }
}

/// Deletes the file next to a database, with everything in it. Returns whether there was one.
pub fn delete_transcripts(database: &Path) -> io::Result<bool> {
    let path = transcripts_path(database);
    let is_there = path.exists();
    remove_files(&path)?;
    Ok(is_there)
}

fn transcripts_path(database: &Path) -> PathBuf {
    path_beside(database, "-transcripts")
}

/// Removes the file, and its journal first: without its file, that would be applied to the next one.
fn remove_files(path: &Path) -> io::Result<()> {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    for file in [Path::new(&journal), path] {
        match fs::remove_file(file) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    Ok(())
}

fn open_file(path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let connection = open_private(path)?;
        connection.execute_batch(PRAGMAS)?;
        connection.pragma_update(None, "max_page_count", PAGES_MAX)?;
        connection.execute_batch(TABLES)?;
        Ok(connection)
    };
    open().map_err(|cause| StoreError::Open(path.to_owned(), cause))
}

fn list(
    connection: &Connection,
    which: &str,
    count_max: usize,
    bytes_max: usize,
) -> rusqlite::Result<Vec<StoredTranscript>> {
    let sql = format!("SELECT seq, id, received_at, sealed FROM transcript {which} ORDER BY seq");
    let mut select = connection.prepare(&sql)?;
    let mut rows = select.query_map([], read_row)?;
    let (mut all, mut bytes) = (Vec::new(), 0);
    while all.len() < count_max
        && let Some(row) = rows.next()
    {
        let row = row?;
        bytes += row.sealed.len();
        if bytes_max < bytes && !all.is_empty() {
            break;
        }
        all.push(row);
    }
    Ok(all)
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<StoredTranscript> {
    Ok(StoredTranscript {
        seq: row.get(0)?,
        id: row.get(1)?,
        received_at: Timestamp::from_millisecond(row.get(2)?).unwrap_or_default(),
        sealed: row.get(3)?,
    })
}

#[cfg(test)]
mod tests;
