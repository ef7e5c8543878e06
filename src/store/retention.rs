//! Deletes expired files, a few rows at a time, so that nobody waits long.

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::SourceId;

use super::{
    FileId, Store, StoreError, StoreView, facts,
    statements::{execute, query_all},
};

/// Rows deleted in one transaction.
const ROWS_PER_BATCH: i64 = 5_000;

/// A file whose rows are all older than some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldFile {
    pub id: FileId,
    pub source: SourceId,
    /// Its key or path at the remote.
    pub key: String,
    /// Sangoma's container; the stem of Vergic's file.
    pub dataset: String,
}

impl Store {
    /// Loads the export files whose rows and coverage all lie before a time, in Unix seconds.
    /// Files without a time always describe the present.
    pub async fn old_files(&self, before: i64) -> Result<Vec<OldFile>, StoreError> {
        self.read(move |connection| {
            let query = "SELECT id, source, key, dataset FROM import_file
                 WHERE max(coalesce(last, covers_to), coalesce(covers_to, last)) < ?1
                 ORDER BY id";
            query_all(connection, query, [before], |row| {
                Ok(OldFile {
                    id: FileId(row.get(0)?),
                    source: SourceId(row.get(1)?),
                    key: row.get(2)?,
                    dataset: row.get(3)?,
                })
            })
        })
        .await
    }

    /// Deletes some rows of a file. When none are left, deletes the file and its rejected
    /// rows, and records that it was here. Returns true when it is gone.
    pub async fn delete_batch(
        &self,
        table: &'static str,
        file: FileId,
    ) -> Result<bool, StoreError> {
        self.write(move |connection| delete_batch(connection, table, file))
            .await
    }

    /// Removes the recomputation marks of days before `before` (UTC days since 1970): the
    /// facts to recompute them from are deleted. Their figures stay.
    pub async fn clear_dirty_days_before(
        &self,
        source: SourceId,
        before: i64,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            let statement = "DELETE FROM import_dirty WHERE source = ?1 AND day < ?2";
            execute(connection, statement, (source.as_str(), before)).map(drop)
        })
        .await
    }
}

impl StoreView<'_> {
    /// Loads the time ranges of files of a source that retention deleted and that weren't
    /// delivered again.
    pub fn load_pruned_ranges(&self, source: &SourceId) -> Result<Vec<(i64, i64)>, StoreError> {
        let query = "SELECT start, until FROM import_gone AS gone WHERE source = ?1 AND NOT EXISTS
             (SELECT 1 FROM import_file AS file
              WHERE file.source = gone.source AND file.key = gone.key)";
        self.query_all(query, [source.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }
}

fn delete_batch(connection: &mut Connection, table: &str, file: FileId) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let ids = facts::row_ids(file);
    let statement = format!(
        "DELETE FROM {table} WHERE id IN
             (SELECT id FROM {table} WHERE id BETWEEN ?1 AND ?2 LIMIT ?3)"
    );
    let parameters = (ids.start(), ids.end(), ROWS_PER_BATCH);
    let deleted = execute(&transaction, &statement, parameters)?;
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
            execute(&transaction, query, [file.0])?;
        }
    }
    transaction.commit()?;
    Ok(deleted == 0)
}
