//! Queues as rows of a table, below a row for all of them.

use wallboard_domain::{Metric, MetricValue};
use wallboard_live::{QueueSelection, Severity};
use wallboard_texts::Texts;

use super::{
    address::subject_path,
    board_queue::BoardQueue,
    board_row::{BoardRow, FigureCells, FigureShape, QueueCells, RowCells, RowShape},
    board_view::{Kind, RowList},
    custom_cells::{CustomCell, insert_custom},
    figure_text, format,
    head_cells::GroupCells,
    queue_list,
    render_context::RenderContext,
    rendered_figure::RenderedFigure,
    slot_value::{SlotValue, flag},
    tile, trend,
};

/// The head of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableHead {
    /// Whether a column shows the last hour, next to the names.
    pub has_trend: bool,
    pub columns: Vec<ColumnHead>,
}

/// The head of a column of figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnHead {
    pub label: String,
    /// The target, if it is a service level, or the unit.
    pub note: String,
    pub is_unit: bool,
    /// Whether notes on its figures are only for screen readers: what marks and colors mean.
    pub has_hidden_notes: bool,
}

/// Builds a row per queue below one for all queues.
pub(super) fn build_table<'a>(
    context: &mut RenderContext<'a>,
    selection: &QueueSelection<'a>,
    queues: &[&BoardQueue<'_>],
) -> RowList {
    let metrics = context.metrics.clone();
    let first = metrics.first();
    let columns = metrics.iter().enumerate();
    let mut columns: Vec<_> = columns
        .map(|(index, metric)| column_head(context, *metric, index, queues))
        .collect();
    for custom in &context.custom {
        let head = ColumnHead {
            label: custom.label.clone(),
            note: custom.unit.clone(),
            is_unit: true,
            has_hidden_notes: false,
        };
        columns.insert(custom.place.min(columns.len()), head);
    }
    let head = TableHead {
        has_trend: first.is_some_and(|metric| trend::has_trend(*metric)),
        columns,
    };
    let day_notes: Vec<_> = (queues.iter())
        .map(|queue| queue.note.day_text().to_owned())
        .collect();
    let mut rows = Vec::with_capacity(queues.len() + 1);
    let mut footnotes = vec![day_footnote(context.texts, day_notes)];
    if !queues.is_empty() {
        let (row, excluded) = all_queues_row(context, selection);
        rows.push(row);
        footnotes.extend(excluded);
    }
    let numbered = queues.iter().zip(1..);
    rows.extend(numbered.map(|(queue, position)| {
        let trend = context.trend_cell(queue.queue);
        queue_row(context.texts, queue, position, trend)
    }));
    RowList {
        id: "queues",
        kind: Kind::Table(head),
        groups: vec![queue_list::one_group(GroupCells::Footnote(
            SlotValue::Text(join_footnotes(footnotes)),
        ))],
        rows,
    }
}

/// Explains the asterisk of daily figures. A note in each row would hide its last hour all day.
fn day_footnote(texts: &Texts, mut day_notes: Vec<String>) -> String {
    day_notes.retain(|note| !note.is_empty());
    day_notes.dedup();
    match day_notes.as_slice() {
        [_, _, ..] => texts.partial_day().to_owned(),
        notes => notes.concat(),
    }
}

/// "* Today since 12:30 · excludes Support: Orders today"
fn join_footnotes(mut footnotes: Vec<String>) -> String {
    footnotes.retain(|note| !note.is_empty());
    match footnotes.as_slice() {
        [] => String::new(),
        notes => format!("* {}", notes.join(" · ")),
    }
}

