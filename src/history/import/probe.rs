//! Tries a source as an import would, into a database that is thrown away: whether it
//! lets us in, what is there, and whether it can be read.

use std::{collections::BTreeMap, path::Path};

use jiff::{Timestamp, ToSpan, civil::Date};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::error_chain,
    history::{fetch, sangoma::Gaps},
    store::{self, Arriving, FileId, Store, StoreError, Taken, View},
};

use super::{
    OwnKey, Place, Source, Vendor, asked_for,
    choose::{Choice, Chosen, Window, choose},
    far::{Far, Miss, Spooled},
    nothing_found,
    status::Outcome,
    vendor::TakeError,
};

/// Files that are read for a try, at most: one of each kind.
const MOST: usize = 50;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    /// "1,240 files of tenant 1234, the newest of 2026-11-19"
    pub told: String,
    /// What does not fit, a sentence each.
    pub findings: Vec<String>,
    /// Files that stay away while others come, a sentence each.
    pub missing: Vec<String>,
}

/// Days of which not all calls came, in a database that stays as it is.
pub async fn gaps(source: &Source, database: &Path) -> Result<Gaps, StoreError> {
    let source = source.clone();
    let gaps = move |view: &View<'_>| source.vendor.gaps(view, &source.id);
    store::look_at(database, gaps).await
}

/// Tries a source. What is wrong is said in a sentence with its mend.
pub async fn probe(source: &Source) -> Result<Probe, String> {
    // A panic or a full disk here is not the source's fault, and said all the same.
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let database = folder.path().join("try.db");
    let store = Store::open(&database).map_err(|error| error_chain(&error))?;
    let far = Far::new(&source.place, &database).map_err(|error| error.to_string())?;

    let Looked {
        choice,
        since,
        missing,
    } = look(&far, source, &store).await?;
    if choice.found == 0 {
        let outcome = Outcome {
            tenants: choice.tenants,
            ..Outcome::default()
        };
        return Err(nothing_found(&asked_for(source), &outcome));
    }
    let newest = choice.chosen.iter().filter_map(|chosen| chosen.day).max();
    let newest = newest.map(|day| format!(", the newest of {day}"));
    let told = format!(
        "{} of {}{}{}",
        super::words::files(choice.found),
        asked_for(source),
        since.map(|day| format!(" since {day}")).unwrap_or_default(),
        newest.unwrap_or_default()
    );
    let stop = CancellationToken::new();
    let mut findings = Vec::new();
    for chosen in samples(source, choice) {
        let spooled = match far.spool(&chosen.listed).await {
            Ok(spooled) => spooled,
            Err(Miss::NotYet(_)) => continue,
            Err(Miss::Failed(why)) => return Err(why),
            Err(Miss::Away(error)) => return Err(error.to_string()),
        };
        let arriving = arriving(source, &chosen, &spooled);
        let vendor = &source.vendor;
        let taken = vendor.take(&store, arriving, &chosen, spooled, &stop).await;
        match taken {
            Ok(taken) if taken.rows == 0 && 0 < taken.set_aside => {
                findings.extend(unread(&store, source, &chosen, &taken).await?);
            }
            Ok(_) | Err(TakeError::Stopped) => {}
            Err(TakeError::Bad(why)) => return Err(format!("{}: {why}", chosen.listed.key)),
            Err(TakeError::Store(error)) => return Err(error_chain(&error)),
        }
    }
    let files = store.files(&source.id).await;
    let files = files.map_err(|error| error_chain(&error))?;
    findings.extend(source.vendor.findings(&files));
    Ok(Probe {
        told,
        findings,
        missing,
    })
}

/// Of a file without a row that means anything, the first and why.
async fn unread(
    store: &Store,
    source: &Source,
    chosen: &Chosen,
    taken: &Taken,
) -> Result<Option<String>, String> {
    let before = Some((FileId(taken.file.0 + 1), 0));
    let rows = store.set_aside(&source.id, before, 1).await;
    let rows = rows.map_err(|error| error_chain(&error))?;
    Ok(rows.first().map(|row| {
        format!(
            "{}: none of its {} rows can be read: line {}: {}",
            chosen.listed.key, taken.set_aside, row.line, row.reason
        )
    }))
}

/// What others may know of the key that a source signs in with, where it does so with
/// one that can be read.
pub async fn own_key(source: &Source) -> Option<OwnKey> {
    let Place::Sftp(settings) = source.place.clone() else {
        return None;
    };
    // A passphrase takes its time.
    let key = spawn_blocking(move || fetch::own_key(&settings)).await;
    key.ok()?.ok()
}

/// What was found, since when it was looked for if not for all, and what stays away.
struct Looked {
    choice: Choice,
    since: Option<Date>,
    missing: Vec<String>,
}

/// What there is of the last days, or where there is nothing, of all that is wanted; and
/// since when, where older files were not looked for, and what stays away.
async fn look(far: &Far, source: &Source, store: &Store) -> Result<Looked, String> {
    let now = Timestamp::now();
    let today = now.to_zoned(source.vendor.zone()).date();
    let until = today.saturating_add(2.days());
    let lately = today.saturating_sub(2.days());
    let long_ago = super::before(today, source.history);
    let (mut choice, mut missing) = (Choice::default(), Vec::new());
    for since in [lately, long_ago] {
        let window = Window { since, until };
        let there = far.list(source, store, (window, true), &[]).await;
        let there = there.map_err(|error| error_chain(&error))?;
        let vendor = &source.vendor;
        missing = vendor.missing(there.files.iter().map(|file| &*file.key), now);
        choice = choose(there.files, Vec::new(), (window, |_| false), |key| {
            vendor.name(key)
        });
        if !choice.chosen.is_empty() {
            let is_walked = matches!(source.vendor, Vendor::Vergic(_));
            return Ok(Looked {
                choice,
                since: is_walked.then_some(since),
                missing,
            });
        }
    }
    Ok(Looked {
        choice,
        since: None,
        missing,
    })
}

/// One file of each kind, the newest; where kinds are known, the smallest of all.
fn samples(source: &Source, choice: Choice) -> Vec<Chosen> {
    match source.vendor {
        Vendor::Sangoma(_) => {
            let smallest = choice.chosen.into_iter();
            smallest
                .min_by_key(|chosen| chosen.listed.size)
                .into_iter()
                .collect()
        }
        Vendor::Vergic(_) => {
            let mut newest = BTreeMap::new();
            for chosen in choice.chosen {
                newest.insert(chosen.dataset.clone(), chosen);
            }
            newest.into_values().take(MOST).collect()
        }
    }
}

fn arriving(source: &Source, chosen: &Chosen, spooled: &Spooled) -> Arriving {
    Arriving {
        source: source.id.clone(),
        key: chosen.listed.key.clone(),
        dataset: chosen.dataset.clone(),
        size: spooled.size,
        tag: chosen.listed.tag.clone(),
        sha256: spooled.sha256,
        modified: chosen.listed.modified,
        taken_at: Timestamp::now().as_second(),
    }
}
