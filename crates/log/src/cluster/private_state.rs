//! A live state that nobody sees yet: brought back from this node's copy of the log, or from the uploaded
//! snapshot, and then up to date with the stream.

use tokio::task::spawn_blocking;
use tracing::{info, warn};

use crate::input_log;
use wallboard_domain::{LogEntry, error_chain};
use wallboard_live::{
    LiveState,
    codec::{self, CodecError, LOG_FORMAT},
};
use wallboard_store::{BatchReader, LogSnapshot, LogStream, StoreError, StreamBatch, StreamError};

use super::{
    continuity::{self, NodeHistory},
    local_copy::LocalCopy,
    node_clock::describe_offset,
};

/// Why a state can't follow the stream.
#[derive(Debug, thiserror::Error)]
pub(super) enum FollowError {
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the log's stream {0}")]
    Codec(#[from] CodecError),
    #[error("a batch doesn't continue what this node has; it begins again")]
    Discontinued,
    #[error(
        "another version of Wallboard leads, whose log this one can't read; upgrade the older one"
    )]
    OtherFormat,
    #[error(
        "the clock of this machine is {} the leader's; turn on NTP on both, with `timedatectl set-ntp true`",
        describe_offset(*.0)
    )]
    ClocksDiffer(i64),
    #[error("no update from the leader for 3 s")]
    Silent,
    #[error("the leader has resigned")]
    Resigned,
}

/// A state at a position of the log.
#[derive(Debug)]
pub(super) struct PrivateState {
    pub(super) state: LiveState,
    /// Nothing that was acknowledged before its position is missing.
    pub(super) is_complete: bool,
    /// Nothing in the stream continues it, and no uploaded snapshot helps.
    pub(super) is_stranded: bool,
}

impl PrivateState {
    /// Brings the state back, and opens a reader that continues it; `None` if nothing does. `followed`:
    /// what the last session followed, tried once before the disk.
    pub(super) async fn restore(
        copy: &LocalCopy,
        stream: &LogStream,
        followed: &mut Option<LogSnapshot>,
    ) -> Result<(Self, Option<BatchReader>), FollowError> {
        // Asked first: without a majority of NATS, nobody reads the copy again and again.
        let end = stream.find_end().await?.position;
        let state = followed.as_ref();
        if let Some(Ok(state)) = state.map(|snapshot| codec::decode_state(&snapshot.bytes)) {
            let reader = stream.read_after(state.position()).await?;
            *followed = None;
            if let Some(reader) = reader {
                return Ok((Self::continued(state, copy), Some(reader)));
            }
        }
        let is_written = copy.flush().await;
        let restored = input_log::restore_state(copy.log()).await?;
        let is_complete = restored.is_complete && is_written;
        let state = restored.state;
        if is_complete
            && continuity::may_continue(state.position(), end)
            && let Some(reader) = stream.read_after(state.position()).await?
        {
            return Ok((Self::continued(state, copy), Some(reader)));
        }
        if is_complete && continuity::may_have_lost(state.position()) && copy.note_lost_entries() {
            warn!("The log's stream doesn't continue what this node has; entries may be lost");
        }
        if let Some((snapshot, uploaded)) = download_state(stream).await?
            && let Some(reader) = stream.read_after(uploaded.position()).await?
        {
            info!(
                "Continuing from the cluster's snapshot of {}",
                snapshot.taken_at
            );
            copy.restart_from(snapshot);
            return Ok((Self::continued(uploaded, copy), Some(reader)));
        }
        Ok((
            Self {
                state,
                is_complete: false,
                is_stranded: true,
            },
            None,
        ))
    }

    /// A state that the stream continues.
    fn continued(state: LiveState, copy: &LocalCopy) -> Self {
        Self {
            state,
            is_complete: !copy.has_lost_entries(),
            is_stranded: false,
        }
    }

    pub(super) fn history(&self) -> NodeHistory {
        NodeHistory {
            position: self.state.position(),
            is_complete: self.is_complete,
            is_stranded: self.is_stranded,
        }
    }

    /// Applies a batch of the stream.
    pub(super) fn apply(
        &mut self,
        batch: &StreamBatch,
        copy: &LocalCopy,
    ) -> Result<(), FollowError> {
        for entry in continue_with(batch, &self.state)? {
            self.state.apply_entry(&entry);
        }
        copy.append(batch);
        Ok(())
    }