/// A threshold is in the head only if all queues have the same one. Targets may differ.
fn column_head(
    context: &RenderContext<'_>,
    metric: Metric,
    index: usize,
    queues: &[&BoardQueue<'_>],
) -> ColumnHead {
    let mut labels = queues.iter().map(|queue| &queue.figures[index].text.label);
    let first = labels.next();
    let shared = first.filter(|first| labels.all(|label| label == *first));
    ColumnHead {
        label: shared.map_or_else(|| context.texts.metric(metric).label.clone(), String::clone),
        note: match metric {
            Metric::ServiceLevel => {
                let figures = queues.iter().map(|queue| &queue.figures[index].evaluated);
                let targets = figures.filter_map(|figure| figure.target.service_level_percent);
                figure_text::write_target(context.texts, targets)
            }
            _ => String::new(),
        },
        is_unit: false,
        has_hidden_notes: metric == Metric::ServiceLevel || !metric.is_daily(),
    }
}

/// Returns the figures of all queues, the queues that they exclude, and whether they are out of date.
pub(super) fn total_figures<'a>(
    context: &mut RenderContext<'a>,
    selection: &QueueSelection<'a>,
) -> (Vec<RenderedFigure>, String, Severity) {
    let show = context.metrics.clone().into_iter();
    let (figures, missing): (Vec<_>, Vec<_>) =
        show.map(|m| context.total_metric(selection, m)).unzip();
    let missing = missing.into_iter().find(|missing| !missing.is_empty());
    // Each queue has its own limits; a sum has none.
    let is_out_of_date = |f: &RenderedFigure| f.evaluated.severity == Severity::OutOfDate;
    let severity = if !figures.is_empty() && figures.iter().all(is_out_of_date) {
        Severity::OutOfDate
    } else {
        Severity::None
    };
    (figures, missing.unwrap_or_default(), severity)
}

/// Builds the row above all others, and names the queues that its custom figures exclude.
fn all_queues_row<'a>(
    context: &mut RenderContext<'a>,
    selection: &QueueSelection<'a>,
) -> (BoardRow, Vec<String>) {
    let (figures, missing, severity) = total_figures(context, selection);
    let (custom, excluded) = context.custom_totals(selection);
    let place = queue_list::row_place(severity, 0);
    let texts = context.texts;
    let mut shapes = figure_shapes(&figures);
    insert_custom(&mut shapes, 0, &custom, CustomCell::shape);
    let cells = figures.iter().map(|figure| figure_cells(texts, figure));
    let mut cells: Vec<_> = cells.collect();
    insert_custom(&mut cells, 0, &custom, CustomCell::in_table);
    let row = BoardRow {
        key: String::new(),
        place,
        shape: RowShape {
            is_all_queues: true,
            figures: shapes,
            ..RowShape::default()
        },
        cells: RowCells::Queue(QueueCells {
            attributes: SlotValue::Attributes(place.attributes()),
            name: SlotValue::text(texts.all_queues()),
            note: SlotValue::Text(missing),
            figures: cells,
            trend: None,
            causes: SlotValue::text(""),
            cause_clock: SlotValue::stopped_clock(""),
            tile: None,
        }),
        reported_at: None,
    };
    (row, excluded)
}

