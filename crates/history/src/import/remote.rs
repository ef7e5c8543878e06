//! The remote side of a source, as an import uses it: it lists files, and downloads them completely
//! before anything is read.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use parking_lot::Mutex;
use tokio::time::sleep;

use crate::fetch::{
    AzureStore, FetchError, FileStore, FolderStore, RemoteFile, RemoteListing, S3Store, SftpStore,
    SpoolOptions, SpooledFile,
};
use wallboard_domain::SourceId;
use wallboard_runtime::retry::Backoff;
use wallboard_store::{self as store, ImportedFile, Store};

use super::{FileLocation, plan::ImportWindow};

/// Files or folders in a row that can't be read until all count as unreadable.
pub(super) const UNREADABLE_IN_A_ROW_MAX: usize = 10;
/// Tries of a folder: a line that is cut again and again still lists one after the other.
const LISTING_TRIES_MAX: u32 = 3;
/// Tries of a folder while nothing can be reached: a line that was cut is back within seconds.
const UNREACHABLE_TRIES_MAX: u32 = 8;
/// Folders listed at once.
const CONCURRENT_LISTINGS_MAX: usize = 4;
/// Depth of folders, at most: an export has four levels.
const FOLDER_DEPTH_MAX: usize = 12;

/// The remote side of a source, connected on first use.
#[derive(Debug)]
pub struct RemoteSource {
    file_store: FileStore,
    spool_folder: PathBuf,
}

/// The reason why a file wasn't downloaded.
#[derive(Debug)]
pub(super) enum DownloadError {
    /// It's being written, or is gone: the next run retries.
    Changing(String),
    /// It can't be read. Many of these in a row may mean that no file can be.
    Unreadable(FetchError),
    /// Files can no longer be read.
    Unreachable(FetchError),
}

/// Remote files, and names that belong to no export.
#[derive(Debug, Default)]
pub struct RemoteContents {
    pub files: Vec<RemoteFile>,
    pub strays: BTreeSet<String>,
    /// Folders that couldn't be listed.
    pub unreadable: BTreeMap<String, FetchError>,
    /// Why the listing ended early: what it has isn't all.
    pub ended_by: Option<FetchError>,
}

/// The files that a listing is for.
#[derive(Clone, Copy, Debug)]
pub struct ListingScope<'a> {
    pub source: &'a SourceId,
    pub store: &'a Store,
    pub window: ImportWindow,
    /// Whether to list days whose files are all imported, too.
    pub includes_done_days: bool,
    /// The source's imported files.
    pub ledger: &'a [ImportedFile],
}

impl RemoteContents {
    /// Removes files from the ledger of which this doesn't say whether they still exist: they aren't
    /// listed, but their folder couldn't be listed either. Files of done days are listed from the ledger.
    pub(super) fn retain_known(&self, ledger: &mut Vec<ImportedFile>) {
        if self.unreadable.is_empty() && self.ended_by.is_none() {
            return;
        }
        let listed: HashSet<&str> = self.files.iter().map(|file| &*file.key).collect();
        let is_below = |key: &str, folder: &String| {
            let rest = key.strip_prefix(folder.as_str());
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let may_exist = |key: &str| {
            let mut folders = self.unreadable.keys();
            self.ended_by.is_some() || folders.any(|folder| is_below(key, folder))
        };
        ledger.retain(|file| listed.contains(&*file.key) || !may_exist(&file.key));
    }
}

/// The folders of one listing that fail while others can be listed.
#[derive(Debug, Default)]
pub(crate) struct FolderErrors {
    folders: Mutex<BTreeMap<String, FetchError>>,
    /// Those since the last that could be listed.
    in_a_row: AtomicUsize,
}

impl RemoteSource {
    /// Creates the store without connecting.
    pub(super) fn new(location: &FileLocation, database: &Path) -> Result<Self, FetchError> {
        Ok(Self {
            file_store: open_file_store(location)?,
            // Not in /tmp, which may be in memory.
            spool_folder: store::folder_of(database).to_owned(),
        })
    }

    /// Whether a file may be listed before it's complete.
    pub(super) fn shows_partial_files(&self) -> bool {
        !self.file_store.is_flat()
    }

