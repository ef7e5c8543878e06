//! What all sources that export files have in common.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{entry::Entry, reader::Section};

const DAY: Duration = Duration::from_hours(24);

/// How often files are looked for, how far back, and when one is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub interval: Duration,
    /// How far back the first import goes.
    pub history: Duration,
    /// A file is whole when its size and time have not changed for so long.
    pub settle: Duration,
}

impl Pace {
    pub(super) fn read(section: &Section<'_, '_>, usual: Self) -> Self {
        let interval = section
            .entry("interval")
            .and_then(|entry| entry.duration(Duration::from_secs(1)..=DAY));
        let history = section
            .entry("history")
            .and_then(|entry| entry.duration(DAY..=DAY * 3_650));
        let settle = section
            .entry("settle")
            .and_then(|entry| entry.duration(Duration::ZERO..=Duration::from_hours(1)));
        Self {
            interval: interval.unwrap_or(usual.interval),
            history: history.unwrap_or(usual.history),
            settle: settle.unwrap_or(usual.settle),
        }
    }
}

/// A folder of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub path: PathBuf,
    /// As it is written; the last name of what begins at the root of the disk. For pages,
    /// which do not tell where things are on our disk.
    pub called: String,
}

/// One that need not be there yet: a share may be mounted later, and what is live must
/// not wait for it.
pub(super) fn folder(entry: &Entry<'_, '_>) -> Option<Folder> {
    let written = entry.filled()?;
    let path = entry.reader.beside(&written);
    let called = match Path::new(&written).file_name() {
        Some(name) if Path::new(&written).is_absolute() => name.to_string_lossy().into_owned(),
        _ => written,
    };
    Some(Folder { path, called })
}
