//! A consistent copy of the database while the product writes to it.
//!
//! A copy carries a mark that no database in use has. Only a marked file is ever replaced
//! by a later copy, and opening one as the database removes the mark.

use std::{
    fs::{self, File},
    io::{self, Read},
    ops::ControlFlow,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use rusqlite::{
    Connection, OpenFlags,
    backup::{self as sqlite, StepResult},
};

use crate::{BUSY_TIMEOUT, folder_of};

/// `application_id` of a copy: `WBkp`.
const BACKUP_MARK: u32 = 0x5742_6b70;
/// Its offset in `SQLite`'s header.
const BACKUP_MARK_OFFSET: usize = 68;
/// Pages per step: some 8 MB, so that progress is reported often.
const PAGES_PER_STEP: i32 = 2_000;
/// The wait when the source can't be read right now.
const RETRY_DELAY: Duration = Duration::from_millis(50);

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(
        "there's no database at {} yet; start the server, or fix [store] url",
        .0.display()
    )]
    MissingDatabase(PathBuf),
    #[error("couldn't read the database {}", .0.display())]
    Read(PathBuf, #[source] rusqlite::Error),
    #[error("couldn't write next to {}", .0.display())]
    Create(PathBuf, #[source] io::Error),
    #[error("couldn't write the backup {}", .0.display())]
    Write(PathBuf, #[source] rusqlite::Error),
    #[error(
        "{} exists and isn't a Wallboard backup; choose another file, or move it",
        .0.display()
    )]
    NotABackup(PathBuf),
    #[error("couldn't move the backup to {}", .0.display())]
    Persist(PathBuf, #[source] io::Error),
    #[error(
        "the backup failed verification ({0}) and was deleted; try again, and check the disk if it happens again"
    )]
    Corrupt(String),
    #[error("the backup was stopped; nothing changed")]
    Stopped,
}

