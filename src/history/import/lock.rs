//! One import of a source at a time, also over processes: a lock of the operating
//! system on a file beside the database. It goes with its holder, however that ends.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::domain::SourceId;

/// Held while it lives.
#[derive(Debug)]
pub(in crate::history) struct ImportLock {
    /// Closing it lets go.
    _file: File,
}

impl ImportLock {
    /// `None` while somebody else holds it.
    pub(in crate::history) fn acquire(store: &Path, source: &SourceId) -> io::Result<Option<Self>> {
        // The file stays: two holders could have a file each if it were removed.
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
    fn a_source_is_held_by_one_until_they_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("w.db");
        let take = |source: &str| ImportLock::acquire(&store, &source.into()).unwrap();

        let first = take("sangoma");
        let second = take("sangoma");
        let other = take("vergic");
        let is_held = first.is_some();
        drop(first);

        assert!(is_held && second.is_none() && other.is_some());
        assert!(take("sangoma").is_some());
    }
}
