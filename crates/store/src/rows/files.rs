//! The ledger of imported files: queries on `import_file`, `import_set_aside` and
//! `import_dirty`.

use std::{collections::BTreeMap, ops::Range};

use rusqlite::{Connection, OptionalExtension, Params, Row, named_params};

use wallboard_domain::SourceId;

use crate::{
    Store, StoreError, StoreView,
    database::statements::CachedStatements,
    rows::row_groups::{self, RowGroup},
};

/// The id of a file in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub i64);

/// A file before it is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingFile {
    pub source: SourceId,
    /// Its key or path at the remote.
    pub key: String,
    /// The vendor's name of what it has.
    pub dataset: String,
    /// The size in bytes.
    pub size: u64,
    pub tag: String,
    pub sha256: [u8; 32],
    /// Unix seconds, as all times here.
    pub modified: Option<i64>,
    pub imported_at: i64,
}

/// The results of reading a file's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSummary {
    /// The earliest and the latest time in its rows.
    pub span: Option<(i64, i64)>,
    /// The coverage: the time of which the file has everything, half-open.
    pub coverage: Option<(i64, i64)>,
    /// UTC days since 1970 whose intervals it touches.
    pub days: Vec<i64>,
    /// The time ranges of its row groups, for a file of many days.
    pub row_groups: Vec<RowGroup>,
    /// JSON for the sources page: extra or missing columns.
    pub notes: String,
    /// Whether its rows may contain data of callers or visitors.
    pub has_contacts: bool,
}

/// A rejected row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowRejection {
    /// The line number in an editor, from 1.
    pub line: u32,
    pub reason: String,
    /// The row itself, only if contacts are stored.
    pub text: Option<String>,
}

/// A file in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedFile {
    pub id: FileId,
    pub key: String,
    pub dataset: String,
    pub size: u64,
    pub tag: String,
    pub sha256: [u8; 32],
    pub imported_at: i64,
    pub rows: u64,
    pub rejected_rows: u64,
    pub span: Option<(i64, i64)>,
    pub coverage: Option<(i64, i64)>,
    pub notes: String,
}

const COLUMNS: &str = "id, key, dataset, size, tag, sha256, taken_at, rows, set_aside, \
    first, last, covers_from, covers_to, notes";

impl Store {
    /// Loads the ledger of a source: its imported files.
    pub async fn load_files(&self, source: &SourceId) -> Result<Vec<ImportedFile>, StoreError> {
        let source = source.clone();
        self.with_view(move |view| view.load_files(&source)).await
    }

    /// Updates the tag of a file whose content hasn't changed.
    pub async fn update_tag(&self, file: FileId, tag: String) -> Result<(), StoreError> {
        self.write(move |connection| {
            let update = "UPDATE import_file SET tag = ?2 WHERE id = ?1";
            connection.run_statement(update, (file.0, tag))?;
            Ok(())
        })
        .await
    }

    /// Returns the newest file's id; `None` before the first one.
    pub async fn newest_file(&self) -> Result<Option<i64>, StoreError> {
        let query = "SELECT max(id) FROM import_file";
        self.read(|connection| connection.query_row(query, [], |row| row.get(0)))
            .await
    }

    /// Loads the UTC days of a source to recompute, in order.
    pub async fn load_dirty_days(&self, source: &SourceId) -> Result<Vec<i64>, StoreError> {
        let source = source.clone();
        self.with_view(move |view| view.load_dirty_days(&source))
            .await
    }
}

impl StoreView<'_> {
    /// Loads the imported files of a source, of all datasets.
    pub fn load_files(&self, source: &SourceId) -> Result<Vec<ImportedFile>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM import_file WHERE source = ?1 ORDER BY key");
        self.load_rows(&query, [source.as_str()], read_file_row)
    }

    /// Loads the files of a dataset with a time in this range, in Unix seconds.
    pub fn load_files_within(
        &self,
        source: &SourceId,
        dataset: &str,
        within: Range<i64>,
    ) -> Result<Vec<ImportedFile>, StoreError> {
        let query = format!(
            "SELECT {COLUMNS} FROM import_file
             WHERE source = ?1 AND dataset = ?2 AND first < ?4 AND ?3 <= last"
        );
        let parameters = (source.as_str(), dataset, within.start, within.end);
        self.load_rows(&query, parameters, read_file_row)
    }

    /// Loads the UTC days of a source to recompute, in order.
    pub fn load_dirty_days(&self, source: &SourceId) -> Result<Vec<i64>, StoreError> {
        let query = "SELECT day FROM import_dirty WHERE source = ?1 ORDER BY day";
        self.load_rows(query, [source.as_str()], |row| row.get(0))
    }
}

