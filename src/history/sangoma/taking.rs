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
    store::{Arriving, Batch, Piece, SetAside, Store, StoreError, Summary, Taken, step_aside},
};

use super::{
    container::Privacy,
    days::{self, Days},
    header::{BadHeader, Header},
    key::Export,
    records::{Broken, Record, Records},
    rows::{Contacts, EXTENSION, Rows},
    scores::Scores,
    stretches::Stretches,
};

/// Batches between reading and writing.
const BETWEEN: usize = 4;
/// A batch is handed over when it has so many rows or bytes.
const ROWS: usize = 1_000;
const BYTES: usize = 512 * 1024;
/// How far around a file's day agents are looked for who were logged in, in seconds.
pub(super) const LOGINS: i64 = 31 * 86_400;
/// How much of a row that is set aside is kept, in bytes.
const KEPT: usize = 4_096;

/// How a file of this source is read.
#[derive(Clone, Debug)]
pub struct Reading {
    pub export: Export,
    /// Of the dates in file names.
    pub zone: TimeZone,
    pub contacts: Arc<Contacts>,
    pub progress: Arc<Progress>,
}

/// How far reading has come, for whoever watches.
#[derive(Debug, Default)]
pub struct Progress {
    pub bytes: AtomicU64,
    pub rows: AtomicU64,
}

#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    #[error(transparent)]
    Header(#[from] BadHeader),
    #[error(transparent)]
    Broken(#[from] Broken),
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
    let contacts = with_extensions(store, &arriving.source, &reading).await?;
    let (sender, pieces) = sync_channel(BETWEEN);
    let table = &reading.export.container.table;
    let read = move || read(file, &reading, &contacts, &sender);
    let ended = step_aside("import", read).map_err(TakeError::Thread)?;
    let taken = store.take_in(arriving, table, pieces).await;
    // Where the store failed, the reader had nobody to read for any more.
    let read = ended.await.map_err(|_| TakeError::Ended)?;
    match (taken?, read) {
        (Some(taken), _) => Ok(taken),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(TakeError::Ended),
    }
}

/// With the centre's own numbers that are as long as anybody's, where numbers are not
/// kept and these will be needed.
async fn with_extensions(
    store: &Store,
    source: &SourceId,
    reading: &Reading,
) -> Result<Contacts, StoreError> {
    let mut contacts = Contacts::clone(&reading.contacts);
    let mut fields = reading.export.container.fields.iter();
    let has_numbers = fields.any(|field| field.privacy == Privacy::Number);
    let day = reading
        .export
        .date
        .filter(|_| has_numbers && !contacts.keep);
    if let Some((from, to)) = day.and_then(|date| days::bounds(date, &reading.zone)) {
        let around = from - LOGINS..to + LOGINS;
        let extensions = store.extensions(source, around, EXTENSION).await?;
        contacts.extensions.extend(extensions);
    }
    Ok(contacts)
}

/// Reads all of a file, as long as somebody takes what is read.
fn read(
    file: impl Read,
    reading: &Reading,
    contacts: &Contacts,
    to: &SyncSender<Piece>,
) -> Result<(), TakeError> {
    let container = reading.export.container;
    let mut records = Records::new(Counted {
        inner: file,
        progress: &reading.progress,
    });
    let header = match records.next()? {
        Some(record) => Header::read(container, &record)?,
        None => return Err(BadHeader::Empty.into()),
    };
    let rows = Rows::new(container, &header, contacts);
    let mut days = Days::new(container, reading.export.date, &reading.zone);
    let mut stretches = Stretches::default();
    let mut scores = Scores::new(container);
    let mut batch = Batch::default();
    while let Some(record) = records.next()? {
        match rows.take(&record, &mut batch) {
            Ok(span) => {
                if let Some(span) = span {
                    days.add(span);
                }
                if let Some(reach) = span.or_else(|| rows.call(&batch)) {
                    stretches.add(record.lines.0, reach);
                }
                scores.look(record.lines.0, &batch);
            }
            Err(reason) => {
                let row = set_aside(&record, &reason, contacts);
                if to.send(Piece::SetAside(row)).is_err() {
                    return Ok(());
                }
            }
        }
        if (ROWS <= batch.rows() || BYTES <= batch.size()) && !hand_over(&mut batch, reading, to) {
            return Ok(());
        }
    }
    if hand_over(&mut batch, reading, to) {
        let mut notes = header.notes();
        scores.note(&mut notes);
        let summary = Summary {
            span: days.span(),
            covers: days.covers(),
            stretches: stretches.of(days.span()),
            notes: serde_json::Value::Object(notes).to_string(),
            days: days.into_marked(),
            contacts: contacts.keep,
        };
        // Who does not want it any more knows why.
        to.send(Piece::End(summary)).ok();
    }
    Ok(())
}

/// False where nobody takes it any more.
fn hand_over(batch: &mut Batch, reading: &Reading, to: &SyncSender<Piece>) -> bool {
    let rows = batch.rows() as u64;
    reading.progress.rows.fetch_add(rows, Ordering::Relaxed);
    rows == 0 || to.send(Piece::Rows(std::mem::take(batch))).is_ok()
}

fn set_aside(record: &Record<'_>, reason: &str, contacts: &Contacts) -> SetAside {
    SetAside {
        line: record.lines.0,
        reason: reason.to_owned(),
        text: contacts.keep.then(|| record.as_line(KEPT)),
    }
}

struct Counted<'a, R> {
    inner: R,
    progress: &'a Progress,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.progress
            .bytes
            .fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
