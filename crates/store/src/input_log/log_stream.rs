//! The log of a cluster: a stream of NATS `JetStream`. Only the leader appends, and each append names the
//! last sequence that it knows, so that a leader which was replaced can't.

mod batch_header;
mod batch_reader;
mod batch_search;
mod uploaded_snapshot;

use async_nats::jetstream::{
    message::{PublishMessage, StreamMessage},
    stream::LastRawMessageErrorKind,
};
use jiff::Timestamp;
use std::time::Duration;

use wallboard_domain::{LogPosition, moment};
use wallboard_runtime::nats::NatsConnection;

use crate::fenced_stream::FencedStream;

pub use batch_header::{BatchHeader, StreamBatch};
pub use batch_reader::{BatchReader, ReadBatch};
pub use batch_search::BatchSearch;
pub use uploaded_snapshot::SnapshotLabel;

/// How long batches stay: a node that was away for longer begins with a snapshot.
const BATCH_AGE_MAX: Duration = Duration::from_hours(24);
/// The size of the stream, in bytes.
const STREAM_SIZE_MAX: i64 = 1 << 30;

/// The stream of a site's log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LogStream(FencedStream);

/// The end of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamEnd {
    /// The sequence of its last message, also if that is gone.
    pub sequence: u64,
    /// Where its last batch leads; `None` if it has none.
    pub position: Option<LogPosition>,
    /// The format of that batch.
    pub format: Option<u32>,
    /// How far the clock of the batch's leader was ahead of that of the servers, in milliseconds.
    pub clock_ahead_ms: Option<i64>,
}

/// Why a stream can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    #[error("a request to NATS failed; `wallboard check` shows at which server, and what to do")]
    Unavailable(#[source] async_nats::Error),
    #[error("another node has appended to the stream")]
    Fenced,
    #[error("the stream has a message that isn't a batch")]
    Foreign,
    #[error("NATS accepts no messages of {0} bytes; raise `max_payload` of its servers")]
    TooLarge(usize),
    #[error("the uploaded snapshot can't be read")]
    Snapshot(#[source] async_nats::Error),
}

impl StreamError {
    pub(crate) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl LogStream {
    /// Opens the stream, or creates it.
    pub async fn open(connection: &NatsConnection) -> Result<Self, StreamError> {
        let opened = FencedStream::open(connection, "log", BATCH_AGE_MAX, STREAM_SIZE_MAX);
        opened.await.map(Self)
    }

    /// Appends a batch after the message with the `last` sequence. Returns its own sequence once the
    /// servers have it.
    pub async fn append(&self, batch: &StreamBatch, last: u64) -> Result<u64, StreamError> {
        let message = PublishMessage::build()
            .payload(batch.bytes.clone())
            .header(batch_header::NAME, batch.header.to_text());
        let is_same = |stored: &StreamMessage| {
            let header = BatchHeader::parse(&stored.headers)?;
            Ok(header == batch.header)
        };
        let length = batch.bytes.len();
        self.0.append(message, length, last, is_same).await
    }

    /// Returns the end of the stream.
    pub async fn find_end(&self) -> Result<StreamEnd, StreamError> {
        // Asked first, so that what is appended meanwhile doesn't count as known.
        let (_, sequence) = self.0.find_bounds().await?;
        let last = (self.0.stream).get_last_raw_message_by_subject(&self.0.subject);
        match last.await {
            Ok(message) => {
                let header = BatchHeader::parse(&message.headers)?;
                Ok(StreamEnd {
                    // Somebody may have deleted the last message.
                    sequence: message.sequence.max(sequence),
                    position: Some(header.leads_to()),
                    format: Some(header.format),
                    clock_ahead_ms: Timestamp::from_nanosecond(message.time.unix_timestamp_nanos())
                        .ok()
                        .map(|stored_at| moment::millis_between(stored_at, header.received_at)),
                })
            }
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => {
                Ok(StreamEnd {
                    sequence,
                    position: None,
                    format: None,
                    clock_ahead_ms: None,
                })
            }
            Err(error) => Err(StreamError::unavailable(error)),
        }
    }

    /// Returns the first position that the stream leads on from; `None` if it has no batch.
    pub async fn find_start(&self) -> Result<Option<LogPosition>, StreamError> {
        let (first, _) = self.0.find_bounds().await?;
        let header = self.read_at(first).await?;
        Ok(header.map(|header| header.after))
    }

    /// Reads from the batch on that continues a position; `None` if the stream doesn't lead there.
    pub async fn read_after(
        &self,
        position: LogPosition,
    ) -> Result<Option<BatchReader>, StreamError> {
        let (first, last) = self.0.find_bounds().await?;
        let mut search = BatchSearch::new(position, first, last);
        while let Some(middle) = search.middle() {
            let header = self.read_at(middle).await?;
            search.narrow(header.as_ref());
        }
        let found = search.found();
        let continues = match self.read_at(found).await? {
            Some(header) => header.after == position,
            None => self
                .find_end()
                .await?
                .position
                .is_none_or(|end| end == position),
        };
        if !continues {
            return Ok(None);
        }
        BatchReader::open(self, found).await.map(Some)
    }

    async fn read_at(&self, sequence: u64) -> Result<Option<BatchHeader>, StreamError> {
        let message = self.0.read_at(sequence).await?;
        let header = message.map(|message| BatchHeader::parse(&message.headers));
        header.transpose()
    }
}
