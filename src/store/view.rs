//! Consistent reads: one state of the database, whatever is written meanwhile.

use std::{collections::HashMap, ops::RangeInclusive, path::Path};

use rusqlite::{Connection, Params, Row, types::ValueRef};

use crate::domain::SourceId;

use super::{
    DataVersion, Store, StoreError,
    facts::{self, FactTable},
    files::{self, FileId, ImportedFile},
    readers::Readers,
    row_groups::{self, RowGroup},
    statements,
};

/// A consistent state of the database: nothing changes while this is held.
#[derive(Debug)]
pub struct StoreView<'a>(pub(super) &'a Connection);

/// Some columns of one row, by index.
#[derive(Debug)]
pub struct RowCells<'a>(&'a Row<'a>);

impl RowCells<'_> {
    pub fn integer(&self, index: usize) -> Option<i64> {
        match self.0.get_ref(index) {
            Ok(ValueRef::Integer(value)) => Some(value),
            _ => None,
        }
    }

    pub fn text(&self, index: usize) -> Option<&str> {
        match self.0.get_ref(index) {
            Ok(ValueRef::Text(text)) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }
}

/// Reads one state of the database at `path` without opening a [`Store`]. Changes nothing,
/// not even its schema.
pub async fn with_view_at<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&StoreView<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let read = move |connection: &Connection| Ok(work(&StoreView(connection)));
    Readers::new(path).read(read).await?
}

impl Store {
    /// Reads one state of the database, whatever is written meanwhile.
    pub async fn with_view<T: Send + 'static>(
        &self,
        work: impl FnOnce(&StoreView<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let read = move |connection: &Connection| Ok(work(&StoreView(connection)));
        self.readers.read(read).await?
    }

    /// The version of the data: cached results are valid as long as it stays the same.
    pub async fn data_version(&self) -> Result<DataVersion, StoreError> {
        self.readers.version().await
    }
}

impl StoreView<'_> {
    /// Loads the imported files of a source, of all datasets.
    pub fn load_files(&self, source: &SourceId) -> Result<Vec<ImportedFile>, StoreError> {
        files::load_all(self.0, source).map_err(StoreError::Read)
    }

    /// Loads the days of a source to recompute, in order.
    pub fn load_dirty_days(&self, source: &SourceId) -> Result<Vec<i64>, StoreError> {
        files::load_dirty_days(self.0, source).map_err(StoreError::Read)
    }

    /// Loads the time ranges of row groups, for those files of a source that span many days.
    pub fn load_row_groups(
        &self,
        source: &SourceId,
    ) -> Result<HashMap<FileId, Vec<RowGroup>>, StoreError> {
        row_groups::load_all(self.0, source).map_err(StoreError::Read)
    }

    /// Loads all rows of a query.
    pub(super) fn query_all<T>(
        &self,
        query: &str,
        parameters: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        statements::query_all(self.0, query, parameters, read).map_err(StoreError::Read)
    }

    /// Reads these columns of a file's rows, the last line first.
    pub fn for_each_row_of_file(
        &self,
        table: &FactTable,
        columns: &[&str],
        file: FileId,
        each: impl FnMut(&RowCells<'_>),
    ) -> Result<(), StoreError> {
        self.for_each_row_of_lines(table, columns, (file, 0..=u32::MAX), each)
    }

    /// Reads these columns of some lines of a file, the last line first.
    pub fn for_each_row_of_lines(
        &self,
        table: &FactTable,
        columns: &[&str],
        (file, lines): (FileId, RangeInclusive<u32>),
        mut each: impl FnMut(&RowCells<'_>),
    ) -> Result<(), StoreError> {
        let (columns, table) = (columns.join(", "), table.name);
        let query =
            format!("SELECT {columns} FROM {table} WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC");
        let ids = [lines.start(), lines.end()].map(|line| facts::row_id(file, *line));
        let mut read = || {
            let mut query = self.0.prepare_cached(&query)?;
            let mut rows = query.query(ids)?;
            while let Some(row) = rows.next()? {
                each(&RowCells(row));
            }
            Ok(())
        };
        read().map_err(StoreError::Read)
    }
}