/// Copies the database at `from` into `to`, which appears as a whole or not at all.
/// `on_progress` gets the pages done and all pages, and may stop the copy. Returns the
/// copy's size in bytes.
pub fn create_backup(
    from: &Path,
    to: &Path,
    mut on_progress: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<u64, BackupError> {
    if !from.is_file() {
        return Err(BackupError::MissingDatabase(from.to_owned()));
    }
    if fs::symlink_metadata(to).is_ok() && !is_backup(to) {
        return Err(BackupError::NotABackup(to.to_owned()));
    }
    let folder = folder_of(to);
    let create = |cause| BackupError::Create(to.to_owned(), cause);
    // In the same folder, so that it can be renamed into place; readable to us alone.
    let file = tempfile::Builder::new()
        .prefix(".wallboard-backup-")
        .tempfile_in(folder)
        .map_err(create)?;

    copy_pages(from, file.path(), to, &mut on_progress)?;
    let persist = |cause| BackupError::Persist(to.to_owned(), cause);
    file.as_file().sync_all().map_err(persist)?;
    let size = file.as_file().metadata().map_err(persist)?.len();
    // A file that appeared there meanwhile must not be overwritten.
    let persisted = if is_backup(to) {
        file.persist(to)
    } else {
        file.persist_noclobber(to)
    };
    persisted.map_err(|error| persist(error.error))?;
    // Syncs the rename itself. Not every file system can, and the copy is there anyway.
    File::open(folder).and_then(|folder| folder.sync_all()).ok();
    Ok(size)
}

fn copy_pages(
    from: &Path,
    temporary: &Path,
    to: &Path,
    on_progress: &mut impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<(), BackupError> {
    let read = |cause| BackupError::Read(from.to_owned(), cause);
    let write = |cause| BackupError::Write(to.to_owned(), cause);
    let source =
        Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(read)?;
    source.busy_timeout(BUSY_TIMEOUT).map_err(read)?;
    // Pins one state from here on: otherwise every write would restart the copy.
    source
        .execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")
        .map_err(read)?;
    let mut copy = Connection::open(temporary).map_err(write)?;
    // It is synced once, as a whole, before it is renamed.
    copy.pragma_update(None, "synchronous", "off")
        .map_err(write)?;
    {
        let steps = sqlite::Backup::new(&source, &mut copy).map_err(write)?;
        loop {
            let step = steps.step(PAGES_PER_STEP).map_err(write)?;
            let progress = steps.progress();
            let total = u64::try_from(progress.pagecount).unwrap_or_default();
            let remaining = u64::try_from(progress.remaining).unwrap_or_default();
            if on_progress(total.saturating_sub(remaining), total).is_break() {
                return Err(BackupError::Stopped);
            }
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => thread::sleep(RETRY_DELAY),
            }
        }
    }
    // One file, without a separate log.
    copy.pragma_update(None, "journal_mode", "delete")
        .map_err(write)?;
    copy.pragma_update(None, "application_id", BACKUP_MARK)
        .map_err(write)?;
    let check_result: String = copy
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(write)?;
    match check_result.as_str() {
        "ok" => copy.close().map_err(|(_, cause)| write(cause)),
        _ => Err(BackupError::Corrupt(check_result)),
    }
}

/// Returns whether the file is a copy that was never used as the database.
pub(crate) fn is_backup(path: &Path) -> bool {
    let mut head = [0; BACKUP_MARK_OFFSET + 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok()
        && head.starts_with(b"SQLite format 3\0")
        && head[BACKUP_MARK_OFFSET..] == BACKUP_MARK.to_be_bytes()
}

/// Returns the log of another database next to a copy: `SQLite` would take it for the
/// copy's own.
pub(crate) fn foreign_log(path: &Path) -> Option<PathBuf> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    let is_foreign = is_backup(path) && log.metadata().is_ok_and(|log| 0 < log.len());
    is_foreign.then_some(log)
}

/// Removes the mark of a copy: from now on it is the database.
pub(crate) fn remove_mark(connection: &Connection) -> rusqlite::Result<()> {
    let mark: u32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if mark == BACKUP_MARK {
        connection.pragma_update(None, "application_id", 0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use crate::{Store, StoreError};

    use super::*;

    fn continue_copying(_: u64, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn count_rows(path: &Path) -> i64 {
        let connection = Connection::open(path).unwrap();
        connection
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn a_copy_made_while_rows_are_written_is_a_complete_database() {
        let folder = tempfile::tempdir().unwrap();
        let (file, copy) = (folder.path().join("w.db"), folder.path().join("copy.db"));
        drop(Store::open(&file).unwrap());
        let mut writing = Connection::open(&file).unwrap();
        writing
            .execute_batch("CREATE TABLE t (a); CREATE TABLE u (a);")
            .unwrap();
        let insert = |writing: &mut Connection, n: u32| {
            let both = writing.transaction().unwrap();
            for _ in 0..n {
                for table in ["t", "u"] {
                    let query = format!("INSERT INTO {table} VALUES (hex(randomblob(500)))");
                    both.execute(&query, []).unwrap();
                }
            }
            both.commit().unwrap();
        };
        insert(&mut writing, 9000);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let writer = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                insert(&mut writing, 1);
            }
        });

        let mut steps = 0;
        let size = create_backup(&file, &copy, |_, _| {
            steps += 1;
            ControlFlow::Continue(())
        });
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap();

        assert!(1 < steps, "it was copied in one step");
        assert_eq!(size.unwrap(), copy.metadata().unwrap().len());
        assert!(is_backup(&copy) && !is_backup(&file));
        drop(Store::open(&copy).unwrap());
        assert!(!is_backup(&copy));
        let connection = Connection::open(&copy).unwrap();
        let pairs: (i64, i64) = connection
            .query_row(
                "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        assert!(9000 <= pairs.0 && pairs.0 == pairs.1, "{pairs:?}");
    }

    #[test]
    fn only_an_earlier_backup_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (file, copy) = (folder.path().join("w.db"), folder.path().join("copy.db"));
        drop(Store::open(&file).unwrap());
        let note = folder.path().join("note.txt");
        fs::write(&note, "mine").unwrap();
        let writing = Connection::open(&file).unwrap();
        writing.execute_batch("CREATE TABLE t (a)").unwrap();

        create_backup(&file, &copy, continue_copying).unwrap();
        writing.execute_batch("INSERT INTO t VALUES (1)").unwrap();
        create_backup(&file, &copy, continue_copying).unwrap();
        let onto_note = create_backup(&file, &note, continue_copying).unwrap_err();
        let onto_itself = create_backup(&file, &file, continue_copying).unwrap_err();

        assert_eq!(count_rows(&copy), 1);
        assert!(
            matches!(onto_note, BackupError::NotABackup(_)),
            "{onto_note}"
        );
        assert!(matches!(onto_itself, BackupError::NotABackup(_)));
        assert_eq!(fs::read_to_string(note).unwrap(), "mine");
    }

    #[test]
    fn a_backup_that_stops_or_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("w.db");
        let copies = folder.path().join("copies");
        fs::create_dir(&copies).unwrap();

        let none = create_backup(&file, &copies.join("c.db"), continue_copying).unwrap_err();
        drop(Store::open(&file).unwrap());
        let stopped = create_backup(&file, &copies.join("c.db"), |_, _| ControlFlow::Break(()));
        let nowhere =
            create_backup(&file, &copies.join("none/c.db"), continue_copying).unwrap_err();

        assert!(matches!(none, BackupError::MissingDatabase(_)), "{none}");
        assert!(matches!(stopped, Err(BackupError::Stopped)));
        assert!(matches!(nowhere, BackupError::Create(..)), "{nowhere}");
        assert_eq!(fs::read_dir(copies).unwrap().count(), 0);
    }

    #[test]
    fn a_copy_next_to_another_databases_log_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let (file, copy) = (folder.path().join("w.db"), folder.path().join("copy.db"));
        drop(Store::open(&file).unwrap());
        create_backup(&file, &copy, continue_copying).unwrap();
        fs::write(folder.path().join("copy.db-wal"), "of another").unwrap();

        let error = Store::open(&copy).unwrap_err();

        assert!(matches!(error, StoreError::ForeignLog(_)), "{error}");
        assert!(is_backup(&copy));
    }
}
