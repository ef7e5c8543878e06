//! Typed rows of exports: bulk inserts into the tables that `history` declares. A row's id
//! is made of its file and line, so that a file's rows are one range.

use std::{mem, ops::RangeInclusive};

use rusqlite::{
    Connection,
    types::{ToSqlOutput, ValueRef},
};

use crate::{
    DataKind, FileId,
    database::statements::{CachedStatements, insert_statement},
};

/// A batch is sent once it has so many rows or bytes.
const BATCH_ROWS_MAX: usize = 1_000;
const BATCH_BYTES_MAX: usize = 512 * 1024;

/// A table of facts, as the vendor of its rows declares it. Its first column, `id`, is not among
/// `columns`.
#[derive(Clone, Copy, Debug)]
pub struct FactTable {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    pub people: PeopleColumns,
    /// The columns that may have data of callers or visitors.
    pub contacts: &'static [ErasedColumn],
}

/// The columns of a table that have people of the center. An agent's ID is an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeopleColumns {
    Nobody,
    /// Rows about an agent: forgetting deletes them.
    Agent {
        id: &'static str,
        names: &'static [&'static str],
        kind: DataKind,
    },
    /// Rows that figures of queues are computed from: their agent becomes somebody else, and
    /// the last column, which nobody knows, is cleared.
    AgentOf {
        id: &'static str,
        time: &'static str,
        kind: DataKind,
    },
    /// A caller's name, which may be an agent's: it's cleared.
    CallerName {
        name: &'static str,
        time: &'static str,
    },
    /// Rows about the person that a text names, by an ID of any source, a name or an address: forgetting
    /// deletes them.
    Named {
        text: &'static str,
        time: &'static str,
        kind: DataKind,
    },
    /// Nobody knows without the file of a row: see [`crate::FileForgetter`].
    OfFile,
}

impl FactTable {
    /// The table and the column of texts that name people.
    pub(crate) fn named_text(&self) -> Option<(&'static str, &'static str)> {
        match self.people {
            PeopleColumns::Named { text, .. } => Some((self.name, text)),
            _ => None,
        }
    }
}

/// A column to clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasedColumn {
    pub name: &'static str,
    /// Values of at most so many bytes stay, and so do internal numbers.
    pub retained_bytes_max: Option<usize>,
}

/// Rows to insert into one table, in few allocations however many they are.
#[derive(Debug, Default)]
pub struct RowBatch {
    text: String,
    cells: Vec<BatchCell>,
    lines: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
enum BatchCell {
    Null,
    Integer(i64),
    /// The start and end in the batch's text.
    Text(u32, u32),
}

impl RowBatch {
    /// Begins the row of a line. Push one cell for each column of the table next.
    pub fn begin_row(&mut self, line: u32) {
        self.lines.push(line);
    }

    pub fn push_null(&mut self) {
        self.cells.push(BatchCell::Null);
    }

    pub fn push_integer(&mut self, value: i64) {
        self.cells.push(BatchCell::Integer(value));
    }

    /// Adds text. One batch holds at most 4 GiB of it.
    pub fn push_text(&mut self, text: &str) {
        let from = self.text_length();
        self.text.push_str(text);
        self.cells.push(BatchCell::Text(from, self.text_length()));
    }

    /// Removes the row that was begun last.
    pub fn discard_row(&mut self, table: &FactTable) {
        self.lines.pop();
        self.cells.truncate(self.lines.len() * table.columns.len());
    }

    /// The integer in a column of the row that was begun last.
    pub fn last_integer(&self, table: &FactTable, column: usize) -> Option<i64> {
        let row = self.lines.len().checked_sub(1)? * table.columns.len();
        match self.cells.get(row + column)? {
            BatchCell::Integer(value) => Some(*value),
            BatchCell::Null | BatchCell::Text(..) => None,
        }
    }

    /// Replaces integers of a column where `find` has another, with what isn't known of such rows
    /// (their last cell), or removes their rows. A row has `width` cells.
    pub(crate) fn replace_integers(
        &mut self,
        width: usize,
        column: usize,
        removes_rows: bool,
        find: &mut impl FnMut(i64) -> Option<i64>,
    ) {
        let (cells, lines) = (mem::take(&mut self.cells), mem::take(&mut self.lines));
        for (line, row) in lines.into_iter().zip(cells.chunks_exact(width)) {
            let first = self.cells.len();
            self.cells.extend_from_slice(row);
            if let Some(BatchCell::Integer(found)) = row.get(column)
                && let Some(replacement) = find(*found)
            {
                if removes_rows {
                    self.cells.truncate(first);
                    continue;
                }
                if let Some(cell) = self.cells.get_mut(first + column) {
                    *cell = BatchCell::Integer(replacement);
                }
                if let Some(last) = self.cells.last_mut() {
                    *last = BatchCell::Null;
                }
            }
            self.lines.push(line);
        }
    }

