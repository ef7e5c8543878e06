//! Allows one import of a source at a time, also across processes: a lock next to the database.

use std::{
    io,
    path::{Path, PathBuf},
};

use wallboard_domain::SourceId;
use wallboard_store::FileLock;

/// Acquires the lock of a source's import; `None` while another import holds it.
pub(crate) fn lock_import(store: &Path, source: &SourceId) -> io::Result<Option<FileLock>> {
    Ok(FileLock::acquire(&lock_path(store, source))?.ok())
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
    fn a_source_has_one_import_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("w.db");
        let lock = |source: &str| lock_import(&store, &source.into()).unwrap();

        let first = lock("sangoma");
        let second = lock("sangoma");
        let other = lock("vergic");
        let is_held = first.is_some();
        drop(first);

        assert!(is_held && second.is_none() && other.is_some());
        assert!(lock("sangoma").is_some());
    }
}
