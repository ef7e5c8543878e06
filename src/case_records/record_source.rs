//! The records to deliver, in this process's database, and where it's noted how far a delivery is.

use wallboard_store::{CaseRecordCursor, CaseRecordPage, RecordStore, Store, StoreError};

#[derive(Clone, Debug)]
pub struct RecordSource {
    pub store: Store,
    pub records: RecordStore,
    /// The nodes of a cluster have the same records: one that was delivered by another node may not be here yet.
    pub is_shared: bool,
}

impl RecordSource {
    /// Loads the records after a cursor, or from the first one on; `None` if the cursor isn't of this database.
    pub(super) async fn records_after(
        &self,
        after: Option<CaseRecordCursor>,
        limit: usize,
    ) -> Result<Option<CaseRecordPage>, StoreError> {
        load_records_after(&self.store, self.is_shared, after, limit).await
    }
}

/// Loads records as [`RecordSource`] does; `is_shared`: the nodes of a cluster have the same.
pub async fn load_records_after(
    store: &Store,
    is_shared: bool,
    after: Option<CaseRecordCursor>,
    limit: usize,
) -> Result<Option<CaseRecordPage>, StoreError> {
    if is_shared {
        store.shared_case_records_after(after, limit).await
    } else {
        store.case_records_after(after, limit).await
    }
}
