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

/// The one group of a list without headings.
pub(super) const ALL_GROUP: &str = "all";

/// A tile per queue, in the board's order.
pub(super) fn build_tiles(
    scene: &mut RenderContext<'_>,
    past: &Baseline,
    queues: &[&EvaluatedQueue<'_>],
) -> RowList {
    let rows = queues.iter().zip(0..);
    let rows = rows.map(|(queue, pos)| {
        let normals = baseline::baseline_notes(scene, past, queue);
        queue_row(scene, queue, pos, normals)
    });
    RowList {
        id: "queues",
        kind: Kind::Tiles,
        groups: vec![one_group()],
        rows: rows.collect(),
    }
}

/// A row per queue below one for them all.
pub(super) fn build_table(
    scene: &mut RenderContext<'_>,
    over: &QueueSelection<'_>,
    queues: &[&EvaluatedQueue<'_>],
) -> RowList {
    let headings = scene.metrics.iter().map(|metric| metric.short_label());
    let trend = scene
        .metrics
        .first()
        .filter(|metric| trend::has_trend(**metric));
    let headings = headings.chain(trend.map(|_| "Last hour"));
    let headings = headings.map(str::to_owned).collect();
    let mut rows = Vec::with_capacity(queues.len() + 1);
    if !queues.is_empty() {
        rows.push(totals::all_queues_row(scene, over));
    }
    let each = queues.iter().zip(1..);
    rows.extend(each.map(|(queue, pos)| queue_row(scene, queue, pos, Vec::new())));
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

/// With what is normal of some of its figures, by their places.
fn queue_row(
    scene: &mut RenderContext<'_>,
    queue: &EvaluatedQueue<'_>,
    pos: i64,
    normals: Vec<(usize, String)>,
) -> BoardRow {
    let mut cells = row_cells(
        queue.severity,
        pos,
        &queue.name,
        &queue.note,
        &queue.figures,
    );
    let (normals, words): (Vec<_>, Vec<_>) = normals.into_iter().unzip();
    cells.extend(words.into_iter().map(SlotValue::Text));
    cells.extend(scene.trend_cell(queue.queue, &queue.id));
    BoardRow {
        key: queue.id.clone(),
        shape: RowShape {
            is_all_queues: false,
            href: subject_path("queues", &queue.queue.id),
            labels: queue.figures.iter().map(|f| f.label.clone()).collect(),
            baseline_places: normals,
        },
        cells,
        reported_at: queue.reported_at,
    }
}

/// The row's attributes, name, mark and note; then three for each figure. A queue's
/// row goes on with what is normal, and ends with the trend of its first figure, where
/// that is kept.
pub(super) fn row_cells(
    severity: Severity,
    pos: i64,
    name: &str,
    note: &str,
    figures: &[RenderedMetric],
) -> Vec<SlotValue> {
    let mut cells = Vec::with_capacity(4 + figures.len() * 3);
    cells.push(row_attributes(severity, pos, ALL_GROUP));
    cells.push(SlotValue::Text(name.to_owned()));
    cells.push(SlotValue::Text(severity.mark_text().to_owned()));
    cells.push(SlotValue::Text(note.to_owned()));
    for figure in figures {
        cells.push(SlotValue::Attributes(vec![(
            "sev",
            figure.severity.name().into(),
        )]));
        cells.push(figure.cell.clone());
        cells.push(SlotValue::Text(figure.note.clone()));
    }
    cells
}

/// A row's own attributes.
pub(super) fn row_attributes(severity: Severity, pos: i64, group: &str) -> SlotValue {
    SlotValue::Attributes(vec![
        ("sev", severity.name().into()),
        ("pos", AttributeValue::Number(pos)),
        ("in", group.into()),
    ])
}
