//! A file that appears as a whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A file until it is complete, under another name.
#[derive(Debug)]
pub(super) struct DayFile {
    folder: PathBuf,
    name: String,
    /// `None` once it has its name.
    unfinished: Option<PathBuf>,
    file: File,
}

impl DayFile {
    /// Begins a file. What a killed process left of it is removed.
    pub(super) fn create(folder: &Path, name: &str) -> io::Result<Self> {
        let path = folder.join(format!(".{name}.unfinished"));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        Ok(Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            unfinished: Some(path),
            file,
        })
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Gives the file its name, once everything is on the disk.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        if let Some(path) = &self.unfinished {
            fs::rename(path, self.folder.join(&self.name))?;
        }
        self.unfinished = None;
        sync_folder(&self.folder)
    }
}

impl Drop for DayFile {
    fn drop(&mut self) {
        if let Some(path) = &self.unfinished {
            // It takes room that the next attempt needs; that one removes it otherwise.
            fs::remove_file(path).ok();
        }
    }
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

/// Checks whether files can be made in a folder. Leaves nothing there.
///
/// # Errors
///
/// Says what is wrong with the folder and what to do.
pub fn check_folder(folder: &Path) -> Result<(), String> {
    let made = tempfile::tempfile_in(folder);
    made.map(drop)
        .map_err(|error| explain_folder_error(folder, &error))
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
