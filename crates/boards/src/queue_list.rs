//! Queues as tiles.

use wallboard_live::{QueueSelection, Severity};

use super::{
    baseline,
    board_queue::BoardQueue,
    board_row::{BoardRow, RowPlace},
    board_view::{BoardGroup, Kind, RowList},
    head_cells::GroupCells,
    render_context::RenderContext,
    rendered_figure::RenderedFigure,
    slot_value::{AttributeValue, flag},
    sum_tile, tile,
    tile_grid::TileGrid,
};

/// The single group of a list without headings.
const ALL_GROUP: &str = "all";

/// Builds a tile per queue, in the board's order, then the widgets, and one for all queues where a cell is
/// spare.
pub(super) fn build_tiles<'a>(
    context: &mut RenderContext<'a>,
    selection: &QueueSelection<'a>,
    queues: &[&BoardQueue<'_>],
    widgets: Vec<BoardRow>,
    has_foot: bool,
) -> RowList {
    let grid = TileGrid::new(queues.len() + widgets.len(), context.board.columns);
    let names = queues.iter().map(|queue| queue.name.as_str());
    let mut names = names.chain(widgets.iter().map(BoardRow::name));
    let has_long_name = names.any(|name| !tile::name_kind(name).is_empty());
    let numbered = queues.iter().zip(0..);
    let mut rows: Vec<_> = numbered
        .map(|(queue, position)| {
            let normals = baseline::baseline_notes(context, queue);
            tile::tile_row(context, queue, row_place(queue.severity, position), normals)
        })
        .collect();
    rows.extend(widgets);
    // Widgets alone have no sum, and a queue is its own.
    if grid.has_sum && 1 < queues.len() {
        let last = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        rows.push(sum_tile::all_queues_tile(context, selection, last));
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