/// Loads the files of every source that meet a condition, by source.
pub(crate) fn load_by_source(
    connection: &Connection,
    condition: &str,
    parameters: impl Params,
) -> rusqlite::Result<BTreeMap<SourceId, Vec<ImportedFile>>> {
    let query = format!("SELECT source, {COLUMNS} FROM import_file WHERE {condition} ORDER BY id");
    let rows: Vec<_> = connection.load_rows(&query, parameters, |row| {
        Ok((SourceId(row.get("source")?), read_file_row(row)?))
    })?;
    let mut files: BTreeMap<SourceId, Vec<ImportedFile>> = BTreeMap::new();
    for (source, file) in rows {
        files.entry(source).or_default().push(file);
    }
    Ok(files)
}

/// Loads the file with this key.
pub(super) fn find_by_key(
    connection: &Connection,
    source: &SourceId,
    key: &str,
) -> rusqlite::Result<Option<ImportedFile>> {
    let query = format!("SELECT {COLUMNS} FROM import_file WHERE source = ?1 AND key = ?2");
    let mut query = connection.prepare_cached(&query)?;
    query
        .query_row([source.as_str(), key], read_file_row)
        .optional()
}

/// Inserts a file before its rows, which need its id.
pub(super) fn insert_file(
    connection: &Connection,
    file: &IncomingFile,
) -> rusqlite::Result<FileId> {
    connection
        .prepare_cached(
            "INSERT INTO import_file (source, key, dataset, size, tag, sha256, modified, taken_at,
                 rows, set_aside, notes)
             VALUES (:source, :key, :dataset, :size, :tag, :sha256, :modified, :taken_at,
                 0, 0, '{}')
             RETURNING id",
        )?
        .query_row(
            named_params! {
                ":source": file.source.as_str(),
                ":key": file.key,
                ":dataset": file.dataset,
                ":size": file.size,
                ":tag": file.tag,
                ":sha256": file.sha256,
                ":modified": file.modified,
                ":taken_at": file.imported_at,
            },
            |row| row.get(0).map(FileId),
        )
}

/// Stores the summary of a file once its rows are inserted.
pub(super) fn finish_file(
    connection: &Connection,
    source: &SourceId,
    id: FileId,
    rows: u64,
    rejected: u64,
    summary: &FileSummary,
) -> rusqlite::Result<()> {
    connection.run_statement(
        "UPDATE import_file SET rows = :rows, set_aside = :set_aside, first = :first,
             last = :last, covers_from = :covers_from, covers_to = :covers_to, notes = :notes,
             contacts = :contacts
         WHERE id = :id",
        named_params! {
            ":rows": rows,
            ":set_aside": rejected,
            ":first": summary.span.map(|(first, _)| first),
            ":last": summary.span.map(|(_, last)| last),
            ":covers_from": summary.coverage.map(|(from, _)| from),
            ":covers_to": summary.coverage.map(|(_, to)| to),
            ":notes": summary.notes,
            ":contacts": summary.has_contacts,
            ":id": id.0,
        },
    )?;
    row_groups::insert_groups(connection, id, &summary.row_groups)?;
    mark_days_dirty(connection, source, &summary.days)
}

pub(crate) fn delete_file(connection: &Connection, id: FileId) -> rusqlite::Result<()> {
    for query in [
        "DELETE FROM import_set_aside WHERE file = ?1",
        "DELETE FROM import_stretch WHERE file = ?1",
        "DELETE FROM import_file WHERE id = ?1",
    ] {
        connection.run_statement(query, [id.0])?;
    }
    Ok(())
}

pub(super) fn insert_rejection(
    connection: &Connection,
    file: FileId,
    row: &RowRejection,
) -> rusqlite::Result<()> {
    // Of two rows in one line, the first is stored.
    let insert = "INSERT OR IGNORE INTO import_set_aside VALUES (?1, ?2, ?3, ?4)";
    connection.run_statement(insert, (file.0, row.line, &row.reason, &row.text))?;
    Ok(())
}

/// Marks days of a source for recomputation.
pub(super) fn mark_days_dirty(
    connection: &Connection,
    source: &SourceId,
    days: &[i64],
) -> rusqlite::Result<()> {
    let mark = "INSERT OR IGNORE INTO import_dirty VALUES (?1, ?2)";
    for day in days {
        connection.run_statement(mark, (source.as_str(), day))?;
    }
    Ok(())
}

fn read_file_row(row: &Row<'_>) -> rusqlite::Result<ImportedFile> {
    let pair = |from: &str, to: &str| -> rusqlite::Result<Option<(i64, i64)>> {
        Ok(row.get::<_, Option<i64>>(from)?.zip(row.get(to)?))
    };
    Ok(ImportedFile {
        id: FileId(row.get("id")?),
        key: row.get("key")?,
        dataset: row.get("dataset")?,
        size: row.get("size")?,
        tag: row.get("tag")?,
        sha256: row.get("sha256")?,
        imported_at: row.get("taken_at")?,
        rows: row.get("rows")?,
        rejected_rows: row.get("set_aside")?,
        span: pair("first", "last")?,
        coverage: pair("covers_from", "covers_to")?,
        notes: row.get("notes")?,
    })
}
