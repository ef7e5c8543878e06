//! Every channel that is open, and every viewer, counted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use dashmap::{DashMap, Entry};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::timeout,
};
use tokio_tungstenite::WebSocketStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::boards::{BoardRegistry, BoardSlots};

use super::{
    protocol::ViewerPosition,
    publisher::{Publisher, PublisherState, run_publisher},
    renderer::BoardRenderer,
    traffic::Traffic,
    viewer_session::{SessionContext, run_session},
};

/// Viewers that come back at once, spread to this many a second.
const RETURNS_PER_SECOND: u64 = 1000;

const MIN_SPREAD_MS: u64 = 500;
const MAX_SPREAD_MS: u64 = 30_000;

/// How long viewers may take to leave.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(8);

#[derive(Clone, Debug)]
pub struct HubLimits {
    pub max_viewers: usize,
    /// A board sends at most one patch per interval.
    pub flush_interval: Duration,
    /// The build of the page's assets.
    pub build: Arc<str>,
}

/// A handle on all channels. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hub(Arc<HubState>);

#[derive(Debug)]
struct HubState {
    registry: BoardRegistry,
    limits: watch::Sender<HubLimits>,
    publishers: DashMap<String, Arc<Publisher>>,
    viewers: AtomicUsize,
    traffic: Arc<Traffic>,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// How long after `stop` viewers should spread their return.
    return_spread: watch::Sender<u64>,
}

/// A viewer's place among `max_viewers`, from before its upgrade to its end.
#[derive(Debug)]
pub struct ViewerPermit(Arc<HubState>);

impl Hub {
    pub fn new(studio: BoardRegistry, limits: HubLimits) -> Self {
        Self(Arc::new(HubState {
            registry: studio,
            limits: watch::Sender::new(limits),
            publishers: DashMap::new(),
            viewers: AtomicUsize::new(0),
            traffic: Arc::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            return_spread: watch::Sender::new(MIN_SPREAD_MS),
        }))
    }

    /// From now on these limits hold; nobody who is in is asked to leave.
    pub fn set_limits(&self, limits: HubLimits) {
        self.0.limits.send_replace(limits);
    }

    /// The channel of a view, opened where it is not. `None`: no such board.
    pub fn open_publisher(&self, board: &str) -> Option<Arc<Publisher>> {
        self.0.registry.find_board(board)?;
        // Used while the entry is held: a channel is never ended between the
        // finding and the using.
        if let Some(channel) = self.0.publishers.get(board) {
            channel.mark_used();
            return Some(Arc::clone(&channel));
        }
        let drawing = BoardRenderer {
            registry: self.0.registry.clone(),
            id: board.to_owned(),
            build: self.asset_build(),
            slots: BoardSlots::default(),
            page_frame: None,
        };
        let (channel, tending) = Publisher::new(Box::new(drawing), Arc::clone(&self.0.traffic));
        match self.0.publishers.entry(board.to_owned()) {
            // Somebody was quicker.
            Entry::Occupied(entry) => {
                entry.get().mark_used();
                Some(Arc::clone(entry.get()))
            }
            Entry::Vacant(entry) => {
                let channel = Arc::clone(&entry.insert(Arc::new(channel)));
                self.spawn_publisher(Arc::clone(&channel), tending, board.to_owned());
                Some(channel)
            }
        }
    }

    fn spawn_publisher(&self, channel: Arc<Publisher>, tending: PublisherState, board: String) {
        let inner = Arc::clone(&self.0);
        let limits = self.0.limits.subscribe();
        let stop = self.0.stop.clone();
        self.0.tasks.spawn(async move {
            let interval = || limits.borrow().flush_interval;
            let is_over = || {
                let removed = inner
                    .publishers
                    .remove_if(&board, |_, channel| channel.is_unused());
                removed.is_some()
            };
            let own = Arc::clone(&channel);
            stop.run_until_cancelled(run_publisher(channel, tending, interval, is_over))
                .await;
            // One that cannot go on makes room for another under the same key.
            (inner.publishers).remove_if(&board, |_, channel| Arc::ptr_eq(channel, &own));
        });
    }

    /// A place for one more viewer, if there is one.
    pub fn admit_viewer(&self) -> Option<ViewerPermit> {
        if self.0.stop.is_cancelled() {
            return None;
        }
        let admission = ViewerPermit(Arc::clone(&self.0));
        let before = self.0.viewers.fetch_add(1, Ordering::Relaxed);
        // Dropping the admission takes the count back.
        (before < self.0.limits.borrow().max_viewers).then_some(admission)
    }

