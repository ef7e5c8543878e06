//! A board at one moment, as plain values: what is drawn once (`Frame`, labels)
//! and what changes (cells). Pure; what time alone will change is told by `due`.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{Moment, Mono, Past},
    live::Picture,
};

use super::{
    agents,
    definition::{Board, Layout, Theme},
    fold, head, queues,
    scene::Scene,
    severity::Severity,
    slots::Cell,
    totals,
};

/// A board at one moment.
#[derive(Clone, Debug)]
pub struct BoardView {
    pub frame: Frame,
    /// The leaves around the lists, in the order of `head::Head`.
    pub head: Vec<Cell>,
    pub lists: Vec<List>,
    /// Queues of the board that are not drawn.
    pub folded: Vec<Folded>,
    /// The moment of this view.
    pub at: Moment,
    /// When time alone will next change it.
    pub due: Option<Moment>,
}

/// A queue of the board without a row of its own: there are more than its pages can show.
#[derive(Clone, Debug)]
pub struct Folded {
    pub key: String,
    pub severity: Severity,
}

/// What does not change while a board is watched; if it does, all is drawn anew.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub title: String,
    pub layout: Layout,
    pub theme: Theme,
    pub columns: Option<u8>,
    pub zone: TimeZone,
    /// Some of it is simulated.
    pub demo: bool,
}

/// Rows of one kind, each in one of its groups.
#[derive(Clone, Debug)]
pub struct List {
    /// Begins the ids of its regions.
    pub id: &'static str,
    pub kind: Kind,
    pub groups: Vec<Group>,
    pub rows: Vec<Row>,
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
pub struct Group {
    pub key: &'static str,
    pub title: &'static str,
    pub glyph: &'static str,
    /// Attributes (`count`), then the count as text.
    pub cells: Vec<Cell>,
}

/// A queue, an agent or a number, in one place of a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who it is, as long as it is on the board.
    pub key: String,
    pub shape: Shape,
    /// The first is the row's own attributes: severity, place, group.
    pub cells: Vec<Cell>,
    /// The source's own time of the newest thing said here.
    pub said: Option<i64>,
}

/// What is drawn once for a row; when it differs, the row is drawn anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The "All queues" row.
    pub all: bool,
    /// Where more is said of it; empty where nothing is.
    pub href: String,
    /// Labels of its figures.
    pub labels: Vec<String>,
    /// The places of those of which is said what is normal.
    pub normals: Vec<usize>,
}

/// The board as it is to be shown at `now`.
pub fn view(board: &Board, picture: &Picture, past: &Past, now: Moment) -> BoardView {
    let mut scene = Scene::new(board, picture, now);
    let chosen = scene.chosen_queues();
    let over = scene.over(&chosen);
    scene.day_mark = scene.mark_of(&over);
    let queues: Vec<_> = chosen.iter().map(|queue| scene.judge(queue)).collect();

    let mut lists = Vec::new();
    if !board.totals.is_empty() {
        lists.push(totals::list(&mut scene, &over));
    }
    let (drawn, folded) = match board.layout {
        Layout::Agents => (Vec::new(), Vec::new()),
        Layout::Queues | Layout::List => fold::fold(&queues),
    };
    let (list, words) = match board.layout {
        Layout::Queues => (
            queues::tiles(&mut scene, past, &drawn),
            fold::words(&folded),
        ),
        Layout::List => (
            queues::table(&mut scene, &over, &drawn),
            fold::words(&folded),
        ),
        Layout::Agents => agents::cards(&mut scene),
    };
    let head = head::cells(&mut scene, &over, &queues, &list, words);
    lists.push(list);

    BoardView {
        frame: Frame {
            title: board.title.clone(),
            layout: board.layout,
            theme: board.theme,
            columns: board.columns,
            zone: picture.site.zone.clone(),
            demo: picture.sources.values().any(|source| source.demo),
        },
        head,
        lists,
        folded: fold::rows(&folded),
        at: now,
        due: scene.due(),
    }
}

/// The earliest of what was noted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Due(Option<Mono>);

impl Due {
    pub(super) fn note(&mut self, at: Mono) {
        self.0 = Some(self.0.map_or(at, |due| due.min(at)));
    }

    pub(super) fn moment(self, now: Moment) -> Option<Moment> {
        self.0.map(|at| now.plus(at.since(now.mono).max(1)))
    }
}

/// A clock of the page that runs by itself.
pub(super) fn running(since: Timestamp) -> Cell {
    Cell::Clock {
        since: Some(since.as_millisecond()),
        text: String::new(),
    }
}

/// A clock that stands.
pub(super) fn standing(text: String) -> Cell {
    Cell::Clock { since: None, text }
}
