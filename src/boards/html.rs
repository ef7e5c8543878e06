//! The HTML of boards: the page, and the regions sent when structure changes.
//! Every changing leaf carries its slot number as `data-k`.

use askama::Template;
use jiff::Timestamp;

use crate::domain::{Moment, moment};

use super::{
    fit::{self, Grid},
    format::{self, UNKNOWN},
    head::{Head, ITEM, STRIP},
    slots::{Attr, Cell, Drawn, Placed, Places, Slots},
    view::{Frame, Group, Kind},
};

/// The region that holds all others.
pub(super) const ROOT: &str = "board";

/// What a page carries besides its board.
#[derive(Clone, Copy, Debug)]
pub struct PageFrame<'a> {
    /// The board's id, for the address of its socket.
    pub board: &'a str,
    /// The boards before and after it, by id, where there are others.
    pub neighbours: Option<(&'a str, &'a str)>,
    pub epoch: &'a str,
    pub n: u64,
    pub build: &'a str,
    /// For the clocks until the script runs them.
    pub now: Timestamp,
}

/// The whole page of a board, readable without script.
pub fn page(page: &PageFrame<'_>, slots: &Slots) -> String {
    let Some(drawn) = &slots.drawn else {
        return String::new();
    };
    let frame = &drawn.frame;
    write(&Page {
        at: page,
        frame,
        lang: format::LANGUAGE,
        words: format::CLOCK_WORDS,
        unknown: UNKNOWN,
        ts: page.now.as_millisecond(),
        clock: format::time(page.now, &frame.zone),
        zone: frame.zone.iana_name().unwrap_or("UTC"),
        root: root_at(drawn, page.now),
    })
}

pub(super) fn root(drawn: Option<&Drawn>) -> String {
    drawn.map_or_else(String::new, |drawn| root_at(drawn, drawn.at.wall))
}

fn root_at(drawn: &Drawn, now: Timestamp) -> String {
    let brush = Brush { now };
    let leaf = |place: usize| brush.leaf(slot(drawn.head.first, place), &drawn.head.cells[place]);
    let at = |head: Head| leaf(head as usize);
    write(&Root {
        id: ROOT,
        frame: &drawn.frame,
        strip: (0..STRIP)
            .map(|item| std::array::from_fn(|part| leaf(Head::Strip as usize + item * ITEM + part)))
            .collect(),
        more: at(Head::More),
        calm: at(Head::Calm),
        today: at(Head::Today),
        sources_state: at(Head::SourcesState),
        sources: at(Head::Sources),
        folded: at(Head::Folded),
        empty: at(Head::Empty),
        lists: (drawn.lists.iter())
            .map(|list| list_at(list, &drawn.frame, brush))
            .collect(),
    })
}

pub(super) fn list(places: &Places, frame: &Frame, at: Moment) -> String {
    let brush = Brush { now: at.wall };
    list_at(places, frame, brush)
}

fn list_at(places: &Places, frame: &Frame, brush: Brush) -> String {
    let last = places.groups.len().saturating_sub(1);
    let groups = places
        .groups
        .iter()
        .enumerate()
        .map(|(at, (group, first))| {
            let mut rows = rows_of(places, group.key);
            if at == last {
                // Empty places wait here, unseen.
                let empty = places.held.iter().enumerate();
                rows.extend(empty.filter(|(_, held)| held.is_none()).map(|(at, _)| at));
            }
            Section {
                group,
                leaves: brush.leaves(*first, &group.cells),
                rows: rows.iter().map(|at| place_at(places, *at, brush)).collect(),
            }
        });
    let count = places.held.iter().flatten().count();
    write(&ListHtml {
        id: places.id,
        kind: &places.kind,
        grid: fit::grid(count, frame.columns),
        page: match places.kind {
            Kind::Cards => fit::CARDS,
            Kind::Tiles | Kind::Table(_) | Kind::Totals => fit::TILES,
        },
        columns: frame.columns.unwrap_or(0),
        groups: groups.collect(),
    })
}

/// The places of a group's rows, in their order.
fn rows_of(places: &Places, group: &str) -> Vec<usize> {
    let mut rows: Vec<(i64, usize)> = Vec::new();
    for (at, placed) in places.held.iter().enumerate() {
        if let Some(placed) = placed
            && let Some((pos, within)) = position(placed)
            && within == group
        {
            rows.push((pos, at));
        }
    }
    rows.sort_unstable();
    rows.into_iter().map(|(_, at)| at).collect()
}

fn position(placed: &Placed) -> Option<(i64, &str)> {
    let Some(Cell::Attrs(attrs)) = placed.row.cells.first() else {
        return None;
    };
    let value = |name| attrs.iter().find(|attr| attr.0 == name).map(|attr| &attr.1);
    match (value("pos"), value("in")) {
        (Some(Attr::Number(pos)), Some(Attr::Text(group))) => Some((*pos, group)),
        _ => None,
    }
}

