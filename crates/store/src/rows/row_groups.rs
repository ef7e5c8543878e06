//! Row groups of files, and the time range of each: queries on `import_stretch`.

use std::collections::HashMap;

use rusqlite::Connection;

use wallboard_domain::SourceId;

use crate::{FileId, StoreError, StoreView, database::statements::CachedStatements};

/// Consecutive rows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowGroup {
    /// The line of its first row; it ends where the next begins.
    pub line: u32,
    /// The earliest and the latest time in its rows, in Unix seconds. For rows without a time,
    /// the smallest and the greatest call id.
    pub span: (i64, i64),
}

impl StoreView<'_> {
    /// Loads the row groups of those files of a source that span many days, in the order of their
    /// lines.
    pub fn load_row_groups(
        &self,
        source: &SourceId,
    ) -> Result<HashMap<FileId, Vec<RowGroup>>, StoreError> {
        let query = "SELECT file, line, stretch.first, stretch.last FROM import_stretch AS stretch
             JOIN import_file ON id = file WHERE source = ?1 ORDER BY file, line";
        let rows: Vec<_> = self.load_rows(query, [source.as_str()], |row| {
            let span = (row.get(2)?, row.get(3)?);
            let line = row.get(1)?;
            Ok((FileId(row.get(0)?), RowGroup { line, span }))
        })?;
        let mut groups_by_file: HashMap<FileId, Vec<RowGroup>> = HashMap::new();
        for (file, group) in rows {
            groups_by_file.entry(file).or_default().push(group);
        }
        Ok(groups_by_file)
    }
}

pub(super) fn insert_groups(
    connection: &Connection,
    file: FileId,
    groups: &[RowGroup],
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO import_stretch VALUES (?1, ?2, ?3, ?4)";
    for RowGroup { line, span } in groups {
        connection.run_statement(insert, (file.0, line, span.0, span.1))?;
    }
    Ok(())
}
