//! A board that is being viewed. One task renders and publishes it. Pages, snapshots and viewers
//! read what is published.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep_until},
};

use wallboard_domain::ALIVE_FOR_MS;

use super::{
    fan_out::{self, FanOut},
    frame_batch::FrameBatch,
    protocol::ViewerPosition,
    published_view::{CatchUp, PublishedView},
    renderer::{BoardEnd, Renderer},
    traffic::Traffic,
};

/// After this long without a frame a publisher sends a heartbeat. A page that receives nothing for
/// three of them shows everything as out of date.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(3);
/// A publisher that did nothing for longer was stopped, with the whole process.
pub(super) const PAUSE_MIN: Duration = Duration::from_secs(6);

/// Values are marked when their source's last sign of life is this old.
const UNMARKED_MAX: Duration = Duration::from_millis(ALIVE_FOR_MS.unsigned_abs());

/// How long a publisher runs after its last use.
const IDLE_LIFETIME: Duration = Duration::from_mins(2);

/// Notifies viewers of the newest frame and the newest heartbeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PublishTick {
    pub(super) n: u64,
    pub(super) beats: u64,
}

#[derive(Debug)]
pub struct Publisher {
    pub(super) epoch: String,
    pub(super) page_id: String,
    pub(super) traffic: Arc<Traffic>,
    pub(super) fan_out: FanOut,
    // Locked for one rendering at most, and never across an await.
    published: Mutex<PublishedView>,
    ticks: watch::Sender<PublishTick>,
    end: watch::Sender<Option<BoardEnd>>,
    viewers: AtomicUsize,
    last_used_at: Mutex<Instant>,
}

/// A viewer of a publisher, counted until it is dropped.
#[derive(Debug)]
pub(super) struct ViewerHandle(pub(super) Arc<Publisher>);

impl Publisher {
    /// Renders and publishes the first view. [`run_publisher`] continues from it.
    pub(super) fn new(
        renderer: Box<dyn Renderer>,
        traffic: Arc<Traffic>,
    ) -> (Self, PublisherState) {
        let epoch = format!("{:012x}", rand::random::<u64>() >> 16);
        let changes = renderer.subscribe_changes();
        let (view, due) = PublishedView::new(epoch.clone(), renderer);
        let now = Instant::now();
        let publisher = Self {
            epoch,
            page_id: view.page_id(),
            traffic,
            fan_out: FanOut::new(),
            ticks: watch::Sender::new(PublishTick {
                n: view.frame_number(),
                beats: 0,
            }),
            published: Mutex::new(view),
            end: watch::Sender::new(None),
            viewers: AtomicUsize::new(0),
            last_used_at: Mutex::new(now),
        };
        let state = PublisherState {
            changes,
            due: due.map(|due| now + due),
            last_frame_at: now,
        };
        (publisher, state)
    }

    /// Renders the page as of the published view. A socket resumes from exactly there.
    pub fn render_page(&self) -> Bytes {
        self.published.lock().cached_page()
    }

    /// Publishes the board as it is defined now. Fails if it needs a publisher of its own for that.
    pub(super) fn follow_definition(&self) -> Result<(), BoardEnd> {
        self.published.lock().follow_definition()
    }

    pub(super) fn add_viewer(self: &Arc<Self>) -> ViewerHandle {
        self.viewers.fetch_add(1, Ordering::Relaxed);
        ViewerHandle(Arc::clone(self))
    }

    pub(super) fn subscribe_ticks(&self) -> watch::Receiver<PublishTick> {
        self.ticks.subscribe()
    }

    /// Receives the reason when the board cannot continue.
    pub(super) fn subscribe_end(&self) -> watch::Receiver<Option<BoardEnd>> {
        self.end.subscribe()
    }

    pub(super) fn catch_up_from(&self, from: Option<&ViewerPosition>) -> CatchUp {
        self.published.lock().catch_up_from(from)
    }

    pub(super) fn catch_up_after(&self, n: u64) -> CatchUp {
        self.published.lock().catch_up_after(n)
    }

    pub(super) fn resync_from(&self, from: &ViewerPosition) -> CatchUp {
        self.published.lock().resync_from(from)
    }

    pub(super) fn heartbeat_batch(&self) -> FrameBatch {
        self.published.lock().heartbeat_batch()
    }

    pub(super) fn batch_after(&self, n: u64) -> FrameBatch {
        self.published.lock().batch_after(n)
    }

    pub(super) fn frame_number(&self) -> u64 {
        self.published.lock().frame_number()
    }

