//! Brings the live state back from the log: the newest snapshot, and the entries after it.

use jiff::Timestamp;
use tracing::{info, warn};

use wallboard_domain::{LogOffset, error_chain};
use wallboard_live::LiveState;
use wallboard_store::{InputLog, StoreError};

use super::{
    replay::{self, ReplayEnd},
    snapshots,
};

/// The live state of the last run.
#[derive(Debug, Default)]
pub struct RestoredState {
    pub state: LiveState,
    /// Nothing that the upstream considers delivered is missing.
    pub is_complete: bool,
}

/// Restores the state. What can't be read is left out, and said.
pub async fn restore_state(log: &impl InputLog) -> Result<RestoredState, StoreError> {
    let noted_end = log.noted_end();
    let mut is_complete = noted_end.is_some();
    let mut state = snapshots::load_newest(log, Timestamp::MAX).await?;
    let from = state.next_offset();
    loop {
        match replay::replay_to_end(log, &mut state).await? {
            ReplayEnd::Complete | ReplayEnd::TooLate => break,
            ReplayEnd::Unreadable(batch, error) => {
                warn!(
                    entry.offset = batch.first.0,
                    "The log is unreadable from {} on and was cut there: {}",
                    batch.received_at,
                    error_chain(&error)
                );
                is_complete = false;
                log.cut(batch.first).await?;
            }
            ReplayEnd::Discontinued(batch) => {
                // Later entries can't be applied to this state. A snapshot would have covered the gap.
                warn!(
                    entry.offset = batch.first.0,
                    "The log from {} on doesn't continue what could be read and was skipped",
                    batch.received_at
                );
                is_complete = false;
                state.skip_to(end_of_log(log, batch.next()).await?);
            }
        }
    }
    if let Some(end) = noted_end
        && is_complete
        && state.next_offset() < end
    {
        // The database drops a damaged end without a word.
        warn!(
            entries = end.0 - state.next_offset().0,
            "The log's newest entries are gone: its file is damaged, or older than the file next to it"
        );
        is_complete = false;
    }
    if !is_complete {
        log.mark_interrupted();
        if let Some(last) = state.last_input_at() {
            warn!(
                "What happened after {} may be missing. Sources that report single contacts have a gap in their day",
                last.wall
            );
        }
    }
    if let Some(last) = state.last_input_at() {
        info!(
            entries = state.next_offset().0.saturating_sub(from.0),
            is_complete, "Restored the state of {}", last.wall
        );
    }
    Ok(RestoredState { state, is_complete })
}

/// Returns the offset after the last batch.
async fn end_of_log(log: &impl InputLog, mut next: LogOffset) -> Result<LogOffset, StoreError> {
    while let Some(batch) = log.read_batches(next, 1_000).await?.last() {
        next = batch.next();
    }
    Ok(next)
}
