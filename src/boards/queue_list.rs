//! Queues as tiles or as rows of a table.

use crate::{domain::Baseline, live::QueueSelection};

use super::{
    address::subject_path,
    baseline,
    board_slots::{AttributeValue, SlotValue},
    board_view::{BoardGroup, BoardRow, Kind, RowList, RowShape},
    render_context::{EvaluatedQueue, RenderContext, RenderedMetric},
    severity::Severity,
    totals, trend,
};

/// The single group of a list without headings.
pub(super) const ALL_GROUP: &str = "all";

/// Builds a tile per queue, in the board's order.
pub(super) fn build_tiles(
    context: &mut RenderContext<'_>,
    baseline: &Baseline,
    queues: &[&EvaluatedQueue<'_>],
) -> RowList {
    let rows = queues.iter().zip(0..);
    let rows = rows.map(|(queue, position)| {
        let notes = baseline::baseline_notes(context, baseline, queue);
        queue_row(context, queue, position, notes)
    });
    RowList {
        id: "queues",
        kind: Kind::Tiles,
        groups: vec![one_group()],
        rows: rows.collect(),
    }
}

/// Builds a row per queue below one for all queues.
pub(super) fn build_table(
    context: &mut RenderContext<'_>,
    selection: &QueueSelection<'_>,
    queues: &[&EvaluatedQueue<'_>],
) -> RowList {
    let headings = context.metrics.iter().map(|metric| metric.short_label());
    let trend = context
        .metrics
        .first()
        .filter(|metric| trend::has_trend(**metric));
    let headings = headings.chain(trend.map(|_| "Last hour"));
    let headings = headings.map(str::to_owned).collect();
    let mut rows = Vec::with_capacity(queues.len() + 1);
    if !queues.is_empty() {
        rows.push(totals::all_queues_row(context, selection));
    }
    let numbered = queues.iter().zip(1..);
    rows.extend(numbered.map(|(queue, position)| queue_row(context, queue, position, Vec::new())));
    RowList {
        id: "queues",
        kind: Kind::Table(headings),
        groups: vec![one_group()],
        rows,
    }
}

pub(super) fn one_group() -> BoardGroup {
    BoardGroup {
        key: ALL_GROUP,
        title: "",
        glyph: "",
        cells: Vec::new(),
    }
}

/// Builds a queue's row, with its baseline notes by metric index.
fn queue_row(
    context: &mut RenderContext<'_>,
    queue: &EvaluatedQueue<'_>,
    position: i64,
    notes: Vec<(usize, String)>,
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
    cells.extend(context.trend_cell(queue.queue, &queue.id));
    BoardRow {
        key: queue.id.clone(),
        shape: RowShape {
            is_all_queues: false,
            href: subject_path("queues", &queue.queue.id),
            labels: queue.figures.iter().map(|f| f.label.clone()).collect(),
            baseline_places,
        },
        cells,
        reported_at: queue.reported_at,
    }
}

/// Returns the row's attributes, name, severity mark and note, then three cells per metric. A
/// queue's row continues with its baseline notes and ends with the trend of its first metric,
/// where recorded.
pub(super) fn row_cells(
    severity: Severity,
    position: i64,
    name: &str,
    note: &str,
    figures: &[RenderedMetric],
) -> Vec<SlotValue> {
    let mut cells = Vec::with_capacity(4 + figures.len() * 3);
    cells.push(row_attributes(severity, position, ALL_GROUP));
    cells.push(SlotValue::Text(name.to_owned()));
    cells.push(SlotValue::Text(severity.mark_text().to_owned()));
    cells.push(SlotValue::Text(note.to_owned()));
    for figure in figures {
        cells.push(SlotValue::Attributes(vec![(
            "sev",
            figure.severity.into_str().into(),
        )]));
        cells.push(figure.cell.clone());
        cells.push(SlotValue::Text(figure.note.clone()));
    }
    cells
}

/// Returns the attributes of the row itself.
pub(super) fn row_attributes(severity: Severity, position: i64, group: &str) -> SlotValue {
    SlotValue::Attributes(vec![
        ("sev", severity.into_str().into()),
        ("pos", AttributeValue::Number(position)),
        ("in", group.into()),
    ])
}
