//! Which times the files of a vendor cover, and so which are late, missing or incomplete.

mod coverage_gaps;
mod expected_file;
mod missing_files;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::intervals::HOUR;
use wallboard_domain::SourceId;
use wallboard_store::{ImportedFile, StoreError, StoreView};

pub use coverage_gaps::CoverageGaps;
pub use expected_file::ExpectedFile;

/// The days that files cover, by dataset.
pub(crate) type DaysByDataset = BTreeMap<String, BTreeSet<Date>>;

/// The times that a vendor's files cover.
#[derive(Clone, Debug)]
pub enum Coverage {
    /// Every day, in files that come in the night after it.
    Nightly(NightlyRun),
    /// The hours and days of UTC with anything to report, each in its files.
    Active,
}

/// A vendor's nightly run.
#[derive(Clone, Debug)]
pub struct NightlyRun {
    pub zone: TimeZone,
    /// The hour by which it has ended.
    pub end_hour: i8,
    /// The dataset that covers its days: without it there are no call metrics.
    pub calls: &'static str,
}

impl Coverage {
    /// Returns datasets that are missing while others arrive, a sentence each.
    pub(crate) fn missing_files(&self, days: &DaysByDataset, now: Timestamp) -> Vec<String> {
        match self {
            Self::Nightly(run) => missing_files::find_missing(days, run, now),
            Self::Active => Vec::new(),
        }
    }

    /// Returns days with missing calls.
    pub(crate) fn find_gaps(
        &self,
        view: &StoreView<'_>,
        source: &SourceId,
    ) -> Result<CoverageGaps, StoreError> {
        match self {
            Self::Nightly(run) => coverage_gaps::find_gaps(view, source, run),
            Self::Active => Ok(CoverageGaps::default()),
        }
    }

    /// Returns when the file after the newest is due.
    pub(crate) fn next_file(
        &self,
        files: &[ImportedFile],
        days: &DaysByDataset,
    ) -> Option<ExpectedFile> {
        match self {
            Self::Nightly(run) => {
                let newest = days.values().filter_map(BTreeSet::last).max()?;
                expected_file::next_nightly(*newest, run)
            }
            Self::Active => {
                let covers = files.iter().filter_map(|file| file.coverage);
                let hours = covers.filter(|(from, to)| to - from == HOUR);
                expected_file::next_hourly(&hours.map(|(from, _)| from).collect())
            }
        }
    }
}
