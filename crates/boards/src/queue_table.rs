//! Queues as rows of a table, below a row for all of them.

use wallboard_domain::{Metric, MetricValue};
use wallboard_live::QueueSelection;

use super::{
    address::subject_path,
    board_slots::SlotValue,
    board_view::{BoardGroup, BoardRow, Kind, RowList, RowShape, stopped_clock},
    figure_text,
    queue_list::{self, ALL_GROUP, FIGURE_CELLS, FIRST_FIGURE},
    render_context::{ClosedQueue, EvaluatedQueue, RenderContext, RenderedMetric},
    severity::Severity,
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
    /// The target, if it is a service level.
    pub note: String,
    /// Whether notes on its figures are only for screen readers: what marks and colors mean.
    pub has_hidden_notes: bool,
}

/// Builds a row per queue below one for all queues.
pub(super) fn build_table<'a>(
    context: &mut RenderContext<'a>,
    selection: &QueueSelection<'a>,
    queues: &[&EvaluatedQueue<'_>],
) -> RowList {
    let metrics = context.metrics.clone();
    let first = metrics.first();
    let columns = metrics.iter().enumerate();
    let head = TableHead {
        has_trend: first.is_some_and(|metric| trend::has_trend(*metric)),
        columns: columns
            .map(|(index, metric)| column_head(context, *metric, index, queues))
            .collect(),
    };
    let day_notes: Vec<_> = (queues.iter())
        .map(|queue| context.own_day_note(queue))
        .collect();
    let mut rows = Vec::with_capacity(queues.len() + 1);
    if !queues.is_empty() {
        rows.push(all_queues_row(context, selection));
    }
    let trends = context.board_trends(queues);
    let numbered = queues.iter().zip(&day_notes).zip(1..).enumerate();
    rows.extend(numbered.map(|(index, ((queue, day_note), position))| {
        let trend = trends.cell(context, index);
        let mut row = queue_row(queue, position, !day_note.is_empty(), trend);
        let is_lost = queue.severity == Severity::OutOfDate && context.has_lost_source(queue);
        // The band says it too: a narrow screen leaves it to the band.
        let note = if is_lost { "lost" } else { "" };
        row.cells[0].add_attributes([("note", note.into())]);
        row
    }));
    RowList {
        id: "queues",
        kind: Kind::Table(head),
        groups: vec![BoardGroup {
            cells: vec![SlotValue::Text(format_footnote(day_notes))],
            ..queue_list::one_group()
        }],
        rows,
    }
}

/// Explains the asterisk of daily figures. A note in each row would hide its last hour all day.
fn format_footnote(mut day_notes: Vec<String>) -> String {
    day_notes.retain(|note| !note.is_empty());
    day_notes.dedup();
    match day_notes.as_slice() {
        [] => String::new(),
        [note] => format!("* {note}"),
        _ => "* Not the whole day: see the queue’s page".to_owned(),
    }
}

/// A threshold is in the head only if all queues have the same one. Targets may differ.
fn column_head(
    context: &RenderContext<'_>,
    metric: Metric,
    index: usize,
    queues: &[&EvaluatedQueue<'_>],
) -> ColumnHead {
    let mut labels = queues.iter().map(|queue| &queue.figures[index].label);
    let first = labels.next();
    let shared = first.filter(|first| labels.all(|label| label == *first));
    ColumnHead {
        label: shared.map_or_else(|| metric.short_label().to_owned(), String::clone),
        note: match metric {
            Metric::ServiceLevel => {
                let site = &context.snapshot.site;
                let targets = queues.iter().map(|queue| site.target_for(&queue.id));
                figure_text::target(targets.map(|target| target.service_level_percent))
            }
            _ => String::new(),
        },
        has_hidden_notes: metric == Metric::ServiceLevel || !metric.is_daily(),
    }
}

/// Builds the row above all others.
fn all_queues_row<'a>(context: &mut RenderContext<'a>, selection: &QueueSelection<'a>) -> BoardRow {
    let show = context.metrics.clone().into_iter();
    let (figures, missing): (Vec<_>, Vec<_>) =
        show.map(|m| context.total_metric(selection, m)).unzip();
    let missing = missing.into_iter().find(|missing| !missing.is_empty());
    // Each queue has its own limits; a sum has none.
    let is_out_of_date = |f: &RenderedMetric| f.severity == Severity::OutOfDate;
    let severity = if !figures.is_empty() && figures.iter().all(is_out_of_date) {
        Severity::OutOfDate
    } else {
        Severity::None
    };
    BoardRow {
        key: String::new(),
        shape: RowShape {
            is_all_queues: true,
            labels: figures.iter().map(|f| f.label.clone()).collect(),
            ..RowShape::default()
        },
        cells: {
            let note = missing.unwrap_or_default();
            let mut cells = row_cells(severity, 0, "All queues", &note, &figures);
            cells.push(stopped_clock(String::new()));
            cells
        },
        reported_at: None,
    }
}

