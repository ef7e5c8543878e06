//! How exports come here: from an SFTP server, an object store or a folder, all behind
//! one [`Door`]. A name that the far side wrote never becomes a path of this machine,
//! and a file is handed on only when it is here as a whole.

mod azure;
mod connection_string;
mod error;
mod folder_store;
mod location;
mod object_api;
mod object_client;
mod remote_name;
mod s3;
mod sftp;
mod spool;
mod timeouts;
mod xml;

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

/// What one listing may hold at most.
const LISTING_FILES_MAX: usize = 1_000_000;
/// So many of what a listing left out are named in it.
const LISTED_SKIPPED_MAX: usize = 100;

/// One file as a listing tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// As the far side writes it.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// When it was last changed, by the far side's clock.
    pub modified: Option<Timestamp>,
    /// Differs where the content does: the `ETag`, or size and time where there is none.
    pub tag: String,
}

/// What a listing found, in the order of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteListing {
    pub files: Vec<RemoteFile>,
    /// Folders of this level; always empty where [`Door::is_flat`].
    pub folders: Vec<String>,
    /// What was not taken and why: the first hundred.
    pub skipped: Vec<SkippedFile>,
}

/// Something in a listing that is never opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedFile {
    /// Fit to be shown.
    pub name: String,
    pub reason: &'static str,
}

/// A file's content, in pieces of at most a few hundred kilobytes.
pub type FileChunks = BoxStream<'static, Result<Bytes, FetchError>>;

/// Where files come from. Every call may be made by many at once; a connection that was
/// lost is made anew by the next one.
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

    /// What is in a folder (of a folder's files or by SFTP; "" is the outermost), or all
    /// keys that begin with a prefix (object stores), however many pages they fill.
    pub async fn list_folder(&self, folder: &str) -> Result<RemoteListing, FetchError> {
        match self {
            Self::Folder(door) => door.list_folder(folder).await,
            Self::Sftp(door) => door.list_folder(folder).await,
            Self::S3(door) => object_api::list_objects(door, folder).await,
            Self::Azure(door) => object_api::list_objects(door, folder).await,
        }
    }

    /// The file as it is now; `None` where there is none.
    pub async fn stat_file(&self, key: &str) -> Result<Option<RemoteFile>, FetchError> {
        match self {
            Self::Folder(door) => door.stat_file(key).await,
            Self::Sftp(door) => door.stat_file(key).await,
            Self::S3(door) => object_api::stat_object(door, key).await,
            Self::Azure(door) => object_api::stat_object(door, key).await,
        }
    }

    /// The file's content as it streams in.
    pub async fn open_file(&self, remote: &RemoteFile) -> Result<FileChunks, FetchError> {
        match self {
            Self::Folder(door) => door.open_file(remote).await,
            Self::Sftp(door) => door.open_file(remote).await,
            Self::S3(door) => object_api::open_object(door, remote).await,
            Self::Azure(door) => object_api::open_object(door, remote).await,
        }
    }

    /// Brings the file here as a whole, or says why not.
    pub async fn spool_file(
        &self,
        remote: &RemoteFile,
        spooling: &SpoolOptions<'_>,
    ) -> Result<SpooledFile, FetchError> {
        spool::spool_file(self, remote, spooling).await
    }
}

impl RemoteListing {
    /// Takes note of what is not taken.
    fn skip_file(&mut self, name: &str, why: &'static str) {
        if self.skipped.len() < LISTED_SKIPPED_MAX {
            let name = remote_name::display_name(name);
            self.skipped.push(SkippedFile { name, reason: why });
        }
    }

    /// Takes a file, or leaves it out where its key can do harm.
    fn add_file(&mut self, remote: RemoteFile) {
        match remote_name::find_name_error(&remote.key) {
            None => self.files.push(remote),
            Some(why) => self.skip_file(&remote.key, why),
        }
    }

    /// The file of exactly this key.
    fn find_file(self, key: &str) -> Option<RemoteFile> {
        self.files.into_iter().find(|file| file.key == key)
    }

    fn len(&self) -> usize {
        self.files.len() + self.folders.len()
    }

    /// Refuses what is more than anybody's export.
    fn check_size(&self, folder: &str) -> Result<(), FetchError> {
        if LISTING_FILES_MAX < self.len() {
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
