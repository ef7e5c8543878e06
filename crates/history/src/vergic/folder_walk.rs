//! Decides which folders to list: the first time all that may be wanted, later only those that can
//! still change. Files come late, and a folder doesn't show changes below it. So a day is done only
//! if it was listed long after its end and all its files are imported.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::{StreamExt, stream::FuturesUnordered};

use crate::{
    fetch::{RemoteFile, RemoteListing},
    intervals::day_from_date,
};
use wallboard_domain::SourceId;
use wallboard_store::{ImportedFile, ListedDay, Store, StoreError};

use super::layout::{DAY, ExportFolder, VergicFile, csv_stem};

/// Seconds after its end during which a day is still listed.
const LATE_SECONDS_MAX: i64 = 48 * 3_600;
/// Folders listed at once.
const CONCURRENT_LISTINGS_MAX: usize = 8;
/// Reported names of stray entries; more are too many to read.
const STRAYS_MAX: usize = 20;

/// The scope of a walk.
#[derive(Clone, Debug)]
pub struct WalkRequest<'a> {
    pub source: &'a SourceId,
    /// The root folder.
    pub root: &'a str,
    /// UTC days since 1970, both inclusive.
    pub days: (i64, i64),
    /// Whether to list days that are done, too.
    pub includes_done_days: bool,
    /// Unix seconds.
    pub now: i64,
}

/// The result of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkResult<E> {
    /// Includes files of done days, as in the ledger.
    pub files: Vec<RemoteFile>,
    /// Paths of some entries that don't belong there.
    pub strays: BTreeSet<String>,
    pub folders_listed: usize,
    /// Why it ended early, below the root: what it found isn't all.
    pub ended_by: Option<E>,
}

#[derive(Debug, thiserror::Error)]
pub enum FolderWalkError<E: std::error::Error + 'static> {
    #[error("folder {root:?} not found; {}", describe_found(.found))]
    MissingRoot { root: String, found: Vec<String> },
    #[error(transparent)]
    Remote(E),
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn describe_found(found: &[String]) -> String {
    let is_year = |name: &String| {
        matches!(
            ExportFolder::Root.child_folder(name),
            Some(ExportFolder::Year(_))
        )
    };
    if found.iter().any(is_year) {
        return "years are in its place: use the folder above the years".to_owned();
    }
    match found {
        [] => "its parent folder is empty: check `root`".to_owned(),
        found => format!("set `root` to one of these folders: {}", found.join(", ")),
    }
}

/// Lists folders that may hold files not imported yet. `list` returns a folder's listing, or `None`
/// if the folder doesn't exist.
pub async fn walk_folders<E, F>(
    store: &Store,
    request: WalkRequest<'_>,
    ledger: &[ImportedFile],
    list: impl Fn(String) -> F,
) -> Result<WalkResult<E>, FolderWalkError<E>>
where
    E: std::error::Error + 'static,
    F: Future<Output = Result<Option<RemoteListing>, E>>,
{
    let known = group_by_day(ledger, request.root);
    let done = if request.includes_done_days {
        BTreeSet::new()
    } else {
        done_days(&store.load_listed_days(request.source).await?, &known)
    };
    let mut walker = FolderWalker {
        done_days: done,
        days: request.days,
        walk: WalkResult {
            files: Vec::new(),
            strays: BTreeSet::new(),
            folders_listed: 0,
            ended_by: None,
        },
        files_by_day: BTreeMap::new(),
        incomplete_days: BTreeSet::new(),
    };
    let root = request.root.trim_end_matches('/').to_owned();
    walker.descend(root, &list).await?;
    let mut walk = walker.walk;
    for day in &walker.done_days {
        let files = known.get(day).into_iter().flatten();
        walk.files.extend(files.map(|file| RemoteFile {
            key: file.key.clone(),
            size: file.size,
            tag: file.tag.clone(),
            modified: None,
        }));
    }
    let incomplete = walker.incomplete_days;
    let days = walker
        .files_by_day
        .into_iter()
        .filter(|(day, _)| !incomplete.contains(day))
        .map(|(day, files)| ListedDay {
            day,
            listed_at: request.now,
            files,
        });
    store
        .store_listed_days(request.source.clone(), days.collect())
        .await?;
    Ok(walk)
}

/// Groups the ledger's files by their day.
fn group_by_day<'l>(ledger: &'l [ImportedFile], root: &str) -> HashMap<i64, Vec<&'l ImportedFile>> {
    let mut days: HashMap<i64, Vec<&ImportedFile>> = HashMap::new();
    for file in ledger {
        if let Some(export) = VergicFile::parse_key(&file.key, root) {
            days.entry(export.period.utc_day()).or_default().push(file);
        }
    }
    days
}

/// Returns the days that expect no more files.
fn done_days(listed: &[ListedDay], known: &HashMap<i64, Vec<&ImportedFile>>) -> BTreeSet<i64> {
    let is_done = |listed: &&ListedDay| {
        let imported = known.get(&listed.day).map_or(0, Vec::len);
        (listed.day + 1) * DAY + LATE_SECONDS_MAX <= listed.listed_at
            && listed.files <= imported as u64
    };
    listed
        .iter()
        .filter(is_done)
        .map(|listed| listed.day)
        .collect()
}

