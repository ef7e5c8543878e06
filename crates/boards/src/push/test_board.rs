//! For tests: a board of plain text cells, and a screen that implements the protocol
//! independently.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{sync::watch, time::Instant};

use crate::{BoardPatch, SlotValue};

use super::{
    protocol::ViewerPosition,
    renderer::{BoardEnd, RenderedUpdate, Renderer},
};

pub(super) const PAGE_ID: &str = "p7";

/// The board's content, set by the test and rendered by the publisher.
#[derive(Clone, Debug)]
pub(super) struct TestBoard {
    state: Arc<Mutex<TestBoardState>>,
    changes: Arc<watch::Sender<u64>>,
    created_at: Instant,
}

#[derive(Clone, Debug, Default)]
struct TestBoardState {
    cells: BTreeMap<u32, String>,
    structure: u32,
    due: Option<Duration>,
    end: Option<BoardEnd>,
    alive_at: Option<Instant>,
    slept: Duration,
    render_count: u32,
}

#[derive(Debug)]
struct TestRenderer {
    board: TestBoard,
    rendered: TestBoardState,
}

impl TestBoard {
    pub(super) fn new(cells: &[(u32, &str)]) -> Self {
        let board = Self {
            state: Arc::default(),
            changes: Arc::new(watch::Sender::new(0)),
            created_at: Instant::now(),
        };
        for (slot, text) in cells {
            board.change_cell(*slot, text);
        }
        board
    }

    pub(super) fn renderer(&self) -> Box<dyn Renderer> {
        Box::new(TestRenderer {
            board: self.clone(),
            rendered: TestBoardState::default(),
        })
    }

    /// Changes a cell without a notification.
    pub(super) fn change_cell(&self, slot: u32, text: &str) {
        let mut state = self.state.lock().unwrap();
        state.cells.insert(slot, text.to_owned());
    }

    pub(super) fn set_cell(&self, slot: u32, text: &str) {
        self.change_cell(slot, text);
        self.notify_change();
    }

    pub(super) fn notify_change(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Moves all cells to slots that were never used.
    pub(super) fn restructure(&self) {
        let mut state = self.state.lock().unwrap();
        state.structure += 1;
        let first = state.structure * 1000;
        let cells = std::mem::take(&mut state.cells);
        state.cells = (first..).zip(cells.into_values()).collect();
    }

    pub(super) fn set_due(&self, due: Option<Duration>) {
        self.state.lock().unwrap().due = due;
    }

    /// The board's source is alive now.
    pub(super) fn prove_alive(&self) {
        self.set_silence(Duration::ZERO);
    }

    /// The last sign of life of the board's source was a time ago.
    pub(super) fn set_silence(&self, time: Duration) {
        self.state.lock().unwrap().alive_at = Some(Instant::now() - time);
    }

    /// The machine sleeps: time passes only on the clock since boot.
    pub(super) fn sleep(&self, time: Duration) {
        self.state.lock().unwrap().slept += time;
    }

    /// Ends the board.
    pub(super) fn end_board(&self, end: BoardEnd) {
        self.state.lock().unwrap().end = Some(end);
        self.notify_change();
    }

    pub(super) fn render_count(&self) -> u32 {
        self.state.lock().unwrap().render_count
    }

    pub(super) fn slot_numbers(&self) -> Vec<u32> {
        self.state.lock().unwrap().cells.keys().copied().collect()
    }
}

impl Renderer for TestRenderer {
    fn render_next(&mut self) -> RenderedUpdate {
        let mut state = self.board.state.lock().unwrap();
        state.render_count += 1;
        let new = state.clone();
        drop(state);

        let is_restructured = new.structure != self.rendered.structure;
        let changed = new
            .cells
            .iter()
            .filter(|(slot, text)| !is_restructured && self.rendered.cells.get(slot) != Some(text));
        let mut patch = BoardPatch {
            cells: changed.map(as_cell).collect(),
            ..BoardPatch::default()
        };
        let (due, end) = (new.due, new.end);
        self.rendered = new;
        if is_restructured {
            patch.regions.push(self.render_root());
        }
        let is_patch = !patch.cells.is_empty() || is_restructured;
        RenderedUpdate {
            patch: is_patch.then_some(patch),
            due,
            end,
        }
    }

