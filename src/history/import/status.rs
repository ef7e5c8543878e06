//! How a source of files is: what pages, the API and the progress bar tell of it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::Timestamp;
use serde::Deserialize;

use crate::{domain::SourceKind, history::sangoma::Gaps, store::TakenFile};

use super::{OwnKey, Place, Source, asked_for, due::Due};

/// Files that are named one by one; more are counted.
const MOST: usize = 20;

/// As it is now. A `watch` of it is the only way out of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// `sangoma-export`, `vergic-export`.
    pub kind: SourceKind,
    /// Where its files are, without secrets.
    pub place: String,
    /// Whose files are looked for: "tenant 1234".
    pub asked_for: String,
    pub phase: Phase,
    /// Since when the last run went as it did.
    pub since: Timestamp,
    /// When the last run ended, however it ended.
    pub last_run: Option<Timestamp>,
    /// When the last run ended that saw the far side.
    pub last_seen: Option<Timestamp>,
    pub next_run: Option<Timestamp>,
    /// Why the last run could not see the far side, or store what came.
    pub fault: Option<Fault>,
    /// Runs since the start that did not come to their end.
    pub failures: u64,
    /// Of the last run that saw the far side.
    pub outcome: Outcome,
    /// Of all runs ever.
    pub ledger: Ledger,
    /// What calls ended by that nobody has said the meaning of, and how many did in the
    /// last weeks; the most frequent first.
    pub wordings: Vec<(String, u64)>,
    /// Of the run that goes on.
    pub progress: Progress,
    pub due: Option<Due>,
    /// Our own public key, where we sign in with one that can be read.
    pub own_key: Option<OwnKey>,
    /// What of the configuration does not fit the files that came, a sentence each.
    pub findings: Vec<String>,
    /// Files that stay away while others come, a sentence each.
    pub missing: Vec<String>,
    /// Days of which not all calls came.
    pub gaps: Gaps,
    /// Datasets with the headers that no mapping speaks of.
    pub unmapped: Vec<(String, Vec<String>)>,
}

/// A run that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub at: Timestamp,
    /// A sentence without secrets.
    pub why: String,
    /// Only a person can mend it.
    pub is_refused: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    #[default]
    Idle,
    /// Another import of this source runs, in this process or another.
    Waiting,
    Listing,
    Taking,
    /// Files are there that are still being written.
    Settling,
    Reckoning,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
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
pub struct Outcome {
    /// Files of the tenant or root asked for, in the listing.
    pub found: u64,
    /// Were known already, by their tag.
    pub known: u64,
    /// Are older than what is asked for, or newer.
    pub outside: u64,
    pub taken: u64,
    /// Of those taken, brought other content under a known key.
    pub replaced: u64,
    /// Had another tag and the same content.
    pub retagged: u64,
    pub rows: u64,
    /// Rows that were set aside of the files taken.
    pub set_aside: u64,
    /// Will be tried again in the next run.
    pub not_yet: Files,
    /// Could not be taken in.
    pub failed: Files,
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
pub struct Files {
    pub count: u64,
    pub named: BTreeMap<String, String>,
}

impl Files {
    pub(super) fn add(&mut self, key: &str, why: String) {
        self.count += 1;
        if self.named.len() < MOST {
            self.named.insert(key.to_owned(), why);
        }
    }
}

/// What was taken in of a source, by all its runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    pub files: u64,
    pub rows: u64,
    pub set_aside: u64,
    /// Of them, in files that came within the last day.
    pub set_aside_lately: u64,
    pub last_taken: Option<Timestamp>,
    /// What is unusual about the columns of a dataset's newest file.
    pub columns: BTreeMap<String, Columns>,
    pub scores: Scores,
}

/// Scores of surveys that lie outside of their scale: they count as no answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    pub count: u64,
    /// File, line and field of some, of the newest files first.
    pub told: Vec<(String, u32, String)>,
}

/// Columns of a file that nobody knows, and those that it lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Columns {
    #[serde(default)]
    pub extra: Vec<String>,
    #[serde(default)]
    pub missing: Vec<String>,
}

