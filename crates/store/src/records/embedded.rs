//! The embedded records: a table of the product's database, written by its writer thread.

mod rows;
mod watch;

use rusqlite::Connection;
use tokio::sync::watch::Sender;

use super::{
    DOCUMENT_SIZE_MAX, NewRecord, Record, RecordChange, RecordError, RecordId, RecordKind, Records,
    Revision, StoredRecords,
};
use crate::{Store, StoreError, StoreView};

pub(super) use watch::EmbeddedWatch;

use rows::{NewRow, ReplacedRows, find_row, read_after, read_documents, replace_rows};

/// Records in the product's database. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct EmbeddedRecords {
    store: Store,
    /// Wakes those who watch.
    changed: Sender<()>,
}

impl EmbeddedRecords {
    /// Makes a handle. Its clones tell each other's watches at once, other handles within a second.
    pub(super) fn new(store: Store) -> Self {
        let changed = Sender::new(());
        Self { store, changed }
    }

    /// Reads all documents, each with its key, `KIND.ID`, in the order of their revisions.
    pub(super) async fn load_all(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.store.read(read_documents).await
    }

    async fn write(&self, row: NewRow) -> Result<Revision, RecordError> {
        match self.write_all(vec![row]).await? {
            Ok(revisions) => Ok(revisions[0]),
            Err((_, error)) => Err(error),
        }
    }

    async fn write_all(&self, rows: Vec<NewRow>) -> Result<ReplacedRows, StoreError> {
        let changed = self.changed.clone();
        let write = move |connection: &mut Connection| {
            let written = write_durably(connection, |connection| replace_rows(connection, &rows))?;
            changed.send_replace(());
            Ok(written)
        };
        self.store.write(write).await
    }
}

impl Records for EmbeddedRecords {
    type Watch = EmbeddedWatch;

    async fn get(&self, kind: RecordKind, id: &RecordId) -> Result<Option<Record>, RecordError> {
        let id = id.clone();
        let find = move |connection: &Connection| find_row(connection, kind, &id);
        let found = self.store.read(find).await?;
        Ok(found.and_then(RecordChange::into_record))
    }

    async fn put(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Option<Revision>,
        document: Vec<u8>,
    ) -> Result<Revision, RecordError> {
        let new = NewRecord {
            id: id.clone(),
            expected,
            document,
        };
        let stored = self.put_all(kind, vec![new]).await;
        match stored.failed {
            Some((_, error)) => Err(error),
            None => Ok(stored.revisions[0]),
        }
    }

    async fn put_all(&self, kind: RecordKind, records: Vec<NewRecord>) -> StoredRecords {
        let none_but = |failed| StoredRecords {
            revisions: Vec::new(),
            failed: Some(failed),
        };
        let mut lengths = records.iter().map(|new| new.document.len());
        if let Some(place) = lengths.position(|length| DOCUMENT_SIZE_MAX < length) {
            let length = records[place].document.len();
            return none_but((place, RecordError::TooLarge(length)));
        }
        let rows = records.into_iter().map(|new| NewRow {
            kind,
            id: new.id,
            expected: new.expected,
            document: Some(new.document),
        });
        match self.write_all(rows.collect()).await {
            Ok(Ok(revisions)) => StoredRecords {
                revisions,
                failed: None,
            },
            Ok(Err(failed)) => none_but(failed),
            Err(error) => none_but((0, error.into())),
        }
    }

    async fn delete(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Revision,
    ) -> Result<Revision, RecordError> {
        self.write(NewRow {
            kind,
            id: id.clone(),
            expected: Some(expected),
            document: None,
        })
        .await
    }

    async fn list(&self, kind: RecordKind) -> Result<Vec<Record>, RecordError> {
        let (records, _) = self.watch(kind).await?;
        Ok(records)
    }

    async fn watch(&self, kind: RecordKind) -> Result<(Vec<Record>, Self::Watch), RecordError> {
        let read = move |connection: &Connection| read_after(connection, kind, Revision(0), None);
        let rows = self.store.read(read).await?;
        let position = rows.last().map_or(Revision(0), RecordChange::revision);
        let records = rows
            .into_iter()
            .filter_map(RecordChange::into_record)
            .collect();
        Ok((records, EmbeddedWatch::new(self.clone(), kind, position)))
    }
}

/// Runs a write that is on the disk when it ends. The database's other writes can be repeated, and
/// may be lost at a power cut.
pub(crate) fn write_durably<T>(
    connection: &mut Connection,
    write: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.pragma_update(None, "synchronous", "full")?;
    let result = write(connection);
    // Otherwise later writes are only slower.
    connection.pragma_update(None, "synchronous", "normal").ok();
    result
}

impl StoreView<'_> {
    /// Loads all records of a kind, without watching.
    pub fn load_records(&self, kind: RecordKind) -> Result<Vec<Record>, StoreError> {
        let changes = read_after(self.0, kind, Revision(0), None);
        let changes = changes.map_err(StoreError::Read)?;
        let records = changes.into_iter().filter_map(RecordChange::into_record);
        Ok(records.collect())
    }
}

#[cfg(test)]
mod tests;
