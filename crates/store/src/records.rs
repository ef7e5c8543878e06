//! Where records live: what people make, like boards and users. The trait is all that others know; the
//! embedded records are a table of the product's database, those of a cluster a bucket of NATS.
//!
//! The trait promises what a key-value bucket of NATS `JetStream` does (one revision of each key, no
//! direct reads), under the key `KIND.ID`.

mod bucket;
mod embedded;
mod key;
mod record_store;
#[cfg(test)]
mod test_suite;

use std::{error::Error, future::Future};

use super::StoreError;

use bucket::BucketRecords;
use embedded::EmbeddedRecords;
pub(super) use embedded::write_durably;
pub use key::{RecordId, RecordKind};
pub use record_store::RecordStore;

/// The size of the largest document, in bytes: NATS refuses messages of more than 1 MiB, which include
/// headers.
pub const DOCUMENT_SIZE_MAX: usize = 1_000_000;

/// The deletions of a kind that stay for those who watch.
const DELETIONS_KEPT: u32 = 1_000;

/// The number of a change. Rises over the records of all kinds; deletions have one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// A document as of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub id: RecordId,
    pub revision: Revision,
    /// Bytes in a format of the kind's owner, which must say its own version: a document outlives
    /// the release that wrote it. Nobody reads it on the way, so that one of a newer release
    /// returns as it was.
    pub document: Vec<u8>,
}

/// What happened to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordChange {
    Stored(Record),
    Deleted { id: RecordId, revision: Revision },
}

impl RecordChange {
    /// The revision that it made.
    pub fn revision(&self) -> Revision {
        match self {
            Self::Stored(record) => record.revision,
            Self::Deleted { revision, .. } => *revision,
        }
    }

    /// Whose change it is.
    pub fn id(&self) -> &RecordId {
        match self {
            Self::Stored(record) => &record.id,
            Self::Deleted { id, .. } => id,
        }
    }

    /// The record, unless it is deleted.
    pub fn into_record(self) -> Option<Record> {
        match self {
            Self::Stored(record) => Some(record),
            Self::Deleted { .. } => None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Nothing changed. `current` is `None` if there is no such record, or no longer.
    #[error(
        "it was changed, created or deleted in the meantime; load it again and repeat your change"
    )]
    Conflict { current: Option<Revision> },
    #[error(
        "its document has {0} bytes, and at most {DOCUMENT_SIZE_MAX} are allowed; make it smaller"
    )]
    TooLarge(usize),
    #[error("too many records were deleted since the last change was read; watch them again")]
    FellBehind,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RecordError {
    /// Whether the error, or a cause of it, is that the cluster's records can't be reached.
    pub fn is_cluster_away(error: &(dyn Error + 'static)) -> bool {
        let mut cause = Some(error);
        while let Some(error) = cause {
            let records = error.downcast_ref();
            if let Some(Self::Store(StoreError::ClusterRecords(_))) = records {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

/// Documents with revisions. Every read sees the writes that ended before it began.
///
/// A write returns once it is durable. If it fails with [`RecordError::Store`], it may have
/// happened all the same: reading the record tells.
pub trait Records: Clone + Send + Sync + 'static {
    type Watch: RecordWatch;

    /// Reads a record.
    fn get(
        &self,
        kind: RecordKind,
        id: &RecordId,
    ) -> impl Future<Output = Result<Option<Record>, RecordError>> + Send;

    /// Stores a record whose revision is `expected`, or creates one that doesn't exist. A deletion's
    /// revision creates it too, unless someone else did meanwhile.
    fn put(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Option<Revision>,
        document: Vec<u8>,
    ) -> impl Future<Output = Result<Revision, RecordError>> + Send;

    /// Deletes a record whose revision is `expected`.
    fn delete(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Revision,
    ) -> impl Future<Output = Result<Revision, RecordError>> + Send;

    /// Reads all records of a kind, in the order of their revisions.
    fn list(
        &self,
        kind: RecordKind,
    ) -> impl Future<Output = Result<Vec<Record>, RecordError>> + Send;

    /// Lists all records of a kind, and watches for every later change.
    fn watch(
        &self,
        kind: RecordKind,
    ) -> impl Future<Output = Result<(Vec<Record>, Self::Watch), RecordError>> + Send;
}

/// Changes of a kind, whoever makes them, in the order of their revisions.
pub trait RecordWatch: Send + 'static {
    /// Waits for the next change. A caller that is slower than the changes of a record gets the
    /// last of them. Cancel safe.
    ///
    /// After an error, watch again: the new list replaces what was known.
    fn next(&mut self) -> impl Future<Output = Result<RecordChange, RecordError>> + Send;
}
