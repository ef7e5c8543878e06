//! All open publishers, and all viewers, counted.

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
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{BoardRegistry, BoardSlots};
use wallboard_domain::{BoardStyle, UpdateRate};
use wallboard_live::UnmarkedSources;

use super::{
    deflate_offer::FrameEncoding,
    protocol::ViewerPosition,
    publisher::{Publisher, PublisherState, run_publisher},
    renderer::BoardRenderer,
    traffic::Traffic,
    viewer_link::ViewerLink,
    viewer_session::{RevocationFuture, SessionContext, run_session},
};

/// Viewers that reconnect together are spread to this many a second: ten thousand are back within
/// 5 s of a restart.
const RETURNS_PER_SECOND: u64 = 2500;

const MIN_SPREAD_MS: u64 = 500;
const MAX_SPREAD_MS: u64 = 30_000;

/// How long viewers may take to disconnect. After a stop, all others wait for the last of them.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Clone, Debug)]
pub struct HubLimits {
    pub max_viewers: usize,
    /// A board sends at most one patch per interval.
    pub flush_interval: Duration,
    /// The build of the page's assets.
    pub build: Arc<str>,
}

/// A handle on all publishers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hub(Arc<HubState>);

#[derive(Debug)]
struct HubState {
    registry: BoardRegistry,
    limits: watch::Sender<HubLimits>,
    /// Screens of the same style share a publisher.
    publishers: DashMap<(String, BoardStyle), Arc<Publisher>>,
    viewers: AtomicUsize,
    traffic: Arc<Traffic>,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// Over how many milliseconds viewers should spread their reconnects after `stop`.
    return_spread: watch::Sender<u64>,
}

/// A viewer's request to connect, and its link with the desk.
#[derive(Debug, Default)]
pub struct ViewerRequest {
    /// The page id that its page was rendered with.
    pub page: Option<String>,
    pub position: Option<ViewerPosition>,
    /// Paired screens have one.
    pub link: Option<ViewerLink>,
    /// The encoding that its upgrade agreed on.
    pub encoding: FrameEncoding,
}

impl HubState {
    /// The interval between updates that a screen or its board asks for.
    fn slow_interval(&self, (board, style): &(String, BoardStyle)) -> Option<Duration> {
        let of_board = || self.registry.find_board(board)?.update_rate;
        (style.update_rate.or_else(of_board)).map(UpdateRate::interval)
    }
}

/// A viewer's slot among `max_viewers`, from before its upgrade until its end.
#[derive(Debug)]
pub struct ViewerPermit(Arc<HubState>);

impl Hub {
    pub fn new(registry: BoardRegistry, limits: HubLimits) -> Self {
        Self(Arc::new(HubState {
            registry,
            limits: watch::Sender::new(limits),
            publishers: DashMap::new(),
            viewers: AtomicUsize::new(0),
            traffic: Arc::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            return_spread: watch::Sender::new(MIN_SPREAD_MS),
        }))
    }

    /// Pages of a past: with the same limits, and viewers of their own.
    #[must_use]
    pub fn of_past(&self, registry: BoardRegistry) -> Self {
        Self::new(registry, self.0.limits.borrow().clone())
    }

    /// Sets the limits from now on. Connected viewers stay connected.
    pub fn set_limits(&self, limits: HubLimits) {
        self.0.limits.send_replace(limits);
    }

    /// Returns the publisher of a board in a style, and starts it if needed. `None`: no such board.
    pub fn open_publisher(&self, board: &str, style: BoardStyle) -> Option<Arc<Publisher>> {
        self.0.registry.find_board(board)?;
        let key = (board.to_owned(), style);
        if let Some(publisher) = self.find_publisher(&key) {
            return Some(publisher);
        }
        let renderer = BoardRenderer {
            registry: self.0.registry.clone(),
            id: board.to_owned(),
            style,
            build: self.asset_build(),
            slots: BoardSlots::default(),
            watch: self.0.registry.watch_board(),
            definition: None,
            unmarked: UnmarkedSources::default(),
            page_id: String::new(),
        };
        let (publisher, state) = Publisher::new(Box::new(renderer), Arc::clone(&self.0.traffic));
        match self.0.publishers.entry(key.clone()) {
            // Another task was faster.
            Entry::Occupied(entry) => {
                entry.get().mark_used();
                Some(Arc::clone(entry.get()))
            }
            Entry::Vacant(entry) => {
                let publisher = Arc::clone(&entry.insert(Arc::new(publisher)));
                self.spawn_publisher(Arc::clone(&publisher), state, key);
                Some(publisher)
            }
        }
    }

