//! Slots: the numbered leaves of a view that change, and the places of its rows.
//!
//! A row keeps its place and its slots while it is on the board; moving is a
//! value of its first slot. A slot number is never used twice.

use std::collections::HashMap;

use crate::domain::Moment;

use super::{
    html,
    view::{BoardView, Frame, Group, Kind, List, Row},
};

/// The value of one slot, as a viewer applies it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    /// A running clock by its start (milliseconds since 1970 on our wall clock;
    /// its text is then empty), or a stopped one by its text.
    Clock {
        since: Option<i64>,
        text: String,
    },
    /// Attributes of an element: severity, a row's place.
    Attrs(Vec<(&'static str, Attr)>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Attr {
    Text(String),
    Number(i64),
}

impl From<&str> for Attr {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What changed from one published view to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    pub cells: Vec<(u32, Cell)>,
    /// Region id and its new HTML, with new slot numbers; applied before `cells`.
    /// The HTML is the region's element itself and takes its place.
    pub regions: Vec<(String, String)>,
    /// The source's own time of the oldest change folded in, milliseconds since 1970.
    pub oldest: Option<i64>,
}

impl Patch {
    fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.regions.is_empty()
    }

    fn changed_row(&mut self, row: &Row) {
        self.oldest = match (self.oldest, row.said) {
            (Some(old), Some(said)) => Some(old.min(said)),
            (old, said) => old.or(said),
        };
    }
}

/// A board being watched: its published view with its slots.
#[derive(Debug, Default)]
pub struct Slots {
    pub(super) drawn: Option<Drawn>,
    next: u32,
}

/// The published view.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) frame: Frame,
    pub(super) at: Moment,
    pub(super) head: Leaves,
    pub(super) lists: Vec<Places>,
}

/// Cells in neighbouring slots, from `first` on.
#[derive(Debug)]
pub(super) struct Leaves {
    pub(super) first: u32,
    pub(super) cells: Vec<Cell>,
}

/// A list and the places of its rows; an empty place waits for a newcomer.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) id: &'static str,
    pub(super) kind: Kind,
    pub(super) groups: Vec<(Group, u32)>,
    pub(super) held: Vec<Option<Placed>>,
}

/// A row in its place.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) first: u32,
    pub(super) row: Row,
}

impl Slots {
    /// Publishes `view` and says what it changed. `None`: nothing.
    pub fn advance(&mut self, view: BoardView) -> Option<Patch> {
        let mut patch = Patch::default();
        match &mut self.drawn {
            Some(drawn) if drawn.has_the_structure_of(&view) => {
                drawn.at = view.at;
                diff(
                    drawn.head.first,
                    &mut drawn.head.cells,
                    view.head,
                    &mut patch,
                );
                for (places, list) in drawn.lists.iter_mut().zip(view.lists) {
                    places.advance(list, view.at, &drawn.frame, &mut self.next, &mut patch);
                }
            }
            _ => {
                self.drawn = Some(Drawn::new(view, &mut self.next));
                patch.cells = self.cells();
                patch.regions = vec![self.root()];
            }
        }
        (!patch.is_empty()).then_some(patch)
    }

    /// Every slot and its value.
    pub fn cells(&self) -> Vec<(u32, Cell)> {
        let mut all = Vec::new();
        let Some(drawn) = &self.drawn else {
            return all;
        };
        let mut add = |first: u32, cells: &[Cell]| all.extend((first..).zip(cells.iter().cloned()));
        add(drawn.head.first, &drawn.head.cells);
        for list in &drawn.lists {
            for (group, first) in &list.groups {
                add(*first, &group.cells);
            }
            for placed in list.held.iter().flatten() {
                add(placed.first, &placed.row.cells);
            }
        }
        all
    }

    /// The region that holds all others, and its HTML.
    pub fn root(&self) -> (String, String) {
        (html::ROOT.to_owned(), html::root(self.drawn.as_ref()))
    }
}

impl Drawn {
    fn new(view: BoardView, next: &mut u32) -> Self {
        Self {
            frame: view.frame,
            at: view.at,
            head: Leaves {
                first: take(next, view.head.len()),
                cells: view.head,
            },
            lists: view
                .lists
                .into_iter()
                .map(|list| Places::new(list, next))
                .collect(),
        }
    }

