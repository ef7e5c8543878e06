//! The one door inwards. A source puts batches in at its [`Outlet`]; the live
//! store takes them out at the [`Inlet`] and says how far all is safe.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::domain::{Input, Moment, Mono};

/// How many batches may wait before a source has to.
const CAPACITY: usize = 1024;

/// The place of a batch in the order of all inputs. Rises by one per batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub u64);

/// The clocks of this process; the only place that reads them for the core.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Duration,
}

impl Clock {
    pub fn start() -> Self {
        Self {
            started: awake_or_asleep(),
        }
    }

    pub fn now(&self) -> Moment {
        Moment {
            wall: Timestamp::now(),
            mono: self.mono(),
        }
    }

    /// The monotonic clock alone.
    pub fn mono(&self) -> Mono {
        let elapsed = awake_or_asleep().saturating_sub(self.started);
        Mono(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Time on a clock that only rises, and goes on while the machine sleeps: a wait
/// does not stop because we did.
#[cfg(target_os = "linux")]
pub fn awake_or_asleep() -> Duration {
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
pub struct Batch {
    pub place: Place,
    pub heard: Moment,
    pub inputs: Vec<Input>,
}

/// Nobody takes inputs any more: the product is stopping.
#[derive(Debug, thiserror::Error)]
#[error("the live state no longer accepts inputs")]
pub struct Closed;

/// Where a source puts what it heard. Sending waits while the store is behind.
#[derive(Clone, Debug)]
pub struct Outlet {
    clock: Clock,
    door: mpsc::Sender<Batch>,
    places: Arc<Mutex<u64>>,
    safe: watch::Receiver<Place>,
}

impl Outlet {
    /// Hands a batch over and returns its place. An empty batch has a place
    /// too, so that poison is acknowledged in its turn.
    pub async fn send(&self, inputs: Vec<Input>) -> Result<Place, Closed> {
        let heard = self.clock.now();
        let permit = self.door.reserve().await.map_err(|_| Closed)?;
        // Numbered under the lock and sent at once: places are in the door's order.
        let mut last = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        *last += 1;
        let place = Place(*last);
        permit.send(Batch {
            place,
            heard,
            inputs,
        });
        Ok(place)
    }

    /// The highest place at or below which everything is applied. A source
    /// acknowledges up to it.
    pub fn safe(&self) -> watch::Receiver<Place> {
        self.safe.clone()
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }
}

/// The inner side of the door.
#[derive(Debug)]
pub struct Inlet {
    pub batches: mpsc::Receiver<Batch>,
    pub safe: watch::Sender<Place>,
}

pub fn door(clock: Clock) -> (Outlet, Inlet) {
    let (sender, batches) = mpsc::channel(CAPACITY);
    let (safe, watching) = watch::channel(Place::default());
    let outlet = Outlet {
        clock,
        door: sender,
        places: Arc::default(),
        safe: watching,
    };
    (outlet, Inlet { batches, safe })
}
