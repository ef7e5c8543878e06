//! Downloads a file completely, and only if it's as listed before and after.

use std::{
    fs::File,
    io::{self, Seek, Write},
    path::Path,
    time::Duration,
};

use bytes::Bytes;
use futures_util::StreamExt;
use jiff::Timestamp;
use md5::Md5;
use sha2::{Digest, Sha256};
use tokio::{sync::mpsc, task::JoinHandle, time::Instant};

use super::{
    FetchError, FileStore, OpenedFile, RemoteFile,
    content_digest::{ContentDigest, Md5Digest},
    remote_name,
};

/// Chunks queued for the disk.
const CHUNKS_QUEUED_MAX: usize = 8;
/// Largest clock offset of the remote side. Beyond it, a file being written right now could look
/// old.
const CLOCK_OFFSET_MAX: Duration = Duration::from_hours(1);

/// Options for downloading files.
#[derive(Clone, Copy, Debug)]
pub struct SpoolOptions<'a> {
    /// The folder of the temporary files, which have no name.
    pub folder: &'a Path,
    /// A file from a folder or by SFTP is complete when its size and time haven't changed for this
    /// long. Object stores list only complete ones.
    pub stability_period: Duration,
}

/// A complete file, removed from the disk when it's dropped.
#[derive(Debug)]
pub struct SpooledFile {
    /// Positioned at its beginning.
    pub file: File,
    /// Bytes.
    pub size: u64,
    pub sha256: [u8; 32],
}

impl FileStore {
    /// Downloads the complete file.
    pub async fn spool_file(
        &self,
        remote: &RemoteFile,
        options: &SpoolOptions<'_>,
    ) -> Result<SpooledFile, FetchError> {
        let waits = !self.is_flat() && !is_long_unchanged(remote, options.stability_period);
        let settled_at = Instant::now() + options.stability_period;
        if waits {
            check_unchanged(remote, self.stat_file(&remote.key).await?)?;
        }
        let spooled = download_verified(self, remote, options.folder).await?;
        if waits {
            tokio::time::sleep_until(settled_at).await;
        }
        check_unchanged(remote, self.stat_file(&remote.key).await?)?;
        if spooled.size < remote.size {
            return Err(FetchError::Truncated {
                key: remote_name::display_name(&remote.key),
                got: spooled.size,
                size: remote.size,
            });
        }
        Ok(spooled)
    }
}

/// Whether its modification time alone shows that nobody still writes it.
fn is_long_unchanged(remote: &RemoteFile, settle: Duration) -> bool {
    remote.modified.is_some_and(|modified| {
        let age = Timestamp::now().duration_since(modified);
        Duration::try_from(age).is_ok_and(|age| CLOCK_OFFSET_MAX + settle < age)
    })
}

/// Checks that the file is still the one that was listed.
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

/// Whether two files of one size are the same. Some stores have a tag only in listings, or only
/// outside them: then the time decides.
fn is_same_file(listed: &RemoteFile, now: &RemoteFile) -> bool {
    let has_tag = |file: &RemoteFile| !file.tag.starts_with('~');
    let second = |file: &RemoteFile| file.modified.map(Timestamp::as_second);
    if has_tag(listed) == has_tag(now) {
        listed.tag == now.tag
    } else {
        second(listed) == second(now)
    }
}

/// Downloads a file, again if its content isn't what the store says it is.
async fn download_verified(
    store: &FileStore,
    remote: &RemoteFile,
    folder: &Path,
) -> Result<SpooledFile, FetchError> {
    let (first, unmatched) = download_file(store, remote, folder).await?;
    if unmatched.is_none() {
        return Ok(first);
    }
    let (second, unmatched) = download_file(store, remote, folder).await?;
    match unmatched {
        Some(digest) if first.sha256 != second.sha256 || digest.refutes() => {
            Err(FetchError::WrongContent {
                key: remote_name::display_name(&remote.key),
            })
        }
        _ => Ok(second),
    }
}

