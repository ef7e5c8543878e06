//! The records of a CSV file, each with its line.

use std::{
    collections::VecDeque,
    io::{self, Chain, Cursor, Read},
};

use csv::ByteRecord;

use super::{CsvDialect, CsvFileError, TextEncoding, file_error::HEADER_COLUMNS_MAX};

/// Bytes from the start of a file that the dialect is detected from.
const DETECTION_BYTES: usize = 64 * 1024;
/// A longer row means that a quote wasn't closed.
const ROW_BYTES_MAX: usize = 1024 * 1024;

/// Reads a file's records in order, the header first.
#[derive(Debug)]
pub struct CsvRecords<R> {
    dialect: CsvDialect,
    reader: csv::Reader<RowLimitReader<Chain<Cursor<Vec<u8>>, R>>>,
    record: ByteRecord,
}

/// A record of a file.
#[derive(Debug)]
pub struct CsvRecord<'r> {
    /// Where it starts, as an editor counts.
    pub line: u32,
    pub cells: &'r ByteRecord,
}

impl<R: Read> CsvRecords<R> {
    /// Detects the dialect from the start of a file.
    pub fn open(mut file: R) -> Result<Self, CsvFileError> {
        let mut start = Vec::with_capacity(DETECTION_BYTES);
        (&mut file)
            .take(DETECTION_BYTES as u64)
            .read_to_end(&mut start)
            .map_err(|cause| CsvFileError::Unreadable(1, cause))?;
        let dialect = CsvDialect::detect(&start)?;
        let mut rest = Cursor::new(start);
        rest.set_position(dialect.skip as u64);
        let reader = csv::ReaderBuilder::new()
            .delimiter(dialect.separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(RowLimitReader {
                inner: rest.chain(file),
                remaining: ROW_BYTES_MAX,
                bytes_read: 0,
                line_feeds: VecDeque::new(),
            });
        Ok(Self {
            dialect,
            reader,
            record: ByteRecord::new(),
        })
    }

    /// The dialect of the file.
    pub fn dialect(&self) -> CsvDialect {
        self.dialect
    }

    /// Reads the next record; `None` at the end of the file.
    pub fn next_record(&mut self) -> Result<Option<CsvRecord<'_>>, CsvFileError> {
        self.reader.get_mut().remaining = ROW_BYTES_MAX;
        let line = self.reader.position().line();
        let read = self.reader.read_byte_record(&mut self.record);
        if !read.map_err(|cause| CsvFileError::Unreadable(line, cause.into()))? {
            return Ok(None);
        }
        // A `sep=` line counts too; a byte-order mark alone has 3 bytes.
        let before = u64::from(3 < self.dialect.skip);
        let line = u32::try_from(self.start_line() + before).unwrap_or(u32::MAX);
        Ok(Some(CsvRecord {
            line,
            cells: &self.record,
        }))
    }

    /// The line where the record starts, as an editor counts it. The reader's own count ignores the
    /// second half of CR LF and empty lines before the record.
    fn start_line(&mut self) -> u64 {
        let (end, after) = (self.reader.position().byte(), self.reader.position().line());
        let line_feeds = &mut self.reader.get_mut().line_feeds;
        while line_feeds.front().is_some_and(|at| at + 1 < end) {
            line_feeds.pop_front();
        }
        let is_past_its_end = line_feeds.front().is_some_and(|at| at + 1 == end);
        let inside = self.record.as_slice().iter().filter(|byte| **byte == b'\n');
        after
            .saturating_sub(inside.count() as u64)
            .saturating_sub(u64::from(is_past_its_end))
    }
}

/// Decodes a header, without spaces around its names.
pub fn decode_headers(
    record: &ByteRecord,
    encoding: &mut TextEncoding,
) -> Result<Vec<String>, CsvFileError> {
    let mut headers = Vec::new();
    for cell in record {
        let header = encoding.decode(cell).ok_or(CsvFileError::Header)?;
        headers.push(header.trim().to_owned());
    }
    // A separator at the end of the line starts no column.
    while headers.len() > 1 && headers.last().is_some_and(String::is_empty) {
        headers.pop();
    }
    if HEADER_COLUMNS_MAX < headers.len() {
        return Err(CsvFileError::TooManyColumns);
    }
    Ok(headers)
}

/// Fails when a row is longer than [`ROW_BYTES_MAX`].
#[derive(Debug)]
struct RowLimitReader<R> {
    inner: R,
    remaining: usize,
    bytes_read: u64,
    /// Offsets of the line feeds that a record's line may still need.
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
