//! The HTML of boards: the page, and the regions sent when structure changes.
//! Every changing leaf carries its slot number as `data-k`.

use askama::Template;
use jiff::Timestamp;

use crate::domain::moment;

use super::{
    board_header::{HeaderSlot, ITEM_SLOTS, STRIP_ITEMS},
    board_slots::{AttributeValue, BoardSlots, ListPlaces, PlacedRow, SlotValue, SlottedView},
    board_view::{BoardFrame, BoardGroup, Kind},
    format::{self, UNKNOWN},
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
    /// For the clocks until the script runs them.
    pub now: Timestamp,
}

/// Renders the whole page of a board, readable without script.
pub fn render_page(page: &PageFrame<'_>, slots: &BoardSlots) -> String {
    let Some(view) = &slots.view else {
        return String::new();
    };
    let frame = &view.frame;
    render_template(&BoardPage {
        at: page,
        frame,
        lang: format::LANGUAGE,
        words: format::CLOCK_WORDS,
        unknown: UNKNOWN,
        ts: page.now.as_millisecond(),
        clock: format::time(page.now, &frame.zone),
        page_id: frame.page_id(),
        zone: frame.zone.iana_name().unwrap_or("UTC"),
        root: render_root(view, page.now),
    })
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
    render_template(&BoardRoot {
        id: ROOT_REGION,
        frame: &view.frame,
        strip: (0..STRIP_ITEMS)
            .map(|item| {
                std::array::from_fn(|part| {
                    leaf(HeaderSlot::Strip as usize + item * ITEM_SLOTS + part)
                })
            })
            .collect(),
        more: header_leaf(HeaderSlot::More),
        calm: header_leaf(HeaderSlot::Calm),
        today: header_leaf(HeaderSlot::Today),
        sources_state: header_leaf(HeaderSlot::SourcesState),
        sources: header_leaf(HeaderSlot::Sources),
        folded: header_leaf(HeaderSlot::Omitted),
        empty: header_leaf(HeaderSlot::Empty),
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
            Kind::Cards => tile_grid::CARDS_PER_PAGE,
            Kind::Tiles | Kind::Table(_) | Kind::Totals => tile_grid::TILES_PER_PAGE,
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
        let figures = if leaves.len() < 4 { &[] } else { &leaves[4..] };
        let shape = &placed.row.shape;
        let (figure_cells, baseline_places) = (3 * shape.labels.len(), &shape.baseline_places);
        let baseline_note = |index| {
            let note_index = baseline_places.iter().position(|noted| *noted == index)?;
            figures.get(figure_cells + note_index).cloned()
        };
        RowTemplate {
            all: placed.row.shape.is_all_queues,
            href: shape.href.clone(),
            spark: figures.get(figure_cells + baseline_places.len()).cloned(),
            figures: (placed.row.shape.labels.iter())
                .zip(figures.chunks_exact(3))
                .enumerate()
                .map(|(index, (label, leaves))| {
                    (label.clone(), leaves.to_vec(), baseline_note(index))
                })
                .collect(),
            label: placed.row.shape.labels.first().cloned().unwrap_or_default(),
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

    /// Returns the dot at the end of a trend line, as an SVG path.
    fn end(&self) -> String {
        match self.attr("end") {
            "" => String::new(),
            end => format!("M{end}h0"),
        }
    }
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage<'a> {
    at: &'a PageFrame<'a>,
    frame: &'a BoardFrame,
    lang: &'a str,
    words: super::format::ClockUnits,
    unknown: &'a str,
    ts: i64,
    clock: String,
    page_id: String,
    zone: &'a str,
    root: String,
}

#[derive(Template)]
#[template(path = "board_root.html")]
struct BoardRoot<'a> {
    id: &'a str,
    frame: &'a BoardFrame,
    strip: Vec<[Leaf; ITEM_SLOTS]>,
    more: Leaf,
    calm: Leaf,
    today: Leaf,
    sources_state: Leaf,
    sources: Leaf,
    folded: Leaf,
    empty: Leaf,
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
    href: String,
    /// The last hour as a trend line, if available.
    spark: Option<Leaf>,
    leaves: Vec<Leaf>,
    label: String,
    /// Label, the leaves of attributes, value and note, and the baseline note.
    figures: Vec<(String, Vec<Leaf>, Option<Leaf>)>,
}
