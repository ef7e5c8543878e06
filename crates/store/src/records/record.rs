//! A document with its revision, and what can happen to it.

use std::error::Error;

use super::RecordId;
use crate::StoreError;

/// The size of the largest document, in bytes: NATS refuses messages of more than 1 MiB, which include
/// headers.
pub const DOCUMENT_SIZE_MAX: usize = 1_000_000;

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

/// A record to store, in place of the one of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    pub id: RecordId,
    /// `None` creates it.
    pub expected: Option<Revision>,
    pub document: Vec<u8>,
}

/// How far storing several records got.
#[derive(Debug, Default)]
pub struct StoredRecords {
    /// The revisions of those that are stored: the first ones.
    pub revisions: Vec<Revision>,
    /// The place of the one that couldn't be stored, from 0, and why.
    pub failed: Option<(usize, RecordError)>,
}

/// A change of a record.
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
    /// Whether the error, or a cause of it, is that the cluster's records can't be reached, or take nothing more.
    pub fn is_cluster_away(error: &(dyn Error + 'static)) -> bool {
        Self::find_cluster_fault(error).is_some()
    }

    /// Whether it is that they take nothing more.
    pub fn is_cluster_full(error: &(dyn Error + 'static)) -> bool {
        let fault = Self::find_cluster_fault(error);
        matches!(fault, Some(StoreError::ClusterRecordsFull(_)))
    }

    fn find_cluster_fault<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a StoreError> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(Self::Store(
                fault @ (StoreError::ClusterRecords(_) | StoreError::ClusterRecordsFull(_)),
            )) = error.downcast_ref()
            {
                return Some(fault);
            }
            cause = error.source();
        }
        None
    }
}
