//! The database: what must outlive the process. One thread owns the connection;
//! everybody else hands it work and waits. Nothing on the way from a source to a
//! screen ever waits for it.

mod migrations;
mod profiles;

use std::{
    io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot};

use crate::domain::Profile;

/// How many pieces of work may wait before whoever brings more has to.
const CAPACITY: usize = 64;
/// How long to wait for another process that holds the database, such as a backup.
const BUSY: Duration = Duration::from_secs(5);

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// Whether the database at `path` could be opened, read and written now. Changes
/// nothing, not even its schema.
pub fn probe(path: &Path) -> Result<(), StoreError> {
    if !path.exists() {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        return tempfile::tempfile_in(folder.unwrap_or(Path::new(".")))
            .map(drop)
            .map_err(|cause| StoreError::Create(path.to_owned(), cause));
    }
    let open = |cause| StoreError::Open(path.to_owned(), cause);
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(open)?;
    connection.busy_timeout(BUSY).map_err(open)?;
    migrations::compare(&connection, path)?;
    connection
        .execute_batch("BEGIN IMMEDIATE; ROLLBACK")
        .map_err(StoreError::Write)
}

/// A handle on the database. Cheap to clone; the last one to go closes it.
#[derive(Clone, Debug)]
pub struct Store {
    work: mpsc::Sender<Work>,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("could not open the database {}", .0.display())]
    Open(PathBuf, #[source] rusqlite::Error),
    #[error("could not create the database {}", .0.display())]
    Create(PathBuf, #[source] io::Error),
    #[error("could not bring the database {} up to date", .0.display())]
    Migrate(PathBuf, #[source] rusqlite_migration::Error),
    #[error(
        "the database {} was written by a newer version of the product; \
         start that version, or restore a backup from before it",
        .0.display()
    )]
    Newer(PathBuf),
    #[error("could not start the database's thread")]
    Thread(#[source] io::Error),
    #[error("the database could not be read")]
    Read(#[source] rusqlite::Error),
    #[error("the database could not be written")]
    Write(#[source] rusqlite::Error),
    #[error("the database's thread has ended")]
    Ended,
}

impl Store {
    /// Opens the database, creating it where there is none, and brings its schema
    /// up to date.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection =
            connect(path).map_err(|cause| StoreError::Open(path.to_owned(), cause))?;
        migrations::run(&mut connection, path)?;
        let (work, mut waiting) = mpsc::channel::<Work>(CAPACITY);
        thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                while let Some(work) = waiting.blocking_recv() {
                    work(&mut connection);
                }
            })
            .map_err(StoreError::Thread)?;
        Ok(Self { work })
    }

    /// Every name that was kept.
    pub async fn profiles(&self) -> Result<Vec<Profile>, StoreError> {
        self.run(|connection| profiles::all(connection).map_err(StoreError::Read))
            .await
    }

    /// Keeps these names in place of what was kept of them before.
    pub async fn keep_profiles(&self, changed: Vec<Profile>) -> Result<(), StoreError> {
        self.run(move |connection| profiles::keep(connection, &changed).map_err(StoreError::Write))
            .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            // Whoever asked may have gone; the work is done all the same.
            drop(answer.send(work(connection)));
        });
        self.work.send(work).await.map_err(|_| StoreError::Ended)?;
        answered.await.map_err(|_| StoreError::Ended)?
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    // In WAL a backup can read while we write; NORMAL may lose the last moments
    // at a power cut, never the file.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    Ok(connection)
}

#[cfg(test)]
mod tests;