    fn has_the_structure_of(&self, view: &BoardView) -> bool {
        self.frame == view.frame
            && self.head.cells.len() == view.head.len()
            && self.lists.len() == view.lists.len()
            && self.lists.iter().zip(&view.lists).all(|(mine, list)| {
                mine.id == list.id
                    && mine.kind == list.kind
                    && mine.groups.len() == list.groups.len()
                    && (mine.groups.iter().zip(&list.groups)).all(|(a, b)| a.0.key == b.key)
            })
    }
}

impl Places {
    fn new(list: List, next: &mut u32) -> Self {
        let groups = list.groups.into_iter();
        let groups = groups.map(|group| {
            let first = take(next, group.cells.len());
            (group, first)
        });
        let groups = groups.collect();
        let mut places: Vec<_> = (list.rows.into_iter())
            .map(|row| Some(Placed::new(row, next)))
            .collect();
        let spare = places.len() / 4 + 2;
        places.resize_with(places.len() + spare, || None);
        Self {
            id: list.id,
            kind: list.kind,
            groups,
            held: places,
        }
    }

    fn advance(
        &mut self,
        list: List,
        at: Moment,
        frame: &Frame,
        next: &mut u32,
        patch: &mut Patch,
    ) {
        for ((mine, first), group) in self.groups.iter_mut().zip(list.groups) {
            diff(*first, &mut mine.cells, group.cells, patch);
        }

        let mut coming: HashMap<String, Row> = HashMap::with_capacity(list.rows.len());
        let mut order = Vec::with_capacity(list.rows.len());
        for row in list.rows {
            order.push(row.key.clone());
            coming.insert(row.key.clone(), row);
        }
        // Places whose element is drawn anew.
        let mut redrawn = Vec::new();
        for (place, held) in self.held.iter_mut().enumerate() {
            let Some(placed) = held else { continue };
            match coming.remove(&placed.row.key) {
                None => {
                    *held = None;
                    redrawn.push(place);
                }
                Some(row) if row.shape == placed.row.shape => placed.advance(row, patch),
                Some(row) => {
                    *placed = Placed::new(row, next);
                    redrawn.push(place);
                }
            }
        }

        let newcomers: Vec<Row> = (order.iter())
            .filter_map(|key| coming.remove(key))
            .collect();
        let empty = self.held.iter().filter(|place| place.is_none()).count();
        let crowded = empty < newcomers.len();
        if crowded {
            let room = (self.held.len() * 2).max(self.held.len() - empty + newcomers.len());
            self.held.resize_with(room, || None);
        }
        let mut newcomers = newcomers.into_iter();
        for (place, held) in self.held.iter_mut().enumerate() {
            if held.is_none()
                && let Some(row) = newcomers.next()
            {
                *held = Some(Placed::new(row, next));
                redrawn.push(place);
            }
        }
        redrawn.sort_unstable();
        redrawn.dedup();

        for place in &redrawn {
            if let Some(placed) = &self.held[*place] {
                (patch.cells).extend((placed.first..).zip(placed.row.cells.iter().cloned()));
                patch.changed_row(&placed.row);
            }
        }
        if crowded {
            patch
                .regions
                .push((self.id.to_owned(), html::list(self, frame, at)));
        } else {
            for place in redrawn {
                let html = html::place(self, place, at);
                patch.regions.push((html::place_id(self.id, place), html));
            }
        }
    }
}

impl Placed {
    fn new(row: Row, next: &mut u32) -> Self {
        Self {
            first: take(next, row.cells.len()),
            row,
        }
    }

    fn advance(&mut self, row: Row, patch: &mut Patch) {
        let before = patch.cells.len();
        diff(self.first, &mut self.row.cells, row.cells, patch);
        self.row.said = row.said;
        if before < patch.cells.len() {
            patch.changed_row(&self.row);
        }
    }
}

/// Takes `count` slot numbers that were never used.
fn take(next: &mut u32, count: usize) -> u32 {
    let first = *next + 1;
    *next += u32::try_from(count).expect("a board has fewer leaves than there are numbers");
    first
}

fn diff(first: u32, mine: &mut [Cell], theirs: Vec<Cell>, patch: &mut Patch) {
    debug_assert_eq!(mine.len(), theirs.len(), "one shape, one number of cells");
    for ((slot, mine), theirs) in (first..).zip(mine).zip(theirs) {
        if *mine != theirs {
            patch.cells.push((slot, theirs.clone()));
            *mine = theirs;
        }
    }
}
