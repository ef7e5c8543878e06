//! Imports a spooled file of the export into the store. One thread reads it, the store's
//! thread writes it, with a few batches queued between them.

use std::{io::Read, sync::mpsc::SyncSender};

use jiff::tz::TimeZone;

use wallboard_domain::SourceId;
use wallboard_store::{
    FileReaderError, FileSummary, ImportPiece, ImportResult, IncomingFile, RowBatch, RowRejection,
    Store, StoreError,
};

use super::{
    affected_days::{self, AffectedDays},
    container::FieldPrivacy,
    erasure::load_internal_numbers,
    export_key::SangomaFile,
    header::{HeaderError, SangomaHeader},
    record_reader::{CsvRecord, MalformedCsv, RecordReader},
    row_groups::RowGroups,
    row_mapper::{ContactPolicy, RowMapper},
    score_check::ScoreCheck,
};

/// How much of a rejected row is stored, in bytes.
const REJECTED_TEXT_BYTES_MAX: usize = 4_096;

/// Options for reading a file of this source.
#[derive(Clone, Debug)]
pub struct SangomaReadOptions {
    pub export: SangomaFile,
    /// The zone of the dates in file names.
    pub zone: TimeZone,
    /// Whether all contact data may be stored.
    pub stores_contacts: bool,
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
    let contacts = contact_policy(store, &incoming.source, &options).await?;
    let table = &options.export.container.table;
    let read = move |sender: &_, _| read_file(file, &options, &contacts, sender);
    store.import_from_reader(incoming, table, read).await
}

/// Returns which contact data may be stored. If not all, and the container has numbers, the
/// center's internal numbers that are as long as callers' ones may be.
async fn contact_policy(
    store: &Store,
    source: &SourceId,
    options: &SangomaReadOptions,
) -> Result<ContactPolicy, StoreError> {
    let mut contacts = ContactPolicy {
        stores_contacts: options.stores_contacts,
        ..ContactPolicy::default()
    };
    let mut fields = options.export.container.fields.iter();
    let has_numbers = fields.any(|field| field.privacy == FieldPrivacy::Number);
    let day = options
        .export
        .date
        .filter(|_| has_numbers && !contacts.stores_contacts);
    let span = day.and_then(|date| affected_days::day_bounds(date, &options.zone));
    let internal_numbers = load_internal_numbers(store, source, span).await?;
    contacts.extensions.extend(internal_numbers);
    Ok(contacts)
}

/// Reads a whole file, as long as its pieces are received.
pub(super) fn read_file(
    file: impl Read,
    options: &SangomaReadOptions,
    contacts: &ContactPolicy,
    sender: &SyncSender<ImportPiece>,
) -> Result<(), SangomaImportError> {
    let container = options.export.container;
    let mut records = RecordReader::new(file);
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
                if let Some((first, last)) = span {
                    days.add_row(first, last);
                }
                if let Some((first, last)) = span.or_else(|| rows.call_range(&batch)) {
                    groups.add_row(record.lines.0, first, last);
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
        if batch.is_full() && !batch.send_rows(sender) {
            return Ok(());
        }
    }
    if batch.send_rows(sender) {
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

fn reject_row(record: &CsvRecord<'_>, reason: &str, contacts: &ContactPolicy) -> RowRejection {
    RowRejection {
        line: record.lines.0,
        reason: reason.to_owned(),
        text: contacts
            .stores_contacts
            .then(|| record.format_line(REJECTED_TEXT_BYTES_MAX)),
    }
}
