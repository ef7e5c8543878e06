//! The HTML of boards: the page, and the regions sent when structure changes.
//! Every changing leaf carries its slot number as `data-k`.

use askama::Template;
use jiff::Timestamp;

use wallboard_domain::moment;

use super::{
    board_definition::BoardLayout,
    board_header::HeaderSlot,
    board_registry::BoardTime,
    board_slots::{AttributeValue, BoardSlots, ListPlaces, PlacedRow, SlotValue, SlottedView},
    board_view::{BoardFrame, BoardGroup, Kind, RowShape},
    format::{self, UNKNOWN},
    queue_list::{FIGURE_CELLS, FIRST_FIGURE},
    row_limit,
    site_line::ITEM_CELLS,
    tile_grid::{self, TileGrid},
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
}

/// Renders the whole page of a board, readable without script.
pub fn render_page(page: &PageFrame<'_>, slots: &BoardSlots) -> String {
    let Some(view) = &slots.view else {
        return String::new();
    };
    let frame = &view.frame;
    let (style, script) = layout_assets(frame.layout);
    render_template(&BoardPage {
        at: page,
        frame,
        style,
        script,
        lang: format::LANGUAGE,
        words: format::CLOCK_WORDS,
        unknown: UNKNOWN,
        ts: page.now.as_millisecond(),
        page_id: frame.page_id(),
        zone: frame.zone.iana_name().unwrap_or("UTC"),
        root: render_root(view, page.now),
    })
}

/// Returns a layout's own style and script, which go with those of all boards.
fn layout_assets(layout: BoardLayout) -> (&'static str, &'static str) {
    match layout {
        BoardLayout::Queues => ("tiles", "tile_fit"),
        BoardLayout::List => ("list", "list_fit"),
        BoardLayout::Agents => ("agents", "agent_fit"),
    }
}

/// Renders all regions, with clocks as of `now`.
pub(super) fn render_root(view: &SlottedView, now: Timestamp) -> String {
    let leaf = |index: usize| {
        render_leaf(
            slot_number(view.head.first, index),
            &view.head.cells[index],
            now,
        )
    };
    let header_leaf = |head: HeaderSlot| leaf(head as usize);
    let site_items = (view.head.cells.len() - HeaderSlot::Site as usize) / ITEM_CELLS;
    render_template(&BoardRoot {
        id: ROOT_REGION,
        frame: &view.frame,
        clock: format::time(now, &view.frame.zone),
        count: header_leaf(HeaderSlot::Count),
        calm: header_leaf(HeaderSlot::Calm),
        day_note: header_leaf(HeaderSlot::DayNote),
        status: [
            HeaderSlot::StatusState,
            HeaderSlot::Status,
            HeaderSlot::StatusDetail,
        ]
        .map(header_leaf),
        band: [
            HeaderSlot::BandState,
            HeaderSlot::Band,
            HeaderSlot::BandDetail,
        ]
        .map(header_leaf),
        folded: [
            header_leaf(HeaderSlot::Omitted),
            header_leaf(HeaderSlot::Closed),
        ],
        empty: header_leaf(HeaderSlot::Empty),
        site: (0..site_items)
            .map(|item| {
                std::array::from_fn(|part| {
                    leaf(HeaderSlot::Site as usize + item * ITEM_CELLS + part)
                })
            })
            .collect(),
        lists: (view.lists.iter())
            .map(|list| render_list(list, &view.frame, now))
            .collect(),
    })
}

pub(super) fn render_list(places: &ListPlaces, frame: &BoardFrame, now: Timestamp) -> String {
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
                leaves: render_leaves(*first, &group.cells, now),
                rows: rows
                    .iter()
                    .map(|place| render_place(places, *place, now))
                    .collect(),
            }
        });
    let count = places.rows.iter().flatten().count();
    render_template(&BoardListTemplate {
        id: places.id,
        kind: &places.kind,
        grid: tile_grid::fit_grid(count, frame.columns),
        page: match places.kind {
            Kind::Cards => row_limit::CARDS_PER_PAGE,
            Kind::Table(_) => row_limit::ROWS_PER_PAGE,
            Kind::Tiles => tile_grid::TILES_PER_PAGE,
        },
        columns: frame.columns.unwrap_or(0),
        groups: groups.collect(),
    })
}

