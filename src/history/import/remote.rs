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

/// Folders that are listed at once.
const CONCURRENT_LISTINGS_MAX: usize = 4;
/// Folders in folders, at most: an export has four.
const FOLDER_DEPTH_MAX: usize = 12;

/// The far side, reached when it is asked.
#[derive(Debug)]
pub(super) struct RemoteSource {
    file_store: FileStore,
    /// Where files are spooled.
    spool_folder: PathBuf,
}

/// A file that lies here as a whole. It has no name, and goes when it is closed.
#[derive(Debug)]
pub(super) struct DownloadedFile {
    pub(super) file: File,
    /// In bytes.
    pub(super) size: u64,
    pub(super) sha256: [u8; 32],
}

/// Why one file did not come.
#[derive(Debug)]
pub(super) enum DownloadError {
    /// It is being written, or is gone: the next run looks again.
    NotYet(String),
    /// It alone cannot be read.
    Failed(String),
    /// Nothing can be read any more.
    Unreachable(FetchError),
}

/// What there is, and names that belong to no export.
#[derive(Debug, Default)]
pub(super) struct RemoteContents {
    pub(super) files: Vec<ListedFile>,
    pub(super) strays: BTreeSet<String>,
}

impl RemoteSource {
    /// Reaches nothing yet.
    pub(super) fn new(place: &FileLocation, database: &Path) -> Result<Self, FetchError> {
        let folder = database.parent().filter(|folder| *folder != Path::new(""));
        Ok(Self {
            file_store: open_file_store(place)?,
            // Not in /tmp: that may be memory.
            spool_folder: folder.unwrap_or(Path::new(".")).to_owned(),
        })
    }

    /// Whether a file may be seen before all of it is there.
    pub(super) fn shows_partial_files(&self) -> bool {
        !self.file_store.is_flat()
    }

    /// What there is that the window may want; `again` also of days of which all was here.
    pub(super) async fn list_files(
        &self,
        source: &FileSource,
        store: &Store,
        (window, again): (ImportWindow, bool),
        ledger: &[ImportedFile],
    ) -> Result<RemoteContents, ImportError> {
        match &source.vendor {
            ExportVendor::Sangoma(_) => Ok(self.list_all().await?),
            ExportVendor::Vergic(export) => {
                let wanted = vergic::WalkRequest {
                    source: &source.id,
                    root: &export.root,
                    days: (utc_day(window.since), utc_day(window.until)),
                    includes_done_days: again,
                    now: Timestamp::now().as_second(),
                };
                let walk =
                    vergic::walk_folders(store, wanted, ledger, |folder| self.list_items(folder))
                        .await;
                let walk = walk.map_err(|error| match error {
                    FolderWalkError::Remote(error) => ImportError::Remote(error),
                    FolderWalkError::Store(error) => ImportError::Store(error),
                    error @ FolderWalkError::MissingRoot { .. } => {
                        ImportError::MissingRoot(error.to_string())
                    }
                })?;
                let files = walk.files.into_iter().map(|seen| ListedFile {
                    key: seen.key,
                    size: seen.size,
                    tag: seen.tag,
                    modified: seen.modified,
                });
                Ok(RemoteContents {
                    files: files.collect(),
                    strays: walk.strays,
                })
            }
        }
    }

    /// Fetches one file as a whole.
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
        let spooling = SpoolOptions {
            folder: &self.spool_folder,
            // It has been looked at for so long already, with all others at once.
            stability_period: Duration::ZERO,
        };
        let spooled = self.file_store.spool_file(&remote, &spooling).await;
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

    /// Every file there is.
    async fn list_all(&self) -> Result<RemoteContents, FetchError> {
        let mut there = RemoteContents::default();
        let mut level = vec![String::new()];
        for depth in 0..FOLDER_DEPTH_MAX {
            let mut listings = stream::iter(level)
                .map(|folder| self.list_folder(folder, depth == 0))
                .buffer_unordered(CONCURRENT_LISTINGS_MAX);
            let mut next = Vec::new();
            while let Some(listing) = listings.try_next().await? {
                there
                    .files
                    .extend(listing.files.into_iter().map(to_listed_file));
                let left_out = listing.skipped.into_iter();
                there
                    .strays
                    .extend(left_out.map(|out| format!("{} ({})", out.name, out.reason)));
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

    async fn list_folder(
        &self,
        folder: String,
        is_outermost: bool,
    ) -> Result<RemoteListing, FetchError> {
        match self.file_store.list_folder(&folder).await {
            // It went since it was seen.
            Err(error) if error.is_missing_folder() && !is_outermost => {
                Ok(RemoteListing::default())
            }
            listing => listing,
        }
    }

    /// What stands in a folder; `None` where there is no such folder.
    async fn list_items(&self, folder: String) -> Result<Option<Vec<FolderItem>>, FetchError> {
        let listing = match self.file_store.list_folder(&folder).await {
            // Above the root there is nothing that could be missing but the place itself.
            Err(error) if error.is_missing_folder() && !folder.is_empty() => return Ok(None),
            listing => listing?,
        };
        Ok(Some(FolderItem::from_listing(listing)))
    }
}

fn open_file_store(place: &FileLocation) -> Result<FileStore, FetchError> {
    Ok(match place.clone() {
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

/// What hexadecimal digits say.
fn decode_hex(digits: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    let digits = digits.chars().filter_map(|digit| digit.to_digit(16));
    for (place, digit) in digits.enumerate().take(64) {
        bytes[place / 2] = bytes[place / 2] << 4 | u8::try_from(digit).unwrap_or_default();
    }
    bytes
}
