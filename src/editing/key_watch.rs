//! Watches the key that seals secrets: what it opens is in force as soon as its file is back.

use std::{
    fs::{self, Metadata},
    os::unix::fs::MetadataExt,
    time::{Duration, SystemTime},
};

use tokio::{task::spawn_blocking, time::sleep};
use tokio_util::sync::CancellationToken;

use super::Editor;

/// How soon a key that is back is noticed.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// Tells versions of a file apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileVersion {
    inode: u64,
    modified: Option<SystemTime>,
    length: u64,
}

impl From<Metadata> for FileVersion {
    fn from(metadata: Metadata) -> Self {
        Self {
            inode: metadata.ino(),
            modified: metadata.modified().ok(),
            length: metadata.len(),
        }
    }
}

impl Editor {
    /// Applies the entries again whenever the file of the key has changed, until `stop`.
    pub async fn watch_key(self, stop: CancellationToken) {
        let watching = async {
            let mut known = self.key_version().await;
            loop {
                sleep(LOOK_INTERVAL).await;
                let version = self.key_version().await;
                if version != known {
                    known = version;
                    self.order(None).await;
                }
            }
        };
        stop.run_until_cancelled(watching).await;
    }

    /// `None`: there is none, or it can't be read.
    async fn key_version(&self) -> Option<FileVersion> {
        let file = self.base().secret_key()?.to_owned();
        let reading = spawn_blocking(move || fs::metadata(file).ok().map(FileVersion::from));
        reading.await.ok().flatten()
    }
}
