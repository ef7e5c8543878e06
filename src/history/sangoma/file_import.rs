//! A spooled file of the export goes into the store: read on a thread of its own, written
//! by the store's, with a few batches between them.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
};

use jiff::tz::TimeZone;

use crate::{
    domain::SourceId,
    store::{
        FileSummary, ImportPiece, ImportResult, IncomingFile, RowBatch, RowRejection, Store,
        StoreError, spawn_background,
    },
};

use super::{
    affected_days::{self, AffectedDays},
    container::FieldPrivacy,
    export_key::SangomaFile,
    header::{HeaderError, SangomaHeader},
    record_reader::{CsvRecord, MalformedCsv, RecordReader},
    row_groups::RowGroups,
    row_mapper::{ContactPolicy, EXTENSION_BYTES_MAX, RowMapper},
    score_check::ScoreCheck,
};

/// Batches between reading and writing.
const BATCHES_QUEUED_MAX: usize = 4;
/// A batch is handed over when it has so many rows or bytes.
const BATCH_ROWS_MAX: usize = 1_000;
const BATCH_BYTES_MAX: usize = 512 * 1024;
/// How far around a file's day agents are looked for who were logged in, in seconds.
pub(super) const LOGIN_SEARCH_SECONDS: i64 = 31 * 86_400;
/// How much of a row that is set aside is kept, in bytes.
const REJECTED_TEXT_BYTES_MAX: usize = 4_096;

/// How a file of this source is read.
#[derive(Clone, Debug)]
pub struct SangomaReadOptions {
    pub export: SangomaFile,
    /// Of the dates in file names.
    pub zone: TimeZone,
    pub contacts: Arc<ContactPolicy>,
    pub progress: Arc<ReadProgress>,
}

/// How far reading has come, for whoever watches.
#[derive(Debug, Default)]
pub struct ReadProgress {
    pub bytes: AtomicU64,
    pub rows: AtomicU64,
}

#[derive(Debug, thiserror::Error)]
pub enum SangomaImportError {
    #[error(transparent)]
    Header(#[from] HeaderError),
    #[error(transparent)]
    Malformed(#[from] MalformedCsv),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("couldn't start a thread to read it")]
    Thread(#[source] io::Error),
    #[error("reading it stopped unexpectedly")]
    Ended,
}

/// Takes in a file as a whole, or nothing of it.
pub async fn import_file(
    store: &Store,
    file: impl Read + Send + 'static,
    arriving: IncomingFile,
    reading: SangomaReadOptions,
) -> Result<ImportResult, SangomaImportError> {
    let contacts = extend_contact_policy(store, &arriving.source, &reading).await?;
    let (sender, pieces) = sync_channel(BATCHES_QUEUED_MAX);
    let table = &reading.export.container.table;
    let read = move || read_file(file, &reading, &contacts, &sender);
    let ended = spawn_background("import", read).map_err(SangomaImportError::Thread)?;
    let taken = store.import_file(arriving, table, pieces).await;
    // Where the store failed, the reader had nobody to read for any more.
    let read = ended.await.map_err(|_| SangomaImportError::Ended)?;
    match (taken?, read) {
        (Some(taken), _) => Ok(taken),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(SangomaImportError::Ended),
    }
}

/// With the centre's own numbers that are as long as anybody's, where numbers are not
/// kept and these will be needed.
async fn extend_contact_policy(
    store: &Store,
    source: &SourceId,
    reading: &SangomaReadOptions,
) -> Result<ContactPolicy, StoreError> {
    let mut contacts = ContactPolicy::clone(&reading.contacts);
    let mut fields = reading.export.container.fields.iter();
    let has_numbers = fields.any(|field| field.privacy == FieldPrivacy::Number);
    let day = reading
        .export
        .date
        .filter(|_| has_numbers && !contacts.stores_contacts);
    if let Some((from, to)) = day.and_then(|date| affected_days::day_bounds(date, &reading.zone)) {
        let around = from - LOGIN_SEARCH_SECONDS..to + LOGIN_SEARCH_SECONDS;
        let extensions = store
            .long_extensions(source, around, EXTENSION_BYTES_MAX)
            .await?;
        contacts.extensions.extend(extensions);
    }
    Ok(contacts)
}

/// Reads all of a file, as long as somebody takes what is read.
fn read_file(
    file: impl Read,
    reading: &SangomaReadOptions,
    contacts: &ContactPolicy,
    to: &SyncSender<ImportPiece>,
) -> Result<(), SangomaImportError> {
    let container = reading.export.container;
    let mut records = RecordReader::new(CountingReader {
        inner: file,
        progress: &reading.progress,
    });
    let header = match records.next_record()? {
        Some(record) => SangomaHeader::from_record(container, &record)?,
        None => return Err(HeaderError::Empty.into()),
    };
    let rows = RowMapper::new(container, &header, contacts);
    let mut days = AffectedDays::new(container, reading.export.date, &reading.zone);
    let mut stretches = RowGroups::default();
    let mut scores = ScoreCheck::new(container);
    let mut batch = RowBatch::default();
    while let Some(record) = records.next_record()? {
        match rows.append_row(&record, &mut batch) {
            Ok(span) => {
                if let Some(span) = span {
                    days.add_row(span);
                }
                if let Some(reach) = span.or_else(|| rows.call_range(&batch)) {
                    stretches.add_row(record.lines.0, reach);
                }
                scores.check_row(record.lines.0, &batch);
            }
            Err(reason) => {
                let row = reject_row(&record, &reason, contacts);
                if to.send(ImportPiece::Rejected(row)).is_err() {
                    return Ok(());
                }
            }
        }
        if (BATCH_ROWS_MAX <= batch.row_count() || BATCH_BYTES_MAX <= batch.size_bytes())
            && !send_batch(&mut batch, reading, to)
        {
            return Ok(());
        }
    }
    if send_batch(&mut batch, reading, to) {
        let mut notes = header.to_notes();
        scores.add_note(&mut notes);
        let summary = FileSummary {
            span: days.time_span(),
            coverage: days.coverage(),
            row_groups: stretches.into_groups(days.time_span()),
            notes: serde_json::Value::Object(notes).to_string(),
            days: days.into_marked(),
            has_contacts: contacts.stores_contacts,
        };
        // Who does not want it any more knows why.
        to.send(ImportPiece::End(summary)).ok();
    }
    Ok(())
}

/// False where nobody takes it any more.
fn send_batch(
    batch: &mut RowBatch,
    reading: &SangomaReadOptions,
    to: &SyncSender<ImportPiece>,
) -> bool {
    let rows = batch.row_count() as u64;
    reading.progress.rows.fetch_add(rows, Ordering::Relaxed);
    rows == 0 || to.send(ImportPiece::Rows(std::mem::take(batch))).is_ok()
}

fn reject_row(record: &CsvRecord<'_>, reason: &str, contacts: &ContactPolicy) -> RowRejection {
    RowRejection {
        line: record.lines.0,
        reason: reason.to_owned(),
        text: contacts
            .stores_contacts
            .then(|| record.format_line(REJECTED_TEXT_BYTES_MAX)),
    }
}

struct CountingReader<'a, R> {
    inner: R,
    progress: &'a ReadProgress,
}

impl<R: Read> Read for CountingReader<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.progress
            .bytes
            .fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
