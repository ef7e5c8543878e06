//! The HTML of boards: the page, and the regions sent when structure changes.
//! Every changing leaf carries its slot number as `data-k`.

use askama::Template;
use jiff::Timestamp;

use wallboard_domain::moment::millis_between;
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    board_definition::BoardLayout,
    board_row::{FigureCells, FigureShape, QueueCells, RowCells, RowShape},
    board_time::BoardTime,
    board_view::{BoardFrame, BoardGroup, Kind},
    head_cells::{GroupCells, HeadCells},
    queue_table::TableHead,
    row_limit,
    slot_value::{AttributeValue, SlotValue},
    slotted_view::{BoardRegion, ListPlaces, SlottedView},
    tile, tile_grid,
};

/// The region that contains all others.
pub(super) const ROOT_REGION: &str = "board";

/// The parts of a page around its board.
#[derive(Clone, Copy, Debug)]
pub struct PageFrame<'a> {
    /// The board's id, for the URL of its WebSocket.
    pub board: &'a str,
    /// The previous and next board's ids, if there are others.
    pub neighbors: Option<(&'a str, &'a str)>,
    pub epoch: &'a str,
    pub n: u64,
    pub build: &'a str,
    pub time: &'a BoardTime,
    /// For the clocks until the script runs them.
    pub now: Timestamp,
    /// Seconds since the oldest last sign of life of the sources of unmarked values; `None` if few.
    pub age: Option<u64>,
}

/// Renders the whole page of a board, readable without script.
pub(super) fn render_page(page: &PageFrame<'_>, view: &SlottedView) -> String {
    let frame = &view.frame;
    let (style, _) = layout_assets(frame.layout);
    render_template(&BoardPage {
        at: page,
        past_bar: page.time.past_bar(frame.texts),
        frame,
        style,
        texts: frame.texts,
        unknown: UNKNOWN,
        ts: page.now.as_millisecond(),
        page_id: frame.page_id(),
        zone: frame.zone.iana_name().unwrap_or("UTC"),
        root: render_root(view, page.now),
    })
}

/// Renders the whole page of a board that isn't saved. A script of the page around it lays it out.
pub(super) fn render_preview(build: &str, age: Option<u64>, view: &SlottedView) -> String {
    let frame = &view.frame;
    let (style, script) = layout_assets(frame.layout);
    render_template(&PreviewPage {
        build,
        age,
        frame,
        style,
        script,
        texts: frame.texts,
        unknown: UNKNOWN,
        ts: view.at.wall.as_millisecond(),
        zone: frame.zone.iana_name().unwrap_or("UTC"),
        root: render_root(view, view.at.wall),
    })
}

/// Returns a layout's own style and script, which go with those of all boards. Tiles need no script.
fn layout_assets(layout: BoardLayout) -> (&'static str, Option<&'static str>) {
    match layout {
        BoardLayout::Queues => ("tiles", None),
        BoardLayout::List => ("list", Some("list_fit")),
        BoardLayout::Agents => ("agents", Some("agent_fit")),
    }
}

/// Renders all regions, with clocks as of `now`.
pub(super) fn render_root(view: &SlottedView, now: Timestamp) -> String {
    let moment = LeafMoment::new(view, now);
    render_template(&BoardRoot {
        id: ROOT_REGION,
        frame: &view.frame,
        clock: view.frame.texts.time(now, &view.frame.zone),
        head: view.head.map(&mut leaf_maker(view.first_head_slot, moment)),
        lists: (view.lists.iter())
            .map(|list| render_list(list, moment))
            .collect(),
    })
}

/// Returns the id and the HTML of a region.
pub(super) fn render_region(view: &SlottedView, region: BoardRegion) -> (String, String) {
    let moment = LeafMoment::new(view, view.at.wall);
    match region {
        BoardRegion::List(list) => {
            let list = &view.lists[list];
            (list.id.to_owned(), render_list(list, moment))
        }
        BoardRegion::Place { list, place } => {
            let list = &view.lists[list];
            (place_id(list.id, place), render_place(list, place, moment))
        }
    }
}

fn render_list(places: &ListPlaces, moment: LeafMoment) -> String {
    let last = places.groups.len().saturating_sub(1);
    let groups = places
        .groups
        .iter()
        .enumerate()
        .map(|(index, (group, first))| {
            let mut rows = group_rows(places, group.key);
            if index == last {
                // Empty places follow the last group, hidden.
                let places_by_index = places.rows.iter().enumerate();
                rows.extend(
                    places_by_index
                        .filter(|(_, occupant)| occupant.is_none())
                        .map(|(place, _)| place),
                );
            }
            ListSection {
                group,
                cells: group.cells.map(&mut leaf_maker(*first, moment)),
                rows: rows
                    .iter()
                    .map(|place| render_place(places, *place, moment))
                    .collect(),
            }
        });
    render_template(&BoardListTemplate {
        texts: moment.texts,
        id: places.id,
        kind: &places.kind,
        page: match places.kind {
            Kind::Cards => row_limit::CARDS_PER_PAGE,
            Kind::Table(_) => row_limit::ROWS_PER_PAGE,
            Kind::Tiles => tile_grid::TILES_PER_PAGE,
        },
        groups: groups.collect(),
    })
}

/// Returns the places of a group's rows, in row order.
fn group_rows(places: &ListPlaces, group: &str) -> Vec<usize> {
    let rows = places.rows.iter().enumerate();
    let rows = rows.filter_map(|(index, placed)| Some((placed.as_ref()?.row.place, index)));
    let rows = rows.filter(|(place, _)| place.group == group);
    let mut rows: Vec<_> = rows.map(|(place, index)| (place.position, index)).collect();
    rows.sort_unstable();
    rows.into_iter().map(|(_, index)| index).collect()
}

