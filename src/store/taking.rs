//! A file is taken in as a whole, with its place in the ledger, or not at all.

use std::sync::mpsc::Receiver;

use rusqlite::{Connection, TransactionBehavior};

use super::{
    StoreError,
    facts::{self, Batch, Table},
    files::{self, Arriving, FileId, SetAside, Summary},
};

/// What comes of a file, in its order; `End` is the last.
#[derive(Debug)]
pub enum Piece {
    Rows(Batch),
    SetAside(SetAside),
    /// A row that is kept, and means nothing as the configuration is now.
    Refused(SetAside),
    End(Summary),
}

/// What was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub file: FileId,
    pub rows: u64,
    pub set_aside: u64,
    /// The same key had brought other content before.
    pub replaced: bool,
}

/// Takes in what `pieces` bring, in place of what the same key brought before. `None`
/// where they end without an end: then nothing has changed.
pub(super) fn take_in(
    connection: &mut Connection,
    file: &Arriving,
    table: &Table,
    pieces: &Receiver<Piece>,
) -> Result<Option<Taken>, StoreError> {
    let write = StoreError::Write;
    // It reads before it writes: begun without the lock, it could not wait for another
    // process that writes.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(write)?;
    let before = files::find(&transaction, &file.source, &file.key).map_err(write)?;
    if let Some(before) = &before {
        facts::delete(&transaction, table.name, before.id).map_err(write)?;
        files::delete(&transaction, before.id).map_err(write)?;
    }
    let id = files::begin(&transaction, file).map_err(write)?;
    let (mut rows, mut set_aside, mut refused) = (0_u64, 0, 0);
    for piece in pieces {
        match piece {
            Piece::Rows(batch) => {
                facts::insert(&transaction, table, id, &batch).map_err(write)?;
                rows += batch.rows() as u64;
            }
            Piece::SetAside(row) => {
                files::set_aside(&transaction, id, &row).map_err(write)?;
                set_aside += 1;
            }
            Piece::Refused(row) => {
                files::set_aside(&transaction, id, &row).map_err(write)?;
                set_aside += 1;
                refused += 1;
            }
            Piece::End(mut summary) => {
                rows = rows.saturating_sub(refused);
                summary.days.extend(before.iter().flat_map(days));
                files::end(&transaction, &file.source, id, (rows, set_aside), &summary)
                    .map_err(write)?;
                transaction.commit().map_err(write)?;
                return Ok(Some(Taken {
                    file: id,
                    rows,
                    set_aside,
                    replaced: before.is_some(),
                }));
            }
        }
    }
    Ok(None)
}

/// The days that a file's rows lay in, and one on either side: what hangs on a row can
/// have counted there.
fn days(file: &files::TakenFile) -> impl Iterator<Item = i64> + use<> {
    const DAY: i64 = 86_400;
    let span = file
        .span
        .map(|(first, last)| first.div_euclid(DAY) - 1..=last.div_euclid(DAY) + 1);
    span.into_iter().flatten()
}
