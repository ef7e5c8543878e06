//! A log file that is written at once, and appears as a whole or not at all.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use tempfile::NamedTempFile;

use crate::{StoreError, folder_of};

use super::{LogBatch, LogSnapshot, tables};

/// A log file under a temporary name. Dropping it deletes it.
#[derive(Debug)]
pub struct NewLogFile {
    connection: Connection,
    file: NamedTempFile,
    path: PathBuf,
}

impl NewLogFile {
    /// Creates a file that only its owner can read, next to `path`, where there must be none.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        if fs::symlink_metadata(path).is_ok() {
            return Err(StoreError::Exists(path.to_owned()));
        }
        let file = tempfile::Builder::new()
            .prefix(".wallboard-log-")
            .tempfile_in(folder_of(path))
            .map_err(|cause| StoreError::Create(path.to_owned(), cause))?;
        Ok(Self {
            connection: open_connection(file.path()).map_err(StoreError::Write)?,
            file,
            path: path.to_owned(),
        })
    }

    pub fn append(&self, batch: &LogBatch) -> Result<(), StoreError> {
        tables::insert_batch(&self.connection, batch).map_err(StoreError::Write)
    }

    pub fn put_snapshot(&self, snapshot: &LogSnapshot) -> Result<(), StoreError> {
        tables::insert_snapshot(&self.connection, snapshot).map_err(StoreError::Write)
    }

    /// Gives the file its name once it is on the disk. Never overwrites another one.
    pub fn finish(self) -> Result<(), StoreError> {
        let Self {
            connection,
            file,
            path,
        } = self;
        let write = |cause| StoreError::Create(path.clone(), cause);
        let closed = connection.close();
        closed.map_err(|(_, cause)| StoreError::Write(cause))?;
        file.as_file().sync_all().map_err(write)?;
        let persisted = file.persist_noclobber(&path);
        persisted.map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists(path.clone()),
            _ => write(error.error),
        })?;
        // Syncs the rename itself. Not every file system can, and the file is there anyway.
        let folder = File::open(folder_of(&path));
        folder.and_then(|folder| folder.sync_all()).ok();
        Ok(())
    }
}

fn open_connection(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    // It is synced once, as a whole, before it is renamed.
    connection.pragma_update(None, "synchronous", "off")?;
    connection.pragma_update(None, "journal_mode", "memory")?;
    tables::create_tables(&connection)?;
    Ok(connection)
}