    /// Finds a publisher that shows the board as it is defined now.
    fn find_publisher(&self, key: &(String, BoardStyle)) -> Option<Arc<Publisher>> {
        // Marked as used while the entry is locked, so that the publisher can't end between the
        // lookup and its use.
        let publisher = {
            let found = self.0.publishers.get(key)?;
            found.mark_used();
            Arc::clone(&found)
        };
        if publisher.follow_definition().is_ok() {
            return Some(publisher);
        }
        // Its task ends by itself, and has its viewers reload.
        let is_same = |_: &_, found: &Arc<Publisher>| Arc::ptr_eq(found, &publisher);
        self.0.publishers.remove_if(key, is_same);
        None
    }

    fn spawn_publisher(
        &self,
        publisher: Arc<Publisher>,
        state: PublisherState,
        key: (String, BoardStyle),
    ) {
        let inner = Arc::clone(&self.0);
        let limits = self.0.limits.subscribe();
        let stop = self.0.stop.clone();
        self.0.tasks.spawn(async move {
            let interval = || {
                let shortest = limits.borrow().flush_interval;
                shortest.max(inner.slow_interval(&key).unwrap_or_default())
            };
            let is_over = || {
                let removed = inner
                    .publishers
                    .remove_if(&key, |_, publisher| publisher.is_unused());
                removed.is_some()
            };
            let spawned = Arc::clone(&publisher);
            stop.run_until_cancelled(run_publisher(publisher, state, interval, is_over))
                .await;
            // A publisher that can't continue makes room for another with the same key.
            (inner.publishers).remove_if(&key, |_, publisher| Arc::ptr_eq(publisher, &spawned));
        });
    }

    /// Returns a permit for one more viewer, if one is left.
    pub fn admit_viewer(&self) -> Option<ViewerPermit> {
        if self.0.stop.is_cancelled() {
            return None;
        }
        let permit = ViewerPermit(Arc::clone(&self.0));
        let before = self.0.viewers.fetch_add(1, Ordering::Relaxed);
        // Dropping the permit decrements the count.
        (before < self.0.limits.borrow().max_viewers).then_some(permit)
    }

    fn asset_build(&self) -> Arc<str> {
        Arc::clone(&self.0.limits.borrow().build)
    }

    pub fn viewer_count(&self) -> usize {
        self.0.viewers.load(Ordering::Relaxed)
    }

    /// The maximum number of viewers.
    pub fn max_viewers(&self) -> usize {
        self.0.limits.borrow().max_viewers
    }

