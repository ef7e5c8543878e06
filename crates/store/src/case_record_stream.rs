//! The case records of a cluster: a stream of NATS `JetStream`, from which every node has the same records under the
//! same numbers. Each append names the last sequence that its node knows, so that a leader which was replaced can't.

use std::time::Duration;

use async_nats::jetstream::{
    self,
    context::{PublishError, PublishErrorKind},
    message::PublishMessage,
    stream::{DiscardPolicy, RawMessageErrorKind, RetentionPolicy, StorageType, Stream},
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use wallboard_runtime::nats::NatsConnection;

use crate::{CaseRecordEntry, CaseRecordPosition, StreamError};

/// How long records stay: a node that was away for longer has a gap.
const BATCH_AGE_MAX: Duration = Duration::from_hours(72);
/// The size of the stream, in bytes.
const STREAM_SIZE_MAX: i64 = 256 << 20;

/// The stream of a site's case records. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CaseRecordStream {
    connection: NatsConnection,
    stream: Stream,
    subject: String,
}

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
        let subject = connection.subject_of("case-records");
        let config = jetstream::stream::Config {
            name: connection.name_of("case-records"),
            subjects: vec![subject.clone()],
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::Old,
            storage: StorageType::File,
            max_age: BATCH_AGE_MAX,
            max_bytes: STREAM_SIZE_MAX,
            num_replicas: connection.settings().replicas,
            ..Default::default()
        };
        let opened = connection.open_stream(config).await;
        Ok(Self {
            stream: opened.map_err(StreamError::unavailable)?,
            connection: connection.clone(),
            subject,
        })
    }

    /// Appends a batch after the message with the `last` sequence. Returns its own sequence once the servers have it.
    pub async fn append(&self, batch: &CaseRecordBatch, last: u64) -> Result<u64, StreamError> {
        let bytes = serde_json::to_vec(batch).map_err(StreamError::unavailable)?;
        let bytes = Bytes::from(bytes);
        let message = PublishMessage::build()
            .payload(bytes.clone())
            .expected_last_sequence(last);
        let context = self.connection.context();
        let sent = context.send_publish(self.subject.clone(), message).await;
        let acknowledged = match sent {
            Ok(sent) => sent.await,
            Err(error) => Err(error),
        };
        match acknowledged {
            Ok(acknowledged) => Ok(acknowledged.sequence),
            Err(error) => self.find_appended(&bytes, last, error).await,
        }
    }

    /// Finds out whether a batch was appended although its acknowledgment was lost.
    async fn find_appended(
        &self,
        bytes: &Bytes,
        last: u64,
        error: PublishError,
    ) -> Result<u64, StreamError> {
        match error.kind() {
            PublishErrorKind::WrongLastSequence => match self.read_bytes(last + 1).await? {
                Some(stored) if stored == *bytes => Ok(last + 1),
                _ => Err(StreamError::Fenced),
            },
            PublishErrorKind::MaxPayloadExceeded => Err(StreamError::TooLarge(bytes.len())),
            _ => Err(StreamError::unavailable(error)),
        }
    }

    /// Returns the sequences of the first and the last message; 1 and 0 of a new stream.
    pub async fn find_bounds(&self) -> Result<(u64, u64), StreamError> {
        let info = self.stream.get_info().await;
        let state = info.map_err(StreamError::unavailable)?.state;
        Ok((state.first_sequence.max(1), state.last_sequence))
    }

    /// Reads the batch with a sequence; `None` if the stream doesn't have it.
    pub async fn read_at(&self, sequence: u64) -> Result<Option<CaseRecordBatch>, StreamError> {
        let Some(bytes) = self.read_bytes(sequence).await? else {
            return Ok(None);
        };
        let batch = serde_json::from_slice(&bytes);
        batch.map(Some).map_err(|_| StreamError::Foreign)
    }

    async fn read_bytes(&self, sequence: u64) -> Result<Option<Bytes>, StreamError> {
        match self.stream.get_raw_message(sequence).await {
            Ok(message) => Ok(Some(message.payload)),
            Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(StreamError::unavailable(error)),
        }
    }
}