    fn asset_build(&self) -> Arc<str> {
        Arc::clone(&self.0.limits.borrow().build)
    }

    pub fn viewer_count(&self) -> usize {
        self.0.viewers.load(Ordering::Relaxed)
    }

    /// How many viewers there may be.
    pub fn max_viewers(&self) -> usize {
        self.0.limits.borrow().max_viewers
    }

    /// What was sent so far.
    pub fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    /// Serves a viewer whose upgrade is `upgrading`, in a task of its own.
    pub fn serve_viewer<T>(
        &self,
        upgrading: impl Future<Output = Option<WebSocketStream<T>>> + Send + 'static,
        channel: &Arc<Publisher>,
        from: Option<ViewerPosition>,
        admission: ViewerPermit,
    ) where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let viewing = SessionContext {
            viewer: channel.add_viewer(),
            position: from,
            build: self.asset_build(),
            longest_pause: self.return_spread_ms().max(10_000),
            stop: self.0.stop.clone(),
            return_spread: self.0.return_spread.subscribe(),
        };
        let traffic = Arc::clone(&self.0.traffic);
        self.0.tasks.spawn(async move {
            if let Some(socket) = upgrading.await {
                let end = run_session(socket, viewing).await;
                traffic.record_end(&end);
            }
            drop(admission);
        });
    }

    /// Over how many milliseconds all viewers of now should come back.
    fn return_spread_ms(&self) -> u64 {
        let viewers = u64::try_from(self.viewer_count()).unwrap_or(u64::MAX);
        (viewers.saturating_mul(1000) / RETURNS_PER_SECOND).clamp(MIN_SPREAD_MS, MAX_SPREAD_MS)
    }

    /// Tells every viewer to come back, and waits until they have left.
    pub async fn disconnect_viewers(&self) {
        let viewers = self.viewer_count();
        self.0.return_spread.send_replace(self.return_spread_ms());
        self.0.tasks.close();
        self.0.stop.cancel();
        if timeout(DISCONNECT_TIMEOUT, self.0.tasks.wait())
            .await
            .is_ok()
        {
            info!(
                viewers.count = viewers,
                "All viewers were asked to reconnect"
            );
        } else {
            let left = self.viewer_count();
            warn!(
                viewers.count = left,
                "Some viewers didn't disconnect in time"
            );
        }
    }
}

impl Drop for ViewerPermit {
    fn drop(&mut self) {
        self.0.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        ingest::ProcessClock,
        live::{LiveHandle, LiveState},
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_who_share_a_view_share_a_channel_until_nobody_uses_it() {
        let hub = hub_with_limit(1);
        let board = "queues";

        let (first, second) = (hub.open_publisher(board), hub.open_publisher(board));
        let epoch = first.map(|channel| channel.epoch.clone());
        assert_eq!(second.map(|channel| channel.epoch.clone()), epoch);
        tokio::time::sleep(Duration::from_mins(3)).await;

        assert!(hub.0.publishers.is_empty());
        assert_ne!(
            hub.open_publisher(board)
                .map(|channel| channel.epoch.clone()),
            epoch
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_channel_in_use_is_not_forgotten() {
        let hub = hub_with_limit(1);
        let board = "queues";
        let epoch = hub
            .open_publisher(board)
            .map(|channel| channel.epoch.clone());

        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(100)).await;
            assert_eq!(
                hub.open_publisher(board)
                    .map(|channel| channel.epoch.clone()),
                epoch
            );
        }
    }

    #[tokio::test]
    async fn there_is_no_channel_of_a_board_that_is_not_there() {
        assert!(hub_with_limit(1).open_publisher("nowhere").is_none());
    }

    #[tokio::test]
    async fn no_more_viewers_are_admitted_than_there_are_places_and_none_after_the_stop() {
        let hub = hub_with_limit(2);

        let (first, second) = (hub.admit_viewer(), hub.admit_viewer());
        assert!(first.is_some() && second.is_some() && hub.admit_viewer().is_none());
        drop(first);
        assert!(hub.admit_viewer().is_some());
        drop(second);
        hub.disconnect_viewers().await;

        assert!(hub.admit_viewer().is_none());
        assert_eq!(hub.viewer_count(), 0);
    }

    fn hub_with_limit(max_viewers: usize) -> Hub {
        let live = LiveHandle::new(ProcessClock::start_now(), LiveState::default());
        let limits = HubLimits {
            max_viewers,
            flush_interval: Duration::from_millis(100),
            build: "9f2c".into(),
        };
        Hub::new(BoardRegistry::new(live, Vec::new()), limits)
    }
}
