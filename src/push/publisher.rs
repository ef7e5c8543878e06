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
    protocol::ViewerPosition,
    published_view::{CatchUp, PublishedView},
    renderer::{BoardEnd, Renderer},
    traffic::Traffic,
};

/// After this long without a frame a channel says that it is alive.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(10);

/// How long a channel goes on after its last use.
const IDLE_LIFETIME: Duration = Duration::from_mins(2);

/// Rings for viewers: which frame is the newest, and which heartbeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PublishTick {
    pub(super) n: u64,
    pub(super) beats: u64,
}

#[derive(Debug)]
pub struct Publisher {
    pub(super) epoch: String,
    pub(super) traffic: Arc<Traffic>,
    // Held for one drawing at most, and never across an await.
    published: Mutex<PublishedView>,
    ticks: watch::Sender<PublishTick>,
    end: watch::Sender<Option<BoardEnd>>,
    viewers: AtomicUsize,
    last_used_at: Mutex<Instant>,
}

/// A viewer of a channel, counted while it lives.
#[derive(Debug)]
pub(super) struct ViewerHandle(pub(super) Arc<Publisher>);

impl Publisher {
    /// Draws and publishes the first view. [`tend`] goes on from it.
    pub(super) fn new(drawing: Box<dyn Renderer>, traffic: Arc<Traffic>) -> (Self, PublisherState) {
        let epoch = format!("{:012x}", rand::random::<u64>() >> 16);
        let bell = drawing.subscribe_changes();
        let (published, due) = PublishedView::new(epoch.clone(), drawing);
        let now = Instant::now();
        let channel = Self {
            epoch,
            traffic,
            ticks: watch::Sender::new(PublishTick {
                n: published.frame_number(),
                beats: 0,
            }),
            published: Mutex::new(published),
            end: watch::Sender::new(None),
            viewers: AtomicUsize::new(0),
            last_used_at: Mutex::new(now),
        };
        let tending = PublisherState {
            changes: bell,
            due: due.map(|due| now + due),
            last_frame_at: now,
        };
        (channel, tending)
    }

    /// The page at what is published now. A socket goes on from exactly there.
    pub fn render_page(&self) -> Bytes {
        self.lock_published().cached_page(Instant::now())
    }

    pub(super) fn add_viewer(self: &Arc<Self>) -> ViewerHandle {
        self.viewers.fetch_add(1, Ordering::Relaxed);
        ViewerHandle(Arc::clone(self))
    }

    pub(super) fn subscribe_ticks(&self) -> watch::Receiver<PublishTick> {
        self.ticks.subscribe()
    }

    /// Says so when what is watched cannot go on.
    pub(super) fn subscribe_end(&self) -> watch::Receiver<Option<BoardEnd>> {
        self.end.subscribe()
    }

    pub(super) fn catch_up_from(&self, from: Option<&ViewerPosition>) -> CatchUp {
        self.lock_published().catch_up_from(from, Instant::now())
    }

    pub(super) fn catch_up_after(&self, n: u64) -> CatchUp {
        self.lock_published().catch_up_after(n, Instant::now())
    }

    pub(super) fn resync_from(&self, from: &ViewerPosition) -> CatchUp {
        self.lock_published().resync_from(from, Instant::now())
    }

    pub(super) fn heartbeat_frame(&self) -> Utf8Bytes {
        self.lock_published().heartbeat_frame()
    }

    pub(super) fn wall_clock_ms(&self) -> i64 {
        self.lock_published().wall_clock_ms()
    }

    /// Marks a use, so that the channel lives on for a while.
    pub(super) fn mark_used(&self) {
        *self
            .last_used_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// When the channel may end, if nobody uses it until then.
    pub(super) fn idle_deadline(&self) -> Instant {
        *self
            .last_used_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            + IDLE_LIFETIME
    }

    pub(super) fn is_unused(&self) -> bool {
        self.viewers.load(Ordering::Relaxed) == 0 && self.idle_deadline() <= Instant::now()
    }

    fn lock_published(&self) -> MutexGuard<'_, PublishedView> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ViewerHandle {
    fn drop(&mut self) {
        self.0.mark_used();
        self.0.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the channel's task goes by.
#[derive(Debug)]
pub(super) struct PublisherState {
    changes: watch::Receiver<u64>,
    due: Option<Instant>,
    /// When the channel last published a frame.
    last_frame_at: Instant,
}

/// Publishes at most one patch per `interval`, the first after quiet at once,
/// until `is_over` says that the channel has ended (asked when it is unused), or
/// what is watched cannot go on.
pub(super) async fn run_publisher(
    channel: Arc<Publisher>,
    mut tending: PublisherState,
    interval: impl Fn() -> Duration,
    is_over: impl Fn() -> bool,
) {
    let mut not_before = Instant::now();
    let mut ask = channel.idle_deadline();
    loop {
        let due = tending.due;
        tokio::select! {
            biased;
            () = sleep_until(ask) => {
                if channel.is_unused() && is_over() {
                    return;
                }
                ask = channel.idle_deadline().max(Instant::now() + HEARTBEAT);
                continue;
            }
            () = sleep_until(tending.last_frame_at + HEARTBEAT) => {
                tending.last_frame_at = Instant::now();
                channel.lock_published().update_heartbeat(tending.last_frame_at);
                channel.ticks.send_modify(|tick| tick.beats += 1);
                continue;
            }
            () = wait_for_change(&mut tending.changes) => {}
            () = wait_until(due) => {}
        }
        let heard = Instant::now();
        sleep_until(not_before).await;

        // Marked as heard before drawing: what changes from here on rings anew.
        tending.changes.borrow_and_update();
        let now = Instant::now();
        let (n, due) = {
            let mut published = channel.lock_published();
            let due = published.publish_next(now);
            (published.frame_number(), due)
        };
        let due = match due {
            Ok(due) => due,
            Err(ended) => {
                channel.end.send_replace(Some(ended));
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
            channel.traffic.record_broadcast(heard.elapsed());
            tending.last_frame_at = now;
        }
    }
}

async fn wait_for_change(bell: &mut watch::Receiver<u64>) {
    // A bell that is gone never rings again; time still tells.
    if bell.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn wait_until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
