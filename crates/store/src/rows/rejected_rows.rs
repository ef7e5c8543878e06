//! Rejected rows, to show to people: queries on `import_set_aside`.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, named_params};

use wallboard_domain::SourceId;

use crate::{
    FactTable, FileId, Store, StoreError, StoreView, database::statements::CachedStatements,
};

/// A rejected row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    pub file: FileId,
    /// The file's key or path at the remote.
    pub key: String,
    /// Unix seconds.
    pub imported_at: i64,
    pub line: u32,
    pub reason: String,
    /// The row itself, only if contacts are stored.
    pub text: Option<String>,
}

const COLUMNS: &str = "file, key, taken_at, line, reason, text
    FROM import_set_aside JOIN import_file ON import_file.id = file
    WHERE source = :source";

impl Store {
    /// Loads up to `most` rejected rows of a source, from files imported at `since` (Unix
    /// seconds) or later.
    pub async fn rejected_rows_since(
        &self,
        source: &SourceId,
        since: i64,
        most: usize,
    ) -> Result<Vec<RejectedRow>, StoreError> {
        let source = source.clone();
        self.read(move |connection| {
            let query =
                format!("SELECT {COLUMNS} AND :since <= taken_at ORDER BY file, line LIMIT :most");
            let (source, most) = (source.as_str(), to_limit(most));
            let parameters = named_params! { ":source": source, ":since": since, ":most": most };
            connection.load_rows(&query, parameters, read_row)
        })
        .await
    }

    /// Loads up to `most` rejected rows of a source, the newest file first, after this file
    /// and line.
    pub async fn rejected_rows(
        &self,
        source: &SourceId,
        after: Option<(FileId, u32)>,
        most: usize,
    ) -> Result<Vec<RejectedRow>, StoreError> {
        let source = source.clone();
        let (file, line) = after.map_or((i64::MAX, 0), |(file, line)| (file.0, line));
        self.read(move |connection| {
            let query = format!(
                "SELECT {COLUMNS} AND (file < :file OR (file = :file AND :line < line))
                 ORDER BY file DESC, line LIMIT :most"
            );
            let parameters = named_params! {
                ":source": source.as_str(),
                ":file": file,
                ":line": line,
                ":most": to_limit(most),
            };
            connection.load_rows(&query, parameters, read_row)
        })
        .await
    }

    /// Stores which rows of these files the current configuration rejects, by line, and why.
    /// Replaces the earlier rejections of this kind.
    pub async fn update_rejected(
        &self,
        table: &'static FactTable,
        files: Vec<(FileId, BTreeMap<u32, String>)>,
    ) -> Result<(), StoreError> {
        if files.is_empty() {
            return Ok(());
        }
        self.write(move |connection| update_rejected(connection, table, &files))
            .await
    }

    /// Counts the rejected rows of a source by reason, the most frequent first.
    pub async fn rejected_by_reason(
        &self,
        source: &SourceId,
        most: usize,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let source = source.clone();
        self.read(move |connection| {
            let query = "SELECT reason, count(*)
                 FROM import_set_aside JOIN import_file ON import_file.id = file
                 WHERE source = ?1 GROUP BY reason ORDER BY 2 DESC, 1 LIMIT ?2";
            let parameters = (source.as_str(), to_limit(most));
            connection.load_rows(query, parameters, |row| row.try_into())
        })
        .await
    }
}

impl StoreView<'_> {
    /// Loads why rows of a file were rejected, by line.
    pub fn rejection_reasons(&self, file: FileId) -> Result<Vec<(u32, String)>, StoreError> {
        let query = "SELECT line, reason FROM import_set_aside WHERE file = ?1 ORDER BY line";
        self.load_rows(query, [file.0], |row| row.try_into())
    }
}

/// Sets which of the stored rows are rejected now: these and no others.
fn update_rejected(
    connection: &mut Connection,
    table: &FactTable,
    files: &[(FileId, BTreeMap<u32, String>)],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (file, rejected) in files {
        let select = format!(
            "SELECT line FROM import_set_aside
             WHERE file = ?1 AND EXISTS (SELECT 1 FROM {} WHERE id = ?1 << 32 | line)",
            table.name
        );
        let before: Vec<u32> = transaction.load_rows(&select, [file.0], |row| row.get(0))?;
        let delete = "DELETE FROM import_set_aside WHERE file = ?1 AND line = ?2";
        for line in before.iter().filter(|line| !rejected.contains_key(line)) {
            transaction.run_statement(delete, (file.0, line))?;
        }
        // The text of a row stays if it is stored.
        let insert = "INSERT INTO import_set_aside (file, line, reason) VALUES (?1, ?2, ?3)
             ON CONFLICT (file, line) DO UPDATE SET reason = excluded.reason";
        for (line, reason) in rejected {
            transaction.run_statement(insert, (file.0, line, reason))?;
        }
        let update = "UPDATE import_file SET rows = rows + ?2 - ?3, set_aside = set_aside - ?2 + ?3
             WHERE id = ?1";
        let counts = (file.0, before.len() as u64, rejected.len() as u64);
        transaction.run_statement(update, counts)?;
    }
    transaction.commit()
}

fn to_limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<RejectedRow> {
    Ok(RejectedRow {
        file: FileId(row.get("file")?),
        key: row.get("key")?,
        imported_at: row.get("taken_at")?,
        line: row.get("line")?,
        reason: row.get("reason")?,
        text: row.get("text")?,
    })
}
