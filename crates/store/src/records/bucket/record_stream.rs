//! The requests to the bucket's stream, which has the last message of each key.

use std::{
    collections::{HashMap, HashSet},
    error::Error,
    time::Duration,
};

use async_nats::{
    datetime::DateTime,
    jetstream::{
        self, ErrorCode,
        context::{GetStreamErrorKind, PublishError, PublishErrorKind},
        message::{PublishMessage, StreamMessage},
        stream::{Info, RawMessageError, RawMessageErrorKind, Stream},
    },
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::sleep;

use super::change_bell::ChangeBell;
use crate::{
    StoreError,
    records::{Record, RecordChange, RecordError, RecordId, RecordKind, Revision},
};
use wallboard_runtime::nats::{self, NatsConnection, NatsFault};

/// The bucket among those of the site.
const BUCKET: &str = "records";
/// How large all records may become, in bytes: the servers reserve as much.
const BYTES_MAX: i64 = 256 << 20;
/// Requests in flight of one list.
const READS_AT_ONCE: usize = 32;
/// How often a write is tried while another one of the same key isn't stored yet, and the pause between.
const WRITE_ATTEMPTS: u32 = 20;
const WRITE_PAUSE: Duration = Duration::from_millis(50);
/// The header of a deletion, as NATS' own clients write it.
const OPERATION: &str = "KV-Operation";
const DELETE: &str = "DEL";

/// Why a request did nothing, or perhaps nothing.
#[derive(Debug)]
pub(super) enum BucketError {
    /// There is no bucket.
    Missing,
    /// The key's last revision is another one.
    WrongRevision,
    /// The bucket, which has this stream, takes nothing more.
    Full(String),
    /// An answer didn't come, or says that the servers can't do it now.
    Request(Box<dyn Error + Send + Sync>),
}

/// The state that the bucket reports.
#[derive(Clone, Copy, Debug)]
pub(super) struct BucketState {
    pub(super) created: DateTime,
    pub(super) last: Revision,
    /// Records and deletions of all kinds.
    pub(super) messages: u64,
}

#[derive(Clone, Debug)]
pub(super) struct RecordStream {
    connection: NatsConnection,
    /// The stream's name.
    name: String,
    /// The prefix of its subjects.
    prefix: String,
}

impl RecordStream {
    pub(super) fn new(connection: NatsConnection) -> Self {
        Self {
            name: connection.bucket_stream(BUCKET),
            prefix: connection.key_subject(BUCKET, ""),
            connection,
        }
    }

    #[cfg(test)]
    pub(super) fn connection(&self) -> &NatsConnection {
        &self.connection
    }

    /// Opens the bucket, or creates one.
    pub(super) async fn open(&self) -> Result<BucketState, BucketError> {
        self.check_connected()?;
        let opened = self
            .connection
            .open_bucket(BUCKET, Duration::ZERO, BYTES_MAX);
        let stream = opened.await.map_err(BucketError::request)?;
        Ok(BucketState::from(stream.cached_info()))
    }

    pub(super) async fn state(&self) -> Result<BucketState, BucketError> {
        let stream = self.find_stream(&self.name).await?;
        Ok(BucketState::from(stream.cached_info()))
    }

    /// Returns when the site's log was created; `None` if there is none.
    pub(super) async fn log_created(&self) -> Result<Option<DateTime>, BucketError> {
        match self.find_stream(&self.connection.name_of("log")).await {
            Ok(log) => Ok(Some(log.cached_info().created)),
            Err(BucketError::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn find_stream(&self, name: &str) -> Result<Stream, BucketError> {
        self.check_connected()?;
        let found = self.connection.context().get_stream(name).await;
        found.map_err(|error| match error.kind() {
            GetStreamErrorKind::JetStream(cause) if is_missing(&cause) => BucketError::Missing,
            _ => BucketError::request(error),
        })
    }

    /// Rings when something of the kind is published.
    pub(super) async fn ring_on_changes(
        &self,
        kind: RecordKind,
    ) -> Result<ChangeBell, BucketError> {
        let bell = ChangeBell::hang(self.connection.client(), self.subject_of_all(kind));
        bell.await.map_err(BucketError::request)
    }

    /// Reads what was last stored under a key.
    pub(super) async fn last(
        &self,
        kind: RecordKind,
        id: &RecordId,
    ) -> Result<Option<RecordChange>, BucketError> {
        self.check_connected()?;
        let stream = self.stream().await?;
        let request = stream.raw_message_builder();
        let found = request.last_by_subject(self.subject_of(kind, id)).send();
        self.read_found(kind, found.await)
    }

    /// Reads the first change of a kind after a revision.
    pub(super) async fn next(
        &self,
        kind: RecordKind,
        after: Revision,
    ) -> Result<Option<RecordChange>, BucketError> {
        self.check_connected()?;
        let stream = self.stream().await?;
        let request = stream.raw_message_builder().sequence(after.0 + 1);
        let found = request.next_by_subject(self.subject_of_all(kind)).send();
        self.read_found(kind, found.await)
    }

    /// Reads the last change of each record of a kind, in the order of their revisions.
    pub(super) async fn read_all(
        &self,
        kind: RecordKind,
    ) -> Result<Vec<RecordChange>, BucketError> {
        let mut position = self.state().await?.last;
        let reads = self.list_ids(kind).await?.into_iter();
        let reads = reads.map(async |id| self.last(kind, &id).await);
        let found: Vec<_> = stream::iter(reads)
            .buffer_unordered(READS_AT_ONCE)
            .try_collect()
            .await?;
        let found = found.into_iter().flatten();
        let mut changes: HashMap<_, _> =
            found.map(|change| (change.id().clone(), change)).collect();
        // Whatever changed since the position was read, also what the list lacks.
        while let Some(change) = self.next(kind, position).await? {
            position = change.revision();
            changes.insert(change.id().clone(), change);
        }
        let mut changes: Vec<_> = changes.into_values().collect();
        changes.sort_unstable_by_key(RecordChange::revision);
        Ok(changes)
    }

    /// Lists the keys of a kind, with those of deletions.
    pub(super) async fn list_ids(
        &self,
        kind: RecordKind,
    ) -> Result<HashSet<RecordId>, BucketError> {
        self.check_connected()?;
        let stream = self.stream().await?;
        let listed = stream.info_with_subjects(self.subject_of_all(kind)).await;
        let listed = listed.map_err(BucketError::request)?;
        let id_of = |(subject, _): (String, usize)| self.id_of(kind, &subject);
        let ids: Vec<_> = listed
            .map_ok(id_of)
            .try_collect()
            .await
            .map_err(BucketError::request)?;
        Ok(ids.into_iter().flatten().collect())
    }

    /// Stores a document or, without one, a deletion under a key whose last revision is `replaced`:
    /// 0 if it has none.
    pub(super) async fn store(
        &self,
        key: &str,
        replaced: Revision,
        document: Option<Bytes>,
    ) -> Result<Revision, BucketError> {
        self.check_connected()?;
        let mut attempts = 1..WRITE_ATTEMPTS;
        let error = loop {
            match self.publish(key, replaced, document.clone()).await {
                Ok(revision) => return Ok(revision),
                Err(error) if nats::is_write_in_flight(&error) && attempts.next().is_some() => {
                    sleep(WRITE_PAUSE).await;
                }
                Err(error) => break error,
            }
        };
        match error.kind() {
            PublishErrorKind::WrongLastSequence => Err(BucketError::WrongRevision),
            PublishErrorKind::StreamNotFound => Err(BucketError::Missing),
            _ if nats::is_refused_for_room(&error) => Err(BucketError::Full(self.name.clone())),
            _ => {
                // Where a bell hangs, a message without a bucket isn't refused, only not answered.
                self.state().await?;
                Err(BucketError::request(error))
            }
        }
    }

    async fn publish(
        &self,
        key: &str,
        replaced: Revision,
        document: Option<Bytes>,
    ) -> Result<Revision, PublishError> {
        let mut message = PublishMessage::build().expected_last_subject_sequence(replaced.0);
        if document.is_none() {
            message = message.header(OPERATION, DELETE);
        }
        let message = message.payload(document.unwrap_or_default());
        let context = self.connection.context();
        let subject = format!("{}{key}", self.prefix);
        let acknowledged = context.send_publish(subject, message).await?.await?;
        Ok(Revision(acknowledged.sequence))
    }

    /// Removes a deletion, unless the record was created again.
    pub(super) async fn remove_deletion(
        &self,
        kind: RecordKind,
        id: &RecordId,
        revision: Revision,
    ) -> Result<(), BucketError> {
        self.check_connected()?;
        let stream = self.stream().await?;
        let purge = stream.purge().filter(self.subject_of(kind, id));
        let purged = purge.sequence(revision.0 + 1).await;
        purged.map(drop).map_err(BucketError::request)
    }

    /// Without a connection, a request would be sent once there is one, when nobody waits for it.
    fn check_connected(&self) -> Result<(), BucketError> {
        if self.connection.is_connected() {
            Ok(())
        } else {
            let servers = self.connection.settings().servers.clone();
            Err(BucketError::request(NatsFault::Unreachable(servers)))
        }
    }

    /// A handle, without a request.
    async fn stream(&self) -> Result<Stream<()>, BucketError> {
        let context = self.connection.context();
        let stream = context.get_stream_no_info(&self.name).await;
        stream.map_err(BucketError::request)
    }

    fn read_found(
        &self,
        kind: RecordKind,
        found: Result<StreamMessage, RawMessageError>,
    ) -> Result<Option<RecordChange>, BucketError> {
        match found {
            Ok(message) => self.read_message(kind, message).map(Some),
            Err(error) => match error.kind() {
                RawMessageErrorKind::NoMessageFound => Ok(None),
                RawMessageErrorKind::JetStream(cause) if is_missing(&cause) => {
                    Err(BucketError::Missing)
                }
                _ => Err(BucketError::request(error)),
            },
        }
    }

    fn read_message(
        &self,
        kind: RecordKind,
        message: StreamMessage,
    ) -> Result<RecordChange, BucketError> {
        let id = self.id_of(kind, &message.subject);
        let id = id.ok_or_else(|| BucketError::Request("another key was answered".into()))?;
        let revision = Revision(message.sequence);
        Ok(if message.headers.get(OPERATION).is_some() {
            RecordChange::Deleted { id, revision }
        } else {
            RecordChange::Stored(Record {
                id,
                revision,
                document: message.payload.into(),
            })
        })
    }

    fn subject_of(&self, kind: RecordKind, id: &RecordId) -> String {
        format!("{}{}", self.prefix, key_of(kind, id))
    }

    fn subject_of_all(&self, kind: RecordKind) -> String {
        format!("{}{}.>", self.prefix, kind.as_str())
    }

    fn id_of(&self, kind: RecordKind, subject: &str) -> Option<RecordId> {
        let key = subject.strip_prefix(&self.prefix)?;
        let id = key.strip_prefix(kind.as_str())?.strip_prefix('.')?;
        Some(RecordId(id.to_owned()))
    }
}

impl From<&Info> for BucketState {
    fn from(info: &Info) -> Self {
        Self {
            created: info.created,
            last: Revision(info.state.last_sequence),
            messages: info.state.messages,
        }
    }
}

impl BucketError {
    fn request(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Request(Box::new(error))
    }
}

impl From<BucketError> for StoreError {
    fn from(error: BucketError) -> Self {
        Self::ClusterRecords(match error {
            BucketError::Full(stream) => return Self::ClusterRecordsFull(stream),
            BucketError::Request(cause) => cause,
            BucketError::Missing => "there is no bucket".into(),
            BucketError::WrongRevision => "the revision is another one".into(),
        })
    }
}

impl From<BucketError> for RecordError {
    fn from(error: BucketError) -> Self {
        Self::Store(error.into())
    }
}

/// The key of a record in its bucket.
pub(super) fn key_of(kind: RecordKind, id: &RecordId) -> String {
    format!("{}.{id}", kind.as_str())
}

fn is_missing(error: &jetstream::Error) -> bool {
    error.error_code() == ErrorCode::STREAM_NOT_FOUND
}
