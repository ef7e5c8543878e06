//! Imports a spooled export file: a dedicated thread reads it, the store's thread writes it.

use std::{
    collections::VecDeque,
    io::{self, Cursor, Read},
    sync::{Arc, mpsc::SyncSender},
};

use csv::ByteRecord;

use wallboard_store::{
    FactTable, FileReaderError, FileSummary, ForgottenPeople, ImportPiece, ImportResult,
    IncomingFile, PeopleColumns, RowBatch, RowRejection, Store, StoreError,
};

use super::{
    column_mapping::{ColumnMapping, HeaderLayout},
    dialect::{CsvDetectionError, CsvDialect},
    encoding::TextEncoding,
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

/// Bytes from the start of a file that the dialect is detected from.
const DETECTION_BYTES: usize = 64 * 1024;
/// A longer row means that a quote wasn't closed.
const ROW_BYTES_MAX: usize = 1024 * 1024;
/// A header with more columns isn't a header.
const HEADER_COLUMNS_MAX: usize = 1_000;
/// Bytes stored of a rejected row.
const REJECTED_TEXT_BYTES_MAX: usize = 4_096;

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
    Dialect(#[from] CsvDetectionError),
    #[error("its header can't be read: it has bytes that are neither UTF-8 nor Windows-1252")]
    Header,
    #[error("its header has more than {HEADER_COLUMNS_MAX} columns")]
    TooManyColumns,
    #[error("it can't be read after line {0}")]
    Unreadable(u64, #[source] io::Error),
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
    let unreadable = |cause| VergicImportError::Unreadable(1, cause);
    let mut start = Vec::with_capacity(DETECTION_BYTES);
    let begin = (&mut file)
        .take(DETECTION_BYTES as u64)
        .read_to_end(&mut start);
    begin.map_err(unreadable)?;
    let dialect = CsvDialect::detect(&start)?;
    let mut rest = Cursor::new(start);
    rest.set_position(dialect.skip as u64);
    let mut records = csv::ReaderBuilder::new()
        .delimiter(dialect.separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(RowLimitReader {
            inner: rest.chain(file),
            remaining: ROW_BYTES_MAX,
            bytes_read: 0,
            line_feeds: VecDeque::new(),
        });
    let mut record = ByteRecord::new();
    let mut encoding = TextEncoding::default();
    if !read_record(&mut records, &mut record)? {
        return Err(CsvDetectionError::Empty.into());
    }
    let headers = decode_headers(&record, &mut encoding)?;
    let mut rows = VergicRowParser::new(options, dialect, headers, encoding);
    // A `sep=` line counts too; a byte-order mark alone has 3 bytes.
    let before = u64::from(3 < dialect.skip);
    let mut batch = RowBatch::default();
    while read_record(&mut records, &mut record)? {
        let line = u32::try_from(start_line(&mut records, &record) + before).unwrap_or(u32::MAX);
        let rejection = |reason| RowRejection {
            line,
            reason,
            text: options
                .stores_contacts
                .then(|| format_line(&record, dialect)),
        };
        let rejected = match rows.parse_row(&record, find_person) {
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

fn read_record<R: Read>(
    records: &mut csv::Reader<RowLimitReader<R>>,
    record: &mut ByteRecord,
) -> Result<bool, VergicImportError> {
    records.get_mut().remaining = ROW_BYTES_MAX;
    let line = records.position().line();
    records
        .read_byte_record(record)
        .map_err(|cause| VergicImportError::Unreadable(line, cause.into()))
}

/// The line where a record starts, as an editor counts it. The reader's own count ignores the
/// second half of CR LF and empty lines before the record.
fn start_line<R: Read>(records: &mut csv::Reader<RowLimitReader<R>>, record: &ByteRecord) -> u64 {
    let (end, after) = (records.position().byte(), records.position().line());
    let line_feeds = &mut records.get_mut().line_feeds;
    while line_feeds.front().is_some_and(|at| at + 1 < end) {
        line_feeds.pop_front();
    }
    let is_past_its_end = line_feeds.front().is_some_and(|at| at + 1 == end);
    let inside = record.as_slice().iter().filter(|byte| **byte == b'\n');
    after
        .saturating_sub(inside.count() as u64)
        .saturating_sub(u64::from(is_past_its_end))
}

fn decode_headers(
    record: &ByteRecord,
    encoding: &mut TextEncoding,
) -> Result<Vec<String>, VergicImportError> {
    let mut headers = Vec::new();
    for cell in record {
        let header = encoding.decode(cell).ok_or(VergicImportError::Header)?;
        headers.push(header.trim().to_owned());
    }
    // A separator at the end of the line starts no column.
    while headers.len() > 1 && headers.last().is_some_and(String::is_empty) {
        headers.pop();
    }
    if HEADER_COLUMNS_MAX < headers.len() {
        return Err(VergicImportError::TooManyColumns);
    }
    Ok(headers)
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

/// Formats a row as readable text, truncated.
fn format_line(record: &ByteRecord, dialect: CsvDialect) -> String {
    let cells: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
    let mut line = cells.join(&char::from(dialect.separator).to_string());
    let end = line.floor_char_boundary(REJECTED_TEXT_BYTES_MAX);
    line.truncate(end);
    line
}

/// Fails when a row is longer than [`ROW_BYTES_MAX`].
struct RowLimitReader<R> {
    inner: R,
    remaining: usize,
    bytes_read: u64,
    /// Offsets of the line feeds that [`start_line`] may still need.
    line_feeds: VecDeque<u64>,
}

impl<R: Read> Read for RowLimitReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.remaining = self.remaining.checked_sub(read).ok_or_else(|| {
            io::Error::other("a row is longer than 1 MiB; a quote may be unclosed")
        })?;
        let feeds = into[..read].iter().zip(self.bytes_read..);
        self.line_feeds
            .extend(feeds.filter(|(byte, _)| **byte == b'\n').map(|(_, at)| at));
        self.bytes_read += read as u64;
        Ok(read)
    }
}
