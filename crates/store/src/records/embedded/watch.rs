//! A watch reads what has changed since it last did. Nothing is queued for it, so that a slow one costs
//! no memory, and it also sees what other processes write.

use std::{collections::VecDeque, time::Duration};

use rusqlite::Connection;
use tokio::{sync::watch::Receiver, time::timeout};

use super::{
    EmbeddedRecords,
    rows::{oldest_kept_deletion, read_after},
};
use crate::records::{RecordChange, RecordError, RecordKind, RecordWatch, Revision};

/// The time after which a change by another process is seen.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The changes read at once: some 16 MB at most.
const CHANGES_READ_MAX: u32 = 16;

/// Changes of a kind in the product's database.
#[derive(Debug)]
pub(in crate::records) struct EmbeddedWatch {
    records: EmbeddedRecords,
    changed: Receiver<()>,
    kind: RecordKind,
    /// The last change that was read.
    position: Revision,
    unread: VecDeque<RecordChange>,
}

impl EmbeddedWatch {
    pub(super) fn new(records: EmbeddedRecords, kind: RecordKind, position: Revision) -> Self {
        Self {
            changed: records.changed.subscribe(),
            records,
            kind,
            position,
            unread: VecDeque::new(),
        }
    }

    /// Reads the next changes, unless deletions that nobody read are no longer there.
    async fn read_changes(&mut self) -> Result<(), RecordError> {
        let (kind, position) = (self.kind, self.position);
        let read = move |connection: &Connection| {
            let oldest = oldest_kept_deletion(connection, kind)?;
            if oldest.is_some_and(|oldest| position < oldest) {
                return Ok(None);
            }
            read_after(connection, kind, position, Some(CHANGES_READ_MAX)).map(Some)
        };
        let changes = self.records.store.read(read).await?;
        let changes = changes.ok_or(RecordError::FellBehind)?;
        self.position = changes.last().map_or(position, RecordChange::revision);
        self.unread = changes.into();
        Ok(())
    }
}

impl RecordWatch for EmbeddedWatch {
    async fn next(&mut self) -> Result<RecordChange, RecordError> {
        loop {
            if let Some(change) = self.unread.pop_front() {
                return Ok(change);
            }
            // Before it reads: what changes while it does wakes it again.
            self.changed.mark_unchanged();
            self.read_changes().await?;
            if self.unread.is_empty() {
                // It reads again in either case.
                timeout(POLL_INTERVAL, self.changed.changed()).await.ok();
            }
        }
    }
}

#[cfg(test)]
impl EmbeddedWatch {
    /// Returns whether it would read again now.
    pub(super) fn is_woken(&self) -> bool {
        self.changed.has_changed().unwrap_or(true)
    }
}
