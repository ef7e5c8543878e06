//! The tables of a log file, and their rows.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::StoreError;
use wallboard_domain::LogOffset;

use super::{LogBatch, LogSnapshot};

/// The version of the tables.
pub(super) const SCHEMA_VERSION: u32 = 1;
const SCHEMA: &str = "
    CREATE TABLE batch (
        first INTEGER PRIMARY KEY,
        count INTEGER NOT NULL,
        received_ms INTEGER NOT NULL,
        format INTEGER NOT NULL,
        bytes BLOB NOT NULL
    );
    CREATE INDEX batch_received ON batch (received_ms);
    CREATE TABLE snapshot (
        next INTEGER PRIMARY KEY,
        taken_ms INTEGER NOT NULL,
        format INTEGER NOT NULL,
        bytes BLOB NOT NULL
    );
    CREATE INDEX snapshot_taken ON snapshot (taken_ms);";

/// Creates the tables in a new file.
pub(super) fn create_tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(SCHEMA)?;
    connection.pragma_update(None, "user_version", SCHEMA_VERSION)
}

pub(super) fn check_version(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let version: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|cause| StoreError::Open(path.to_owned(), cause))?;
    if SCHEMA_VERSION < version {
        return Err(StoreError::NewerSchema(path.to_owned()));
    }
    Ok(())
}

/// Returns whether the file has the tables of a log.
pub(super) fn has_tables(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT count(*) = 2 FROM sqlite_schema
         WHERE type = 'table' AND name IN ('batch', 'snapshot')",
        [],
        |row| row.get(0),
    )
}

pub(super) fn insert_batch(connection: &Connection, batch: &LogBatch) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT INTO batch VALUES (?, ?, ?, ?, ?)")?;
    let row = params![
        batch.first.0,
        batch.count,
        batch.received_at.as_millisecond(),
        batch.format,
        batch.bytes
    ];
    insert.execute(row).map(drop)
}

/// Stores batches in place of those that have the same entries.
pub(super) fn replace_batches(
    connection: &mut Connection,
    batches: &[LogBatch],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for batch in batches {
        let delete = "DELETE FROM batch WHERE first >= ?1 AND first < ?2";
        transaction.execute(delete, [batch.first.0, batch.next().0])?;
        insert_batch(&transaction, batch)?;
    }
    transaction.commit()
}

/// Removes everything from an offset on.
pub(super) fn cut(connection: &Connection, from: LogOffset) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM batch WHERE first + count > ?1", [from.0])?;
    connection.execute("DELETE FROM snapshot WHERE next > ?1", [from.0])?;
    Ok(())
}

pub(super) fn insert_snapshot(
    connection: &Connection,
    snapshot: &LogSnapshot,
) -> rusqlite::Result<()> {
    let row = params![
        snapshot.next.0,
        snapshot.taken_at.as_millisecond(),
        snapshot.format,
        snapshot.bytes
    ];
    let insert = "INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)";
    connection.execute(insert, row).map(drop)
}

pub(super) fn read_batch(row: &Row<'_>) -> rusqlite::Result<LogBatch> {
    Ok(LogBatch {
        first: LogOffset(row.get(0)?),
        count: row.get(1)?,
        received_at: timestamp(row.get(2)?),
        format: row.get(3)?,
        bytes: row.get(4)?,
    })
}

pub(super) fn read_snapshot(row: &Row<'_>) -> rusqlite::Result<LogSnapshot> {
    Ok(LogSnapshot {
        next: LogOffset(row.get(0)?),
        taken_at: timestamp(row.get(1)?),
        format: row.get(2)?,
        bytes: row.get(3)?,
    })
}

pub(super) fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or_default()
}