/// Returns the places of a group's rows, in row order.
fn group_rows(places: &ListPlaces, group: &str) -> Vec<usize> {
    let mut rows: Vec<(i64, usize)> = Vec::new();
    for (place, placed) in places.rows.iter().enumerate() {
        if let Some(placed) = placed
            && let Some((position, row_group)) = row_position(placed)
            && row_group == group
        {
            rows.push((position, place));
        }
    }
    rows.sort_unstable();
    rows.into_iter().map(|(_, place)| place).collect()
}

fn row_position(placed: &PlacedRow) -> Option<(i64, &str)> {
    let Some(SlotValue::Attributes(attrs)) = placed.row.cells.first() else {
        return None;
    };
    let value = |name| attrs.iter().find(|attr| attr.0 == name).map(|attr| &attr.1);
    match (value("pos"), value("in")) {
        (Some(AttributeValue::Number(pos)), Some(AttributeValue::Text(group))) => {
            Some((*pos, group))
        }
        _ => None,
    }
}

pub(super) fn render_place(places: &ListPlaces, place: usize, now: Timestamp) -> String {
    let row = places.rows[place].as_ref().map(|placed| {
        let leaves = render_leaves(placed.first, &placed.row.cells, now);
        let shape = &placed.row.shape;
        let figures = leaves.get(FIRST_FIGURE..).unwrap_or_default();
        let figure_cells = FIGURE_CELLS * shape.labels.len();
        let rest = figures.get(figure_cells..).unwrap_or_default();
        let (notes, rest) = rest.split_at(shape.baseline_places.len().min(rest.len()));
        let baseline_note = |index| {
            let note = shape.baseline_places.iter().position(|p| *p == index)?;
            notes.get(note).cloned()
        };
        let figures: Vec<_> = (shape.labels.iter())
            .zip(figures.chunks_exact(FIGURE_CELLS))
            .enumerate()
            .map(|(index, (label, leaves))| (label.clone(), leaves.to_vec(), baseline_note(index)))
            .collect();
        RowTemplate {
            all: shape.is_all_queues,
            href: shape.href.clone(),
            spark: rest.first().filter(|_| shape.has_trend).cloned(),
            tile: TileTemplate::new(shape, &figures, &leaves),
            figures,
            leaves,
        }
    });
    render_template(&PlaceTemplate {
        id: place_id(places.id, place),
        kind: &places.kind,
        row,
    })
}

pub(super) fn place_id(list: &str, place: usize) -> String {
    format!("{list}-{place}")
}

fn slot_number(first: u32, index: usize) -> u32 {
    first + u32::try_from(index).expect("slot numbers fit in 32 bits")
}

fn render_template(template: &impl Template) -> String {
    template.render().expect("writing to a string never fails")
}

fn render_leaves(first: u32, cells: &[SlotValue], now: Timestamp) -> Vec<Leaf> {
    let leaf = |(index, cell)| render_leaf(slot_number(first, index), cell, now);
    cells.iter().enumerate().map(leaf).collect()
}

fn render_leaf(k: u32, cell: &SlotValue, now: Timestamp) -> Leaf {
    match cell {
        SlotValue::Text(text) | SlotValue::Clock { since: None, text } => {
            Leaf::new(k, Vec::new(), text)
        }
        SlotValue::Clock {
            since: Some(since), ..
        } => {
            let start = Timestamp::from_millisecond(*since).unwrap_or(now);
            let text = format::elapsed(moment::millis_between(start, now));
            Leaf::new(k, vec![("since", since.to_string())], &text)
        }
        SlotValue::Attributes(attrs) => {
            let attrs = attrs.iter().map(|(name, value)| match value {
                AttributeValue::Text(text) => (*name, text.clone()),
                AttributeValue::Number(number) => (*name, number.to_string()),
            });
            Leaf::new(k, attrs.collect(), "")
        }
    }
}

