//! Reads the batches of the log's stream as they come. Any fault ends the reader: its owner opens
//! another one at the position that was reached, because a consumer is never trusted to recover.

use std::time::Duration;

use async_nats::jetstream::{
    self, Message,
    consumer::{AckPolicy, DeliverPolicy, ReplayPolicy, pull},
};
use futures_util::StreamExt;

use super::{BatchHeader, LogStream, StreamBatch, StreamError};

/// The server removes a consumer that nobody has read for so long, if we couldn't.
const CONSUMER_AGE_MAX: Duration = Duration::from_secs(10);
/// Messages that may wait in memory.
const MESSAGES_MAX: usize = 256;
/// The server says that it is there at least once in this time.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// An ephemeral consumer of the stream.
pub struct BatchReader {
    messages: pull::Stream,
    stream: jetstream::stream::Stream,
    consumer: String,
}

/// A batch, and what the server says about it.
#[derive(Clone, Debug)]
pub struct ReadBatch {
    pub batch: StreamBatch,
    /// How many messages wait behind it.
    pub pending: u64,
}

impl BatchReader {
    /// Reads from a sequence on.
    pub(super) async fn open(log: &LogStream, sequence: u64) -> Result<Self, StreamError> {
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: sequence.max(1),
            },
            ack_policy: AckPolicy::None,
            replay_policy: ReplayPolicy::Instant,
            inactive_threshold: CONSUMER_AGE_MAX,
            memory_storage: true,
            num_replicas: 1,
            ..Default::default()
        };
        let consumer = log.0.stream.create_consumer(config).await;
        let consumer = consumer.map_err(StreamError::unavailable)?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(MESSAGES_MAX)
            .heartbeat(HEARTBEAT)
            .messages()
            .await
            .map_err(StreamError::unavailable)?;
        Ok(Self {
            messages,
            stream: log.0.stream.clone(),
            consumer: consumer.cached_info().name.clone(),
        })
    }

    /// Waits for the next batch. Cancel safe.
    pub async fn next(&mut self) -> Result<ReadBatch, StreamError> {
        match self.messages.next().await {
            Some(Ok(message)) => ReadBatch::of_message(&message),
            Some(Err(error)) => Err(StreamError::unavailable(error)),
            None => Err(StreamError::Unavailable("the consumer has ended".into())),
        }
    }

    /// Removes the consumer from the server.
    pub async fn close(self) {
        let Self {
            messages,
            stream,
            consumer,
        } = self;
        drop(messages);
        // The server removes it itself after a while.
        stream.delete_consumer(&consumer).await.ok();
    }
}

impl std::fmt::Debug for BatchReader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("BatchReader");
        shown
            .field("consumer", &self.consumer)
            .finish_non_exhaustive()
    }
}

impl ReadBatch {
    fn of_message(message: &Message) -> Result<Self, StreamError> {
        let pending = message.info().map_err(StreamError::Unavailable)?.pending;
        let headers = message.headers.as_ref().ok_or(StreamError::Foreign)?;
        Ok(Self {
            batch: StreamBatch {
                header: BatchHeader::parse(headers)?,
                bytes: message.payload.clone(),
            },
            pending,
        })
    }
}
