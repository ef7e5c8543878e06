//! Exports a slice of the input log to a file, also while the product runs: its log is only read.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::settings::AppSettings;
use wallboard_domain::{MOMENT_HINT, parse_moment};
use wallboard_log::input_log::{self, LogSlice, SliceError};
use wallboard_store::{self as store, LogFile, LogPeriod, NewLogFile, StoreError};

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("--to must be later than --from")]
    EmptyPeriod,
    #[error("{0} {1}: {MOMENT_HINT}")]
    InvalidTime(&'static str, String),
    #[error(
        "there's no log at {} yet; start the server, and see [log] enabled and [store] url",
        .0.display()
    )]
    MissingLog(PathBuf),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Slice(#[from] SliceError),
}

/// Exports the slice of a period, with names as the settings allow. Times without an offset are the
/// site's.
pub async fn export_log(
    settings: &AppSettings,
    [from, to]: [&str; 2],
    target: &Path,
) -> Result<LogSlice, ExportError> {
    let now = Timestamp::now();
    let parse = |option, text: &str| {
        let at = parse_moment(text, &settings.site.zone, now);
        at.ok_or_else(|| ExportError::InvalidTime(option, text.to_owned()))
    };
    let period = LogPeriod {
        from: parse("--from", from)?,
        to: parse("--to", to)?,
    };
    if period.to <= period.from {
        return Err(ExportError::EmptyPeriod);
    }
    let log = LogFile::open(&store::log_path(&settings.store)).map_err(|error| match error {
        StoreError::MissingLog(path) => ExportError::MissingLog(path),
        error => error.into(),
    })?;
    let file = NewLogFile::create(target)?;
    let forgotten = store::load_forgotten(&settings.store).await?;
    let slice = input_log::write_slice(&log, period, &settings.site, forgotten, &file).await?;
    file.finish()?;
    Ok(slice)
}
