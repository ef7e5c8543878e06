//! Queues as tiles.

use wallboard_live::{QueueSelection, Severity};

use super::{
    baseline,
    board_queue::BoardQueue,
    board_row::RowPlace,
    board_view::{BoardGroup, Kind, RowList},
    head_cells::GroupCells,
    render_context::RenderContext,
    rendered_figure::RenderedFigure,
    slot_value::{AttributeValue, flag},
    tile,
    tile_grid::TileGrid,
};

/// The single group of a list without headings.
const ALL_GROUP: &str = "all";

/// Builds a tile per queue, in the board's order, and one for all where a cell is spare.
pub(super) fn build_tiles<'a>(
    context: &mut RenderContext<'a>,
    selection: &QueueSelection<'a>,
    queues: &[&BoardQueue<'_>],
    has_foot: bool,
) -> RowList {
    let grid = TileGrid::new(queues.len(), context.board.columns);
    let has_long_name = queues
        .iter()
        .any(|queue| !tile::name_kind(&queue.name).is_empty());
    let numbered = queues.iter().zip(0..);
    let mut rows: Vec<_> = numbered
        .map(|(queue, position)| {
            let normals = baseline::baseline_notes(context, queue);
            tile::tile_row(context, queue, row_place(queue.severity, position), normals)
        })
        .collect();
    if grid.has_sum {
        let last = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        rows.push(tile::all_queues_tile(context, selection, last));
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