impl Ledger {
    pub(in crate::history) fn of(files: &[TakenFile], now: Timestamp) -> Self {
        const DAY: i64 = 86_400;
        let lately = |file: &&TakenFile| now.as_second() - DAY < file.taken_at;
        let set_aside = |file: &TakenFile| file.set_aside;
        let last = files.iter().map(|file| file.taken_at).max();
        Self {
            files: files.len() as u64,
            rows: files.iter().map(|file| file.rows).sum(),
            set_aside: files.iter().map(set_aside).sum(),
            set_aside_lately: files.iter().filter(lately).map(set_aside).sum(),
            last_taken: last.and_then(|at| Timestamp::from_second(at).ok()),
            columns: columns(files),
            scores: scores(files),
        }
    }
}

fn scores(files: &[TakenFile]) -> Scores {
    #[derive(Deserialize)]
    struct Notes {
        scores: Option<Told>,
    }
    #[derive(Deserialize)]
    struct Told {
        count: u64,
        lines: Vec<(u32, String)>,
    }
    let noted = files.iter().filter_map(|file| {
        let notes: Notes = serde_json::from_str(&file.notes).ok()?;
        Some((file, notes.scores?))
    });
    let mut noted: Vec<_> = noted.collect();
    noted.sort_by_key(|(file, _)| Reverse(file.span));
    let told = noted.iter().flat_map(|(file, told)| {
        let lines = told.lines.iter();
        lines.map(|(line, field)| (file.key.clone(), *line, field.clone()))
    });
    Scores {
        count: noted.iter().map(|(_, told)| told.count).sum(),
        told: told.take(MOST).collect(),
    }
}

fn columns(files: &[TakenFile]) -> BTreeMap<String, Columns> {
    let mut newest: BTreeMap<&str, &TakenFile> = BTreeMap::new();
    for file in files {
        let known = newest.entry(&file.dataset).or_insert(file);
        if (known.taken_at, known.id) < (file.taken_at, file.id) {
            *known = file;
        }
    }
    let told = newest.into_iter().filter_map(|(dataset, file)| {
        // What a newer version wrote and this one cannot read is not told.
        let columns: Columns = serde_json::from_str(&file.notes).ok()?;
        (columns != Columns::default()).then(|| (dataset.to_owned(), columns))
    });
    told.collect()
}

/// The words of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Connecting,
    Live,
    Degraded,
    Down,
}

impl Status {
    pub(super) fn new(source: &Source, now: Timestamp) -> Self {
        Self {
            kind: source.vendor.kind(),
            place: match &source.place {
                // Pages do not tell where things are on our disk.
                Place::Folder { called, .. } => format!("folder {called}"),
                place => place.to_string(),
            },
            asked_for: asked_for(source),
            phase: Phase::Idle,
            since: now,
            last_run: None,
            last_seen: None,
            next_run: None,
            fault: None,
            failures: 0,
            ledger: Ledger::default(),
            outcome: Outcome::default(),
            wordings: Vec::new(),
            progress: Progress::default(),
            due: None,
            own_key: None,
            findings: Vec::new(),
            missing: Vec::new(),
            gaps: Gaps::default(),
            unmapped: Vec::new(),
        }
    }

    pub fn state(&self, now: Timestamp) -> State {
        match (&self.fault, self.last_seen) {
            (Some(_), _) => State::Down,
            (None, None) => State::Connecting,
            (None, Some(_))
                if self.is_late(now)
                    || !self.findings.is_empty()
                    || !self.missing.is_empty()
                    || self.gaps.has_recent()
                    || 0 < self.ledger.set_aside_lately
                    || !self.outcome.is_well() =>
            {
                State::Degraded
            }
            (None, Some(_)) => State::Live,
        }
    }

    /// What did not come, a sentence each: files that stay away, and days that lack calls.
    pub fn undelivered(&self) -> Vec<String> {
        let gaps = self.gaps.sentences();
        self.missing.iter().cloned().chain(gaps).collect()
    }

    /// Whether the next file should have been here an hour ago.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.due.as_ref().is_some_and(|due| due.is_late(now))
    }
}

impl Phase {
    /// Whether the run that goes on has seen the far side.
    pub fn has_seen(self) -> bool {
        match self {
            Self::Idle | Self::Waiting | Self::Listing => false,
            Self::Taking | Self::Settling | Self::Reckoning => true,
        }
    }
}

impl State {
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

impl Outcome {
    /// Nothing that somebody should look at.
    fn is_well(&self) -> bool {
        0 < self.found && self.failed.count == 0 && self.unknown.is_empty()
    }
}
