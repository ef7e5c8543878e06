//! Stores checked changes as the newest versions of their entries.

use std::sync::Arc;

use jiff::Timestamp;

use wallboard_access::{AuditAction, AuditActor};
use wallboard_store::{NewRecord, RecordError, Records, Revision};

use crate::editing::{
    Entry, EntryChange, EntryId, EntryVersion, SaveError,
    entry_document::{ENTRIES, encode_entry},
};

use super::{Editor, begins_from, decode};

impl Editor {
    /// Stores changes that were checked, with an entry each in the audit trail.
    pub(in crate::editing) async fn store(
        &self,
        changes: Vec<EntryChange>,
        by: &AuditActor,
    ) -> Result<(), SaveError> {
        let new = changes
            .into_iter()
            .map(|change| self.next_entry(change, by));
        let (mut entries, records): (Vec<_>, Vec<_>) = new.unzip();
        let stored = self.0.records.put_all(ENTRIES, records).await;
        let failed = match stored.failed {
            Some((place, error)) => Err(self.read_refused(&entries[place].id, error).await),
            None => Ok(()),
        };
        for (entry, revision) in entries.iter_mut().zip(stored.revisions) {
            entry.revision = revision;
            let action = match entry.current() {
                Some(_) => AuditAction::ChangedSetting,
                None => AuditAction::DeletedSetting,
            };
            let subject = entry.id.to_string();
            self.0.audit.record(by, action, &subject).await;
            // The watch may have been faster, and its order not be finished.
            self.put(entry.clone());
        }
        failed
    }

    /// The entry after a change, without its revision, and its record.
    fn next_entry(&self, change: EntryChange, by: &AuditActor) -> (Entry, NewRecord) {
        let previous = self.entry(&change.id);
        let previous = previous.filter(|entry| begins_from(entry, &change));
        let mut versions = previous
            .as_ref()
            .map_or_else(Vec::new, |entry| entry.versions.clone());
        versions.push(EntryVersion {
            toml: change.toml,
            at: Timestamp::now(),
            by: by.name.clone(),
        });
        let record = NewRecord {
            id: change.id.record_id(),
            expected: previous.map(|entry| entry.revision),
            document: encode_entry(&change.id, &versions),
        };
        let entry = Entry {
            id: change.id,
            revision: Revision(0),
            versions,
        };
        (entry, record)
    }

    /// Says why an entry wasn't stored, with the one that is there after a conflict.
    async fn read_refused(&self, id: &EntryId, error: RecordError) -> SaveError {
        if !matches!(error, RecordError::Conflict { .. }) {
            return error.into();
        }
        let found = self.0.records.get(ENTRIES, &id.record_id()).await;
        match found.map(|record| record.as_ref().and_then(decode)) {
            Ok(Some(entry)) => {
                self.put(entry.clone());
                SaveError::Conflict(Arc::new(entry))
            }
            Ok(None) => RecordError::Conflict { current: None }.into(),
            Err(error) => error.into(),
        }
    }
}