fn render_place(places: &ListPlaces, place: usize, moment: LeafMoment) -> String {
    let row = places.rows[place].as_ref().map(|placed| RowTemplate {
        shape: &placed.row.shape,
        cells: (placed.row.cells).map(&mut leaf_maker(placed.first, moment)),
    });
    render_template(&PlaceTemplate {
        id: place_id(places.id, place),
        kind: &places.kind,
        row,
    })
}

fn place_id(list: &str, place: usize) -> String {
    format!("{list}-{place}")
}

fn render_template(template: &impl Template) -> String {
    template.render().expect("writing to a string never fails")
}

/// Renders cells in adjacent slots, one after the other.
fn leaf_maker(first: u32, moment: LeafMoment) -> impl FnMut(&SlotValue) -> Leaf {
    let mut slots = first..;
    move |cell| {
        let slot = slots.next().expect("slot numbers fit in 32 bits");
        render_leaf(slot, cell, moment)
    }
}

fn render_leaf(k: u32, cell: &SlotValue, moment: LeafMoment) -> Leaf {
    let LeafMoment { texts, now } = moment;
    match cell {
        SlotValue::Text(text) | SlotValue::Clock { since: None, text } => {
            Leaf::new(texts, k, Vec::new(), text)
        }
        SlotValue::Clock {
            since: Some(since), ..
        } => {
            let start = Timestamp::from_millisecond(*since).unwrap_or(now);
            let text = texts.elapsed(millis_between(start, now));
            Leaf::new(texts, k, vec![("since", since.to_string())], &text)
        }
        SlotValue::Attributes(attrs) => {
            let attrs = attrs.iter().map(|(name, value)| match value {
                AttributeValue::Text(text) => (*name, text.to_string()),
                AttributeValue::Number(number) => (*name, number.to_string()),
            });
            Leaf::new(texts, k, attrs.collect(), "")
        }
    }
}

/// The texts and the time of leaves.
#[derive(Clone, Copy)]
struct LeafMoment {
    texts: &'static Texts,
    now: Timestamp,
}

impl LeafMoment {
    fn new(view: &SlottedView, now: Timestamp) -> Self {
        Self {
            texts: view.frame.texts,
            now,
        }
    }
}

/// A slot as rendered.
#[derive(Clone)]
struct Leaf {
    texts: &'static Texts,
    k: u32,
    attrs: Vec<(&'static str, String)>,
    text: String,
}

impl Leaf {
    fn new(texts: &'static Texts, k: u32, attrs: Vec<(&'static str, String)>, text: &str) -> Self {
        Self {
            texts,
            k,
            attrs,
            text: text.to_owned(),
        }
    }

    fn is_unknown(&self) -> bool {
        self.text == UNKNOWN
    }

    fn attr(&self, name: &str) -> &str {
        let attr = self.attrs.iter().find(|attr| attr.0 == name);
        attr.map_or("", |attr| &attr.1)
    }
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage<'a> {
    at: &'a PageFrame<'a>,
    /// Of a past.
    past_bar: Option<&'a str>,
    frame: &'a BoardFrame,
    style: &'a str,
    texts: &'a Texts,
    unknown: &'a str,
    ts: i64,
    page_id: String,
    zone: &'a str,
    root: String,
}

#[derive(Template)]
#[template(path = "board_preview.html")]
struct PreviewPage<'a> {
    build: &'a str,
    /// As of `PageFrame`.
    age: Option<u64>,
    frame: &'a BoardFrame,
    style: &'a str,
    script: Option<&'a str>,
    texts: &'a Texts,
    unknown: &'a str,
    ts: i64,
    zone: &'a str,
    root: String,
}

#[derive(Template)]
#[template(path = "board_root.html")]
struct BoardRoot<'a> {
    id: &'a str,
    frame: &'a BoardFrame,
    clock: String,
    head: HeadCells<Leaf>,
    lists: Vec<String>,
}

#[derive(Template)]
#[template(path = "board_list.html")]
struct BoardListTemplate<'a> {
    texts: &'a Texts,
    id: &'a str,
    kind: &'a Kind,
    /// Rows per page.
    page: usize,
    groups: Vec<ListSection<'a>>,
}

struct ListSection<'a> {
    group: &'a BoardGroup,
    cells: GroupCells<Leaf>,
    rows: Vec<String>,
}

#[derive(Template)]
#[template(path = "board_place.html")]
struct PlaceTemplate<'a> {
    id: String,
    kind: &'a Kind,
    row: Option<RowTemplate<'a>>,
}

struct RowTemplate<'a> {
    shape: &'a RowShape,
    cells: RowCells<Leaf>,
}

impl QueueCells<Leaf> {
    /// The figures of a table's row, with whether the note of each is only for screen readers.
    fn in_columns(&self, head: &TableHead) -> Vec<(bool, &FigureCells<Leaf>)> {
        let columns = head.columns.iter().map(|column| column.has_hidden_notes);
        columns.zip(&self.figures).collect()
    }

    /// The figures of a tile after the large one, with whether each is also a bar: those that always have
    /// room, the service level, then the others.
    fn on_tile<'a>(&'a self, shape: &'a RowShape) -> Vec<(&'a FigureShape, &'a FigureCells<Leaf>)> {
        let figures = shape.figures.iter().zip(&self.figures).skip(1);
        let (bars, mut texts): (Vec<_>, Vec<_>) = figures.partition(|(shape, _)| shape.is_bar);
        let after_main = texts.len().min(tile::MAIN_FIGURES);
        texts.splice(after_main..after_main, bars);
        texts
    }
}
