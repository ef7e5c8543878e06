//! A file is here as a whole, and as the far side told it before and after, or not at all.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Seek, Write},
    path::Path,
    time::Duration,
};

use bytes::Bytes;
use futures_util::StreamExt;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::{sync::mpsc, task::JoinHandle, time::Instant};

use super::{FetchError, FileStore, RemoteFile, remote_name};

/// Pieces that wait for the disk.
const CHUNKS_QUEUED_MAX: usize = 8;
/// By so much the far side's clock may be wrong before a file that is written right now
/// is taken for one of long ago.
const CLOCK_OFFSET_MAX: Duration = Duration::from_hours(1);

/// How files are brought here.
#[derive(Clone, Copy, Debug)]
pub struct SpoolOptions<'a> {
    /// Where they lie while they are read, without a name.
    pub folder: &'a Path,
    /// From a folder and by SFTP a file counts as whole when its size and time have not
    /// changed for this long. Object stores show only whole ones.
    pub stability_period: Duration,
}

/// A whole file, gone from the disk when it is dropped.
#[derive(Debug)]
pub struct SpooledFile {
    /// At its beginning.
    pub file: File,
    /// Bytes.
    pub size: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

pub(super) async fn spool_file(
    door: &FileStore,
    remote: &RemoteFile,
    spooling: &SpoolOptions<'_>,
) -> Result<SpooledFile, FetchError> {
    let waits = !door.is_flat() && !is_long_unchanged(remote, spooling.stability_period);
    let settled = Instant::now() + spooling.stability_period;
    if waits {
        check_unchanged(remote, door.stat_file(&remote.key).await?)?;
    }
    let spooled = download_file(door, remote, spooling.folder).await?;
    if waits {
        tokio::time::sleep_until(settled).await;
    }
    check_unchanged(remote, door.stat_file(&remote.key).await?)?;
    if spooled.size < remote.size {
        return Err(FetchError::Truncated {
            key: remote_name::display_name(&remote.key),
            got: spooled.size,
            size: remote.size,
        });
    }
    Ok(spooled)
}

/// Whether its time alone says that nobody writes it any more.
fn is_long_unchanged(remote: &RemoteFile, settle: Duration) -> bool {
    remote.modified.is_some_and(|modified| {
        let age = Timestamp::now().duration_since(modified);
        Duration::try_from(age).is_ok_and(|age| CLOCK_OFFSET_MAX + settle < age)
    })
}

/// Whether the file is still the one that was listed.
fn check_unchanged(listed: &RemoteFile, now: Option<RemoteFile>) -> Result<(), FetchError> {
    let key = remote_name::display_name(&listed.key);
    match now {
        None => Err(FetchError::Gone { key }),
        Some(now) if listed.size < now.size => Err(FetchError::Growing { key }),
        Some(now) if now.size != listed.size || !is_same_file(listed, &now) => {
            Err(FetchError::Replaced { key })
        }
        Some(_) => Ok(()),
    }
}

/// Whether two files of one size are one. Some stores have a tag in listings only, or
/// only outside of them: then the time decides.
fn is_same_file(listed: &RemoteFile, now: &RemoteFile) -> bool {
    let is_told = |file: &RemoteFile| !file.tag.starts_with('~');
    let second = |file: &RemoteFile| file.modified.map(Timestamp::as_second);
    if is_told(listed) == is_told(now) {
        listed.tag == now.tag
    } else {
        second(listed) == second(now)
    }
}

async fn download_file(
    door: &FileStore,
    remote: &RemoteFile,
    folder: &Path,
) -> Result<SpooledFile, FetchError> {
    // By its kind: its text may tell where our database is.
    let no_room = |error: &io::Error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FetchError::DiskFull,
        kind => FetchError::Spool {
            why: kind.to_string(),
        },
    };
    let file = tempfile::tempfile_in(folder).map_err(|error| no_room(&error))?;
    let (pieces, inlet) = mpsc::channel(CHUNKS_QUEUED_MAX);
    let mut writing = WriteTask(tokio::task::spawn_blocking(|| write_chunks(file, inlet)));

