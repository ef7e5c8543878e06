//! A stream of NATS `JetStream` to which one node appends at a time: each append names the last sequence that its node
//! knows, so that a leader which was replaced can't.

use std::time::Duration;

use async_nats::jetstream::{
    self,
    context::{PublishError, PublishErrorKind},
    message::{PublishMessage, StreamMessage},
    stream::{DiscardPolicy, RawMessageErrorKind, RetentionPolicy, StorageType, Stream},
};

use wallboard_runtime::nats::NatsConnection;

use crate::StreamError;

/// One of a site's streams. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct FencedStream {
    pub(crate) connection: NatsConnection,
    pub(crate) stream: Stream,
    pub(crate) subject: String,
}

impl FencedStream {
    /// Opens the stream of a part of the site, or creates it: what is older or beyond the size, in bytes, is deleted.
    pub(crate) async fn open(
        connection: &NatsConnection,
        part: &str,
        age_max: Duration,
        size_max: i64,
    ) -> Result<Self, StreamError> {
        let subject = connection.subject_of(part);
        let config = jetstream::stream::Config {
            name: connection.name_of(part),
            subjects: vec![subject.clone()],
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::Old,
            storage: StorageType::File,
            max_age: age_max,
            max_bytes: size_max,
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

    /// Appends a message of a length in bytes after the one with the `last` sequence. Returns its own sequence once
    /// the servers have it. `is_same` finds out whether a stored one is it, although its acknowledgment was lost.
    pub(crate) async fn append(
        &self,
        message: PublishMessage,
        length: usize,
        last: u64,
        is_same: impl FnOnce(&StreamMessage) -> Result<bool, StreamError>,
    ) -> Result<u64, StreamError> {
        let message = message.expected_last_sequence(last);
        let error = match self.publish(message).await {
            Ok(sequence) => return Ok(sequence),
            Err(error) => error,
        };
        match error.kind() {
            PublishErrorKind::WrongLastSequence => {
                let stored = self.read_at(last + 1).await?;
                match stored.as_ref().map(is_same).transpose()? {
                    Some(true) => Ok(last + 1),
                    _ => Err(StreamError::Fenced),
                }
            }
            PublishErrorKind::MaxPayloadExceeded => Err(StreamError::TooLarge(length)),
            _ => Err(StreamError::unavailable(error)),
        }
    }

    async fn publish(&self, message: PublishMessage) -> Result<u64, PublishError> {
        let context = self.connection.context();
        let sent = context.send_publish(self.subject.clone(), message).await?;
        Ok(sent.await?.sequence)
    }

    /// Returns the sequences of the first and the last message; 1 and 0 of a new stream.
    pub(crate) async fn find_bounds(&self) -> Result<(u64, u64), StreamError> {
        let info = self.stream.get_info().await;
        let state = info.map_err(StreamError::unavailable)?.state;
        Ok((state.first_sequence.max(1), state.last_sequence))
    }

    /// Reads the message with a sequence; `None` if the stream doesn't have it.
    pub(crate) async fn read_at(
        &self,
        sequence: u64,
    ) -> Result<Option<StreamMessage>, StreamError> {
        match self.stream.get_raw_message(sequence).await {
            Ok(message) => Ok(Some(message)),
            Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(StreamError::unavailable(error)),
        }
    }
}
