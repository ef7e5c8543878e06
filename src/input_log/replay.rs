//! Replays entries of the log into a live state.

use crate::{
    domain::LogOffset,
    live::{
        LiveState,
        codec::{self, CodecError, LOG_FORMAT},
    },
    store::{InputLog, LogBatch, StoreError},
};

/// Batches read at once.
const BATCHES_PER_READ: usize = 256;

/// How a replay ended.
#[derive(Debug)]
pub(super) enum ReplayEnd {
    /// At the end of the log.
    Complete,
    /// At a batch that can't be read.
    Unreadable(LogBatch, CodecError),
    /// At a batch that doesn't continue the state: entries before it are missing, or a build with
    /// another format wrote it.
    Discontinued(LogBatch),
}

/// Applies all entries from the state's next offset to the end of the log.
pub(super) async fn replay_to_end(
    log: &impl InputLog,
    state: &mut LiveState,
) -> Result<ReplayEnd, StoreError> {
    loop {
        let next = state.next_offset();
        let batches = log.read_batches(next, BATCHES_PER_READ).await?;
        if batches.is_empty() {
            return Ok(ReplayEnd::Complete);
        }
        for batch in batches {
            if state.next_offset() < batch.first || batch.format != LOG_FORMAT {
                return Ok(ReplayEnd::Discontinued(batch));
            }
            if let Err(error) = apply_batch(state, &batch) {
                return Ok(ReplayEnd::Unreadable(batch, error));
            }
        }
    }
}

/// Applies the entries of a batch that the state doesn't have yet.
fn apply_batch(state: &mut LiveState, batch: &LogBatch) -> Result<(), CodecError> {
    let entries = codec::decode_entries(&batch.bytes)?;
    for (offset, entry) in (batch.first.0..).map(LogOffset).zip(&entries) {
        if state.next_offset() == offset {
            state.apply_entry(entry);
        }
    }
    Ok(())
}
