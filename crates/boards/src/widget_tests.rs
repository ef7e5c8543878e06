//! Widgets as boards show them, on hand-made snapshots.

use jiff::civil::datetime;

use wallboard_domain::{Baseline, Counter, Id, Metric, Moment, Pattern, QueueId};
use wallboard_live::{QueueSnapshot, Snapshot};

use super::{
    AttributeValue, BoardDefinition, BoardLayout, BoardView, GroupCells, PictureId, QueueCells,
    RowCells, SlotValue, Widget, WidgetContent, WidgetSize, board_render,
    fixture::{self, QueueFixture, noon},
};

fn group_id() -> QueueId {
    Id::new(&"group".into(), "sales")
}

/// Two queues, one of which is critical, and a group of both.
fn site() -> Snapshot {
    let mut snapshot = fixture::empty_snapshot();
    for (id, name, waiting, longest) in [("1", "Sales", 9, 372), ("2", "Billing", 2, 10)] {
        let longest = Some(longest);
        let now = QueueFixture {
            waiting,
            longest,
            available: 1,
        };
        fixture::put_queue(&mut snapshot, id, name, &now);
    }
    let members = ["1", "2"].map(fixture::queue_id);
    let group = QueueSnapshot {
        id: group_id(),
        name: Some("Everybody".into()),
        members: Some(members.into()),
        ..snapshot.queues[&fixture::queue_id("1")].clone()
    };
    snapshot.queues.insert(group_id(), group);
    snapshot
}

fn figure(metric: Metric, of: Option<QueueId>) -> WidgetContent {
    WidgetContent::Figure { metric, of }
}

fn board_of(contents: Vec<WidgetContent>) -> BoardDefinition {
    let widgets = contents.into_iter();
    let widgets = widgets.map(|content| Widget {
        name: None,
        position: None,
        size: WidgetSize::default(),
        content,
    });
    BoardDefinition {
        queues: vec![Pattern("chat/2".into())],
        widgets: widgets.collect(),
        ..BoardDefinition::new("b", "B", BoardLayout::Queues)
    }
}

fn render(board: &BoardDefinition, snapshot: &Snapshot, now: Moment) -> BoardView {
    board_render::render_view(board, snapshot, &Baseline::default(), now)
}

/// The widgets among a view's tiles.
fn widgets(view: &BoardView) -> Vec<&QueueCells> {
    let rows = view.lists[0].rows.iter();
    let rows = rows.filter(|row| row.shape.is_widget);
    let cells = rows.map(|row| match &row.cells {
        RowCells::Queue(cells) => cells,
        RowCells::Agent(cells) => panic!("{cells:?}"),
    });
    cells.collect()
}

fn only_widget(content: WidgetContent, snapshot: &Snapshot, now: Moment) -> QueueCells {
    let view = render(&board_of(vec![content]), snapshot, now);
    let widgets = widgets(&view);
    assert_eq!(widgets.len(), 1);
    widgets[0].clone()
}

fn attribute(cell: &SlotValue, name: &str) -> String {
    match cell.attribute(name) {
        Some(AttributeValue::Text(text)) => text.to_string(),
        Some(AttributeValue::Number(number)) => number.to_string(),
        None => String::new(),
    }
}

fn severity(cells: &QueueCells) -> String {
    attribute(&cells.attributes, "sev")
}

fn value(cells: &QueueCells) -> &str {
    cells.figures[0].value.as_text()
}

#[test]
fn figure_has_its_own_severity_and_not_that_of_its_queue() {
    let snapshot = site();
    let of = || Some(fixture::queue_id("1"));

    let wait = only_widget(figure(Metric::LongestWait, of()), &snapshot, noon());
    assert_eq!(
        (severity(&wait).as_str(), wait.name.as_text()),
        ("crit", "Sales")
    );
    let answered = only_widget(figure(Metric::Answered, of()), &snapshot, noon());
    assert_eq!(severity(&answered), "none");
    assert_eq!(answered.causes.as_text(), "");
    assert_eq!(answered.figures.len(), 1);
}

#[test]
fn figures_of_groups_and_of_the_site_are_merged() {
    let snapshot = site();
    let group = only_widget(figure(Metric::Waiting, Some(group_id())), &snapshot, noon());
    assert_eq!((value(&group), group.name.as_text()), ("11", "Everybody"));
    assert!(group.trend.is_none(), "nothing but the figure");

    let site = only_widget(figure(Metric::Waiting, None), &snapshot, noon());
    assert_eq!((value(&site), site.name.as_text()), ("11", "Whole site"));
    assert_eq!(severity(&site), "none", "a sum has no threshold");
}

