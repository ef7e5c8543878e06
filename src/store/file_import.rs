//! A file is taken in as a whole, with its place in the ledger, or not at all.

use std::sync::mpsc::Receiver;

use rusqlite::{Connection, TransactionBehavior};

use super::{
    StoreError,
    facts::{self, FactTable, RowBatch},
    files::{self, FileId, FileSummary, IncomingFile, RowRejection},
};

/// What comes of a file, in its order; `End` is the last.
#[derive(Debug)]
pub enum ImportPiece {
    Rows(RowBatch),
    Rejected(RowRejection),
    /// A row that is kept, and means nothing as the configuration is now.
    RejectedByMapping(RowRejection),
    End(FileSummary),
}

/// What was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportResult {
    pub file: FileId,
    pub rows: u64,
    pub rejected_rows: u64,
    /// The same key had brought other content before.
    pub replaced: bool,
}

/// Takes in what `pieces` bring, in place of what the same key brought before. `None`
/// where they end without an end: then nothing has changed.
pub(super) fn import_file(
    connection: &mut Connection,
    file: &IncomingFile,
    table: &FactTable,
    pieces: &Receiver<ImportPiece>,
) -> Result<Option<ImportResult>, StoreError> {
    let write = StoreError::Write;
    // It reads before it writes: begun without the lock, it could not wait for another
    // process that writes.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(write)?;
    let before = files::find_by_key(&transaction, &file.source, &file.key).map_err(write)?;
    if let Some(before) = &before {
        facts::delete_rows(&transaction, table.name, before.id).map_err(write)?;
        files::delete_file(&transaction, before.id).map_err(write)?;
    }
    let id = files::insert_file(&transaction, file).map_err(write)?;
    let (mut rows, mut set_aside, mut refused) = (0_u64, 0, 0);
    for piece in pieces {
        match piece {
            ImportPiece::Rows(batch) => {
                facts::insert_batch(&transaction, table, id, &batch).map_err(write)?;
                rows += batch.row_count() as u64;
            }
            ImportPiece::Rejected(row) => {
                files::insert_rejection(&transaction, id, &row).map_err(write)?;
                set_aside += 1;
            }
            ImportPiece::RejectedByMapping(row) => {
                files::insert_rejection(&transaction, id, &row).map_err(write)?;
                set_aside += 1;
                refused += 1;
            }
            ImportPiece::End(mut summary) => {
                rows = rows.saturating_sub(refused);
                summary.days.extend(before.iter().flat_map(affected_days));
                files::finish_file(&transaction, &file.source, id, (rows, set_aside), &summary)
                    .map_err(write)?;
                transaction.commit().map_err(write)?;
                return Ok(Some(ImportResult {
                    file: id,
                    rows,
                    rejected_rows: set_aside,
                    replaced: before.is_some(),
                }));
            }
        }
    }
    Ok(None)
}

/// The days that a file's rows lay in, and one on either side: what hangs on a row can
/// have counted there.
fn affected_days(file: &files::ImportedFile) -> impl Iterator<Item = i64> + use<> {
    const DAY: i64 = 86_400;
    let span = file
        .span
        .map(|(first, last)| first.div_euclid(DAY) - 1..=last.div_euclid(DAY) + 1);
    span.into_iter().flatten()
}
