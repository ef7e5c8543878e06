//! Reads the records of a CSV file (RFC 4180) one at a time, in memory of a fixed size, each
//! with the line that an editor shows for it.

use std::{
    io::{self, Read},
    ops::Range,
    str,
};

use csv_core::ReadRecordResult;

/// The size of a read, in bytes.
const BLOCK_BYTES: usize = 256 * 1024;
/// The longest record, in bytes without its quotes. A longer one lacks a closing quote.
const RECORD_BYTES_MAX: usize = 1024 * 1024;
const COLUMNS_MAX: usize = 10_000;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The reason why a file can't be read from some line on.
#[derive(Debug, thiserror::Error)]
pub enum MalformedCsv {
    #[error("it couldn't be read")]
    Read(#[source] io::Error),
    #[error("the row that starts in line {0} has a quote that's never closed")]
    OpenQuote(u64),
    #[error(
        "the row that starts in line {0} is longer than 1 MB: a quote is missing, or this isn't CSV"
    )]
    TooLong(u64),
    #[error("the row that starts in line {0} has 10,000 columns or more")]
    TooWide(u64),
    #[error("it has more than 4,294,967,295 lines")]
    TooManyLines,
}

/// Reads records from a file.
pub(super) struct RecordReader<R> {
    from: R,
    block: Box<[u8]>,
    /// The part of the block that isn't consumed yet.
    unread: Range<usize>,
    core: csv_core::Reader,
    text: Box<[u8]>,
    ends: Box<[usize]>,
    /// The line of the next byte, from 1.
    line: u64,
    /// Whether the last byte was a carriage return: then a line feed belongs to the same line
    /// break.
    after_return: bool,
    is_started: bool,
}

/// One record: its text without quotes, field after field.
#[derive(Clone, Copy, Debug)]
pub(super) struct CsvRecord<'a> {
    /// The first and the last line: fields may contain line breaks.
    pub(super) lines: (u32, u32),
    text: &'a [u8],
    ends: &'a [usize],
}

/// A record whose fields are all UTF-8.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordFields<'a> {
    text: &'a str,
    ends: &'a [usize],
}

impl<R: Read> RecordReader<R> {
    pub(super) fn new(from: R) -> Self {
        let mut core = csv_core::Reader::new();
        // An empty line is no record, and after it the reader strips no byte-order mark: it
        // would do so only where a block happens to begin with one.
        core.read_record(b"\n", &mut [0], &mut [0]);
        Self {
            from,
            block: vec![0; BLOCK_BYTES].into(),
            unread: 0..0,
            core,
            text: vec![0; RECORD_BYTES_MAX].into(),
            ends: vec![0; COLUMNS_MAX].into(),
            line: 1,
            after_return: false,
            is_started: false,
        }
    }

