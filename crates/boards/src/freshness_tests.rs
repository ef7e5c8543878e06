//! Freshness rules as a viewer sees them, on hand-made snapshots.

use std::sync::Arc;

use wallboard_domain::{
    AgentStatus, Baseline, Counter, Counters, Id, Metric, MetricValue, Moment, Pattern,
};
use wallboard_live::{ConnectionState, CountingGap, QueueSnapshot, Snapshot};
use wallboard_texts::Texts;

use super::{
    AgentCells, AttributeValue, BoardDefinition, BoardLayout, BoardRow, BoardSlots, BoardTime,
    BoardView, QueueCells, RowCells, SlotValue, board_render,
    fixture::{self, QueueFixture, noon},
    html::PageFrame,
};

fn render_layout(snapshot: &Snapshot, layout: BoardLayout, now: Moment) -> BoardView {
    let board = BoardDefinition::new("b", "B", layout);
    board_render::render_view(&board, snapshot, &Baseline::default(), now)
}

fn render_queues(snapshot: &Snapshot, now: Moment) -> BoardView {
    render_layout(snapshot, BoardLayout::Queues, now)
}

fn find_attribute(cell: &SlotValue, name: &str) -> String {
    match cell.attribute(name) {
        Some(AttributeValue::Text(text)) => text.to_string(),
        Some(AttributeValue::Number(number)) => number.to_string(),
        None => String::new(),
    }
}

fn cell_text(cell: &SlotValue) -> &str {
    match cell {
        SlotValue::Text(text) | SlotValue::Clock { text, .. } => text,
        SlotValue::Attributes(_) => panic!("{cell:?} has no text"),
    }
}

fn find_row<'a>(view: &'a BoardView, key: &str) -> &'a BoardRow {
    let rows = &view.lists.last().unwrap().rows;
    rows.iter().find(|row| row.key == key).unwrap()
}

fn queue_cells<'a>(view: &'a BoardView, key: &str) -> &'a QueueCells {
    match &find_row(view, key).cells {
        RowCells::Queue(cells) => cells,
        RowCells::Agent(_) => panic!("{key} is an agent"),
    }
}

fn agent_cells(row: &BoardRow) -> &AgentCells {
    match &row.cells {
        RowCells::Agent(cells) => cells,
        RowCells::Queue(_) => panic!("{} is a queue", row.key),
    }
}

fn row_severity(view: &BoardView, key: &str) -> String {
    find_attribute(&queue_cells(view, key).attributes, "sev")
}

/// Returns the value cell of a queue's metric by its index in the default order.
fn figure_cell<'a>(view: &'a BoardView, key: &str, index: usize) -> &'a SlotValue {
    &queue_cells(view, key).figures[index].value
}

/// The age of a tile's values, and the text that says it.
fn row_age<'a>(view: &'a BoardView, key: &str) -> (String, &'a str) {
    let cells = queue_cells(view, key);
    let tile = cells.tile.as_ref().expect("a tile has its age");
    (
        find_attribute(&cells.attributes, "age"),
        cell_text(&tile.age),
    )
}

/// Returns the kind of the tile's sentence that the style knows.
fn note_kind(view: &BoardView, key: &str) -> String {
    find_attribute(&queue_cells(view, key).attributes, "note")
}

fn row_note<'a>(view: &'a BoardView, key: &str) -> &'a str {
    cell_text(&queue_cells(view, key).note)
}

const WAITING: usize = 0;
const LONGEST: usize = 1;
const AVAILABLE: usize = 2;

fn one_queue(waiting: u64, longest: Option<i64>, available: u64) -> Snapshot {
    let mut snapshot = fixture::empty_snapshot();
    let now = QueueFixture {
        waiting,
        longest,
        available,
    };
    fixture::put_queue(&mut snapshot, "1", "Sales", &now);
    snapshot
}

