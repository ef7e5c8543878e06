//! Slots: the numbered leaves of a view that can change, and the places of its rows.
//!
//! A row keeps its place and its slots while it is on the board; moving it changes the value of
//! its first slot. A slot number is never reused.

use std::collections::HashMap;

use wallboard_domain::Moment;

use super::{
    board_view::{BoardFrame, BoardGroup, BoardRow, BoardView, Kind, RowList},
    html,
};

/// The value of one slot, as a viewer applies it.
#[derive(Clone, Debug, PartialEq)]
pub enum SlotValue {
    Text(String),
    /// A running clock by its start (milliseconds since 1970 by our wall clock; its text is then
    /// empty), or a stopped one by its text.
    Clock {
        since: Option<i64>,
        text: String,
    },
    /// Attributes of an element: severity, a row's position.
    Attributes(Vec<(&'static str, AttributeValue)>),
}

impl SlotValue {
    /// Adds to an element's attributes.
    pub(super) fn add_attributes<const N: usize>(
        &mut self,
        added: [(&'static str, AttributeValue); N],
    ) {
        if let Self::Attributes(attributes) = self {
            attributes.extend(added);
        }
    }
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

/// The changes from one published view to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoardPatch {
    /// The slots that changed outside of `regions`.
    pub cells: Vec<(u32, SlotValue)>,
    /// Region id and its new HTML, with new slot numbers and their values; applied before `cells`.
    /// The HTML replaces the region's element.
    pub regions: Vec<(String, String)>,
    /// The source's time of the oldest included change, in milliseconds since 1970.
    pub oldest_report: Option<i64>,
}

impl BoardPatch {
    fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.regions.is_empty()
    }

    fn record_row(&mut self, row: &BoardRow) {
        self.oldest_report = match (self.oldest_report, row.reported_at) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, new) => old.or(new),
        };
    }
}

/// A watched board: its published view with its slots.
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

/// Cells in adjacent slots, starting at `first`.
#[derive(Debug)]
pub(super) struct SlotRange {
    pub(super) first: u32,
    pub(super) cells: Vec<SlotValue>,
}

/// A list and the places of its rows; an empty place is free for a new row.
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
    /// Publishes `view` and returns the changes. `None`: nothing changed.
    pub fn apply_view(&mut self, view: BoardView) -> Option<BoardPatch> {
        let mut patch = BoardPatch::default();
        match &mut self.view {
            Some(published) if published.has_structure_of(&view) => {
                published.at = view.at;
                diff_cells(
                    published.head.first,
                    &mut published.head.cells,
                    view.head,
                    &mut patch,
                );
                for (places, list) in published.lists.iter_mut().zip(view.lists) {
                    places.update_rows(
                        list,
                        view.at,
                        &published.frame,
                        &mut self.last_slot,
                        &mut patch,
                    );
                }
            }
            _ => {
                self.view = Some(SlottedView::new(view, &mut self.last_slot));
                patch.regions = vec![self.root_region()];
            }
        }
        (!patch.is_empty()).then_some(patch)
    }

    /// Returns every slot and its value.
    pub fn all_cells(&self) -> Vec<(u32, SlotValue)> {
        let mut all = Vec::new();
        let Some(published) = &self.view else {
            return all;
        };
        let mut push_cells =
            |first: u32, cells: &[SlotValue]| all.extend((first..).zip(cells.iter().cloned()));
        push_cells(published.head.first, &published.head.cells);
        for list in &published.lists {
            for (group, first) in &list.groups {
                push_cells(*first, &group.cells);
            }
            for placed in list.rows.iter().flatten() {
                push_cells(placed.first, &placed.row.cells);
            }
        }
        all
    }

    /// Returns the id and HTML of the region that contains all others.
    pub fn root_region(&self) -> (String, String) {
        (
            html::ROOT_REGION.to_owned(),
            (self.view.as_ref())
                .map_or_else(String::new, |view| html::render_root(view, view.at.wall)),
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
        let cells_before = patch.cells.len();
        for ((mine, first), group) in self.groups.iter_mut().zip(list.groups) {
            diff_cells(*first, &mut mine.cells, group.cells, patch);
        }

        let mut incoming: HashMap<String, BoardRow> = HashMap::with_capacity(list.rows.len());
        let mut order = Vec::with_capacity(list.rows.len());
        for row in list.rows {
            order.push(row.key.clone());
            incoming.insert(row.key.clone(), row);
        }
        // Places whose element is rendered again.
        let mut redrawn_places = Vec::new();
        for (place, occupant) in self.rows.iter_mut().enumerate() {
            let Some(placed) = occupant else { continue };
            match incoming.remove(&placed.row.key) {
                None => {
                    *occupant = None;
                    redrawn_places.push(place);
                }
                Some(row) if row.shape == placed.row.shape => placed.update_row(row, patch),
                Some(row) => {
                    *placed = PlacedRow::new(row, next);
                    redrawn_places.push(place);
                }
            }
        }

        let new_rows: Vec<BoardRow> = (order.iter())
            .filter_map(|key| incoming.remove(key))
            .collect();
        let free_count = self.rows.iter().filter(|place| place.is_none()).count();
        let is_full = free_count < new_rows.len();
        if is_full {
            let capacity = (self.rows.len() * 2).max(self.rows.len() - free_count + new_rows.len());
            self.rows.resize_with(capacity, || None);
        }
        let mut new_rows = new_rows.into_iter();
        for (place, occupant) in self.rows.iter_mut().enumerate() {
            if occupant.is_none()
                && let Some(row) = new_rows.next()
            {
                *occupant = Some(PlacedRow::new(row, next));
                redrawn_places.push(place);
            }
        }
        redrawn_places.sort_unstable();
        redrawn_places.dedup();

        for place in &redrawn_places {
            if let Some(placed) = &self.rows[*place] {
                patch.record_row(&placed.row);
            }
        }
        if is_full {
            // The list's HTML has them.
            patch.cells.truncate(cells_before);
            patch
                .regions
                .push((self.id.to_owned(), html::render_list(self, frame, at.wall)));
        } else {
            for place in redrawn_places {
                let html = html::render_place(self, place, at.wall);
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

/// Allocates `count` slot numbers that were never used.
fn allocate_slots(next: &mut u32, count: usize) -> u32 {
    let first = *next + 1;
    *next += u32::try_from(count).expect("slot numbers fit in 32 bits");
    first
}

fn diff_cells(first: u32, mine: &mut [SlotValue], theirs: Vec<SlotValue>, patch: &mut BoardPatch) {
    debug_assert_eq!(
        mine.len(),
        theirs.len(),
        "equal shapes have equal cell counts"
    );
    for ((slot, mine), theirs) in (first..).zip(mine).zip(theirs) {
        if *mine != theirs {
            patch.cells.push((slot, theirs.clone()));
            *mine = theirs;
        }
    }
}
