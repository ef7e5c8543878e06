//! Allows one import of a source at a time, also across processes: a lock of the operating system
//! on a file next to the database. It ends with its holder, however that ends.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::domain::SourceId;

/// The lock, held until it's dropped.
#[derive(Debug)]
pub(in crate::history) struct ImportLock {
    /// Closing it releases the lock.
    _file: File,
}

impl ImportLock {
    /// Acquires the lock; `None` while another import holds it.
    pub(in crate::history) fn acquire(store: &Path, source: &SourceId) -> io::Result<Option<Self>> {
        // The file is never removed: otherwise two holders could have a file each.
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(lock_path(store, source))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(cause)) => Err(cause),
        }
    }
}

fn lock_path(store: &Path, source: &SourceId) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(format!("-import-{source}.lock"));
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_one_lock_holder_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("w.db");
        let acquire = |source: &str| ImportLock::acquire(&store, &source.into()).unwrap();

        let first = acquire("sangoma");
        let second = acquire("sangoma");
        let other = acquire("vergic");
        let is_held = first.is_some();
        drop(first);

        assert!(is_held && second.is_none() && other.is_some());
        assert!(acquire("sangoma").is_some());
    }
}
