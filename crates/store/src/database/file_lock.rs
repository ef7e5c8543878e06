//! A lock of the operating system on a file, which dies with its holder, however that ends. The file says who
//! holds it.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::Path,
};

/// The lock, held until it's dropped.
#[derive(Debug)]
pub struct FileLock {
    /// Closing it releases the lock.
    _file: File,
}

/// Another process holds the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockHolder {
    /// `None` right after it acquired the lock.
    pub process: Option<u32>,
}

impl FileLock {
    /// Acquires the lock at `path`, or returns who holds it.
    pub fn acquire(path: &Path) -> io::Result<Result<Self, LockHolder>> {
        // The file is never removed: otherwise two holders could have a file each.
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {
                // Without space, the refusal only names nobody.
                file.set_len(0)
                    .and_then(|()| writeln!(file, "{}", std::process::id()))
                    .ok();
                Ok(Ok(Self { _file: file }))
            }
            Err(TryLockError::WouldBlock) => {
                let text = fs::read_to_string(path).unwrap_or_default();
                let process = text.trim().parse().ok();
                Ok(Err(LockHolder { process }))
            }
            Err(TryLockError::Error(cause)) => Err(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_lock_holder_at_a_time_whom_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db.lock");

        let first = FileLock::acquire(&path).unwrap().unwrap();
        let second = FileLock::acquire(&path).unwrap();
        drop(first);

        let process = Some(std::process::id());
        assert_eq!(second.unwrap_err(), LockHolder { process });
        assert!(FileLock::acquire(&path).unwrap().is_ok());
    }
}
