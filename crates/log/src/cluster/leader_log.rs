//! Appends what the leader's live state applied to the stream, and moves the watermark up to which sources
//! acknowledge once the servers have it. A leader that can't append stops leading.

use std::{collections::VecDeque, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::input_log::{EntryQueue, PendingEntries};
use wallboard_domain::{LogPosition, TermId};
use wallboard_live::{
    AppliedEntry, LiveHandle,
    codec::{CodecError, LOG_FORMAT},
};
use wallboard_runtime::ingest::{BatchOffset, ProcessClock};
use wallboard_store::{BatchHeader, LogStream, StreamBatch, StreamError};

use super::{local_copy::LocalCopy, status::NodeStatus};

/// A leader appends at least once in this time, so that followers know it is there.
const HEARTBEAT: Duration = Duration::from_millis(500);
const RETRY_INTERVAL: Duration = Duration::from_millis(200);
/// A leader whose batch isn't in the log after this time stops leading, though it may still renew the
/// lease: sources wait for the log, so what it shows gets old.
const APPEND_TIMEOUT: Duration = Duration::from_secs(3);
/// A leader that resigns appends what it has within this time.
const RESIGN_TIMEOUT: Duration = Duration::from_secs(2);

/// Why a leader stops leading.
#[derive(Debug, thiserror::Error)]
pub(super) enum LeaderLogError {
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error("an entry {0}")]
    Codec(#[from] CodecError),
    #[error("the log can't be written as fast as sources report")]
    Overrun,
}

#[derive(Debug)]
pub(super) struct LeaderLog {
    pub(super) stream: LogStream,
    pub(super) copy: LocalCopy,
    pub(super) live: LiveHandle,
    pub(super) clock: ProcessClock,
    pub(super) term: TermId,
    /// The stream ends here.
    pub(super) position: LogPosition,
    pub(super) sequence: u64,
    pub(super) status: watch::Sender<NodeStatus>,
}

impl LeaderLog {
    /// Appends the term's first entry. An earlier leader can no longer append.
    pub(super) async fn begin(&mut self, first: AppliedEntry) -> Result<(), LeaderLogError> {
        self.append(PendingEntries::starting_with(first), 1).await
    }

    /// Appends entries as they are applied, until that fails or `stop`. Then it appends what is there,
    /// and resigns.
    pub(super) async fn run(
        mut self,
        entries: mpsc::Receiver<AppliedEntry>,
        committed: watch::Sender<BatchOffset>,
        stop: CancellationToken,
    ) -> Result<(), LeaderLogError> {
        let mut queue = EntryQueue::new(entries);
        loop {
            let applied = tokio::select! {
                applied = timeout(HEARTBEAT, queue.recv()) => applied,
                () = stop.cancelled() => break,
            };
            match applied {
                Err(_) => self.append_heartbeat(false).await?,
                Ok(Some(applied)) => self.append_next(applied, &mut queue, &committed).await?,
                Ok(None) => break,
            }
            self.copy.recover(&self.live, self.position).await;
        }
        let resign = async {
            while let Some(applied) = queue.try_recv() {
                self.append_next(applied, &mut queue, &committed).await?;
            }
            self.append_heartbeat(true).await
        };
        timeout(RESIGN_TIMEOUT, resign).await.unwrap_or(Ok(()))
    }

    async fn append_next(
        &mut self,
        applied: AppliedEntry,
        queue: &mut EntryQueue,
        committed: &watch::Sender<BatchOffset>,
    ) -> Result<(), LeaderLogError> {
        let mut pending = PendingEntries::starting_with(applied);
        queue.fill(&mut pending).await;
        let batch = pending.batch;
        self.append(pending, u32::MAX).await?;
        if let Some(batch) = batch {
            committed.send_replace(batch);
        }
        Ok(())
    }

    async fn append(
        &mut self,
        pending: PendingEntries,
        attempts: u32,
    ) -> Result<(), LeaderLogError> {
        let mut parts = VecDeque::from([pending]);
        while let Some(part) = parts.pop_front() {
            if part.first != self.position.next {
                return Err(LeaderLogError::Overrun);
            }
            let encoded = part.encode()?;
            let header = BatchHeader {
                count: encoded.count,
                inputs: part.inputs as u64,
                received_at: encoded.received_at,
                ..self.header(false)
            };
            let batch = StreamBatch {
                header,
                bytes: encoded.bytes.into(),
            };
            match self.append_batch(&batch, attempts).await {
                Ok(()) => self.status.send_modify(|status| {
                    status.append_delay = part.since.elapsed();
                }),
                Err(StreamError::TooLarge(_)) if 1 < part.entries.len() => {
                    let (first, second) = part.split();
                    parts.push_front(second);
                    parts.push_front(first);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn append_heartbeat(&mut self, is_last: bool) -> Result<(), LeaderLogError> {
        let batch = StreamBatch {
            header: self.header(is_last),
            bytes: bytes::Bytes::new(),
        };
        Ok(self.append_batch(&batch, u32::MAX).await?)
    }

    fn header(&self, is_last: bool) -> BatchHeader {
        let now = self.clock.now();
        BatchHeader {
            after: self.position,
            term: self.term,
            count: 0,
            inputs: 0,
            format: LOG_FORMAT,
            received_at: now.wall,
            sent_at: now.monotonic,
            is_last,
        }
    }

    /// Appends a batch, again and again while NATS fails to.
    async fn append_batch(
        &mut self,
        batch: &StreamBatch,
        mut attempts: u32,
    ) -> Result<(), StreamError> {
        let deadline = Instant::now() + APPEND_TIMEOUT;
        loop {
            let append = self.stream.append(batch, self.sequence);
            let appended = timeout_at(deadline, append).await;
            match appended.unwrap_or_else(|late| Err(StreamError::Unavailable(late.into()))) {
                Ok(sequence) => {
                    self.sequence = sequence;
                    self.position = batch.header.leads_to();
                    self.copy.append(batch);
                    self.status
                        .send_modify(|status| status.position = self.position);
                    return Ok(());
                }
                Err(StreamError::Unavailable(_))
                    if 1 < attempts && Instant::now() + RETRY_INTERVAL < deadline =>
                {
                    attempts -= 1;
                }
                Err(error) => return Err(error),
            }
            sleep(RETRY_INTERVAL).await;
        }
    }
}