/// A slot as rendered.
#[derive(Clone)]
struct Leaf {
    k: u32,
    attrs: Vec<(&'static str, String)>,
    text: String,
}

impl Leaf {
    fn new(k: u32, attrs: Vec<(&'static str, String)>, text: &str) -> Self {
        Self {
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
    frame: &'a BoardFrame,
    style: &'a str,
    script: &'a str,
    lang: &'a str,
    words: super::format::ClockUnits,
    unknown: &'a str,
    ts: i64,
    page_id: String,
    zone: &'a str,
    root: String,
}

#[derive(Template)]
#[template(path = "board_root.html")]
struct BoardRoot<'a> {
    id: &'a str,
    frame: &'a BoardFrame,
    clock: String,
    count: Leaf,
    calm: Leaf,
    day_note: Leaf,
    /// Attributes, text and detail, as of the band.
    status: [Leaf; 3],
    band: [Leaf; 3],
    /// Omitted queues, and closed ones.
    folded: [Leaf; 2],
    empty: Leaf,
    /// The site's figures: attributes, label, value and note of each.
    site: Vec<[Leaf; ITEM_CELLS]>,
    lists: Vec<String>,
}

#[derive(Template)]
#[template(path = "board_list.html")]
struct BoardListTemplate<'a> {
    id: &'a str,
    kind: &'a Kind,
    grid: TileGrid,
    /// Rows per page.
    page: usize,
    /// Fixed columns, or 0.
    columns: u8,
    groups: Vec<ListSection<'a>>,
}

struct ListSection<'a> {
    group: &'a BoardGroup,
    leaves: Vec<Leaf>,
    rows: Vec<String>,
}

#[derive(Template)]
#[template(path = "board_place.html")]
struct PlaceTemplate<'a> {
    id: String,
    kind: &'a Kind,
    row: Option<RowTemplate>,
}

struct RowTemplate {
    all: bool,
    /// What only a tile shows.
    tile: Option<TileTemplate>,
    href: String,
    /// The last hour as a trend line, if available.
    spark: Option<Leaf>,
    leaves: Vec<Leaf>,
    /// Label, the leaves of attributes, value and note, and the baseline note.
    figures: Vec<(String, Vec<Leaf>, Option<Leaf>)>,
}

struct TileTemplate {
    figures: Vec<TileFigure>,
    /// How old the large number is.
    since: Leaf,
    /// The causes of its severity that are no figure of the tile.
    causes: Leaf,
    cause_clock: Leaf,
}

impl TileTemplate {
    /// `None` for a row that isn't a tile.
    fn new(
        shape: &RowShape,
        figures: &[(String, Vec<Leaf>, Option<Leaf>)],
        leaves: &[Leaf],
    ) -> Option<Self> {
        let [.., since, causes, cause_clock] = leaves else {
            return None;
        };
        if shape.inline_labels.len() != figures.len() || figures.is_empty() {
            return None;
        }
        let mut texts = 0;
        let drawn = figures.iter().zip(&shape.inline_labels).enumerate();
        let drawn = drawn.map(|(index, ((label, leaves, normal), inline_label))| {
            let class = if Some(index) == shape.level_place {
                "level"
            } else {
                texts += 1;
                ["hero", "", "", "third"]
                    .get(texts - 1)
                    .copied()
                    .unwrap_or("more")
            };
            TileFigure {
                class,
                label: label.clone(),
                inline_label: inline_label.clone(),
                attributes: leaves[0].clone(),
                value: leaves[1].clone(),
                note: leaves[2].clone(),
                normal: normal.clone(),
            }
        });
        Some(Self {
            figures: drawn.collect(),
            since: since.clone(),
            causes: causes.clone(),
            cause_clock: cause_clock.clone(),
        })
    }
}

struct TileFigure {
    /// How it is drawn: large, as a bar, or only with room for more than two figures.
    class: &'static str,
    label: String,
    inline_label: String,
    attributes: Leaf,
    value: Leaf,
    note: Leaf,
    /// How it compares with what is usual.
    normal: Option<Leaf>,
}

impl TileFigure {
    /// The digits that a large number needs room for, if that is more than usual.
    fn width(&self) -> usize {
        let text = &self.value.text;
        if text.contains(':') {
            text.len().saturating_sub(1)
        } else {
            text.chars().count()
        }
    }
}
