//! The status of a source of files, as pages, the API and the progress bar show it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    coverage::{CoverageGaps, ExpectedFile, MissingFiles},
    intervals::DAY,
};
use wallboard_domain::{SourceHealth, SourceKind};
use wallboard_store::ImportedFile;

use super::{FileSource, LocationName, SshPublicKey};

/// Files listed by name; more are counted.
const LISTED_FILES_MAX: usize = 20;

/// The current status, published through a `watch` channel, an import's only output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportStatus {
    pub kind: SourceKind,
    /// Where its files are, without secrets.
    pub location: LocationName,
    /// The files that are looked for: "tenant 1234".
    pub scope: String,
    pub phase: ImportPhase,
    /// When the state last changed.
    pub since: Timestamp,
    /// When the last run ended, however it ended.
    pub last_run: Option<Timestamp>,
    /// When the last run ended that reached the remote side.
    pub last_contact: Option<Timestamp>,
    pub next_run: Option<Timestamp>,
    /// The reason why the last run couldn't reach the remote side, or store files.
    pub failure: Option<ImportFailure>,
    /// Failed runs since the start.
    pub failures: u64,
    /// The outcome of the last run that reached the remote side.
    pub outcome: ImportOutcome,
    /// The totals of all runs ever.
    pub totals: ImportTotals,
    /// End reasons without a configured meaning, with the number of calls in the last weeks; the
    /// most frequent first.
    pub unknown_end_reasons: Vec<(String, u64)>,
    /// The progress of the current run.
    pub progress: ImportProgress,
    pub expected_file: Option<ExpectedFile>,
    /// Our public key, if we sign in with one that can be read.
    pub public_key: Option<SshPublicKey>,
    /// Parts of the configuration that don't fit the files, a sentence each.
    pub findings: Vec<String>,
    /// Files that are missing while others arrive.
    pub missing: Vec<MissingFiles>,
    /// Days with missing calls.
    pub gaps: CoverageGaps,
    /// Datasets with their unmapped headers.
    pub unmapped: Vec<(String, Vec<String>)>,
}

/// A failed run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportFailure {
    pub at: Timestamp,
    /// A sentence without secrets.
    pub reason: String,
    /// Whether only a person can fix it.
    pub needs_intervention: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportPhase {
    #[default]
    Idle,
    /// Another import of this source runs, in this process or another.
    Waiting,
    Listing,
    Importing,
    /// Waits for files that are still being written.
    Stabilizing,
    Computing,
}

/// The progress of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    pub files: u64,
    pub files_done: u64,
    pub bytes: u64,
    pub bytes_done: u64,
    pub rows: u64,
    pub days: u64,
    pub days_done: u64,
}

/// The outcome of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Listed files of the requested tenant or root.
    pub found: u64,
    /// Files already imported, by their tag.
    pub known: u64,
    /// Files outside the requested days.
    pub outside_window: u64,
    pub imported: u64,
    /// Imported files with new content under a known key.
    pub replaced: u64,
    /// Files with another tag and the same content.
    pub retagged: u64,
    pub rows: u64,
    /// Rejected rows of the imported files.
    pub rejected_rows: u64,
    /// Files to retry in the next run.
    pub deferred: FileReasons,
    /// Those of them, and folders, that the remote side failed to deliver. The others are still
    /// being written.
    pub undelivered: u64,
    /// The longest delay that the remote side requests before those are read again.
    pub retry_after: Option<Duration>,
    /// Files that couldn't be imported, and folders that couldn't be listed.
    pub failed: FileReasons,
    /// Other tenants whose files were found.
    pub tenants: BTreeSet<u64>,
    /// Unknown containers and folders.
    pub unknown: BTreeSet<String>,
    /// Containers that were imported before and no longer exist.
    pub removed: BTreeSet<String>,
    /// Days whose intervals were computed.
    pub days: u64,
}

/// Files and reasons; only the first are listed by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReasons {
    pub count: u64,
    pub reasons: BTreeMap<String, String>,
}