    let mut chunks = door.open_file(remote).await?;
    let mut got = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        got += chunk.len() as u64;
        if remote.size < got {
            return Err(FetchError::Growing {
                key: remote_name::display_name(&remote.key),
            });
        }
        if pieces.send(chunk).await.is_err() {
            // The writer has ended for a reason, which is told below.
            break;
        }
    }
    drop(pieces);
    match (&mut writing.0).await {
        Ok(Ok(spooled)) => Ok(spooled),
        Ok(Err(error)) => Err(no_room(&error)),
        Err(error) => Err(no_room(&io::Error::other(error))),
    }
}

/// Lets nobody wait for a disk on behalf of a file that is not wanted any more.
struct WriteTask(JoinHandle<io::Result<SpooledFile>>);

impl Drop for WriteTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn write_chunks(mut file: File, mut pieces: mpsc::Receiver<Bytes>) -> io::Result<SpooledFile> {
    let mut digest = Sha256::new();
    let mut size = 0;
    while let Some(piece) = pieces.blocking_recv() {
        digest.update(&piece);
        file.write_all(&piece)?;
        size += piece.len() as u64;
    }
    file.rewind()?;
    let mut sha256 = String::new();
    for byte in digest.finalize() {
        write!(sha256, "{byte:02x}").expect("a String takes everything");
    }
    Ok(SpooledFile { file, size, sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote_file(size: u64, tag: &str) -> RemoteFile {
        RemoteFile {
            key: "a.csv".into(),
            size,
            modified: None,
            tag: tag.into(),
        }
    }

    fn file_key() -> String {
        "a.csv".into()
    }

    #[test]
    fn a_file_that_is_not_what_was_listed_says_what_became_of_it() {
        let listed = remote_file(10, "x");

        let now = [
            None,
            Some(remote_file(11, "y")),
            Some(remote_file(9, "y")),
            Some(remote_file(10, "y")),
            Some(remote_file(10, "x")),
        ];
        let found = now.map(|now| check_unchanged(&listed, now));

        assert_eq!(
            found,
            [
                Err(FetchError::Gone { key: file_key() }),
                Err(FetchError::Growing { key: file_key() }),
                Err(FetchError::Replaced { key: file_key() }),
                Err(FetchError::Replaced { key: file_key() }),
                Ok(()),
            ]
        );
    }

    #[test]
    fn only_a_file_of_long_ago_is_not_waited_for() {
        let settle = Duration::from_secs(10);
        let at = |seconds: i64| RemoteFile {
            modified: Some(Timestamp::now() - jiff::SignedDuration::from_secs(seconds)),
            ..remote_file(1, "x")
        };

        assert!(is_long_unchanged(&at(3700), settle));
        assert!(!is_long_unchanged(&at(3500), settle));
        assert!(!is_long_unchanged(&at(-3700), settle));
        assert!(!is_long_unchanged(&remote_file(1, "x"), settle));
    }

    #[tokio::test]
    async fn a_spool_that_cannot_be_written_is_told_without_its_path() {
        let shelf = tempfile::tempdir().unwrap();
        std::fs::write(shelf.path().join("a.csv"), "one").unwrap();
        let door = FileStore::Folder(super::super::FolderStore::new(shelf.path().into(), "in"));
        let listed = door.list_folder("").await.unwrap().files;
        let gone = shelf.path().join("gone");
        let spooling = SpoolOptions {
            folder: &gone,
            stability_period: Duration::ZERO,
        };

        let error = door.spool_file(&listed[0], &spooling).await.unwrap_err();

        assert_eq!(
            error.to_string(),
            "can't create a temporary file next to the database (entity not \
             found): free up space there, or fix its permissions"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_written_on_while_it_settles_is_not_taken() {
        let (shelf, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = shelf.path().join("a.csv");
        std::fs::write(&file, "one").unwrap();
        let door = FileStore::Folder(super::super::FolderStore::new(shelf.path().into(), "in"));
        let listed = door.list_folder("").await.unwrap().files;
        let spooling = SpoolOptions {
            folder: folder.path(),
            stability_period: Duration::from_secs(10),
        };

        let untouched = door.spool_file(&listed[0], &spooling).await.unwrap();
        let writer = async {
            tokio::time::sleep(Duration::from_secs(9)).await;
            std::fs::write(&file, "one and two").unwrap();
        };
        let (touched, ()) = tokio::join!(door.spool_file(&listed[0], &spooling), writer);

        assert_eq!(untouched.size, 3);
        assert_eq!(
            untouched.sha256,
            "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
        );
        assert_eq!(
            touched.unwrap_err(),
            FetchError::Growing { key: file_key() }
        );
    }
}
