//! Fetch errors, for people to read. No text here contains a secret.

use std::{io, time::Duration};

use super::{
    connection_string::ConnectionStringError,
    sftp::SftpError,
    store_errors::{AzureError, FolderError, S3Error},
    timeouts::RETRY_AFTER_MAX,
};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("“{key}” is still growing; it will be read when it stops")]
    Growing { key: String },
    #[error("“{key}” was cut off after {got} of {size} bytes; retrying next time")]
    Truncated { key: String, got: u64, size: u64 },
    #[error("“{key}” was replaced while being read; the new file is read next time")]
    Replaced { key: String },
    #[error("“{key}” no longer exists")]
    Gone { key: String },
    #[error(
        "the content of “{key}” differs from the store's digest, also when read again; retrying next time. Check any proxy in between"
    )]
    WrongContent { key: String },
    #[error("“{key}” is being restored from its archive; it will be read after that")]
    Restoring { key: String },
    #[error(
        "{at} sent nothing for {} s; retrying next time. Check that it's healthy, and check the network",
        .after.as_secs()
    )]
    Stalled { at: String, after: Duration },
    #[error("can't reach {at}: {why}")]
    Unreachable { at: String, why: &'static str },
    #[error("the connection to {at} was lost ({why}); retrying next time")]
    ConnectionLost { at: String, why: String },
    #[error("{at} didn't respond with HTTP: check the host and port in its address")]
    NotHttp { at: String },
    #[error("{at} is unavailable ({why}); retrying next time")]
    Unavailable {
        at: String,
        why: String,
        /// The delay that it requests.
        retry_after: Option<Duration>,
    },
    #[error("“{folder}” has more than {most} files: choose a folder with fewer")]
    TooMany { folder: String, most: usize },
    #[error("can't request “{key}”: {why}")]
    InvalidName { key: String, why: &'static str },
    #[error(
        "can't create a temporary file next to the database ({why}): free up space there, or fix its permissions"
    )]
    Spool { why: String },
    #[error(
        "the database disk is full, so no temporary file can be created next to the database: free up space"
    )]
    DiskFull,
    #[error(
        "{endpoint} isn't encrypted: use https:// in `{key}` (http:// is only for this server)"
    )]
    Plaintext { endpoint: String, key: &'static str },
    #[error("couldn't create an HTTP client: {0}")]
    Client(String),
    #[error(transparent)]
    Sftp(#[from] SftpError),
    #[error(transparent)]
    S3(#[from] S3Error),
    #[error(transparent)]
    Azure(#[from] AzureError),
    #[error(transparent)]
    ConnectionString(#[from] ConnectionStringError),
    #[error(transparent)]
    Folder(#[from] FolderError),
}

impl FetchError {
    /// Explains why a temporary file can't be written or read. Says only the kind: the error's text may show our
    /// database's path.
    pub fn from_spool(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            kind => Self::Spool {
                why: kind.to_string(),
            },
        }
    }

    /// Whether it may go away by itself, so that the next run should retry.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Growing { .. }
                | Self::Truncated { .. }
                | Self::Replaced { .. }
                | Self::Gone { .. }
                | Self::WrongContent { .. }
                | Self::Restoring { .. }
                | Self::Stalled { .. }
                | Self::Unreachable { .. }
                | Self::ConnectionLost { .. }
                | Self::Unavailable { .. }
                | Self::Spool { .. }
                | Self::DiskFull
        )
    }

    /// Whether the file was just written or removed: usually over in seconds.
    pub fn is_change(&self) -> bool {
        matches!(
            self,
            Self::Growing { .. } | Self::Replaced { .. } | Self::Gone { .. }
        )
    }

    /// Whether it affects one file only, and others can be read.
    pub fn affects_one_file(&self) -> bool {
        match self {
            Self::Growing { .. }
            | Self::Truncated { .. }
            | Self::Replaced { .. }
            | Self::Gone { .. }
            | Self::WrongContent { .. }
            | Self::Restoring { .. }
            | Self::InvalidName { .. } => true,
            Self::Sftp(error) => error.affects_one_file(),
            Self::Folder(error) => error.affects_one_file(),
            Self::S3(error) => error.affects_one_file(),
            Self::Azure(error) => error.affects_one_file(),
            _ => false,
        }
    }

    /// Whether no other file or folder can be read either. An error that is neither this nor
    /// [`affects_one_file`](Self::affects_one_file) may be of one file: others have to be tried.
    pub fn affects_every_file(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::TooMany { .. }
            | Self::Spool { .. }
            | Self::DiskFull
            | Self::Plaintext { .. }
            | Self::Client(_)
            | Self::ConnectionString(_) => true,
            Self::Sftp(error) => !error.affects_one_file(),
            Self::Folder(error) => !error.affects_one_file(),
            _ => false,
        }
    }

    /// The delay that the remote side requests before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the remote side requests a longer delay than an import waits.
    pub fn requests_long_delay(&self) -> bool {
        self.retry_after()
            .is_some_and(|delay| RETRY_AFTER_MAX < delay)
    }

    /// Whether the folder to list doesn't exist.
    pub fn is_missing_folder(&self) -> bool {
        matches!(
            self,
            Self::Sftp(SftpError::MissingFolder { .. }) | Self::Folder(FolderError::Missing { .. })
        )
    }
}
