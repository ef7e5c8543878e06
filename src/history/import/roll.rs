//! The sources of files that run, for whoever shows them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::domain::SourceId;

use super::Status;

type Statuses = BTreeMap<SourceId, watch::Receiver<Status>>;

/// Cheap to clone: all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Roll(Arc<Mutex<Statuses>>);

impl Roll {
    /// A source runs from now on; one of the same id is replaced.
    pub fn enter(&self, id: SourceId, status: watch::Receiver<Status>) {
        self.statuses().insert(id, status);
    }

    pub fn leave(&self, id: &SourceId) {
        self.statuses().remove(id);
    }

    /// How all of them are now, by id.
    pub fn all(&self) -> Vec<(SourceId, Status)> {
        let statuses = self.statuses();
        let now = statuses.iter();
        now.map(|(id, status)| (id.clone(), status.borrow().clone()))
            .collect()
    }

    fn statuses(&self) -> MutexGuard<'_, Statuses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
