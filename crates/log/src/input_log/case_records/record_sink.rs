//! Where case records are stored: in this process's database alone, or with all nodes of a cluster.

use wallboard_store::{CaseRecordEntry, CaseRecordPosition, Store, StoreError, StreamError};

use super::shared_records::SharedRecords;

/// Why records can't be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum CaseRecordError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the stream of case records")]
    Stream(#[from] StreamError),
}

#[derive(Debug)]
pub(super) enum RecordSink {
    Own(Store),
    Shared(Box<SharedRecords>),
}

impl RecordSink {
    pub(super) fn store(&self) -> &Store {
        match self {
            Self::Own(store) => store,
            Self::Shared(shared) => shared.store(),
        }
    }

    pub(super) async fn append(
        &mut self,
        entries: Vec<CaseRecordEntry>,
        position: CaseRecordPosition,
    ) -> Result<(), CaseRecordError> {
        match self {
            Self::Own(store) => Ok(store.append_case_records(entries, position).await?),
            Self::Shared(shared) => shared.append(entries, position).await,
        }
    }
}
