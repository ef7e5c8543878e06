//! A file that appears as a whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use wallboard_domain::error_chain;
use wallboard_history::fetch::{FetchError, ObjectStore, ObjectStoreSettings};

use super::RecordPlace;

/// An empty object that a check stores.
const CHECK_NAME: &str = "wallboard-check";

/// Why a file isn't where it should be.
#[derive(Debug, thiserror::Error)]
pub(super) enum DayFileError {
    #[error("{}", explain_folder_error(.0, .1))]
    Folder(PathBuf, io::Error),
    #[error("{}", error_chain(.0))]
    Store(#[from] FetchError),
}

/// A file until it is complete: in its folder under another name, or without one until a store gets it.
#[derive(Debug)]
pub(super) struct DayFile<'p> {
    place: &'p RecordPlace,
    name: &'p str,
    /// `None` for a store, and once it has its name.
    unfinished: Option<PathBuf>,
    file: File,
}

impl<'p> DayFile<'p> {
    /// Begins a file. What a killed process left of it is removed. One for a store is collected in the folder
    /// `spool`.
    pub(super) fn create(
        place: &'p RecordPlace,
        spool: &Path,
        name: &'p str,
    ) -> Result<Self, DayFileError> {
        let (file, unfinished) = match place {
            RecordPlace::Folder(folder) => {
                let path = folder.join(format!(".{name}.unfinished"));
                let file = create_anew(&path);
                let file = file.map_err(|error| DayFileError::Folder(folder.clone(), error))?;
                (file, Some(path))
            }
            RecordPlace::Store { .. } => {
                let file = tempfile::tempfile_in(spool);
                (file.map_err(|error| FetchError::from_spool(&error))?, None)
            }
        };
        Ok(Self {
            place,
            name,
            unfinished,
            file,
        })
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), DayFileError> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| self.explain(error))
    }

    /// Gives the file its name, once everything is on the disk, or lets the store take it.
    pub(super) async fn finish(mut self) -> Result<(), DayFileError> {
        match self.place {
            RecordPlace::Folder(folder) => {
                let renamed = self.rename_in(folder);
                renamed.map_err(|error| self.explain(error))
            }
            RecordPlace::Store { settings, prefix } => {
                put(settings, &format!("{prefix}{}", self.name), &self.file).await
            }
        }
    }

    fn rename_in(&mut self, folder: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        if let Some(path) = &self.unfinished {
            fs::rename(path, folder.join(self.name))?;
        }
        self.unfinished = None;
        sync_folder(folder)
    }

    fn explain(&self, error: io::Error) -> DayFileError {
        match self.place {
            RecordPlace::Folder(folder) => DayFileError::Folder(folder.clone(), error),
            RecordPlace::Store { .. } => FetchError::from_spool(&error).into(),
        }
    }
}

impl Drop for DayFile<'_> {
    fn drop(&mut self) {
        if let Some(path) = &self.unfinished {
            // It takes room that the next attempt needs; that one removes it otherwise.
            fs::remove_file(path).ok();
        }
    }
}

fn create_anew(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).open(path)
}

async fn put(settings: &ObjectStoreSettings, key: &str, file: &File) -> Result<(), DayFileError> {
    let store = ObjectStore::new(settings.clone())?;
    Ok(store.put_file(key, file).await?)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere, folders can't be opened.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Checks whether files can be made in a place. Leaves nothing in a folder, and an empty object in a store.
///
/// # Errors
///
/// Says what is wrong with the place and what to do.
pub async fn check_place(place: &RecordPlace) -> Result<(), String> {
    let checked = match place {
        RecordPlace::Folder(folder) => {
            let made = tempfile::tempfile_in(folder);
            made.map(drop)
                .map_err(|error| DayFileError::Folder(folder.clone(), error))
        }
        RecordPlace::Store { settings, prefix } => match tempfile::tempfile() {
            Ok(empty) => put(settings, &format!("{prefix}{CHECK_NAME}"), &empty).await,
            Err(error) => Err(FetchError::from_spool(&error).into()),
        },
    };
    checked.map_err(|error| error.to_string())
}

/// Says what is wrong with a folder and what to do. Pages don't show paths of our disk, so it's named alone.
pub(super) fn explain_folder_error(folder: &Path, error: &io::Error) -> String {
    let folder = folder.file_name().unwrap_or(folder.as_os_str()).display();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            format!("The disk of “{folder}” is full. Make room: the files follow by themselves.")
        }
        io::ErrorKind::NotFound => {
            format!(
                "There is no folder “{folder}”. Create it, or set another one in [case_records] files."
            )
        }
        io::ErrorKind::PermissionDenied => {
            format!("The service user can't write to “{folder}”. Give it the right to.")
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            format!(
                "“{folder}” is read-only. Mount it writable; for the packaged service, add it to ReadWritePaths=."
            )
        }
        _ => format!("Couldn't write to “{folder}”: {error}."),
    }
}
