//! Imports a file as a whole, together with its ledger entry, or not at all.

use std::{
    io, mem,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use rusqlite::{Connection, TransactionBehavior};

use crate::{
    Store, StoreError,
    database::background_thread::spawn_background,
    people::forgotten::ForgottenPeople,
    rows::{
        facts::{self, FactTable, RowBatch},
        files::{self, FileId, FileSummary, IncomingFile, RowRejection},
    },
};

/// Everyone who was forgotten, if there is somebody.
type Forgotten = Option<Arc<ForgottenPeople>>;

/// Batches queued between the reader and the writer.
const BATCHES_QUEUED_MAX: usize = 4;

/// A piece of a file, in the order of the file; `End` is the last.
#[derive(Debug)]
pub enum ImportPiece {
    Rows(RowBatch),
    Rejected(RowRejection),
    /// A row that is stored, but that the current configuration rejects.
    RejectedByMapping(RowRejection),
    End(FileSummary),
}

/// The result of importing a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportResult {
    pub file: FileId,
    pub rows: u64,
    pub rejected_rows: u64,
    /// Whether it replaced earlier content of the same key.
    pub replaced: bool,
}

/// A reader of a file that ended without a result.
#[derive(Debug, thiserror::Error)]
pub enum FileReaderError {
    #[error("couldn't start a thread to read it")]
    Thread(#[source] io::Error),
    #[error("reading it stopped unexpectedly")]
    Ended,
}

impl RowBatch {
    /// Sends its rows, and empties it. Returns false once the receiver is gone.
    pub fn send_rows(&mut self, sender: &SyncSender<ImportPiece>) -> bool {
        self.row_count() == 0 || sender.send(ImportPiece::Rows(mem::take(self))).is_ok()
    }
}

impl Store {
    /// Imports the pieces that `read` sends from a thread of its own, or nothing of them. `read` also gets
    /// everyone who was forgotten: until it ends, nobody else is.
    pub async fn import_from_reader<E>(
        &self,
        file: IncomingFile,
        table: &'static FactTable,
        read: impl FnOnce(&SyncSender<ImportPiece>, Forgotten) -> Result<(), E> + Send + 'static,
    ) -> Result<ImportResult, E>
    where
        E: From<StoreError> + From<FileReaderError> + Send + 'static,
    {
        let (sender, pieces) = sync_channel(BATCHES_QUEUED_MAX);
        let (announce, forgotten) = sync_channel(1);
        let read = move || match forgotten.recv() {
            Ok(forgotten) => read(&sender, forgotten),
            // The database is at fault.
            Err(_) => Ok(()),
        };
        let reader = spawn_background("import", read).map_err(FileReaderError::Thread)?;
        let import = move |connection: &mut Connection| {
            import_pieces(connection, &file, table, &pieces, |forgotten| {
                announce.send(forgotten).ok();
            })
        };
        let imported = self.write(import).await;
        // A store error comes first: it also stops the reader, whose pieces are dropped.
        let read = reader.await.map_err(|_| FileReaderError::Ended)?;
        match (imported?, read) {
            (Some(imported), _) => Ok(imported),
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(FileReaderError::Ended.into()),
        }
    }

    /// Imports a file as a whole, replacing what the same key brought before. Returns `None`
    /// if `pieces` end without [`ImportPiece::End`]; then nothing has changed. Other writers
    /// wait meanwhile.
    pub async fn import_file(
        &self,
        file: IncomingFile,
        table: &'static FactTable,
        pieces: Receiver<ImportPiece>,
    ) -> Result<Option<ImportResult>, StoreError> {
        self.write(move |connection| import_pieces(connection, &file, table, &pieces, drop))
            .await
    }
}

fn import_pieces(
    connection: &mut Connection,
    file: &IncomingFile,
    table: &FactTable,
    pieces: &Receiver<ImportPiece>,
    begin: impl FnOnce(Forgotten),
) -> rusqlite::Result<Option<ImportResult>> {
    // It reads before it writes: without taking the lock first, it couldn't wait for
    // another process that writes.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let replaced = files::find_by_key(&transaction, &file.source, &file.key)?;
    if let Some(replaced) = &replaced {
        facts::delete_rows(&transaction, table.name, replaced.id)?;
        files::delete_file(&transaction, replaced.id)?;
    }
    let id = files::insert_file(&transaction, file)?;
    let forgotten = ForgottenPeople::load_for_files(&transaction)?.map(Arc::new);
    begin(forgotten.clone());
    let names_anybody = |text: &str| {
        (forgotten.as_ref()).is_some_and(|people| people.are_in_row(&file.source, text))
    };
    let (mut rows, mut rejected, mut rejected_by_mapping) = (0_u64, 0, 0);
    for piece in pieces {
        match piece {
            ImportPiece::Rows(mut batch) => {
                if let Some(forgotten) = &forgotten {
                    forgotten.clear_batch(&file.source, table, &mut batch);
                }
                facts::insert_batch(&transaction, table, id, &batch)?;
                rows += batch.row_count() as u64;
            }
            ImportPiece::Rejected(mut row) => {
                row.text = row.text.filter(|text| !names_anybody(text));
                files::insert_rejection(&transaction, id, &row)?;
                rejected += 1;
            }
            ImportPiece::RejectedByMapping(mut row) => {
                row.text = row.text.filter(|text| !names_anybody(text));
                files::insert_rejection(&transaction, id, &row)?;
                rejected += 1;
                rejected_by_mapping += 1;
            }
            ImportPiece::End(mut summary) => {
                rows = rows.saturating_sub(rejected_by_mapping);
                summary.days.extend(replaced.iter().flat_map(affected_days));
                files::finish_file(&transaction, &file.source, id, rows, rejected, &summary)?;
                transaction.commit()?;
                return Ok(Some(ImportResult {
                    file: id,
                    rows,
                    rejected_rows: rejected,
                    replaced: replaced.is_some(),
                }));
            }
        }
    }
    Ok(None)
}

/// The days that a file's rows lay in, and one on either side: facts related to a row may
/// have counted there.
fn affected_days(file: &files::ImportedFile) -> impl Iterator<Item = i64> + use<> {
    const DAY: i64 = 86_400;
    let span = file
        .span
        .map(|(first, last)| first.div_euclid(DAY) - 1..=last.div_euclid(DAY) + 1);
    span.into_iter().flatten()
}
