//! Where records live: what people make, like boards and users. The trait is all that others know; the
//! embedded records are a table of the product's database, those of a cluster a bucket of NATS.
//!
//! The trait promises what a key-value bucket of NATS `JetStream` does (one revision of each key, no
//! direct reads), under the key `KIND.ID`.

mod bucket;
mod document;
mod embedded;
mod following;
mod key;
mod record;
mod record_store;
#[cfg(test)]
mod test_suite;

use std::future::Future;

use bucket::BucketRecords;
pub use document::{DocumentError, decode_document, encode_document};
use embedded::EmbeddedRecords;
pub(super) use embedded::write_durably;
pub use following::RecordFollower;
pub use key::{RecordId, RecordKind};
pub use record::{
    DOCUMENT_SIZE_MAX, NewRecord, Record, RecordChange, RecordError, Revision, StoredRecords,
};
pub use record_store::RecordStore;

/// The deletions of a kind that stay for those who watch.
const DELETIONS_KEPT: u32 = 1_000;

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

    /// Stores several records in their order, each as [`Self::put`] does. Ends at the first that can't be stored: in a
    /// database, none of them is then, whereas a bucket has no transactions, and those before it stay.
    fn put_all(
        &self,
        kind: RecordKind,
        records: Vec<NewRecord>,
    ) -> impl Future<Output = StoredRecords> + Send {
        async move {
            let mut stored = StoredRecords::default();
            for (place, new) in records.into_iter().enumerate() {
                match self.put(kind, &new.id, new.expected, new.document).await {
                    Ok(revision) => stored.revisions.push(revision),
                    Err(error) => {
                        stored.failed = Some((place, error));
                        break;
                    }
                }
            }
            stored
        }
    }

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

/// Changes of a kind, from any node, in the order of their revisions.
pub trait RecordWatch: Send + 'static {
    /// Waits for the next change. A caller that is slower than the changes of a record gets the
    /// last of them. Cancel safe.
    ///
    /// After an error, watch again: the new list replaces what was known.
    fn next(&mut self) -> impl Future<Output = Result<RecordChange, RecordError>> + Send;
}
