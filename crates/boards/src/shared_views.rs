//! The boards' current views, each rendered once for all pages that show it. Boards withhold what
//! not everyone may see, so a view is the same for every visitor who may see the board.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use wallboard_domain::Moment;

use super::{board_definition::BoardDefinition, board_view::BoardView, board_watch::BoardWatch};

/// Maximum number of views: one of each board, unless boards are replaced often. A gallery of more boards would render
/// all of them for each page.
const VIEWS_MAX: usize = 2_000;

/// The views. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedViews(Arc<Mutex<HashMap<String, SharedView>>>);

/// A view with what it was rendered from.
#[derive(Debug)]
struct SharedView {
    board: Arc<BoardDefinition>,
    watch: BoardWatch,
    /// The watch's count of changes.
    change: u64,
    view: Arc<BoardView>,
}

impl SharedViews {
    /// Returns a board's view as of `now`. Renders it unless neither a change nor time alone can have
    /// changed it. Concurrent calls wait for one that renders.
    pub(super) fn get_or_render(
        &self,
        board: &Arc<BoardDefinition>,
        now: Moment,
        open_watch: impl FnOnce() -> BoardWatch,
        render: impl FnOnce(&mut BoardWatch) -> BoardView,
    ) -> Arc<BoardView> {
        let mut views = self.0.lock();
        let current = views.get(&board.id);
        if let Some(shared) = current.filter(|shared| shared.is_current(board, now)) {
            return Arc::clone(&shared.view);
        }
        let known = views.remove(&board.id);
        let mut watch = known.map_or_else(open_watch, |shared| shared.watch);
        // Counted before the snapshot is read: the view is at least as new.
        let change = watch.change_count();
        let view = Arc::new(render(&mut watch));
        if VIEWS_MAX <= views.len() {
            views.clear();
        }
        let shared = SharedView {
            board: Arc::clone(board),
            watch,
            change,
            view: Arc::clone(&view),
        };
        views.insert(board.id.clone(), shared);
        view
    }
}

impl SharedView {
    fn is_current(&self, board: &Arc<BoardDefinition>, now: Moment) -> bool {
        let due = self.view.next_change;
        Arc::ptr_eq(&self.board, board)
            && self.change == self.watch.change_count()
            // The clock of a past can go back.
            && self.view.at.monotonic <= now.monotonic
            && due.is_none_or(|due| now.monotonic < due.monotonic)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Barrier,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
        thread,
    };

    use crate::{
        board_render::render_view,
        fixture::{empty_snapshot, noon},
    };
    use wallboard_domain::Baseline;
    use wallboard_live::{LiveHandle, LiveState};
    use wallboard_runtime::ingest::ProcessClock;

    use super::*;

    /// Views of boards whose rendering is counted.
    struct CountedViews {
        views: SharedViews,
        renders: AtomicUsize,
        live: LiveHandle,
    }

    impl CountedViews {
        fn new() -> Self {
            Self {
                views: SharedViews::default(),
                renders: AtomicUsize::new(0),
                live: LiveHandle::new(ProcessClock::start_now(), LiveState::default()),
            }
        }

        /// `due` is when time alone changes the view, in milliseconds.
        fn get(&self, board: &Arc<BoardDefinition>, now: Moment, due: i64) {
            let open_watch = || BoardWatch::new(self.live.subscribe());
            self.views.get_or_render(board, now, open_watch, |_| {
                self.renders.fetch_add(1, SeqCst);
                thread::yield_now();
                BoardView {
                    next_change: Some(now.plus_millis(due)),
                    ..render_view(board, &empty_snapshot(), &Baseline::default(), now)
                }
            });
        }

        fn renders(&self) -> usize {
            self.renders.load(SeqCst)
        }
    }

    fn board() -> Arc<BoardDefinition> {
        let [board, _] = BoardDefinition::automatic_boards();
        Arc::new(board)
    }

    #[test]
    fn view_is_rendered_again_after_a_change_in_time_or_for_another_definition() {
        let (views, first) = (CountedViews::new(), board());
        for _ in 0..3 {
            views.get(&first, noon(), 1_000);
            views.get(&first, noon().plus_millis(999), 1_000);
        }
        assert_eq!(views.renders(), 1);

        views.live.notify_change();
        views.get(&first, noon(), 1_000);
        assert_eq!(views.renders(), 2);
        views.get(&first, noon().plus_millis(1_000), 1_000);
        assert_eq!(views.renders(), 3);
        // A past that goes back.
        views.get(&first, noon(), 1_000);
        assert_eq!(views.renders(), 4);
        views.get(&board(), noon(), 1_000);
        assert_eq!(views.renders(), 5);
    }

    #[test]
    fn concurrent_calls_render_once() {
        let (views, board) = (CountedViews::new(), board());
        let start = Barrier::new(8);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    start.wait();
                    views.get(&board, noon(), 1_000);
                });
            }
        });
        assert_eq!(views.renders(), 1);
    }

    #[test]
    fn number_of_views_is_bounded() {
        let views = CountedViews::new();
        for n in 0..=VIEWS_MAX {
            let board = BoardDefinition {
                id: n.to_string(),
                ..(*board()).clone()
            };
            views.get(&Arc::new(board), noon(), 1_000);
        }
        let held = views.views.0.lock().len();
        assert!(held <= VIEWS_MAX, "{held}");
    }
}
