//! Erases stored data of callers and visitors, a few rows at a time, so that nobody waits
//! long.

use rusqlite::{Connection, TransactionBehavior, params};

use crate::domain::SourceId;

use super::{
    FileId, Store, StoreError, facts,
    statements::{execute, query_all},
};

/// Rows cleared in one transaction.
const ROWS_PER_BATCH: i64 = 5_000;

/// A file whose rows may contain data of callers or visitors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileWithContacts {
    pub id: FileId,
    pub source: SourceId,
    /// Its key or path at the remote.
    pub key: String,
    /// Sangoma's container; the stem of Vergic's file.
    pub dataset: String,
    pub notes: String,
    /// The earliest and the latest time in its rows.
    pub span: Option<(i64, i64)>,
}

/// A column to clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasedColumn {
    pub name: &'static str,
    /// Values of at most so many bytes stay, and so do internal numbers.
    pub retained_bytes_max: Option<usize>,
}

impl Store {
    /// Loads the files whose rows may contain data of callers or visitors.
    pub async fn files_with_contacts(&self) -> Result<Vec<FileWithContacts>, StoreError> {
        self.read(|connection| {
            let query = "SELECT id, source, key, dataset, notes, first, last FROM import_file
                 WHERE contacts = 1 ORDER BY id";
            query_all(connection, query, [], |row| {
                Ok(FileWithContacts {
                    id: FileId(row.get(0)?),
                    source: SourceId(row.get(1)?),
                    key: row.get(2)?,
                    dataset: row.get(3)?,
                    notes: row.get(4)?,
                    span: row.get::<_, Option<i64>>(5)?.zip(row.get(6)?),
                })
            })
        })
        .await
    }

    /// Clears columns in some rows of a file, except for `internal_numbers` (a JSON array).
    /// When the file has no data of callers left, clears the text of its rejected rows too,
    /// and returns true.
    pub async fn erase_batch(
        &self,
        table: &'static str,
        columns: Vec<ErasedColumn>,
        internal_numbers: String,
        file: FileId,
    ) -> Result<bool, StoreError> {
        self.write(move |connection| {
            erase_batch(connection, table, &columns, &internal_numbers, file)
        })
        .await
    }

    /// Rewrites the rows of one of Vergic's files where `rewrite` changes their cells. Then
    /// the file has no data of visitors left.
    pub async fn rewrite_rows(
        &self,
        file: FileId,
        rewrite: impl Fn(&str) -> Option<String> + Send + 'static,
    ) -> Result<(), StoreError> {
        self.write(move |connection| rewrite_rows(connection, file, rewrite))
            .await
    }

    /// Truncates the write-ahead log, as far as nobody reads it, so that erased data is
    /// removed from it too.
    pub async fn truncate_log(&self) -> Result<(), StoreError> {
        self.write(|connection| connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"))
            .await
    }
}

fn erase_batch(
    connection: &mut Connection,
    table: &str,
    columns: &[ErasedColumn],
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
    let join = |parts: Vec<String>, separator: &str| parts.join(separator);
    let set = join(columns.iter().map(clear).collect(), ", ");
    let has_data = join(columns.iter().map(has_data).collect(), " OR ");
    let ids = facts::row_ids(file);
    with_secure_delete(connection, |connection| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let cleared = if columns.is_empty() {
            0
        } else {
            transaction
                .prepare_cached(&format!(
                    "UPDATE {table} SET {set} WHERE id IN (SELECT id FROM {table}
                         WHERE id BETWEEN ?1 AND ?2 AND ?4 IS NOT NULL AND ({has_data}) LIMIT ?3)"
                ))?
                .execute(params![
                    ids.start(),
                    ids.end(),
                    ROWS_PER_BATCH,
                    internal_numbers
                ])?
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
    file: FileId,
    rewrite: impl Fn(&str) -> Option<String>,
) -> rusqlite::Result<()> {
    let ids = facts::row_ids(file);
    with_secure_delete(connection, |connection| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut changed: Vec<(i64, String)> = Vec::new();
        {
            let mut query = transaction
                .prepare_cached("SELECT id, cells FROM vergic_row WHERE id BETWEEN ?1 AND ?2")?;
            let mut rows = query.query((ids.start(), ids.end()))?;
            while let Some(row) = rows.next()? {
                let cells: String = row.get(1)?;
                if let Some(cells) = rewrite(&cells) {
                    changed.push((row.get(0)?, cells));
                }
            }
        }
        for (id, cells) in changed {
            let statement = "UPDATE vergic_row SET cells = ?2 WHERE id = ?1";
            execute(&transaction, statement, (id, cells))?;
        }
        mark_erased(&transaction, file)?;
        transaction.commit()
    })
}

fn mark_erased(connection: &Connection, file: FileId) -> rusqlite::Result<()> {
    for query in [
        "UPDATE import_set_aside SET text = NULL WHERE file = ?1 AND text IS NOT NULL",
        "UPDATE import_file SET contacts = 0 WHERE id = ?1",
    ] {
        execute(connection, query, [file.0])?;
    }
    Ok(())
}

/// Runs `work` so that removed data is overwritten in the file, too.
fn with_secure_delete<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.pragma_update(None, "secure_delete", true)?;
    let result = work(connection);
    connection.pragma_update(None, "secure_delete", false)?;
    result
}
