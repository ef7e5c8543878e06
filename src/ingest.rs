//! The one door inwards. A source puts batches in at its [`Outlet`]; the live
//! store takes them out at the [`Inlet`] and says how far all is safe.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::domain::{Input, Moment, MonotonicTime};

/// How many batches may wait before a source has to.
const MAX_QUEUED_BATCHES: usize = 1024;

/// The place of a batch in the order of all inputs. Rises by one per batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchOffset(pub u64);

/// The clocks of this process; the only place that reads them for the core.
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

/// Time on a clock that only rises, and goes on while the machine sleeps: a wait
/// does not stop because we did.
#[cfg(target_os = "linux")]
pub fn elapsed_since_boot() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    now.try_into().unwrap_or_default()
}

/// Time on a clock that only rises.
#[cfg(not(target_os = "linux"))]
pub fn awake_or_asleep() -> Duration {
    use std::{sync::LazyLock, time::Instant};
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// A batch of inputs with the moment at which it was heard.
#[derive(Debug)]
pub struct InputBatch {
    pub offset: BatchOffset,
    pub received_at: Moment,
    pub inputs: Vec<Input>,
}

/// Nobody takes inputs any more: the product is stopping.
#[derive(Debug, thiserror::Error)]
#[error("the live state no longer accepts inputs")]
pub struct IngestClosed;

/// Where a source puts what it heard. Sending waits while the store is behind.
#[derive(Clone, Debug)]
pub struct IngestSender {
    clock: ProcessClock,
    sender: mpsc::Sender<InputBatch>,
    last_offset: Arc<Mutex<u64>>,
    committed: watch::Receiver<BatchOffset>,
}

impl IngestSender {
    /// Hands a batch over and returns its place. An empty batch has a place
    /// too, so that poison is acknowledged in its turn.
    pub async fn send_batch(&self, inputs: Vec<Input>) -> Result<BatchOffset, IngestClosed> {
        let heard = self.clock.now();
        let permit = self.sender.reserve().await.map_err(|_| IngestClosed)?;
        // Numbered under the lock and sent at once: places are in the door's order.
        let mut last = self
            .last_offset
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last += 1;
        let place = BatchOffset(*last);
        permit.send(InputBatch {
            offset: place,
            received_at: heard,
            inputs,
        });
        Ok(place)
    }

    /// The highest place at or below which everything is applied. A source
    /// acknowledges up to it.
    pub fn committed_offset(&self) -> watch::Receiver<BatchOffset> {
        self.committed.clone()
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }
}

/// The inner side of the door.
#[derive(Debug)]
pub struct IngestReceiver {
    pub batches: mpsc::Receiver<InputBatch>,
    pub committed: watch::Sender<BatchOffset>,
}

pub fn ingest_channel(clock: ProcessClock) -> (IngestSender, IngestReceiver) {
    let (sender, batches) = mpsc::channel(MAX_QUEUED_BATCHES);
    let (safe, watching) = watch::channel(BatchOffset::default());
    let outlet = IngestSender {
        clock,
        sender,
        last_offset: Arc::default(),
        committed: watching,
    };
    (
        outlet,
        IngestReceiver {
            batches,
            committed: safe,
        },
    )
}
