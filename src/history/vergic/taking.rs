//! A spooled file of the export goes into the store: read on a thread of its own, written
//! by the store's.

use std::{
    collections::VecDeque,
    io::{self, Cursor, Read},
    sync::{
        Arc,
        mpsc::{SyncSender, sync_channel},
    },
};

use csv::ByteRecord;

use crate::store::{
    Arriving, Batch, Column, Kind, Piece, SetAside, Store, StoreError, Summary, Table, Taken,
    step_aside,
};

use super::{
    cells::{self, Cell},
    columns::{Mapping, Places},
    dialect::{Dialect, NotCsv},
    layout::Export,
    notes::Notes,
    privacy,
    text::Encoding,
};

/// Rows as they came: the cells in the order of the file's header, as JSON.
pub static ROWS: Table = Table {
    name: "vergic_row",
    columns: &[Column {
        name: "cells",
        kind: Kind::Text,
    }],
};

/// Batches between reading and writing.
const BETWEEN: usize = 4;
/// A batch is handed over when it has so many rows or bytes.
const BATCH_ROWS: usize = 1_000;
const BATCH_BYTES: usize = 512 * 1024;
/// How much is looked at to find how a file is written, in bytes.
const START: usize = 64 * 1024;
/// A row that is longer is none: a quote was not closed.
const LONGEST_ROW: usize = 1024 * 1024;
/// More columns than that are none.
const MOST_COLUMNS: usize = 1_000;
/// How much of a row that is set aside is kept, in bytes.
const KEPT: usize = 4_096;

