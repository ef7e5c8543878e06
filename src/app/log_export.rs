//! Exports a slice of the input log to a file, also while the product runs: its log is only read.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::{
    input_log::{self, LogSlice, SliceError},
    settings::AppSettings,
    store::{self, LogFile, LogPeriod, NewLogFile, StoreError},
};

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("--to must be later than --from")]
    EmptyPeriod,
    #[error("there's no such time in this time zone")]
    NoTime,
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

/// A time on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogTime {
    /// In the site's time zone.
    Local(DateTime),
    Exact(Timestamp),
}

impl FromStr for LogTime {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let exact = text.parse().map(Self::Exact);
        let time = exact.or_else(|_| text.parse().map(Self::Local));
        time.map_err(|_| "write it as 2026-11-20T10:42, with an offset if not in the site's zone")
    }
}

impl LogTime {
    fn to_timestamp(self, zone: &TimeZone) -> Result<Timestamp, ExportError> {
        match self {
            Self::Exact(at) => Ok(at),
            Self::Local(at) => {
                let at = zone.to_timestamp(at);
                at.map_err(|_| ExportError::NoTime)
            }
        }
    }
}

/// Exports the slice of a period, with names as the settings allow.
pub async fn export_log(
    settings: &AppSettings,
    (from, to): (LogTime, LogTime),
    target: &Path,
) -> Result<LogSlice, ExportError> {
    let zone = &settings.site.zone;
    let period = LogPeriod {
        from: from.to_timestamp(zone)?,
        to: to.to_timestamp(zone)?,
    };
    if period.to <= period.from {
        return Err(ExportError::EmptyPeriod);
    }
    let log = LogFile::open(&store::log_path(&settings.store)).map_err(|error| match error {
        StoreError::MissingLog(path) => ExportError::MissingLog(path),
        error => error.into(),
    })?;
    let file = NewLogFile::create(target)?;
    let slice = input_log::write_slice(&log, period, &settings.site, &file).await?;
    file.finish()?;
    Ok(slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_local_or_have_an_offset() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        for (text, expected) in [
            ("2026-11-20T10:42", "2026-11-20T09:42:00Z"),
            ("2026-11-20T10:42:07", "2026-11-20T09:42:07Z"),
            ("2026-11-20T10:42Z", "2026-11-20T10:42:00Z"),
            ("2026-11-20T10:42:07-05:00", "2026-11-20T15:42:07Z"),
        ] {
            let time: LogTime = text.parse().unwrap();

            assert_eq!(
                time.to_timestamp(&oslo).unwrap().to_string(),
                expected,
                "{text}"
            );
        }
        for text in ["", "yesterday", "10:42", "2026-11-31T10:42"] {
            assert!(text.parse::<LogTime>().is_err(), "{text}");
        }
    }
}
