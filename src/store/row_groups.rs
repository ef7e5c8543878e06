//! Row groups of files, and the time range of each: queries on `import_stretch`.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::domain::SourceId;

use super::files::FileId;

/// Consecutive rows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowGroup {
    /// The line of its first row; it ends where the next begins.
    pub line: u32,
    /// The earliest and the latest time in its rows, in Unix seconds. For rows without a time,
    /// the smallest and the greatest call id.
    pub span: (i64, i64),
}

/// Loads the row groups of a source's files, in the order of their lines.
pub(super) fn load_all(
    connection: &Connection,
    source: &SourceId,
) -> rusqlite::Result<HashMap<FileId, Vec<RowGroup>>> {
    let mut query = connection.prepare_cached(
        "SELECT file, line, stretch.first, stretch.last FROM import_stretch AS stretch
         JOIN import_file ON id = file WHERE source = ?1 ORDER BY file, line",
    )?;
    let mut rows = query.query([source.as_str()])?;
    let mut groups_by_file: HashMap<FileId, Vec<RowGroup>> = HashMap::new();
    while let Some(row) = rows.next()? {
        groups_by_file
            .entry(FileId(row.get(0)?))
            .or_default()
            .push(RowGroup {
                line: row.get(1)?,
                span: (row.get(2)?, row.get(3)?),
            });
    }
    Ok(groups_by_file)
}

pub(super) fn insert_groups(
    connection: &Connection,
    file: FileId,
    groups: &[RowGroup],
) -> rusqlite::Result<()> {
    let mut insert =
        connection.prepare_cached("INSERT INTO import_stretch VALUES (?1, ?2, ?3, ?4)")?;
    for RowGroup { line, span } in groups {
        insert.execute((file.0, line, span.0, span.1))?;
    }
    Ok(())
}
