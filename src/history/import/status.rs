//! How a source of files is: what pages, the API and the progress bar tell of it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::Timestamp;
use serde::Deserialize;

use crate::{domain::SourceKind, history::sangoma::CoverageGaps, store::ImportedFile};

use super::{FileLocation, FileSource, SshPublicKey, describe_scope, expected_file::ExpectedFile};

/// Files that are named one by one; more are counted.
const LISTED_FILES_MAX: usize = 20;

/// As it is now. A `watch` of it is the only way out of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportStatus {
    /// `sangoma-export`, `vergic-export`.
    pub kind: SourceKind,
    /// Where its files are, without secrets.
    pub location: String,
    /// Whose files are looked for: "tenant 1234".
    pub scope: String,
    pub phase: ImportPhase,
    /// Since when the last run went as it did.
    pub since: Timestamp,
    /// When the last run ended, however it ended.
    pub last_run: Option<Timestamp>,
    /// When the last run ended that saw the far side.
    pub last_contact: Option<Timestamp>,
    pub next_run: Option<Timestamp>,
    /// Why the last run could not see the far side, or store what came.
    pub failure: Option<ImportFailure>,
    /// Runs since the start that did not come to their end.
    pub failures: u64,
    /// Of the last run that saw the far side.
    pub outcome: ImportOutcome,
    /// Of all runs ever.
    pub totals: ImportTotals,
    /// What calls ended by that nobody has said the meaning of, and how many did in the
    /// last weeks; the most frequent first.
    pub unknown_end_reasons: Vec<(String, u64)>,
    /// Of the run that goes on.
    pub progress: ImportProgress,
    pub expected_file: Option<ExpectedFile>,
    /// Our own public key, where we sign in with one that can be read.
    pub public_key: Option<SshPublicKey>,
    /// What of the configuration does not fit the files that came, a sentence each.
    pub findings: Vec<String>,
    /// Files that stay away while others come, a sentence each.
    pub missing: Vec<String>,
    /// Days of which not all calls came.
    pub gaps: CoverageGaps,
    /// Datasets with the headers that no mapping speaks of.
    pub unmapped: Vec<(String, Vec<String>)>,
}

/// A run that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportFailure {
    pub at: Timestamp,
    /// A sentence without secrets.
    pub reason: String,
    /// Only a person can mend it.
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
    /// Files are there that are still being written.
    Stabilizing,
    Computing,
}

/// How far a run is.
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

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Files of the tenant or root asked for, in the listing.
    pub found: u64,
    /// Were known already, by their tag.
    pub known: u64,
    /// Are older than what is asked for, or newer.
    pub outside: u64,
    pub imported: u64,
    /// Of those taken, brought other content under a known key.
    pub replaced: u64,
    /// Had another tag and the same content.
    pub retagged: u64,
    pub rows: u64,
    /// Rows that were set aside of the files taken.
    pub rejected_rows: u64,
    /// Will be tried again in the next run.
    pub not_yet: FileReasons,
    /// Could not be taken in.
    pub failed: FileReasons,
    /// Other tenants whose files were found.
    pub tenants: BTreeSet<u64>,
    /// Containers and folders that nobody knows.
    pub unknown: BTreeSet<String>,
    /// Containers that were here before and are not there any more.
    pub gone: BTreeSet<String>,
    /// Days whose intervals were reckoned.
    pub days: u64,
}

/// Files and why, the first of them by name.
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

/// What was taken in of a source, by all its runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportTotals {
    pub files: u64,
    pub rows: u64,
    pub rejected_rows: u64,
    /// Of them, in files that came within the last day.
    pub rejected_rows_recent: u64,
    pub last_imported: Option<Timestamp>,
    /// What is unusual about the columns of a dataset's newest file.
    pub columns: BTreeMap<String, ColumnNotes>,
    pub scores: ScoreSummary,
}

/// Scores of surveys that lie outside of their scale: they count as no answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScoreSummary {
    pub count: u64,
    /// File, line and field of some, of the newest files first.
    pub examples: Vec<(String, u32, String)>,
}

/// Columns of a file that nobody knows, and those that it lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ColumnNotes {
    #[serde(default)]
    pub extra: Vec<String>,
    #[serde(default)]
    pub missing: Vec<String>,
}

impl ImportTotals {
    pub(in crate::history) fn from_files(files: &[ImportedFile], now: Timestamp) -> Self {
        const DAY: i64 = 86_400;
        let lately = |file: &&ImportedFile| now.as_second() - DAY < file.imported_at;
        let set_aside = |file: &ImportedFile| file.rejected_rows;
        let last = files.iter().map(|file| file.imported_at).max();
        Self {
            files: files.len() as u64,
            rows: files.iter().map(|file| file.rows).sum(),
            rejected_rows: files.iter().map(set_aside).sum(),
            rejected_rows_recent: files.iter().filter(lately).map(set_aside).sum(),
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
    let told = noted.iter().flat_map(|(file, told)| {
        let lines = told.lines.iter();
        lines.map(|(line, field)| (file.key.clone(), *line, field.clone()))
    });
    ScoreSummary {
        count: noted.iter().map(|(_, told)| told.count).sum(),
        examples: told.take(LISTED_FILES_MAX).collect(),
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
    let told = newest.into_iter().filter_map(|(dataset, file)| {
        // What a newer version wrote and this one cannot read is not told.
        let columns: ColumnNotes = serde_json::from_str(&file.notes).ok()?;
        (columns != ColumnNotes::default()).then(|| (dataset.to_owned(), columns))
    });
    told.collect()
}

/// The words of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    Connecting,
    Live,
    Degraded,
    Down,
}

impl ImportStatus {
    pub(super) fn new(source: &FileSource, now: Timestamp) -> Self {
        Self {
            kind: source.vendor.kind(),
            location: match &source.location {
                // Pages do not tell where things are on our disk.
                FileLocation::Folder { called, .. } => format!("folder {called}"),
                place => place.to_string(),
            },
            scope: describe_scope(source),
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

    pub fn state(&self, now: Timestamp) -> ImportState {
        match (&self.failure, self.last_contact) {
            (Some(_), _) => ImportState::Down,
            (None, None) => ImportState::Connecting,
            (None, Some(_))
                if self.is_overdue(now)
                    || !self.findings.is_empty()
                    || !self.missing.is_empty()
                    || self.gaps.has_recent()
                    || 0 < self.totals.rejected_rows_recent
                    || !self.outcome.is_healthy() =>
            {
                ImportState::Degraded
            }
            (None, Some(_)) => ImportState::Live,
        }
    }

    /// What did not come, a sentence each: files that stay away, and days that lack calls.
    pub fn missing_deliveries(&self) -> Vec<String> {
        let gaps = self.gaps.to_sentences();
        self.missing.iter().cloned().chain(gaps).collect()
    }

    /// Whether the next file should have been here an hour ago.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.expected_file
            .as_ref()
            .is_some_and(|due| due.is_late(now))
    }
}

impl ImportPhase {
    /// Whether the run that goes on has seen the far side.
    pub fn has_listed(self) -> bool {
        match self {
            Self::Idle | Self::Waiting | Self::Listing => false,
            Self::Importing | Self::Stabilizing | Self::Computing => true,
        }
    }
}

impl ImportState {
    /// As in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

impl ImportOutcome {
    /// Nothing that somebody should look at.
    fn is_healthy(&self) -> bool {
        0 < self.found && self.failed.count == 0 && self.unknown.is_empty()
    }
}