/// Downloads a file. Returns it with the store's digest if its content doesn't match that.
async fn download_file(
    store: &FileStore,
    remote: &RemoteFile,
    folder: &Path,
) -> Result<(SpooledFile, Option<ContentDigest>), FetchError> {
    let file = tempfile::tempfile_in(folder).map_err(|error| FetchError::from_spool(&error))?;
    let OpenedFile { mut chunks, digest } = store.open_file(remote).await?;
    let (sender, receiver) = mpsc::channel(CHUNKS_QUEUED_MAX);
    let md5 = digest.is_some().then(Md5::new);
    let writing = tokio::task::spawn_blocking(|| write_chunks(file, md5, receiver));
    let mut writing = WriteTask(writing);

    let mut got = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        got += chunk.len() as u64;
        if remote.size < got {
            return Err(FetchError::Growing {
                key: remote_name::display_name(&remote.key),
            });
        }
        if sender.send(chunk).await.is_err() {
            // The writer has failed; its error is reported below.
            break;
        }
    }
    drop(sender);
    match (&mut writing.0).await {
        Ok(Ok((spooled, md5))) => {
            // One that was cut off is an error of its own.
            let is_whole = spooled.size == remote.size;
            let unmatched = digest
                .zip(md5)
                .filter(|(digest, md5)| is_whole && !digest.matches(*md5));
            Ok((spooled, unmatched.map(|(digest, _)| digest)))
        }
        Ok(Err(error)) => Err(FetchError::from_spool(&error)),
        Err(error) => Err(FetchError::from_spool(&io::Error::other(error))),
    }
}

/// Aborts the write of a file that is no longer wanted.
struct WriteTask(JoinHandle<io::Result<WrittenFile>>);

/// A spooled file with the MD5 digest of its content, if that was requested.
type WrittenFile = (SpooledFile, Option<Md5Digest>);

impl Drop for WriteTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn write_chunks(
    mut file: File,
    mut md5: Option<Md5>,
    mut receiver: mpsc::Receiver<Bytes>,
) -> io::Result<WrittenFile> {
    let mut digest = Sha256::new();
    let mut size = 0;
    while let Some(chunk) = receiver.blocking_recv() {
        digest.update(&chunk);
        if let Some(md5) = &mut md5 {
            md5.update(&chunk);
        }
        file.write_all(&chunk)?;
        size += chunk.len() as u64;
    }
    file.rewind()?;
    let sha256 = digest.finalize().into();
    let md5 = md5.map(|md5| md5.finalize().into());
    Ok((SpooledFile { file, size, sha256 }, md5))
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

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
    fn a_changed_file_reports_how_it_changed() {
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
    fn only_an_old_file_skips_the_wait() {
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
    async fn a_spool_error_does_not_show_its_path() {
        let export = tempfile::tempdir().unwrap();
        std::fs::write(export.path().join("a.csv"), "one").unwrap();
        let store = FileStore::Folder(super::super::FolderStore::new(export.path().into(), "in"));
        let listed = store.list_folder("").await.unwrap().files;
        let missing = export.path().join("missing");
        let options = SpoolOptions {
            folder: &missing,
            stability_period: Duration::ZERO,
        };

        let error = store.spool_file(&listed[0], &options).await.unwrap_err();

        assert_eq!(
            error.to_string(),
            "can't create a temporary file next to the database (entity not \
             found): free up space there, or fix its permissions"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_grows_while_it_settles_is_rejected() {
        let (export, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = export.path().join("a.csv");
        std::fs::write(&file, "one").unwrap();
        let store = FileStore::Folder(super::super::FolderStore::new(export.path().into(), "in"));
        let listed = store.list_folder("").await.unwrap().files;
        let options = SpoolOptions {
            folder: folder.path(),
            stability_period: Duration::from_secs(10),
        };

        let untouched = store.spool_file(&listed[0], &options).await.unwrap();
        let writer = async {
            tokio::time::sleep(Duration::from_secs(9)).await;
            std::fs::write(&file, "one and two").unwrap();
        };
        let (touched, ()) = tokio::join!(store.spool_file(&listed[0], &options), writer);

        assert_eq!(untouched.size, 3);
        assert_eq!(
            HEXLOWER.encode(&untouched.sha256),
            "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
        );
        assert_eq!(
            touched.unwrap_err(),
            FetchError::Growing { key: file_key() }
        );
    }
}
