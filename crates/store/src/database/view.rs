//! Consistent reads: one state of the database, whatever is written meanwhile.

use std::{
    ops::{Range, RangeInclusive},
    path::Path,
};

use rusqlite::{Connection, Params, Row, types::ValueRef};

use crate::{
    DataVersion, FactTable, FileId, Store, StoreError,
    database::{readers::Readers, statements::CachedStatements},
    rows::facts,
};

/// A consistent state of the database: nothing changes while this is held.
#[derive(Debug)]
pub struct StoreView<'a>(pub(crate) &'a Connection);

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
    /// Loads all rows of a query.
    pub(crate) fn load_rows<T, C: FromIterator<T>>(
        &self,
        query: &str,
        parameters: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<C, StoreError> {
        let rows = self.0.load_rows(query, parameters, read);
        rows.map_err(StoreError::Read)
    }

    /// Passes each row of a query to `each`.
    pub(crate) fn for_each_row(
        &self,
        query: &str,
        parameters: impl Params,
        each: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        self.load_rows(query, parameters, each)
    }

    /// Reads these columns of a file's rows, the last line first.
    pub fn for_each_row_of_file(
        &self,
        table: &FactTable,
        columns: &[&str],
        file: FileId,
        each: impl FnMut(&RowCells<'_>),
    ) -> Result<(), StoreError> {
        self.for_each_row_of_lines(table, columns, file, 0..=u32::MAX, each)
    }

    /// Reads these columns of the rows of all files with an integer of one column in a range, file by
    /// file. The column needs an index.
    pub fn for_each_row_within(
        &self,
        table: &FactTable,
        columns: &[&str],
        column: &str,
        range: Range<i64>,
        mut each: impl FnMut(&RowCells<'_>),
    ) -> Result<(), StoreError> {
        let (columns, table) = (columns.join(", "), table.name);
        let query = format!(
            "SELECT {columns} FROM {table} WHERE ?1 <= {column} AND {column} < ?2 ORDER BY id"
        );
        self.for_each_row(&query, (range.start, range.end), |row| {
            each(&RowCells(row));
            Ok(())
        })
    }

    /// Reads these columns of some lines of a file, the last line first.
    pub fn for_each_row_of_lines(
        &self,
        table: &FactTable,
        columns: &[&str],
        file: FileId,
        lines: RangeInclusive<u32>,
        mut each: impl FnMut(&RowCells<'_>),
    ) -> Result<(), StoreError> {
        let (columns, table) = (columns.join(", "), table.name);
        let query =
            format!("SELECT {columns} FROM {table} WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC");
        let ids = [lines.start(), lines.end()].map(|line| facts::row_id(file, *line));
        self.for_each_row(&query, ids, |row| {
            each(&RowCells(row));
            Ok(())
        })
    }
}