    /// Removes rows by the text of a column. A row has `width` cells.
    pub(crate) fn remove_rows(
        &mut self,
        width: usize,
        column: usize,
        mut is_removed: impl FnMut(&str) -> bool,
    ) {
        let (cells, lines) = (mem::take(&mut self.cells), mem::take(&mut self.lines));
        for (line, row) in lines.into_iter().zip(cells.chunks_exact(width)) {
            let text = match row.get(column) {
                Some(BatchCell::Text(from, to)) => self.text.get(*from as usize..*to as usize),
                _ => None,
            };
            if !text.is_some_and(&mut is_removed) {
                self.cells.extend_from_slice(row);
                self.lines.push(line);
            }
        }
    }

    /// Clears texts of a column. A row has `width` cells.
    pub(crate) fn clear_texts(
        &mut self,
        width: usize,
        column: usize,
        is_cleared: impl Fn(&str) -> bool,
    ) {
        let text = &self.text;
        for row in self.cells.chunks_exact_mut(width) {
            if let Some(cell) = row.get_mut(column)
                && let BatchCell::Text(from, to) = *cell
                && (text.get(from as usize..to as usize)).is_some_and(&is_cleared)
            {
                *cell = BatchCell::Null;
            }
        }
    }

    pub fn row_count(&self) -> usize {
        self.lines.len()
    }

    /// Returns whether to send it now.
    pub fn is_full(&self) -> bool {
        let size_bytes = self.text.len() + self.cells.len() * size_of::<BatchCell>();
        BATCH_ROWS_MAX <= self.row_count() || BATCH_BYTES_MAX <= size_bytes
    }

    fn text_length(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    fn cell_value(&self, cell: BatchCell) -> ToSqlOutput<'_> {
        ToSqlOutput::Borrowed(match cell {
            BatchCell::Null => ValueRef::Null,
            BatchCell::Integer(value) => ValueRef::Integer(value),
            BatchCell::Text(from, to) => {
                let text = self.text.get(from as usize..to as usize);
                ValueRef::Text(text.unwrap_or_default().as_bytes())
            }
        })
    }
}

/// The ids of a file's rows.
pub(crate) fn row_ids(file: FileId) -> RangeInclusive<i64> {
    row_id(file, 0)..=row_id(file, u32::MAX)
}

/// The id of the row in a line of a file.
pub(crate) fn row_id(file: FileId, line: u32) -> i64 {
    file.0 << 32 | i64::from(line)
}

/// The line of the row with this id.
pub fn line_of(id: i64) -> u32 {
    u32::try_from(id & i64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// The file of the row with this id.
pub fn file_of(id: i64) -> FileId {
    FileId(id >> 32)
}

/// Inserts a batch as rows of this file.
pub(crate) fn insert_batch(
    connection: &Connection,
    table: &FactTable,
    file: FileId,
    batch: &RowBatch,
) -> rusqlite::Result<()> {
    let width = table.columns.len();
    let columns = ["id"].into_iter().chain(table.columns.iter().copied());
    let mut insert = connection.prepare_cached(&insert_statement(table.name, columns))?;
    for (line, cells) in batch.lines.iter().zip(batch.cells.chunks_exact(width)) {
        insert.raw_bind_parameter(1, row_id(file, *line))?;
        for (index, cell) in cells.iter().enumerate() {
            insert.raw_bind_parameter(index + 2, batch.cell_value(*cell))?;
        }
        insert.raw_execute()?;
    }
    Ok(())
}

/// Removes a file's rows.
pub(super) fn delete_rows(
    connection: &Connection,
    table: &str,
    file: FileId,
) -> rusqlite::Result<()> {
    let ids = row_ids(file);
    let delete = format!("DELETE FROM {table} WHERE id BETWEEN ?1 AND ?2");
    connection.run_statement(&delete, (ids.start(), ids.end()))?;
    Ok(())
}

#[cfg(any(test, feature = "testing"))]
impl RowBatch {
    /// Every integer in it, in order.
    pub fn integers(&self) -> Vec<i64> {
        let integer = |cell: &BatchCell| match cell {
            BatchCell::Integer(value) => Some(*value),
            BatchCell::Null | BatchCell::Text(..) => None,
        };
        self.cells.iter().filter_map(integer).collect()
    }

    /// Every text in it, in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let text = |cell: &BatchCell| match cell {
            BatchCell::Text(from, to) => self.text.get(*from as usize..*to as usize),
            BatchCell::Null | BatchCell::Integer(_) => None,
        };
        self.cells.iter().filter_map(text)
    }
}
