//! A board at one moment, as plain values: [`BoardFrame`] and labels are drawn once, cells change.
//! Pure; `next_change` is when time alone will change it.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::{Baseline, BoardDensity, BoardTheme, Brand, Moment};
use wallboard_live::Snapshot;

use super::{
    agent_cards,
    board_definition::{BoardDefinition, BoardLayout},
    board_header,
    board_slots::SlotValue,
    queue_list,
    queue_table::{self, TableHead},
    render_context::{EvaluatedQueue, RenderContext},
    row_limit,
    severity::Severity,
};

/// A board at one moment.
#[derive(Clone, Debug)]
pub struct BoardView {
    pub frame: BoardFrame,
    /// The header cells, in the order of `board_header::HeaderSlot`.
    pub head: Vec<SlotValue>,
    pub lists: Vec<RowList>,
    /// Queues of the board without a row.
    pub omitted: Vec<OmittedQueue>,
    /// The moment of this view.
    pub at: Moment,
    /// When time alone will next change the view.
    pub next_change: Option<Moment>,
}

/// A queue without a row, because there are more than the board's pages can show.
#[derive(Clone, Debug)]
pub struct OmittedQueue {
    pub key: String,
    pub severity: Severity,
}

/// The parts that don't change while a board is watched; if one does, everything is drawn again.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardFrame {
    pub title: String,
    pub layout: BoardLayout,
    pub theme: BoardTheme,
    pub columns: Option<u8>,
    pub density: BoardDensity,
    pub zone: TimeZone,
    pub brand: Brand,
    /// What the board says of its data if it isn't real or not live.
    pub note: Option<Arc<str>>,
}

impl BoardFrame {
    /// Identifies what the page shows of it outside of all regions. No patch can change that, so
    /// a page with another id must reload.
    pub fn page_id(&self) -> String {
        let mut hasher = DefaultHasher::new();
        let zone = self.zone.iana_name();
        let own = (self.layout, self.theme, self.density, &self.brand);
        (&self.title, own, zone).hash(&mut hasher);
        format!("{:012x}", hasher.finish() >> 16)
    }
}

/// Rows of one kind, each in one of its groups.
#[derive(Clone, Debug)]
pub struct RowList {
    /// The prefix of its regions' ids.
    pub id: &'static str,
    pub kind: Kind,
    pub groups: Vec<BoardGroup>,
    pub rows: Vec<BoardRow>,
}

/// The drawing style of a list's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Tiles,
    Table(TableHead),
    Cards,
}

/// A heading with rows below it.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardGroup {
    pub key: &'static str,
    pub title: &'static str,
    /// Of a group of agents: attributes, their number, and two notes on it.
    pub cells: Vec<SlotValue>,
}

/// A queue, an agent or a number, in one place of a list.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// Identifies the row while it is on the board.
    pub key: String,
    pub shape: RowShape,
    /// The first cell is the row's own attributes: severity, position, group.
    pub cells: Vec<SlotValue>,
    /// The source's time of the newest report shown here.
    pub reported_at: Option<i64>,
}

impl BoardRow {
    /// Whether the row as a whole is marked as out of date.
    pub(super) fn is_out_of_date(&self) -> bool {
        let mark = ("sev", Severity::OutOfDate.into_str().into());
        matches!(self.cells.first(), Some(SlotValue::Attributes(own)) if own.contains(&mark))
    }
}

/// The parts of a row drawn once; when they change, the row is drawn again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowShape {
    /// The "All queues" row.
    pub is_all_queues: bool,
    /// The link to the details page; empty without one.
    pub href: String,
    /// Labels of its metrics.
    pub labels: Vec<String>,
    /// The same for tiles without room for a line of labels: "0:24 wait".
    pub inline_labels: Vec<String>,
    /// The index of the service level that a tile draws as a bar.
    pub level_place: Option<usize>,
    /// Whether it ends with the last hour of its first metric.
    pub has_trend: bool,
    /// The indexes of the metrics with a baseline note.
    pub baseline_places: Vec<usize>,
}

/// Renders the board at `now`, as it's defined.
pub fn render_view(
    board: &BoardDefinition,
    snapshot: &Snapshot,
    baseline: &Baseline,
    now: Moment,
) -> BoardView {
    render(RenderContext::of_board(board, snapshot, now), baseline)
}

pub(super) fn render(mut context: RenderContext<'_>, baseline: &Baseline) -> BoardView {
    let (board, snapshot, now) = (context.board, context.snapshot, context.now);
    let queues = context.selected_queues();
    let selection = context.queue_selection(&queues);
    context.day_note = context.selection_day_note(&selection);
    let evaluated_queues: Vec<_> = queues
        .iter()
        .map(|queue| context.evaluate_queue(queue))
        .collect();

    let folds =
        |queue: &EvaluatedQueue<'_>| board.layout == BoardLayout::Queues && queue.closed.is_some();
    let (closed, evaluated_queues): (Vec<_>, Vec<_>) =
        evaluated_queues.into_iter().partition(folds);
    let (shown, omitted) = match board.layout {
        BoardLayout::Agents => (Vec::new(), Vec::new()),
        BoardLayout::Queues | BoardLayout::List => row_limit::split_rows(&evaluated_queues),
    };
    let (list, omitted_text) = match board.layout {
        BoardLayout::Queues => (
            queue_list::build_tiles(&mut context, baseline, &shown),
            row_limit::format_omitted(&omitted),
        ),
        BoardLayout::List => (
            queue_table::build_table(&mut context, &selection, &shown),
            row_limit::format_omitted(&omitted),
        ),
        BoardLayout::Agents => agent_cards::build_cards(&mut context),
    };
    let head = board_header::header_cells(
        &mut context,
        &selection,
        (&evaluated_queues, &closed),
        &list,
        omitted_text,
    );
    let has_demo = snapshot.sources.values().any(|source| source.demo);
    BoardView {
        frame: BoardFrame {
            title: board.title.clone(),
            layout: board.layout,
            theme: context.style.theme.unwrap_or(board.theme),
            columns: board.columns,
            density: context.style.density.unwrap_or(board.density),
            zone: snapshot.site.zone.clone(),
            brand: snapshot.site.brand.clone(),
            note: (context.replay_note.clone()).or_else(|| has_demo.then(|| "Demo data".into())),
        },
        head,
        lists: vec![list],
        omitted: row_limit::omitted_queues(&omitted),
        at: now,
        next_change: context.next_change(),
    }
}

/// A clock of the page that runs by itself.
pub(super) fn running_clock(since: Timestamp) -> SlotValue {
    SlotValue::Clock {
        since: Some(since.as_millisecond()),
        text: String::new(),
    }
}

/// A stopped clock.
pub(super) fn stopped_clock(text: String) -> SlotValue {
    SlotValue::Clock { since: None, text }
}