#[test]
fn wait_severity_rises_with_time() {
    let snapshot = one_queue(2, Some(50), 1);

    let before = render_queues(&snapshot, noon());
    assert_eq!(row_severity(&before, "chat/1"), "ok");
    let warned = render_queues(&snapshot, noon().plus_millis(10_000));
    assert_eq!(row_severity(&warned, "chat/1"), "warn");
    let critical = render_queues(&snapshot, noon().plus_millis(70_000));
    assert_eq!(row_severity(&critical, "chat/1"), "crit");
}

#[test]
fn disconnect_stops_clocks_at_once_and_goes_gray_after_eight_seconds() {
    let mut snapshot = one_queue(2, Some(50), 1);
    fixture::disconnect_source(&mut snapshot, 3_000);

    let reconnecting = render_queues(&snapshot, noon());
    assert_eq!(
        figure_cell(&reconnecting, "chat/1", LONGEST),
        &SlotValue::Clock {
            since: None,
            text: "0:47".into()
        }
    );
    assert_eq!(row_severity(&reconnecting, "chat/1"), "ok");
    assert_eq!(row_note(&reconnecting, "chat/1"), "Reconnecting to Chat");
    assert_eq!(reconnecting.next_change, Some(noon().plus_millis(5_000)));

    let gray = render_queues(&snapshot, noon().plus_millis(5_000));
    assert_eq!(row_severity(&gray, "chat/1"), "stale");
    assert_eq!(cell_text(figure_cell(&gray, "chat/1", WAITING)), "2");
    // The board's band names the source.
    assert_eq!(row_age(&gray, "chat/1"), ("old".into(), "From 14:26"));
    assert_eq!(row_note(&gray, "chat/1"), "");
    assert_eq!(note_kind(&gray, "chat/1"), "say");
    let minutes_later = render_queues(&snapshot, noon().plus_millis(240_000));
    let age = "4 min old, from\u{a0}14:26";
    assert_eq!(row_age(&minutes_later, "chat/1"), ("old".into(), age));
    let next_minute = noon().plus_millis(297_000);
    assert_eq!(minutes_later.next_change, Some(next_minute));

    let expired = render_queues(&snapshot, noon().plus_millis(297_000));
    assert_eq!(cell_text(figure_cell(&expired, "chat/1", WAITING)), "–");
    assert_eq!(
        row_age(&expired, "chat/1"),
        ("gone".into(), "2 waiting at 14:26")
    );
}

#[test]
fn reconnecting_group_names_its_source_as_the_configuration_does() {
    let mut snapshot = one_queue(2, Some(50), 1);
    let group = Id::new(&"group".into(), "all");
    let members = [fixture::queue_id("1")];
    let queue = QueueSnapshot {
        id: group.clone(),
        members: Some(members.into()),
        ..snapshot.queues[&fixture::queue_id("1")].clone()
    };
    snapshot.queues.insert(group, queue);
    let names = &mut Arc::make_mut(&mut snapshot.site).source_names;
    names.insert(fixture::chat_source(), "Customer service".to_owned());
    fixture::disconnect_source(&mut snapshot, 3_000);
    let mut board = BoardDefinition::new("b", "B", BoardLayout::Queues);
    board.queues = vec![Pattern("group/all".into())];

    let view = board_render::render_view(&board, &snapshot, &Baseline::default(), noon());

    let note = row_note(&view, "group/all");
    assert_eq!(note, "Reconnecting to Customer service");
}

#[test]
fn values_from_before_a_discontinuity_are_gray_at_once() {
    let mut snapshot = one_queue(2, Some(300), 1);
    snapshot
        .sources
        .values_mut()
        .for_each(|source| source.generation = 2);

    let view = render_queues(&snapshot, noon());

    assert_eq!(row_severity(&view, "chat/1"), "stale");
    assert_eq!(row_note(&view, "chat/1"), "Waiting for new data from Chat");
}

