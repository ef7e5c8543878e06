//! Read-only connections: a page never waits for an import that writes.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use crate::{BUSY_TIMEOUT, StoreError};

/// The number of concurrent reads; later ones wait.
const CONCURRENT_READS_MAX: usize = 4;

/// The version of the database's content: equal if nobody wrote in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataVersion(u64, i64);

/// A pool of read-only connections. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
    watch: Arc<Mutex<VersionWatch>>,
}

/// A connection that only checks whether others wrote.
#[derive(Debug, Default)]
struct VersionWatch {
    connection: Option<Connection>,
    /// How often it was opened: each connection has its own count of versions.
    opened: u64,
}

impl Readers {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            permits: Arc::new(Semaphore::new(CONCURRENT_READS_MAX)),
            idle: Arc::default(),
            watch: Arc::default(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads one state of the database, whatever is written meanwhile.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = self.permits.clone().acquire_owned().await;
        let readers = self.clone();
        let read = move || {
            let _permit = permit.map_err(|_| StoreError::ThreadEnded)?;
            let idle = readers.idle.lock().pop();
            let mut connection = match idle {
                Some(connection) => connection,
                None => readers.open_connection()?,
            };
            let result = with_snapshot(&mut connection, work);
            readers.idle.lock().push(connection);
            result.map_err(StoreError::Read)
        };
        let result = tokio::task::spawn_blocking(read).await;
        result.map_err(|_| StoreError::ThreadEnded)?
    }

    /// Returns the data version; it changes whenever anyone writes.
    pub(crate) async fn version(&self) -> Result<DataVersion, StoreError> {
        let readers = self.clone();
        let read = move || {
            let mut watch = readers.watch.lock();
            let connection = if let Some(connection) = watch.connection.take() {
                connection
            } else {
                watch.opened += 1;
                readers.open_connection()?
            };
            let version = connection.query_row("PRAGMA data_version", (), |row| row.get(0));
            let version = version.map_err(StoreError::Read)?;
            watch.connection = Some(connection);
            Ok(DataVersion(watch.opened, version))
        };
        let result = tokio::task::spawn_blocking(read).await;
        result.map_err(|_| StoreError::ThreadEnded)?
    }

    /// Opens another read-only connection.
    pub(crate) fn open_connection(&self) -> Result<Connection, StoreError> {
        open_read_only(&self.path).map_err(|cause| StoreError::Open(self.path.clone(), cause))
    }
}

/// Runs `work` on one state of the database.
pub(super) fn with_snapshot<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction()?;
    let result = work(&transaction)?;
    transaction.finish()?;
    Ok(result)
}

fn open_read_only(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}
