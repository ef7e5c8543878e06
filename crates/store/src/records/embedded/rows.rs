//! Queries on `record`.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use crate::{
    database::statements::CachedStatements,
    records::{DELETIONS_KEPT, Record, RecordChange, RecordError, RecordId, RecordKind, Revision},
};

const SELECT_ONE: &str = "SELECT revision, id, document FROM record WHERE kind = ?1 AND id = ?2";
const SELECT_AFTER: &str = "
    SELECT revision, id, document FROM record
    WHERE kind = ?1 AND ?2 < revision ORDER BY revision LIMIT ?3";
const SELECT_DOCUMENTS: &str = "
    SELECT kind || '.' || id, document FROM record
    WHERE document IS NOT NULL ORDER BY revision";
const REPLACE: &str = "
    INSERT OR REPLACE INTO record (kind, id, document) VALUES (?1, ?2, ?3) RETURNING revision";
const SELECT_OLDEST_KEPT_DELETION: &str = "
    SELECT revision FROM record WHERE kind = ?1 AND document IS NULL
    ORDER BY revision DESC LIMIT 1 OFFSET ?2";
const DELETE_OLD_DELETIONS: &str =
    "DELETE FROM record WHERE kind = ?1 AND document IS NULL AND revision < ?2";

/// A row that replaces the record's previous one.
#[derive(Debug)]
pub(super) struct NewRow {
    pub(super) kind: RecordKind,
    pub(super) id: RecordId,
    pub(super) expected: Option<Revision>,
    /// `None` in a deletion.
    pub(super) document: Option<Vec<u8>>,
}

/// The revisions of rows that were replaced, or which wasn't as expected; then none is replaced.
pub(super) type ReplacedRows = Result<Vec<Revision>, (usize, RecordError)>;

/// Replaces records' rows if all have the expected revisions.
pub(super) fn replace_rows(
    connection: &mut Connection,
    rows: &[NewRow],
) -> rusqlite::Result<ReplacedRows> {
    // It reads before it writes: without taking the lock first, it couldn't wait for
    // another process that writes.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut revisions = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let stored = find_row(&transaction, row.kind, &row.id)?;
        if let Err(conflict) = check_expected(stored, row.expected) {
            return Ok(Err((place, conflict)));
        }
        let values = params![row.kind.as_str(), row.id.as_str(), row.document];
        let revision = transaction
            .prepare_cached(REPLACE)?
            .query_row(values, |row| row.get(0))?;
        revisions.push(Revision(revision));
        if row.document.is_none() {
            delete_old_deletions(&transaction, row.kind)?;
        }
    }
    transaction.commit()?;
    Ok(Ok(revisions))
}

fn check_expected(
    stored: Option<RecordChange>,
    expected: Option<Revision>,
) -> Result<(), RecordError> {
    let revision = stored.as_ref().map(RecordChange::revision);
    let current = stored
        .and_then(RecordChange::into_record)
        .map(|record| record.revision);
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
pub(super) fn oldest_kept_deletion(
    connection: &Connection,
    kind: RecordKind,
) -> rusqlite::Result<Option<Revision>> {
    connection
        .prepare_cached(SELECT_OLDEST_KEPT_DELETION)?
        .query_row(params![kind.as_str(), DELETIONS_KEPT - 1], |row| row.get(0))
        .optional()
        .map(|revision| revision.map(Revision))
}

pub(super) fn find_row(
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
pub(super) fn read_after(
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

/// Reads the documents of all kinds, with the key of each: `KIND.ID`.
pub(super) fn read_documents(connection: &Connection) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
    connection.load_rows(SELECT_DOCUMENTS, [], |row| Ok((row.get(0)?, row.get(1)?)))
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
