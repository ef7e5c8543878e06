//! A watched board: its published view with its slots, and what a viewer needs to follow it.

use super::{
    board_view::BoardView,
    html::{self, PageFrame},
    slot_value::SlotValue,
    slotted_view::SlottedView,
};

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

/// A watched board.
#[derive(Debug, Default)]
pub struct BoardSlots {
    view: Option<SlottedView>,
    last_slot: u32,
}

impl BoardSlots {
    /// Publishes `view` and returns the changes. `None`: nothing changed.
    pub fn apply_view(&mut self, view: BoardView) -> Option<BoardPatch> {
        let Some(published) = &mut self.view else {
            return Some(self.replace_view(view));
        };
        if !published.has_structure_of(&view) {
            return Some(self.replace_view(view));
        }
        let changes = published.update(view, &mut self.last_slot);
        let regions = changes.regions.into_iter();
        let patch = BoardPatch {
            regions: regions
                .map(|region| html::render_region(published, region))
                .collect(),
            cells: changes.cells,
            oldest_report: changes.oldest_report,
        };
        (!patch.cells.is_empty() || !patch.regions.is_empty()).then_some(patch)
    }

    fn replace_view(&mut self, view: BoardView) -> BoardPatch {
        self.view = Some(SlottedView::new(view, &mut self.last_slot));
        BoardPatch {
            regions: vec![self.root_region()],
            ..BoardPatch::default()
        }
    }

    /// Returns every slot and its value.
    pub fn all_cells(&self) -> Vec<(u32, SlotValue)> {
        self.view
            .as_ref()
            .map_or_else(Vec::new, SlottedView::all_cells)
    }

    /// Returns the id and HTML of the region that contains all others.
    pub fn root_region(&self) -> (String, String) {
        let html = self.view.as_ref();
        let html = html.map(|view| html::render_root(view, view.at.wall));
        (html::ROOT_REGION.to_owned(), html.unwrap_or_default())
    }

    /// Renders the whole page, readable without script.
    pub fn render_page(&self, page: &PageFrame<'_>) -> String {
        let view = self.view.as_ref();
        view.map_or_else(String::new, |view| html::render_page(page, view))
    }

    /// Renders the whole page of a board that isn't saved, which connects to nothing.
    pub(super) fn render_preview(&self, build: &str, age: Option<u64>) -> String {
        let view = self.view.as_ref();
        view.map_or_else(String::new, |view| html::render_preview(build, age, view))
    }
}