    /// Downloads one file completely.
    pub(super) async fn download_file(
        &self,
        listed: &RemoteFile,
    ) -> Result<SpooledFile, DownloadError> {
        let options = SpoolOptions {
            folder: &self.spool_folder,
            // The stability check has already waited that long, for all files at once.
            stability_period: Duration::ZERO,
        };
        let spooled = self.file_store.spool_file(listed, &options).await;
        spooled.map_err(|error| match error {
            error if error.affects_every_file() => DownloadError::Unreachable(error),
            error if error.is_change() => DownloadError::Changing(error.to_string()),
            error => DownloadError::Unreadable(error),
        })
    }

    /// Lists every file.
    pub(crate) async fn list_all(&self) -> Result<RemoteContents, FetchError> {
        let mut contents = RemoteContents::default();
        let errors = FolderErrors::default();
        let mut level = vec![String::new()];
        for depth in 0..FOLDER_DEPTH_MAX {
            let mut listings = stream::iter(level)
                .map(|folder| self.find_folder(folder, "", &errors))
                .buffer_unordered(CONCURRENT_LISTINGS_MAX);
            let mut next = Vec::new();
            while let Some(listing) = listings.next().await {
                let listing = match listing {
                    Err(error) if 0 < depth => {
                        contents.ended_by = Some(error);
                        break;
                    }
                    listing => listing?,
                };
                // One that is missing disappeared after its parent was listed.
                let listing = listing.unwrap_or_default();
                contents.files.extend(listing.files);
                let skipped = listing.skipped.into_iter();
                contents
                    .strays
                    .extend(skipped.map(|entry| format!("{} ({})", entry.name, entry.reason)));
                next.extend(listing.folders);
            }
            drop(listings);
            if next.is_empty() || contents.ended_by.is_some() {
                break;
            }
            level = next;
        }
        contents.unreadable = errors.into_folders();
        Ok(contents)
    }

    /// Lists a folder; `None` if it doesn't exist. One below the root that can't be listed, also
    /// when tried again, doesn't end the listing of the others.
    pub(crate) async fn find_folder(
        &self,
        folder: String,
        root: &str,
        errors: &FolderErrors,
    ) -> Result<Option<RemoteListing>, FetchError> {
        let is_below = root.trim_end_matches('/').len() < folder.len();
        let mut backoff = Backoff::default();
        let mut tries = 1;
        loop {
            let error = match self.file_store.list_folder(&folder).await {
                // Above the root, only the location itself can be missing.
                Err(error) if error.is_missing_folder() && !folder.is_empty() => return Ok(None),
                Err(error) if is_below => error,
                listing => {
                    errors.in_a_row.store(0, Ordering::Relaxed);
                    return listing.map(Some);
                }
            };
            let tries_max = match error {
                FetchError::Unreachable { .. } => UNREACHABLE_TRIES_MAX,
                _ => LISTING_TRIES_MAX,
            };
            if error.is_transient() && tries < tries_max {
                tries += 1;
                sleep(backoff.next_pause(false)).await;
            } else if error.affects_every_file() || errors.is_last_of_many(&error) {
                return Err(error);
            } else {
                errors.add_folder(folder, error);
                return Ok(Some(RemoteListing {
                    is_unreadable: true,
                    ..RemoteListing::default()
                }));
            }
        }
    }
}

impl FolderErrors {
    /// Counts an error. Returns whether there were so many in a row that no folder can be listed.
    fn is_last_of_many(&self, error: &FetchError) -> bool {
        !error.affects_one_file()
            && UNREADABLE_IN_A_ROW_MAX <= self.in_a_row.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn add_folder(&self, folder: String, error: FetchError) {
        self.folders.lock().insert(folder, error);
    }

    pub(crate) fn into_folders(self) -> BTreeMap<String, FetchError> {
        self.folders.into_inner()
    }
}

fn open_file_store(location: &FileLocation) -> Result<FileStore, FetchError> {
    Ok(match location.clone() {
        FileLocation::Folder { path, display_name } => {
            FileStore::Folder(FolderStore::new(path, &display_name))
        }
        FileLocation::Sftp(settings) => FileStore::Sftp(SftpStore::new(settings)),
        FileLocation::S3(settings) => FileStore::S3(S3Store::new(settings)?),
        FileLocation::Azure(settings) => FileStore::Azure(AzureStore::new(settings)?),
    })
}
