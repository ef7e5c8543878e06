//! Where files come from and how often, as configured.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::toml_reader::{ConfigEntry, ConfigSection};

use super::{AzureSettings, S3Settings, SftpSettings};

const DAY: Duration = Duration::from_hours(24);

/// Where the files are.
#[derive(Clone, Debug, PartialEq)]
pub enum FileLocation {
    /// A folder of this machine.
    Folder {
        path: PathBuf,
        /// As written; only the last name of an absolute path. For pages, which do not show
        /// where things are on our disk.
        called: String,
    },
    Sftp(SftpSettings),
    S3(S3Settings),
    Azure(AzureSettings),
}

impl fmt::Display for FileLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { path, .. } => write!(f, "folder {}", path.display()),
            Self::Sftp(sftp) => {
                write!(f, "{}@{}:{} over SFTP", sftp.username, sftp.host, sftp.port)
            }
            Self::S3(s3) => write!(f, "S3 bucket {}", s3.bucket),
            Self::Azure(azure) => write!(f, "Azure container {}", azure.container),
        }
    }
}

/// How often files are looked for, how far back, and when one is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportSchedule {
    pub interval: Duration,
    /// How far back the first import goes.
    pub history: Duration,
    /// A file is whole when its size and time have not changed for so long.
    pub settle: Duration,
}

impl ImportSchedule {
    pub(in crate::history) fn read(section: &ConfigSection<'_, '_>, usual: Self) -> Self {
        let interval = section
            .entry("interval")
            .and_then(|entry| entry.read_duration(Duration::from_secs(1)..=DAY));
        let history = section
            .entry("history")
            .and_then(|entry| entry.read_duration(DAY..=DAY * 3_650));
        let settle = section
            .entry("settle")
            .and_then(|entry| entry.read_duration(Duration::ZERO..=Duration::from_hours(1)));
        Self {
            interval: interval.unwrap_or(usual.interval),
            history: history.unwrap_or(usual.history),
            settle: settle.unwrap_or(usual.settle),
        }
    }
}

/// A folder of this machine. It need not be there yet: a share may be mounted later, and what is live must
/// not wait for it.
pub(in crate::history) fn read_folder(entry: &ConfigEntry<'_, '_>) -> Option<FileLocation> {
    let written = entry.read_nonempty_text()?;
    let path = entry.reader.path_beside(&written);
    let called = match Path::new(&written).file_name() {
        Some(name) if Path::new(&written).is_absolute() => name.to_string_lossy().into_owned(),
        _ => written,
    };
    Some(FileLocation::Folder { path, called })
}
