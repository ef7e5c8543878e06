//! Queues as tiles.

use wallboard_domain::Baseline;
use wallboard_live::Severity;

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
};

/// The single group of a list without headings.
const ALL_GROUP: &str = "all";

/// Builds a tile per queue, in the board's order.
pub(super) fn build_tiles(
    context: &mut RenderContext<'_>,
    baseline: &Baseline,
    queues: &[&BoardQueue<'_>],
) -> RowList {
    let trends = context.board_trends(queues);
    let rows = queues.iter().zip(0..).enumerate();
    let rows = rows.map(|(index, (queue, position))| {
        let normals = baseline::baseline_notes(context, baseline, queue);
        let place = row_place(queue.severity, position);
        tile::tile_row(context, queue, place, normals, trends.cell(context, index))
    });
    RowList {
        id: "queues",
        kind: Kind::Tiles,
        rows: rows.collect(),
        groups: vec![one_group(GroupCells::Nothing)],
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
