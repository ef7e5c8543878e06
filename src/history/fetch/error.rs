//! Why something cannot be fetched, for people to read. No text here holds a secret.

use std::time::Duration;

use super::{azure, connection, folder, s3, sftp};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("“{key}” is still growing: it is read when it has stopped")]
    Growing { key: String },
    #[error("“{key}” broke off after {got} of {size} bytes: it is read again next time")]
    Truncated { key: String, got: u64, size: u64 },
    #[error("“{key}” was replaced while it was read: the new one is read next time")]
    Replaced { key: String },
    #[error("“{key}” is not there any more")]
    Gone { key: String },
    #[error(
        "{at} sent nothing for {} s: it is asked again next time; look whether it is well, and at the network between",
        .after.as_secs()
    )]
    Stalled { at: String, after: Duration },
    #[error("{at} cannot be reached: {why}")]
    Unreachable { at: String, why: &'static str },
    #[error("the line to {at} was lost ({why}): it is asked again next time")]
    Lost { at: String, why: String },
    #[error("{at} does not speak HTTP: check the host and port in its address")]
    NotHttp { at: String },
    #[error("{at} is not well now ({why}): it is asked again next time")]
    Unwell { at: String, why: String },
    #[error("there are more than {most} files in “{folder}”: name a folder with fewer")]
    TooMany { folder: String, most: usize },
    #[error("“{key}” cannot be asked for: {why}")]
    Name { key: String, why: &'static str },
    #[error(
        "no file can be kept beside the database for the time of reading it ({why}): make room there, or mend its permissions"
    )]
    Spool { why: String },
    #[error(
        "the disk of the database is full, so no file can be kept beside it for the time of reading it: make room"
    )]
    Full,
    #[error(
        "{endpoint} is not encrypted: write https:// in `{key}` (http:// is for this machine alone)"
    )]
    Plaintext { endpoint: String, key: &'static str },
    #[error("no HTTP client could be made: {0}")]
    Client(String),
    #[error(transparent)]
    Sftp(#[from] sftp::Fault),
    #[error(transparent)]
    S3(#[from] s3::Fault),
    #[error(transparent)]
    Azure(#[from] azure::Fault),
    #[error(transparent)]
    Connection(#[from] connection::Fault),
    #[error(transparent)]
    Folder(#[from] folder::Fault),
}

impl FetchError {
    /// Whether it may well go away by itself: try again next time.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Growing { .. }
                | Self::Truncated { .. }
                | Self::Replaced { .. }
                | Self::Gone { .. }
                | Self::Stalled { .. }
                | Self::Unreachable { .. }
                | Self::Lost { .. }
                | Self::Unwell { .. }
                | Self::Spool { .. }
                | Self::Full
        )
    }

    /// Whether it is of one file only, and others may be read meanwhile.
    pub fn is_of_one_file(&self) -> bool {
        matches!(
            self,
            Self::Growing { .. }
                | Self::Truncated { .. }
                | Self::Replaced { .. }
                | Self::Gone { .. }
                | Self::Name { .. }
        ) || matches!(self, Self::Sftp(fault) if fault.is_of_one_file())
            || matches!(self, Self::Folder(fault) if fault.is_of_one_file())
            || matches!(self, Self::S3(fault) if fault.is_of_one_file())
            || matches!(self, Self::Azure(fault) if fault.is_of_one_file())
    }

    /// Whether a folder that was to be listed is not there.
    pub fn is_absent(&self) -> bool {
        matches!(
            self,
            Self::Sftp(sftp::Fault::Absent { .. }) | Self::Folder(folder::Fault::Absent { .. })
        )
    }
}
