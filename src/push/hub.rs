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

use crate::boards::{Slots, Studio};

use super::{
    channel::{Channel, Tending, tend},
    drawing::Board,
    protocol::Position,
    session::{Viewing, session},
    traffic::Traffic,
};

/// Viewers that come back at once, spread to this many a second.
const RETURNS_A_SECOND: u64 = 1000;

const SHORTEST_SPREAD: u64 = 500;
const LONGEST_SPREAD: u64 = 30_000;

/// How long viewers may take to leave.
const LEAVING: Duration = Duration::from_secs(8);

#[derive(Clone, Debug)]
pub struct Limits {
    pub max_viewers: usize,
    /// A board sends at most one patch per interval.
    pub flush_interval: Duration,
    /// The build of the page's assets.
    pub build: Arc<str>,
}

/// A handle on all channels. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    studio: Studio,
    limits: watch::Sender<Limits>,
    channels: DashMap<String, Arc<Channel>>,
    viewers: AtomicUsize,
    traffic: Arc<Traffic>,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// How long after `stop` viewers should spread their return.
    spread: watch::Sender<u64>,
}

/// A viewer's place among `max_viewers`, from before its upgrade to its end.
#[derive(Debug)]
pub struct Admission(Arc<Inner>);

impl Hub {
    pub fn new(studio: Studio, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            studio,
            limits: watch::Sender::new(limits),
            channels: DashMap::new(),
            viewers: AtomicUsize::new(0),
            traffic: Arc::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            spread: watch::Sender::new(SHORTEST_SPREAD),
        }))
    }

    /// From now on these limits hold; nobody who is in is asked to leave.
    pub fn limit(&self, limits: Limits) {
        self.0.limits.send_replace(limits);
    }

    /// The channel of a view, opened where it is not. `None`: no such board.
    pub fn open(&self, board: &str) -> Option<Arc<Channel>> {
        self.0.studio.find(board)?;
        // Used while the entry is held: a channel is never ended between the
        // finding and the using.
        if let Some(channel) = self.0.channels.get(board) {
            channel.touch();
            return Some(Arc::clone(&channel));
        }
        let drawing = Board {
            studio: self.0.studio.clone(),
            id: board.to_owned(),
            build: self.build(),
            slots: Slots::default(),
            face: None,
        };
        let (channel, tending) = Channel::new(Box::new(drawing), Arc::clone(&self.0.traffic));
        match self.0.channels.entry(board.to_owned()) {
            // Somebody was quicker.
            Entry::Occupied(entry) => {
                entry.get().touch();
                Some(Arc::clone(entry.get()))
            }
            Entry::Vacant(entry) => {
                let channel = Arc::clone(&entry.insert(Arc::new(channel)));
                self.spawn_tending(Arc::clone(&channel), tending, board.to_owned());
                Some(channel)
            }
        }
    }

    fn spawn_tending(&self, channel: Arc<Channel>, tending: Tending, board: String) {
        let inner = Arc::clone(&self.0);
        let limits = self.0.limits.subscribe();
        let stop = self.0.stop.clone();
        self.0.tasks.spawn(async move {
            let interval = || limits.borrow().flush_interval;
            let is_over = || {
                let removed = inner
                    .channels
                    .remove_if(&board, |_, channel| channel.is_unused());
                removed.is_some()
            };
            let own = Arc::clone(&channel);
            stop.run_until_cancelled(tend(channel, tending, interval, is_over))
                .await;
            // One that cannot go on makes room for another under the same key.
            (inner.channels).remove_if(&board, |_, channel| Arc::ptr_eq(channel, &own));
        });
    }

    /// A place for one more viewer, if there is one.
    pub fn admit(&self) -> Option<Admission> {
        if self.0.stop.is_cancelled() {
            return None;
        }
        let admission = Admission(Arc::clone(&self.0));
        let before = self.0.viewers.fetch_add(1, Ordering::Relaxed);
        // Dropping the admission takes the count back.
        (before < self.0.limits.borrow().max_viewers).then_some(admission)
    }

    fn build(&self) -> Arc<str> {
        Arc::clone(&self.0.limits.borrow().build)
    }

    pub fn viewers(&self) -> usize {
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
    pub fn serve<T>(
        &self,
        upgrading: impl Future<Output = Option<WebSocketStream<T>>> + Send + 'static,
        channel: &Arc<Channel>,
        from: Option<Position>,
        admission: Admission,
    ) where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let viewing = Viewing {
            seat: channel.sit(),
            from,
            build: self.build(),
            longest_pause: self.spread().max(10_000),
            stop: self.0.stop.clone(),
            spread: self.0.spread.subscribe(),
        };
        let traffic = Arc::clone(&self.0.traffic);
        self.0.tasks.spawn(async move {
            if let Some(socket) = upgrading.await {
                let end = session(socket, viewing).await;
                traffic.on_end(&end);
            }
            drop(admission);
        });
    }

    /// Over how many milliseconds all viewers of now should come back.
    fn spread(&self) -> u64 {
        let viewers = u64::try_from(self.viewers()).unwrap_or(u64::MAX);
        (viewers.saturating_mul(1000) / RETURNS_A_SECOND).clamp(SHORTEST_SPREAD, LONGEST_SPREAD)
    }

    /// Tells every viewer to come back, and waits until they have left.
    pub async fn stop(&self) {
        let viewers = self.viewers();
        self.0.spread.send_replace(self.spread());
        self.0.tasks.close();
        self.0.stop.cancel();
        if timeout(LEAVING, self.0.tasks.wait()).await.is_ok() {
            info!(
                viewers.count = viewers,
                "All viewers were asked to reconnect"
            );
        } else {
            let left = self.viewers();
            warn!(
                viewers.count = left,
                "Some viewers didn't disconnect in time"
            );
        }
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.0.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        intake::Clock,
        live::{Live, State},
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_who_share_a_view_share_a_channel_until_nobody_uses_it() {
        let hub = hub(1);
        let board = "queues";

        let (first, second) = (hub.open(board), hub.open(board));
        let epoch = first.map(|channel| channel.epoch.clone());
        assert_eq!(second.map(|channel| channel.epoch.clone()), epoch);
        tokio::time::sleep(Duration::from_mins(3)).await;

        assert!(hub.0.channels.is_empty());
        assert_ne!(hub.open(board).map(|channel| channel.epoch.clone()), epoch);
    }

    #[tokio::test(start_paused = true)]
    async fn a_channel_in_use_is_not_forgotten() {
        let hub = hub(1);
        let board = "queues";
        let epoch = hub.open(board).map(|channel| channel.epoch.clone());

        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(100)).await;
            assert_eq!(hub.open(board).map(|channel| channel.epoch.clone()), epoch);
        }
    }

    #[tokio::test]
    async fn there_is_no_channel_of_a_board_that_is_not_there() {
        assert!(hub(1).open("nowhere").is_none());
    }

    #[tokio::test]
    async fn no_more_viewers_are_admitted_than_there_are_places_and_none_after_the_stop() {
        let hub = hub(2);

        let (first, second) = (hub.admit(), hub.admit());
        assert!(first.is_some() && second.is_some() && hub.admit().is_none());
        drop(first);
        assert!(hub.admit().is_some());
        drop(second);
        hub.stop().await;

        assert!(hub.admit().is_none());
        assert_eq!(hub.viewers(), 0);
    }

    fn hub(max_viewers: usize) -> Hub {
        let live = Live::new(Clock::start(), State::default());
        let limits = Limits {
            max_viewers,
            flush_interval: Duration::from_millis(100),
            build: "9f2c".into(),
        };
        Hub::new(Studio::new(live, Vec::new()), limits)
    }
}