impl FileReasons {
    pub(super) fn add_file(&mut self, key: &str, why: String) {
        self.count += 1;
        if self.reasons.len() < LISTED_FILES_MAX {
            self.reasons.insert(key.to_owned(), why);
        }
    }
}

/// The totals of a source, over all its runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportTotals {
    pub files: u64,
    pub rows: u64,
    pub rejected_rows: u64,
    /// Those of them in files imported within the last day.
    pub rejected_rows_recent: u64,
    pub last_imported: Option<Timestamp>,
    /// Unusual columns of each dataset's newest file.
    pub columns: BTreeMap<String, ColumnNotes>,
    pub scores: ScoreSummary,
}

/// Survey scores outside their scale: they count as no answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScoreSummary {
    pub count: u64,
    /// File, line and field of some scores, the newest files first.
    pub examples: Vec<(String, u32, String)>,
}

/// The unknown columns of a file, and those that it lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ColumnNotes {
    #[serde(default)]
    pub extra: Vec<String>,
    #[serde(default)]
    pub missing: Vec<String>,
}

impl ImportTotals {
    pub(crate) fn from_files(files: &[ImportedFile], now: Timestamp) -> Self {
        let is_recent = |file: &&ImportedFile| now.as_second() - DAY < file.imported_at;
        let rejected = |file: &ImportedFile| file.rejected_rows;
        let last = files.iter().map(|file| file.imported_at).max();
        Self {
            files: files.len() as u64,
            rows: files.iter().map(|file| file.rows).sum(),
            rejected_rows: files.iter().map(rejected).sum(),
            rejected_rows_recent: files.iter().filter(is_recent).map(rejected).sum(),
            last_imported: last.and_then(|at| Timestamp::from_second(at).ok()),
            columns: summarize_columns(files),
            scores: summarize_scores(files),
        }
    }
}

fn summarize_scores(files: &[ImportedFile]) -> ScoreSummary {
    #[derive(Deserialize)]
    struct ScoreNotes {
        scores: Option<NotedScores>,
    }
    #[derive(Deserialize)]
    struct NotedScores {
        count: u64,
        lines: Vec<(u32, String)>,
    }
    let noted = files.iter().filter_map(|file| {
        let notes: ScoreNotes = serde_json::from_str(&file.notes).ok()?;
        Some((file, notes.scores?))
    });
    let mut noted: Vec<_> = noted.collect();
    noted.sort_by_key(|(file, _)| Reverse(file.span));
    let examples = noted.iter().flat_map(|(file, scores)| {
        let lines = scores.lines.iter();
        lines.map(|(line, field)| (file.key.clone(), *line, field.clone()))
    });
    ScoreSummary {
        count: noted.iter().map(|(_, scores)| scores.count).sum(),
        examples: examples.take(LISTED_FILES_MAX).collect(),
    }
}

fn summarize_columns(files: &[ImportedFile]) -> BTreeMap<String, ColumnNotes> {
    let mut newest: BTreeMap<&str, &ImportedFile> = BTreeMap::new();
    for file in files {
        let known = newest.entry(&file.dataset).or_insert(file);
        if (known.imported_at, known.id) < (file.imported_at, file.id) {
            *known = file;
        }
    }
    let notes = newest.into_iter().filter_map(|(dataset, file)| {
        // Skips notes that a newer version wrote and this one can't read.
        let columns: ColumnNotes = serde_json::from_str(&file.notes).ok()?;
        (columns != ColumnNotes::default()).then(|| (dataset.to_owned(), columns))
    });
    notes.collect()
}

/// Whether a source's next file is here in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    Expected,
    /// It was due at that time.
    Late(Timestamp),
    Unknown,
}

