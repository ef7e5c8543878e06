//! Downloads exports from an SFTP server, an object store or a folder, all behind one
//! [`FileStore`]. A remote name never becomes a local path, and a file is handed on only when it's
//! complete.

mod azure;
mod connection_string;
mod content_digest;
mod error;
mod folder_store;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics at what may not be"
)]
pub mod fuzz;
mod location;
mod object_api;
mod object_client;
mod remote_name;
mod s3;
mod sftp;
mod spool;
mod timeouts;
mod xml;

use std::fmt;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use jiff::Timestamp;

pub use azure::{AzureSettings, AzureStore};
pub use error::FetchError;
pub use folder_store::FolderStore;
pub(super) use location::read_folder;
pub use location::{FileLocation, ImportSchedule};
pub use s3::{S3Settings, S3Store};
pub use sftp::{HostTrust, SftpSettings, SftpStore, SshPublicKey, load_public_key};
pub use spool::{SpoolOptions, SpooledFile};
pub use timeouts::FetchTimeouts;

/// Entries of one listing, at most.
const LISTING_FILES_MAX: usize = 1_000_000;
/// Skipped entries that a listing names, at most.
const LISTED_SKIPPED_MAX: usize = 100;

/// One file of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// As the remote side writes it.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// The time of its last change, by the remote clock.
    pub modified: Option<Timestamp>,
    /// Differs if the content does: the `ETag`, or size and time if there is none.
    pub tag: String,
}

/// The entries of a listing, sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteListing {
    pub files: Vec<RemoteFile>,
    /// Folders of this level; always empty if [`FileStore::is_flat`].
    pub folders: Vec<String>,
    /// Skipped entries and reasons: the first hundred.
    pub skipped: Vec<SkippedFile>,
    /// Whether the folder couldn't be listed, so that it may hold anything.
    pub is_unreadable: bool,
}

/// An entry of a listing that is never opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedFile {
    /// Safe to show.
    pub name: String,
    pub reason: &'static str,
}

/// A file's content, in chunks of at most a few hundred kilobytes.
pub type FileChunks = BoxStream<'static, Result<Bytes, FetchError>>;

/// A file that is being read.
pub struct OpenedFile {
    pub chunks: FileChunks,
    /// The store's digest of the content, if it has one.
    digest: Option<content_digest::ContentDigest>,
}

impl fmt::Debug for OpenedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedFile")
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

impl From<FileChunks> for OpenedFile {
    fn from(chunks: FileChunks) -> Self {
        Self {
            chunks,
            digest: None,
        }
    }
}

/// A store of remote files. Calls may run concurrently; after a lost connection, the next call
/// opens another.
#[derive(Debug)]
pub enum FileStore {
    Folder(FolderStore),
    Sftp(SftpStore),
    S3(S3Store),
    Azure(AzureStore),
}

impl FileStore {
    /// Whether a listing holds everything below a prefix at once instead of one level.
    pub fn is_flat(&self) -> bool {
        matches!(self, Self::S3(_) | Self::Azure(_))
    }

    /// Lists a folder (of a folder's files or by SFTP; "" is the outermost), or all keys that begin
    /// with a prefix (object stores), however many pages they fill.
    pub async fn list_folder(&self, folder: &str) -> Result<RemoteListing, FetchError> {
        match self {
            Self::Folder(store) => store.list_folder(folder).await,
            Self::Sftp(store) => store.list_folder(folder).await,
            Self::S3(store) => object_api::list_objects(store, folder).await,
            Self::Azure(store) => object_api::list_objects(store, folder).await,
        }
    }

    /// Returns the file's current state; `None` if it doesn't exist.
    pub async fn stat_file(&self, key: &str) -> Result<Option<RemoteFile>, FetchError> {
        match self {
            Self::Folder(store) => store.stat_file(key).await,
            Self::Sftp(store) => store.stat_file(key).await,
            Self::S3(store) => object_api::stat_object(store, key).await,
            Self::Azure(store) => object_api::stat_object(store, key).await,
        }
    }

    /// Streams the file's content.
    pub async fn open_file(&self, remote: &RemoteFile) -> Result<OpenedFile, FetchError> {
        match self {
            Self::Folder(store) => store.open_file(remote).await.map(OpenedFile::from),
            Self::Sftp(store) => store.open_file(remote).await.map(OpenedFile::from),
            Self::S3(store) => object_api::open_object(store, remote).await,
            Self::Azure(store) => object_api::open_object(store, remote).await,
        }
    }
}

impl RemoteListing {
    /// Records a skipped entry.
    fn skip_file(&mut self, name: &str, why: &'static str) {
        if self.skipped.len() < LISTED_SKIPPED_MAX {
            let name = remote_name::display_name(name);
            self.skipped.push(SkippedFile { name, reason: why });
        }
    }

    /// Adds a file, or skips it if its key can do harm.
    fn add_file(&mut self, remote: RemoteFile) {
        match remote_name::find_name_error(&remote.key) {
            None => self.files.push(remote),
            Some(why) => self.skip_file(&remote.key, why),
        }
    }

    /// Fails if the listing is larger than any export.
    fn check_size(&self, folder: &str) -> Result<(), FetchError> {
        if LISTING_FILES_MAX < self.files.len() + self.folders.len() {
            return Err(FetchError::TooMany {
                folder: remote_name::display_name(folder),
                most: LISTING_FILES_MAX,
            });
        }
        Ok(())
    }

    fn into_sorted(mut self) -> Self {
        self.files.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        self.folders.sort_unstable();
        self
    }
}
