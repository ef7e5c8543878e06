//! Notes the end of a log in a file next to it. `SQLite` drops a damaged end without a word, so only something
//! else can say that it's missing.

use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom, Write},
    path::PathBuf,
    sync::Arc,
};

use parking_lot::Mutex;

use crate::StoreError;
use wallboard_domain::LogOffset;

/// The file exists while the log is complete: on a full disk, a file can still be deleted. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct LogEndMark {
    path: PathBuf,
    noted: Arc<Mutex<NotedEnd>>,
}

#[derive(Debug, Default)]
struct NotedEnd {
    /// The offset after the last entry.
    end: LogOffset,
    /// `None` while the log isn't complete.
    file: Option<File>,
}

impl LogEndMark {
    pub(super) fn at(path: PathBuf) -> Self {
        let mark = Self {
            path,
            noted: Arc::default(),
        };
        if let Some(end) = mark.read() {
            let mut noted = mark.noted.lock();
            noted.end = end;
            // Without write access, nothing can be appended either.
            noted.file = File::options().write(true).open(&mark.path).ok();
        }
        mark
    }

    /// Returns the noted end; `None` if the log isn't complete, or nothing says where it ends.
    pub(super) fn read(&self) -> Option<LogOffset> {
        let text = fs::read_to_string(&self.path).ok()?;
        let (end, copy) = text.trim_end().split_once(' ')?;
        (end == copy).then(|| end.parse().ok().map(LogOffset))?
    }

    /// Notes the end of a log that is on the disk up to there. It isn't synced: after a power cut an earlier end
    /// may stand there, and never a later one than that of the log.
    pub(super) fn note_end(&self, end: LogOffset) {
        let mut noted = self.noted.lock();
        noted.end = noted.end.max(end);
        noted.write().ok();
    }

    /// Notes that the log ends earlier than before.
    pub(super) fn set_back(&self, end: LogOffset) {
        let mut noted = self.noted.lock();
        noted.end = end;
        noted.write().ok();
    }

    /// Notes that the log is complete up to its end.
    pub(super) fn create(&self) -> Result<(), StoreError> {
        let mut noted = self.noted.lock();
        let create = |cause| StoreError::Create(self.path.clone(), cause);
        let options = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&self.path);
        noted.file = Some(options.map_err(create)?);
        let written = noted.write();
        let synced = written.and_then(|()| noted.file.as_ref().map_or(Ok(()), File::sync_all));
        synced.map_err(create)
    }

    /// Withdraws the note.
    pub(super) fn remove(&self) -> io::Result<()> {
        let mut noted = self.noted.lock();
        *noted = NotedEnd::default();
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

impl NotedEnd {
    /// Writes the end twice, so that a damaged note is noticed. It has the same length each time.
    fn write(&self) -> io::Result<()> {
        let Some(mut file) = self.file.as_ref() else {
            return Ok(());
        };
        let end = self.end.0;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(format!("{end:020} {end:020}\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn end_is_known_until_the_note_is_withdrawn_or_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w-log.db.complete");
        let mark = LogEndMark::at(path.clone());
        mark.note_end(LogOffset(7));
        assert_eq!(mark.read(), None, "nothing says that it's complete");

        mark.create().unwrap();
        assert_eq!(mark.read(), Some(LogOffset(7)));
        mark.note_end(LogOffset(12));
        mark.note_end(LogOffset(9));
        assert_eq!(LogEndMark::at(path.clone()).read(), Some(LogOffset(12)));
        mark.set_back(LogOffset(3));
        assert_eq!(mark.read(), Some(LogOffset(3)));
        fs::write(&path, "00000000000000000003 00000000000000000004\n").unwrap();
        assert_eq!(mark.read(), None);
        fs::write(&path, "").unwrap();
        assert_eq!(LogEndMark::at(path.clone()).read(), None, "it says no end");
        mark.remove().unwrap();
        mark.note_end(LogOffset(20));
        assert_eq!(mark.read(), None);
        mark.remove().unwrap();
    }
}
