//! Imports a spooled file of the export into the store. One thread reads it, the store's
//! thread writes it, with a few batches queued between them.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::SyncSender,
    },
};

use jiff::tz::TimeZone;

use crate::{
    domain::SourceId,
    store::{
        FileReaderError, FileSummary, ImportPiece, ImportResult, IncomingFile, RowBatch,
        RowRejection, Store, StoreError,
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

/// A batch is sent once it has so many rows or bytes.
const BATCH_ROWS_MAX: usize = 1_000;
const BATCH_BYTES_MAX: usize = 512 * 1024;
/// How far around a file's day to search for agents' logins, in seconds.
pub(super) const LOGIN_SEARCH_SECONDS: i64 = 31 * 86_400;
/// How much of a rejected row is stored, in bytes.
const REJECTED_TEXT_BYTES_MAX: usize = 4_096;

/// Options for reading a file of this source.
#[derive(Clone, Debug)]
pub struct SangomaReadOptions {
    pub export: SangomaFile,
    /// The zone of the dates in file names.
    pub zone: TimeZone,
    pub contacts: Arc<ContactPolicy>,
    pub progress: Arc<ReadProgress>,
}

/// The progress of reading a file, for observers.
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
    #[error(transparent)]
    Reader(#[from] FileReaderError),
}

/// Imports a file as a whole, or nothing of it.
pub async fn import_file(
    store: &Store,
    file: impl Read + Send + 'static,
    incoming: IncomingFile,
    options: SangomaReadOptions,
) -> Result<ImportResult, SangomaImportError> {
    let contacts = extend_contact_policy(store, &incoming.source, &options).await?;
    let table = &options.export.container.table;
    let read = move |sender: &_| read_file(file, &options, &contacts, sender);
    store.import_from_reader(incoming, table, read).await
}

/// Adds the center's internal numbers that are as long as callers' ones, if contacts aren't
/// stored and the container has numbers.
async fn extend_contact_policy(
    store: &Store,
    source: &SourceId,
    options: &SangomaReadOptions,
) -> Result<ContactPolicy, StoreError> {
    let mut contacts = ContactPolicy::clone(&options.contacts);
    let mut fields = options.export.container.fields.iter();
    let has_numbers = fields.any(|field| field.privacy == FieldPrivacy::Number);
    let day = options
        .export
        .date
        .filter(|_| has_numbers && !contacts.stores_contacts);
    if let Some((from, to)) = day.and_then(|date| affected_days::day_bounds(date, &options.zone)) {
        let around = from - LOGIN_SEARCH_SECONDS..to + LOGIN_SEARCH_SECONDS;
        let extensions = store
            .long_extensions(source, around, EXTENSION_BYTES_MAX)
            .await?;
        contacts.extensions.extend(extensions);
    }
    Ok(contacts)
}

/// Reads a whole file, as long as its pieces are received.
fn read_file(
    file: impl Read,
    options: &SangomaReadOptions,
    contacts: &ContactPolicy,
    sender: &SyncSender<ImportPiece>,
) -> Result<(), SangomaImportError> {
    let container = options.export.container;
    let mut records = RecordReader::new(CountingReader {
        inner: file,
        progress: &options.progress,
    });
    let header = match records.next_record()? {
        Some(record) => SangomaHeader::from_record(container, &record)?,
        None => return Err(HeaderError::Empty.into()),
    };
    let rows = RowMapper::new(container, &header, contacts);
    let mut days = AffectedDays::new(container, options.export.date, &options.zone);
    let mut groups = RowGroups::default();
    let mut scores = ScoreCheck::new(container);
    let mut batch = RowBatch::default();
    while let Some(record) = records.next_record()? {
        match rows.append_row(&record, &mut batch) {
            Ok(span) => {
                if let Some(span) = span {
                    days.add_row(span);
                }
                if let Some(reach) = span.or_else(|| rows.call_range(&batch)) {
                    groups.add_row(record.lines.0, reach);
                }
                scores.check_row(record.lines.0, &batch);
            }
            Err(reason) => {
                let row = reject_row(&record, &reason, contacts);
                if sender.send(ImportPiece::Rejected(row)).is_err() {
                    return Ok(());
                }
            }
        }
        if (BATCH_ROWS_MAX <= batch.row_count() || BATCH_BYTES_MAX <= batch.size_bytes())
            && !send_batch(&mut batch, options, sender)
        {
            return Ok(());
        }
    }
    if send_batch(&mut batch, options, sender) {
        let mut notes = header.to_notes();
        scores.add_note(&mut notes);
        let summary = FileSummary {
            span: days.time_span(),
            coverage: days.coverage(),
            row_groups: groups.into_groups(days.time_span()),
            notes: serde_json::Value::Object(notes).to_string(),
            days: days.into_marked(),
            has_contacts: contacts.stores_contacts,
        };
        // A receiver that is gone knows why.
        sender.send(ImportPiece::End(summary)).ok();
    }
    Ok(())
}

/// Returns false once the receiver is gone.
fn send_batch(
    batch: &mut RowBatch,
    options: &SangomaReadOptions,
    sender: &SyncSender<ImportPiece>,
) -> bool {
    let rows = batch.row_count() as u64;
    options.progress.rows.fetch_add(rows, Ordering::Relaxed);
    rows == 0
        || sender
            .send(ImportPiece::Rows(std::mem::take(batch)))
            .is_ok()
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
