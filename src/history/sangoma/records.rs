//! The records of a CSV file (RFC 4180), one at a time, in memory of a fixed size, each
//! with the line that an editor shows for it.

use std::{
    io::{self, Read},
    ops::Range,
    str,
};

use csv_core::ReadRecordResult;

/// How much is read at once, in bytes.
const BLOCK: usize = 256 * 1024;
/// The longest record, in bytes without its quotes. What is longer has lost a quote.
const LONGEST: usize = 1024 * 1024;
const MOST_COLUMNS: usize = 10_000;
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Why nothing of a file can be used from some line on.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
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

/// Reads records out of a file.
pub(super) struct Records<R> {
    from: R,
    block: Box<[u8]>,
    /// What of the block is read and not yet used.
    left: Range<usize>,
    core: csv_core::Reader,
    text: Box<[u8]>,
    ends: Box<[usize]>,
    /// Of the next byte, from 1.
    line: u64,
    /// The last byte was a carriage return: a line feed belongs to the same line break.
    after_return: bool,
    begun: bool,
}

/// One record: its text without quotes, field after field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    /// Where it begins, and where it ends: line breaks may stand in its fields.
    pub(super) lines: (u32, u32),
    text: &'a [u8],
    ends: &'a [usize],
}

/// A record all of whose fields are UTF-8.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    text: &'a str,
    ends: &'a [usize],
}

impl<R: Read> Records<R> {
    pub(super) fn new(from: R) -> Self {
        let mut core = csv_core::Reader::new();
        // An empty line is nothing, and after it the reader takes no byte-order mark away:
        // it would do so only where a block happens to begin with it.
        core.read_record(b"\n", &mut [0], &mut [0]);
        Self {
            from,
            block: vec![0; BLOCK].into(),
            left: 0..0,
            core,
            text: vec![0; LONGEST].into(),
            ends: vec![0; MOST_COLUMNS].into(),
            line: 1,
            after_return: false,
            begun: false,
        }
    }

    /// The next record; empty lines are none.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Broken> {
        if !self.find_begin()? {
            return Ok(None);
        }
        let first = self.line;
        let (mut text, mut ends) = (0, 0);
        let last = loop {
            let is_over = !self.fill()?;
            let before = self.core.line();
            // Where the file ends, a line break ends the record, unless a quote is open.
            let input = if is_over {
                b"\n"
            } else {
                &self.block[self.left.clone()]
            };
            let (result, read, written, ended) =
                self.core
                    .read_record(input, &mut self.text[text..], &mut self.ends[ends..]);
            let last_read = input.get(read.wrapping_sub(1)).copied();
            (text, ends) = (text + written, ends + ended);
            if !is_over {
                self.left.start += read;
                self.line += self.core.line() - before;
            }
            match result {
                ReadRecordResult::Record if is_over => break self.line,
                ReadRecordResult::Record => {
                    self.after_return = last_read == Some(b'\r');
                    self.line += u64::from(self.after_return);
                    break self.line - 1;
                }
                ReadRecordResult::OutputFull => return Err(Broken::TooLong(first)),
                ReadRecordResult::OutputEndsFull => return Err(Broken::TooWide(first)),
                _ if is_over => return Err(Broken::OpenQuote(first)),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
            }
        };
        let number = |line| u32::try_from(line).map_err(|_| Broken::TooManyLines);
        Ok(Some(Record {
            lines: (number(first)?, number(last)?),
            text: &self.text[..text],
            ends: &self.ends[..ends],
        }))
    }

    /// Goes to where a record begins; false where there is none any more.
    fn find_begin(&mut self) -> Result<bool, Broken> {
        if !self.begun {
            self.begun = true;
            while self.left.len() < MARK.len() && self.read_more()? {}
            if self.block[self.left.clone()].starts_with(MARK) {
                self.left.start += MARK.len();
            }
        }
        while self.fill()? {
            match self.block[self.left.start] {
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
            self.left.start += 1;
        }
        Ok(false)
    }

    /// Sees to it that something is left; false at the end of the file.
    fn fill(&mut self) -> Result<bool, Broken> {
        if !self.left.is_empty() {
            return Ok(true);
        }
        self.left = 0..0;
        self.read_more()
    }

    fn read_more(&mut self) -> Result<bool, Broken> {
        loop {
            match self.from.read(&mut self.block[self.left.end..]) {
                Ok(read) => {
                    self.left.end += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Broken::Read(error)),
            }
        }
    }
}

impl<'a> Record<'a> {
    /// How many fields it has.
    pub(super) fn width(&self) -> usize {
        self.ends.len()
    }

    /// Its fields as text, or the place of the first that is not UTF-8.
    pub(super) fn fields(&self) -> Result<Fields<'a>, usize> {
        let is_boundary = |text: &str| self.ends.iter().all(|end| text.is_char_boundary(*end));
        match str::from_utf8(self.text) {
            Ok(text) if text.is_ascii() || is_boundary(text) => Ok(Fields {
                text,
                ends: self.ends,
            }),
            _ => Err((0..self.width())
                .find(|place| str::from_utf8(self.bytes(*place)).is_err())
                .unwrap_or_default()),
        }
    }

    /// As near as can be to how it stands in the file.
    pub(super) fn as_line(&self, longest: usize) -> String {
        let mut line = String::new();
        for place in 0..self.width() {
            let field = String::from_utf8_lossy(self.bytes(place));
            line += if place == 0 { "" } else { "," };
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

    fn bytes(&self, place: usize) -> &'a [u8] {
        &self.text[range(self.ends, place)]
    }
}

impl<'a> Fields<'a> {
    /// Empty where there is no such field.
    pub(super) fn get(&self, place: usize) -> &'a str {
        if self.ends.len() <= place {
            return "";
        }
        &self.text[range(self.ends, place)]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a str> {
        (0..self.ends.len()).map(|place| self.get(place))
    }
}

fn range(ends: &[usize], place: usize) -> Range<usize> {
    let start = if place == 0 { 0 } else { ends[place - 1] };
    start..ends[place]
}

#[cfg(test)]
mod tests;
