//! The channel for all inputs. A source sends batches through its [`IngestSender`]. The live
//! store receives them from the [`IngestReceiver`] and reports how far they are applied.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};

use wallboard_domain::{Input, Moment, MonotonicTime, ResumePoint, ResumeProof, SourceId, moment};

/// Batches that may wait before a source has to wait.
const MAX_QUEUED_BATCHES: usize = 1024;

/// The position of a batch in the order of all inputs. Rises by one per batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchOffset(pub u64);

/// The clocks of this process, or of a past that is replayed. The core reads the time nowhere else.
#[derive(Clone, Debug)]
pub struct ProcessClock {
    started: Duration,
    /// The monotonic time at the start, in milliseconds. Clones share it.
    base: Arc<AtomicI64>,
    past: Option<PastTime>,
    /// The wall time at the machine's boot, in Unix nanoseconds, if this clock doesn't follow each correction of
    /// the machine's. Clones share it.
    held_wall: Option<Arc<AtomicI64>>,
}

/// A wall clock that doesn't show the present.
#[derive(Clone, Copy, Debug)]
struct PastTime {
    /// The wall time at the start.
    start: Timestamp,
    /// How many times faster than now it passes; 0 while paused.
    speed: u32,
}

impl PastTime {
    /// Returns how much of its time has passed, in milliseconds. It doesn't overtake the present.
    fn passed(self, elapsed: i64) -> i64 {
        let passed = elapsed.saturating_mul(i64::from(self.speed));
        let behind = moment::millis_between(self.start, Timestamp::now());
        if 0 <= behind {
            passed.min(behind)
        } else {
            passed
        }
    }
}

impl ProcessClock {
    pub fn start_now() -> Self {
        Self {
            started: elapsed_since_boot(),
            base: Arc::default(),
            past: None,
            held_wall: None,
        }
    }

    /// Continues from the last moment of the log. The time since then is known by the wall clock
    /// alone; if that was set back, none has passed.
    pub fn resume_after(last: Moment) -> Self {
        let passed = moment::millis_between(last.wall, Timestamp::now()).max(0);
        Self {
            started: elapsed_since_boot(),
            base: Arc::new(last.monotonic.plus_millis(passed).0.into()),
            past: None,
            held_wall: None,
        }
    }

    /// Shows a past moment, from which time passes `speed` times faster than now until it is the
    /// present; with 0, it doesn't pass.
    pub fn replay_from(start: Moment, speed: u32) -> Self {
        Self {
            started: elapsed_since_boot(),
            base: Arc::new(start.monotonic.0.into()),
            past: Some(PastTime {
                start: start.wall,
                speed,
            }),
            held_wall: None,
        }
    }

    /// The same, whose wall clock runs on when the machine's is set, until [`Self::set_wall_at_boot`]: a node of a
    /// cluster knows from the others which of the two is right.
    #[must_use]
    pub fn holding_wall(self) -> Self {
        Self {
            held_wall: Some(Arc::new(machine_wall_at_boot().into())),
            ..self
        }
    }

    pub fn now(&self) -> Moment {
        let monotonic = self.monotonic_now();
        let passed = monotonic.0 - self.base.load(Relaxed);
        let wall = match (&self.past, &self.held_wall) {
            (Some(past), _) => moment::plus_millis(past.start, passed),
            (None, Some(at_boot)) => held_time(at_boot.load(Relaxed)),
            (None, None) => Timestamp::now(),
        };
        Moment { wall, monotonic }
    }

    /// Sets a held wall clock, by a reading of [`machine_wall_at_boot`].
    pub fn set_wall_at_boot(&self, nanos: i64) {
        if let Some(at_boot) = &self.held_wall {
            at_boot.store(nanos, Relaxed);
        }
    }

    /// The monotonic clock alone.
    pub fn monotonic_now(&self) -> MonotonicTime {
        let elapsed = elapsed_since_boot().saturating_sub(self.started);
        let elapsed = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
        let passed = self.past.map_or(elapsed, |past| past.passed(elapsed));
        MonotonicTime(self.base.load(Relaxed)).plus_millis(passed)
    }

    /// Sets the monotonic clock forward or back, by milliseconds: to that of another node.
    pub fn shift_by(&self, millis: i64) {
        self.base.fetch_add(millis, Relaxed);
    }

    /// How long to wait until this clock shows a time; `None` if it never will.
    pub fn time_until(&self, due: MonotonicTime) -> Option<Duration> {
        let millis = due.millis_since(self.monotonic_now()).max(0);
        Duration::from_millis(millis.unsigned_abs()).checked_div(self.speed())
    }

    fn speed(&self) -> u32 {
        self.past.map_or(1, |past| past.speed)
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

/// The wall time at the machine's boot, in Unix nanoseconds, as the machine's clock is set now.
pub fn machine_wall_at_boot() -> i64 {
    let nanos = Timestamp::now().as_nanosecond() - boot_nanos();
    i64::try_from(nanos).unwrap_or_default()
}

fn held_time(wall_at_boot: i64) -> Timestamp {
    let nanos = i128::from(wall_at_boot) + boot_nanos();
    Timestamp::from_nanosecond(nanos).unwrap_or_default()
}

fn boot_nanos() -> i128 {
    i128::try_from(elapsed_since_boot().as_nanos()).unwrap_or_default()
}

/// A batch of inputs with the moment when it was received.
#[derive(Debug)]
pub struct InputBatch {
    pub offset: BatchOffset,
    pub received_at: Moment,
    pub inputs: Vec<Input>,
    pub proof: Option<ResumeProof>,
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
    resume_points: Arc<Mutex<HashMap<SourceId, ResumePoint>>>,
}

impl IngestSender {
    /// Sets where sources resume after a restart.
    pub fn set_resume_points(&self, points: HashMap<SourceId, ResumePoint>) {
        *self.resume_points.lock() = points;
    }

    /// Returns where a source resumes, once: its own knowledge is newer then.
    pub fn take_resume_point(&self, id: &SourceId) -> Option<ResumePoint> {
        self.resume_points.lock().remove(id)
    }

    /// Sends a batch and returns its offset. An empty batch has an offset too, so that invalid
    /// messages are acknowledged in order.
    pub async fn send_batch(&self, inputs: Vec<Input>) -> Result<BatchOffset, IngestClosed> {
        self.send_with_proof(inputs, None).await
    }

    /// Does the same, and logs the proof for later that the upstream continues from this batch.
    pub async fn send_with_proof(
        &self,
        inputs: Vec<Input>,
        proof: Option<ResumeProof>,
    ) -> Result<BatchOffset, IngestClosed> {
        let received_at = self.clock.now();
        let permit = self.sender.reserve().await.map_err(|_| IngestClosed)?;
        // Numbered under the lock and sent at once, so that offsets follow the channel's order.
        let mut last = self.last_offset.lock();
        *last += 1;
        let offset = BatchOffset(*last);
        permit.send(InputBatch {
            offset,
            received_at,
            inputs,
            proof,
        });
        Ok(offset)
    }

    /// Waits until a batch is committed.
    pub async fn wait_for_commit(&self, offset: BatchOffset) -> Result<(), IngestClosed> {
        let mut committed = self.committed.clone();
        let reached = committed.wait_for(|committed| offset <= *committed).await;
        reached.map(drop).map_err(|_| IngestClosed)
    }

    /// Whether the live state no longer accepts inputs.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
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
        resume_points: Arc::default(),
    };
    (
        handle,
        IngestReceiver {
            batches,
            committed: committed_sender,
        },
    )
}