#[test]
fn service_level_is_drawn_as_progress_to_its_target() {
    let mut snapshot = site();
    let level =
        |snapshot: &Snapshot, of| only_widget(figure(Metric::ServiceLevel, of), snapshot, noon());
    for of in [None, Some(group_id()), Some(fixture::queue_id("1"))] {
        let cells = level(&snapshot, of.clone());
        let percent = value(&cells).trim_end_matches('%');
        let bar = &cells.figures[1];
        let drawn = ["share", "aim", "miss"].map(|name| attribute(&bar.attributes, name));
        assert_eq!(drawn, [percent, "80", ""], "{of:?}");
        assert_eq!(bar.value.as_text(), "target 80%");
    }
    let today = fixture::today_mut(&mut snapshot, "1");
    today.counters.set(Counter::AnsweredWithin, Some(30));

    let missed = level(&snapshot, Some(fixture::queue_id("1")));
    assert_eq!(attribute(&missed.figures[1].attributes, "miss"), "yes");
    assert_eq!(severity(&missed), "none", "a missed target is no severity");
}

#[test]
fn old_figures_are_marked_and_unknown_ones_are_dashes() {
    let mut snapshot = site();
    fixture::disconnect_source(&mut snapshot, 60_000);
    for of in [None, Some(group_id()), Some(fixture::queue_id("1"))] {
        let old = only_widget(figure(Metric::Waiting, of.clone()), &snapshot, noon());
        assert_eq!(severity(&old), "stale", "{of:?}");
        let later = noon().plus_millis(360_000);
        let expired = only_widget(figure(Metric::Waiting, of), &snapshot, later);
        assert_eq!(value(&expired), "–");
    }
    let unknown = Some(Id::new(&"group".into(), "gone"));
    let unknown = only_widget(figure(Metric::Waiting, unknown), &site(), noon());
    assert_eq!((value(&unknown), unknown.note.as_text()), ("–", "No data"));
    let mut hidden = site();
    fixture::queue_mut(&mut hidden, "1").hidden = true;
    let of_hidden = figure(Metric::Waiting, Some(fixture::queue_id("1")));
    assert_eq!(value(&only_widget(of_hidden, &hidden, noon())), "–");
}

#[test]
fn board_is_as_live_as_its_widgets() {
    let mut snapshot = site();
    let voice = "voice".into();
    snapshot
        .sources
        .insert(voice, fixture::connected_source("voice"));
    let id = Id::new(&"voice".into(), "1");
    let queue = QueueSnapshot {
        id: id.clone(),
        ..snapshot.queues[&fixture::queue_id("1")].clone()
    };
    snapshot.queues.insert(id.clone(), queue);
    let board = board_of(vec![figure(Metric::Waiting, Some(id))]);
    let status = |snapshot: &Snapshot| {
        let head = render(&board, snapshot, noon()).head;
        head.status.text.as_text().to_owned()
    };
    assert_eq!(status(&snapshot), "Live");

    let lost = snapshot.sources.get_mut(&"voice".into()).unwrap();
    lost.connection = wallboard_live::ConnectionState::Disconnected;
    lost.outage = Some(wallboard_live::Outage {
        at: noon().plus_millis(-60_000).wall,
        monotonic: noon().plus_millis(-60_000).monotonic,
    });
    assert_eq!(status(&snapshot), "Partly live");
}

#[test]
fn text_ends_by_itself() {
    let text = |until| WidgetContent::Text {
        text: "Pizza at noon".into(),
        until,
    };
    let snapshot = site();
    // It is 14:27 in Stockholm.
    let board = board_of(vec![
        text(Some(datetime(2026, 11, 20, 14, 28, 0, 0))),
        text(None),
    ]);
    let view = render(&board, &snapshot, noon());
    assert_eq!(widgets(&view).len(), 2);
    assert_eq!(widgets(&view)[0].note.as_text(), "Pizza at noon");
    let end = noon().plus_millis(60_000);
    let due = view.next_change.unwrap();
    assert!(due.wall <= end.wall, "{due:?}");

    let after = render(&board, &snapshot, end);
    assert_eq!(widgets(&after).len(), 1);
    assert_eq!(after.lists[0].rows.last().unwrap().key, "widget 1");
}

#[test]
fn clock_shows_the_time_and_the_day_elsewhere() {
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let board = board_of(vec![WidgetContent::Clock { zone }]);
    let view = render(&board, &site(), noon().plus_millis(31_000));

    let clock = widgets(&view)[0];
    assert_eq!((value(clock), clock.name.as_text()), ("08:27", "New York"));
    let row = view.lists[0].rows.last().unwrap();
    assert_eq!(row.shape.figures[0].label, "Fri 20 Nov");
    let due = view.next_change.unwrap();
    assert!(due.wall <= noon().plus_millis(60_000).wall, "{due:?}");
}