#[test]
fn quiet_queue_is_unknown_but_not_gray() {
    let mut snapshot = one_queue(2, Some(300), 1);
    fixture::queue_mut(&mut snapshot, "1").quiet_since = Some(noon().plus_millis(-3_600_000).wall);

    let view = render_queues(&snapshot, noon());

    assert_eq!(row_severity(&view, "chat/1"), "none");
    assert_eq!(cell_text(figure_cell(&view, "chat/1", WAITING)), "–");
    assert_eq!(row_note(&view, "chat/1"), "No activity since 13:27");
    // Unknown values don't count as fine.
    let all_clear = SlotValue::Text("Nothing needs attention".into());
    assert!(!view.head.list().contains(&&all_clear));
}

#[test]
fn all_clear_requires_known_waits() {
    let all_clear = SlotValue::Text("Nothing needs attention".into());
    let mut snapshot = one_queue(0, None, 1);
    assert!(
        render_queues(&snapshot, noon())
            .head
            .list()
            .contains(&&all_clear)
    );

    let readings = &mut fixture::queue_mut(&mut snapshot, "1").readings;
    for metric in [Metric::Waiting, Metric::LongestWait] {
        if let Some(reading) = readings.get_mut(metric) {
            reading.value = None;
        }
    }
    assert!(
        !render_queues(&snapshot, noon())
            .head
            .list()
            .contains(&&all_clear)
    );
}

#[test]
fn incomplete_day_names_its_gaps() {
    let mut snapshot = one_queue(0, None, 1);
    let day = fixture::today_mut(&mut snapshot, "1");
    day.is_complete = false;
    day.since = Some("2026-11-20T09:42:00Z".parse().unwrap());
    day.gaps = vec![CountingGap {
        from: "2026-11-20T10:00:00Z".parse().unwrap(),
        to: Some("2026-11-20T10:05:00Z".parse().unwrap()),
    }];

    let view = render_queues(&snapshot, noon());

    assert_eq!(
        row_note(&view, "chat/1"),
        "Today since 10:42, no data 11:00–11:05"
    );
}

#[test]
fn sum_without_some_queues_is_a_lower_bound_that_names_them() {
    let mut snapshot = fixture::afternoon_snapshot();
    let all = |snapshot: &Snapshot| {
        let view = render_layout(snapshot, BoardLayout::List, noon());
        let waiting = cell_text(figure_cell(&view, "", WAITING)).to_owned();
        (waiting, row_note(&view, "").to_owned())
    };

    assert_eq!(all(&snapshot), ("22".into(), String::new()));
    fixture::queue_mut(&mut snapshot, "5").silent = true;
    assert_eq!(all(&snapshot), ("≥ 20".into(), "excludes Partners".into()));
    fixture::queue_mut(&mut snapshot, "1")
        .readings
        .get_mut(Metric::Waiting)
        .unwrap()
        .value = None;
    assert_eq!(all(&snapshot).0, "≥ 6");
}

