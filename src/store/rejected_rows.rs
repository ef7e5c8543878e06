//! Rejected rows, to show to people: queries on `import_set_aside`.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, named_params};

use crate::domain::SourceId;

use super::{FactTable, FileId};

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

/// Loads up to `most` rows of files imported at `since` or later, in file order.
pub(super) fn load_since(
    connection: &Connection,
    source: &SourceId,
    since: i64,
    most: usize,
) -> rusqlite::Result<Vec<RejectedRow>> {
    let query = format!("SELECT {COLUMNS} AND :since <= taken_at ORDER BY file, line LIMIT :most");
    let mut query = connection.prepare_cached(&query)?;
    let rows = query.query_map(
        named_params! { ":source": source.as_str(), ":since": since, ":most": to_limit(most) },
        read_row,
    )?;
    rows.collect()
}

/// Loads up to `most` rows, the newest file first, after `after` (a file and a line).
pub(super) fn load_page(
    connection: &Connection,
    source: &SourceId,
    after: Option<(FileId, u32)>,
    most: usize,
) -> rusqlite::Result<Vec<RejectedRow>> {
    let (file, line) = after.map_or((i64::MAX, 0), |(file, line)| (file.0, line));
    let query = format!(
        "SELECT {COLUMNS} AND (file < :file OR (file = :file AND :line < line))
         ORDER BY file DESC, line LIMIT :most"
    );
    let mut query = connection.prepare_cached(&query)?;
    let rows = query.query_map(
        named_params! {
            ":source": source.as_str(),
            ":file": file,
            ":line": line,
            ":most": to_limit(most),
        },
        read_row,
    )?;
    rows.collect()
}

/// Loads the rejected rows of one file, by line.
pub(super) fn load_for_file(
    connection: &Connection,
    file: FileId,
) -> rusqlite::Result<Vec<(u32, String)>> {
    let query = "SELECT line, reason FROM import_set_aside WHERE file = ?1 ORDER BY line";
    let mut query = connection.prepare_cached(query)?;
    let rows = query.query_map([file.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Sets which of the stored rows are rejected now: these and no others.
pub(super) fn update_rejected(
    connection: &mut Connection,
    table: &FactTable,
    files: &[(FileId, BTreeMap<u32, String>)],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (file, rejected) in files {
        let select = format!(
            "SELECT line, reason FROM import_set_aside
             WHERE file = ?1 AND EXISTS (SELECT 1 FROM {} WHERE id = ?1 << 32 | line)",
            table.name
        );
        let before: BTreeMap<u32, String> = transaction
            .prepare_cached(&select)?
            .query_map([file.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut delete = transaction
            .prepare_cached("DELETE FROM import_set_aside WHERE file = ?1 AND line = ?2")?;
        for line in before.keys().filter(|line| !rejected.contains_key(line)) {
            delete.execute((file.0, line))?;
        }
        // The text of a row stays if it is stored.
        let mut insert = transaction.prepare_cached(
            "INSERT INTO import_set_aside (file, line, reason) VALUES (?1, ?2, ?3)
             ON CONFLICT (file, line) DO UPDATE SET reason = excluded.reason",
        )?;
        for (line, reason) in rejected {
            insert.execute((file.0, line, reason))?;
        }
        transaction
            .prepare_cached(
                "UPDATE import_file SET rows = rows + ?2 - ?3, set_aside = set_aside - ?2 + ?3
                 WHERE id = ?1",
            )?
            .execute((file.0, before.len() as u64, rejected.len() as u64))?;
    }
    transaction.commit()
}

/// Counts the rows of a source by reason, the most frequent first; at most `most` reasons.
pub(super) fn count_reasons(
    connection: &Connection,
    source: &SourceId,
    most: usize,
) -> rusqlite::Result<Vec<(String, u64)>> {
    let mut query = connection.prepare_cached(
        "SELECT reason, count(*) FROM import_set_aside JOIN import_file ON import_file.id = file
         WHERE source = ?1 GROUP BY reason ORDER BY 2 DESC, 1 LIMIT ?2",
    )?;
    let rows = query.query_map((source.as_str(), to_limit(most)), |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    rows.collect()
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