pub(super) fn place(places: &Places, place: usize, at: Moment) -> String {
    let brush = Brush { now: at.wall };
    place_at(places, place, brush)
}

fn place_at(places: &Places, place: usize, brush: Brush) -> String {
    let row = places.held[place].as_ref().map(|placed| {
        let leaves = brush.leaves(placed.first, &placed.row.cells);
        let figures = if leaves.len() < 4 { &[] } else { &leaves[4..] };
        let shape = &placed.row.shape;
        let (all, normals) = (3 * shape.labels.len(), &shape.normals);
        let normal = |place| {
            let nth = normals.iter().position(|known| *known == place)?;
            figures.get(all + nth).cloned()
        };
        RowHtml {
            all: placed.row.shape.all,
            href: shape.href.clone(),
            spark: figures.get(all + normals.len()).cloned(),
            figures: (placed.row.shape.labels.iter())
                .zip(figures.chunks_exact(3))
                .enumerate()
                .map(|(place, (label, leaves))| (label.clone(), leaves.to_vec(), normal(place)))
                .collect(),
            label: placed.row.shape.labels.first().cloned().unwrap_or_default(),
            leaves,
        }
    });
    write(&PlaceHtml {
        id: place_id(places.id, place),
        kind: &places.kind,
        row,
    })
}

pub(super) fn place_id(list: &str, place: usize) -> String {
    format!("{list}-{place}")
}

fn slot(first: u32, place: usize) -> u32 {
    first + u32::try_from(place).expect("a board has fewer leaves than there are numbers")
}

fn write(template: &impl Template) -> String {
    template
        .render()
        .expect("a string takes whatever is written to it")
}

/// How leaves are written: in which language, and where clocks stand.
#[derive(Clone, Copy)]
struct Brush {
    now: Timestamp,
}

impl Brush {
    fn leaves(self, first: u32, cells: &[Cell]) -> Vec<Leaf> {
        let leaf = |(place, cell)| self.leaf(slot(first, place), cell);
        cells.iter().enumerate().map(leaf).collect()
    }

    fn leaf(self, k: u32, cell: &Cell) -> Leaf {
        match cell {
            Cell::Text(text) | Cell::Clock { since: None, text } => Leaf::new(k, Vec::new(), text),
            Cell::Clock {
                since: Some(since), ..
            } => {
                let start = Timestamp::from_millisecond(*since).unwrap_or(self.now);
                let millis = moment::millis_between(start, self.now);
                #[expect(clippy::cast_precision_loss, reason = "ages stay far below 2^52 ms")]
                let text = format::duration(millis as f64 / 1000.0);
                Leaf::new(k, vec![("since", since.to_string())], &text)
            }
            Cell::Attrs(attrs) => {
                let attrs = attrs.iter().map(|(name, value)| match value {
                    Attr::Text(text) => (*name, text.clone()),
                    Attr::Number(number) => (*name, number.to_string()),
                });
                Leaf::new(k, attrs.collect(), "")
            }
        }
    }
}

/// A slot as it is written.
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

    /// The dot at the end of a line, as a path.
    fn end(&self) -> String {
        match self.attr("end") {
            "" => String::new(),
            end => format!("M{end}h0"),
        }
    }
}

#[derive(Template)]
#[template(path = "board.html")]
struct Page<'a> {
    at: &'a PageFrame<'a>,
    frame: &'a Frame,
    lang: &'a str,
    words: super::format::ClockWords,
    unknown: &'a str,
    ts: i64,
    clock: String,
    zone: &'a str,
    root: String,
}

#[derive(Template)]
#[template(path = "board_root.html")]
struct Root<'a> {
    id: &'a str,
    frame: &'a Frame,
    strip: Vec<[Leaf; ITEM]>,
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
struct ListHtml<'a> {
    id: &'a str,
    kind: &'a Kind,
    grid: Grid,
    /// How many rows a page holds.
    page: usize,
    /// Fixed columns, or 0.
    columns: u8,
    groups: Vec<Section<'a>>,
}

struct Section<'a> {
    group: &'a Group,
    leaves: Vec<Leaf>,
    rows: Vec<String>,
}

#[derive(Template)]
#[template(path = "board_place.html")]
struct PlaceHtml<'a> {
    id: String,
    kind: &'a Kind,
    row: Option<RowHtml>,
}

struct RowHtml {
    all: bool,
    href: String,
    /// The last hour as a line, where there is one.
    spark: Option<Leaf>,
    leaves: Vec<Leaf>,
    label: String,
    /// Label, the leaves of attributes, value and note, and what is normal.
    figures: Vec<(String, Vec<Leaf>, Option<Leaf>)>,
}
