//! Slots: the numbered leaves of a view that change, and the places of its rows.
//!
//! A row keeps its place and its slots while it is on the board; moving is a
//! value of its first slot. A slot number is never used twice.

use std::collections::HashMap;

use crate::domain::Moment;

use super::{
    board_view::{BoardFrame, BoardGroup, BoardRow, BoardView, Kind, RowList},
    html,
};

/// The value of one slot, as a viewer applies it.
#[derive(Clone, Debug, PartialEq)]
pub enum SlotValue {
    Text(String),
    /// A running clock by its start (milliseconds since 1970 on our wall clock;
    /// its text is then empty), or a stopped one by its text.
    Clock {
        since: Option<i64>,
        text: String,
    },
    /// Attributes of an element: severity, a row's place.
    Attributes(Vec<(&'static str, AttributeValue)>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    Text(String),
    Number(i64),
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What changed from one published view to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoardPatch {
    pub cells: Vec<(u32, SlotValue)>,
    /// Region id and its new HTML, with new slot numbers; applied before `cells`.
    /// The HTML is the region's element itself and takes its place.
    pub regions: Vec<(String, String)>,
    /// The source's own time of the oldest change folded in, milliseconds since 1970.
    pub oldest_report: Option<i64>,
}

impl BoardPatch {
    fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.regions.is_empty()
    }

    fn record_row(&mut self, row: &BoardRow) {
        self.oldest_report = match (self.oldest_report, row.reported_at) {
            (Some(old), Some(said)) => Some(old.min(said)),
            (old, said) => old.or(said),
        };
    }
}

/// A board being watched: its published view with its slots.
#[derive(Debug, Default)]
pub struct BoardSlots {
    pub(super) view: Option<SlottedView>,
    last_slot: u32,
}

/// The published view.
#[derive(Debug)]
pub(super) struct SlottedView {
    pub(super) frame: BoardFrame,
    pub(super) at: Moment,
    pub(super) head: SlotRange,
    pub(super) lists: Vec<ListPlaces>,
}

/// Cells in neighbouring slots, from `first` on.
#[derive(Debug)]
pub(super) struct SlotRange {
    pub(super) first: u32,
    pub(super) cells: Vec<SlotValue>,
}

/// A list and the places of its rows; an empty place waits for a newcomer.
#[derive(Debug)]
pub(super) struct ListPlaces {
    pub(super) id: &'static str,
    pub(super) kind: Kind,
    pub(super) groups: Vec<(BoardGroup, u32)>,
    pub(super) rows: Vec<Option<PlacedRow>>,
}

/// A row in its place.
#[derive(Debug)]
pub(super) struct PlacedRow {
    pub(super) first: u32,
    pub(super) row: BoardRow,
}

impl BoardSlots {
    /// Publishes `view` and says what it changed. `None`: nothing.
    pub fn apply_view(&mut self, view: BoardView) -> Option<BoardPatch> {
        let mut patch = BoardPatch::default();
        match &mut self.view {
            Some(drawn) if drawn.has_structure_of(&view) => {
                drawn.at = view.at;
                diff_cells(
                    drawn.head.first,
                    &mut drawn.head.cells,
                    view.head,
                    &mut patch,
                );
                for (places, list) in drawn.lists.iter_mut().zip(view.lists) {
                    places.update_rows(
                        list,
                        view.at,
                        &drawn.frame,
                        &mut self.last_slot,
                        &mut patch,
                    );
                }
            }
            _ => {
                self.view = Some(SlottedView::new(view, &mut self.last_slot));
                patch.cells = self.all_cells();
                patch.regions = vec![self.root_region()];
            }
        }
        (!patch.is_empty()).then_some(patch)
    }

    /// Every slot and its value.
    pub fn all_cells(&self) -> Vec<(u32, SlotValue)> {
        let mut all = Vec::new();
        let Some(drawn) = &self.view else {
            return all;
        };
        let mut add =
            |first: u32, cells: &[SlotValue]| all.extend((first..).zip(cells.iter().cloned()));
        add(drawn.head.first, &drawn.head.cells);
        for list in &drawn.lists {
            for (group, first) in &list.groups {
                add(*first, &group.cells);
            }
            for placed in list.rows.iter().flatten() {
                add(placed.first, &placed.row.cells);
            }
        }
        all
    }

    /// The region that holds all others, and its HTML.
    pub fn root_region(&self) -> (String, String) {
        (
            html::ROOT_REGION.to_owned(),
            html::render_root(self.view.as_ref()),
        )
    }
}

impl SlottedView {
    fn new(view: BoardView, next: &mut u32) -> Self {
        Self {
            frame: view.frame,
            at: view.at,
            head: SlotRange {
                first: allocate_slots(next, view.head.len()),
                cells: view.head,
            },
            lists: view
                .lists
                .into_iter()
                .map(|list| ListPlaces::new(list, next))
                .collect(),
        }
    }

    fn has_structure_of(&self, view: &BoardView) -> bool {
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

impl ListPlaces {
    fn new(list: RowList, next: &mut u32) -> Self {
        let groups = list.groups.into_iter();
        let groups = groups.map(|group| {
            let first = allocate_slots(next, group.cells.len());
            (group, first)
        });
        let groups = groups.collect();
        let mut places: Vec<_> = (list.rows.into_iter())
            .map(|row| Some(PlacedRow::new(row, next)))
            .collect();
        let spare = places.len() / 4 + 2;
        places.resize_with(places.len() + spare, || None);
        Self {
            id: list.id,
            kind: list.kind,
            groups,
            rows: places,
        }
    }

    fn update_rows(
        &mut self,
        list: RowList,
        at: Moment,
        frame: &BoardFrame,
        next: &mut u32,
        patch: &mut BoardPatch,
    ) {
        for ((mine, first), group) in self.groups.iter_mut().zip(list.groups) {
            diff_cells(*first, &mut mine.cells, group.cells, patch);
        }

        let mut coming: HashMap<String, BoardRow> = HashMap::with_capacity(list.rows.len());
        let mut order = Vec::with_capacity(list.rows.len());
        for row in list.rows {
            order.push(row.key.clone());
            coming.insert(row.key.clone(), row);
        }
        // Places whose element is drawn anew.
        let mut redrawn = Vec::new();
        for (place, held) in self.rows.iter_mut().enumerate() {
            let Some(placed) = held else { continue };
            match coming.remove(&placed.row.key) {
                None => {
                    *held = None;
                    redrawn.push(place);
                }
                Some(row) if row.shape == placed.row.shape => placed.update_row(row, patch),
                Some(row) => {
                    *placed = PlacedRow::new(row, next);
                    redrawn.push(place);
                }
            }
        }

        let newcomers: Vec<BoardRow> = (order.iter())
            .filter_map(|key| coming.remove(key))
            .collect();
        let empty = self.rows.iter().filter(|place| place.is_none()).count();
        let crowded = empty < newcomers.len();
        if crowded {
            let room = (self.rows.len() * 2).max(self.rows.len() - empty + newcomers.len());
            self.rows.resize_with(room, || None);
        }
        let mut newcomers = newcomers.into_iter();
        for (place, held) in self.rows.iter_mut().enumerate() {
            if held.is_none()
                && let Some(row) = newcomers.next()
            {
                *held = Some(PlacedRow::new(row, next));
                redrawn.push(place);
            }
        }
        redrawn.sort_unstable();
        redrawn.dedup();

        for place in &redrawn {
            if let Some(placed) = &self.rows[*place] {
                (patch.cells).extend((placed.first..).zip(placed.row.cells.iter().cloned()));
                patch.record_row(&placed.row);
            }
        }
        if crowded {
            patch
                .regions
                .push((self.id.to_owned(), html::render_list(self, frame, at)));
        } else {
            for place in redrawn {
                let html = html::render_place(self, place, at);
                patch.regions.push((html::place_id(self.id, place), html));
            }
        }
    }
}

impl PlacedRow {
    fn new(row: BoardRow, next: &mut u32) -> Self {
        Self {
            first: allocate_slots(next, row.cells.len()),
            row,
        }
    }

    fn update_row(&mut self, row: BoardRow, patch: &mut BoardPatch) {
        let before = patch.cells.len();
        diff_cells(self.first, &mut self.row.cells, row.cells, patch);
        self.row.reported_at = row.reported_at;
        if before < patch.cells.len() {
            patch.record_row(&self.row);
        }
    }
}

/// Takes `count` slot numbers that were never used.
fn allocate_slots(next: &mut u32, count: usize) -> u32 {
    let first = *next + 1;
    *next += u32::try_from(count).expect("a board has fewer leaves than there are numbers");
    first
}

fn diff_cells(first: u32, mine: &mut [SlotValue], theirs: Vec<SlotValue>, patch: &mut BoardPatch) {
    debug_assert_eq!(mine.len(), theirs.len(), "one shape, one number of cells");
    for ((slot, mine), theirs) in (first..).zip(mine).zip(theirs) {
        if *mine != theirs {
            patch.cells.push((slot, theirs.clone()));
            *mine = theirs;
        }
    }
}
