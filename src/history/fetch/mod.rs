//! How exports come here: from an SFTP server, an object store or a folder, all behind
//! one [`Door`]. A name that the far side wrote never becomes a path of this machine,
//! and a file is handed on only when it is here as a whole.

mod azure;
mod connection;
mod error;
mod folder;
mod name;
mod objects;
mod patience;
mod place;
mod s3;
mod sftp;
mod spool;
mod wire;
mod xml;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use jiff::Timestamp;

pub use azure::{Azure, AzureSettings};
pub use error::FetchError;
pub use folder::Folder;
pub use patience::Patience;
pub(super) use place::read_folder;
pub use place::{Pace, Place};
pub use s3::{S3, S3Settings};
pub use sftp::{OwnKey, Sftp, SftpSettings, Trust, own_key};
pub use spool::{Spooled, Spooling};

/// What one listing may hold at most.
const MOST: usize = 1_000_000;
/// So many of what a listing left out are named in it.
const MOST_LEFT_OUT: usize = 100;

/// One file as a listing tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
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
pub struct Listing {
    pub files: Vec<Remote>,
    /// Folders of this level; always empty where [`Door::is_flat`].
    pub folders: Vec<String>,
    /// What was not taken and why: the first hundred.
    pub left_out: Vec<LeftOut>,
}

/// Something in a listing that is never opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Fit to be shown.
    pub name: String,
    pub why: &'static str,
}

/// A file's content, in pieces of at most a few hundred kilobytes.
pub type Chunks = BoxStream<'static, Result<Bytes, FetchError>>;

/// Where files come from. Every call may be made by many at once; a connection that was
/// lost is made anew by the next one.
#[derive(Debug)]
pub enum Door {
    Folder(Folder),
    Sftp(Sftp),
    S3(S3),
    Azure(Azure),
}

impl Door {
    /// Whether a listing holds everything below a prefix at once instead of one level.
    pub fn is_flat(&self) -> bool {
        matches!(self, Self::S3(_) | Self::Azure(_))
    }

    /// What is in a folder (of a folder's files or by SFTP; "" is the outermost), or all
    /// keys that begin with a prefix (object stores), however many pages they fill.
    pub async fn list(&self, folder: &str) -> Result<Listing, FetchError> {
        match self {
            Self::Folder(door) => door.list(folder).await,
            Self::Sftp(door) => door.list(folder).await,
            Self::S3(door) => objects::list(door, folder).await,
            Self::Azure(door) => objects::list(door, folder).await,
        }
    }

    /// The file as it is now; `None` where there is none.
    pub async fn stat(&self, key: &str) -> Result<Option<Remote>, FetchError> {
        match self {
            Self::Folder(door) => door.stat(key).await,
            Self::Sftp(door) => door.stat(key).await,
            Self::S3(door) => objects::stat(door, key).await,
            Self::Azure(door) => objects::stat(door, key).await,
        }
    }

    /// The file's content as it streams in.
    pub async fn open(&self, remote: &Remote) -> Result<Chunks, FetchError> {
        match self {
            Self::Folder(door) => door.open(remote).await,
            Self::Sftp(door) => door.open(remote).await,
            Self::S3(door) => objects::open(door, remote).await,
            Self::Azure(door) => objects::open(door, remote).await,
        }
    }

    /// Brings the file here as a whole, or says why not.
    pub async fn spool(
        &self,
        remote: &Remote,
        spooling: &Spooling<'_>,
    ) -> Result<Spooled, FetchError> {
        spool::spool(self, remote, spooling).await
    }
}

impl Listing {
    /// Takes note of what is not taken.
    fn leave_out(&mut self, name: &str, why: &'static str) {
        if self.left_out.len() < MOST_LEFT_OUT {
            let name = name::shown(name);
            self.left_out.push(LeftOut { name, why });
        }
    }

    /// Takes a file, or leaves it out where its key can do harm.
    fn take(&mut self, remote: Remote) {
        match name::fault(&remote.key) {
            None => self.files.push(remote),
            Some(why) => self.leave_out(&remote.key, why),
        }
    }

    /// The file of exactly this key.
    fn find(self, key: &str) -> Option<Remote> {
        self.files.into_iter().find(|file| file.key == key)
    }

    fn len(&self) -> usize {
        self.files.len() + self.folders.len()
    }

    /// Refuses what is more than anybody's export.
    fn check(&self, folder: &str) -> Result<(), FetchError> {
        if MOST < self.len() {
            return Err(FetchError::TooMany {
                folder: name::shown(folder),
                most: MOST,
            });
        }
        Ok(())
    }

    fn sorted(mut self) -> Self {
        self.files.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        self.folders.sort_unstable();
        self
    }
}
