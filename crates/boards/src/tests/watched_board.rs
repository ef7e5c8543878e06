//! A board over a simulated contact center, and its screens: when it is published, and what the
//! screens show of it.

use serde_json::Value;

use crate::{
    BoardDefinition, BoardLayout, BoardView,
    push::simulated_screens::{ScreenPace, SimulatedScreens},
    render_view,
};
use wallboard_domain::{Baseline, Moment};

use wallboard_live::testing::LiveScenario;

/// The cells of a row from its attributes on: its name, the note on it, and the first figure, which
/// is how many wait.
const NAME: u64 = 1;
const NOTE: u64 = 2;
const WAITING: u64 = 4;

pub(super) struct WatchedBoard {
    board: BoardDefinition,
    screens: SimulatedScreens,
    /// When time alone changes the board next.
    due: Option<Moment>,
}

impl WatchedBoard {
    pub(super) fn open(layout: BoardLayout, scenario: &mut LiveScenario) -> Self {
        let board = BoardDefinition::new("b", "B", layout);
        let view = render(&board, scenario);
        Self {
            due: view.next_change,
            screens: SimulatedScreens::open(view),
            board,
        }
    }

    /// Serves the screens from a new process.
    pub(super) fn restart(&mut self, scenario: &mut LiveScenario) {
        let view = render(&self.board, scenario);
        self.due = view.next_change;
        self.screens.restart(view);
    }

    /// Publishes what has changed, which must have been announced.
    pub(super) fn publish(&mut self, scenario: &mut LiveScenario) {
        let now = scenario.now.monotonic;
        let is_due = self.due.is_some_and(|due| due.monotonic <= now);
        let is_announced = is_due || scenario.has_changed;
        let view = render(&self.board, scenario);
        self.due = view.next_change;
        let frame = self.screens.publish(view);
        let is_unnoticed = frame.as_ref().is_some_and(has_news) && !is_announced;
        assert!(!is_unnoticed, "nobody was notified of {frame:?}");
    }

    pub(super) fn serve_slow(&mut self, pace: ScreenPace) {
        self.screens.serve_slow(pace);
    }

    /// Returns how many wait in a queue, as text, and whether that is marked as unknown or out of
    /// date. `None` if the board has no row of it.
    pub(super) fn waiting(&self, queue: &str) -> Option<(String, bool)> {
        let slots = self.screens.slots();
        let rows = slots.iter();
        let rows = rows.filter(|(_, shown)| shown.attributes.contains_key("data-pos"));
        let mut rows = rows.map(|(row, _)| *row);
        let row = rows.find(|row| slots[&(row + NAME)].text == queue)?;
        let text = |place: u64| slots[&(row + place)].text.as_str();
        let waiting = text(WAITING);
        let is_gray = slots[&row].attributes["data-sev"] == "stale";
        let is_reconnecting = text(NOTE).starts_with("Reconnecting");
        let is_marked = is_gray || is_reconnecting || waiting == "–";
        Some((waiting.to_owned(), is_marked))
    }
}

/// Whether a frame has more than lower bounds, which rise with time: an earlier one stays true.
fn has_news(frame: &Value) -> bool {
    let cells = frame["c"].as_array().unwrap().iter();
    let mut texts = cells.map(|cell| cell[1]["text"].as_str().unwrap_or_default());
    frame.get("h").is_some() || texts.any(|text| !text.starts_with('≥'))
}

/// Renders the board. From now on, only later changes are news.
fn render(board: &BoardDefinition, scenario: &mut LiveScenario) -> BoardView {
    scenario.has_changed = false;
    let snapshot = scenario.state.snapshot();
    render_view(board, snapshot, &Baseline::default(), scenario.now)
}