fn queue_row(
    queue: &EvaluatedQueue<'_>,
    position: i64,
    has_day_note: bool,
    trend: Option<SlotValue>,
) -> BoardRow {
    let note = if has_day_note { "" } else { &queue.note };
    let mut cells = row_cells(queue.severity, position, &queue.name, note, &queue.figures);
    if has_day_note {
        mark_partial_days(&mut cells, &queue.figures);
    }
    if let Some(closed) = &queue.closed {
        quiet_row(&mut cells, &queue.figures, closed);
    }
    let has_trend = trend.is_some();
    cells.extend(trend);
    let shown: Vec<Metric> = queue.figures.iter().map(|f| f.metric).collect();
    let [causes, clock] = tile::other_causes(queue, &shown);
    cells[2] = match (causes, &clock) {
        (SlotValue::Text(causes), clock) if *clock != stopped_clock(String::new()) => {
            let causes = Some(causes).filter(|causes| !causes.is_empty());
            let causes = causes.map(|causes| format!(", {causes}"));
            SlotValue::Text(format!("wait{}", causes.unwrap_or_default()))
        }
        (causes, _) => causes,
    };
    cells.push(clock);
    BoardRow {
        key: queue.id.clone(),
        shape: RowShape {
            href: subject_path("queues", &queue.queue.id),
            labels: queue.figures.iter().map(|f| f.label.clone()).collect(),
            has_trend,
            ..RowShape::default()
        },
        cells,
        reported_at: queue.reported_at,
    }
}

/// Returns the row's attributes, name, causes that no column shows, and note, then three cells per
/// metric. The trend of a queue's first metric follows, where recorded, and last a cause that is a
/// running clock.
fn row_cells(
    severity: Severity,
    position: i64,
    name: &str,
    note: &str,
    figures: &[RenderedMetric],
) -> Vec<SlotValue> {
    let mut cells = Vec::with_capacity(FIRST_FIGURE + figures.len() * FIGURE_CELLS);
    cells.push(queue_list::row_attributes(severity, position, ALL_GROUP));
    cells.push(SlotValue::Text(name.to_owned()));
    cells.push(SlotValue::Text(String::new()));
    cells.push(SlotValue::Text(note.to_owned()));
    for figure in figures {
        cells.push(queue_list::figure_attributes(figure));
        cells.push(figure.cell.clone());
        cells.push(SlotValue::Text(figure_note(figure)));
    }
    cells
}

/// Leaves only the day's figures in the row of a closed queue, if nobody waits there: its note has
/// their room.
fn quiet_row(cells: &mut [SlotValue], figures: &[RenderedMetric], closed: &ClosedQueue) {
    cells[0].add_attributes([("closed", "yes".into())]);
    let is_zero = |f: &RenderedMetric| f.value == Some(MetricValue::Count(0));
    let is_empty = |f: &RenderedMetric| f.metric == Metric::Waiting && is_zero(f);
    if !figures.iter().any(is_empty) {
        cells[3] = SlotValue::Text(closed.opening().unwrap_or_else(|| closed.text()));
        return;
    }
    let values = cells[FIRST_FIGURE..].iter_mut().skip(1);
    for (figure, value) in figures.iter().zip(values.step_by(FIGURE_CELLS)) {
        if !figure.metric.is_daily() {
            *value = match value {
                SlotValue::Clock { .. } => stopped_clock(String::new()),
                _ => SlotValue::Text(String::new()),
            };
        }
    }
}