struct FolderWalker<E> {
    done_days: BTreeSet<i64>,
    days: (i64, i64),
    walk: WalkResult<E>,
    /// The number of files in the folders of a day.
    files_by_day: BTreeMap<i64, u64>,
    /// Days with a folder that couldn't be listed: they aren't done, whatever else was found.
    incomplete_days: BTreeSet<i64>,
}

impl<E: std::error::Error + 'static> FolderWalker<E> {
    /// Lists folder by folder, a few at once.
    async fn descend<F>(
        &mut self,
        root: String,
        list: impl Fn(String) -> F,
    ) -> Result<(), FolderWalkError<E>>
    where
        F: Future<Output = Result<Option<RemoteListing>, E>>,
    {
        let mut waiting = vec![(root.clone(), ExportFolder::Root)];
        let mut running = FuturesUnordered::new();
        loop {
            if self.walk.ended_by.is_some() {
                let unlisted = waiting.drain(..).map(|(_, folder)| folder);
                self.incomplete_days.extend(unlisted.filter_map(day_of));
            }
            while running.len() < CONCURRENT_LISTINGS_MAX {
                let Some((path, folder)) = waiting.pop() else {
                    break;
                };
                running.push(list_one(list(path), folder));
            }
            let Some((folder, found)) = running.next().await else {
                return Ok(());
            };
            self.walk.folders_listed += 1;
            match found {
                Ok(Some(found)) => self.sort_listing(folder, found, &mut waiting),
                Err(error) if folder == ExportFolder::Root => {
                    return Err(FolderWalkError::Remote(error));
                }
                Err(error) => {
                    self.incomplete_days.extend(day_of(folder));
                    self.walk.ended_by.get_or_insert(error);
                }
                Ok(None) if folder == ExportFolder::Root => {
                    let found = list_siblings(&root, &list)
                        .await
                        .map_err(FolderWalkError::Remote)?;
                    return Err(FolderWalkError::MissingRoot { root, found });
                }
                // It disappeared after its parent was listed.
                Ok(None) => {}
            }
        }
    }

    /// Sorts a folder's entries into files, folders to list, and strays.
    fn sort_listing(
        &mut self,
        folder: ExportFolder,
        found: RemoteListing,
        next: &mut Vec<(String, ExportFolder)>,
    ) {
        self.incomplete_days
            .extend(day_of(folder).filter(|_| found.is_unreadable));
        if let ExportFolder::Day(date) = folder {
            self.files_by_day.entry(day_from_date(date)).or_default();
        }
        for key in found.folders {
            match folder.child_folder(last_name(&key)) {
                Some(below) if self.is_wanted(below) => next.push((key, below)),
                Some(_) => {}
                None => self.add_stray(key),
            }
        }
        for entry in found.skipped {
            self.add_stray(format!("{} ({})", entry.name, entry.reason));
        }
        for file in found.files {
            match folder {
                ExportFolder::Day(date) | ExportFolder::Hour(date, _)
                    if csv_stem(last_name(&file.key)).is_some() =>
                {
                    *self.files_by_day.entry(day_from_date(date)).or_default() += 1;
                    self.walk.files.push(file);
                }
                _ => self.add_stray(file.key),
            }
        }
    }

    fn add_stray(&mut self, key: String) {
        if self.walk.strays.len() < STRAYS_MAX {
            self.walk.strays.insert(key);
        }
    }

    fn is_wanted(&self, folder: ExportFolder) -> bool {
        let (first, last) = match folder {
            ExportFolder::Root | ExportFolder::Hour(..) => return true,
            ExportFolder::Year(year) => (
                jiff::civil::date(year, 1, 1),
                jiff::civil::date(year, 12, 31),
            ),
            ExportFolder::Month(year, month) => {
                let first = jiff::civil::date(year, month, 1);
                (first, first.last_of_month())
            }
            ExportFolder::Day(date) => {
                let day = day_from_date(date);
                return (self.days.0..=self.days.1).contains(&day)
                    && !self.done_days.contains(&day);
            }
        };
        day_from_date(first) <= self.days.1 && self.days.0 <= day_from_date(last)
    }
}

/// The day whose files a folder may have, as UTC days since 1970.
fn day_of(folder: ExportFolder) -> Option<i64> {
    match folder {
        ExportFolder::Day(date) | ExportFolder::Hour(date, _) => Some(day_from_date(date)),
        _ => None,
    }
}

fn last_name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

async fn list_one<F: Future>(listing: F, folder: ExportFolder) -> (ExportFolder, F::Output) {
    (folder, listing.await)
}

/// Returns the folders next to where the root should be.
async fn list_siblings<E, F>(root: &str, list: impl Fn(String) -> F) -> Result<Vec<String>, E>
where
    F: Future<Output = Result<Option<RemoteListing>, E>>,
{
    let parent = root.rsplit_once('/').map_or("", |(parent, _)| parent);
    let found = list(parent.to_owned()).await?.unwrap_or_default();
    let names = found.folders.iter().map(|key| last_name(key));
    let names = names.filter(|name| !name.starts_with('.'));
    let mut names: Vec<String> = names.take(STRAYS_MAX).map(str::to_owned).collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests;
