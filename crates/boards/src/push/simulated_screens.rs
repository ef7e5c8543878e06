//! For tests: the screens of one board in virtual time, over the real frames. One keeps up with the
//! board; a slow one skips any number of frames.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::sync::watch;

use crate::{
    BoardSlots, BoardView, SlotValue,
    converging_viewer::{ConvergingViewer, ShownSlot},
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
    prompt: Screen,
    slow: Screen,
}

/// A screen that follows docs/reference/protocol.md and knows nothing else.
#[derive(Clone, Debug, Default)]
struct Screen {
    position: Option<ViewerPosition>,
    viewer: ConvergingViewer,
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
        screens.prompt.reconnect(&mut screens.published);
        screens.slow.reconnect(&mut screens.published);
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
            prompt: Screen::default(),
            slow: Screen::default(),
        }
    }

    /// Begins again as a new process does. The slow screen doesn't notice before it reads.
    pub(crate) fn restart(&mut self, view: BoardView) {
        let mut restarted = Self::start(view, self.restarts + 1);
        restarted.prompt = self.prompt.clone();
        restarted.slow = self.slow.clone();
        restarted.prompt.reconnect(&mut restarted.published);
        *self = restarted;
    }

    /// Publishes a view to the screen that keeps up. Returns the frame, if anything had changed.
    pub(crate) fn publish(&mut self, view: BoardView) -> Option<Value> {
        *self.next_view.lock().unwrap() = Some(view);
        self.published.publish_next().unwrap();
        self.prompt.read(&mut self.published).pop()
    }

    /// Lets the slow screen do something. Once it has read, both screens show what a page does that
    /// is opened now.
    pub(crate) fn serve_slow(&mut self, pace: ScreenPace) {
        let epoch = |screen: &Screen| screen.position.as_ref().map(|p| p.epoch.clone());
        let is_connected = epoch(&self.slow) == epoch(&self.prompt);
        match pace {
            ScreenPace::Stalls => return,
            ScreenPace::Reads if is_connected => {
                self.slow.read(&mut self.published);
            }
            ScreenPace::Reads | ScreenPace::Reconnects => {
                self.slow.reconnect(&mut self.published);
            }
        }
        let mut fresh = Screen::default();
        fresh.reconnect(&mut self.published);
        self.slow.assert_shows(&fresh);
        self.prompt.assert_shows(&fresh);
    }

    /// The slots of the screen that keeps up.
    pub(crate) fn slots(&self) -> &BTreeMap<u32, ShownSlot> {
        self.prompt.viewer.slots()
    }
}

impl Screen {
    /// Reads the frames that it lacks over its connection.
    fn read(&mut self, published: &mut PublishedView) -> Vec<Value> {
        let n = self.position.as_ref().unwrap().n;
        self.apply_all(&published.catch_up_after(n))
    }

    /// Connects with its position, if it has one.
    fn reconnect(&mut self, published: &mut PublishedView) {
        self.apply_all(&published.catch_up_from(self.position.as_ref()));
    }

    fn apply_all(&mut self, catch_up: &CatchUp) -> Vec<Value> {
        let frames = catch_up.frames.iter();
        let frames = frames.map(|frame| serde_json::from_str(frame).unwrap());
        let frames: Vec<Value> = frames.collect();
        for frame in &frames {
            self.apply_frame(frame);
        }
        let n = self.position.as_ref().map(|position| position.n);
        assert_eq!(n, Some(catch_up.n), "the newest state is read");
        frames
    }

    fn apply_frame(&mut self, frame: &Value) {
        let position = ViewerPosition {
            epoch: frame["e"].as_str().unwrap().to_owned(),
            n: frame["n"].as_u64().unwrap(),
        };
        let is_same_server = (self.position.as_ref()).is_some_and(|p| p.epoch == position.epoch);
        match frame["t"].as_str().unwrap() {
            "d" => {
                let next = self.position.as_ref().map(|position| position.n + 1);
                assert!(is_same_server && next == Some(position.n), "a gap: {frame}");
            }
            "s" if is_same_server => {}
            "s" => self.viewer = ConvergingViewer::default(),
            other => panic!("no such frame: {other}"),
        }
        self.position = Some(position);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let regions = frame["h"].as_array().into_iter().flatten();
        let regions = regions.map(|region| (text(&region[0]), text(&region[1])));
        let cells = frame["c"].as_array().unwrap().iter();
        let cells = cells.map(|cell| (slot_number(&cell[0]), cell[1].clone()));
        self.viewer.apply_changes(regions, cells);
    }

    fn assert_shows(&self, other: &Self) {
        assert_eq!(self.position, other.position);
        assert_eq!(self.viewer.slots(), other.viewer.slots());
    }
}

fn slot_number(number: &Value) -> u32 {
    number.as_u64().unwrap().try_into().unwrap()
}

impl Renderer for ViewRenderer {
    fn render_next(&mut self) -> RenderedUpdate {
        let view = self.next_view.lock().unwrap().take().unwrap();
        self.now = view.at;
        RenderedUpdate {
            patch: self.slots.apply_view(view),
            ..RenderedUpdate::default()
        }
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
        let next_view = self.next_view.lock().unwrap();
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
