//! Registry of the boards, rendered from the live state.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use parking_lot::RwLock;

use wallboard_domain::{Announcement, Baseline, BoardStyle, Moment, MonotonicTime, moment};
use wallboard_live::{IncidentSubject, LiveHandle, UnmarkedSources};

use super::{
    board_definition::BoardDefinition,
    board_preview::BoardPreview,
    board_render,
    board_time::{BoardTime, PastBars},
    board_view::BoardView,
    board_watch::BoardWatch,
    playlist::{CriticalTime, JUMPS_FOLLOWED, Playlist, ShownBoard},
    queue_outlook::QueueOutlooks,
    render_context::RenderContext,
    replay_period::ReplayPeriod,
    shared_views::SharedViews,
    tile_owners::TileOwners,
};

/// All boards and their current views. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BoardRegistry {
    /// Boards hang on walls, so they withhold figures of small teams from everyone.
    live: LiveHandle,
    boards: Arc<RwLock<Arc<[Arc<BoardDefinition>]>>>,
    playlists: Arc<RwLock<Arc<[Playlist]>>>,
    baseline: Arc<RwLock<Arc<Baseline>>>,
    announcements: Arc<RwLock<Arc<[Announcement]>>>,
    owners: Arc<RwLock<Arc<TileOwners>>>,
    outlooks: Arc<RwLock<Arc<QueueOutlooks>>>,
    time: BoardTime,
    /// The time that boards replay; `None` for the present.
    replay: Option<ReplayPeriod>,
    /// Views that pages share.
    views: SharedViews,
}

impl BoardRegistry {
    /// Creates the registry. Automatic boards come before those of files, unless a file takes the
    /// id of one and replaces it.
    pub fn new(live: &LiveHandle, boards: Vec<BoardDefinition>) -> Self {
        Self {
            live: live.without_small_teams(),
            boards: Arc::new(RwLock::new(with_automatic_boards(boards))),
            playlists: Arc::default(),
            baseline: Arc::default(),
            announcements: Arc::default(),
            owners: Arc::default(),
            outlooks: Arc::default(),
            time: BoardTime::Live,
            replay: None,
            views: SharedViews::default(),
        }
    }

    /// Makes all boards say that they show a replay.
    pub fn of_replay(self, period: ReplayPeriod) -> Self {
        Self {
            replay: Some(period),
            ..self
        }
    }

    /// The same boards, whose pages offer to rewind.
    #[must_use]
    pub fn rewindable(self) -> Self {
        Self {
            time: BoardTime::Rewindable,
            ..self
        }
    }

    /// The same boards in a past, with the bar below them.
    #[must_use]
    pub fn of_past(&self, live: &LiveHandle, bars: PastBars) -> Self {
        Self {
            live: live.without_small_teams(),
            boards: Arc::new(RwLock::new(self.shared_boards())),
            playlists: Arc::default(),
            baseline: Arc::new(RwLock::new(self.current_baseline())),
            announcements: Arc::default(),
            owners: Arc::default(),
            outlooks: Arc::default(),
            time: BoardTime::Past(bars),
            replay: None,
            views: SharedViews::default(),
        }
    }

    pub fn time(&self) -> &BoardTime {
        &self.time
    }

    /// Replaces all boards. Viewers see the new ones at once.
    pub fn replace_boards(&self, boards: Vec<BoardDefinition>) {
        *self.boards.write() = with_automatic_boards(boards);
        self.live.notify_change();
    }

    pub fn replace_playlists(&self, playlists: Vec<Playlist>) {
        *self.playlists.write() = playlists.into();
    }

    pub fn list_playlists(&self) -> Arc<[Playlist]> {
        Arc::clone(&self.playlists.read())
    }

    /// Returns what a playlist knows of its boards at `now`. One that isn't `allowed` can't be shown.
    pub fn find_shown_boards(
        &self,
        playlist: &Playlist,
        now: Timestamp,
        is_allowed: impl Fn(&BoardDefinition) -> bool,
    ) -> HashMap<String, ShownBoard> {
        let boards = self.shared_boards();
        let boards = boards.iter();
        let boards = boards.filter(|board| playlist.includes(&board.id) && is_allowed(board));
        let since = now - JUMPS_FOLLOWED;
        self.live.read_snapshot(|snapshot, _| {
            let incidents = snapshot
                .incidents
                .between(since, moment::plus_millis(now, 1));
            let incidents: Vec<_> = (incidents.iter().enumerate())
                .filter_map(|(number, one)| match &one.subject {
                    IncidentSubject::Queue(id) => Some((number, one, snapshot.queues.get(id)?)),
                    IncidentSubject::Source(_) => None,
                })
                .filter(|(.., queue)| !snapshot.is_queue_hidden(queue))
                .map(|(number, one, queue)| (number, one, queue.id.to_string()))
                .collect();
            let of_board = |board: &BoardDefinition| {
                let incidents = incidents.iter();
                let critical = incidents.filter(|(.., queue)| board.shows_queue(queue));
                let critical: Vec<_> = critical
                    .map(|(number, one, _)| CriticalTime {
                        from: one.from,
                        to: one.to,
                        number: *number,
                    })
                    .collect();
                let queues = match critical.len() {
                    0 => 0,
                    _ => (snapshot.visible_queues())
                        .filter(|queue| board.shows_queue(&queue.id.to_string()))
                        .count(),
                };
                ShownBoard { queues, critical }
            };
            let found = boards.map(|board| (board.id.clone(), of_board(board)));
            found.collect()
        })
    }