/// Gives figures of an incomplete day their asterisk.
fn mark_partial_days(cells: &mut [SlotValue], figures: &[RenderedMetric]) {
    let attributes = cells[FIRST_FIGURE..].iter_mut().step_by(FIGURE_CELLS);
    for (figure, cell) in figures.iter().zip(attributes) {
        if figure.metric.is_daily() && figure.value.is_some() {
            cell.add_attributes([("partial", "yes".into())]);
        }
    }
}

/// Says what the figure's mark or color means. The target is in the column's head.
fn figure_note(figure: &RenderedMetric) -> String {
    let meaning = match (figure.metric, figure.severity) {
        (Metric::ServiceLevel, _) if figure.is_missed => "below target",
        (Metric::ServiceLevel, _) => "",
        (_, Severity::Warning) => "warning",
        (_, Severity::Critical) => "critical",
        _ => return figure.note.clone(),
    };
    meaning.to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        AttributeValue, BoardDefinition, BoardLayout, BoardView, board_view,
        fixture::{self, noon},
    };
    use wallboard_domain::{
        Baseline, Counter, OpeningHours, Pattern, Patterns, QueueTarget, SiteConfig,
    };
    use wallboard_live::Snapshot;

    fn render_list(snapshot: &Snapshot) -> BoardView {
        let board = BoardDefinition::new("b", "B", BoardLayout::List);
        board_view::render_view(&board, snapshot, &Baseline::default(), noon())
    }

    fn table_head(view: &BoardView) -> &TableHead {
        let Kind::Table(head) = &view.lists.last().unwrap().kind else {
            panic!("a list is a table");
        };
        head
    }

    fn attribute(cell: &SlotValue, name: &str) -> String {
        let SlotValue::Attributes(attributes) = cell else {
            panic!("{cell:?} has no attributes");
        };
        let attribute = attributes.iter().find(|attribute| attribute.0 == name);
        match attribute.map(|attribute| &attribute.1) {
            Some(AttributeValue::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    /// The cells of a figure of the default metrics in the row after that of all queues.
    fn first_figure(view: &BoardView, metric: Metric) -> [SlotValue; 3] {
        let board = BoardDefinition::new("b", "B", BoardLayout::List);
        let index = board.show.iter().position(|shown| *shown == metric);
        let row = &view.lists.last().unwrap().rows[1];
        let cells = row.cells[FIRST_FIGURE..]
            .chunks_exact(FIGURE_CELLS)
            .nth(index.unwrap());
        cells.unwrap().to_vec().try_into().unwrap()
    }

    #[test]
    fn head_names_the_threshold_and_targets_of_its_queues() {
        let mut snapshot = fixture::afternoon_snapshot();
        let level = |snapshot: &Snapshot| {
            let view = render_list(snapshot);
            let columns = table_head(&view).columns.iter();
            let mut levels = columns.filter(|column| !column.note.is_empty());
            let level = levels.next().unwrap();
            (level.label.clone(), level.note.clone())
        };
        let shared = ("Answers in 20 s".to_owned(), "target 80%".to_owned());
        assert_eq!(level(&snapshot), shared);

        let site = SiteConfig {
            targets: Patterns(vec![(
                Pattern("chat/1".into()),
                QueueTarget {
                    threshold_ms: 60_000,
                    service_level_percent: 90.0,
                    ..QueueTarget::default()
                },
            )]),
            ..SiteConfig::clone(&snapshot.site)
        };
        snapshot.site = Arc::new(site);

        let mixed = ("Service level".to_owned(), "target 80–90%".to_owned());
        assert_eq!(level(&snapshot), mixed);
    }

    #[test]
    fn missed_target_is_marked_and_said() {
        let mut snapshot = fixture::afternoon_snapshot();
        let today = fixture::today_mut(&mut snapshot, "2");
        today.counters.set(Counter::AnsweredWithin, Some(20));

        let [attributes, _, note] = first_figure(&render_list(&snapshot), Metric::ServiceLevel);

        assert_eq!(attribute(&attributes, "miss"), "yes");
        assert_eq!(attribute(&attributes, "sev"), "none");
        assert_eq!(note, SlotValue::Text("below target".into()));
    }

    #[test]
    fn incomplete_day_of_one_queue_is_a_footnote_and_keeps_its_last_hour() {
        let mut snapshot = fixture::afternoon_snapshot();
        let today = fixture::today_mut(&mut snapshot, "2");
        today.is_complete = false;
        today.since = Some(noon().plus_millis(-7_000_000).wall);

        let view = render_list(&snapshot);

        let list = view.lists.last().unwrap();
        let footnote = SlotValue::Text("* Today since 12:30".into());
        assert_eq!(list.groups[0].cells, [footnote]);
        assert_eq!(list.rows[1].cells[3], SlotValue::Text(String::new()));
        let [answered, ..] = first_figure(&view, Metric::ServiceLevel);
        assert_eq!(attribute(&answered, "partial"), "yes");
        let [waiting, ..] = first_figure(&view, Metric::Waiting);
        assert_eq!(attribute(&waiting, "partial"), "");
    }

    #[test]
    fn closed_queue_shows_its_day_and_whoever_waits() {
        let mut snapshot = fixture::afternoon_snapshot();
        let never = OpeningHours {
            zone: snapshot.site.zone.clone(),
            week: Default::default(),
            dates: std::collections::BTreeMap::new(),
        };
        snapshot.site = Arc::new(SiteConfig {
            hours: Patterns(vec![(Pattern("*".into()), never)]),
            ..SiteConfig::clone(&snapshot.site)
        });

        let view = render_list(&snapshot);

        let row = |key: &str| {
            let rows = &view.lists.last().unwrap().rows;
            rows.iter().find(|row| row.key == key).unwrap()
        };
        let value = |key: &str, index: usize| row(key).cells[FIRST_FIGURE + 1 + 3 * index].clone();
        assert_eq!(attribute(&row("chat/4").cells[0], "closed"), "yes");
        assert_eq!(row("chat/4").cells[3], SlotValue::Text("Closed".into()));
        assert_eq!(value("chat/4", 0), SlotValue::Text(String::new()));
        assert_eq!(value("chat/4", 1), stopped_clock(String::new()));
        assert_eq!(value("chat/4", 3), SlotValue::Text("90%".into()));
        assert_eq!(value("chat/1", 0), SlotValue::Text("14".into()));
        assert_eq!(attribute(&row("chat/1").cells[0], "sev"), "none");
    }

    #[test]
    fn cause_without_a_column_is_said_beside_the_name() {
        let mut snapshot = fixture::empty_snapshot();
        let now = fixture::QueueFixture {
            waiting: 2,
            longest: Some(90),
            available: 1,
        };
        fixture::put_queue(&mut snapshot, "1", "Sales", &now);
        let board = BoardDefinition {
            show: vec![Metric::Waiting],
            ..BoardDefinition::new("b", "B", BoardLayout::List)
        };

        let view = board_view::render_view(&board, &snapshot, &Baseline::default(), noon());

        let cells = &view.lists.last().unwrap().rows[1].cells;
        assert_eq!(cells[2], SlotValue::Text("wait".into()));
        let since = noon().plus_millis(-90_000).wall.as_millisecond();
        let Some(SlotValue::Clock { since: began, .. }) = cells.last() else {
            panic!("{cells:?}");
        };
        assert_eq!(*began, Some(since));
    }

    #[test]
    fn marked_figure_says_its_severity() {
        let mut snapshot = fixture::empty_snapshot();
        let now = fixture::QueueFixture {
            waiting: 2,
            longest: Some(90),
            available: 1,
        };
        fixture::put_queue(&mut snapshot, "1", "Sales", &now);

        let [attributes, _, note] = first_figure(&render_list(&snapshot), Metric::LongestWait);

        assert_eq!(attribute(&attributes, "sev"), "warn");
        assert_eq!(note, SlotValue::Text("warning".into()));
    }
}
