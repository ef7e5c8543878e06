//! The files of a run in the order of their downloads, and when to give up.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use crate::fetch::{FetchError, SpooledFile};

use super::{
    plan::PlannedFile,
    remote::{DownloadError, RemoteSource, UNREADABLE_IN_A_ROW_MAX},
};

/// A file and its download.
type Download = (PlannedFile, Result<SpooledFile, DownloadError>);

/// Files to download: the oldest first, and last those that failed before.
#[derive(Debug)]
pub(super) struct DownloadQueue {
    /// How many in front haven't failed before.
    new_files: usize,
    files: VecDeque<PlannedFile>,
}

impl DownloadQueue {
    pub(super) fn new(new_files: usize, files: Vec<PlannedFile>) -> Self {
        Self {
            new_files,
            files: files.into(),
        }
    }

    /// Downloads all files. After many in a row that can't be read it tries the newest one. Returns why
    /// it gives up, if that can't be read either, or if the remote side requests a long pause.
    pub(super) async fn download_files(
        mut self,
        remote: &RemoteSource,
        sender: mpsc::Sender<Download>,
    ) -> Option<FetchError> {
        // Why the last files couldn't be read, since one that could.
        let mut errors = Vec::new();
        loop {
            let is_probe = errors.len() == UNREADABLE_IN_A_ROW_MAX;
            let planned = if is_probe {
                self.take_newest()
            } else {
                self.take_next()
            };
            let Some(planned) = planned else {
                return errors.pop().filter(|_| is_probe);
            };
            let downloaded = remote.download_file(&planned.listed).await;
            let mut ended_by = None;
            match &downloaded {
                Ok(_) => errors.clear(),
                Err(DownloadError::Unreadable(error)) => {
                    if error.requests_long_delay() || (is_probe && !error.affects_one_file()) {
                        ended_by = Some(error.clone());
                    } else if !error.affects_one_file() {
                        errors.push(error.clone());
                    }
                }
                Err(DownloadError::Changing(_) | DownloadError::Unreachable(_)) => {}
            }
            if sender.send((planned, downloaded)).await.is_err() || ended_by.is_some() {
                return ended_by;
            }
        }
    }

    fn take_next(&mut self) -> Option<PlannedFile> {
        self.new_files = self.new_files.saturating_sub(1);
        self.files.pop_front()
    }

    /// Takes the newest that hasn't failed before; if all have, the newest of them.
    fn take_newest(&mut self) -> Option<PlannedFile> {
        let count = match self.new_files {
            0 => self.files.len(),
            new_files => new_files,
        };
        self.new_files = self.new_files.saturating_sub(1);
        self.files.remove(count.checked_sub(1)?)
    }
}
