//! Plays a file of the input log in place of sources, and serves it like a demo.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;
use tracing::error;

use wallboard_boards::ReplayPeriod;
use wallboard_domain::error_chain;
use wallboard_live::{LiveHandle, codec::LOG_FORMAT};
use wallboard_log::input_log::{self, Playback, RewindError};
use wallboard_store::{self as store, LogFile, ReadLog, StoreError};

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
    pub(super) period: ReplayPeriod,
    /// The site's, for the note on pages.
    pub(super) zone: TimeZone,
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
        let period = ReplayPeriod {
            from: period.from,
            to: period.to,
        };
        let begin = input_log::rewind_to(&log, period.from, forgotten).await?;
        let playback = begin.into_playback(self.speed);
        let zone = playback
            .live()
            .read_snapshot(|snapshot, _| snapshot.site.zone.clone());
        Ok(OpenedReplay {
            playback,
            period,
            zone,
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
