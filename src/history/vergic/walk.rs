//! Which folders are listed to find the files: the first time all that may be wanted,
//! later only what can still change. Files come late, and a folder says nothing of those
//! below it, so a day is done with only when it was listed long after its end and all
//! that stood there has been taken in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::{StreamExt, stream::FuturesUnordered};

use jiff::Timestamp;

use crate::{
    domain::SourceId,
    history::fetch::Listing,
    store::{ListedDay, Store, StoreError, TakenFile},
};

use super::layout::{DAY, Export, Folder, day_of};

/// How long after its end a day is looked at again, in seconds.
const LATE: i64 = 48 * 3_600;
/// Folders that are being listed at once.
const AT_ONCE: usize = 8;
/// Names that are told of what does not belong there; more are too many to read.
const MOST_STRAYS: usize = 20;

/// What stands in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    pub is_folder: bool,
    /// In bytes.
    pub size: u64,
    /// Another one means that the content may be another.
    pub tag: String,
    /// Unix seconds.
    pub modified: Option<i64>,
}

impl Found {
    /// All that a listing of one folder found.
    pub fn all(listing: Listing) -> Vec<Self> {
        let name = |key: &str| key.rsplit('/').next().unwrap_or(key).to_owned();
        let folders = listing.folders.iter().map(|key| Self {
            name: name(key),
            is_folder: true,
            size: 0,
            tag: String::new(),
            modified: None,
        });
        let files = listing.files.into_iter().map(|file| Self {
            name: name(&file.key),
            is_folder: false,
            size: file.size,
            tag: file.tag,
            modified: file.modified.map(Timestamp::as_second),
        });
        folders.chain(files).collect()
    }
}

/// A file that stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub key: String,
    pub size: u64,
    pub tag: String,
    pub modified: Option<i64>,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub source: &'a SourceId,
    /// The folder at the top.
    pub root: &'a str,
    /// UTC days since 1970, both included.
    pub days: (i64, i64),
    /// Also the days that are done with.
    pub again: bool,
    /// Unix seconds.
    pub now: i64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// With those of the days that are done with, as the ledger knows them.
    pub files: Vec<Seen>,
    /// Paths of what does not belong there, not all of them.
    pub strays: BTreeSet<String>,
    /// How many folders were listed.
    pub listed: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum WalkError<E: std::error::Error + 'static> {
    #[error("folder {root:?} not found; {}", beside(.found))]
    NoRoot { root: String, found: Vec<String> },
    #[error(transparent)]
    Far(E),
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn beside(found: &[String]) -> String {
    let is_year = |name: &String| matches!(Folder::Root.enter(name), Some(Folder::Year(_)));
    if found.iter().any(is_year) {
        return "years are in its place: use the folder above the years".to_owned();
    }
    match found {
        [] => "its parent folder is empty: check `root`".to_owned(),
        found => format!("set `root` to one of these folders: {}", found.join(", ")),
    }
}

/// Lists what may hold files that are not here yet. `list` says what stands in a folder,
/// `None` where there is no such folder.
pub async fn walk<E, F>(
    store: &Store,
    wanted: Wanted<'_>,
    ledger: &[TakenFile],
    list: impl Fn(String) -> F,
) -> Result<Walk, WalkError<E>>
where
    E: std::error::Error + 'static,
    F: Future<Output = Result<Option<Vec<Found>>, E>>,
{
    let known = by_day(ledger, wanted.root);
    let done = if wanted.again {
        BTreeSet::new()
    } else {
        done(&store.listed_days(wanted.source).await?, &known)
    };
    let mut walker = Walker {
        done,
        days: wanted.days,
        walk: Walk::default(),
        listed: BTreeMap::new(),
    };
    let root = wanted.root.trim_end_matches('/').to_owned();
    walker.descend(root, &list).await?;
    let mut walk = walker.walk;
    for day in &walker.done {
        let files = known.get(day).into_iter().flatten();
        walk.files.extend(files.map(|file| Seen {
            key: file.key.clone(),
            size: file.size,
            tag: file.tag.clone(),
            modified: None,
        }));
    }
    let days = walker.listed.into_iter().map(|(day, files)| ListedDay {
        day,
        listed_at: wanted.now,
        files,
    });
    store
        .keep_listed_days(wanted.source.clone(), days.collect())
        .await?;
    Ok(walk)
}

/// Files of the ledger by the day that they are of.
fn by_day<'l>(ledger: &'l [TakenFile], root: &str) -> HashMap<i64, Vec<&'l TakenFile>> {
    let mut days: HashMap<i64, Vec<&TakenFile>> = HashMap::new();
    for file in ledger {
        if let Some(export) = Export::read(&file.key, root) {
            days.entry(export.period.day()).or_default().push(file);
        }
    }
    days
}