    /// When to publish a change at a pace that allows it from `not_before`: earlier if something has
    /// to be marked. No viewer may show it unmarked for the rest of the pause.
    fn publish_at(&self, not_before: Instant) -> Instant {
        let now = Instant::now();
        if not_before <= now {
            return not_before;
        }
        let age = self.published.lock().unmarked_age();
        not_before.min(now + UNMARKED_MAX.saturating_sub(age))
    }

    pub(super) fn wall_clock_ms(&self) -> i64 {
        self.published.lock().wall_clock_ms()
    }

    /// Records a use, which extends the publisher's life.
    pub(super) fn mark_used(&self) {
        *self.last_used_at.lock() = Instant::now();
    }

    /// When the publisher may end, unless it is used before then.
    pub(super) fn idle_deadline(&self) -> Instant {
        *self.last_used_at.lock() + IDLE_LIFETIME
    }

    pub(super) fn is_unused(&self) -> bool {
        self.viewers.load(Ordering::Relaxed) == 0 && self.idle_deadline() <= Instant::now()
    }
}

impl Drop for ViewerHandle {
    fn drop(&mut self) {
        self.0.mark_used();
        self.0.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The state of the publisher's task.
#[derive(Debug)]
pub(super) struct PublisherState {
    changes: watch::Receiver<u64>,
    due: Option<Instant>,
    /// When the publisher last sent a frame.
    last_frame_at: Instant,
}

/// Publishes at most one patch per `interval`, the first after quiet at once, and so is one without
/// which old values would stay unmarked. Runs until
/// `is_over` confirms that the publisher has ended (called when it is unused), or the board
/// cannot continue.
pub(super) async fn run_publisher(
    publisher: Arc<Publisher>,
    mut state: PublisherState,
    interval: impl Fn() -> Duration,
    is_over: impl Fn() -> bool,
) {
    // Ends with this task.
    let mut writers = JoinSet::new();
    for part in 0..publisher.fan_out.part_count() {
        let ticks = publisher.subscribe_ticks();
        writers.spawn(fan_out::run_part(Arc::clone(&publisher), part, ticks));
    }
    let mut not_before = Instant::now();
    // The first change that isn't published yet.
    let mut changed_at = None;
    let mut next_idle_check = publisher.idle_deadline();
    loop {
        let publish_at = changed_at.map(|_| publisher.publish_at(not_before));
        let due = state.due.filter(|_| changed_at.is_none());
        tokio::select! {
            biased;
            () = sleep_until(next_idle_check) => {
                if publisher.is_unused() && is_over() {
                    return;
                }
                next_idle_check = publisher.idle_deadline().max(Instant::now() + HEARTBEAT);
                continue;
            }
            () = sleep_until(state.last_frame_at + HEARTBEAT) => {
                state.last_frame_at = Instant::now();
                let n = {
                    let mut view = publisher.published.lock();
                    view.update_heartbeat();
                    view.frame_number()
                };
                publisher.ticks.send_modify(|tick| {
                    tick.beats += 1;
                    tick.n = n;
                });
                continue;
            }
            () = wait_until(publish_at) => {}
            () = wait_for_change(&mut state.changes), if changed_at.is_none() => {
                changed_at = Some(Instant::now());
                continue;
            }
            () = wait_until(due) => {
                changed_at = Some(Instant::now());
                continue;
            }
        }
        // The sources may have been alive meanwhile.
        let publish_at = publisher.publish_at(not_before);
        if Instant::now() < publish_at {
            continue;
        }

        // Marked as seen before rendering: later changes notify again.
        state.changes.borrow_and_update();
        let now = Instant::now();
        let (n, due) = {
            let mut view = publisher.published.lock();
            let due = view.publish_next();
            (view.frame_number(), due)
        };
        let due = match due {
            Ok(due) => due,
            Err(end) => {
                publisher.end.send_replace(Some(end));
                return;
            }
        };
        state.due = due.map(|due| now + due);
        not_before = now + interval();
        let has_new_frame = publisher.ticks.send_if_modified(|tick| {
            let is_newer = tick.n < n;
            tick.n = n;
            is_newer
        });
        let waited = changed_at.take().map(|at| at.elapsed());
        if let Some(waited) = waited.filter(|_| has_new_frame) {
            publisher.traffic.record_broadcast(waited);
            state.last_frame_at = now;
        }
    }
}

/// Waits for a new value. A closed channel never notifies again, but time still does.
pub(super) async fn wait_for_change<T>(changes: &mut watch::Receiver<T>) {
    if changes.changed().await.is_err() {
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
