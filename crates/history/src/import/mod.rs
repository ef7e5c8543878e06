//! Imports: lists, downloads and imports a source's files and computes their figures, each file
//! only once, for the command and for the job in the product alike.

mod configuration;
mod download_queue;
mod file_failures;
mod file_import;
mod import_request;
mod importer;
#[cfg(test)]
mod importer_tests;
mod job;
pub(super) mod lock;
mod messages;
mod plan;
mod probe;
mod registry;
mod remote;
mod stability;
mod status;
mod utf8_reader;

use std::{io::ErrorKind, time::Duration};

use jiff::{SignedDuration, Timestamp, civil::Date};

use wallboard_domain::{SourceId, error_chain};
use wallboard_store::{ImportedFile, StoreError, StoreView};

pub use crate::fetch::{FileLocation, LocationName, SshPublicKey};
use crate::{
    coverage::{CoverageGaps, DaysByDataset, ExpectedFile, MissingFiles},
    vendors::ExportVendor,
};
pub use import_request::ImportRequest;
pub use importer::{ImportError, Importer};
pub use job::run_imports;
pub use messages::{describe_nothing_found, describe_outcome, group_digits};
pub use plan::FileIdentity;
pub use probe::{ImportProbe, load_gaps, load_public_key, probe_source};
pub use registry::ImportRegistry;
pub(crate) use remote::FolderErrors;
pub use remote::{ListingScope, RemoteContents, RemoteSource};
pub use status::{
    ColumnNotes, FileReasons, FileState, ImportFailure, ImportOutcome, ImportPhase, ImportProgress,
    ImportStatus, ImportTotals, ScoreSummary,
};

const READ_ONLY_MESSAGE: &str = "the database is on a read-only file system: mount it writable, or choose another path in [store]; nothing was stored in part, and the next run continues from there";

/// A configured source of files.
#[derive(Clone, Debug, PartialEq)]
pub struct FileSource {
    pub id: SourceId,
    pub vendor: ExportVendor,
    pub location: FileLocation,
    /// Time from the start of one run to that of the next.
    pub interval: Duration,
    /// The period that the first import goes back.
    pub history: Duration,
    /// A file is complete when it hasn't changed for this long.
    pub stability_period: Duration,
    /// Older calls aren't stored, so their files aren't imported.
    pub retention: Duration,
}

impl FileSource {
    /// Returns its status before the first run.
    pub fn initial_status(&self) -> ImportStatus {
        ImportStatus::new(self, Timestamp::now())
    }

    /// Returns the days that its files cover.
    fn covered_days<'k>(&self, keys: impl Iterator<Item = &'k str>) -> DaysByDataset {
        let mut days = DaysByDataset::new();
        for key in keys {
            if let FileIdentity::Export {
                dataset,
                day: Some(day),
            } = self.vendor.identify_file(key)
            {
                days.entry(dataset).or_default().insert(day);
            }
        }
        days
    }

    /// Returns the files of `keys` that are missing while others arrive.
    fn missing_files<'k>(
        &self,
        keys: impl Iterator<Item = &'k str>,
        now: Timestamp,
    ) -> Vec<MissingFiles> {
        let coverage = self.vendor.coverage();
        coverage.missing_files(&self.covered_days(keys), now)
    }

    /// Returns days with missing calls.
    fn find_gaps(&self, view: &StoreView<'_>) -> Result<CoverageGaps, StoreError> {
        self.vendor.coverage().find_gaps(view, &self.id)
    }

    /// Returns when the file after the newest is due.
    fn next_file(&self, files: &[ImportedFile]) -> Option<ExpectedFile> {
        let days = self.covered_days(files.iter().map(|file| &*file.key));
        self.vendor.coverage().next_file(files, &days)
    }
}

impl ImportError {
    /// Whether only a person can fix it.
    pub fn needs_intervention(&self) -> bool {
        match self {
            Self::Remote(error) => !error.is_transient(),
            Self::MissingRoot(_) | Self::Lock(_) => true,
            Self::Busy | Self::Store(_) | Self::Stopped => false,
        }
    }

    /// The delay that the remote side requests before the next run.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Remote(error) => error.retry_after(),
            _ => None,
        }
    }

    /// Returns a sentence with its causes, for people.
    pub fn to_sentence(&self) -> String {
        match self {
            Self::Store(error) if error.is_disk_full() => {
                "the database disk is full: free up space; nothing was stored in part, and the next run continues from there"
                    .to_owned()
            }
            Self::Store(error) if error.is_read_only() => READ_ONLY_MESSAGE.to_owned(),
            Self::Lock(cause) if cause.kind() == ErrorKind::ReadOnlyFilesystem => {
                READ_ONLY_MESSAGE.to_owned()
            }
            error => error_chain(error),
        }
    }
}

/// Returns the first day whose calls are still stored.
pub fn first_retained_day(today: Date, retention: Duration) -> Date {
    days_before(today, retention)
}

fn days_before(today: Date, span: Duration) -> Date {
    let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
    today.checked_sub(span).unwrap_or(Date::MIN)
}
