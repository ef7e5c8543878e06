//! Records of requests that wait for somebody's next step, for minutes. They are records because that step may
//! come to another node. How many wait is bounded by each node for those that began there.

use std::{collections::HashMap, marker::PhantomData, net::IpAddr, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use wallboard_store::{
    DocumentError, Record, RecordError, RecordId, RecordKind, RecordStore, Records, Revision,
    decode_document, encode_document,
};

/// Why something that waits can't be read or stored.
#[derive(Debug, thiserror::Error)]
pub enum ExpiringRecordError {
    #[error("the record of a pending request")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write pending requests")]
    Records(#[from] RecordError),
    #[error("the ID of a pending request isn't valid")]
    InvalidId,
}

/// The records of a kind that expire. Clones share the count of this node's.
#[derive(Debug)]
pub(super) struct ExpiringRecords<T> {
    records: RecordStore,
    kind: RecordKind,
    valid_for: SignedDuration,
    /// Records made at this node: for which network, and when.
    own: Arc<Mutex<HashMap<RecordId, (IpAddr, Timestamp)>>>,
    content: PhantomData<fn() -> T>,
}

/// A record that holds.
#[derive(Debug)]
pub(super) struct ExpiringRecord<T> {
    id: RecordId,
    revision: Revision,
    pub(super) began_at: Timestamp,
    pub(super) content: T,
}

#[derive(Serialize, Deserialize)]
struct ExpiringDocument<T> {
    began_at: Timestamp,
    content: T,
}

/// How many of this node's wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WaitingCount {
    pub(super) all: usize,
    pub(super) of_network: usize,
}

impl<T: Serialize + DeserializeOwned> ExpiringRecords<T> {
    pub(super) fn new(records: RecordStore, kind: RecordKind, valid_for: SignedDuration) -> Self {
        Self {
            records,
            kind,
            valid_for,
            own: Arc::default(),
            content: PhantomData,
        }
    }

    /// Counts what began at this node and still waits.
    pub(super) fn count_own(&self, network: IpAddr, now: Timestamp) -> WaitingCount {
        let own = self.own.lock();
        let waiting = own.values().filter(|(_, began)| self.holds(*began, now));
        let (mut all, mut of_network) = (0, 0);
        for (other, _) in waiting {
            all += 1;
            of_network += usize::from(*other == network);
        }
        WaitingCount { all, of_network }
    }

    pub(super) async fn create(
        &self,
        id: RecordId,
        network: IpAddr,
        content: T,
        now: Timestamp,
    ) -> Result<(), ExpiringRecordError> {
        self.remove_own_expired(now).await?;
        let document = encode_document(&ExpiringDocument {
            began_at: now,
            content,
        })?;
        self.records.put(self.kind, &id, None, document).await?;
        self.own.lock().insert(id, (network, now));
        Ok(())
    }

    pub(super) async fn find(
        &self,
        id: &RecordId,
        now: Timestamp,
    ) -> Result<Option<ExpiringRecord<T>>, ExpiringRecordError> {
        let found = self.records.get(self.kind, id).await?.and_then(decode);
        Ok(found.filter(|record: &ExpiringRecord<T>| self.holds(record.began_at, now)))
    }

    /// Returns all that hold, and removes the others.
    pub(super) async fn list(
        &self,
        now: Timestamp,
    ) -> Result<Vec<ExpiringRecord<T>>, ExpiringRecordError> {
        let mut waiting = Vec::new();
        for record in self.records.list(self.kind).await? {
            let (id, revision) = (record.id.clone(), record.revision);
            match decode(record) {
                Some(record) if self.holds(record.began_at, now) => waiting.push(record),
                Some(_) => drop(self.delete(&id, revision).await?),
                // Of a newer release.
                None => {}
            }
        }
        Ok(waiting)
    }

    /// Replaces the content. Returns false if it was replaced or removed meanwhile.
    pub(super) async fn replace(
        &self,
        record: ExpiringRecord<T>,
    ) -> Result<bool, ExpiringRecordError> {
        let document = encode_document(&ExpiringDocument {
            began_at: record.began_at,
            content: record.content,
        })?;
        let replaced = Some(record.revision);
        let stored = self.records.put(self.kind, &record.id, replaced, document);
        Ok(unless_conflict(stored.await)?)
    }

    /// Removes it. Returns false if it was replaced or removed meanwhile.
    pub(super) async fn remove(
        &self,
        record: &ExpiringRecord<T>,
    ) -> Result<bool, ExpiringRecordError> {
        self.own.lock().remove(&record.id);
        Ok(self.delete(&record.id, record.revision).await?)
    }

    async fn remove_own_expired(&self, now: Timestamp) -> Result<(), RecordError> {
        let expired: Vec<_> = {
            let own = self.own.lock();
            let expired = own
                .iter()
                .filter(|(_, (_, began))| !self.holds(*began, now));
            expired.map(|(id, _)| id.clone()).collect()
        };
        for id in expired {
            if let Some(record) = self.records.get(self.kind, &id).await? {
                self.delete(&id, record.revision).await?;
            }
            self.own.lock().remove(&id);
        }
        Ok(())
    }

    async fn delete(&self, id: &RecordId, revision: Revision) -> Result<bool, RecordError> {
        unless_conflict(self.records.delete(self.kind, id, revision).await)
    }

    fn holds(&self, began: Timestamp, now: Timestamp) -> bool {
        now.duration_since(began) < self.valid_for
    }
}

impl<T> Clone for ExpiringRecords<T> {
    fn clone(&self) -> Self {
        Self {
            records: self.records.clone(),
            kind: self.kind,
            valid_for: self.valid_for,
            own: Arc::clone(&self.own),
            content: PhantomData,
        }
    }
}

/// `None`: of a newer release.
fn decode<T: DeserializeOwned>(record: Record) -> Option<ExpiringRecord<T>> {
    let document: ExpiringDocument<T> = decode_document(&record.document).ok()?;
    Some(ExpiringRecord {
        id: record.id,
        revision: record.revision,
        began_at: document.began_at,
        content: document.content,
    })
}

fn unless_conflict(result: Result<Revision, RecordError>) -> Result<bool, RecordError> {
    match result {
        Ok(_) => Ok(true),
        Err(RecordError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
