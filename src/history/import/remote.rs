//! The remote side of a source, as an import uses it: it lists files, and downloads them completely
//! before anything is read.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use crate::{
    history::{
        fetch::{
            AzureStore, FetchError, FileStore, FolderStore, RemoteFile, RemoteListing, S3Store,
            SftpStore, SpoolOptions, SpooledFile,
        },
        intervals::day_from_date,
        vergic::{self, FolderWalkError},
    },
    store::{self, ImportedFile, Store},
};

use super::{ExportVendor, FileLocation, FileSource, ImportError, plan::ImportWindow};

/// Folders listed at once.
const CONCURRENT_LISTINGS_MAX: usize = 4;
/// Depth of folders, at most: an export has four levels.
const FOLDER_DEPTH_MAX: usize = 12;

/// The remote side of a source, connected on first use.
#[derive(Debug)]
pub(super) struct RemoteSource {
    file_store: FileStore,
    spool_folder: PathBuf,
}

/// The reason why a file wasn't downloaded.
#[derive(Debug)]
pub(super) enum DownloadError {
    /// It's being written, or is gone: the next run retries.
    NotYet(String),
    /// Only this file can't be read.
    Failed(String),
    /// No file can be read any more.
    Unreachable(FetchError),
}

/// Remote files, and names that belong to no export.
#[derive(Debug, Default)]
pub(super) struct RemoteContents {
    pub(super) files: Vec<RemoteFile>,
    pub(super) strays: BTreeSet<String>,
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

    /// Lists files that the window may include. With `includes_done_days`, also lists days whose
    /// files are all imported.
    pub(super) async fn list_files(
        &self,
        source: &FileSource,
        store: &Store,
        (window, includes_done_days): (ImportWindow, bool),
        ledger: &[ImportedFile],
    ) -> Result<RemoteContents, ImportError> {
        match &source.vendor {
            ExportVendor::Sangoma(_) => Ok(self.list_all().await?),
            ExportVendor::Vergic(export) => {
                let request = vergic::WalkRequest {
                    source: &source.id,
                    root: &export.root,
                    days: (day_from_date(window.since), day_from_date(window.until)),
                    includes_done_days,
                    now: Timestamp::now().as_second(),
                };
                let walk =
                    vergic::walk_folders(store, request, ledger, |folder| self.find_folder(folder))
                        .await;
                let walk = walk.map_err(|error| match error {
                    FolderWalkError::Remote(error) => ImportError::Remote(error),
                    FolderWalkError::Store(error) => ImportError::Store(error),
                    error @ FolderWalkError::MissingRoot { .. } => {
                        ImportError::MissingRoot(error.to_string())
                    }
                })?;
                Ok(RemoteContents {
                    files: walk.files,
                    strays: walk.strays,
                })
            }
        }
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
            error if !error.affects_one_file() => DownloadError::Unreachable(error),
            error if error.is_transient() => DownloadError::NotYet(error.to_string()),
            error => DownloadError::Failed(error.to_string()),
        })
    }

    /// Lists every file.
    async fn list_all(&self) -> Result<RemoteContents, FetchError> {
        let mut contents = RemoteContents::default();
        let mut level = vec![String::new()];
        for _ in 0..FOLDER_DEPTH_MAX {
            let mut listings = stream::iter(level)
                .map(|folder| self.find_folder(folder))
                .buffer_unordered(CONCURRENT_LISTINGS_MAX);
            let mut next = Vec::new();
            while let Some(listing) = listings.try_next().await? {
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
            if next.is_empty() {
                break;
            }
            level = next;
        }
        Ok(contents)
    }

    /// Lists a folder; `None` if it doesn't exist.
    async fn find_folder(&self, folder: String) -> Result<Option<RemoteListing>, FetchError> {
        match self.file_store.list_folder(&folder).await {
            // Above the root, only the location itself can be missing.
            Err(error) if error.is_missing_folder() && !folder.is_empty() => Ok(None),
            listing => listing.map(Some),
        }
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
