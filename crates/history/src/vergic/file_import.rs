//! Imports a spooled export file: a dedicated thread reads it, the store's thread writes it.

use std::{
    io::Read,
    sync::{Arc, mpsc::SyncSender},
};

use csv::ByteRecord;

use wallboard_runtime::csv_text::{
    self, CsvDetectionError, CsvDialect, CsvFileError, CsvRecord, CsvRecords, TextEncoding,
};
use wallboard_store::{
    FactTable, FileReaderError, FileSummary, ForgottenPeople, ImportPiece, ImportResult,
    IncomingFile, PeopleColumns, RowBatch, RowRejection, Store, StoreError,
};

use super::{
    column_mapping::{ColumnMapping, HeaderLayout},
    file_notes::FileNotes,
    forgetting,
    layout::VergicFile,
    privacy,
    vergic_cell::{self, VergicCell},
};

/// Imported rows: the cells in the order of the file's header, as JSON.
pub static VERGIC_ROWS: FactTable = FactTable {
    name: "vergic_row",
    columns: &["cells"],
    people: PeopleColumns::OfFile,
    contacts: &[],
};

/// Options for reading a file of this source.
#[derive(Clone, Debug)]
pub struct VergicReadOptions {
    pub file: VergicFile,
    pub mapping: Arc<ColumnMapping>,
    /// Whether cells that may identify visitors are stored.
    pub stores_contacts: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum VergicImportError {
    #[error(transparent)]
    Csv(#[from] CsvFileError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Reader(#[from] FileReaderError),
}

/// Imports a file completely or not at all.
pub async fn import_file(
    store: &Store,
    file: impl Read + Send + 'static,
    incoming: IncomingFile,
    options: VergicReadOptions,
) -> Result<ImportResult, VergicImportError> {
    let source = incoming.source.clone();
    let read = move |sender: &_, forgotten: Option<Arc<ForgottenPeople>>| {
        let find = |text: &str| forgotten.as_ref()?.find_text(&source, text);
        read_rows(file, &options, &find, sender)
    };
    store.import_from_reader(incoming, &VERGIC_ROWS, read).await
}

/// Reads a file to its end, or until the receiver is dropped.
#[cfg(any(test, feature = "testing"))]
pub(super) fn read_file(
    file: impl Read,
    options: &VergicReadOptions,
    sender: &SyncSender<ImportPiece>,
) -> Result<(), VergicImportError> {
    read_rows(file, options, &|_| None, sender)
}

/// Reads a file to its end, or until the receiver is dropped. `find_person` returns what takes the
/// place of people who were forgotten.
fn read_rows(
    mut file: impl Read,
    options: &VergicReadOptions,
    find_person: &impl Fn(&str) -> Option<String>,
    sender: &SyncSender<ImportPiece>,
) -> Result<(), VergicImportError> {
    let mut records = CsvRecords::open(&mut file)?;
    let dialect = records.dialect();
    let mut encoding = TextEncoding::default();
    let Some(header) = records.next_record()? else {
        return Err(CsvFileError::from(CsvDetectionError::Empty).into());
    };
    let headers = csv_text::decode_headers(header.cells, &mut encoding)?;
    let mut rows = VergicRowParser::new(options, dialect, headers, encoding);
    let mut batch = RowBatch::default();
    while let Some(CsvRecord { line, cells }) = records.next_record()? {
        let rejection = |reason| RowRejection {
            line,
            reason,
            text: options.stores_contacts.then(|| dialect.format_line(cells)),
        };
        let rejected = match rows.parse_row(cells, find_person) {
            Ok(Some(row)) => {
                batch.begin_row(line);
                batch.push_text(&row.json);
                row.rejection
                    .map(|reason| ImportPiece::RejectedByMapping(rejection(reason)))
            }
            Ok(None) => None,
            Err(reason) => Some(ImportPiece::Rejected(rejection(reason))),
        };
        if rejected.is_some_and(|piece| sender.send(piece).is_err())
            || (batch.is_full() && !batch.send_rows(sender))
        {
            return Ok(());
        }
    }
    if batch.send_rows(sender) {
        // If the receiver is gone, it reports the reason itself.
        sender.send(ImportPiece::End(rows.into_summary())).ok();
    }
    Ok(())
}

/// A row to store.
struct ParsedRow {
    json: String,
    /// Why this mapping can't read it; another mapping may.
    rejection: Option<String>,
}

struct VergicRowParser<'r> {
    reading: &'r VergicReadOptions,
    dialect: CsvDialect,
    headers: Vec<String>,
    encoding: TextEncoding,
    /// Where the mapped columns are, if the configuration maps this dataset.
    layout: Option<HeaderLayout>,
}

impl<'r> VergicRowParser<'r> {
    fn new(
        reading: &'r VergicReadOptions,
        dialect: CsvDialect,
        headers: Vec<String>,
        encoding: TextEncoding,
    ) -> Self {
        let columns = reading.mapping.columns_of(&reading.file.dataset);
        Self {
            layout: columns.map(|columns| HeaderLayout::locate(columns, &headers)),
            reading,
            dialect,
            headers,
            encoding,
        }
    }

    /// Returns the row to store, `None` for an empty row, or why it can't be read.
    fn parse_row(
        &mut self,
        record: &ByteRecord,
        find_person: &impl Fn(&str) -> Option<String>,
    ) -> Result<Option<ParsedRow>, String> {
        if record.iter().all(<[u8]>::is_empty) {
            return Ok(None);
        }
        let width = self.headers.len();
        let has_more = record.iter().skip(width).any(|cell| !cell.is_empty());
        if record.len() < width || has_more {
            return Err(format!(
                "it has {} cells, but the header has {width}",
                record.len()
            ));
        }
        let mut row = Vec::with_capacity(width);
        for cell in record.iter().take(width) {
            let Some(text) = self.encoding.decode(cell) else {
                return Err("it has bytes that are neither UTF-8 nor Windows-1252".to_owned());
            };
            row.push(VergicCell::parse(text, self.dialect.decimal));
        }
        let layout = self.layout.as_ref().filter(|layout| layout.has_names());
        let read = layout.map(|layout| layout.read_row(&row, self.reading.file.period));
        let rejection = read.and_then(Result::err);
        if !self.reading.stores_contacts {
            privacy::clear_personal(&mut row, &self.headers, self.layout.as_ref());
        }
        forgetting::replace_people(&mut row, self.layout.as_ref(), find_person);
        Ok(Some(ParsedRow {
            json: vergic_cell::to_json(&row),
            rejection,
        }))
    }

    fn into_summary(self) -> FileSummary {
        let period = self.reading.file.period;
        let notes = FileNotes {
            headers: self.headers,
            separator: char::from(self.dialect.separator),
            decimal: self.dialect.decimal.to_char(),
            is_windows_1252: self.encoding == TextEncoding::Windows1252,
        };
        FileSummary {
            span: Some((period.start, period.end() - 1)),
            coverage: Some((period.start, period.end())),
            days: vec![period.utc_day()],
            notes: notes.to_json(),
            has_contacts: self.reading.stores_contacts,
            ..FileSummary::default()
        }
    }
}
