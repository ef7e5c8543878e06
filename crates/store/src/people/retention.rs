//! Deletes expired files, a few rows at a time, so that nobody waits long.

use std::collections::BTreeMap;

use rusqlite::{Connection, TransactionBehavior};

use wallboard_domain::SourceId;

use crate::{
    FileId, ImportedFile, Store, StoreError, StoreView,
    database::statements::CachedStatements,
    rows::{facts, files},
};

/// Rows deleted in one transaction.
const ROWS_PER_BATCH: i64 = 5_000;

impl Store {
    /// Loads the export files whose rows and coverage all lie before a time, in Unix seconds, by
    /// source. Files without a time always describe the present.
    pub async fn old_files(
        &self,
        before: i64,
    ) -> Result<BTreeMap<SourceId, Vec<ImportedFile>>, StoreError> {
        let is_old = "max(coalesce(last, covers_to), coalesce(covers_to, last)) < ?1";
        self.read(move |connection| files::load_by_source(connection, is_old, [before]))
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
            let delete = "DELETE FROM import_dirty WHERE source = ?1 AND day < ?2";
            connection.run_statement(delete, (source.as_str(), before))?;
            Ok(())
        })
        .await
    }
}

impl StoreView<'_> {
    /// Loads the time ranges of deleted files of a source that weren't delivered again.
    pub fn load_pruned_ranges(&self, source: &SourceId) -> Result<Vec<(i64, i64)>, StoreError> {
        let query = "SELECT start, until FROM import_gone AS gone WHERE source = ?1 AND NOT EXISTS
             (SELECT 1 FROM import_file AS file
              WHERE file.source = gone.source AND file.key = gone.key)";
        self.load_rows(query, [source.as_str()], |row| row.try_into())
    }
}

fn delete_batch(connection: &mut Connection, table: &str, file: FileId) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let ids = facts::row_ids(file);
    let delete = format!(
        "DELETE FROM {table} WHERE id IN
             (SELECT id FROM {table} WHERE id BETWEEN ?1 AND ?2 LIMIT ?3)"
    );
    let deleted = transaction.run_statement(&delete, (ids.start(), ids.end(), ROWS_PER_BATCH))?;
    if deleted == 0 {
        transaction.run_statement(
            "INSERT OR REPLACE INTO import_gone SELECT source, key,
                 min(coalesce(first, covers_from), coalesce(covers_from, first)),
                 max(coalesce(last + 1, covers_to), coalesce(covers_to, last + 1))
             FROM import_file WHERE id = ?1",
            [file.0],
        )?;
        files::delete_file(&transaction, file)?;
    }
    transaction.commit()?;
    Ok(deleted == 0)
}
