//! The embedded records: queries on `record`.

mod watch;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use tokio::sync::watch::Sender;

use super::{
    DOCUMENT_SIZE_MAX, Record, RecordChange, RecordError, RecordId, RecordKind, Records, Revision,
};
use crate::store::{Store, statements::CachedStatements};

use watch::EmbeddedWatch;

/// The deletions that a kind keeps for those who watch.
const DELETIONS_KEPT: u32 = 1_000;

const SELECT_ONE: &str = "SELECT revision, id, document FROM record WHERE kind = ?1 AND id = ?2";
const SELECT_AFTER: &str = "
    SELECT revision, id, document FROM record
    WHERE kind = ?1 AND ?2 < revision ORDER BY revision LIMIT ?3";
const REPLACE: &str = "
    INSERT OR REPLACE INTO record (kind, id, document) VALUES (?1, ?2, ?3) RETURNING revision";
const SELECT_OLDEST_KEPT_DELETION: &str = "
    SELECT revision FROM record WHERE kind = ?1 AND document IS NULL
    ORDER BY revision DESC LIMIT 1 OFFSET ?2";
const DELETE_OLD_DELETIONS: &str =
    "DELETE FROM record WHERE kind = ?1 AND document IS NULL AND revision < ?2";

/// Records in the product's database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EmbeddedRecords {
    store: Store,
    /// Wakes those who watch.
    changed: Sender<()>,
}

/// A row that replaces the record's previous one.
#[derive(Debug)]
struct NewRow {
    kind: RecordKind,
    id: RecordId,
    expected: Option<Revision>,
    /// `None` in a deletion.
    document: Option<Vec<u8>>,
}

impl EmbeddedRecords {
    /// Makes a handle. Its clones tell each other's watches at once, other handles within a second.
    pub fn new(store: Store) -> Self {
        let changed = Sender::new(());
        Self { store, changed }
    }

    async fn write(&self, row: NewRow) -> Result<Revision, RecordError> {
        let changed = self.changed.clone();
        let write = move |connection: &mut Connection| {
            let written = write_durably(connection, |connection| replace_row(connection, &row))?;
            changed.send_replace(());
            Ok(written)
        };
        self.store.write(write).await?
    }
}

impl Records for EmbeddedRecords {
    type Watch = EmbeddedWatch;

    async fn get(&self, kind: RecordKind, id: &RecordId) -> Result<Option<Record>, RecordError> {
        let id = id.clone();
        let find = move |connection: &Connection| find_row(connection, kind, &id);
        let found = self.store.read(find).await?;
        Ok(found.and_then(into_record))
    }

    async fn put(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Option<Revision>,
        document: Vec<u8>,
    ) -> Result<Revision, RecordError> {
        if DOCUMENT_SIZE_MAX < document.len() {
            return Err(RecordError::TooLarge(document.len()));
        }
        self.write(NewRow {
            kind,
            id: id.clone(),
            expected,
            document: Some(document),
        })
        .await
    }

    async fn delete(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Revision,
    ) -> Result<Revision, RecordError> {
        self.write(NewRow {
            kind,
            id: id.clone(),
            expected: Some(expected),
            document: None,
        })
        .await
    }

    async fn list(&self, kind: RecordKind) -> Result<Vec<Record>, RecordError> {
        let (records, _) = self.watch(kind).await?;
        Ok(records)
    }

    async fn watch(&self, kind: RecordKind) -> Result<(Vec<Record>, Self::Watch), RecordError> {
        let read = move |connection: &Connection| read_after(connection, kind, Revision(0), None);
        let rows = self.store.read(read).await?;
        let position = rows.last().map_or(Revision(0), RecordChange::revision);
        let records = rows.into_iter().filter_map(into_record).collect();
        Ok((records, EmbeddedWatch::new(self.clone(), kind, position)))
    }
}