#[test]
fn wait_that_is_not_reported_yet_is_a_bound_and_a_dash_only_where_nobody_waits() {
    let mut snapshot = one_queue(1, None, 1);
    let longest = |snapshot: &Snapshot, now| {
        let view = render_queues(snapshot, now);
        let text = cell_text(figure_cell(&view, "chat/1", LONGEST)).to_owned();
        (text, view.next_change)
    };
    // Where even the bound isn't known, words say that somebody waits.
    let notes = |snapshot: &Snapshot| {
        let header = render_queues(snapshot, noon()).head;
        let is_in_header = header.list().contains(&&SlotValue::text("unknown"));
        let layouts = [BoardLayout::Queues, BoardLayout::List];
        let notes = layouts.map(|layout| {
            let view = render_layout(snapshot, layout, noon());
            let longest = &queue_cells(&view, "chat/1").figures[LONGEST];
            (
                cell_text(&longest.value).to_owned(),
                cell_text(&longest.note).to_owned(),
            )
        });
        (notes, is_in_header)
    };
    let cells = |cells: [(&str, &str); 2]| cells.map(|(a, b)| (a.to_owned(), b.to_owned()));
    // A list's column has no room for notes.
    let expected = cells([("–", "unknown"), ("unknown", "")]);
    assert_eq!(notes(&snapshot), (expected, true));
    let nobody = notes(&one_queue(0, None, 1));
    assert_eq!(nobody, (cells([("–", ""); 2]), false));

    let readings = &mut fixture::queue_mut(&mut snapshot, "1").readings;
    let reading = readings.get_mut(Metric::LongestWait).unwrap();
    reading.since = Some(noon().plus_millis(-4_000).wall);

    let changes_at = Some(noon().plus_millis(6_000));
    assert_eq!(longest(&snapshot, noon()), ("< 0:10".into(), changes_at));
    let later = longest(&snapshot, noon().plus_millis(6_000)).0;
    assert_eq!(later, "< 0:20");
    // The header says the same.
    let view = render_queues(&snapshot, noon());
    assert!(
        (view.head.list()).contains(&&SlotValue::stopped_clock("< 0:10")),
        "{:?}",
        view.head
    );
}

#[test]
fn gray_tile_makes_room_for_its_reason() {
    let mut snapshot = one_queue(2, Some(50), 1);
    assert_eq!(note_kind(&render_queues(&snapshot, noon()), "chat/1"), "");

    fixture::queue_mut(&mut snapshot, "1").silent = true;

    let silent = render_queues(&snapshot, noon());
    assert_eq!(row_note(&silent, "chat/1"), "No updates from Chat");
    assert_eq!(note_kind(&silent, "chat/1"), "why");
}

#[test]
fn sum_unknown_for_every_queue_names_none() {
    let mut snapshot = one_queue(0, None, 1);
    let quiet = QueueFixture {
        waiting: 0,
        longest: None,
        available: 2,
    };
    fixture::put_queue(&mut snapshot, "2", "Partners", &quiet);
    snapshot.today = fixture::day_totals(0, 0);
    for id in ["1", "2"] {
        *fixture::today_mut(&mut snapshot, id) = fixture::day_totals(0, 0);
    }

    let view = render_layout(&snapshot, BoardLayout::List, noon());

    assert_eq!(cell_text(figure_cell(&view, "", WAITING)), "0");
    assert_eq!(cell_text(figure_cell(&view, "", LONGEST)), "–");
    assert_eq!(row_note(&view, ""), "");
}

#[test]
fn value_of_the_remaining_queues_is_not_shown_as_the_value_of_all() {
    let mut snapshot = one_queue(0, None, 1);
    let waited = QueueFixture {
        waiting: 2,
        longest: Some(41),
        available: 2,
    };
    fixture::put_queue(&mut snapshot, "2", "Partners", &waited);
    let all = |snapshot: &Snapshot| {
        let view = render_layout(snapshot, BoardLayout::List, noon());
        let longest = cell_text(figure_cell(&view, "", LONGEST)).to_owned();
        (longest, row_note(&view, "").to_owned())
    };

    fixture::queue_mut(&mut snapshot, "2").silent = true;
    assert_eq!(all(&snapshot), ("–".into(), "excludes Partners".into()));
    // All are equally out of date: none is excluded.
    fixture::queue_mut(&mut snapshot, "1").silent = true;
    assert_eq!(all(&snapshot), ("0:00".into(), String::new()));
}

