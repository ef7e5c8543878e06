//! The sources of files that run, for whoever shows them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::domain::SourceId;

use super::ImportStatus;

type ImportStatuses = BTreeMap<SourceId, watch::Receiver<ImportStatus>>;

/// Cheap to clone: all clones are one.
#[derive(Clone, Debug, Default)]
pub struct ImportRegistry(Arc<Mutex<ImportStatuses>>);

impl ImportRegistry {
    /// A source runs from now on; one of the same id is replaced.
    pub fn insert(&self, id: SourceId, status: watch::Receiver<ImportStatus>) {
        self.lock_statuses().insert(id, status);
    }

    pub fn remove(&self, id: &SourceId) {
        self.lock_statuses().remove(id);
    }

    /// How all of them are now, by id.
    pub fn list_statuses(&self) -> Vec<(SourceId, ImportStatus)> {
        let statuses = self.lock_statuses();
        let now = statuses.iter();
        now.map(|(id, status)| (id.clone(), status.borrow().clone()))
            .collect()
    }

    fn lock_statuses(&self) -> MutexGuard<'_, ImportStatuses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
