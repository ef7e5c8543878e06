//! Files of a remote side, as listings name them and as they are opened.

use std::fmt;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use jiff::Timestamp;

use super::{FetchError, content_digest::ContentDigest, remote_name};

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
    /// Folders of this level; always empty if [`super::FileStore::is_flat`].
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
    pub(super) digest: Option<ContentDigest>,
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

impl RemoteListing {
    /// Records a skipped entry.
    pub(super) fn skip_file(&mut self, name: &str, why: &'static str) {
        if self.skipped.len() < LISTED_SKIPPED_MAX {
            let name = remote_name::display_name(name);
            self.skipped.push(SkippedFile { name, reason: why });
        }
    }

    /// Adds a file, or skips it if its key can do harm.
    pub(super) fn add_file(&mut self, remote: RemoteFile) {
        match remote_name::find_name_error(&remote.key) {
            None => self.files.push(remote),
            Some(why) => self.skip_file(&remote.key, why),
        }
    }

    /// Fails if the listing is larger than any export.
    pub(super) fn check_size(&self, folder: &str) -> Result<(), FetchError> {
        if LISTING_FILES_MAX < self.files.len() + self.folders.len() {
            return Err(FetchError::TooMany {
                folder: remote_name::display_name(folder),
                most: LISTING_FILES_MAX,
            });
        }
        Ok(())
    }

    pub(super) fn into_sorted(mut self) -> Self {
        self.files.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        self.folders.sort_unstable();
        self
    }
}
