//! The channel for all inputs. A source sends batches through its [`IngestSender`]. The live
//! store receives them from the [`IngestReceiver`] and reports how far they are applied.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::domain::{Input, Moment, MonotonicTime};

/// Batches that may wait before a source has to wait.
const MAX_QUEUED_BATCHES: usize = 1024;

/// The position of a batch in the order of all inputs. Rises by one per batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchOffset(pub u64);

/// The clocks of this process. The core reads the time nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct ProcessClock {
    started: Duration,
}

impl ProcessClock {
    pub fn start_now() -> Self {
        Self {
            started: elapsed_since_boot(),
        }
    }

    pub fn now(&self) -> Moment {
        Moment {
            wall: Timestamp::now(),
            monotonic: self.monotonic_now(),
        }
    }

    /// The monotonic clock alone.
    pub fn monotonic_now(&self) -> MonotonicTime {
        let elapsed = elapsed_since_boot().saturating_sub(self.started);
        MonotonicTime(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Time on a monotonic clock that also runs while the machine sleeps, so that waits include the
/// time asleep.
#[cfg(target_os = "linux")]
pub fn elapsed_since_boot() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    now.try_into().unwrap_or_default()
}

/// Time on a monotonic clock.
#[cfg(not(target_os = "linux"))]
pub fn elapsed_since_boot() -> Duration {
    use std::{sync::LazyLock, time::Instant};
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// A batch of inputs with the moment when it was received.
#[derive(Debug)]
pub struct InputBatch {
    pub offset: BatchOffset,
    pub received_at: Moment,
    pub inputs: Vec<Input>,
}

/// An error when the live state no longer receives inputs: the product is stopping.
#[derive(Debug, thiserror::Error)]
#[error("the live state no longer accepts inputs")]
pub struct IngestClosed;

/// A source's end of the channel. Sending waits while the store is behind.
#[derive(Clone, Debug)]
pub struct IngestSender {
    clock: ProcessClock,
    sender: mpsc::Sender<InputBatch>,
    last_offset: Arc<Mutex<u64>>,
    committed: watch::Receiver<BatchOffset>,
}

impl IngestSender {
    /// Sends a batch and returns its offset. An empty batch has an offset too, so that invalid
    /// messages are acknowledged in order.
    pub async fn send_batch(&self, inputs: Vec<Input>) -> Result<BatchOffset, IngestClosed> {
        let received_at = self.clock.now();
        let permit = self.sender.reserve().await.map_err(|_| IngestClosed)?;
        // Numbered under the lock and sent at once, so that offsets follow the channel's order.
        let mut last = self
            .last_offset
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last += 1;
        let offset = BatchOffset(*last);
        permit.send(InputBatch {
            offset,
            received_at,
            inputs,
        });
        Ok(offset)
    }

    /// The highest offset up to which everything is applied. A source acknowledges up to it.
    pub fn committed_offset(&self) -> watch::Receiver<BatchOffset> {
        self.committed.clone()
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }
}

/// The live store's end of the channel.
#[derive(Debug)]
pub struct IngestReceiver {
    pub batches: mpsc::Receiver<InputBatch>,
    pub committed: watch::Sender<BatchOffset>,
}

pub fn ingest_channel(clock: ProcessClock) -> (IngestSender, IngestReceiver) {
    let (sender, batches) = mpsc::channel(MAX_QUEUED_BATCHES);
    let (committed_sender, committed) = watch::channel(BatchOffset::default());
    let handle = IngestSender {
        clock,
        sender,
        last_offset: Arc::default(),
        committed,
    };
    (
        handle,
        IngestReceiver {
            batches,
            committed: committed_sender,
        },
    )
}