    /// Encodes the state, for a session that continues it.
    pub(super) async fn copied(self) -> Option<LogSnapshot> {
        // Encoding a large state would hold up a runtime's thread.
        let copied = spawn_blocking(move || copy_state(&self.state));
        copied.await.ok()?
    }

    /// Makes this node's copy begin with this state, which nothing in the stream leads to.
    pub(super) fn store_in(&self, copy: &LocalCopy) {
        if let Some(snapshot) = copy_state(&self.state) {
            copy.restart_from(snapshot);
        }
    }
}

/// Encodes a state, for a session or a copy of the log that continues it. `None`: it can't be encoded.
pub(super) fn copy_state(state: &LiveState) -> Option<LogSnapshot> {
    input_log::take_snapshot(state)
        .inspect_err(|error| warn!("The state {}", error_chain(error)))
        .ok()
}

/// Returns the uploaded snapshot and its state. `None`: there is none that this build can read. A damaged
/// one is removed, so that the leader uploads another.
async fn download_state(
    stream: &LogStream,
) -> Result<Option<(LogSnapshot, LiveState)>, StreamError> {
    let snapshot = match stream.download_snapshot().await {
        Err(error @ StreamError::Snapshot(_)) => {
            warn!("{}; it's removed", error_chain(&error));
            stream.remove_snapshot().await?;
            return Ok(None);
        }
        downloaded => downloaded?,
    };
    let Some(snapshot) = snapshot.filter(|snapshot| snapshot.format == LOG_FORMAT) else {
        return Ok(None);
    };
    match codec::decode_state(&snapshot.bytes) {
        Ok(state) => Ok(Some((snapshot, state))),
        Err(error) => {
            warn!("The uploaded snapshot {}", error_chain(&error));
            // A snapshot of another build may be good for others.
            if matches!(error, CodecError::Damaged(_)) {
                stream.remove_snapshot().await?;
            }
            Ok(None)
        }
    }
}

/// Decodes a batch, if it continues a state.
pub(super) fn continue_with(
    batch: &StreamBatch,
    state: &LiveState,
) -> Result<Vec<LogEntry>, FollowError> {
    if !continuity::may_apply(&batch.header, state.position()) {
        return Err(FollowError::Discontinued);
    }
    if batch.header.count == 0 {
        return Ok(Vec::new());
    }
    if batch.header.format != LOG_FORMAT {
        return Err(FollowError::OtherFormat);
    }
    Ok(codec::decode_entries(&batch.bytes)?)
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::*;
    use wallboard_runtime::nats::{NatsConnection, NatsSettings, test_server::NatsServer};
    use wallboard_store::{EmbeddedLog, log_path};

    #[tokio::test(flavor = "multi_thread")]
    async fn copy_is_not_read_again_and_again_while_the_stream_does_not_say_its_end() {
        let server = NatsServer::start();
        let settings = NatsSettings::of_test(vec![server.url()], "no-end");
        let connection = NatsConnection::open(settings).await.unwrap();
        let stream = LogStream::open(&connection).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("w.db");
        let log = EmbeddedLog::open(&database).unwrap();
        let (copy, writer) = LocalCopy::new(log, watch::Sender::default());
        let writer = tokio::spawn(writer);
        // Every read of it fails.
        let file = rusqlite::Connection::open(log_path(&database)).unwrap();
        file.execute_batch("DROP TABLE batch; DROP TABLE snapshot")
            .unwrap();
        let read = PrivateState::restore(&copy, &stream, &mut None).await;
        assert!(matches!(read, Err(FollowError::Store(_))), "{read:?}");
        let mut followed = input_log::take_snapshot(&LiveState::default()).ok();
        let read = PrivateState::restore(&copy, &stream, &mut followed).await;
        let Ok((private, Some(_))) = read else {
            panic!("{read:?}");
        };
        assert!(followed.is_none(), "it has been tried");
        followed = private.copied().await;
        let read = PrivateState::restore(&copy, &stream, &mut followed).await;
        assert!(
            matches!(read, Ok((_, Some(_)))),
            "kept for the next session"
        );

        let name = connection.name_of("log");
        connection.context().delete_stream(name).await.unwrap();
        for _ in 0..3 {
            let asked = PrivateState::restore(&copy, &stream, &mut None).await;
            assert!(matches!(asked, Err(FollowError::Stream(_))), "{asked:?}");
        }
        writer.abort();
    }
}
