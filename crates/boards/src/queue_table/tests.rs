//! Lists of queues: heads, marks, footnotes and closed queues.

use std::sync::Arc;

use super::*;
use crate::{
    AttributeValue, BoardDefinition, BoardLayout, BoardView, board_render,
    fixture::{self, noon},
};
use wallboard_domain::{
    Baseline, Counter, OpeningHours, Pattern, Patterns, QueueTarget, SiteConfig,
};
use wallboard_live::Snapshot;

fn render_list(snapshot: &Snapshot) -> BoardView {
    let board = BoardDefinition::new("b", "B", BoardLayout::List);
    board_render::render_view(&board, snapshot, &Baseline::default(), noon())
}

fn table_head(view: &BoardView) -> &TableHead {
    let Kind::Table(head) = &view.lists.last().unwrap().kind else {
        panic!("a list is a table");
    };
    head
}

fn attribute(cell: &SlotValue, name: &str) -> String {
    match cell.attribute(name) {
        Some(AttributeValue::Text(text)) => text.to_string(),
        _ => String::new(),
    }
}

fn queue_cells(row: &BoardRow) -> &QueueCells {
    match &row.cells {
        RowCells::Queue(cells) => cells,
        RowCells::Agent(cells) => panic!("{cells:?}"),
    }
}

/// The cells of a figure of the default metrics in the row after that of all queues.
fn first_figure(view: &BoardView, metric: Metric) -> &FigureCells {
    let board = BoardDefinition::new("b", "B", BoardLayout::List);
    let index = board.show.iter().position(|shown| *shown == metric);
    let row = &view.lists.last().unwrap().rows[1];
    &queue_cells(row).figures[index.unwrap()]
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
    let shared = ("Answered in 20 s".to_owned(), "target 80%".to_owned());
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

    let view = render_list(&snapshot);
    let level = first_figure(&view, Metric::ServiceLevel);

    assert_eq!(attribute(&level.attributes, "miss"), "yes");
    assert_eq!(attribute(&level.attributes, "sev"), "none");
    assert_eq!(level.note, SlotValue::text("below target"));
}

#[test]
fn incomplete_day_of_one_queue_is_a_footnote_and_keeps_its_last_hour() {
    let mut snapshot = fixture::afternoon_snapshot();
    let today = fixture::today_mut(&mut snapshot, "2");
    today.is_complete = false;
    today.since = Some(noon().plus_millis(-7_000_000).wall);

    let view = render_list(&snapshot);

    let list = view.lists.last().unwrap();
    let footnote = SlotValue::text("* Today since 12:30");
    assert_eq!(list.groups[0].cells, GroupCells::Footnote(footnote));
    assert_eq!(queue_cells(&list.rows[1]).note, SlotValue::text(""));
    let answered = first_figure(&view, Metric::ServiceLevel);
    assert_eq!(attribute(&answered.attributes, "partial"), "yes");
    let waiting = first_figure(&view, Metric::Waiting);
    assert_eq!(attribute(&waiting.attributes, "partial"), "");
}

#[test]
fn closed_queue_shows_its_day_and_whoever_waits() {
    let mut snapshot = fixture::afternoon_snapshot();
    let never = OpeningHours {
        zone: snapshot.site.zone.clone(),
        week: Default::default(),
        dates: std::collections::BTreeMap::new(),
        holidays: wallboard_domain::ClosedDays::default(),
    };
    snapshot.site = Arc::new(SiteConfig {
        hours: Patterns(vec![(Pattern("*".into()), never)]),
        ..SiteConfig::clone(&snapshot.site)
    });

    let view = render_list(&snapshot);

    let row = |key: &str| {
        let rows = &view.lists.last().unwrap().rows;
        queue_cells(rows.iter().find(|row| row.key == key).unwrap())
    };
    let value = |key: &str, index: usize| row(key).figures[index].value.clone();
    assert_eq!(attribute(&row("chat/4").attributes, "closed"), "yes");
    assert_eq!(row("chat/4").note, SlotValue::text("Closed"));
    assert_eq!(value("chat/4", 0), SlotValue::text(""));
    assert_eq!(value("chat/4", 1), SlotValue::stopped_clock(""));
    assert_eq!(value("chat/4", 3), SlotValue::text("90%"));
    assert_eq!(value("chat/1", 0), SlotValue::text("14"));
    assert_eq!(attribute(&row("chat/1").attributes, "sev"), "none");
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
        show: vec![Metric::Waiting.into()],
        ..BoardDefinition::new("b", "B", BoardLayout::List)
    };

    let view = board_render::render_view(&board, &snapshot, &Baseline::default(), noon());

    let cells = queue_cells(&view.lists.last().unwrap().rows[1]);
    assert_eq!(cells.causes, SlotValue::text("wait"));
    let since = noon().plus_millis(-90_000).wall;
    assert_eq!(cells.cause_clock, SlotValue::running_clock(since));
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

    let view = render_list(&snapshot);
    let wait = first_figure(&view, Metric::LongestWait);

    assert_eq!(attribute(&wait.attributes, "sev"), "warn");
    assert_eq!(wait.note, SlotValue::text("warning"));
}
