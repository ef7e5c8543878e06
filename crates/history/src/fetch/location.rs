//! The configured location and schedule of files.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use wallboard_toml_reader::{ConfigEntry, ConfigSection};

use super::{AzureSettings, ObjectStoreSettings, S3Settings, SftpSettings};

const DAY: Duration = Duration::from_hours(24);

/// The location of the files.
#[derive(Clone, Debug, PartialEq)]
pub enum FileLocation {
    /// A local folder.
    Folder {
        path: PathBuf,
        /// The path as written, or the last name of an absolute path, because pages don't show
        /// paths on our disk.
        display_name: String,
    },
    Sftp(SftpSettings),
    S3(S3Settings),
    Azure(AzureSettings),
}

/// The location as pages show it: without secrets, and without a path on our disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocationName {
    Folder(String),
    /// User, host and port.
    Sftp(String),
    Bucket(String),
    Container(String),
}

impl FileLocation {
    /// Returns how pages name it.
    pub fn name(&self) -> LocationName {
        match self {
            Self::Folder { display_name, .. } => LocationName::Folder(display_name.clone()),
            Self::Sftp(sftp) => {
                let SftpSettings {
                    username,
                    host,
                    port,
                    ..
                } = sftp;
                LocationName::Sftp(format!("{username}@{host}:{port}"))
            }
            Self::S3(s3) => LocationName::Bucket(s3.bucket.clone()),
            Self::Azure(azure) => LocationName::Container(azure.container.clone()),
        }
    }
}

impl From<ObjectStoreSettings> for FileLocation {
    fn from(settings: ObjectStoreSettings) -> Self {
        match settings {
            ObjectStoreSettings::S3(s3) => Self::S3(s3),
            ObjectStoreSettings::Azure(azure) => Self::Azure(azure),
        }
    }
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

/// The interval of imports, the period that they go back, and when a file is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportSchedule {
    pub interval: Duration,
    /// The period that the first import goes back.
    pub history: Duration,
    /// A file is complete when its size and time haven't changed for this long.
    pub settle: Duration,
}

impl ImportSchedule {
    /// Reads the schedule of files that are all read, whatever their days.
    pub(crate) fn read_undated(section: &ConfigSection<'_, '_>, interval: Duration) -> Self {
        Self {
            interval: read_interval(section).unwrap_or(interval),
            history: DAY * 3_650,
            settle: read_settle(section).unwrap_or(Duration::from_secs(10)),
        }
    }

    pub(crate) fn read(section: &ConfigSection<'_, '_>, defaults: Self) -> Self {
        let history = section
            .entry("history")
            .and_then(|entry| entry.read_duration(DAY..=DAY * 3_650));
        Self {
            interval: read_interval(section).unwrap_or(defaults.interval),
            history: history.unwrap_or(defaults.history),
            settle: read_settle(section).unwrap_or(defaults.settle),
        }
    }
}

fn read_interval(section: &ConfigSection<'_, '_>) -> Option<Duration> {
    let entry = section.entry("interval")?;
    entry.read_duration(Duration::from_secs(1)..=DAY)
}

fn read_settle(section: &ConfigSection<'_, '_>) -> Option<Duration> {
    let entry = section.entry("settle")?;
    entry.read_duration(Duration::ZERO..=Duration::from_hours(1))
}

/// Finds the one of these keys that says where the files are. Each other one is a fault.
pub fn find_location<'r, 't>(
    section: &ConfigSection<'r, 't>,
    keys: &[&'static str],
) -> Option<ConfigEntry<'r, 't>> {
    let given: Vec<_> = keys.iter().filter_map(|key| section.entry(key)).collect();
    let mut given = given.into_iter();
    let first = given.next()?;
    for other in given {
        let what = format!("conflicts with `{}`", first.name);
        let fix = "use only one of them for the files: remove the other";
        other.report_key_fault(&what, fix);
    }
    Some(first)
}

/// Reads `s3`, `azure` or `folder`.
pub(crate) fn read_store_or_folder(entry: &ConfigEntry<'_, '_>) -> Option<FileLocation> {
    match entry.name {
        "folder" => read_folder(entry),
        _ => ObjectStoreSettings::read(entry).map(FileLocation::from),
    }
}

/// Reads a local folder. It may not exist yet: a share may be mounted later, and live data must not
/// wait for it.
pub(crate) fn read_folder(entry: &ConfigEntry<'_, '_>) -> Option<FileLocation> {
    if entry.reject_in_browser("a folder") {
        return None;
    }
    let text = entry.read_nonempty_text()?;
    let path = entry.reader.resolve_path(&text);
    let display_name = match Path::new(&text).file_name() {
        Some(name) if Path::new(&text).is_absolute() => name.to_string_lossy().into_owned(),
        _ => text,
    };
    Some(FileLocation::Folder { path, display_name })
}
