//! The content that a publisher renders. Tests replace it, so that they need no contact center.

use std::{fmt::Debug, sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    BoardDefinition as Definition, BoardPatch, BoardRegistry, BoardSlots, BoardWatch, SlotValue,
    format, html::PageFrame,
};
use wallboard_domain::BoardStyle;
use wallboard_live::{UnmarkedSources, elapsed_since_boot};

/// A board as `boards` renders it, at one published view.
pub trait Renderer: Debug + Send + 'static {
    /// Renders the current moment: the next published view.
    fn render_next(&mut self) -> RenderedUpdate;

    /// Whether the board's definition was replaced since the published view.
    fn is_redefined(&self) -> bool;

    /// Every slot of the published view.
    fn all_cells(&self) -> Vec<(u32, SlotValue)>;

    /// The region that holds all others, and its HTML.
    fn render_root(&self) -> (String, String);

    /// Identifies the parts of the page outside of all regions.
    fn page_id(&self) -> &str;

    /// The whole page, as of frame `n` of `epoch`.
    fn render_page(&self, epoch: &str, n: u64) -> String;

    /// Notifies when it may be time to render again.
    fn subscribe_changes(&self) -> watch::Receiver<u64>;

    /// Our wall clock, in milliseconds since 1970.
    fn wall_clock_ms(&self) -> i64;

    /// Time since boot, which also passes while the machine sleeps.
    fn since_boot(&self) -> Duration;

    /// How long ago the earliest last sign of life was, of the sources whose values the published view
    /// shows without a mark.
    fn unmarked_age(&self) -> Duration;

    /// The same for viewers.
    fn age_seconds(&self) -> Option<u64> {
        format::age_seconds(self.unmarked_age())
    }

    /// Seconds since each source last reported anything.
    fn source_ages(&self) -> Vec<(String, u64)>;
}

/// The result of a rendering.
#[derive(Debug, Default)]
pub struct RenderedUpdate {
    pub patch: Option<BoardPatch>,
    /// How long until time alone changes it.
    pub due: Option<Duration>,
    pub end: Option<BoardEnd>,
}

/// Why a board cannot continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoardEnd {
    /// The board no longer exists.
    Removed,
    /// Title, theme, layout or time zone changed. They are outside of all regions, so the page
    /// must reload.
    FrameChanged,
}

/// A board of the registry.
#[derive(Debug)]
pub(super) struct BoardRenderer {
    pub(super) registry: BoardRegistry,
    pub(super) id: String,
    pub(super) style: BoardStyle,
    pub(super) build: Arc<str>,
    pub(super) slots: BoardSlots,
    pub(super) watch: BoardWatch,
    /// Of the published view.
    pub(super) definition: Option<Arc<Definition>>,
    /// Of the published view.
    pub(super) unmarked: UnmarkedSources,
    /// Empty before the first rendering.
    pub(super) page_id: String,
}

/// Returns the boards before and after `id` in the gallery's order, which wraps around.
fn find_neighbors<'a>(boards: &'a [Arc<Definition>], id: &str) -> Option<(&'a str, &'a str)> {
    let index = boards.iter().position(|board| board.id == id)?;
    let count = boards.len();
    let id_at = |index: usize| boards[index % count].id.as_str();
    (1 < count).then(|| (id_at(index + count - 1), id_at(index + 1)))
}

impl Renderer for BoardRenderer {
    fn render_next(&mut self) -> RenderedUpdate {
        let definition = self.registry.find_board(&self.id);
        let Some(view) = self
            .registry
            .render_watched(&self.id, self.style, &mut self.watch)
        else {
            return RenderedUpdate {
                end: Some(BoardEnd::Removed),
                ..RenderedUpdate::default()
            };
        };
        let page_id = view.frame.page_id();
        if self.page_id.is_empty() {
            self.page_id = page_id;
        } else if self.page_id != page_id {
            return RenderedUpdate {
                end: Some(BoardEnd::FrameChanged),
                ..RenderedUpdate::default()
            };
        }
        let due = (view.next_change).and_then(|due| self.registry.time_until(due.monotonic));
        self.unmarked.clone_from(&view.unmarked);
        self.definition = definition;
        RenderedUpdate {
            patch: self.slots.apply_view(view),
            due,
            end: None,
        }
    }

    fn is_redefined(&self) -> bool {
        let published = self.definition.as_ref().map(Arc::as_ptr);
        published != self.registry.find_board(&self.id).as_ref().map(Arc::as_ptr)
    }

    fn all_cells(&self) -> Vec<(u32, SlotValue)> {
        self.slots.all_cells()
    }

    fn render_root(&self) -> (String, String) {
        self.slots.root_region()
    }

    fn page_id(&self) -> &str {
        &self.page_id
    }

    fn render_page(&self, epoch: &str, n: u64) -> String {
        let boards = self.registry.list_boards();
        let frame = PageFrame {
            board: &self.id,
            neighbors: find_neighbors(&boards, &self.id),
            epoch,
            n,
            build: &self.build,
            time: self.registry.time(),
            now: self.registry.now().wall,
            age: self.age_seconds(),
        };
        self.slots.render_page(&frame)
    }

    fn subscribe_changes(&self) -> watch::Receiver<u64> {
        self.watch.changes()
    }

    fn wall_clock_ms(&self) -> i64 {
        self.registry.now().wall.as_millisecond()
    }

    fn since_boot(&self) -> Duration {
        elapsed_since_boot()
    }

    fn unmarked_age(&self) -> Duration {
        self.registry.unmarked_age(&self.unmarked)
    }

    fn source_ages(&self) -> Vec<(String, u64)> {
        self.registry.source_ages()
    }
}