#[test]
fn agents_in_several_queues_are_never_counted_twice() {
    let available = |counts: &[u64], people: &[&[&str]]| {
        let mut snapshot = fixture::empty_snapshot();
        for (n, count) in counts.iter().enumerate() {
            let now = QueueFixture {
                waiting: 0,
                longest: None,
                available: *count,
            };
            fixture::put_queue(&mut snapshot, &n.to_string(), "Q", &now);
        }
        for (n, queues) in people.iter().enumerate() {
            let name = format!("Agent {n}");
            fixture::put_agent(&mut snapshot, &name, AgentStatus::Unknown, 1, queues);
        }
        let view = render_layout(&snapshot, BoardLayout::List, noon());
        cell_text(figure_cell(&view, "", AVAILABLE)).to_owned()
    };

    assert_eq!(available(&[0, 0], &[]), "0");
    assert_eq!(available(&[4, 0], &[]), "4");
    // The agents' queues are unknown: the sum is an upper bound.
    assert_eq!(available(&[4, 3], &[]), "4–7");
    let both: &[&str] = &["0", "1"];
    assert_eq!(available(&[4, 3], &[both; 5]), "4–5");
    assert_eq!(available(&[4, 4], &[both; 4]), "4");
}

#[test]
fn idle_agents_are_collapsed_and_unconfirmed_ones_are_not_idle() {
    let mut snapshot = fixture::afternoon_snapshot();
    for (name, status) in [
        ("Kim Ek", AgentStatus::Unknown),
        ("Lou", AgentStatus::Talking),
    ] {
        fixture::put_agent(&mut snapshot, name, status, 5, &["1"]);
    }
    for agent in snapshot.agents.values_mut() {
        agent.is_reconciled = !matches!(agent.name.as_deref(), Some("Kim Ek" | "Lou"));
    }

    let view = render_layout(&snapshot, BoardLayout::Agents, noon());

    let lou = find_row(&view, "chat/lou");
    assert_eq!(
        find_attribute(&agent_cells(lou).attributes, "in"),
        "talking"
    );
    assert_eq!(cell_text(&agent_cells(lou).details), "≥ 1 case");
    let names: Vec<_> = view.lists[0]
        .rows
        .iter()
        .map(|row| cell_text(&agent_cells(row).name))
        .collect();
    // Longest first.
    assert_eq!(
        names,
        ["Dana", "Björn Ö.", "Anna K.", "Chidi A.", "Lou", "Émile Z."]
    );
    assert!(view.head.list().contains(&&SlotValue::Text(
        "1 without a case today · 1 unconfirmed".into()
    )));
}

