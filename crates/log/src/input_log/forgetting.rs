//! Takes a person out of the log of a database that nobody uses meanwhile.

use std::path::Path;

use wallboard_live::{
    AgentForgetter,
    codec::{CodecError, LOG_FORMAT},
};
use wallboard_store::{ExclusiveLog, ForgettingError, LogContent, StoreError};

/// Why a person is still in the log. Nothing in it has changed.
#[derive(Debug, thiserror::Error)]
pub enum LogForgettingError {
    #[error(transparent)]
    Open(#[from] ForgettingError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a part of it was written by another version of Wallboard")]
    OtherFormat,
    #[error("a part of the log {0}")]
    Codec(#[from] CodecError),
}

/// Takes agents out of the log next to `database`, and returns how many entries had them; `None` if
/// there's no log.
pub fn forget_in_log(
    database: &Path,
    forgetter: &AgentForgetter,
) -> Result<Option<u64>, LogForgettingError> {
    let Some(mut log) = ExclusiveLog::open(database)? else {
        return Ok(None);
    };
    if log.has_other_format(LOG_FORMAT)? {
        return Err(LogForgettingError::OtherFormat);
    }
    let mut count = 0;
    log.rewrite(LOG_FORMAT, |content, bytes| match content {
        LogContent::Entries => {
            let changed = forgetter.forget_entries(bytes)?;
            Ok::<_, LogForgettingError>(changed.map(|(bytes, entries)| {
                count += entries;
                bytes
            }))
        }
        LogContent::Snapshot => Ok(forgetter.forget_state(bytes)?),
    })?;
    log.finish()?;
    Ok(Some(count))
}
