//! Queues as tiles.

use wallboard_domain::{Baseline, Metric};

use super::{
    address::subject_path,
    baseline,
    board_slots::{AttributeValue, SlotValue},
    board_view::{BoardGroup, BoardRow, Kind, RowList, RowShape},
    format::UNKNOWN,
    render_context::{EvaluatedQueue, RenderContext, RenderedMetric},
    severity::Severity,
    tile,
};

/// The index of a row's first cell of figures, and the cells of each: attributes, value and note.
pub(super) const FIRST_FIGURE: usize = 4;
pub(super) const FIGURE_CELLS: usize = 3;
/// The single group of a list without headings.
pub(super) const ALL_GROUP: &str = "all";

/// Builds a tile per queue, in the board's order.
pub(super) fn build_tiles(
    context: &mut RenderContext<'_>,
    baseline: &Baseline,
    queues: &[&EvaluatedQueue<'_>],
) -> RowList {
    let trends = context.board_trends(queues);
    let rows = queues.iter().zip(0..).enumerate();
    let rows = rows.map(|(index, (queue, position))| {
        let notes = baseline::baseline_notes(context, baseline, queue);
        let mut row = queue_row(queue, position, notes, trends.cell(context, index));
        tile::add_tile_cells(context, queue, &mut row);
        row
    });
    RowList {
        id: "queues",
        kind: Kind::Tiles,
        rows: rows.collect(),
        groups: vec![one_group()],
    }
}

pub(super) fn one_group() -> BoardGroup {
    BoardGroup {
        key: ALL_GROUP,
        title: "",
        cells: Vec::new(),
    }
}

/// Builds a queue's row, with its baseline notes by metric index.
fn queue_row(
    queue: &EvaluatedQueue<'_>,
    position: i64,
    notes: Vec<(usize, String)>,
    trend: Option<SlotValue>,
) -> BoardRow {
    let mut cells = row_cells(
        queue.severity,
        position,
        &queue.name,
        &queue.note,
        &queue.figures,
    );
    let (baseline_places, notes): (Vec<_>, Vec<_>) = notes.into_iter().unzip();
    cells.extend(notes.into_iter().map(SlotValue::Text));
    let has_trend = trend.is_some();
    cells.extend(trend);
    BoardRow {
        key: queue.id.clone(),
        shape: RowShape {
            href: subject_path("queues", &queue.queue.id),
            labels: queue.figures.iter().map(|f| f.label.clone()).collect(),
            has_trend,
            baseline_places,
            ..RowShape::default()
        },
        cells,
        reported_at: queue.reported_at,
    }
}

/// Returns the row's attributes, name, severity mark and note, then three cells per metric. A
/// queue's row continues with its baseline notes and ends with the trend of its first metric,
/// where recorded.
fn row_cells(
    severity: Severity,
    position: i64,
    name: &str,
    note: &str,
    figures: &[RenderedMetric],
) -> Vec<SlotValue> {
    let mut cells = Vec::with_capacity(FIRST_FIGURE + figures.len() * FIGURE_CELLS);
    cells.push(row_attributes(severity, position, ALL_GROUP));
    cells.push(SlotValue::Text(name.to_owned()));
    cells.push(SlotValue::Text(severity.mark_text().to_owned()));
    cells.push(SlotValue::Text(note.to_owned()));
    for figure in figures {
        cells.push(figure_attributes(figure));
        cells.push(figure.cell.clone());
        cells.push(SlotValue::Text(figure.note.clone()));
    }
    cells
}

/// Returns what the style shows of a figure: its severity, a missed target of the day, and a zero
/// or an unknown value, which recede.
pub(super) fn figure_attributes(figure: &RenderedMetric) -> SlotValue {
    let flag = |is: bool| AttributeValue::from(if is { "yes" } else { "" });
    let has_nothing = match &figure.cell {
        SlotValue::Text(text) | SlotValue::Clock { since: None, text } => {
            // No one available is news.
            text == UNKNOWN || text == "0" && figure.metric != Metric::AgentsAvailable
        }
        _ => false,
    };
    SlotValue::Attributes(vec![
        ("sev", figure.severity.into_str().into()),
        ("miss", flag(figure.is_missed)),
        ("zero", flag(has_nothing)),
    ])
}

/// Returns the attributes of the row itself.
pub(super) fn row_attributes(severity: Severity, position: i64, group: &str) -> SlotValue {
    SlotValue::Attributes(vec![
        ("sev", severity.into_str().into()),
        ("pos", AttributeValue::Number(position)),
        ("in", group.into()),
    ])
}
