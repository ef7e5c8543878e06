//! How far a delivery is, as a record: a process that is killed continues there.

use jiff::civil::Date;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use wallboard_store::{
    CaseRecordCursor, DocumentError, RecordError, RecordId, RecordKind, RecordStore, Records,
    Revision, StoreError, decode_document, encode_document,
};

use super::LastDelivery;

const DELIVERIES: RecordKind = RecordKind::new("case-record-delivery");

/// Why a delivery can't continue, beside its receiver.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProgressError {
    #[error("the record of the delivery")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write how far the delivery is")]
    Records(#[from] RecordError),
    #[error("couldn't read the case records")]
    Store(#[from] StoreError),
}

/// How far a webhook is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WebhookProgress {
    /// The name of the channel. Another one gets everything that is kept.
    pub(super) channel: String,
    /// The last record that was accepted.
    pub(super) after: Option<CaseRecordCursor>,
    /// The last record of the batch that was tried since: it is sent again as it was, with the same ID.
    pub(super) batch_end: Option<CaseRecordCursor>,
    pub(super) last: Option<LastDelivery>,
}

/// How far the files are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileProgress {
    /// The last record that a file has.
    pub(super) after: Option<CaseRecordCursor>,
    /// The first day that has no file yet, so that none is ever replaced.
    pub(super) next_day: Option<Date>,
    pub(super) last: Option<LastDelivery>,
}

/// A progress with where it is stored.
#[derive(Debug)]
pub(super) struct StoredProgress<T> {
    records: RecordStore,
    id: RecordId,
    revision: Option<Revision>,
    pub(super) state: T,
}

impl<T: Clone + Default + PartialEq + Serialize + DeserializeOwned> StoredProgress<T> {
    pub(super) async fn load(records: &RecordStore, id: &str) -> Result<Self, ProgressError> {
        let id = RecordId::parse(id).expect("a short word is an ID");
        let record = records.get(DELIVERIES, &id).await?;
        let state = match &record {
            Some(record) => decode_document(&record.document)?,
            None => T::default(),
        };
        Ok(Self {
            records: records.clone(),
            id,
            revision: record.map(|record| record.revision),
            state,
        })
    }

    /// Stores another state, unless it is the same.
    pub(super) async fn save(&mut self, state: T) -> Result<(), ProgressError> {
        if state == self.state {
            return Ok(());
        }
        let document = encode_document(&state)?;
        let put = (self.records).put(DELIVERIES, &self.id, self.revision, document);
        self.revision = Some(put.await?);
        self.state = state;
        Ok(())
    }
}