    /// Counters of what was sent so far.
    pub fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    /// Serves a viewer in its own task, once `upgrading` is done and until `revoked` fires.
    pub fn serve_viewer<T>(
        &self,
        upgrading: impl Future<Output = Option<T>> + Send + 'static,
        publisher: &Arc<Publisher>,
        request: ViewerRequest,
        permit: ViewerPermit,
        revoked: RevocationFuture,
    ) where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let context = Box::new(SessionContext {
            viewer: publisher.add_viewer(),
            page: request.page,
            position: request.position,
            link: request.link,
            encoding: request.encoding,
            build: self.asset_build(),
            reconnect_pause_max_ms: self.return_spread_ms().max(10_000),
            stop: self.0.stop.clone(),
            return_spread: self.0.return_spread.subscribe(),
        });
        let tasks = self.0.tasks.clone();
        self.0.tasks.spawn(async move {
            if let Some(stream) = upgrading.await {
                // A task of its own, so that nothing of the upgrade stays in memory.
                let session = run_session(stream, context, revoked);
                tasks.spawn(async move {
                    let end = session.await;
                    permit.0.traffic.record_end(&end);
                });
            }
        });
    }

    /// Over how many milliseconds the current viewers should spread their reconnects.
    fn return_spread_ms(&self) -> u64 {
        let viewers = u64::try_from(self.viewer_count()).unwrap_or(u64::MAX);
        (viewers.saturating_mul(1000) / RETURNS_PER_SECOND).clamp(MIN_SPREAD_MS, MAX_SPREAD_MS)
    }

    /// Ends all publishers, and asks every viewer to reconnect.
    pub fn end(&self) {
        self.0.return_spread.send_replace(self.return_spread_ms());
        self.0.tasks.close();
        self.0.stop.cancel();
    }

    /// Ends, and waits until all viewers have disconnected.
    pub async fn disconnect_viewers(&self) {
        let viewers = self.viewer_count();
        self.end();
        if timeout(DISCONNECT_TIMEOUT, self.0.tasks.wait())
            .await
            .is_ok()
        {
            info!(
                viewers.count = viewers,
                "All viewers were asked to reconnect"
            );
        } else {
            let remaining = self.viewer_count();
            warn!(
                viewers.count = remaining,
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
    use std::collections::HashMap;

    use crate::{BoardDefinition, BoardLayout};
    use wallboard_domain::{
        BoardTheme, EntityKind, EntityProfile, Fact, Id, Input, Language, SiteConfig, SourceKind,
        SourceSetup, Update,
    };
    use wallboard_live::{LiveHandle, LiveState};
    use wallboard_runtime::ingest::ProcessClock;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn viewers_of_a_board_share_a_publisher_until_it_is_unused() {
        let hub = hub_with_limit(1);
        let (board, style) = ("queues", BoardStyle::default());

        let (first, second) = (
            hub.open_publisher(board, style),
            hub.open_publisher(board, style),
        );
        let epoch = first.map(|publisher| publisher.epoch.clone());
        assert_eq!(second.map(|publisher| publisher.epoch.clone()), epoch);
        tokio::time::sleep(Duration::from_mins(3)).await;

        assert!(hub.0.publishers.is_empty());
        assert_ne!(
            hub.open_publisher(board, style)
                .map(|publisher| publisher.epoch.clone()),
            epoch
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_publisher_in_use_does_not_end() {
        let hub = hub_with_limit(1);
        let (board, style) = ("queues", BoardStyle::default());
        let epoch = hub
            .open_publisher(board, style)
            .map(|publisher| publisher.epoch.clone());

        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(100)).await;
            assert_eq!(
                hub.open_publisher(board, style)
                    .map(|publisher| publisher.epoch.clone()),
                epoch
            );
        }
    }

    #[tokio::test]
    async fn each_style_has_a_publisher() {
        let hub = hub_with_limit(1);
        let light = BoardStyle {
            theme: Some(BoardTheme::Light),
            ..BoardStyle::default()
        };
        let page = |style| {
            let publisher = hub.open_publisher("queues", style);
            publisher
                .map(|publisher| String::from_utf8_lossy(&publisher.render_page()).into_owned())
        };
        assert!(page(light).is_some_and(|page| page.contains("data-theme=\"light\"")));
        assert!(
            page(BoardStyle::default()).is_some_and(|page| page.contains("data-theme=\"dark\""))
        );
        assert_eq!(hub.0.publishers.len(), 2);
    }

    #[tokio::test]
    async fn screens_of_one_language_share_a_publisher() {
        let hub = hub_with_limit(1);
        let open = |language| {
            let style = BoardStyle {
                language,
                ..BoardStyle::default()
            };
            hub.open_publisher("queues", style)
        };
        let page = |language| {
            open(language)
                .map(|publisher| String::from_utf8_lossy(&publisher.render_page()).into_owned())
        };
        let starts_in = |language, tag: &str, text: &str| {
            page(language).is_some_and(|page| {
                page.contains(&format!("<html lang=\"{tag}\">")) && page.contains(text)
            })
        };
        assert!(starts_in(None, "en", ">Queues</h1>"));
        assert!(starts_in(
            Some(Language::German),
            "de",
            ">Warteschlangen</h1>"
        ));
        assert!(starts_in(Some(Language::Swedish), "sv", ">Köer</h1>"));
        let epoch = |language| open(language).map(|publisher| publisher.epoch.clone());
        assert_eq!(epoch(Some(Language::German)), epoch(Some(Language::German)));
        assert_eq!(hub.0.publishers.len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn screens_and_boards_may_be_updated_more_slowly() {
        let live = live_with_chat();
        let slow_board = BoardDefinition {
            update_rate: Some(UpdateRate::EverySecond),
            ..BoardDefinition::new("slow", "Slow", BoardLayout::Queues)
        };
        let hub = hub_of(BoardRegistry::new(&live, vec![slow_board]), 1);
        let slow_screen = BoardStyle {
            update_rate: Some(UpdateRate::EveryFiveSeconds),
            ..BoardStyle::default()
        };
        let publishers = [
            ("queues", BoardStyle::default()),
            ("slow", BoardStyle::default()),
            ("slow", slow_screen),
        ]
        .map(|(board, style)| hub.open_publisher(board, style).unwrap());
        let before = publishers
            .each_ref()
            .map(|publisher| publisher.frame_number());
        for n in 0..100 {
            live.replay(|state| state.apply_input(&queue_named(n), live.now()));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let frames = [0, 1, 2].map(|n| publishers[n].frame_number() - before[n]);
        assert_eq!(frames, [100, 10, 2]);
    }

    fn live_with_chat() -> LiveHandle {
        let live = LiveHandle::new(ProcessClock::start_now(), LiveState::default());
        let site = SiteConfig {
            sources: vec![SourceSetup::new("chat", SourceKind::OF_CONTACTS)],
            ..SiteConfig::default()
        };
        live.replay(|state| state.apply_input(&Input::SiteConfig(site.into()), live.now()));
        live
    }

    /// A queue whose name changes with `n`.
    fn queue_named(n: u32) -> Input {
        let mut profile = EntityProfile::new(EntityKind::Queue, Id::new(&"chat".into(), "1"));
        profile.name = Some(format!("Queue {n}").into());
        Input::Update(Update {
            source: "chat".into(),
            event: "test",
            at: None,
            fact: Fact::Profile(profile),
            mistyped: 0,
        })
    }

    #[tokio::test]
    async fn a_page_right_after_a_board_was_saved_shows_it_as_saved() {
        let live = live_with_chat();
        live.replay(|state| state.apply_input(&queue_named(1), live.now()));
        let board = |title: &str, queue: &str| BoardDefinition {
            names: HashMap::from([("chat/1".to_owned(), queue.to_owned())]),
            ..BoardDefinition::new("hall", title, BoardLayout::Queues)
        };
        let registry = BoardRegistry::new(&live, vec![board("Hall", "Sales")]);
        let hub = hub_of(registry.clone(), 1);
        let page = || {
            let publisher = hub.open_publisher("hall", BoardStyle::default()).unwrap();
            String::from_utf8(publisher.render_page().to_vec()).unwrap()
        };
        assert!(page().contains("Sales"));

        // The publisher's task has no turn in between.
        registry.replace_boards(vec![board("Hall", "Returns")]);
        let renamed = page();
        registry.replace_boards(vec![board("Hall of Anna", "Returns")]);
        let retitled = page();

        assert!(renamed.contains("Returns"), "{renamed}");
        assert!(retitled.contains("Hall of Anna"), "{retitled}");
        assert_eq!(hub.0.publishers.len(), 1);
    }

    #[tokio::test]
    async fn a_missing_board_has_no_publisher() {
        assert!(
            hub_with_limit(1)
                .open_publisher("nowhere", BoardStyle::default())
                .is_none()
        );
    }

    #[tokio::test]
    async fn admits_viewers_up_to_the_limit_and_none_after_the_stop() {
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
        hub_of(BoardRegistry::new(&live, Vec::new()), max_viewers)
    }

    fn hub_of(registry: BoardRegistry, max_viewers: usize) -> Hub {
        let limits = HubLimits {
            max_viewers,
            flush_interval: Duration::from_millis(100),
            build: "9f2c".into(),
        };
        Hub::new(registry, limits)
    }
}
