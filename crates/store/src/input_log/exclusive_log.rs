//! A log that nobody else uses, to take a person out of everything in it, or out of nothing.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use crate::{ForgettingError, StoreError, forgetting};

use super::{log_path, tables};

/// A log that nobody else can open.
#[derive(Debug)]
pub struct ExclusiveLog(Connection);

/// The kind of some bytes of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogContent {
    Entries,
    Snapshot,
}

/// The columns of the key, the format and the bytes of each table.
const TABLES: [(LogContent, &str, &str); 2] = [
    (LogContent::Entries, "batch", "first"),
    (LogContent::Snapshot, "snapshot", "next"),
];

impl ExclusiveLog {
    /// Opens the log of a database; `None` if it has none.
    pub fn open(database: &Path) -> Result<Option<Self>, ForgettingError> {
        let path = log_path(database);
        if !path.is_file() {
            return Ok(None);
        }
        let connection = forgetting::open_exclusive(&path)?;
        let is_log = tables::has_tables(&connection);
        if !is_log.map_err(|cause| StoreError::Open(path.clone(), cause))? {
            return Err(StoreError::NotALog(path).into());
        }
        tables::check_version(&connection, &path)?;
        Ok(Some(Self(connection)))
    }

    /// Whether something in it has another format.
    pub fn has_other_format(&self, format: u32) -> Result<bool, StoreError> {
        let query = "SELECT EXISTS (SELECT 1 FROM batch WHERE format != ?1)
             OR EXISTS (SELECT 1 FROM snapshot WHERE format != ?1)";
        let found = self.0.query_row(query, [format], |row| row.get(0));
        found.map_err(StoreError::Read)
    }

    /// Replaces the bytes of everything with this format for which `rewrite` returns others. If it
    /// fails, nothing has changed.
    pub fn rewrite<E: From<StoreError>>(
        &mut self,
        format: u32,
        mut rewrite: impl FnMut(LogContent, &[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<(), E> {
        let transaction = self.0.transaction().map_err(StoreError::Write)?;
        for (content, table, key) in TABLES {
            let select = format!(
                "SELECT {key}, bytes FROM {table} WHERE {key} > ?1 AND format = ?2
                 ORDER BY {key} LIMIT 1"
            );
            let update = format!("UPDATE {table} SET bytes = ?2 WHERE {key} = ?1");
            let mut last = -1;
            loop {
                let next: Option<(i64, Vec<u8>)> = transaction
                    .prepare_cached(&select)
                    .and_then(|mut select| {
                        let found = select.query_row((last, format), |row| row.try_into());
                        found.optional()
                    })
                    .map_err(StoreError::Read)?;
                let Some((at, bytes)) = next else { break };
                if let Some(bytes) = rewrite(content, &bytes)? {
                    let updated = transaction
                        .prepare_cached(&update)
                        .and_then(|mut update| update.execute((at, bytes)));
                    updated.map_err(StoreError::Write)?;
                }
                last = at;
            }
        }
        transaction.commit().map_err(StoreError::Write)?;
        Ok(())
    }

    /// Writes the file again, without what was deleted in it at any time.
    pub fn finish(self) -> Result<(), StoreError> {
        self.0.execute_batch("VACUUM").map_err(StoreError::Write)
    }
}
