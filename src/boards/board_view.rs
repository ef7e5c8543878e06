//! A board at one moment, as plain values: what is drawn once (`Frame`, labels)
//! and what changes (cells). Pure; what time alone will change is told by `due`.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{Baseline, Moment, MonotonicTime},
    live::Snapshot,
};

use super::{
    agent_cards,
    board_definition::{BoardDefinition, BoardLayout, BoardTheme},
    board_header,
    board_slots::SlotValue,
    queue_list,
    render_context::RenderContext,
    row_limit,
    severity::Severity,
    totals,
};

/// A board at one moment.
#[derive(Clone, Debug)]
pub struct BoardView {
    pub frame: BoardFrame,
    /// The leaves around the lists, in the order of `head::Head`.
    pub head: Vec<SlotValue>,
    pub lists: Vec<RowList>,
    /// Queues of the board that are not drawn.
    pub omitted: Vec<OmittedQueue>,
    /// The moment of this view.
    pub at: Moment,
    /// When time alone will next change it.
    pub next_change: Option<Moment>,
}

/// A queue of the board without a row of its own: there are more than its pages can show.
#[derive(Clone, Debug)]
pub struct OmittedQueue {
    pub key: String,
    pub severity: Severity,
}

/// What does not change while a board is watched; if it does, all is drawn anew.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardFrame {
    pub title: String,
    pub layout: BoardLayout,
    pub theme: BoardTheme,
    pub columns: Option<u8>,
    pub zone: TimeZone,
    /// Some of it is simulated.
    pub demo: bool,
}

/// Rows of one kind, each in one of its groups.
#[derive(Clone, Debug)]
pub struct RowList {
    /// Begins the ids of its regions.
    pub id: &'static str,
    pub kind: Kind,
    pub groups: Vec<BoardGroup>,
    pub rows: Vec<BoardRow>,
}

/// How the rows of a list are drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Totals,
    Tiles,
    /// With the headings of its columns.
    Table(Vec<String>),
    Cards,
}

/// A heading with rows below it.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardGroup {
    pub key: &'static str,
    pub title: &'static str,
    pub glyph: &'static str,
    /// Attributes (`count`), then the count as text.
    pub cells: Vec<SlotValue>,
}

/// A queue, an agent or a number, in one place of a list.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// Who it is, as long as it is on the board.
    pub key: String,
    pub shape: RowShape,
    /// The first is the row's own attributes: severity, place, group.
    pub cells: Vec<SlotValue>,
    /// The source's own time of the newest thing said here.
    pub reported_at: Option<i64>,
}

/// What is drawn once for a row; when it differs, the row is drawn anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowShape {
    /// The "All queues" row.
    pub is_all_queues: bool,
    /// Where more is said of it; empty where nothing is.
    pub href: String,
    /// Labels of its figures.
    pub labels: Vec<String>,
    /// The places of those of which is said what is normal.
    pub baseline_places: Vec<usize>,
}

/// The board as it is to be shown at `now`.
pub fn render_view(
    board: &BoardDefinition,
    picture: &Snapshot,
    past: &Baseline,
    now: Moment,
) -> BoardView {
    let mut scene = RenderContext::new(board, picture, now);
    let chosen = scene.selected_queues();
    let over = scene.queue_selection(&chosen);
    scene.day_note = scene.selection_day_note(&over);
    let queues: Vec<_> = chosen
        .iter()
        .map(|queue| scene.evaluate_queue(queue))
        .collect();

    let mut lists = Vec::new();
    if !board.totals.is_empty() {
        lists.push(totals::build_totals(&mut scene, &over));
    }
    let (drawn, folded) = match board.layout {
        BoardLayout::Agents => (Vec::new(), Vec::new()),
        BoardLayout::Queues | BoardLayout::List => row_limit::split_rows(&queues),
    };
    let (list, words) = match board.layout {
        BoardLayout::Queues => (
            queue_list::build_tiles(&mut scene, past, &drawn),
            row_limit::format_omitted(&folded),
        ),
        BoardLayout::List => (
            queue_list::build_table(&mut scene, &over, &drawn),
            row_limit::format_omitted(&folded),
        ),
        BoardLayout::Agents => agent_cards::build_cards(&mut scene),
    };
    let head = board_header::header_cells(&mut scene, &over, &queues, &list, words);
    lists.push(list);

    BoardView {
        frame: BoardFrame {
            title: board.title.clone(),
            layout: board.layout,
            theme: board.theme,
            columns: board.columns,
            zone: picture.site.zone.clone(),
            demo: picture.sources.values().any(|source| source.demo),
        },
        head,
        lists,
        omitted: row_limit::omitted_queues(&folded),
        at: now,
        next_change: scene.next_change(),
    }
}

/// The earliest of what was noted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NextChange(Option<MonotonicTime>);

impl NextChange {
    pub(super) fn note_earliest(&mut self, at: MonotonicTime) {
        self.0 = Some(self.0.map_or(at, |due| due.min(at)));
    }

    pub(super) fn to_moment(self, now: Moment) -> Option<Moment> {
        self.0
            .map(|at| now.plus_millis(at.millis_since(now.monotonic).max(1)))
    }
}

/// A clock of the page that runs by itself.
pub(super) fn running_clock(since: Timestamp) -> SlotValue {
    SlotValue::Clock {
        since: Some(since.as_millisecond()),
        text: String::new(),
    }
}

/// A clock that stands.
pub(super) fn stopped_clock(text: String) -> SlotValue {
    SlotValue::Clock { since: None, text }
}
