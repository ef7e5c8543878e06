//! The case records of a cluster: a stream of NATS `JetStream`, from which every node has the same records under the
//! same numbers.

use std::time::Duration;

use async_nats::jetstream::message::{PublishMessage, StreamMessage};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use wallboard_runtime::nats::NatsConnection;

use crate::{CaseRecordEntry, CaseRecordPosition, StreamError, fenced_stream::FencedStream};

/// How long records stay: a node that was away for longer has a gap.
const BATCH_AGE_MAX: Duration = Duration::from_hours(72);
/// The size of the stream, in bytes.
const STREAM_SIZE_MAX: i64 = 256 << 20;

/// The stream of a site's case records. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CaseRecordStream(FencedStream);

/// Records that were made together, and up to where the log was read for them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseRecordBatch {
    /// The number of the first record; without any, of the next one.
    pub first: i64,
    pub entries: Vec<CaseRecordEntry>,
    pub position: CaseRecordPosition,
}

impl CaseRecordBatch {
    /// The number of the record that follows it.
    pub fn next(&self) -> i64 {
        let count = i64::try_from(self.entries.len()).unwrap_or(i64::MAX);
        self.first.saturating_add(count)
    }
}

impl CaseRecordStream {
    /// Opens the stream, or creates it.
    pub async fn open(connection: &NatsConnection) -> Result<Self, StreamError> {
        let opened = FencedStream::open(connection, "case-records", BATCH_AGE_MAX, STREAM_SIZE_MAX);
        opened.await.map(Self)
    }

    /// Appends a batch after the message with the `last` sequence. Returns its own sequence once the servers have it.
    pub async fn append(&self, batch: &CaseRecordBatch, last: u64) -> Result<u64, StreamError> {
        let bytes = serde_json::to_vec(batch).map_err(StreamError::unavailable)?;
        let bytes = Bytes::from(bytes);
        let message = PublishMessage::build().payload(bytes.clone());
        let is_same = |stored: &StreamMessage| Ok(stored.payload == bytes);
        self.0.append(message, bytes.len(), last, is_same).await
    }

    /// Returns the sequences of the first and the last message; 1 and 0 of a new stream.
    pub async fn find_bounds(&self) -> Result<(u64, u64), StreamError> {
        self.0.find_bounds().await
    }

    /// Reads the batch with a sequence; `None` if the stream doesn't have it.
    pub async fn read_at(&self, sequence: u64) -> Result<Option<CaseRecordBatch>, StreamError> {
        let Some(message) = self.0.read_at(sequence).await? else {
            return Ok(None);
        };
        let batch = serde_json::from_slice(&message.payload);
        batch.map(Some).map_err(|_| StreamError::Foreign)
    }
}
