//! The running sources of files, for those who show them.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::watch;

use wallboard_domain::SourceId;

use super::{FileState, ImportStatus};

type ImportStatuses = BTreeMap<SourceId, watch::Receiver<ImportStatus>>;

/// Cheap to clone: all clones share one registry.
#[derive(Clone, Debug, Default)]
pub struct ImportRegistry(Arc<Mutex<ImportStatuses>>);

impl ImportRegistry {
    /// Adds a running source; replaces one with the same id.
    pub fn insert(&self, id: SourceId, status: watch::Receiver<ImportStatus>) {
        self.0.lock().insert(id, status);
    }

    pub fn remove(&self, id: &SourceId) {
        self.0.lock().remove(id);
    }

    /// Returns the current status of all sources, by id.
    pub fn list_statuses(&self) -> Vec<(SourceId, ImportStatus)> {
        let statuses = self.0.lock();
        let now = statuses.iter();
        now.map(|(id, status)| (id.clone(), status.borrow().clone()))
            .collect()
    }

    /// Returns the state of each source's next file, by id.
    pub fn list_files(&self, now: Timestamp) -> Vec<(SourceId, FileState)> {
        let statuses = self.0.lock();
        let files = statuses.iter();
        files
            .map(|(id, status)| (id.clone(), status.borrow().file_state(now)))
            .collect()
    }
}