#[test]
fn disconnected_source_leaves_idle_agents_unconfirmed() {
    let mut snapshot = fixture::afternoon_snapshot();
    fixture::put_agent(&mut snapshot, "Kim Ek", AgentStatus::Unknown, 5, &["1"]);
    let header_text = |snapshot: &Snapshot| {
        let view = render_layout(snapshot, BoardLayout::Agents, noon());
        let texts = view.head.list().into_iter().filter_map(|cell| match cell {
            SlotValue::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join(" · ")
    };
    assert!(header_text(&snapshot).contains("2 without a case today"));

    fixture::disconnect_source(&mut snapshot, 60_000);
    for connection in [ConnectionState::Disconnected, ConnectionState::CatchingUp] {
        snapshot
            .sources
            .get_mut(&fixture::chat_source())
            .unwrap()
            .connection = connection;
        let text = header_text(&snapshot);
        assert!(text.contains("2 unconfirmed"), "{text}");
        assert!(!text.contains("without a case today"), "{text}");
    }
}

#[test]
fn board_applies_its_names_order_and_hidden_queues() {
    let snapshot = fixture::afternoon_snapshot();
    let pattern = |text: &str| wallboard_domain::Pattern(text.to_owned());
    let board = BoardDefinition {
        order: vec![pattern("chat/5"), pattern("chat/1")],
        hide: vec![pattern("chat/6")],
        names: [("chat/5".to_owned(), "VIP".to_owned())].into(),
        ..BoardDefinition::new("b", "B", BoardLayout::Queues)
    };

    let view = board_render::render_view(&board, &snapshot, &Baseline::default(), noon());

    let names: Vec<_> = view.lists[0]
        .rows
        .iter()
        .map(|row| cell_text(&queue_cells(&view, &row.key).name))
        .collect();
    let order = [
        "VIP",
        "Sales",
        "Billing",
        "Returns",
        "Support",
        "All queues",
    ];
    assert_eq!(names, order);
}

/// A site with so many queues, each with one contact waiting that long.
fn many_queues(count: usize, longest: impl Fn(usize) -> i64) -> Snapshot {
    let mut snapshot = fixture::empty_snapshot();
    for n in 0..count {
        let now = QueueFixture {
            waiting: 1,
            longest: Some(longest(n)),
            available: 1,
        };
        fixture::put_queue(
            &mut snapshot,
            &n.to_string(),
            &format!("Queue {n:04}"),
            &now,
        );
    }
    snapshot
}

fn render_page(slots: &BoardSlots) -> String {
    let page = PageFrame {
        board: "b",
        neighbors: None,
        epoch: "e",
        n: 1,
        build: "dev",
        time: &BoardTime::Live,
        now: noon().wall,
        age: None,
    };
    slots.render_page(&page)
}

#[test]
fn huge_board_draws_the_worst_queues_and_counts_the_others() {
    for layout in [BoardLayout::Queues, BoardLayout::List] {
        let mut snapshot = many_queues(2_500, |n| if n == 2_400 { 300 } else { 1 });
        let mut slots = BoardSlots::default();
        slots.apply_view(render_layout(&snapshot, layout, noon()));

        let html = render_page(&slots);
        assert!(html.len() < 400_000, "{} bytes", html.len());
        assert_eq!(html.matches("href=\"/queues/").count(), 120);
        assert!(html.contains("<bdi>Queue 2400</bdi>") || html.contains(">Queue 2400<"));
        assert!(html.contains("and 2,380 more queues</p>"));

        // Rows that aren't drawn aren't sent; a row that becomes critical is drawn.
        let omitted = QueueFixture {
            waiting: 1,
            longest: Some(2),
            available: 2,
        };
        fixture::put_queue(&mut snapshot, "2000", "Queue 2000", &omitted);
        let patch = slots.apply_view(render_layout(&snapshot, layout, noon()));
        let rows = patch.map(|patch| patch.regions).unwrap_or_default();
        assert_eq!(rows, []);
        let critical = QueueFixture {
            longest: Some(400),
            ..omitted
        };
        fixture::put_queue(&mut snapshot, "2000", "Queue 2000", &critical);
        let patch = slots
            .apply_view(render_layout(&snapshot, layout, noon()))
            .unwrap();
        assert!(
            patch
                .regions
                .iter()
                .any(|(_, html)| html.contains("Queue 2000"))
        );
    }
}

#[test]
fn omitted_critical_queues_are_named() {
    let snapshot = many_queues(200, |_| 300);
    let view = render_queues(&snapshot, noon());

    assert_eq!(view.lists[0].rows.len(), 120);
    assert_eq!(view.omitted.len(), 80);
    let omitted = view.head.list().into_iter().find_map(|cell| match cell {
        SlotValue::Text(text) if text.starts_with("and ") => Some(text),
        _ => None,
    });
    let omitted = omitted.unwrap();
    assert!(omitted.starts_with("and 80 more queues, 80 critical: Queue 0120, "));
    assert!(omitted.ends_with(", Queue 0199"), "{omitted}");
}

#[test]
fn service_level_of_few_contacts_is_not_evaluated() {
    let mut snapshot = one_queue(0, None, 1);
    let is_missed = |snapshot: &Snapshot| {
        let queue = &snapshot.queues[&fixture::queue_id("1")];
        let figures = super::evaluate_queue(Texts::english(), snapshot, queue, noon()).figures;
        let mut missed = figures.iter().filter(|figure| figure.is_missed);
        missed.next().map(|figure| figure.metric)
    };
    fixture::today_mut(&mut snapshot, "1").counters = Counters::LIVE
        .with(Counter::Answered, 9)
        .with(Counter::Waits, 9);

    assert_eq!(is_missed(&snapshot), None);
    fixture::today_mut(&mut snapshot, "1").counters = Counters::LIVE
        .with(Counter::Answered, 10)
        .with(Counter::Waits, 10);
    assert_eq!(is_missed(&snapshot), Some(Metric::ServiceLevel));
}

#[test]
fn poor_day_is_no_severity() {
    let mut snapshot = one_queue(0, None, 1);
    let counters = &mut fixture::today_mut(&mut snapshot, "1").counters;
    *counters = counters
        .with(Counter::Answered, 10)
        .with(Counter::Waits, 10)
        .with(Counter::AnsweredWithin, 0);

    let view = render_queues(&snapshot, noon());

    assert_eq!(row_severity(&view, "chat/1"), "ok");
    let calm = SlotValue::Text("Nothing needs attention".into());
    assert!(view.head.list().contains(&&calm));
}

#[test]
fn right_to_left_name_keeps_the_numbers_beside_it_in_place() {
    let mut snapshot = one_queue(2, Some(90), 1);
    fixture::queue_mut(&mut snapshot, "1").name = Some(Arc::from("المبيعات"));

    let mut slots = super::BoardSlots::default();
    slots.apply_view(render_queues(&snapshot, noon()));

    // In its own isolate wherever it stands, also in the site's line.
    let html = render_page(&slots);
    let isolated = html.matches(">المبيعات</bdi>").count();
    assert_eq!((html.matches("المبيعات").count(), isolated), (2, 2));
}

#[test]
fn gap_that_all_queues_share_is_noted_once() {
    let since = Some("2026-11-20T09:42:00Z".parse().unwrap());
    let mut snapshot = fixture::afternoon_snapshot();
    let days = snapshot
        .queues
        .values_mut()
        .map(|queue| Arc::make_mut(&mut queue.today));
    for day in days.chain([&mut snapshot.today]) {
        (day.is_complete, day.since) = (false, since);
    }
    let today = fixture::today_mut(&mut snapshot, "2");
    today.since = Some("2026-11-20T10:00:00Z".parse().unwrap());

    let view = render_queues(&snapshot, noon());

    assert_eq!(row_note(&view, "chat/1"), "");
    assert_eq!(row_note(&view, "chat/2"), "Today since 11:00");
    let is_day_note =
        |cell: &SlotValue| matches!(cell, SlotValue::Text(t) if t == "Today since 10:42");
    assert!(view.head.list().into_iter().any(is_day_note));
}

#[test]
fn names_are_escaped_in_pages() {
    let mut snapshot = one_queue(1, None, 1);
    fixture::queue_mut(&mut snapshot, "1").name = Some(Arc::from("<script>alert(1)</script>\"'&"));
    let mut slots = super::BoardSlots::default();

    slots.apply_view(render_queues(&snapshot, noon()));

    let (_, html) = slots.root_region();
    assert!(
        !html.contains("<script") && html.contains("&#60;script&#62;"),
        "{html}"
    );
}

#[test]
fn patch_of_sixty_queues_contains_only_the_changed_value() {
    let mut snapshot = fixture::empty_snapshot();
    for n in 0..60u64 {
        let now = QueueFixture {
            waiting: n,
            longest: Some(30),
            available: 2,
        };
        fixture::put_queue(&mut snapshot, &n.to_string(), &format!("Queue {n}"), &now);
    }
    let mut slots = super::BoardSlots::default();
    slots.apply_view(render_queues(&snapshot, noon()));
    let reading = fixture::queue_mut(&mut snapshot, "7")
        .readings
        .get_mut(Metric::Waiting);
    reading.unwrap().value = Some(MetricValue::Count(42));

    let patch = slots.apply_view(render_queues(&snapshot, noon())).unwrap();

    let texts: Vec<_> = patch
        .cells
        .iter()
        .map(|(_, cell)| cell_text(cell))
        .collect();
    assert_eq!(texts, ["42"]);
}
