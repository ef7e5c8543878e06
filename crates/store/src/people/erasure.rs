//! Erases stored data of callers and visitors, a few rows at a time, so that nobody waits
//! long.

use std::collections::BTreeMap;

use rusqlite::{Connection, TransactionBehavior};

use wallboard_domain::SourceId;

use crate::{
    ErasedColumn, FactTable, FileId, ImportedFile, RowRewriter, Store, StoreError,
    database::statements::CachedStatements,
    people::forgetting,
    rows::{facts, files},
};

/// Rows cleared in one transaction.
const ROWS_PER_BATCH: i64 = 5_000;

impl Store {
    /// Loads the files whose rows may contain data of callers or visitors, by source.
    pub async fn files_with_contacts(
        &self,
    ) -> Result<BTreeMap<SourceId, Vec<ImportedFile>>, StoreError> {
        self.read(|connection| files::load_by_source(connection, "contacts = 1", ()))
            .await
    }

    /// Clears data of callers in some rows of a file, except for `internal_numbers` (a JSON array).
    /// When the file has no data of callers left, clears the text of its rejected rows too,
    /// and returns true.
    pub async fn erase_batch(
        &self,
        table: &'static FactTable,
        internal_numbers: String,
        file: FileId,
    ) -> Result<bool, StoreError> {
        self.write(move |connection| erase_batch(connection, table, &internal_numbers, file))
            .await
    }

    /// Rewrites the rows of a file that `rewrite` changes. Then the file has no data of
    /// visitors left.
    pub async fn rewrite_rows(
        &self,
        table: &'static FactTable,
        file: FileId,
        rewrite: RowRewriter,
    ) -> Result<(), StoreError> {
        self.write(move |connection| rewrite_rows(connection, table, file, rewrite))
            .await
    }

    /// Truncates the write-ahead log, as far as nobody reads it, so that erased data is
    /// removed from it too.
    pub async fn truncate_log(&self) -> Result<(), StoreError> {
        self.write(|connection| connection.execute_batch(forgetting::TRUNCATE_LOG))
            .await
    }
}

fn erase_batch(
    connection: &mut Connection,
    table: &FactTable,
    internal_numbers: &str,
    file: FileId,
) -> rusqlite::Result<bool> {
    let has_data = |column: &ErasedColumn| {
        let name = column.name;
        match column.retained_bytes_max {
            None => format!("{name} IS NOT NULL"),
            Some(longest) => format!(
                "(octet_length({name}) > {longest} AND {name} NOT IN (SELECT value FROM json_each(?4)))"
            ),
        }
    };
    let clear = |column: &ErasedColumn| {
        let name = column.name;
        format!(
            "{name} = CASE WHEN {} THEN NULL ELSE {name} END",
            has_data(column)
        )
    };
    let (table, columns) = (table.name, table.contacts);
    let set: Vec<_> = columns.iter().map(clear).collect();
    let has_data: Vec<_> = columns.iter().map(has_data).collect();
    let (set, has_data) = (set.join(", "), has_data.join(" OR "));
    let ids = facts::row_ids(file);
    with_secure_delete(connection, |connection| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let cleared = if columns.is_empty() {
            0
        } else {
            let update = format!(
                "UPDATE {table} SET {set} WHERE id IN (SELECT id FROM {table}
                     WHERE id BETWEEN ?1 AND ?2 AND ?4 IS NOT NULL AND ({has_data}) LIMIT ?3)"
            );
            let parameters = (ids.start(), ids.end(), ROWS_PER_BATCH, internal_numbers);
            transaction.run_statement(&update, parameters)?
        };
        if cleared == 0 {
            mark_erased(&transaction, file)?;
        }
        transaction.commit()?;
        Ok(cleared == 0)
    })
}

fn rewrite_rows(
    connection: &mut Connection,
    table: &FactTable,
    file: FileId,
    rewrite: RowRewriter,
) -> rusqlite::Result<()> {
    with_secure_delete(connection, |connection| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        forgetting::rewrite_cells(&transaction, table, file, rewrite)?;
        mark_erased(&transaction, file)?;
        transaction.commit()
    })
}

fn mark_erased(connection: &Connection, file: FileId) -> rusqlite::Result<()> {
    for query in [
        "UPDATE import_set_aside SET text = NULL WHERE file = ?1 AND text IS NOT NULL",
        "UPDATE import_file SET contacts = 0 WHERE id = ?1",
    ] {
        connection.run_statement(query, [file.0])?;
    }
    Ok(())
}

/// Runs `work` so that removed data is overwritten in the file, too.
pub(super) fn with_secure_delete<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.pragma_update(None, "secure_delete", true)?;
    let result = work(connection);
    connection.pragma_update(None, "secure_delete", false)?;
    result
}
