//! A published view with its slots: the numbered leaves that can change, and the places of its rows.
//!
//! A row keeps its place and its slots while it is on the board; moving it changes the value of
//! its first slot. A slot number is never reused.

use wallboard_domain::Moment;

use super::{
    board_row::BoardRow,
    board_view::{BoardFrame, BoardGroup, BoardView, Kind, RowList},
    head_cells::HeadCells,
    slot_value::SlotValue,
};

/// The published view.
#[derive(Debug)]
pub(super) struct SlottedView {
    pub(super) frame: BoardFrame,
    pub(super) at: Moment,
    pub(super) head: HeadCells,
    pub(super) first_head_slot: u32,
    pub(super) lists: Vec<ListPlaces>,
}

/// A list and the places of its rows; an empty place is free for a new row.
#[derive(Debug)]
pub(super) struct ListPlaces {
    pub(super) id: &'static str,
    pub(super) kind: Kind,
    /// Each with its first slot.
    pub(super) groups: Vec<(BoardGroup, u32)>,
    pub(super) rows: Vec<Option<PlacedRow>>,
}

/// A row in its place.
#[derive(Debug)]
pub(super) struct PlacedRow {
    pub(super) first: u32,
    pub(super) row: BoardRow,
}

/// The changes from one view to the next.
#[derive(Debug, Default)]
pub(super) struct ViewChanges {
    pub(super) cells: Vec<(u32, SlotValue)>,
    /// Regions to draw again.
    pub(super) regions: Vec<BoardRegion>,
    pub(super) oldest_report: Option<i64>,
}

/// A part of a board that is drawn as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BoardRegion {
    /// The list at this index.
    List(usize),
    /// A place of the list at this index.
    Place { list: usize, place: usize },
}

impl ViewChanges {
    fn record_row(&mut self, row: &BoardRow) {
        self.oldest_report = match (self.oldest_report, row.reported_at) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, new) => old.or(new),
        };
    }

    fn compare(&mut self, first: u32, before: &[&SlotValue], now: &[&SlotValue]) {
        debug_assert_eq!(
            before.len(),
            now.len(),
            "equal shapes have equal cell counts"
        );
        for ((slot, before), now) in (first..).zip(before).zip(now) {
            if before != now {
                self.cells.push((slot, SlotValue::clone(now)));
            }
        }
    }
}

impl SlottedView {
    pub(super) fn new(view: BoardView, last_slot: &mut u32) -> Self {
        Self {
            frame: view.frame,
            at: view.at,
            first_head_slot: allocate_slots(last_slot, view.head.list().len()),
            head: view.head,
            lists: view
                .lists
                .into_iter()
                .map(|list| ListPlaces::new(list, last_slot))
                .collect(),
        }
    }

    pub(super) fn has_structure_of(&self, view: &BoardView) -> bool {
        self.frame == view.frame
            && self.head.site.len() == view.head.site.len()
            && self.lists.len() == view.lists.len()
            && self.lists.iter().zip(&view.lists).all(|(mine, list)| {
                mine.id == list.id
                    && mine.kind == list.kind
                    && mine.groups.len() == list.groups.len()
                    && (mine.groups.iter().zip(&list.groups)).all(|(a, b)| a.0.key == b.key)
            })
    }

    /// Takes over a view of the same structure.
    pub(super) fn update(&mut self, view: BoardView, last_slot: &mut u32) -> ViewChanges {
        let mut changes = ViewChanges::default();
        self.at = view.at;
        changes.compare(self.first_head_slot, &self.head.list(), &view.head.list());
        self.head = view.head;
        for (index, (places, list)) in self.lists.iter_mut().zip(view.lists).enumerate() {
            places.update_rows(index, list, last_slot, &mut changes);
        }
        changes
    }

    /// Returns every slot and its value.
    pub(super) fn all_cells(&self) -> Vec<(u32, SlotValue)> {
        let mut all = Vec::new();
        let mut push_cells = |first: u32, cells: Vec<&SlotValue>| {
            all.extend((first..).zip(cells.into_iter().cloned()));
        };
        push_cells(self.first_head_slot, self.head.list());
        for list in &self.lists {
            for (group, first) in &list.groups {
                push_cells(*first, group.cells.list());
            }
            for placed in list.rows.iter().flatten() {
                push_cells(placed.first, placed.row.cells.list());
            }
        }
        all
    }
}

