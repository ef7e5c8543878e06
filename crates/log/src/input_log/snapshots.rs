//! Makes snapshots from the log itself, never from the live state: nothing live waits for it, and
//! each one proves replay again. Also compacts the log, and keeps it within its limits.

use std::{io, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::{
    runtime::Handle,
    sync::{oneshot, watch},
    task::JoinError,
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use wallboard_domain::{LogOffset, LogPosition, error_chain, moment};
use wallboard_live::{
    LiveState,
    codec::{self, CodecError, LOG_FORMAT},
};
use wallboard_store::{self as store, InputLog, LogLimits, LogSnapshot, ReadLog, StoreError};

use super::{
    LogStatus, compaction,
    replay::{self, ReplayEnd},
};

/// Any moment is at most about this many inputs from a snapshot.
const INPUTS_BETWEEN: u64 = 25_000;
/// How often the end of the log is looked at.
const INTERVAL: Duration = Duration::from_secs(10);
/// Looks per trim.
const LOOKS_PER_TRIM: u32 = 6;

/// How much of the log is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogRetention {
    pub age: Duration,
    /// In bytes.
    pub size: u64,
}

/// Why there is no new snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the snapshot of the live state {0}")]
    Codec(#[from] CodecError),
    #[error("the disk doesn't respond")]
    TooSlow,
    #[error("the snapshot of the live state failed because of a bug")]
    Failed(#[from] JoinError),
}

/// Starts the thread that makes snapshots and trims, until `stop`. It has a low priority. The
/// runtime must outlive it: wait for the receiver before it ends.
pub fn keep_snapshots<L: InputLog>(
    log: L,
    status: watch::Sender<LogStatus>,
    retention: LogRetention,
    stop: CancellationToken,
) -> io::Result<oneshot::Receiver<()>> {
    let runtime = Handle::current();
    let run = move || {
        runtime.block_on(stop.run_until_cancelled(run(log, status, retention)));
    };
    store::spawn_background("log snapshots", run)
}

async fn run<L: InputLog>(log: L, status: watch::Sender<LogStatus>, retention: LogRetention) {
    // The first one comes soon after the start, or a process that restarts often would have none.
    let mut due_at = 1;
    loop {
        let age = SignedDuration::try_from(retention.age).unwrap_or(SignedDuration::MAX);
        let limits = LogLimits {
            oldest: Timestamp::now()
                .saturating_sub(age)
                .unwrap_or(Timestamp::MIN),
            size: retention.size,
        };
        match log.trim(limits).await {
            Ok(size) => status.send_modify(|status| status.size = size),
            Err(error) => warn!("Couldn't trim the log: {}", error_chain(&error)),
        }
        for _ in 0..LOOKS_PER_TRIM {
            sleep(INTERVAL).await;
            let due = {
                let status = status.borrow();
                let is_due = due_at <= status.inputs && status.interrupted_since.is_none();
                is_due.then_some(status.inputs)
            };
            let Some(inputs) = due else { continue };
            match make_snapshot(&log).await {
                Ok(_) => due_at = inputs + INPUTS_BETWEEN,
                Err(error) => warn!(
                    "Couldn't make a snapshot of the log: {}",
                    error_chain(&error)
                ),
            }
        }
    }
}

/// Replays what came since the newest snapshot, stores the next one, and compacts the entries between
/// them. Returns the entry that follows it.
pub(super) async fn make_snapshot(log: &impl InputLog) -> Result<LogOffset, SnapshotError> {
    let _held = log.hold_entries().await;
    let mut state = load_newest(log, Timestamp::MAX).await?;
    let from = state.next_offset();
    let end = replay::replay_to_end(log, &mut state).await?;
    let next = state.next_offset();
    if next != from && matches!(end, ReplayEnd::Complete) {
        let snapshot = take_snapshot(&state)?;
        drop(state);
        log.put_snapshot(snapshot).await?;
        if let Err(error) = compaction::compact_batches(log, from..next).await {
            warn!("Couldn't compact the log: {}", error_chain(&error));
        }
    }
    Ok(next)
}

/// Makes a snapshot of the end of a log, without storing it. Returns it with its position.
pub async fn load_snapshot_of_end(
    log: &impl ReadLog,
) -> Result<(LogPosition, LogSnapshot), SnapshotError> {
    let mut state = load_newest(log, Timestamp::MAX).await?;
    replay::replay_to_end(log, &mut state).await?;
    Ok((state.position(), take_snapshot(&state)?))
}

/// Loads the newest snapshot up to a time that can be read, or an empty state.
pub(super) async fn load_newest(
    log: &impl ReadLog,
    mut until: Timestamp,
) -> Result<LiveState, StoreError> {
    while let Some(snapshot) = log.find_snapshot(LOG_FORMAT, until).await? {
        if let Some(state) = decode_snapshot(&snapshot) {
            return Ok(state);
        }
        until = moment::plus_millis(snapshot.taken_at, -1);
    }
    Ok(LiveState::default())
}

/// Loads the oldest snapshot from an offset on that can be read.
pub(super) async fn load_oldest(
    log: &impl ReadLog,
    mut from: LogOffset,
) -> Result<Option<LiveState>, StoreError> {
    while let Some(snapshot) = log.find_snapshot_from(LOG_FORMAT, from).await? {
        if let Some(state) = decode_snapshot(&snapshot) {
            return Ok(Some(state));
        }
        from = LogOffset(snapshot.next.0 + 1);
    }
    Ok(None)
}

/// Decodes a snapshot, or says why it is skipped.
fn decode_snapshot(snapshot: &LogSnapshot) -> Option<LiveState> {
    codec::decode_state(&snapshot.bytes)
        .inspect_err(|error| {
            warn!(
                entry.offset = snapshot.next.0,
                "Skipped the log's snapshot of {}: {}",
                snapshot.taken_at,
                error_chain(error)
            );
        })
        .ok()
}

/// Takes a snapshot of a state. Its time is that of the last input.
pub fn take_snapshot(state: &LiveState) -> Result<LogSnapshot, CodecError> {
    let last = state.last_input_at();
    Ok(LogSnapshot {
        next: state.next_offset(),
        taken_at: last.map_or(Timestamp::MIN, |last| last.wall),
        format: LOG_FORMAT,
        bytes: codec::encode_state(state)?,
    })
}
