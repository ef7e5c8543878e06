//! The live state as it was at a moment: the nearest snapshot, and the entries up to there. From
//! there it can be played.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::sleep;

use crate::{
    domain::{Input, LogEntry, Moment, MonotonicTime, SiteConfig, moment},
    ingest::ProcessClock,
    live::{LiveHandle, LiveState},
    store::{InputLog, StoreError},
};

use super::{
    replay::{LogReader, ReplayEnd},
    snapshots,
};

/// The live state ticks every few seconds. A log without an entry for this long, in milliseconds, has
/// nothing to say about that time.
const SILENT_AFTER: i64 = 30_000;
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

/// A past that goes on in a live state of its own.
#[derive(Debug)]
pub struct Playback<L> {
    log: L,
    live: LiveHandle,
    reader: LogReader<L>,
    /// When the last entry was applied.
    last: MonotonicTime,
    /// Everything is marked as out of date, because the log says nothing.
    is_silent: bool,
    /// Whom it hides and how it shows names, whatever the configuration was then.
    present: Option<Arc<SiteConfig>>,
}

/// Rewinds to a moment. What the log doesn't know about it is marked as out of date.
pub async fn rewind_to<L: InputLog>(
    log: &L,
    at: Timestamp,
) -> Result<RewoundState<L>, RewindError> {
    let mut state = snapshots::load_newest(log, at).await?;
    let mut reader = LogReader::starting_at(log.clone(), state.next_offset());
    let is_due = |entry: &LogEntry| applied_at(entry).wall <= at;
    let end = reader.replay_while(&mut state, is_due).await?;
    let is_cut = !matches!(end, ReplayEnd::Complete | ReplayEnd::TooLate);
    let last = state.last_input_at().ok_or(RewindError::NotInLog)?;
    let silence = moment::millis_between(last.wall, at).max(0);
    let now = Moment {
        wall: at,
        monotonic: last.monotonic.plus_millis(silence),
    };
    if is_cut || SILENT_AFTER < silence {
        mark_silent(&mut state, now);
    }
    Ok(RewoundState {
        state,
        at: now,
        reader,
    })
}

impl<L: InputLog> RewoundState<L> {
    pub fn state(&self) -> &LiveState {
        &self.state
    }

    /// Makes a live state of it, in which time passes `speed` times faster than now; with 0, it
    /// doesn't pass.
    pub fn into_playback(self, log: L, speed: u32) -> Playback<L> {
        let clock = ProcessClock::replay_from(self.at, speed);
        Playback {
            log,
            last: self.at.monotonic,
            is_silent: false,
            present: None,
            live: LiveHandle::new(clock, self.state),
            reader: self.reader,
        }
    }
}

impl<L: InputLog> Playback<L> {
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

    /// Applies entries when they are due, until the present is reached.
    pub async fn play(mut self) -> Result<(), RewindError> {
        loop {
            match self.reader.read_ahead().await? {
                None => self.play_entry().await,
                Some(ReplayEnd::Complete | ReplayEnd::TooLate) => {
                    if Timestamp::now() <= self.live.now().wall {
                        return Ok(());
                    }
                    let later = self.live.now().monotonic;
                    self.mark_silence(later).await;
                    sleep(FOLLOW_INTERVAL).await;
                }
                Some(ReplayEnd::Unreadable(batch, _) | ReplayEnd::Discontinued(batch)) => {
                    self.resume_at(batch.received_at).await?;
                }
            }
        }
    }

    async fn play_entry(&mut self) {
        let Some(due) = self.reader.peek().map(|entry| applied_at(entry).monotonic) else {
            return;
        };
        self.mark_silence(due).await;
        self.wait_until(due).await;
        if let Some(entry) = self.reader.skip() {
            self.change_state(|state| {
                state.apply_entry(&entry);
            });
            self.last = due;
            self.is_silent = false;
        }
    }

    /// Goes on after entries that are missing, from the snapshot that the log went on from.
    async fn resume_at(&mut self, resumed_at: Timestamp) -> Result<(), RewindError> {
        let now = self.live.now();
        let missing = moment::millis_between(now.wall, resumed_at).max(0);
        let due = now.monotonic.plus_millis(missing);
        self.mark_silent();
        self.wait_until(due).await;
        let resumed = rewind_to(&self.log, resumed_at).await?;
        self.change_state(|state| *state = resumed.state);
        self.reader = resumed.reader;
        self.last = due;
        self.is_silent = false;
        Ok(())
    }

    fn change_state(&self, change: impl FnOnce(&mut LiveState)) {
        self.live.replay(|state| {
            change(state);
            if let Some(present) = &self.present {
                state.adopt_privacy(present);
            }
        });
    }

    /// Marks everything as out of date if nothing is known until `next`.
    async fn mark_silence(&mut self, next: MonotonicTime) {
        let silent_at = self.last.plus_millis(SILENT_AFTER);
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

/// When an entry was applied.
fn applied_at(entry: &LogEntry) -> Moment {
    entry.received_at.plus_millis(entry.delay_ms)
}

/// Disconnects all sources, as a stop of the product would have.
fn mark_silent(state: &mut LiveState, now: Moment) {
    let stopped = Input::Started {
        is_log_complete: true,
    };
    state.apply_input(&stopped, now);
}
