//! The far side of a source, as an import sees it: what there is, and files that lie
//! here as a whole before anything of them is read.

use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{Timestamp, civil::Date};

use crate::{
    history::{
        fetch::{Azure, Door, FetchError, Folder, Listing, Remote, S3, Sftp, Spooling},
        vergic::{self, Found, WalkError},
    },
    store::{Store, TakenFile},
};

use super::{
    ImportError, Place, Source, Vendor,
    choose::{Listed, Window},
};

/// Folders that are listed at once.
const AT_ONCE: usize = 4;
/// Folders in folders, at most: an export has four.
const DEEPEST: usize = 12;

/// The far side, reached when it is asked.
#[derive(Debug)]
pub(super) struct Far {
    door: Door,
    /// Where files are spooled.
    spool: PathBuf,
}

/// A file that lies here as a whole. It has no name, and goes when it is closed.
#[derive(Debug)]
pub(super) struct Spooled {
    pub(super) file: File,
    /// In bytes.
    pub(super) size: u64,
    pub(super) sha256: [u8; 32],
}

/// Why one file did not come.
#[derive(Debug)]
pub(super) enum Miss {
    /// It is being written, or is gone: the next run looks again.
    NotYet(String),
    /// It alone cannot be read.
    Failed(String),
    /// Nothing can be read any more.
    Away(FetchError),
}

/// What there is, and names that belong to no export.
#[derive(Debug, Default)]
pub(super) struct There {
    pub(super) files: Vec<Listed>,
    pub(super) strays: BTreeSet<String>,
}

impl Far {
    /// Reaches nothing yet.
    pub(super) fn new(place: &Place, database: &Path) -> Result<Self, FetchError> {
        let folder = database.parent().filter(|folder| *folder != Path::new(""));
        Ok(Self {
            door: door(place)?,
            // Not in /tmp: that may be memory.
            spool: folder.unwrap_or(Path::new(".")).to_owned(),
        })
    }

    /// Whether a file may be seen before all of it is there.
    pub(super) fn shows_halves(&self) -> bool {
        !self.door.is_flat()
    }

    /// What there is that the window may want; `again` also of days of which all was here.
    pub(super) async fn list(
        &self,
        source: &Source,
        store: &Store,
        (window, again): (Window, bool),
        ledger: &[TakenFile],
    ) -> Result<There, ImportError> {
        match &source.vendor {
            Vendor::Sangoma(_) => Ok(self.all().await?),
            Vendor::Vergic(export) => {
                let wanted = vergic::Wanted {
                    source: &source.id,
                    root: &export.root,
                    days: (day(window.since), day(window.until)),
                    again,
                    now: Timestamp::now().as_second(),
                };
                let walk = vergic::walk(store, wanted, ledger, |folder| self.found(folder)).await;
                let walk = walk.map_err(|error| match error {
                    WalkError::Far(error) => ImportError::Far(error),
                    WalkError::Store(error) => ImportError::Store(error),
                    error @ WalkError::NoRoot { .. } => ImportError::NoRoot(error.to_string()),
                })?;
                let files = walk.files.into_iter().map(|seen| Listed {
                    key: seen.key,
                    size: seen.size,
                    tag: seen.tag,
                    modified: seen.modified,
                });
                Ok(There {
                    files: files.collect(),
                    strays: walk.strays,
                })
            }
        }
    }

    /// Fetches one file as a whole.
    pub(super) async fn spool(&self, listed: &Listed) -> Result<Spooled, Miss> {
        let modified = listed.modified.map(Timestamp::from_second);
        let remote = Remote {
            key: listed.key.clone(),
            size: listed.size,
            modified: modified.and_then(Result::ok),
            tag: listed.tag.clone(),
        };
        let spooling = Spooling {
            folder: &self.spool,
            // It has been looked at for so long already, with all others at once.
            settle: Duration::ZERO,
        };
        let spooled = self.door.spool(&remote, &spooling).await;
        let spooled = spooled.map_err(|error| match error {
            error if !error.is_of_one_file() => Miss::Away(error),
            error if error.is_passing() => Miss::NotYet(error.to_string()),
            error => Miss::Failed(error.to_string()),
        })?;
        Ok(Spooled {
            sha256: bytes(&spooled.sha256),
            file: spooled.file,
            size: spooled.size,
        })
    }

    /// Every file there is.
    async fn all(&self) -> Result<There, FetchError> {
        let mut there = There::default();
        let mut level = vec![String::new()];
        for depth in 0..DEEPEST {
            let mut listings = stream::iter(level)
                .map(|folder| self.listing(folder, depth == 0))
                .buffer_unordered(AT_ONCE);
            let mut next = Vec::new();
            while let Some(listing) = listings.try_next().await? {
                there.files.extend(listing.files.into_iter().map(listed));
                let left_out = listing.left_out.into_iter();
                there
                    .strays
                    .extend(left_out.map(|out| format!("{} ({})", out.name, out.why)));
                next.extend(listing.folders);
            }
            drop(listings);
            if next.is_empty() {
                break;
            }
            level = next;
        }
        Ok(there)
    }

    async fn listing(&self, folder: String, is_outermost: bool) -> Result<Listing, FetchError> {
        match self.door.list(&folder).await {
            // It went since it was seen.
            Err(error) if error.is_absent() && !is_outermost => Ok(Listing::default()),
            listing => listing,
        }
    }

    /// What stands in a folder; `None` where there is no such folder.
    async fn found(&self, folder: String) -> Result<Option<Vec<Found>>, FetchError> {
        let listing = match self.door.list(&folder).await {
            // Above the root there is nothing that could be missing but the place itself.
            Err(error) if error.is_absent() && !folder.is_empty() => return Ok(None),
            listing => listing?,
        };
        Ok(Some(Found::all(listing)))
    }
}

fn door(place: &Place) -> Result<Door, FetchError> {
    Ok(match place.clone() {
        Place::Folder { path, called } => Door::Folder(Folder::new(path, &called)),
        Place::Sftp(settings) => Door::Sftp(Sftp::new(settings)),
        Place::S3(settings) => Door::S3(S3::new(settings)?),
        Place::Azure(settings) => Door::Azure(Azure::new(settings)?),
    })
}

fn listed(remote: Remote) -> Listed {
    Listed {
        key: remote.key,
        size: remote.size,
        tag: remote.tag,
        modified: remote.modified.map(Timestamp::as_second),
    }
}

/// UTC days since 1970.
fn day(date: Date) -> i64 {
    i64::from((date - Date::constant(1970, 1, 1)).get_days())
}

/// What hexadecimal digits say.
fn bytes(digits: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    let digits = digits.chars().filter_map(|digit| digit.to_digit(16));
    for (place, digit) in digits.enumerate().take(64) {
        bytes[place / 2] = bytes[place / 2] << 4 | u8::try_from(digit).unwrap_or_default();
    }
    bytes
}
