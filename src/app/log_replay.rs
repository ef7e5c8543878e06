//! Plays a file of the input log in place of sources, and serves it like a demo.

use std::{path::PathBuf, sync::Arc};

use jiff::{Timestamp, TimestampRound, Unit, Zoned, tz::TimeZone};
use tokio_util::sync::CancellationToken;
use tracing::error;

use wallboard_domain::error_chain;
use wallboard_live::{LiveHandle, codec::LOG_FORMAT};
use wallboard_log::input_log::{self, Playback, RewindError};
use wallboard_store::{self as store, LogFile, LogPeriod, ReadLog, StoreError};

/// A log file to play.
#[derive(Clone, Debug)]
pub struct LogReplay {
    pub file: PathBuf,
    /// How many times faster than it happened.
    pub speed: u32,
}

/// Why a file can't be played.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{} has nothing that this version can play", .0.display())]
    Empty(PathBuf),
    #[error("couldn't play the beginning of the file")]
    Rewind(#[from] RewindError),
}

/// A log file that was opened, at its begin.
#[derive(Debug)]
pub(super) struct OpenedReplay {
    playback: Playback<LogFile>,
    /// The note on pages.
    pub(super) note: Arc<str>,
}

impl LogReplay {
    pub(super) async fn open(&self) -> Result<OpenedReplay, ReplayError> {
        let log = LogFile::open(&self.file)?;
        let period = log.find_period(LOG_FORMAT).await?;
        let period = period.ok_or_else(|| ReplayError::Empty(self.file.clone()))?;
        let forgotten = match store::database_of_log(&self.file) {
            Some(database) => store::load_forgotten(&database).await?,
            None => None,
        };
        let begin = input_log::rewind_to(&log, period.from, forgotten).await?;
        let playback = begin.into_playback(self.speed);
        let zone = playback
            .live()
            .read_snapshot(|snapshot, _| snapshot.site.zone.clone());
        Ok(OpenedReplay {
            note: format_note(period, &zone).into(),
            playback,
        })
    }
}

impl OpenedReplay {
    pub(super) fn live(&self) -> &LiveHandle {
        self.playback.live()
    }

    /// Plays the file. Its end stays on screens, out of date, until `stop`.
    pub(super) async fn play(self, stop: CancellationToken) {
        match stop.run_until_cancelled(self.playback.play_to_end()).await {
            Some(Err(error)) => error!("Couldn't play the file: {}", error_chain(&error)),
            _ => stop.cancelled().await,
        }
    }
}

/// "Replay of 20 Nov 10:42–11:42"
fn format_note(period: LogPeriod, zone: &TimeZone) -> String {
    let [from, to] = [period.from, period.to].map(|at| round_to_minute(at, zone));
    let start = from.strftime("%-d %b %H:%M");
    if from.date() == to.date() {
        format!("Replay of {start}–{}", to.strftime("%H:%M"))
    } else {
        format!("Replay of {start} – {}", to.strftime("%-d %b %H:%M"))
    }
}

fn round_to_minute(at: Timestamp, zone: &TimeZone) -> Zoned {
    let minute = TimestampRound::new().smallest(Unit::Minute);
    at.round(minute).unwrap_or(at).to_zoned(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_has_the_local_times_of_begin_and_end() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let note = |from: &str, to: &str| {
            let [from, to] = [from, to].map(|at| at.parse().unwrap());
            format_note(LogPeriod { from, to }, &oslo)
        };

        assert_eq!(
            note("2026-11-20T09:42:00Z", "2026-11-20T10:41:57Z"),
            "Replay of 20 Nov 10:42–11:42"
        );
        assert_eq!(
            note("2026-11-20T22:30:00Z", "2026-11-20T23:30:00Z"),
            "Replay of 20 Nov 23:30 – 21 Nov 00:30"
        );
    }
}
