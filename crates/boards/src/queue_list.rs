//! Queues as tiles.

use wallboard_live::{QueueSelection, Severity};

use super::{
    baseline,
    board_definition::BoardDefinition,
    board_queue::BoardQueue,
    board_row::{BoardRow, RowPlace},
    board_view::{BoardGroup, Kind, RowList},
    head_cells::GroupCells,
    render_context::RenderContext,
    rendered_figure::RenderedFigure,
    slot_value::{AttributeValue, flag},
    sum_tile, tile,
    tile_grid::TileGrid,
    widget::WidgetSize,
};

/// The single group of a list without headings.
const ALL_GROUP: &str = "all";

/// Builds a tile per queue, in the board's order, then the widgets without a position of their own, and one for all
/// queues where a cell is spare.
pub(super) fn build_tiles<'a>(
    context: &mut RenderContext<'a>,
    selection: &QueueSelection<'a>,
    queues: &[&BoardQueue<'_>],
    widgets: Vec<BoardRow>,
    has_foot: bool,
) -> RowList {
    let count = queues.len() + widgets.len();
    let names = queues.iter().map(|queue| queue.name.as_str());
    let headings = widgets.iter().filter(|row| row.shape.has_heading());
    let mut names = names.chain(headings.map(BoardRow::name));
    let has_long_name = names.any(|name| !tile::name_kind(name).is_empty());
    let mut rows: Vec<_> = (queues.iter())
        .map(|queue| {
            let normals = baseline::baseline_notes(context, queue);
            tile::tile_row(context, queue, normals)
        })
        .collect();
    place_widgets(context.board, &mut rows, widgets);
    let of_sizes = set_sizes(context.board, &mut rows);
    let grid = of_sizes.unwrap_or_else(|| TileGrid::new(count, context.board.columns));
    // Widgets alone have no sum, and a queue is its own.
    if grid.has_sum && 1 < queues.len() {
        rows.push(sum_tile::all_queues_tile(context, selection));
    }
    for (row, position) in rows.iter_mut().zip(0..) {
        row.set_position(position);
    }
    RowList {
        id: "queues",
        kind: Kind::Tiles,
        rows,
        groups: vec![one_group(GroupCells::Tiles(
            grid.attributes(has_long_name, has_foot),
        ))],
    }
}

pub(super) fn one_group(cells: GroupCells) -> BoardGroup {
    BoardGroup {
        key: ALL_GROUP,
        title: "",
        cells,
    }
}

/// Puts each widget where its position says, or after all that have none.
fn place_widgets(board: &BoardDefinition, rows: &mut Vec<BoardRow>, widgets: Vec<BoardRow>) {
    let mut placed = Vec::new();
    for row in widgets {
        match board.widget_of(&row).and_then(|widget| widget.position) {
            Some(position) => placed.push((usize::from(position), row)),
            None => rows.push(row),
        }
    }
    placed.sort_by_key(|(position, _)| *position);
    let mut next = 0;
    for (position, row) in placed {
        // Those of one position follow each other.
        let at = position.saturating_sub(1).max(next).min(rows.len());
        rows.insert(at, row);
        next = at + 1;
    }
}

/// Lets the style know of wide and large widgets, if the page has room for them. Returns its grid.
fn set_sizes(board: &BoardDefinition, rows: &mut [BoardRow]) -> Option<TileGrid> {
    let sizes = rows.iter().map(|row| {
        let widget = board.widget_of(row);
        widget.map_or_else(WidgetSize::default, |widget| widget.size)
    });
    let sizes: Vec<_> = sizes.collect();
    let grid = TileGrid::of_sizes(&sizes, board.columns);
    let rows = rows.iter_mut().zip(sizes);
    for (row, size) in rows.filter(|(row, _)| row.shape.is_widget) {
        let size = match grid {
            Some(_) => size,
            None => WidgetSize::default(),
        };
        row.add_attribute("size", size.into_str().into());
    }
    grid
}

/// Returns the place of a tile until all of the board are numbered.
pub(super) fn tile_place(severity: Severity) -> RowPlace {
    row_place(severity, 0)
}

pub(super) fn row_place(severity: Severity, position: i64) -> RowPlace {
    RowPlace {
        group: ALL_GROUP,
        position,
        severity,
    }
}

/// Returns what the style shows of a figure: its severity, a missed target of the day, and a zero
/// or an unknown value, which recede.
pub(super) fn figure_attributes(figure: &RenderedFigure) -> Vec<(&'static str, AttributeValue)> {
    vec![
        ("sev", figure.evaluated.severity.into_str().into()),
        ("miss", flag(figure.evaluated.is_missed)),
        ("zero", flag(figure.evaluated.is_nothing())),
    ]
}