    fn all_cells(&self) -> Vec<(u32, SlotValue)> {
        self.rendered.cells.iter().map(as_cell).collect()
    }

    fn render_root(&self) -> (String, String) {
        let html = serde_json::to_string(&self.rendered.cells).unwrap();
        ("root".into(), html)
    }

    fn page_id(&self) -> &str {
        PAGE_ID
    }

    fn render_page(&self, epoch: &str, n: u64) -> String {
        format!("{epoch} {n} {}", self.render_root().1)
    }

    fn subscribe_changes(&self) -> watch::Receiver<u64> {
        self.board.changes.subscribe()
    }

    fn wall_clock_ms(&self) -> i64 {
        1000
    }

    fn since_boot(&self) -> Duration {
        self.board.created_at.elapsed() + self.board.state.lock().unwrap().slept
    }

    fn unmarked_age(&self) -> Duration {
        let alive_at = self.board.state.lock().unwrap().alive_at;
        alive_at.map_or(Duration::ZERO, |at| at.elapsed())
    }

    fn source_ages(&self) -> Vec<(String, u64)> {
        vec![("chat".into(), 2)]
    }
}

fn as_cell((slot, text): (&u32, &String)) -> (u32, SlotValue) {
    (*slot, SlotValue::Text(text.clone()))
}

/// A viewer that implements docs/reference/protocol.md and knows nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TestScreen {
    pub(super) epoch: String,
    pub(super) n: u64,
    pub(super) cells: BTreeMap<u32, String>,
    /// The server announced a snapshot.
    pub(super) awaits_snapshot: bool,
}

impl TestScreen {
    /// Opens the page.
    pub(super) fn open_page(page: &[u8]) -> Self {
        let page = std::str::from_utf8(page).unwrap();
        let mut parts = page.splitn(3, ' ');
        let mut part = || parts.next().unwrap();
        Self {
            epoch: part().into(),
            n: part().parse().unwrap(),
            cells: serde_json::from_str(part()).unwrap(),
            awaits_snapshot: false,
        }
    }

    pub(super) fn position(&self) -> ViewerPosition {
        ViewerPosition {
            epoch: self.epoch.clone(),
            n: self.n,
        }
    }

    /// Applies a frame. `true`: the viewer must request a resync.
    pub(super) fn apply_frame(&mut self, frame: &str) -> bool {
        let frame: Value = serde_json::from_str(frame).unwrap();
        let n = frame["n"].as_u64().unwrap_or(0);
        let is_same_epoch = frame["e"] == *self.epoch;
        match frame["t"].as_str().unwrap() {
            "hi" => {
                self.awaits_snapshot = frame["resume"] == false;
                false
            }
            "d" | "hb" if self.awaits_snapshot => true,
            "d" if is_same_epoch && n <= self.n => false,
            "d" if is_same_epoch && n == self.n + 1 => {
                self.apply_changes(&frame);
                false
            }
            "d" => true,
            "s" => {
                self.epoch = frame["e"].as_str().unwrap().into();
                self.awaits_snapshot = false;
                self.apply_changes(&frame);
                false
            }
            "hb" => self.n < n,
            "bye" => false,
            other => panic!("no such frame: {other}"),
        }
    }

    fn apply_changes(&mut self, frame: &Value) {
        for region in frame["h"].as_array().into_iter().flatten() {
            self.cells = serde_json::from_str(region[1].as_str().unwrap()).unwrap();
        }
        for cell in frame["c"].as_array().unwrap() {
            let slot = u32::try_from(cell[0].as_u64().unwrap()).unwrap();
            let cell_text = self.cells.get_mut(&slot);
            *cell_text.expect("the server sends only slots of this structure") =
                cell[1].as_str().unwrap().into();
        }
        self.n = frame["n"].as_u64().unwrap();
    }
}
