//! For tests: a board of plain text cells, and a screen that follows the
//! contract as an independent client would.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::sync::watch;

use crate::boards::{Cell, Patch};

use super::{
    drawing::{Drawing, Ended, Redrawn},
    protocol::Position,
};

/// What stands on the wall: set by the test, drawn by the channel.
#[derive(Clone, Debug)]
pub(super) struct Wall {
    state: Arc<Mutex<State>>,
    bell: Arc<watch::Sender<u64>>,
}

#[derive(Clone, Debug, Default)]
struct State {
    cells: BTreeMap<u32, String>,
    structure: u32,
    due: Option<Duration>,
    ended: Option<Ended>,
    drawings: u32,
}

#[derive(Debug)]
struct Sheet {
    wall: Wall,
    drawn: State,
}

impl Wall {
    pub(super) fn new(cells: &[(u32, &str)]) -> Self {
        let wall = Self {
            state: Arc::default(),
            bell: Arc::new(watch::Sender::new(0)),
        };
        for (slot, text) in cells {
            wall.change(*slot, text);
        }
        wall
    }

    pub(super) fn drawing(&self) -> Box<dyn Drawing> {
        Box::new(Sheet {
            wall: self.clone(),
            drawn: State::default(),
        })
    }

    /// Changes a cell without ringing.
    pub(super) fn change(&self, slot: u32, text: &str) {
        let mut state = self.state.lock().unwrap();
        state.cells.insert(slot, text.to_owned());
    }

    pub(super) fn set(&self, slot: u32, text: &str) {
        self.change(slot, text);
        self.ring();
    }

    pub(super) fn ring(&self) {
        self.bell.send_modify(|rings| *rings += 1);
    }

    /// All cells move to slots that were never used.
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

    /// What is drawn cannot go on.
    pub(super) fn end(&self, ended: Ended) {
        self.state.lock().unwrap().ended = Some(ended);
        self.ring();
    }

    pub(super) fn drawings(&self) -> u32 {
        self.state.lock().unwrap().drawings
    }

    pub(super) fn slots(&self) -> Vec<u32> {
        self.state.lock().unwrap().cells.keys().copied().collect()
    }
}

impl Drawing for Sheet {
    fn redraw(&mut self) -> Redrawn {
        let mut state = self.wall.state.lock().unwrap();
        state.drawings += 1;
        let new = state.clone();
        drop(state);

        let is_restructured = new.structure != self.drawn.structure;
        let changed = new
            .cells
            .iter()
            .filter(|(slot, text)| is_restructured || self.drawn.cells.get(slot) != Some(text));
        let mut patch = Patch {
            cells: changed.map(as_cell).collect(),
            ..Patch::default()
        };
        let (due, ended) = (new.due, new.ended);
        self.drawn = new;
        if is_restructured {
            patch.regions.push(self.root());
        }
        let is_patch = !patch.cells.is_empty() || is_restructured;
        Redrawn {
            patch: is_patch.then_some(patch),
            due,
            ended,
        }
    }

    fn cells(&self) -> Vec<(u32, Cell)> {
        self.drawn.cells.iter().map(as_cell).collect()
    }

    fn root(&self) -> (String, String) {
        let html = serde_json::to_string(&self.drawn.cells).unwrap();
        ("root".into(), html)
    }

    fn page(&self, epoch: &str, n: u64) -> String {
        format!("{epoch} {n} {}", self.root().1)
    }

    fn bell(&self) -> watch::Receiver<u64> {
        self.wall.bell.subscribe()
    }

    fn clock(&self) -> i64 {
        1000
    }

    fn ages(&self) -> Vec<(String, u64)> {
        vec![("chat".into(), 2)]
    }
}

fn as_cell((slot, text): (&u32, &String)) -> (u32, Cell) {
    (*slot, Cell::Text(text.clone()))
}

/// A viewer that does what docs/protocol.md says and knows nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Screen {
    pub(super) epoch: String,
    pub(super) n: u64,
    pub(super) cells: BTreeMap<u32, String>,
    /// The server said that a snapshot follows.
    awaits_snapshot: bool,
}

impl Screen {
    /// Opens the page.
    pub(super) fn open(page: &[u8]) -> Self {
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

    pub(super) fn position(&self) -> Position {
        Position {
            epoch: self.epoch.clone(),
            n: self.n,
        }
    }

    /// Takes a frame. `true`: a resync is to be asked for.
    pub(super) fn take(&mut self, frame: &str) -> bool {
        let frame: Value = serde_json::from_str(frame).unwrap();
        let n = frame["n"].as_u64().unwrap_or(0);
        let is_own = frame["e"] == *self.epoch;
        match frame["t"].as_str().unwrap() {
            "hi" => {
                self.awaits_snapshot = frame["resume"] == false;
                false
            }
            "d" | "hb" if self.awaits_snapshot => true,
            "d" if is_own && n <= self.n => false,
            "d" if is_own && n == self.n + 1 => {
                self.apply(&frame);
                false
            }
            "d" => true,
            "s" => {
                self.epoch = frame["e"].as_str().unwrap().into();
                self.awaits_snapshot = false;
                self.apply(&frame);
                false
            }
            "hb" => self.n < n,
            "bye" => false,
            other => panic!("no such frame: {other}"),
        }
    }

    fn apply(&mut self, frame: &Value) {
        for region in frame["h"].as_array().into_iter().flatten() {
            self.cells = serde_json::from_str(region[1].as_str().unwrap()).unwrap();
        }
        for cell in frame["c"].as_array().unwrap() {
            let slot = u32::try_from(cell[0].as_u64().unwrap()).unwrap();
            let held = self.cells.get_mut(&slot);
            *held.expect("only slots of this structure are sent") =
                cell[1].as_str().unwrap().into();
        }
        self.n = frame["n"].as_u64().unwrap();
    }
}