/// How a file of this source is read.
#[derive(Clone, Debug)]
pub struct Reading {
    pub export: Export,
    pub mapping: Arc<Mapping>,
    /// Whether what may be of visitors is stored.
    pub keep_contacts: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    #[error(transparent)]
    NotCsv(#[from] NotCsv),
    #[error("its header can't be read: it has bytes that are neither UTF-8 nor Windows-1252")]
    Header,
    #[error("its header has more than {MOST_COLUMNS} columns")]
    Wide,
    #[error("it can't be read after line {0}")]
    Broken(u64, #[source] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("couldn't start a thread to read it")]
    Thread(#[source] io::Error),
    #[error("reading it stopped unexpectedly")]
    Ended,
}

/// Takes in a file as a whole, or nothing of it.
pub async fn take_in(
    store: &Store,
    file: impl Read + Send + 'static,
    arriving: Arriving,
    reading: Reading,
) -> Result<Taken, TakeError> {
    let (sender, pieces) = sync_channel(BETWEEN);
    let read = move || read(file, &reading, &sender);
    let ended = step_aside("import", read).map_err(TakeError::Thread)?;
    let taken = store.take_in(arriving, &ROWS, pieces).await;
    // Where the store failed, the reader had nobody to read for any more.
    let read = ended.await.map_err(|_| TakeError::Ended)?;
    match (taken?, read) {
        (Some(taken), _) => Ok(taken),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(TakeError::Ended),
    }
}

/// Reads all of a file, as long as somebody takes what is read.
pub(super) fn read(
    mut file: impl Read,
    reading: &Reading,
    to: &SyncSender<Piece>,
) -> Result<(), TakeError> {
    let broken = |cause| TakeError::Broken(1, cause);
    let mut start = Vec::with_capacity(START);
    let begin = (&mut file).take(START as u64).read_to_end(&mut start);
    begin.map_err(broken)?;
    let dialect = Dialect::of(&start)?;
    let mut rest = Cursor::new(start);
    rest.set_position(dialect.skip as u64);
    let mut records = csv::ReaderBuilder::new()
        .delimiter(dialect.separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(Bounded {
            inner: rest.chain(file),
            left: LONGEST_ROW,
            given: 0,
            ends: VecDeque::new(),
        });
    let mut record = ByteRecord::new();
    let mut encoding = Encoding::default();
    if !next(&mut records, &mut record)? {
        return Err(NotCsv::Empty.into());
    }
    let headers = headers(&record, &mut encoding)?;
    let mut rows = Rows::new(reading, dialect, headers, encoding);
    // Lines that the file's own remark took.
    let before = u64::from(3 < dialect.skip);
    let mut batch = Batch::default();
    while next(&mut records, &mut record)? {
        let line = u32::try_from(line(&mut records, &record) + before).unwrap_or(u32::MAX);
        let aside = |reason| SetAside {
            line,
            reason,
            text: reading.keep_contacts.then(|| as_line(&record, dialect)),
        };
        let told = match rows.keep(&record) {
            Ok(Some(row)) => {
                batch.begin(line);
                batch.text(&row.json);
                row.refused.map(|reason| Piece::Refused(aside(reason)))
            }
            Ok(None) => None,
            Err(reason) => Some(Piece::SetAside(aside(reason))),
        };
        if told.is_some_and(|told| to.send(told).is_err()) {
            return Ok(());
        }
        let is_full = BATCH_ROWS <= batch.rows() || BATCH_BYTES <= batch.size();
        if is_full && to.send(Piece::Rows(std::mem::take(&mut batch))).is_err() {
            return Ok(());
        }
    }
    if 0 < batch.rows() && to.send(Piece::Rows(batch)).is_err() {
        return Ok(());
    }
    // Who does not want it any more knows why.
    to.send(Piece::End(rows.summary())).ok();
    Ok(())
}

fn next<R: Read>(
    records: &mut csv::Reader<Bounded<R>>,
    record: &mut ByteRecord,
) -> Result<bool, TakeError> {
    records.get_mut().left = LONGEST_ROW;
    let line = records.position().line();
    records
        .read_byte_record(record)
        .map_err(|cause| TakeError::Broken(line, cause.into()))
}

/// The line that a record began in, as an editor counts it. The reader's own knows nothing
/// of the second half of CR LF and of empty lines before it.
fn line<R: Read>(records: &mut csv::Reader<Bounded<R>>, record: &ByteRecord) -> u64 {
    let (end, after) = (records.position().byte(), records.position().line());
    let ends = &mut records.get_mut().ends;
    while ends.front().is_some_and(|at| at + 1 < end) {
        ends.pop_front();
    }
    let is_past_its_end = ends.front().is_some_and(|at| at + 1 == end);
    let inside = record.as_slice().iter().filter(|byte| **byte == b'\n');
    after
        .saturating_sub(inside.count() as u64)
        .saturating_sub(u64::from(is_past_its_end))
}

fn headers(record: &ByteRecord, encoding: &mut Encoding) -> Result<Vec<String>, TakeError> {
    let mut headers = Vec::new();
    for cell in record {
        let header = encoding.decode(cell).ok_or(TakeError::Header)?;
        headers.push(header.trim().to_owned());
    }
    // A separator at the end of the line parts nothing.
    while headers.len() > 1 && headers.last().is_some_and(String::is_empty) {
        headers.pop();
    }
    if MOST_COLUMNS < headers.len() {
        return Err(TakeError::Wide);
    }
    Ok(headers)
}

/// A row that is kept.
struct Row {
    json: String,
    /// Why this mapping cannot read it; another one may.
    refused: Option<String>,
}

struct Rows<'r> {
    reading: &'r Reading,
    dialect: Dialect,
    headers: Vec<String>,
    encoding: Encoding,
    /// Where something of ours is, if the configuration speaks of this dataset.
    places: Option<Places>,
    /// Columns that are kept as they are because they are ours.
    mapped: Vec<bool>,
}

impl<'r> Rows<'r> {
    fn new(
        reading: &'r Reading,
        dialect: Dialect,
        headers: Vec<String>,
        encoding: Encoding,
    ) -> Self {
        let columns = reading.mapping.of(&reading.export.dataset);
        let places = columns.map(|columns| Places::find(columns, &headers));
        let is_mapped = |at| places.as_ref().is_some_and(|places| places.has(at));
        Self {
            mapped: (0..headers.len()).map(is_mapped).collect(),
            reading,
            dialect,
            headers,
            encoding,
            places,
        }
    }

    /// What is kept of a row; nothing of an empty one; where it cannot be read, why.
    fn keep(&mut self, record: &ByteRecord) -> Result<Option<Row>, String> {
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
            row.push(Cell::read(text, self.dialect.decimal));
        }
        let places = self.places.as_ref().filter(|places| places.is_whole());
        let read = places.map(|places| places.read(&row, self.reading.export.period));
        let refused = read.and_then(Result::err);
        if !self.reading.keep_contacts {
            for ((cell, header), is_mapped) in row.iter_mut().zip(&self.headers).zip(&self.mapped) {
                if !is_mapped && privacy::is_personal(header, cell) {
                    *cell = Cell::Nothing;
                }
            }
        }
        Ok(Some(Row {
            json: cells::to_json(&row),
            refused,
        }))
    }

    fn summary(self) -> Summary {
        let period = self.reading.export.period;
        let notes = Notes {
            headers: self.headers,
            separator: char::from(self.dialect.separator),
            decimal: self.dialect.decimal.mark(),
            is_windows_1252: self.encoding == Encoding::Windows1252,
        };
        Summary {
            span: Some((period.start, period.end() - 1)),
            covers: Some((period.start, period.end())),
            days: vec![period.day()],
            notes: notes.to_json(),
            contacts: self.reading.keep_contacts,
            ..Summary::default()
        }
    }
}

/// A row as a person can read it, and not more of it than that.
fn as_line(record: &ByteRecord, dialect: Dialect) -> String {
    let cells: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
    let mut line = cells.join(&char::from(dialect.separator).to_string());
    let end = line.floor_char_boundary(KEPT);
    line.truncate(end);
    line
}

/// Ends a file in which a row takes more than its share.
struct Bounded<R> {
    inner: R,
    left: usize,
    /// Bytes so far.
    given: u64,
    /// Where line feeds stand among them, as long as somebody may ask.
    ends: VecDeque<u64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.left = self.left.checked_sub(read).ok_or_else(|| {
            io::Error::other("a row is longer than 1 MiB; a quote may be unclosed")
        })?;
        let feeds = into[..read].iter().zip(self.given..);
        self.ends
            .extend(feeds.filter(|(byte, _)| **byte == b'\n').map(|(_, at)| at));
        self.given += read as u64;
        Ok(read)
    }
}