/// Days of which nothing more is to come.
fn done(listed: &[ListedDay], known: &HashMap<i64, Vec<&TakenFile>>) -> BTreeSet<i64> {
    let is_done = |listed: &&ListedDay| {
        let here = known.get(&listed.day).map_or(0, Vec::len);
        (listed.day + 1) * DAY + LATE <= listed.listed_at && listed.files <= here as u64
    };
    listed
        .iter()
        .filter(is_done)
        .map(|listed| listed.day)
        .collect()
}

struct Walker {
    done: BTreeSet<i64>,
    days: (i64, i64),
    walk: Walk,
    /// How many files stood in the folders of a day.
    listed: BTreeMap<i64, u64>,
}

impl Walker {
    /// From folder to folder, a few at a time.
    async fn descend<E, F>(
        &mut self,
        root: String,
        list: impl Fn(String) -> F,
    ) -> Result<(), WalkError<E>>
    where
        E: std::error::Error + 'static,
        F: Future<Output = Result<Option<Vec<Found>>, E>>,
    {
        let mut waiting = vec![(root.clone(), Folder::Root)];
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < AT_ONCE {
                let Some((path, folder)) = waiting.pop() else {
                    break;
                };
                running.push(one(list(path.clone()), path, folder));
            }
            let Some((path, folder, found)) = running.next().await else {
                return Ok(());
            };
            self.walk.listed += 1;
            match found.map_err(WalkError::Far)? {
                Some(found) => self.take(&path, folder, found, &mut waiting),
                None if folder == Folder::Root => {
                    let found = around(&root, &list).await.map_err(WalkError::Far)?;
                    return Err(WalkError::NoRoot { root, found });
                }
                // It went since it was seen.
                None => {}
            }
        }
    }

    /// Sorts what stands in a folder into files, folders to be listed, and the rest.
    fn take(
        &mut self,
        path: &str,
        folder: Folder,
        found: Vec<Found>,
        next: &mut Vec<(String, Folder)>,
    ) {
        if let Folder::Day(date) = folder {
            self.listed.entry(day_of(date)).or_default();
        }
        for found in found {
            if matches!(&*found.name, "." | "..") {
                continue;
            }
            let key = match path {
                "" => found.name.clone(),
                path => format!("{path}/{}", found.name),
            };
            match (found.is_folder, folder, folder.enter(&found.name)) {
                (true, _, Some(below)) if self.is_wanted(below) => next.push((key, below)),
                (true, _, Some(_)) => {}
                (false, Folder::Day(date) | Folder::Hour(date, _), _) if is_csv(&found.name) => {
                    *self.listed.entry(day_of(date)).or_default() += 1;
                    self.walk.files.push(Seen {
                        key,
                        size: found.size,
                        tag: found.tag,
                        modified: found.modified,
                    });
                }
                _ if self.walk.strays.len() < MOST_STRAYS => {
                    self.walk.strays.insert(key);
                }
                _ => {}
            }
        }
    }

    fn is_wanted(&self, folder: Folder) -> bool {
        let (first, last) = match folder {
            Folder::Root | Folder::Hour(..) => return true,
            Folder::Year(year) => (
                jiff::civil::date(year, 1, 1),
                jiff::civil::date(year, 12, 31),
            ),
            Folder::Month(year, month) => {
                let first = jiff::civil::date(year, month, 1);
                (first, first.last_of_month())
            }
            Folder::Day(date) => {
                let day = day_of(date);
                return (self.days.0..=self.days.1).contains(&day) && !self.done.contains(&day);
            }
        };
        day_of(first) <= self.days.1 && self.days.0 <= day_of(last)
    }
}

fn is_csv(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, end)| {
        end.eq_ignore_ascii_case("csv") && !stem.is_empty() && !stem.starts_with('.')
    })
}

async fn one<F: Future>(listing: F, path: String, folder: Folder) -> (String, Folder, F::Output) {
    (path, folder, listing.await)
}

/// The folders that stand where the root should.
async fn around<E, F>(root: &str, list: impl Fn(String) -> F) -> Result<Vec<String>, E>
where
    F: Future<Output = Result<Option<Vec<Found>>, E>>,
{
    let above = root.rsplit_once('/').map_or("", |(above, _)| above);
    let found = list(above.to_owned()).await?.unwrap_or_default();
    let folders = found
        .into_iter()
        .filter(|found| found.is_folder && !found.name.starts_with('.'));
    let mut names: Vec<String> = folders.map(|found| found.name).take(MOST_STRAYS).collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests;
