//! Tries a source as an import would, into a database that is thrown away: whether it
//! lets us in, what is there, and whether it can be read.

use std::{collections::BTreeMap, path::Path};

use jiff::{Timestamp, ToSpan, civil::Date};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::error_chain,
    history::{fetch, sangoma::CoverageGaps},
    store::{self, FileId, ImportResult, IncomingFile, Store, StoreError, StoreView},
};

use super::{
    ExportVendor, FileLocation, FileSource, SshPublicKey, describe_nothing_found, describe_scope,
    plan::{ImportPlan, ImportWindow, PlannedFile, plan_import},
    remote::{DownloadError, DownloadedFile, RemoteSource},
    status::ImportOutcome,
    vendor::FileImportError,
};

/// Files that are read for a try, at most: one of each kind.
const SAMPLE_FILES_MAX: usize = 50;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProbe {
    /// "1,240 files of tenant 1234, the newest of 2026-11-19"
    pub summary: String,
    /// What does not fit, a sentence each.
    pub findings: Vec<String>,
    /// Files that stay away while others come, a sentence each.
    pub missing: Vec<String>,
}

/// Days of which not all calls came, in a database that stays as it is.
pub async fn load_gaps(source: &FileSource, database: &Path) -> Result<CoverageGaps, StoreError> {
    let source = source.clone();
    let gaps = move |view: &StoreView<'_>| source.vendor.find_gaps(view, &source.id);
    store::with_view_at(database, gaps).await
}

/// Tries a source. What is wrong is said in a sentence with its mend.
pub async fn probe_source(source: &FileSource) -> Result<ImportProbe, String> {
    // A panic or a full disk here is not the source's fault, and said all the same.
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let database = folder.path().join("try.db");
    let store = Store::open(&database).map_err(|error| error_chain(&error))?;
    let far = RemoteSource::new(&source.location, &database).map_err(|error| error.to_string())?;

    let ProbeListing {
        plan: choice,
        since,
        missing,
    } = list_recent(&far, source, &store).await?;
    if choice.found == 0 {
        let outcome = ImportOutcome {
            tenants: choice.tenants,
            ..ImportOutcome::default()
        };
        return Err(describe_nothing_found(&describe_scope(source), &outcome));
    }
    let newest = choice.files.iter().filter_map(|chosen| chosen.day).max();
    let newest = newest.map(|day| format!(", the newest of {day}"));
    let told = format!(
        "{} of {}{}{}",
        super::messages::count_files(choice.found),
        describe_scope(source),
        since.map(|day| format!(" since {day}")).unwrap_or_default(),
        newest.unwrap_or_default()
    );
    let stop = CancellationToken::new();
    let mut findings = Vec::new();
    for chosen in select_samples(source, choice) {
        let spooled = match far.download_file(&chosen.listed).await {
            Ok(spooled) => spooled,
            Err(DownloadError::NotYet(_)) => continue,
            Err(DownloadError::Failed(why)) => return Err(why),
            Err(DownloadError::Unreachable(error)) => return Err(error.to_string()),
        };
        let arriving = incoming_file(source, &chosen, &spooled);
        let vendor = &source.vendor;
        let taken = vendor
            .import_file(&store, arriving, &chosen, spooled, &stop)
            .await;
        match taken {
            Ok(taken) if taken.rows == 0 && 0 < taken.rejected_rows => {
                findings.extend(first_rejection(&store, source, &chosen, &taken).await?);
            }
            Ok(_) | Err(FileImportError::Stopped) => {}
            Err(FileImportError::Unreadable(why)) => {
                return Err(format!("{}: {why}", chosen.listed.key));
            }
            Err(FileImportError::Store(error)) => return Err(error_chain(&error)),
        }
    }
    let files = store.load_files(&source.id).await;
    let files = files.map_err(|error| error_chain(&error))?;
    findings.extend(source.vendor.check_mapping(&files));
    Ok(ImportProbe {
        summary: told,
        findings,
        missing,
    })
}

