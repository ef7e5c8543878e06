//! For tests: the screens of one board in virtual time, over the real frames. One keeps up with the
//! board; a slow one skips any number of frames.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::watch;

use crate::{
    BoardSlots, BoardView, SlotValue,
    viewer::{board_copy::BoardCopy, page::SlotContent},
};
use wallboard_domain::Moment;

use super::{
    protocol::ViewerPosition,
    published_view::{CatchUp, PublishedView},
    renderer::{RenderedUpdate, Renderer},
};

/// The slow screen's action after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScreenPace {
    /// It reads nothing, so frames pass by.
    Stalls,
    /// It reads what it lacks by now.
    Reads,
    /// Its connection was lost, and it resumes from where it was.
    Reconnects,
}

/// A published board and two screens.
#[derive(Debug)]
pub(crate) struct SimulatedScreens {
    published: PublishedView,
    next_view: Arc<Mutex<Option<BoardView>>>,
    restarts: u32,
    prompt: BoardCopy,
    slow: BoardCopy,
}

#[derive(Debug)]
struct ViewRenderer {
    next_view: Arc<Mutex<Option<BoardView>>>,
    slots: BoardSlots,
    now: Moment,
}

impl SimulatedScreens {
    /// Publishes the first view of a server, and opens both screens.
    pub(crate) fn open(view: BoardView) -> Self {
        let mut screens = Self::start(view, 0);
        reconnect(&mut screens.prompt, &mut screens.published);
        reconnect(&mut screens.slow, &mut screens.published);
        screens
    }

    fn start(view: BoardView, restarts: u32) -> Self {
        let renderer = ViewRenderer {
            now: view.at,
            next_view: Arc::new(Mutex::new(Some(view))),
            slots: BoardSlots::default(),
        };
        let next_view = Arc::clone(&renderer.next_view);
        Self {
            published: PublishedView::new(format!("e{restarts}"), Box::new(renderer)).0,
            next_view,
            restarts,
            prompt: BoardCopy::default(),
            slow: BoardCopy::default(),
        }
    }

    /// Begins again as a new process does. The slow screen doesn't notice before it reads.
    pub(crate) fn restart(&mut self, view: BoardView) {
        let mut restarted = Self::start(view, self.restarts + 1);
        restarted.prompt = self.prompt.clone();
        restarted.slow = self.slow.clone();
        reconnect(&mut restarted.prompt, &mut restarted.published);
        *self = restarted;
    }

    /// Publishes a view to the screen that keeps up. Returns the frame, if anything had changed.
    pub(crate) fn publish(&mut self, view: BoardView) -> Option<Value> {
        *self.next_view.lock() = Some(view);
        self.published.publish_next().unwrap();
        read(&mut self.prompt, &mut self.published).pop()
    }

    /// Lets the slow screen do something. Once it has read, both screens show what a page does that
    /// is opened now.
    pub(crate) fn serve_slow(&mut self, pace: ScreenPace) {
        let is_connected = self.slow.epoch == self.prompt.epoch;
        match pace {
            ScreenPace::Stalls => return,
            ScreenPace::Reads if is_connected => {
                read(&mut self.slow, &mut self.published);
            }
            ScreenPace::Reads | ScreenPace::Reconnects => {
                reconnect(&mut self.slow, &mut self.published);
            }
        }
        let mut fresh = BoardCopy::default();
        reconnect(&mut fresh, &mut self.published);
        assert_eq!(self.slow, fresh);
        assert_eq!(self.prompt, fresh);
    }

    /// The slots of the screen that keeps up.
    pub(crate) fn slots(&self) -> BTreeMap<u64, SlotContent> {
        self.prompt.slots()
    }
}

/// Reads the frames that a screen lacks over its connection.
fn read(screen: &mut BoardCopy, published: &mut PublishedView) -> Vec<Value> {
    apply_all(screen, &published.catch_up_after(screen.n))
}

/// Connects a screen with its position.
fn reconnect(screen: &mut BoardCopy, published: &mut PublishedView) {
    let position = ViewerPosition {
        epoch: screen.epoch.clone(),
        n: screen.n,
    };
    apply_all(screen, &published.catch_up_from(Some(&position)));
}

fn apply_all(screen: &mut BoardCopy, catch_up: &CatchUp) -> Vec<Value> {
    let frames = catch_up.frames.iter();
    let frames = frames.map(|frame| serde_json::from_str(frame).unwrap());
    let frames: Vec<Value> = frames.collect();
    for frame in &frames {
        assert!(!screen.apply_frame(frame), "a gap: {frame}");
    }
    assert_eq!(screen.n, catch_up.n, "the newest state is read");
    frames
}

impl Renderer for ViewRenderer {
    fn render_next(&mut self) -> RenderedUpdate {
        let view = self.next_view.lock().take().unwrap();
        self.now = view.at;
        RenderedUpdate {
            patch: self.slots.apply_view(view),
            ..RenderedUpdate::default()
        }
    }

    fn is_redefined(&self) -> bool {
        false
    }

    fn all_cells(&self) -> Vec<(u32, SlotValue)> {
        self.slots.all_cells()
    }

    fn render_root(&self) -> (String, String) {
        self.slots.root_region()
    }

    fn page_id(&self) -> &'static str {
        "p1"
    }

    fn render_page(&self, _: &str, _: u64) -> String {
        self.render_root().1
    }

    fn subscribe_changes(&self) -> watch::Receiver<u64> {
        watch::Sender::new(0).subscribe()
    }

    fn wall_clock_ms(&self) -> i64 {
        self.now.wall.as_millisecond()
    }

    fn since_boot(&self) -> Duration {
        let next_view = self.next_view.lock();
        let now = next_view.as_ref().map_or(self.now, |view| view.at);
        Duration::from_millis(now.monotonic.0.unsigned_abs())
    }

    fn unmarked_age(&self) -> Duration {
        Duration::ZERO
    }

    fn source_ages(&self) -> Vec<(String, u64)> {
        Vec::new()
    }
}
