//! Which times the files of a vendor cover, and so which are late, missing or incomplete.

mod coverage_gaps;
mod expected_file;
mod missing_files;
mod nightly_run;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::intervals::HOUR;
use wallboard_domain::SourceId;
use wallboard_store::{ImportedFile, StoreError, StoreView};

pub use coverage_gaps::CoverageGaps;
pub use expected_file::ExpectedFile;
pub use missing_files::{DayRanges, MissingFiles};
pub(crate) use nightly_run::DaysByDataset;
pub use nightly_run::NightlyRun;

/// The times that a vendor's files cover.
#[derive(Clone, Debug)]
pub enum Coverage {
    /// Every day, in files that come in the night after it.
    Nightly(NightlyRun),
    /// The hours and days of UTC with anything to report, each in its files.
    Active,
    /// Times to come, in files whenever somebody plans.
    Planned,
}

impl Coverage {
    /// Returns datasets that are missing while others arrive.
    pub(crate) fn missing_files(&self, days: &DaysByDataset, now: Timestamp) -> Vec<MissingFiles> {
        match self {
            Self::Nightly(run) => missing_files::find_missing(days, run, now),
            Self::Active | Self::Planned => Vec::new(),
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
            Self::Active | Self::Planned => Ok(CoverageGaps::default()),
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
            Self::Planned => None,
        }
    }
}
