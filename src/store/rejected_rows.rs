//! Rows that were set aside, for people: queries on `import_set_aside`.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, named_params};

use crate::domain::SourceId;

use super::{FactTable, FileId};

/// A row that could not be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    pub file: FileId,
    /// As the far side writes it.
    pub key: String,
    /// Unix seconds.
    pub imported_at: i64,
    pub line: u32,
    pub reason: String,
    /// The row itself, only where contacts are kept.
    pub text: Option<String>,
}

const COLUMNS: &str = "file, key, taken_at, line, reason, text
    FROM import_set_aside JOIN import_file ON import_file.id = file
    WHERE source = :source";

/// Of files that were taken in at `since` or later, in their order; at most `most`.
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

/// The newest file first, from the one after `after` (a file and a line); at most `most`.
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

/// Of one file, by line.
pub(super) fn load_for_file(
    connection: &Connection,
    file: FileId,
) -> rusqlite::Result<Vec<(u32, String)>> {
    let query = "SELECT line, reason FROM import_set_aside WHERE file = ?1 ORDER BY line";
    let mut query = connection.prepare_cached(query)?;
    let rows = query.query_map([file.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Of the rows that are kept, these and no others mean nothing now.
pub(super) fn update_rejected(
    connection: &mut Connection,
    table: &FactTable,
    files: &[(FileId, BTreeMap<u32, String>)],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (file, refused) in files {
        let kept = format!(
            "SELECT line, reason FROM import_set_aside
             WHERE file = ?1 AND EXISTS (SELECT 1 FROM {} WHERE id = ?1 << 32 | line)",
            table.name
        );
        let told: BTreeMap<u32, String> = transaction
            .prepare_cached(&kept)?
            .query_map([file.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut forget = transaction
            .prepare_cached("DELETE FROM import_set_aside WHERE file = ?1 AND line = ?2")?;
        for line in told.keys().filter(|line| !refused.contains_key(line)) {
            forget.execute((file.0, line))?;
        }
        // The text of a row stays, where it is kept.
        let mut tell = transaction.prepare_cached(
            "INSERT INTO import_set_aside (file, line, reason) VALUES (?1, ?2, ?3)
             ON CONFLICT (file, line) DO UPDATE SET reason = excluded.reason",
        )?;
        for (line, reason) in refused {
            tell.execute((file.0, line, reason))?;
        }
        transaction
            .prepare_cached(
                "UPDATE import_file SET rows = rows + ?2 - ?3, set_aside = set_aside - ?2 + ?3
                 WHERE id = ?1",
            )?
            .execute((file.0, told.len() as u64, refused.len() as u64))?;
    }
    transaction.commit()
}

/// How many there are of a source by reason, the most frequent first; at most `most`.
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
