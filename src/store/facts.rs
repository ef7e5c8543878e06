//! Rows of exports as they came, typed: bulk inserts into the tables that history
//! declares. A row's id is its file and its line, so that a file's rows are one range.

use std::ops::RangeInclusive;

use rusqlite::{
    Connection, ToSql,
    types::{Null, ToSqlOutput, ValueRef},
};

use super::files::FileId;

/// A table of facts. Its first column, `id`, is not among `columns`.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

/// What a column holds. Times are integers: Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Text,
    /// 0 or 1.
    Boolean,
}

/// Rows on their way into one table, in few allocations however many they are.
#[derive(Debug, Default)]
pub struct Batch {
    text: String,
    cells: Vec<Cell>,
    lines: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Cell {
    Null,
    Integer(i64),
    /// From and to in the batch's text.
    Text(u32, u32),
}

impl Batch {
    /// Begins the row of a line; as many cells as the table has columns follow.
    pub fn begin(&mut self, line: u32) {
        self.lines.push(line);
    }

    pub fn null(&mut self) {
        self.cells.push(Cell::Null);
    }

    pub fn integer(&mut self, value: i64) {
        self.cells.push(Cell::Integer(value));
    }

    /// At most 4 GiB of text in one batch.
    pub fn text(&mut self, text: &str) {
        let from = self.at();
        self.text.push_str(text);
        self.cells.push(Cell::Text(from, self.at()));
    }

    /// Takes back the row that was begun last.
    pub fn abandon(&mut self, table: &Table) {
        self.lines.pop();
        self.cells.truncate(self.lines.len() * table.columns.len());
    }

    /// What stands in a column of the row that was begun last.
    pub fn last_integer(&self, table: &Table, column: usize) -> Option<i64> {
        let row = self.lines.len().checked_sub(1)? * table.columns.len();
        match self.cells.get(row + column)? {
            Cell::Integer(value) => Some(*value),
            Cell::Null | Cell::Text(..) => None,
        }
    }

    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// Every text in it, in order.
    #[cfg(test)]
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let text = |cell: &Cell| match cell {
            Cell::Text(from, to) => self.text.get(*from as usize..*to as usize),
            Cell::Null | Cell::Integer(_) => None,
        };
        self.cells.iter().filter_map(text)
    }

    /// In bytes, about.
    pub fn size(&self) -> usize {
        self.text.len() + self.cells.len() * size_of::<Cell>()
    }

    /// Makes it ready to be filled again.
    pub fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.lines.clear();
    }

    fn at(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    fn cell(&self, cell: Cell) -> Bound<'_> {
        match cell {
            Cell::Null => Bound(ValueRef::Null),
            Cell::Integer(value) => Bound(ValueRef::Integer(value)),
            Cell::Text(from, to) => {
                let text = self.text.get(from as usize..to as usize);
                Bound(ValueRef::Text(text.unwrap_or_default().as_bytes()))
            }
        }
    }
}

struct Bound<'a>(ValueRef<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            ValueRef::Null => ToSqlOutput::from(Null),
            value => ToSqlOutput::Borrowed(value),
        })
    }
}

/// The ids that rows of a file have.
pub(super) fn ids(file: FileId) -> RangeInclusive<i64> {
    id(file, 0)..=id(file, u32::MAX)
}

/// The id of the row in a line of a file.
pub(super) fn id(file: FileId, line: u32) -> i64 {
    file.0 << 32 | i64::from(line)
}

/// The line that a row of this id stood in.
pub fn line_of(id: i64) -> u32 {
    u32::try_from(id & i64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// Inserts a batch as rows of this file.
pub(super) fn insert(
    connection: &Connection,
    table: &Table,
    file: FileId,
    batch: &Batch,
) -> rusqlite::Result<()> {
    let width = table.columns.len();
    let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    let places = vec!["?"; width + 1].join(", ");
    let mut insert = connection.prepare_cached(&format!(
        "INSERT INTO {} (id, {}) VALUES ({places})",
        table.name,
        names.join(", ")
    ))?;
    for (line, cells) in batch.lines.iter().zip(batch.cells.chunks_exact(width)) {
        insert.raw_bind_parameter(1, id(file, *line))?;
        for (place, cell) in cells.iter().enumerate() {
            insert.raw_bind_parameter(place + 2, batch.cell(*cell))?;
        }
        insert.raw_execute()?;
    }
    Ok(())
}

/// Removes a file's rows.
pub(super) fn delete(connection: &Connection, table: &str, file: FileId) -> rusqlite::Result<()> {
    let ids = ids(file);
    connection
        .prepare_cached(&format!("DELETE FROM {table} WHERE id BETWEEN ?1 AND ?2"))?
        .execute((ids.start(), ids.end()))?;
    Ok(())
}