/// Of a file without a row that means anything, the first and why.
async fn first_rejection(
    store: &Store,
    source: &FileSource,
    chosen: &PlannedFile,
    taken: &ImportResult,
) -> Result<Option<String>, String> {
    let before = Some((FileId(taken.file.0 + 1), 0));
    let rows = store.rejected_rows(&source.id, before, 1).await;
    let rows = rows.map_err(|error| error_chain(&error))?;
    Ok(rows.first().map(|row| {
        format!(
            "{}: none of its {} rows can be read: line {}: {}",
            chosen.listed.key, taken.rejected_rows, row.line, row.reason
        )
    }))
}

/// What others may know of the key that a source signs in with, where it does so with
/// one that can be read.
pub async fn load_public_key(source: &FileSource) -> Option<SshPublicKey> {
    let FileLocation::Sftp(settings) = source.location.clone() else {
        return None;
    };
    // A passphrase takes its time.
    let key = spawn_blocking(move || fetch::load_public_key(&settings)).await;
    key.ok()?.ok()
}

/// What was found, since when it was looked for if not for all, and what stays away.
struct ProbeListing {
    plan: ImportPlan,
    since: Option<Date>,
    missing: Vec<String>,
}

/// What there is of the last days, or where there is nothing, of all that is wanted; and
/// since when, where older files were not looked for, and what stays away.
async fn list_recent(
    far: &RemoteSource,
    source: &FileSource,
    store: &Store,
) -> Result<ProbeListing, String> {
    let now = Timestamp::now();
    let today = now.to_zoned(source.vendor.zone()).date();
    let until = today.saturating_add(2.days());
    let lately = today.saturating_sub(2.days());
    let long_ago = super::days_before(today, source.history);
    let (mut choice, mut missing) = (ImportPlan::default(), Vec::new());
    for since in [lately, long_ago] {
        let window = ImportWindow { since, until };
        let there = far.list_files(source, store, (window, true), &[]).await;
        let there = there.map_err(|error| error_chain(&error))?;
        let vendor = &source.vendor;
        missing = vendor.missing_files(there.files.iter().map(|file| &*file.key), now);
        choice = plan_import(there.files, Vec::new(), (window, |_| false), |key| {
            vendor.identify_file(key)
        });
        if !choice.files.is_empty() {
            let is_walked = matches!(source.vendor, ExportVendor::Vergic(_));
            return Ok(ProbeListing {
                plan: choice,
                since: is_walked.then_some(since),
                missing,
            });
        }
    }
    Ok(ProbeListing {
        plan: choice,
        since: None,
        missing,
    })
}

/// One file of each kind, the newest; where kinds are known, the smallest of all.
fn select_samples(source: &FileSource, choice: ImportPlan) -> Vec<PlannedFile> {
    match source.vendor {
        ExportVendor::Sangoma(_) => {
            let smallest = choice.files.into_iter();
            smallest
                .min_by_key(|chosen| chosen.listed.size)
                .into_iter()
                .collect()
        }
        ExportVendor::Vergic(_) => {
            let mut newest = BTreeMap::new();
            for chosen in choice.files {
                newest.insert(chosen.dataset.clone(), chosen);
            }
            newest.into_values().take(SAMPLE_FILES_MAX).collect()
        }
    }
}

fn incoming_file(
    source: &FileSource,
    chosen: &PlannedFile,
    spooled: &DownloadedFile,
) -> IncomingFile {
    IncomingFile {
        source: source.id.clone(),
        key: chosen.listed.key.clone(),
        dataset: chosen.dataset.clone(),
        size: spooled.size,
        tag: chosen.listed.tag.clone(),
        sha256: spooled.sha256,
        modified: chosen.listed.modified,
        imported_at: Timestamp::now().as_second(),
    }
}
