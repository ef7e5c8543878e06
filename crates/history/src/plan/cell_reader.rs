//! Reads the cells of a plan's row by their columns.

use csv::ByteRecord;

use wallboard_runtime::csv_text::{TextEncoding, is_total_row, number_parsing};

use super::column_mapping::{LocatedColumn, PlanColumn, PlanHeader};

/// The columns of a file, and how its texts are encoded.
pub(super) struct CellReader {
    pub(super) header: PlanHeader,
    width: usize,
    encoding: TextEncoding,
}

impl CellReader {
    /// `width`: the number of cells in the header.
    pub(super) fn new(header: PlanHeader, width: usize, encoding: TextEncoding) -> Self {
        Self {
            header,
            width,
            encoding,
        }
    }

    /// Returns whether a row has anything; an error if it lacks cells.
    pub(super) fn has_cells(&self, record: &ByteRecord) -> Result<bool, String> {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return Ok(false);
        }
        if record.len() < self.width {
            return Err(format!(
                "it has {} cells, but the header has {}",
                record.len(),
                self.width
            ));
        }
        Ok(true)
    }

    /// Reads the name of a queue or an agent.
    pub(super) fn read_name(
        &mut self,
        record: &ByteRecord,
        column: PlanColumn,
    ) -> Result<String, String> {
        let (text, header) = self.read_cell(record, column)?.unwrap_or_default();
        let name = text.trim();
        if name.is_empty() || number_parsing::is_blank(name) {
            return Err(format!("{header}: it has no name"));
        }
        if is_total_row(name) {
            return Err(format!("{header}: {name:?} is a total of the other rows"));
        }
        Ok(name.to_owned())
    }

    pub(super) fn read_text(
        &mut self,
        record: &ByteRecord,
        column: PlanColumn,
    ) -> Result<Option<String>, String> {
        Ok(self.read_cell(record, column)?.map(|(text, _)| text))
    }

    /// Returns the text of a cell and its header; `None` if the file has no such column.
    pub(super) fn read_cell(
        &mut self,
        record: &ByteRecord,
        column: PlanColumn,
    ) -> Result<Option<(String, String)>, String> {
        let Some(LocatedColumn { index, header, .. }) = self.header.find(column) else {
            return Ok(None);
        };
        let cell = record.get(*index).unwrap_or_default();
        match self.encoding.decode(cell) {
            Some(text) => Ok(Some((text.into_owned(), header.clone()))),
            None => Err(format!(
                "{header}: it has bytes that are neither UTF-8 nor Windows-1252"
            )),
        }
    }
}
