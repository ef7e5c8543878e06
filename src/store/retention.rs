//! Deletes what is kept no longer, a little at a time, so that nobody waits long.

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::SourceId;

use super::{FileId, facts};

/// Rows that are deleted at once.
const ROWS_PER_BATCH: i64 = 5_000;

/// A file all of whose rows are older than some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldFile {
    pub id: FileId,
    pub source: SourceId,
    /// As the far side writes it.
    pub key: String,
    /// Sangoma's container; the stem of Vergic's file.
    pub dataset: String,
}

/// Files whose rows, and all that they tell of, lie before a time in Unix seconds. What
/// has no time is always about now.
pub(super) fn load_old_files(
    connection: &Connection,
    before: i64,
) -> rusqlite::Result<Vec<OldFile>> {
    let mut query = connection.prepare_cached(
        "SELECT id, source, key, dataset FROM import_file
         WHERE max(coalesce(last, covers_to), coalesce(covers_to, last)) < ?1 ORDER BY id",
    )?;
    let files = query.query_map([before], |row| {
        Ok(OldFile {
            id: FileId(row.get(0)?),
            source: SourceId(row.get(1)?),
            key: row.get(2)?,
            dataset: row.get(3)?,
        })
    })?;
    files.collect()
}

/// From when to when files told anything that were deleted, and have not come again.
pub(super) fn load_pruned_ranges(
    connection: &Connection,
    source: &SourceId,
) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut query = connection.prepare_cached(
        "SELECT start, until FROM import_gone AS gone WHERE source = ?1 AND NOT EXISTS
             (SELECT 1 FROM import_file AS file
              WHERE file.source = gone.source AND file.key = gone.key)",
    )?;
    let spans = query.query_map([source.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    spans.collect()
}

/// Deletes some rows of a file; when there are none left, the file itself, with the rows
/// that were set aside, and remembers that it was here. True when it is gone.
pub(super) fn delete_batch(
    connection: &mut Connection,
    table: &str,
    file: FileId,
) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let ids = facts::row_ids(file);
    let deleted = transaction
        .prepare_cached(&format!(
            "DELETE FROM {table} WHERE id IN
                 (SELECT id FROM {table} WHERE id BETWEEN ?1 AND ?2 LIMIT ?3)"
        ))?
        .execute((ids.start(), ids.end(), ROWS_PER_BATCH))?;
    if deleted == 0 {
        for query in [
            "INSERT OR REPLACE INTO import_gone SELECT source, key,
                 min(coalesce(first, covers_from), coalesce(covers_from, first)),
                 max(coalesce(last + 1, covers_to), coalesce(covers_to, last + 1))
             FROM import_file WHERE id = ?1",
            "DELETE FROM import_set_aside WHERE file = ?1",
            "DELETE FROM import_stretch WHERE file = ?1",
            "DELETE FROM import_file WHERE id = ?1",
        ] {
            transaction.prepare_cached(query)?.execute([file.0])?;
        }
    }
    transaction.commit()?;
    Ok(deleted == 0)
}

/// Days of a source before one (UTC days since 1970) are not reckoned anew: what they would be
/// reckoned from is not kept. Their figures stay as they are.
pub(super) fn clear_dirty_days_before(
    connection: &Connection,
    source: &SourceId,
    before: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM import_dirty WHERE source = ?1 AND day < ?2")?
        .execute((source.as_str(), before))?;
    Ok(())
}
