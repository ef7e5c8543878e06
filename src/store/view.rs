//! One state of the database to read from, whatever is written meanwhile.

use std::{collections::HashMap, ops::RangeInclusive, path::Path};

use rusqlite::{Connection, Row, types::ValueRef};

use crate::domain::SourceId;

use super::{
    DataVersion, Store, StoreError,
    facts::{self, FactTable},
    files::{self, FileId, ImportedFile},
    readers::Readers,
    rejected_rows, retention,
    row_groups::{self, RowGroup},
};

/// What is read belongs together: nothing of it changes while this is held.
#[derive(Debug)]
pub struct StoreView<'a>(pub(super) &'a Connection);

/// Some columns of one row, by their place.
#[derive(Debug)]
pub struct RowCells<'a>(&'a Row<'a>);

impl RowCells<'_> {
    pub fn integer(&self, place: usize) -> Option<i64> {
        match self.0.get_ref(place) {
            Ok(ValueRef::Integer(value)) => Some(value),
            _ => None,
        }
    }

    pub fn text(&self, place: usize) -> Option<&str> {
        match self.0.get_ref(place) {
            Ok(ValueRef::Text(text)) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }
}

/// Reads one state of a database that nobody opens for it, and changes nothing, not even
/// its schema.
pub async fn with_view_at<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&StoreView<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let look = move |connection: &Connection| Ok(work(&StoreView(connection)));
    Readers::new(path).read(look).await?
}

impl Store {
    /// Reads one state of the database, whatever is written meanwhile.
    pub async fn with_view<T: Send + 'static>(
        &self,
        work: impl FnOnce(&StoreView<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let look = move |connection: &Connection| Ok(work(&StoreView(connection)));
        self.readers.read(look).await?
    }

    /// What is kept of what was read holds as long as this stays the same.
    pub async fn data_version(&self) -> Result<DataVersion, StoreError> {
        self.readers.version().await
    }
}

impl StoreView<'_> {
    /// The files of a source that were taken in, of all datasets.
    pub fn load_files(&self, source: &SourceId) -> Result<Vec<ImportedFile>, StoreError> {
        files::load_all(self.0, source).map_err(StoreError::Read)
    }

    /// From when to when files of a source told anything that were deleted because they
    /// are kept no longer, and have not come again.
    pub fn load_pruned_ranges(&self, source: &SourceId) -> Result<Vec<(i64, i64)>, StoreError> {
        retention::load_pruned_ranges(self.0, source).map_err(StoreError::Read)
    }

    /// The days of a source that must be reckoned anew, in order.
    pub fn load_dirty_days(&self, source: &SourceId) -> Result<Vec<i64>, StoreError> {
        files::load_dirty_days(self.0, source).map_err(StoreError::Read)
    }

    /// Why rows of a file were set aside, by line.
    pub fn rejection_reasons(&self, file: FileId) -> Result<Vec<(u32, String)>, StoreError> {
        rejected_rows::load_for_file(self.0, file).map_err(StoreError::Read)
    }

    /// From when to when rows of a source's files of many days reach, stretch by stretch.
    pub fn load_row_groups(
        &self,
        source: &SourceId,
    ) -> Result<HashMap<FileId, Vec<RowGroup>>, StoreError> {
        row_groups::load_all(self.0, source).map_err(StoreError::Read)
    }

    /// These columns of a file's rows, the last line first.
    pub fn for_each_row_of_file(
        &self,
        table: &FactTable,
        columns: &[&str],
        file: FileId,
        each: impl FnMut(&RowCells<'_>),
    ) -> Result<(), StoreError> {
        self.for_each_row_of_lines(table, columns, (file, 0..=u32::MAX), each)
    }

    /// The same of some lines of a file.
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
