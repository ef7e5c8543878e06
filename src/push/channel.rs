//! One view being watched. One task draws and publishes it; pages, snapshots
//! and viewers read what is published.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    drawing::{Drawing, Ended},
    protocol::Position,
    published::{Lacking, Published},
    traffic::Traffic,
};

/// After this long without a frame a channel says that it is alive.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(10);

/// How long a channel goes on after its last use.
const KEPT: Duration = Duration::from_mins(2);

/// Rings for viewers: which frame is the newest, and which heartbeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) n: u64,
    pub(super) beats: u64,
}

#[derive(Debug)]
pub struct Channel {
    pub(super) epoch: String,
    pub(super) traffic: Arc<Traffic>,
    // Held for one drawing at most, and never across an await.
    published: Mutex<Published>,
    ticks: watch::Sender<Tick>,
    ended: watch::Sender<Option<Ended>>,
    viewers: AtomicUsize,
    used: Mutex<Instant>,
}

/// A viewer of a channel, counted while it lives.
#[derive(Debug)]
pub(super) struct Seat(pub(super) Arc<Channel>);

impl Channel {
    /// Draws and publishes the first view. [`tend`] goes on from it.
    pub(super) fn new(drawing: Box<dyn Drawing>, traffic: Arc<Traffic>) -> (Self, Tending) {
        let epoch = format!("{:012x}", rand::random::<u64>() >> 16);
        let bell = drawing.bell();
        let (published, due) = Published::new(epoch.clone(), drawing);
        let now = Instant::now();
        let channel = Self {
            epoch,
            traffic,
            ticks: watch::Sender::new(Tick {
                n: published.n(),
                beats: 0,
            }),
            published: Mutex::new(published),
            ended: watch::Sender::new(None),
            viewers: AtomicUsize::new(0),
            used: Mutex::new(now),
        };
        let tending = Tending {
            bell,
            due: due.map(|due| now + due),
            spoke: now,
        };
        (channel, tending)
    }

    /// The page at what is published now. A socket goes on from exactly there.
    pub fn page(&self) -> Bytes {
        self.published().page(Instant::now())
    }

    pub(super) fn sit(self: &Arc<Self>) -> Seat {
        self.viewers.fetch_add(1, Ordering::Relaxed);
        Seat(Arc::clone(self))
    }

    pub(super) fn ticks(&self) -> watch::Receiver<Tick> {
        self.ticks.subscribe()
    }

    /// Says so when what is watched cannot go on.
    pub(super) fn ended(&self) -> watch::Receiver<Option<Ended>> {
        self.ended.subscribe()
    }

    pub(super) fn since(&self, from: Option<&Position>) -> Lacking {
        self.published().since(from, Instant::now())
    }

    pub(super) fn after(&self, n: u64) -> Lacking {
        self.published().after(n, Instant::now())
    }

    pub(super) fn resync(&self, from: &Position) -> Lacking {
        self.published().resync(from, Instant::now())
    }

    pub(super) fn heartbeat(&self) -> Utf8Bytes {
        self.published().heartbeat()
    }

    pub(super) fn clock(&self) -> i64 {
        self.published().clock()
    }

    /// Marks a use, so that the channel lives on for a while.
    pub(super) fn touch(&self) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// When the channel may end, if nobody uses it until then.
    pub(super) fn kept_until(&self) -> Instant {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) + KEPT
    }

    pub(super) fn is_unused(&self) -> bool {
        self.viewers.load(Ordering::Relaxed) == 0 && self.kept_until() <= Instant::now()
    }

    fn published(&self) -> MutexGuard<'_, Published> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.touch();
        self.0.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the channel's task goes by.
#[derive(Debug)]
pub(super) struct Tending {
    bell: watch::Receiver<u64>,
    due: Option<Instant>,
    /// When the channel last published a frame.
    spoke: Instant,
}

/// Publishes at most one patch per `interval`, the first after quiet at once,
/// until `is_over` says that the channel has ended (asked when it is unused), or
/// what is watched cannot go on.
pub(super) async fn tend(
    channel: Arc<Channel>,
    mut tending: Tending,
    interval: impl Fn() -> Duration,
    is_over: impl Fn() -> bool,
) {
    let mut not_before = Instant::now();
    let mut ask = channel.kept_until();
    loop {
        let due = tending.due;
        tokio::select! {
            biased;
            () = sleep_until(ask) => {
                if channel.is_unused() && is_over() {
                    return;
                }
                ask = channel.kept_until().max(Instant::now() + HEARTBEAT);
                continue;
            }
            () = sleep_until(tending.spoke + HEARTBEAT) => {
                tending.spoke = Instant::now();
                channel.published().beat(tending.spoke);
                channel.ticks.send_modify(|tick| tick.beats += 1);
                continue;
            }
            () = rung(&mut tending.bell) => {}
            () = at(due) => {}
        }
        let heard = Instant::now();
        sleep_until(not_before).await;

        // Marked as heard before drawing: what changes from here on rings anew.
        tending.bell.borrow_and_update();
        let now = Instant::now();
        let (n, due) = {
            let mut published = channel.published();
            let due = published.advance(now);
            (published.n(), due)
        };
        let due = match due {
            Ok(due) => due,
            Err(ended) => {
                channel.ended.send_replace(Some(ended));
                return;
            }
        };
        tending.due = due.map(|due| now + due);
        not_before = now + interval();
        let told = channel.ticks.send_if_modified(|tick| {
            let news = tick.n < n;
            tick.n = n;
            news
        });
        if told {
            channel.traffic.on_broadcast(heard.elapsed());
            tending.spoke = now;
        }
    }
}

async fn rung(bell: &mut watch::Receiver<u64>) {
    // A bell that is gone never rings again; time still tells.
    if bell.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
