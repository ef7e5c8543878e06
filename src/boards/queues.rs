//! Queues as tiles or as rows of a table.

use crate::{domain::Past, live::Over};

use super::{
    address::address,
    normal,
    scene::{Judged, Scene, Shown},
    severity::Severity,
    slots::{Attr, Cell},
    totals, trend,
    view::{Group, Kind, List, Row, Shape},
};

/// The one group of a list without headings.
pub(super) const ALL: &str = "all";

/// A tile per queue, in the board's order.
pub(super) fn tiles(scene: &mut Scene<'_>, past: &Past, queues: &[&Judged<'_>]) -> List {
    let rows = queues.iter().zip(0..);
    let rows = rows.map(|(queue, pos)| {
        let normals = normal::of(scene, past, queue);
        row(scene, queue, pos, normals)
    });
    List {
        id: "queues",
        kind: Kind::Tiles,
        groups: vec![one_group()],
        rows: rows.collect(),
    }
}

/// A row per queue below one for them all.
pub(super) fn table(scene: &mut Scene<'_>, over: &Over<'_>, queues: &[&Judged<'_>]) -> List {
    let headings = scene.show.iter().map(|metric| metric.short_label());
    let trend = scene.show.first().filter(|metric| trend::is_kept(**metric));
    let headings = headings.chain(trend.map(|_| "Last hour"));
    let headings = headings.map(str::to_owned).collect();
    let mut rows = Vec::with_capacity(queues.len() + 1);
    if !queues.is_empty() {
        rows.push(totals::all_queues(scene, over));
    }
    let each = queues.iter().zip(1..);
    rows.extend(each.map(|(queue, pos)| row(scene, queue, pos, Vec::new())));
    List {
        id: "queues",
        kind: Kind::Table(headings),
        groups: vec![one_group()],
        rows,
    }
}

pub(super) fn one_group() -> Group {
    Group {
        key: ALL,
        title: "",
        glyph: "",
        cells: Vec::new(),
    }
}

/// With what is normal of some of its figures, by their places.
fn row(scene: &mut Scene<'_>, queue: &Judged<'_>, pos: i64, normals: Vec<(usize, String)>) -> Row {
    let mut cells = cells(
        queue.severity,
        pos,
        &queue.name,
        &queue.note,
        &queue.figures,
    );
    let (normals, words): (Vec<_>, Vec<_>) = normals.into_iter().unzip();
    cells.extend(words.into_iter().map(Cell::Text));
    cells.extend(scene.trend(queue.queue, &queue.id));
    Row {
        key: queue.id.clone(),
        shape: Shape {
            all: false,
            href: address("queues", &queue.queue.id),
            labels: queue.figures.iter().map(|f| f.label.clone()).collect(),
            normals,
        },
        cells,
        said: queue.said,
    }
}

/// The row's attributes, name, mark and note; then three for each figure. A queue's
/// row goes on with what is normal, and ends with the trend of its first figure, where
/// that is kept.
pub(super) fn cells(
    severity: Severity,
    pos: i64,
    name: &str,
    note: &str,
    figures: &[Shown],
) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(4 + figures.len() * 3);
    cells.push(place(severity, pos, ALL));
    cells.push(Cell::Text(name.to_owned()));
    cells.push(Cell::Text(severity.mark().to_owned()));
    cells.push(Cell::Text(note.to_owned()));
    for figure in figures {
        cells.push(Cell::Attrs(vec![("sev", figure.severity.name().into())]));
        cells.push(figure.cell.clone());
        cells.push(Cell::Text(figure.note.clone()));
    }
    cells
}

/// A row's own attributes.
pub(super) fn place(severity: Severity, pos: i64, group: &str) -> Cell {
    Cell::Attrs(vec![
        ("sev", severity.name().into()),
        ("pos", Attr::Number(pos)),
        ("in", group.into()),
    ])
}
