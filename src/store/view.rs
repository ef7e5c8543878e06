//! One state of the database to read from, whatever is written meanwhile.

use std::{collections::HashMap, ops::RangeInclusive, path::Path};

use rusqlite::{Connection, Row, types::ValueRef};

use crate::domain::SourceId;

use super::{
    Store, StoreError, Version, aside,
    facts::{self, Table},
    files::{self, FileId, TakenFile},
    readers::Readers,
    retention,
    stretches::{self, Stretch},
};

/// What is read belongs together: nothing of it changes while this is held.
#[derive(Debug)]
pub struct View<'a>(pub(super) &'a Connection);

/// Some columns of one row, by their place.
#[derive(Debug)]
pub struct Cells<'a>(&'a Row<'a>);

impl Cells<'_> {
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
pub async fn look_at<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&View<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let look = move |connection: &Connection| Ok(work(&View(connection)));
    Readers::new(path).read(look).await?
}

impl Store {
    /// Reads one state of the database, whatever is written meanwhile.
    pub async fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&View<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let look = move |connection: &Connection| Ok(work(&View(connection)));
        self.readers.read(look).await?
    }

    /// What is kept of what was read holds as long as this stays the same.
    pub async fn version(&self) -> Result<Version, StoreError> {
        self.readers.version().await
    }
}

impl View<'_> {
    /// The files of a source that were taken in, of all datasets.
    pub fn files(&self, source: &SourceId) -> Result<Vec<TakenFile>, StoreError> {
        files::all(self.0, source).map_err(StoreError::Read)
    }

    /// From when to when files of a source told anything that were deleted because they
    /// are kept no longer, and have not come again.
    pub fn gone(&self, source: &SourceId) -> Result<Vec<(i64, i64)>, StoreError> {
        retention::gone(self.0, source).map_err(StoreError::Read)
    }

    /// The days of a source that must be reckoned anew, in order.
    pub fn dirty(&self, source: &SourceId) -> Result<Vec<i64>, StoreError> {
        files::dirty(self.0, source).map_err(StoreError::Read)
    }

    /// Why rows of a file were set aside, by line.
    pub fn set_aside(&self, file: FileId) -> Result<Vec<(u32, String)>, StoreError> {
        aside::of_file(self.0, file).map_err(StoreError::Read)
    }

    /// From when to when rows of a source's files of many days reach, stretch by stretch.
    pub fn stretches(
        &self,
        source: &SourceId,
    ) -> Result<HashMap<FileId, Vec<Stretch>>, StoreError> {
        stretches::all(self.0, source).map_err(StoreError::Read)
    }

    /// These columns of a file's rows, the last line first.
    pub fn rows(
        &self,
        table: &Table,
        columns: &[&str],
        file: FileId,
        each: impl FnMut(&Cells<'_>),
    ) -> Result<(), StoreError> {
        self.rows_of_lines(table, columns, (file, 0..=u32::MAX), each)
    }

    /// The same of some lines of a file.
    pub fn rows_of_lines(
        &self,
        table: &Table,
        columns: &[&str],
        (file, lines): (FileId, RangeInclusive<u32>),
        mut each: impl FnMut(&Cells<'_>),
    ) -> Result<(), StoreError> {
        let (columns, table) = (columns.join(", "), table.name);
        let query =
            format!("SELECT {columns} FROM {table} WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC");
        let ids = [lines.start(), lines.end()].map(|line| facts::id(file, *line));
        let mut read = || {
            let mut query = self.0.prepare_cached(&query)?;
            let mut rows = query.query(ids)?;
            while let Some(row) = rows.next()? {
                each(&Cells(row));
            }
            Ok(())
        };
        read().map_err(StoreError::Read)
    }
}
