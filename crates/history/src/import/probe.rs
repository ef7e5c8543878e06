//! Tries a source as an import would, with a temporary database: whether it accepts our sign-in,
//! what it has, and whether that can be read.

use std::{collections::BTreeMap, path::Path};

use jiff::{Timestamp, ToSpan, civil::Date};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::{
    coverage::{CoverageGaps, MissingFiles},
    export_vendor::FileImportError,
    fetch,
};
use wallboard_domain::error_chain;
use wallboard_store::{self as store, FileId, ImportResult, Store, StoreError, StoreView};

use super::{
    FileLocation, FileSource, SshPublicKey, describe_nothing_found,
    plan::{ImportPlan, ImportWindow, PlannedFile, plan_import},
    remote::{DownloadError, ListingScope, RemoteSource},
    status::ImportOutcome,
};

/// Sample files that a probe reads, at most: one of each kind.
const SAMPLE_FILES_MAX: usize = 50;

/// The result of a probe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProbe {
    /// "1,240 files of tenant 1234, the newest of 2026-11-19"
    pub summary: String,
    /// Parts of the configuration that don't fit, a sentence each.
    pub findings: Vec<String>,
    /// Files that are missing while others arrive.
    pub missing: Vec<MissingFiles>,
}

/// Returns days with missing calls, without changing the database.
pub async fn load_gaps(source: &FileSource, database: &Path) -> Result<CoverageGaps, StoreError> {
    let source = source.clone();
    let gaps = move |view: &StoreView<'_>| source.find_gaps(view);
    store::with_view_at(database, gaps).await
}

/// Tries a source. An error is a sentence with its fix.
pub async fn probe_source(source: &FileSource) -> Result<ImportProbe, String> {
    // A panic or a full disk here isn't the source's fault, but is reported all the same.
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let database = folder.path().join("try.db");
    let store = Store::open(&database).map_err(|error| error_chain(&error))?;
    let remote =
        RemoteSource::new(&source.location, &database).map_err(|error| error.to_string())?;

    let ProbeListing {
        plan,
        since,
        missing,
        unreadable,
    } = list_recent(&remote, source, &store).await?;
    if plan.found == 0 {
        let outcome = ImportOutcome {
            tenants: plan.tenants,
            ..ImportOutcome::default()
        };
        return Err(describe_nothing_found(&source.vendor.scope(), &outcome));
    }
    let newest = plan.files.iter().filter_map(|planned| planned.day).max();
    let newest = newest.map(|day| format!(", the newest of {day}"));
    let summary = format!(
        "{} of {}{}{}",
        super::messages::format_count(plan.found, "file"),
        source.vendor.scope(),
        since.map(|day| format!(" since {day}")).unwrap_or_default(),
        newest.unwrap_or_default()
    );
    let stop = CancellationToken::new();
    let mut findings = unreadable;
    for planned in select_samples(source, plan) {
        let downloaded = match remote.download_file(&planned.listed).await {
            Ok(downloaded) => downloaded,
            Err(DownloadError::Changing(_)) => continue,
            Err(DownloadError::Unreadable(error) | DownloadError::Unreachable(error)) => {
                return Err(error.to_string());
            }
        };
        let key = planned.listed.key.clone();
        let imported = source.import_file(&store, planned, downloaded, &stop);
        match imported.await {
            Ok(imported) if imported.rows == 0 && 0 < imported.rejected_rows => {
                findings.extend(first_rejection(&store, source, &key, &imported).await?);
            }
            Ok(_) | Err(FileImportError::Stopped) => {}
            Err(FileImportError::Unreadable(why)) => return Err(format!("{key}: {why}")),
            Err(FileImportError::Store(error)) => return Err(error_chain(&error)),
        }
    }
    let files = store.load_files(&source.id).await;
    let files = files.map_err(|error| error_chain(&error))?;
    findings.extend(source.vendor.check_mapping(&files));
    Ok(ImportProbe {
        summary,
        findings,
        missing,
    })
}

/// Returns the first row of a file without readable rows, with its reason.
async fn first_rejection(
    store: &Store,
    source: &FileSource,
    key: &str,
    imported: &ImportResult,
) -> Result<Option<String>, String> {
    let before = Some((FileId(imported.file.0 + 1), 0));
    let rows = store.rejected_rows(&source.id, before, 1).await;
    let rows = rows.map_err(|error| error_chain(&error))?;
    Ok(rows.first().map(|row| {
        format!(
            "{key}: none of its {} rows can be read: line {}: {}",
            imported.rejected_rows, row.line, row.reason
        )
    }))
}

/// Returns the public half of the key that a source signs in with, if it uses one that can be read.
pub async fn load_public_key(source: &FileSource) -> Option<SshPublicKey> {
    let FileLocation::Sftp(settings) = source.location.clone() else {
        return None;
    };
    // A passphrase is slow to process.
    let key = spawn_blocking(move || fetch::load_public_key(&settings)).await;
    key.ok()?.ok()
}

/// Listed files, the first day listed if not all were, missing files, and folders that couldn't be
/// listed.
struct ProbeListing {
    plan: ImportPlan,
    since: Option<Date>,
    missing: Vec<MissingFiles>,
    unreadable: Vec<String>,
}

/// Lists the files of the last days or, if there are none, of all wanted days. Returns the first
/// day listed, unless older files were listed too, and missing files.
async fn list_recent(
    remote: &RemoteSource,
    source: &FileSource,
    store: &Store,
) -> Result<ProbeListing, String> {
    let now = Timestamp::now();
    let today = now.to_zoned(source.vendor.zone()).date();
    let until = today.saturating_add(2.days());
    let recent = today.saturating_sub(2.days());
    let earliest = super::days_before(today, source.history);
    let (mut plan, mut missing) = (ImportPlan::default(), Vec::new());
    let mut unreadable = Vec::new();
    for since in [recent, earliest] {
        let window = ImportWindow { since, until };
        let scope = ListingScope {
            source: &source.id,
            store,
            window,
            includes_done_days: true,
            ledger: &[],
        };
        let vendor = &source.vendor;
        let contents = vendor.list_files(remote, scope).await;
        let contents = contents.map_err(|error| error_chain(&error))?;
        missing = source.missing_files(contents.files.iter().map(|file| &*file.key), now);
        let folders = contents.unreadable.iter();
        unreadable = folders
            .map(|(folder, error)| format!("{folder} can't be listed: {error}"))
            .collect();
        let identify = |key: &str| vendor.identify_file(key);
        plan = plan_import(contents.files, Vec::new(), window, |_| false, identify);
        // Files without a day, like lists of names, are in every window.
        if plan.files.iter().any(|planned| planned.day.is_some()) {
            return Ok(ProbeListing {
                plan,
                since: vendor.lists_days().then_some(since),
                missing,
                unreadable,
            });
        }
    }
    Ok(ProbeListing {
        plan,
        since: None,
        missing,
        unreadable,
    })
}

/// Selects the newest file of each kind if their columns are configured, or else the smallest of all.
fn select_samples(source: &FileSource, plan: ImportPlan) -> Vec<PlannedFile> {
    if !source.vendor.maps_columns() {
        let smallest = (plan.files.into_iter()).min_by_key(|planned| planned.listed.size);
        return smallest.into_iter().collect();
    }
    let mut newest = BTreeMap::new();
    for planned in plan.files {
        newest.insert(planned.dataset.clone(), planned);
    }
    newest.into_values().take(SAMPLE_FILES_MAX).collect()
}
