//! For tests: a board of plain text cells, and its screens.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::{sync::watch, time::Instant};

use crate::{BoardPatch, SlotValue, viewer::board_copy::BoardCopy};

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
        let mut state = self.state.lock();
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
        let mut state = self.state.lock();
        state.structure += 1;
        let first = state.structure * 1000;
        let cells = std::mem::take(&mut state.cells);
        state.cells = (first..).zip(cells.into_values()).collect();
    }

    pub(super) fn set_due(&self, due: Option<Duration>) {
        self.state.lock().due = due;
    }

    /// The board's source is alive now.
    pub(super) fn prove_alive(&self) {
        self.set_silence(Duration::ZERO);
    }

    /// The last sign of life of the board's source was a time ago.
    pub(super) fn set_silence(&self, time: Duration) {
        self.state.lock().alive_at = Some(Instant::now() - time);
    }

    /// The machine sleeps: time passes only on the clock since boot.
    pub(super) fn sleep(&self, time: Duration) {
        self.state.lock().slept += time;
    }

    /// Ends the board.
    pub(super) fn end_board(&self, end: BoardEnd) {
        self.state.lock().end = Some(end);
        self.notify_change();
    }

    pub(super) fn render_count(&self) -> u32 {
        self.state.lock().render_count
    }

    pub(super) fn slot_numbers(&self) -> Vec<u32> {
        self.state.lock().cells.keys().copied().collect()
    }
}

impl Renderer for TestRenderer {
    fn render_next(&mut self) -> RenderedUpdate {
        let mut state = self.board.state.lock();
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

    fn is_redefined(&self) -> bool {
        false
    }

    fn all_cells(&self) -> Vec<(u32, SlotValue)> {
        self.rendered.cells.iter().map(as_cell).collect()
    }

    fn render_root(&self) -> (String, String) {
        let cells = self.rendered.cells.iter();
        let cells = cells.map(|(slot, text)| format!(r#"<b data-k="{slot}">{text}</b>"#));
        let html = format!(r#"<main id="root">{}</main>"#, cells.collect::<String>());
        ("root".into(), html)
    }

    fn page_id(&self) -> &str {
        PAGE_ID
    }

    fn render_page(&self, epoch: &str, n: u64) -> String {
        let root = self.render_root().1;
        format!(r#"<body data-e="{epoch}" data-n="{n}">{root}</body>"#)
    }

    fn subscribe_changes(&self) -> watch::Receiver<u64> {
        self.board.changes.subscribe()
    }

    fn wall_clock_ms(&self) -> i64 {
        1000
    }

    fn since_boot(&self) -> Duration {
        self.board.created_at.elapsed() + self.board.state.lock().slept
    }

    fn unmarked_age(&self) -> Duration {
        let alive_at = self.board.state.lock().alive_at;
        alive_at.map_or(Duration::ZERO, |at| at.elapsed())
    }

    fn source_ages(&self) -> Vec<(String, u64)> {
        vec![("chat".into(), 2)]
    }
}

fn as_cell((slot, text): (&u32, &String)) -> (u32, SlotValue) {
    (*slot, SlotValue::Text(text.clone()))
}

/// Opens the board's page.
pub(super) fn open_page(page: &[u8]) -> BoardCopy {
    BoardCopy::load(std::str::from_utf8(page).unwrap())
}

pub(super) fn position_of(screen: &BoardCopy) -> ViewerPosition {
    ViewerPosition {
        epoch: screen.epoch.clone(),
        n: screen.n,
    }
}

/// Applies a frame. `true`: the viewer must request a resync.
pub(super) fn apply_frame(screen: &mut BoardCopy, frame: &str) -> bool {
    screen.apply_frame(&serde_json::from_str(frame).unwrap())
}