fn queue_row(
    texts: &Texts,
    queue: &BoardQueue<'_>,
    position: i64,
    trend: Option<SlotValue>,
) -> BoardRow {
    let place = queue_list::row_place(queue.severity, position);
    let is_empty = |f: &RenderedFigure| {
        f.metric() == Metric::Waiting && f.evaluated.value() == Some(MetricValue::Count(0))
    };
    // Its note has the room of the live figures, if nobody waits there.
    let is_quiet = queue.closed.is_some() && queue.figures.iter().any(is_empty);
    let has_day_note = !queue.note.day_text().is_empty();
    let note = match &queue.closed {
        Some(closed) if !is_quiet => (closed.opening(texts)).unwrap_or_else(|| closed.text(texts)),
        _ if queue.owner.is_some() => queue.owner.clone().unwrap_or_default(),
        _ if has_day_note => String::new(),
        _ => queue.note.text().to_owned(),
    };
    let figures = queue.figures.iter().map(|figure| {
        let cells = figure_cells(texts, figure);
        if has_day_note && figure.metric().is_daily() && figure.evaluated.value().is_some() {
            return with_asterisk(cells);
        }
        if is_quiet && !figure.metric().is_daily() {
            return without_value(figure, cells);
        }
        cells
    });
    let mut figures: Vec<_> = figures.collect();
    insert_custom(&mut figures, 0, &queue.custom, CustomCell::in_table);
    let mut shapes = figure_shapes(&queue.figures);
    insert_custom(&mut shapes, 0, &queue.custom, CustomCell::shape);
    let shown: Vec<Metric> = queue.figures.iter().map(RenderedFigure::metric).collect();
    let (mut causes, cause_clock) = tile::other_causes(texts, queue, &shown);
    if cause_clock.is_some() {
        causes.insert(0, texts.longest_wait_unit().to_owned());
    }
    let mut attributes = place.attributes();
    attributes.push(("closed", flag(is_quiet)));
    let is_lost = queue.severity == Severity::OutOfDate && queue.has_lost_source();
    // The band says it too: a narrow screen leaves it to the band.
    let note_kind = match &queue.owner {
        _ if is_lost => "lost",
        Some(_) if queue.severity.needs_attention() => "say-own",
        _ => "",
    };
    attributes.push(("note", note_kind.into()));
    BoardRow {
        key: queue.id.clone(),
        place,
        shape: RowShape {
            href: subject_path("queues", &queue.queue.id),
            figures: shapes,
            has_trend: trend.is_some(),
            ..RowShape::default()
        },
        cells: RowCells::Queue(QueueCells {
            attributes: SlotValue::Attributes(attributes),
            name: SlotValue::text(&queue.name),
            note: SlotValue::Text(note),
            figures,
            trend,
            causes: SlotValue::Text(causes.join(", ")),
            cause_clock: cause_clock.unwrap_or_else(|| SlotValue::stopped_clock("")),
            tile: None,
        }),
        reported_at: queue.reported_at,
    }
}

fn figure_shapes(figures: &[RenderedFigure]) -> Vec<FigureShape> {
    let shapes = figures.iter().map(|figure| FigureShape {
        label: figure.text.label.clone(),
        ..FigureShape::default()
    });
    shapes.collect()
}

fn figure_cells(texts: &Texts, figure: &RenderedFigure) -> FigureCells {
    let (value, note) = if figure.is_unknown_wait {
        // The column's notes are hidden.
        let words = figure.text.note.clone();
        (SlotValue::stopped_clock(words), String::new())
    } else {
        (figure.cell(), figure_note(texts, figure))
    };
    FigureCells {
        attributes: SlotValue::Attributes(queue_list::figure_attributes(figure)),
        value,
        note: SlotValue::Text(note),
        normal: None,
    }
}

/// Marks a figure of an incomplete day.
fn with_asterisk(cells: FigureCells) -> FigureCells {
    let attributes = match cells.attributes {
        SlotValue::Attributes(mut attributes) => {
            attributes.push(("partial", "yes".into()));
            SlotValue::Attributes(attributes)
        }
        other => other,
    };
    FigureCells {
        attributes,
        ..cells
    }
}

fn without_value(figure: &RenderedFigure, cells: FigureCells) -> FigureCells {
    FigureCells {
        value: if format::is_running_clock(figure.metric()) {
            SlotValue::stopped_clock("")
        } else {
            SlotValue::text("")
        },
        ..cells
    }
}

/// Says what the figure's mark or color means. The target is in the column's head.
fn figure_note(texts: &Texts, figure: &RenderedFigure) -> String {
    let meaning = match (figure.metric(), figure.evaluated.severity) {
        (Metric::ServiceLevel, _) if figure.evaluated.is_missed => texts.below_target(),
        (Metric::ServiceLevel, _) => "",
        (_, Severity::Warning) => texts.warning_note(),
        (_, Severity::Critical) => texts.critical_note(),
        _ => return figure.text.note.clone(),
    };
    meaning.to_owned()
}

#[cfg(test)]
mod tests;