    /// Replaces the baseline.
    pub fn replace_baseline(&self, baseline: Baseline) {
        *self.baseline.write() = Arc::new(baseline);
        self.live.notify_change();
    }

    /// Replaces all announcements. Viewers see the new ones at once.
    pub fn replace_announcements(&self, announcements: Arc<[Announcement]>) {
        *self.announcements.write() = announcements;
        self.live.notify_change();
    }

    fn current_announcements(&self) -> Arc<[Announcement]> {
        Arc::clone(&self.announcements.read())
    }

    /// Replaces who has taken which alert. Viewers see it at once.
    pub fn replace_owners(&self, owners: TileOwners) {
        let mut current = self.owners.write();
        if **current == owners {
            return;
        }
        *current = Arc::new(owners);
        drop(current);
        self.live.notify_change();
    }

    fn current_owners(&self) -> Arc<TileOwners> {
        Arc::clone(&self.owners.read())
    }

    /// Replaces what is expected of all queues. Viewers see it at once.
    pub fn replace_outlooks(&self, outlooks: QueueOutlooks) {
        *self.outlooks.write() = Arc::new(outlooks);
        self.live.notify_change();
    }

    /// Returns what is expected of queues now; `None` of the past.
    pub(super) fn current_outlooks(&self) -> Option<Arc<QueueOutlooks>> {
        if self.replay.is_some() || matches!(self.time, BoardTime::Past(_)) {
            return None;
        }
        Some(Arc::clone(&self.outlooks.read()))
    }

    pub fn current_baseline(&self) -> Arc<Baseline> {
        Arc::clone(&self.baseline.read())
    }

    pub fn list_boards(&self) -> Vec<Arc<BoardDefinition>> {
        self.shared_boards().to_vec()
    }

    pub fn find_board(&self, id: &str) -> Option<Arc<BoardDefinition>> {
        self.shared_boards()
            .iter()
            .find(|board| board.id == id)
            .cloned()
    }

    fn shared_boards(&self) -> Arc<[Arc<BoardDefinition>]> {
        Arc::clone(&self.boards.read())
    }

    /// Returns the current view of a board in its own style, rendered once for all who ask until it
    /// changes. Don't call it while reading a snapshot: it may wait for another call that reads one.
    pub fn shared_view(&self, board: &Arc<BoardDefinition>) -> Arc<BoardView> {
        let open_watch = || self.watch_board();
        self.views
            .get_or_render(board, self.now(), open_watch, |watch| {
                self.render_with_watch(board, BoardStyle::default(), watch)
            })
    }

    /// Watches a board: [`Self::render_watched`] is due when the watch wakes.
    pub fn watch_board(&self) -> BoardWatch {
        BoardWatch::new(self.live.subscribe())
    }

    /// Renders the current view of a board; `None` if there is no such board. From now on, the watch
    /// notifies of what the board shows.
    pub fn render_watched(
        &self,
        id: &str,
        style: BoardStyle,
        watch: &mut BoardWatch,
    ) -> Option<BoardView> {
        let board = self.find_board(id)?;
        Some(self.render_with_watch(&board, style, watch))
    }

    /// Renders a board that isn't saved. `build` is that of the assets.
    pub fn preview(&self, board: &BoardDefinition, build: &str) -> BoardPreview {
        self.live.read_snapshot(|snapshot, now| {
            let mut context = RenderContext::of_board(board, snapshot, now);
            context.outlooks = self.current_outlooks();
            let view = board_render::render(context, &self.current_baseline());
            BoardPreview::new(view, board, snapshot, now, build)
        })
    }

    fn render_with_watch(
        &self,
        board: &Arc<BoardDefinition>,
        style: BoardStyle,
        watch: &mut BoardWatch,
    ) -> BoardView {
        self.live.read_snapshot(|snapshot, now| {
            let mut context = watch.open_context(board, snapshot, now);
            context.set_style(style);
            context.replay = self.replay;
            context.announcements = self.current_announcements();
            context.owners = self.current_owners();
            context.outlooks = self.current_outlooks();
            board_render::render(context, &self.current_baseline())
        })
    }

    pub fn now(&self) -> Moment {
        self.live.now()
    }

    /// How long to wait until the boards' clock shows a time; `None` if it never will.
    pub fn time_until(&self, due: MonotonicTime) -> Option<Duration> {
        self.live.time_until(due)
    }

    /// How old what a view shows without a mark may be, since its sources' last signs of life.
    pub fn unmarked_age(&self, unmarked: &UnmarkedSources) -> Duration {
        let now = self.live.now().monotonic;
        (self.live).read_state(|state| unmarked.age(state.snapshot(), now))
    }

    /// Returns seconds since each source last sent anything; omits those that never did.
    pub fn source_ages(&self) -> Vec<(String, u64)> {
        let now = self.live.now();
        self.live.read_state(|state| {
            let sources = state.snapshot().sources.values();
            let ages = sources.filter_map(|source| {
                let millis = now.monotonic.millis_since(source.last_received_at?).max(0);
                Some((source.id.to_string(), millis.unsigned_abs() / 1000))
            });
            ages.collect()
        })
    }
}

fn with_automatic_boards(boards: Vec<BoardDefinition>) -> Arc<[Arc<BoardDefinition>]> {
    let automatic = BoardDefinition::automatic_boards().into_iter();
    let missing: Vec<_> = automatic
        .filter(|board| boards.iter().all(|file_board| file_board.id != board.id))
        .collect();
    missing.into_iter().chain(boards).map(Arc::new).collect()
}
