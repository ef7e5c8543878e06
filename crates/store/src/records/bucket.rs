//! The records of a cluster: a key-value bucket of NATS `JetStream`. Nothing here has a consumer at the
//! server: reads ask for one message after the other.

mod change_bell;
mod known_records;
mod record_stream;
mod watch;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::time::{Instant, sleep};
use tracing::warn;

use super::{
    DELETIONS_KEPT, DOCUMENT_SIZE_MAX, Record, RecordChange, RecordError, RecordId, RecordKind,
    Records, Revision,
};
use crate::StoreError;
use wallboard_domain::error_chain;
use wallboard_runtime::nats::NatsConnection;

pub(super) use watch::{BucketWatch, retry_pause};

use record_stream::{BucketError, RecordStream, key_of};
use watch::{BucketFollower, WatchPace};

/// How long a start waits for NATS, also while its servers elect who leads.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
const OPEN_PAUSE: Duration = Duration::from_millis(200);
/// A cluster that is founded has its records so soon after its log.
const FOUNDED_WITHIN: Duration = Duration::from_mins(10);
/// How often a write begins again because the record was created and deleted meanwhile.
const ATTEMPTS_MAX: usize = 8;
/// After so many deletions of a kind, this node looks for those that are no longer kept.
const DELETIONS_PER_TRIM: u32 = 100;

/// Records in the site's bucket. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct BucketRecords {
    stream: RecordStream,
    pace: WatchPace,
    /// This node's deletions of each kind since their last trim.
    deletions: Arc<Mutex<HashMap<RecordKind, u32>>>,
}

impl BucketRecords {
    /// Opens the bucket, or creates it. Waits up to 10 s for the connection.
    pub(super) async fn open(connection: NatsConnection) -> Result<Self, StoreError> {
        let deadline = Instant::now() + OPEN_WITHIN;
        let stream = RecordStream::new(connection);
        while let Err(error) = stream.open().await {
            if deadline <= Instant::now() {
                return Err(error.into());
            }
            sleep(OPEN_PAUSE).await;
        }
        Ok(Self {
            stream,
            pace: WatchPace::default(),
            deletions: Arc::default(),
        })
    }

    /// Returns whether no record was ever stored, or none is left.
    pub(super) async fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.stream.state().await?.messages == 0)
    }

    /// Returns whether the site has no log from before its records: a bucket that is created again
    /// later belongs to an old cluster.
    pub(super) async fn is_new_cluster(&self) -> Result<bool, StoreError> {
        let created = self.stream.state().await?.created;
        let log = self.stream.log_created().await?;
        Ok(log.is_none_or(|log| created - log < FOUNDED_WITHIN))
    }

    /// Creates a record by its key, `KIND.ID`, unless it exists. Returns whether it didn't.
    pub(super) async fn create_key(
        &self,
        key: &str,
        document: Vec<u8>,
    ) -> Result<bool, StoreError> {
        let document = Some(document.into());
        match self.stream.store(key, Revision(0), document).await {
            Ok(_) => Ok(true),
            Err(BucketError::WrongRevision) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Replaces what the key has in a revision. `document`: `None` deletes.
    async fn write(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Option<Revision>,
        document: Option<Bytes>,
    ) -> Result<Revision, RecordError> {
        // For NATS, 0 is a key that never was, and of ours no record has it.
        if expected == Some(Revision(0)) {
            let current = self.get(kind, id).await?.map(|record| record.revision);
            return Err(RecordError::Conflict { current });
        }
        let mut replaced = expected.unwrap_or(Revision(0));
        for _ in 0..ATTEMPTS_MAX {
            match self
                .stream
                .store(&key_of(kind, id), replaced, document.clone())
                .await
            {
                Ok(revision) => return Ok(revision),
                Err(BucketError::Missing) => drop(self.stream.open().await?),
                Err(BucketError::WrongRevision) => {
                    let last = self.stream.last(kind, id).await?;
                    replaced = deletion_to_replace(last, expected)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(RecordError::Conflict { current: None })
    }

    /// Counts a deletion. In the background, the oldest make way now and then.
    fn count_deletion(&self, kind: RecordKind) {
        let mut deletions = self.deletions.lock();
        let count = deletions.entry(kind).or_default();
        *count += 1;
        if DELETIONS_PER_TRIM <= *count {
            *count = 0;
            let stream = self.stream.clone();
            tokio::spawn(async move {
                if let Err(error) = trim_deletions(&stream, kind).await {
                    let error = StoreError::from(error);
                    warn!("Old deletions stay in NATS: {}", error_chain(&error));
                }
            });
        }
    }
}

impl Records for BucketRecords {
    type Watch = BucketWatch;

    async fn get(&self, kind: RecordKind, id: &RecordId) -> Result<Option<Record>, RecordError> {
        match self.stream.last(kind, id).await {
            Ok(found) => Ok(found.and_then(RecordChange::into_record)),
            Err(BucketError::Missing) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn put(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Option<Revision>,
        document: Vec<u8>,
    ) -> Result<Revision, RecordError> {
        if DOCUMENT_SIZE_MAX < document.len() {
            return Err(RecordError::TooLarge(document.len()));
        }
        self.write(kind, id, expected, Some(document.into())).await
    }

    async fn delete(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Revision,
    ) -> Result<Revision, RecordError> {
        let revision = self.write(kind, id, Some(expected), None).await?;
        self.count_deletion(kind);
        Ok(revision)
    }

    async fn list(&self, kind: RecordKind) -> Result<Vec<Record>, RecordError> {
        match self.stream.read_all(kind).await {
            Ok(changes) => Ok(into_records(changes)),
            Err(BucketError::Missing) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    async fn watch(&self, kind: RecordKind) -> Result<(Vec<Record>, Self::Watch), RecordError> {
        let state = self.stream.open().await?;
        // The bell first: what changes during the list rings it.
        let bell = self.stream.ring_on_changes(kind).await?;
        let changes = self.stream.read_all(kind).await?;
        let stream = self.stream.clone();
        let follower = BucketFollower::new(stream, kind, self.pace, state, &changes);
        Ok((into_records(changes), follower.start(bell)))
    }
}

fn into_records(changes: Vec<RecordChange>) -> Vec<Record> {
    let records = changes.into_iter().filter_map(RecordChange::into_record);
    records.collect()
}

/// Decides what a write replaces whose revision wasn't the last one: only one that creates the record
/// succeeds, with the deletion that is there.
fn deletion_to_replace(
    last: Option<RecordChange>,
    expected: Option<Revision>,
) -> Result<Revision, RecordError> {
    let conflict = |current| Err(RecordError::Conflict { current });
    match (last, expected) {
        (Some(RecordChange::Stored(record)), _) => conflict(Some(record.revision)),
        (_, Some(_)) => conflict(None),
        (Some(RecordChange::Deleted { revision, .. }), None) => Ok(revision),
        (None, None) => Ok(Revision(0)),
    }
}

/// Removes all but the newest deletions of a kind.
async fn trim_deletions(stream: &RecordStream, kind: RecordKind) -> Result<(), BucketError> {
    let kept_max = usize::try_from(DELETIONS_KEPT).unwrap_or(usize::MAX);
    let mut kept = VecDeque::new();
    let mut position = Revision(0);
    while let Some(change) = stream.next(kind, position).await? {
        position = change.revision();
        if let RecordChange::Deleted { id, revision } = change {
            kept.push_back((id, revision));
        }
        if kept_max < kept.len()
            && let Some((id, revision)) = kept.pop_front()
        {
            stream.remove_deletion(kind, &id, revision).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
