//! The remote side of a source, as an import uses it: it lists files, and downloads them completely
//! before anything is read.

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
        fetch::{
            AzureStore, FetchError, FileStore, FolderStore, RemoteFile, RemoteListing, S3Store,
            SftpStore, SpoolOptions,
        },
        vergic::{self, FolderItem, FolderWalkError},
    },
    store::{ImportedFile, Store},
};

use super::{
    ExportVendor, FileLocation, FileSource, ImportError,
    plan::{ImportWindow, ListedFile},
};

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

/// A completely downloaded file. It has no name, and disappears when it's closed.
#[derive(Debug)]
pub(super) struct DownloadedFile {
    pub(super) file: File,
    /// In bytes.
    pub(super) size: u64,
    pub(super) sha256: [u8; 32],
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
    pub(super) files: Vec<ListedFile>,
    pub(super) strays: BTreeSet<String>,
}

impl RemoteSource {
    /// Creates the store without connecting.
    pub(super) fn new(location: &FileLocation, database: &Path) -> Result<Self, FetchError> {
        let folder = database.parent().filter(|folder| *folder != Path::new(""));
        Ok(Self {
            file_store: open_file_store(location)?,
            // Not in /tmp, which may be in memory.
            spool_folder: folder.unwrap_or(Path::new(".")).to_owned(),
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
                    days: (utc_day(window.since), utc_day(window.until)),
                    includes_done_days,
                    now: Timestamp::now().as_second(),
                };
                let walk =
                    vergic::walk_folders(store, request, ledger, |folder| self.list_items(folder))
                        .await;
                let walk = walk.map_err(|error| match error {
                    FolderWalkError::Remote(error) => ImportError::Remote(error),
                    FolderWalkError::Store(error) => ImportError::Store(error),
                    error @ FolderWalkError::MissingRoot { .. } => {
                        ImportError::MissingRoot(error.to_string())
                    }
                })?;
                let files = walk.files.into_iter().map(|found| ListedFile {
                    key: found.key,
                    size: found.size,
                    tag: found.tag,
                    modified: found.modified,
                });
                Ok(RemoteContents {
                    files: files.collect(),
                    strays: walk.strays,
                })
            }
        }
    }

    /// Downloads one file completely.
    pub(super) async fn download_file(
        &self,
        listed: &ListedFile,
    ) -> Result<DownloadedFile, DownloadError> {
        let modified = listed.modified.map(Timestamp::from_second);
        let remote = RemoteFile {
            key: listed.key.clone(),
            size: listed.size,
            modified: modified.and_then(Result::ok),
            tag: listed.tag.clone(),
        };
        let options = SpoolOptions {
            folder: &self.spool_folder,
            // The stability check has already waited that long, for all files at once.
            stability_period: Duration::ZERO,
        };
        let spooled = self.file_store.spool_file(&remote, &options).await;
        let spooled = spooled.map_err(|error| match error {
            error if !error.affects_one_file() => DownloadError::Unreachable(error),
            error if error.is_transient() => DownloadError::NotYet(error.to_string()),
            error => DownloadError::Failed(error.to_string()),
        })?;
        Ok(DownloadedFile {
            sha256: decode_hex(&spooled.sha256),
            file: spooled.file,
            size: spooled.size,
        })
    }

    /// Lists every file.
    async fn list_all(&self) -> Result<RemoteContents, FetchError> {
        let mut contents = RemoteContents::default();
        let mut level = vec![String::new()];
        for depth in 0..FOLDER_DEPTH_MAX {
            let mut listings = stream::iter(level)
                .map(|folder| self.list_folder(folder, depth == 0))
                .buffer_unordered(CONCURRENT_LISTINGS_MAX);
            let mut next = Vec::new();
            while let Some(listing) = listings.try_next().await? {
                contents
                    .files
                    .extend(listing.files.into_iter().map(to_listed_file));
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

    async fn list_folder(
        &self,
        folder: String,
        is_outermost: bool,
    ) -> Result<RemoteListing, FetchError> {
        match self.file_store.list_folder(&folder).await {
            // It disappeared after its parent was listed.
            Err(error) if error.is_missing_folder() && !is_outermost => {
                Ok(RemoteListing::default())
            }
            listing => listing,
        }
    }

    /// Lists a folder's entries; `None` if the folder doesn't exist.
    async fn list_items(&self, folder: String) -> Result<Option<Vec<FolderItem>>, FetchError> {
        let listing = match self.file_store.list_folder(&folder).await {
            // Above the root, only the location itself can be missing.
            Err(error) if error.is_missing_folder() && !folder.is_empty() => return Ok(None),
            listing => listing?,
        };
        Ok(Some(FolderItem::from_listing(listing)))
    }
}

fn open_file_store(location: &FileLocation) -> Result<FileStore, FetchError> {
    Ok(match location.clone() {
        FileLocation::Folder { path, called } => FileStore::Folder(FolderStore::new(path, &called)),
        FileLocation::Sftp(settings) => FileStore::Sftp(SftpStore::new(settings)),
        FileLocation::S3(settings) => FileStore::S3(S3Store::new(settings)?),
        FileLocation::Azure(settings) => FileStore::Azure(AzureStore::new(settings)?),
    })
}

fn to_listed_file(remote: RemoteFile) -> ListedFile {
    ListedFile {
        key: remote.key,
        size: remote.size,
        tag: remote.tag,
        modified: remote.modified.map(Timestamp::as_second),
    }
}

/// UTC days since 1970.
fn utc_day(date: Date) -> i64 {
    i64::from((date - Date::constant(1970, 1, 1)).get_days())
}

/// Decodes hexadecimal digits.
fn decode_hex(digits: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    let digits = digits.chars().filter_map(|digit| digit.to_digit(16));
    for (index, digit) in digits.enumerate().take(64) {
        bytes[index / 2] = bytes[index / 2] << 4 | u8::try_from(digit).unwrap_or_default();
    }
    bytes
}