impl RecordChange {
    fn revision(&self) -> Revision {
        match self {
            Self::Stored(record) => record.revision,
            Self::Deleted { revision, .. } => *revision,
        }
    }
}

fn into_record(change: RecordChange) -> Option<Record> {
    match change {
        RecordChange::Stored(record) => Some(record),
        RecordChange::Deleted { .. } => None,
    }
}

/// Runs a write that is on the disk when it ends. The database's other writes can be repeated, and
/// may be lost at a power cut.
fn write_durably<T>(
    connection: &mut Connection,
    write: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.pragma_update(None, "synchronous", "full")?;
    let result = write(connection);
    // Otherwise later writes are only slower.
    connection.pragma_update(None, "synchronous", "normal").ok();
    result
}

/// Replaces a record's row if it has the expected revision.
fn replace_row(
    connection: &mut Connection,
    row: &NewRow,
) -> rusqlite::Result<Result<Revision, RecordError>> {
    // It reads before it writes: without taking the lock first, it couldn't wait for
    // another process that writes.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let stored = find_row(&transaction, row.kind, &row.id)?;
    if let Err(conflict) = check_expected(stored, row.expected) {
        return Ok(Err(conflict));
    }
    let values = params![row.kind.as_str(), row.id.as_str(), row.document];
    let revision = transaction
        .prepare_cached(REPLACE)?
        .query_row(values, |row| row.get(0))?;
    if row.document.is_none() {
        delete_old_deletions(&transaction, row.kind)?;
    }
    transaction.commit()?;
    Ok(Ok(Revision(revision)))
}

fn check_expected(
    stored: Option<RecordChange>,
    expected: Option<Revision>,
) -> Result<(), RecordError> {
    let revision = stored.as_ref().map(RecordChange::revision);
    let current = stored.and_then(into_record).map(|record| record.revision);
    let is_expected = match expected {
        None => current.is_none(),
        Some(expected) => revision == Some(expected),
    };
    if is_expected {
        Ok(())
    } else {
        Err(RecordError::Conflict { current })
    }
}

fn delete_old_deletions(transaction: &Transaction<'_>, kind: RecordKind) -> rusqlite::Result<()> {
    if let Some(oldest) = oldest_kept_deletion(transaction, kind)? {
        transaction.run_statement(DELETE_OLD_DELETIONS, params![kind.as_str(), oldest.0])?;
    }
    Ok(())
}

/// Returns the deletion before which there may have been others, if there are that many.
fn oldest_kept_deletion(
    connection: &Connection,
    kind: RecordKind,
) -> rusqlite::Result<Option<Revision>> {
    connection
        .prepare_cached(SELECT_OLDEST_KEPT_DELETION)?
        .query_row(params![kind.as_str(), DELETIONS_KEPT - 1], |row| row.get(0))
        .optional()
        .map(|revision| revision.map(Revision))
}

fn find_row(
    connection: &Connection,
    kind: RecordKind,
    id: &RecordId,
) -> rusqlite::Result<Option<RecordChange>> {
    connection
        .prepare_cached(SELECT_ONE)?
        .query_row([kind.as_str(), id.as_str()], read_row)
        .optional()
}

/// Reads the newest change of each record that changed after a revision, in order: at most `count`,
/// or all.
fn read_after(
    connection: &Connection,
    kind: RecordKind,
    position: Revision,
    count: Option<u32>,
) -> rusqlite::Result<Vec<RecordChange>> {
    let limit = count.map_or(-1, i64::from);
    connection.load_rows(
        SELECT_AFTER,
        params![kind.as_str(), position.0, limit],
        read_row,
    )
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<RecordChange> {
    let (revision, id) = (Revision(row.get(0)?), RecordId(row.get(1)?));
    Ok(match row.get(2)? {
        Some(document) => RecordChange::Stored(Record {
            id,
            revision,
            document,
        }),
        None => RecordChange::Deleted { id, revision },
    })
}

#[cfg(test)]
mod tests;