impl ImportStatus {
    pub(super) fn new(source: &FileSource, now: Timestamp) -> Self {
        Self {
            kind: source.vendor.kind(),
            location: source.location.name(),
            scope: source.vendor.scope(),
            phase: ImportPhase::Idle,
            since: now,
            last_run: None,
            last_contact: None,
            next_run: None,
            failure: None,
            failures: 0,
            totals: ImportTotals::default(),
            outcome: ImportOutcome::default(),
            unknown_end_reasons: Vec::new(),
            progress: ImportProgress::default(),
            expected_file: None,
            public_key: None,
            findings: Vec::new(),
            missing: Vec::new(),
            gaps: CoverageGaps::default(),
            unmapped: Vec::new(),
        }
    }

    pub fn state(&self, now: Timestamp) -> SourceHealth {
        match (&self.failure, self.last_contact) {
            (Some(_), _) => SourceHealth::Down,
            (None, None) => SourceHealth::Connecting,
            (None, Some(_))
                if self.is_overdue(now)
                    || !self.findings.is_empty()
                    || !self.missing.is_empty()
                    || self.gaps.has_recent()
                    || 0 < self.totals.rejected_rows_recent
                    || !self.outcome.is_healthy() =>
            {
                SourceHealth::Degraded
            }
            (None, Some(_)) => SourceHealth::Live,
        }
    }

    /// Returns missing files and days that lack calls.
    pub fn missing_deliveries(&self) -> Vec<MissingFiles> {
        let gaps = self.gaps.list_missing();
        self.missing.iter().cloned().chain(gaps).collect()
    }

    /// Whether the next file was missing an hour after it was due. Between two runs, nobody knows.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let looked_at = self.last_contact.map_or(now, |contact| contact.min(now));
        self.expected_file
            .as_ref()
            .is_some_and(|due| due.is_late(looked_at))
    }
}

impl ImportStatus {
    pub(super) fn file_state(&self, now: Timestamp) -> FileState {
        match &self.expected_file {
            Some(due) if self.is_overdue(now) => FileState::Late(due.at),
            // Its files aren't listed yet.
            None if self.last_contact.is_none() => FileState::Unknown,
            _ => FileState::Expected,
        }
    }
}

impl ImportPhase {
    /// Whether the current run has reached the remote side.
    pub fn has_listed(self) -> bool {
        match self {
            Self::Idle | Self::Waiting | Self::Listing => false,
            Self::Importing | Self::Stabilizing | Self::Computing => true,
        }
    }
}

impl ImportOutcome {
    /// Whether nothing needs attention.
    fn is_healthy(&self) -> bool {
        0 < self.found && self.failed.count == 0 && self.undelivered == 0 && self.unknown.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use std::{path::PathBuf, time::Duration};

    use super::*;
    use crate::{
        ExportVendor,
        import::{FileLocation, FileSource},
        vergic::VergicSettings,
    };

    #[test]
    fn a_file_is_late_once_a_run_after_its_time_has_not_found_it() {
        let due: Timestamp = "2026-11-28T03:00:00Z".parse().unwrap();
        let after = |minutes| due + SignedDuration::from_mins(minutes);
        let source = FileSource {
            id: "vergic".into(),
            vendor: ExportVendor::Vergic(VergicSettings::default()),
            location: FileLocation::Folder {
                path: PathBuf::new(),
                display_name: "folder".to_owned(),
            },
            interval: Duration::from_hours(24),
            history: Duration::ZERO,
            stability_period: Duration::ZERO,
            retention: Duration::ZERO,
        };
        let status = |ran_at| ImportStatus {
            last_contact: Some(ran_at),
            expected_file: Some(ExpectedFile {
                at: due,
                period: "2026-11-28 02:00 UTC".to_owned(),
            }),
            ..ImportStatus::new(&source, ran_at)
        };

        // The next run is tomorrow.
        let not_looked_for = status(after(-1));
        assert_eq!(not_looked_for.file_state(after(600)), FileState::Expected);
        let not_found = status(after(61));
        assert_eq!(not_found.file_state(after(61)), FileState::Late(due));
    }
}
