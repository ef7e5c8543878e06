//! The live state as it was at a moment: the nearest snapshot, and the entries up to there. From
//! there it can be played.

use std::{convert::Infallible, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::sleep;

use wallboard_domain::{Input, LogEntry, LogOffset, Moment, MonotonicTime, SiteConfig, moment};
use wallboard_live::{LiveHandle, LiveState};
use wallboard_runtime::ingest::ProcessClock;
use wallboard_store::{ForgottenPeople, LogBatch, ReadLog, StoreError};

use super::{
    replay::{LogReader, ReplayEnd},
    snapshots,
};

/// The live state ticks every few seconds. A log without an entry for this long, in milliseconds, has
/// nothing to say about that time. Before the start of a process it never has.
pub(super) const SILENT_AFTER: i64 = 30_000;
/// How often a playback that has reached the end of the log looks for more.
const FOLLOW_INTERVAL: Duration = Duration::from_millis(500);

/// Why there is no state of a moment.
#[derive(Debug, thiserror::Error)]
pub enum RewindError {
    #[error("the log has nothing of that time")]
    NotInLog,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The state of a moment, and the log after it.
#[derive(Debug)]
pub struct RewoundState<L> {
    state: LiveState,
    at: Moment,
    reader: LogReader<L>,
}

/// A past that continues in a live state of its own.
#[derive(Debug)]
pub struct Playback<L> {
    live: LiveHandle,
    reader: LogReader<L>,
    /// When the last entry was applied.
    last: MonotonicTime,
    /// Everything is marked as out of date, because the log says nothing.
    is_silent: bool,
    /// The configuration whose privacy settings apply, whatever they were then.
    present: Option<Arc<SiteConfig>>,
}

/// Rewinds to a moment, without people who were `forgotten` since. What the log doesn't know about it is
/// marked as out of date.
pub async fn rewind_to<L: ReadLog>(
    log: &L,
    at: Timestamp,
    forgotten: Option<Arc<ForgottenPeople>>,
) -> Result<RewoundState<L>, RewindError> {
    let (mut state, reader, end) = load_at(log, at, forgotten).await?;
    let is_cut = !matches!(end, ReplayEnd::Complete | ReplayEnd::TooLate);
    let last = state.last_input_at().ok_or(RewindError::NotInLog)?;
    let silence = moment::millis_between(last.wall, at).max(0);
    let now = Moment {
        wall: at,
        monotonic: last.monotonic.plus_millis(silence),
    };
    let was_stopped = reader.peek().is_some_and(LogEntry::begins_process);
    if is_cut || was_stopped || SILENT_AFTER < silence {
        mark_silent(&mut state, now);
    }
    Ok(RewoundState {
        state,
        at: now,
        reader,
    })
}

/// Loads the state of a moment, and returns how its replay ended.
pub(super) async fn load_at<L: ReadLog>(
    log: &L,
    at: Timestamp,
    forgotten: Option<Arc<ForgottenPeople>>,
) -> Result<(LiveState, LogReader<L>, ReplayEnd), StoreError> {
    let mut state = snapshots::load_newest(log, at).await?;
    let mut reader = LogReader::without(log.clone(), forgotten, &mut state);
    let is_due = |entry: &LogEntry| entry.applied_at().wall <= at;
    let end = reader.replay_while(&mut state, is_due).await?;
    Ok((state, reader, end))
}

/// Loads the state that the log continues from although entries after `next` are missing, or those of
/// `batch` can't be read.
pub(super) async fn load_after_gap(
    log: &impl ReadLog,
    next: LogOffset,
    batch: &LogBatch,
) -> Result<Option<LiveState>, StoreError> {
    let beyond = batch.first.max(LogOffset(next.0 + 1));
    snapshots::load_oldest(log, beyond).await
}

impl<L: ReadLog> RewoundState<L> {
    pub fn state(&self) -> &LiveState {
        &self.state
    }

    /// Makes a live state of it, in which time passes `speed` times faster than now; with 0, it
    /// doesn't pass.
    pub fn into_playback(self, speed: u32) -> Playback<L> {
        let clock = ProcessClock::replay_from(self.at, speed);
        Playback {
            last: self.at.monotonic,
            is_silent: false,
            present: None,
            live: LiveHandle::new(clock, self.state),
            reader: self.reader,
        }
    }
}

impl<L: ReadLog> Playback<L> {
    /// Keeps to the privacy settings of the present, whatever they were then.
    #[must_use]
    pub fn with_privacy_of(self, present: Arc<SiteConfig>) -> Self {
        self.live.replay(|state| state.adopt_privacy(&present));
        Self {
            present: Some(present),
            ..self
        }
    }

    pub fn live(&self) -> &LiveHandle {
        &self.live
    }

    /// Applies entries when they are due. Once the present is reached, follows it.
    pub async fn play(mut self) -> Result<Infallible, RewindError> {
        loop {
            self.play_entries().await?;
            let now = self.live.now();
            let silent_at = self.last.plus_millis(SILENT_AFTER);
            self.mark_silence(silent_at, now.monotonic).await;
            sleep(FOLLOW_INTERVAL).await;
        }
    }

    /// Applies the entries of a log that doesn't grow when they are due. After the last one, marks
    /// everything as out of date.
    pub async fn play_to_end(mut self) -> Result<(), RewindError> {
        self.play_entries().await?;
        let silent_at = self.last.plus_millis(SILENT_AFTER);
        self.mark_silence(silent_at, silent_at).await;
        Ok(())
    }

    /// Applies all entries that the log has, when they are due. Marks everything as out of date if
    /// it can't be read.
    async fn play_entries(&mut self) -> Result<(), RewindError> {
        let played = self.apply_entries().await;
        if played.is_err() {
            self.mark_silent();
        }
        played
    }

    async fn apply_entries(&mut self) -> Result<(), RewindError> {
        loop {
            let goes_on = match self.reader.read_ahead().await? {
                None => self.play_entry().await,
                Some(ReplayEnd::Complete | ReplayEnd::TooLate) => false,
                Some(ReplayEnd::Unreadable(batch, _) | ReplayEnd::Discontinued(batch)) => {
                    self.resume_after(&batch).await?
                }
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    async fn play_entry(&mut self) -> bool {
        let Some(next) = self.reader.peek() else {
            return false;
        };
        let due = next.applied_at().monotonic;
        let silent_after = if next.begins_process() {
            0
        } else {
            SILENT_AFTER
        };
        let silent_at = self.last.plus_millis(silent_after);
        self.mark_silence(silent_at, due).await;
        self.wait_until(due).await;
        if let Some(entry) = self.reader.skip() {
            self.change_state(|state| {
                state.apply_entry(&entry);
            });
            self.last = due;
            self.is_silent = false;
        }
        true
    }

    /// Continues after entries that are missing, from the snapshot that the log continued from. Returns
    /// `false` if there is none.
    async fn resume_after(&mut self, batch: &LogBatch) -> Result<bool, RewindError> {
        self.mark_silent();
        let next = self.live.read_state(LiveState::next_offset);
        let Some(mut resumed) = load_after_gap(self.reader.log(), next, batch).await? else {
            return Ok(false);
        };
        let now = self.live.now();
        let resumed_at = resumed.last_input_at().map_or(now.wall, |last| last.wall);
        let missing = moment::millis_between(now.wall, resumed_at).max(0);
        let due = now.monotonic.plus_millis(missing);
        self.wait_until(due).await;
        self.reader.continue_from(&mut resumed);
        self.change_state(|state| *state = resumed);
        self.last = due;
        self.is_silent = false;
        Ok(true)
    }

    fn change_state(&self, change: impl FnOnce(&mut LiveState)) {
        self.live.replay(|state| {
            change(state);
            if let Some(present) = &self.present {
                state.adopt_privacy(present);
            }
        });
    }

    /// Marks everything as out of date from `silent_at` on, if nothing is known until `next`.
    async fn mark_silence(&mut self, silent_at: MonotonicTime, next: MonotonicTime) {
        if self.is_silent || next < silent_at {
            return;
        }
        self.wait_until(silent_at).await;
        self.mark_silent();
    }

    fn mark_silent(&mut self) {
        let now = self.live.now();
        self.live.replay(|state| mark_silent(state, now));
        self.is_silent = true;
    }

    async fn wait_until(&self, due: MonotonicTime) {
        match self.live.time_until(due) {
            Some(Duration::ZERO) => {}
            Some(wait) => sleep(wait).await,
            None => std::future::pending().await,
        }
    }
}

/// Disconnects all sources, as a stop of the product would have.
pub fn mark_silent(state: &mut LiveState, now: Moment) {
    let stopped = Input::Started {
        is_log_complete: true,
        term: None,
    };
    state.apply_input(&stopped, now);
}
