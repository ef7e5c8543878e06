//! Downloads exports from an SFTP server, an object store or a folder, all behind one
//! [`FileStore`]. A remote name never becomes a local path, and a file is handed on only when it's
//! complete. An [`ObjectStore`] takes files of ours.

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
mod listing;
mod location;
mod object_api;
mod object_client;
mod object_tables;
mod remote_name;
mod s3;
mod sftp;
mod spool;
mod store_errors;
mod timeouts;
mod upload;
mod xml;

pub use azure::{AzureSettings, AzureStore};
pub use error::FetchError;
pub use folder_store::FolderStore;
pub use listing::{FileChunks, OpenedFile, RemoteFile, RemoteListing, SkippedFile};
pub use location::{FileLocation, ImportSchedule, LocationName, find_location};
pub(super) use location::{read_folder, read_store_or_folder};
pub use s3::{S3Settings, S3Store};
pub use sftp::{
    HostTrust, PrivateKeySource, SftpSettings, SftpStore, SshPublicKey, load_public_key,
};
pub(super) use sftp::{SFTP_KEYS, SftpOwner, read_sftp};
pub use spool::{SpoolOptions, SpooledFile};
pub use timeouts::FetchTimeouts;
pub use upload::{ObjectStore, ObjectStoreSettings};

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