    /// Reads the next record, skipping empty lines.
    pub(super) fn next_record(&mut self) -> Result<Option<CsvRecord<'_>>, MalformedCsv> {
        if !self.find_record_start()? {
            return Ok(None);
        }
        let first = self.line;
        let (mut text, mut ends) = (0, 0);
        let last = loop {
            let is_at_end = !self.fill_block()?;
            let before = self.core.line();
            // At the end of the file, a line break ends the record unless a quote is open.
            let input = if is_at_end {
                b"\n"
            } else {
                &self.block[self.unread.clone()]
            };
            let (result, read, written, ended) =
                self.core
                    .read_record(input, &mut self.text[text..], &mut self.ends[ends..]);
            let last_read = input.get(read.wrapping_sub(1)).copied();
            (text, ends) = (text + written, ends + ended);
            if !is_at_end {
                self.unread.start += read;
                self.line += self.core.line() - before;
            }
            match result {
                ReadRecordResult::Record if is_at_end => break self.line,
                ReadRecordResult::Record => {
                    self.after_return = last_read == Some(b'\r');
                    self.line += u64::from(self.after_return);
                    break self.line - 1;
                }
                ReadRecordResult::OutputFull => return Err(MalformedCsv::TooLong(first)),
                ReadRecordResult::OutputEndsFull => return Err(MalformedCsv::TooWide(first)),
                _ if is_at_end => return Err(MalformedCsv::OpenQuote(first)),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
            }
        };
        let number = |line| u32::try_from(line).map_err(|_| MalformedCsv::TooManyLines);
        Ok(Some(CsvRecord {
            lines: (number(first)?, number(last)?),
            text: &self.text[..text],
            ends: &self.ends[..ends],
        }))
    }

    /// Skips to the start of a record; returns false if there is none left.
    fn find_record_start(&mut self) -> Result<bool, MalformedCsv> {
        if !self.is_started {
            self.is_started = true;
            while self.unread.len() < BYTE_ORDER_MARK.len() && self.read_more()? {}
            if self.block[self.unread.clone()].starts_with(BYTE_ORDER_MARK) {
                self.unread.start += BYTE_ORDER_MARK.len();
            }
        }
        while self.fill_block()? {
            match self.block[self.unread.start] {
                b'\n' if self.after_return => self.after_return = false,
                byte @ (b'\n' | b'\r') => {
                    self.line += 1;
                    self.after_return = byte == b'\r';
                }
                _ => {
                    self.after_return = false;
                    return Ok(true);
                }
            }
            self.unread.start += 1;
        }
        Ok(false)
    }

    /// Ensures that unread bytes are left; returns false at the end of the file.
    fn fill_block(&mut self) -> Result<bool, MalformedCsv> {
        if !self.unread.is_empty() {
            return Ok(true);
        }
        self.unread = 0..0;
        self.read_more()
    }

    fn read_more(&mut self) -> Result<bool, MalformedCsv> {
        loop {
            match self.from.read(&mut self.block[self.unread.end..]) {
                Ok(read) => {
                    self.unread.end += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(MalformedCsv::Read(error)),
            }
        }
    }
}

impl<'a> CsvRecord<'a> {
    /// The number of fields.
    pub(super) fn field_count(&self) -> usize {
        self.ends.len()
    }

    /// Returns its fields as text, or the index of the first that isn't UTF-8.
    pub(super) fn decode_fields(&self) -> Result<RecordFields<'a>, usize> {
        let is_boundary = |text: &str| self.ends.iter().all(|end| text.is_char_boundary(*end));
        match str::from_utf8(self.text) {
            Ok(text) if text.is_ascii() || is_boundary(text) => Ok(RecordFields {
                text,
                ends: self.ends,
            }),
            _ => Err((0..self.field_count())
                .find(|index| str::from_utf8(self.field_bytes(*index)).is_err())
                .unwrap_or_default()),
        }
    }

    /// Formats the record as closely as possible to its line in the file.
    pub(super) fn format_line(&self, longest: usize) -> String {
        let mut line = String::new();
        for index in 0..self.field_count() {
            let field = String::from_utf8_lossy(self.field_bytes(index));
            line += if index == 0 { "" } else { "," };
            if field.contains([',', '"', '\r', '\n']) {
                line.extend(["\"", &field.replace('"', "\"\""), "\""]);
            } else {
                line += &field;
            }
            if longest < line.len() {
                line.truncate(line.floor_char_boundary(longest));
                return line + "…";
            }
        }
        line
    }

    fn field_bytes(&self, index: usize) -> &'a [u8] {
        &self.text[field_range(self.ends, index)]
    }
}

impl<'a> RecordFields<'a> {
    /// Returns the field, or an empty text if there is no such field.
    pub(super) fn get(&self, index: usize) -> &'a str {
        if self.ends.len() <= index {
            return "";
        }
        &self.text[field_range(self.ends, index)]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a str> {
        (0..self.ends.len()).map(|index| self.get(index))
    }
}

fn field_range(ends: &[usize], index: usize) -> Range<usize> {
    let start = if index == 0 { 0 } else { ends[index - 1] };
    start..ends[index]
}

#[cfg(test)]
mod tests;