#[test]
fn countdown_is_over_when_its_queue_closes_or_opens() {
    let mut snapshot = site();
    let shown = |snapshot: &Snapshot, of: QueueId, now: Moment| {
        let board = board_of(vec![WidgetContent::Countdown { of }]);
        let view = render(&board, snapshot, now);
        let cells = widgets(&view)[0];
        let label = view.lists[0].rows.last().unwrap().shape.figures[0]
            .label
            .clone();
        (value(cells).to_owned(), label)
    };
    let of = || fixture::queue_id("1");
    let always = shown(&snapshot, of(), noon());
    assert_eq!(always, ("–".to_owned(), String::new()));

    let [early, late] = [14 * 60 + 30, 20 * 60];
    fixture::open_until(&mut snapshot, &[("chat/1", early), ("chat/2", late)]);
    let text = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    assert_eq!(
        shown(&snapshot, of(), noon()),
        text("3", "min · closes 14:30")
    );
    let second = noon().plus_millis(121_000);
    assert_eq!(
        shown(&snapshot, of(), second),
        text("1", "min · closes 14:30")
    );
    let closed = noon().plus_millis(180_000);
    assert_eq!(
        shown(&snapshot, of(), closed),
        text("18", "h · opens Sat 08:00")
    );
    // A group closes with the last of its queues.
    let group = shown(&snapshot, group_id(), noon());
    assert_eq!(group, text("6", "h · closes 20:00"));
}

#[test]
fn widgets_stay_while_all_queues_are_closed_and_without_any_queue() {
    let mut snapshot = site();
    fixture::open_until(&mut snapshot, &[("*", 9 * 60)]);
    let of = fixture::queue_id("1");
    let mut board = board_of(vec![WidgetContent::Countdown { of }]);
    let phase = |view: &BoardView| attribute(&view.head.phase, "phase");

    let view = render(&board, &snapshot, noon());
    assert_eq!((phase(&view), view.lists[0].rows.len()), (String::new(), 2));
    board.queues = vec![Pattern("none/*".into())];
    let view = render(&board, &snapshot, noon());
    assert_eq!((phase(&view), view.lists[0].rows.len()), (String::new(), 1));
    board.widgets.clear();
    assert_eq!(phase(&render(&board, &snapshot, noon())), "empty");
}

#[test]
fn figures_of_the_day_stay_after_closing() {
    let mut snapshot = site();
    fixture::open_until(&mut snapshot, &[("*", 9 * 60)]);
    let of = || Some(fixture::queue_id("1"));
    let day = only_widget(figure(Metric::Answered, of()), &snapshot, noon());
    assert_ne!(attribute(&day.attributes, "note"), "closed");
    assert!(day.note.as_text().starts_with("Closed"), "{:?}", day.note);
}

/// The keys of a view's tiles, in their order on the screen.
fn keys(view: &BoardView) -> Vec<&str> {
    let mut rows: Vec<_> = view.lists[0].rows.iter().collect();
    rows.sort_by_key(|row| row.place.position);
    rows.iter().map(|row| row.key.as_str()).collect()
}

#[test]
fn widget_with_a_position_stands_among_the_queues() {
    let zone = || WidgetContent::Clock {
        zone: jiff::tz::TimeZone::UTC,
    };
    let mut board = board_of(vec![zone(), zone(), zone(), zone()]);
    board.queues = vec![Pattern("chat/*".into())];
    let snapshot = site();
    let with = |positions: [Option<u8>; 4], board: &mut BoardDefinition| {
        for (widget, position) in board.widgets.iter_mut().zip(positions) {
            widget.position = position;
        }
        keys(&render(board, &snapshot, noon())).join(" ")
    };
    for (positions, expected) in [
        (
            [None; 4],
            "chat/2 chat/1 widget 0 widget 1 widget 2 widget 3",
        ),
        (
            [None, Some(1), None, Some(3)],
            "widget 1 chat/2 widget 3 chat/1 widget 0 widget 2",
        ),
        (
            [Some(2), Some(2), Some(1), Some(132)],
            "widget 2 widget 0 widget 1 chat/2 chat/1 widget 3",
        ),
    ] {
        assert_eq!(with(positions, &mut board), expected);
    }
}

#[test]
fn tiles_say_their_positions() {
    let mut board = board_of(vec![figure(Metric::Answered, None)]);
    board.widgets[0].position = Some(1);
    let view = render(&board, &site(), noon());
    let cells = view.lists[0].rows.iter().map(|row| match &row.cells {
        RowCells::Queue(cells) => attribute(&cells.attributes, "pos"),
        RowCells::Agent(cells) => panic!("{cells:?}"),
    });
    assert_eq!(cells.collect::<Vec<_>>(), ["0", "1"]);
}

#[test]
fn picture_has_a_text_for_readers_and_a_heading_only_if_named() {
    let picture = || WidgetContent::Picture {
        id: PictureId::parse(&"0".repeat(32)).unwrap(),
        alt: "Menu of the week, with prices".into(),
    };
    let mut board = board_of(vec![picture()]);
    let shown = |board: &BoardDefinition| {
        let view = render(board, &site(), noon());
        let row = view.lists[0].rows.last().unwrap();
        let picture = row.shape.picture.clone().unwrap();
        let names = match &view.lists[0].groups[0].cells {
            GroupCells::Tiles(cells) => attribute(cells, "names"),
            cells => panic!("{cells:?}"),
        };
        (row.name().to_owned(), picture.has_heading, names)
    };
    let alt = "Menu of the week, with prices".to_owned();
    // The text that nobody sees needs no room.
    assert_eq!(shown(&board), (alt, false, String::new()));
    board.widgets[0].name = Some("Lunch".into());
    assert_eq!(shown(&board), ("Lunch".into(), true, String::new()));
}