impl ListPlaces {
    fn new(list: RowList, last_slot: &mut u32) -> Self {
        let groups = list.groups.into_iter();
        let groups = groups.map(|group| {
            let first = allocate_slots(last_slot, group.cells.list().len());
            (group, first)
        });
        let groups = groups.collect();
        let mut places: Vec<_> = (list.rows.into_iter())
            .map(|row| Some(PlacedRow::new(row, last_slot)))
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
        index: usize,
        list: RowList,
        last_slot: &mut u32,
        changes: &mut ViewChanges,
    ) {
        let cells_before = changes.cells.len();
        for ((mine, first), group) in self.groups.iter_mut().zip(list.groups) {
            changes.compare(*first, &mine.cells.list(), &group.cells.list());
            mine.cells = group.cells;
        }

        let mut incoming = IncomingRows::new(list.rows);
        // Places whose element is rendered again.
        let mut redrawn_places = Vec::new();
        for (place, occupant) in self.rows.iter_mut().enumerate() {
            let Some(placed) = occupant else { continue };
            match incoming.take(&placed.row.key) {
                None => {
                    *occupant = None;
                    redrawn_places.push(place);
                }
                Some(row) if row.shape == placed.row.shape => placed.update_row(row, changes),
                Some(row) => {
                    *placed = PlacedRow::new(row, last_slot);
                    redrawn_places.push(place);
                }
            }
        }

        let new_rows: Vec<BoardRow> = incoming.rows.into_iter().flatten().collect();
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
                *occupant = Some(PlacedRow::new(row, last_slot));
                redrawn_places.push(place);
            }
        }
        redrawn_places.sort_unstable();
        redrawn_places.dedup();

        for place in &redrawn_places {
            if let Some(placed) = &self.rows[*place] {
                changes.record_row(&placed.row);
            }
        }
        if is_full {
            // The list's HTML has them.
            changes.cells.truncate(cells_before);
            changes.regions.push(BoardRegion::List(index));
        } else {
            let places = redrawn_places.into_iter();
            let places = places.map(|place| BoardRegion::Place { list: index, place });
            changes.regions.extend(places);
        }
    }
}

/// The rows of a view in their order, without those that were taken.
struct IncomingRows {
    rows: Vec<Option<BoardRow>>,
    /// The index after the row that was taken last.
    next: usize,
}

impl IncomingRows {
    fn new(rows: Vec<BoardRow>) -> Self {
        Self {
            rows: rows.into_iter().map(Some).collect(),
            next: 0,
        }
    }

    /// Takes the row with this key. Most rows follow each other as they did before, so the search begins after
    /// the last one.
    fn take(&mut self, key: &str) -> Option<BoardRow> {
        let count = self.rows.len();
        let mut indexes = (0..count).map(|offset| (self.next + offset) % count);
        let has_key = |row: &BoardRow| row.key == key;
        let index = indexes.find(|index| self.rows[*index].as_ref().is_some_and(has_key))?;
        self.next = index + 1;
        self.rows[index].take()
    }
}

impl PlacedRow {
    fn new(row: BoardRow, last_slot: &mut u32) -> Self {
        Self {
            first: allocate_slots(last_slot, row.cells.list().len()),
            row,
        }
    }

    fn update_row(&mut self, row: BoardRow, changes: &mut ViewChanges) {
        let before = changes.cells.len();
        changes.compare(self.first, &self.row.cells.list(), &row.cells.list());
        self.row = row;
        if before < changes.cells.len() {
            changes.record_row(&self.row);
        }
    }
}

/// Allocates `count` slot numbers that were never used.
fn allocate_slots(last_slot: &mut u32, count: usize) -> u32 {
    let first = *last_slot + 1;
    *last_slot += u32::try_from(count).expect("slot numbers fit in 32 bits");
    first
}
