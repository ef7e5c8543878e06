use std::sync::Arc;

use jiff::Timestamp;

use wallboard_domain::{Baseline, Language, SourceId};
use wallboard_live::{DaySnapshot, LiveHandle, LiveState, Snapshot};
use wallboard_runtime::ingest::ProcessClock;

use crate::{
    AttributeValue, BoardDefinition, BoardLayout, BoardRegistry, BoardSlots, BoardView, PastBars,
    QueueCells, QueueOutlooks, ReplayPeriod, RowCells, board_render,
    fixture::{self, QueueFixture, noon, queue_id},
    parse_widget,
    selection::find_read_scope,
    source_news::shown_sources,
};

use super::*;

const MINUTE: i64 = 60_000;

fn at(time: &str) -> Timestamp {
    format!("2026-11-20T{time}Z").parse().unwrap()
}

/// A forecast of 14:26, until 15:00 in Stockholm.
fn outlook() -> QueueOutlook {
    QueueOutlook {
        computed_at: noon().plus_millis(-MINUTE).wall,
        until: at("14:00:00"),
        planned: None,
        expected: Ok(ExpectedService {
            contacts: [21.0, 34.0],
            service_level: Some([70.0, 84.0]),
            middle_level: Some(78.0),
            longest_wait_s: [40.0, 130.0],
            goal_percent: 80.0,
            missing_agents: Some(2),
            level_with_one_less: Some(66.0),
            level_with_one_more: Some(79.0),
            level_with_two_more: Some(84.0),
            is_best_case: false,
        }),
    }
}

fn changed(change: impl FnOnce(&mut ExpectedService)) -> QueueOutlook {
    let mut outlook = outlook();
    change(outlook.expected.as_mut().unwrap());
    outlook
}

fn gap(gap: ForecastGap) -> QueueOutlook {
    QueueOutlook {
        expected: Err(gap),
        ..outlook()
    }
}

fn site() -> Snapshot {
    let mut snapshot = fixture::empty_snapshot();
    let now = QueueFixture {
        waiting: 2,
        longest: Some(10),
        available: 1,
    };
    fixture::put_queue(&mut snapshot, "1", "Sales", &now);
    snapshot
}

fn board(language: Language) -> BoardDefinition {
    BoardDefinition {
        queues: vec![wallboard_domain::Pattern("none/*".into())],
        widgets: vec![parse_widget(r#"{ forecast = "chat/1" }"#).unwrap()],
        language: Some(language),
        ..BoardDefinition::new("b", "B", BoardLayout::Queues)
    }
}

fn outlooks(outlook: QueueOutlook) -> Arc<QueueOutlooks> {
    Arc::new([(queue_id("1"), outlook)].into())
}

fn render(
    snapshot: &Snapshot,
    outlooks: impl Into<Option<Arc<QueueOutlooks>>>,
    now: Moment,
    language: Language,
) -> BoardView {
    let board = board(language);
    let mut context = RenderContext::of_board(&board, snapshot, now);
    context.outlooks = outlooks.into();
    board_render::render(context, &Baseline::default())
}

struct Tile {
    cells: QueueCells,
    unit: String,
    severity: &'static str,
}

impl Tile {
    fn of(view: &BoardView) -> Self {
        let row = &view.lists[0].rows[0];
        let RowCells::Queue(cells) = &row.cells else {
            panic!("{row:?}");
        };
        Self {
            cells: cells.clone(),
            unit: row.shape.figures[0].label.clone(),
            severity: row.severity().into_str(),
        }
    }

    /// The large text, its unit, and what is said of it or of its age.
    fn texts(&self) -> [String; 3] {
        let age = self.cells.tile.as_ref().unwrap().age.as_text();
        let note = self.cells.note.as_text();
        let hero = &self.cells.figures[0];
        let value = format!("{}{}", hero.value.as_text(), hero.note.as_text());
        [value, self.unit.clone(), format!("{age}{note}")]
    }

    fn figures(&self) -> Vec<&str> {
        let figures = self.cells.figures.iter().skip(1);
        figures.map(|figure| figure.value.as_text()).collect()
    }

    fn width(&self) -> &AttributeValue {
        self.cells.attributes.attribute("width").unwrap()
    }

    fn bar(&self) -> [&AttributeValue; 3] {
        let attributes = &self.cells.figures[3].attributes;
        ["share", "aim", "miss"].map(|name| attributes.attribute(name).unwrap())
    }
}

fn tile(outlook: QueueOutlook) -> Tile {
    Tile::of(&render(
        &site(),
        outlooks(outlook),
        noon(),
        Language::English,
    ))
}

#[test]
fn a_forecast_has_its_range_and_what_agents_change() {
    let missed = tile(outlook());
    let unit = "service level by 15:00";
    assert_eq!(missed.texts(), ["70–84%", unit, "Needs 2 more agents"]);
    assert_eq!(missed.cells.name.as_text(), "Sales");
    assert_eq!(missed.figures(), ["84%", "0:40–2:10", "", "21–34"]);
    let number = AttributeValue::Number;
    assert_eq!(missed.bar(), [&number(78), &number(80), &"yes".into()]);
    assert_eq!(*missed.width(), "range".into());
    assert_eq!(missed.severity, "none", "a missed target is no severity");

    let enough = tile(changed(|expected| expected.missing_agents = Some(0)));
    assert_eq!(enough.texts()[2], "Enough agents");
    assert_eq!(enough.figures()[0], "66%");
    assert_eq!(*enough.bar()[2], "".into());
    let one = tile(changed(|expected| expected.missing_agents = Some(1)));
    assert_eq!(one.texts()[2], "Needs 1 more agent");
    assert_eq!(one.figures()[0], "79%");
    let many = tile(changed(|expected| expected.missing_agents = None));
    assert_eq!(many.texts()[2], "Needs over 40 more agents");
    let nobody_to_spare = tile(changed(|expected| {
        expected.missing_agents = Some(0);
        expected.level_with_one_less = None;
    }));
    assert_eq!(nobody_to_spare.figures(), ["0:40–2:10", "", "21–34"]);
}

#[test]
fn contacts_of_the_day_stand_beside_those_planned_by_now() {
    let planned = |outlook: QueueOutlook, now: Moment, day: DaySnapshot| {
        let mut snapshot = site();
        *fixture::today_mut(&mut snapshot, "1") = day;
        let outlook = QueueOutlook {
            planned: Some(41.6),
            ..outlook
        };
        let view = render(&snapshot, outlooks(outlook), now, Language::English);
        let figures = Tile::of(&view).cells.figures.into_iter().skip(1);
        let texts = figures.map(|figure| {
            let (value, note) = (figure.value, figure.note);
            format!("{} {}", value.as_text(), note.as_text())
        });
        texts.collect::<Vec<_>>()
    };
    let day = || DaySnapshot {
        entries_known: true,
        ..fixture::day_totals(49, 2)
    };
    let shown = planned(outlook(), noon(), day());
    let four = ["84% ", "51 plan 42", "0:40–2:10 ", " target 80%"];
    assert_eq!(shown, four);
    let without_forecast = gap(ForecastGap::NoHistory);
    assert_eq!(
        planned(without_forecast.clone(), noon(), day()),
        ["51 plan 42"]
    );

    let partial = DaySnapshot {
        is_complete: false,
        ..day()
    };
    let unknown = planned(without_forecast.clone(), noon(), partial);
    assert_eq!(unknown, ["– plan 42"], "a part of the day isn't so far");
    let later = noon().plus_millis(10 * MINUTE);
    assert_eq!(planned(without_forecast, later, day()), [""; 0]);
}

#[test]
fn without_a_service_level_nothing_is_said_of_agents() {
    let unknown = tile(changed(|expected| {
        expected.service_level = None;
        expected.middle_level = None;
        expected.missing_agents = Some(0);
    }));
    assert_eq!(unknown.texts(), ["0:40–2:10", "longest wait by 15:00", ""]);
    assert_eq!(unknown.figures(), [""; 0]);
}

#[test]
fn a_forecast_that_leaves_out_other_queues_is_marked_as_the_best_case() {
    let best = |change: fn(&mut ExpectedService)| {
        let outlook = changed(|expected| {
            expected.is_best_case = true;
            change(expected);
        });
        tile(outlook).texts()[2].clone()
    };
    assert_eq!(best(|_| {}), "At best: needs 2 more agents");
    let enough = best(|expected| expected.missing_agents = Some(0));
    assert_eq!(enough, "At best: enough agents");
    let many = best(|expected| expected.missing_agents = None);
    assert_eq!(many, "At best: needs over 40 more agents");
    let wait = best(|expected| expected.service_level = None);
    assert_eq!(wait, "At best");
}

#[test]
fn a_forecast_is_in_the_boards_language() {
    let shown = |language, outlook| {
        let view = render(&site(), outlooks(outlook), noon(), language);
        Tile::of(&view).texts()
    };
    let swedish = shown(Language::Swedish, outlook());
    assert_eq!(
        swedish,
        [
            "70–84\u{202f}%",
            "servicenivå till 15:00",
            "Det behövs 2 agenter till"
        ]
    );
    let german = shown(Language::German, gap(ForecastGap::FewContacts));
    assert_eq!(
        german,
        ["–", "Servicelevel-Prognose", "Kaum Kontakte erwartet"]
    );
}

#[test]
fn without_a_forecast_the_tile_says_why() {
    let unit = "service level forecast".to_owned();
    let unknown = |why: &str| ["–".to_owned(), unit.clone(), why.to_owned()];
    let few = tile(gap(ForecastGap::FewDays));
    assert_eq!(few.texts(), unknown("Too little history"));
    assert_eq!((few.severity, few.figures()), ("none", vec![]));

    let shown = |snapshot: &Snapshot, outlooks: Option<Arc<QueueOutlooks>>| {
        let view = render(snapshot, outlooks, noon(), Language::English);
        Tile::of(&view)
    };
    let none = shown(&site(), Some(Arc::default()));
    assert_eq!(none.texts(), unknown("No forecast yet"));
    let past = shown(&site(), None);
    assert_eq!(past.texts(), unknown("Not kept for the past"));
    let mut hidden = site();
    fixture::queue_mut(&mut hidden, "1").hidden = true;
    assert_eq!(
        shown(&hidden, Some(outlooks(outlook()))).texts(),
        unknown("No data")
    );
    let mut closed = site();
    fixture::open_until(&mut closed, &[("*", 9 * 60)]);
    let closed = shown(&closed, Some(outlooks(outlook())));
    assert_eq!(closed.texts(), unknown("Closed"));
}

#[test]
fn boards_of_the_past_have_no_forecasts() {
    let live = LiveHandle::new(ProcessClock::start_now(), LiveState::default());
    let registry = BoardRegistry::new(&live, Vec::new());
    registry.replace_outlooks([(queue_id("1"), outlook())].into());
    let present = registry.current_outlooks().unwrap();
    assert_eq!(present.get(&queue_id("1")), Some(&outlook()));

    let past = registry.of_past(&live, PastBars::new(|_| String::new()));
    assert_eq!(past.current_outlooks(), None);
    let [from, to] = ["10:00:00", "11:00:00"].map(at);
    let replay = registry.of_replay(ReplayPeriod { from, to });
    assert_eq!(replay.current_outlooks(), None);
}

#[test]
fn a_forecast_that_is_not_renewed_is_out_of_date_until_its_half_hour_is_over() {
    let at = |millis: i64| {
        let now = noon().plus_millis(millis);
        let view = render(&site(), outlooks(outlook()), now, Language::English);
        let tile = Tile::of(&view);
        let due = view.next_change.map(|due| due.wall);
        (
            tile.texts()[2].clone(),
            tile.texts()[0].clone(),
            tile.severity,
            due,
        )
    };
    let limit = FORECAST_LIFETIME_MS - MINUTE;
    let (note, value, severity, due) = at(limit);
    assert_eq!(
        (&*note, &*value, severity),
        ("Needs 2 more agents", "70–84%", "none")
    );
    assert_eq!(due, Some(noon().plus_millis(limit + 1).wall));

    let (age, value, severity, _) = at(limit + 1);
    assert_eq!(
        (&*age, &*value, severity),
        ("2 min old, from\u{a0}14:26", "70–84%", "stale")
    );
    let (age, value, severity, _) = at(4 * MINUTE);
    assert_eq!(
        (&*age, &*value, severity),
        ("No data since 14:26", "–", "stale")
    );
    let mut new = outlook();
    let end = 33 * MINUTE;
    new.computed_at = noon().plus_millis(end - MINUTE).wall;
    let view = |millis| {
        let now = noon().plus_millis(millis);
        render(&site(), outlooks(new.clone()), now, Language::English)
    };
    let before = view(end - 1);
    assert_eq!(
        before.next_change.unwrap().wall,
        noon().plus_millis(end).wall
    );
    assert_eq!(Tile::of(&before).texts()[0], "70–84%");
    assert_eq!(Tile::of(&view(end)).texts()[0], "–");
}

#[test]
fn a_lost_source_never_looks_live() {
    let shown = |lost_ms: i64| {
        let mut snapshot = site();
        fixture::disconnect_source(&mut snapshot, lost_ms);
        let view = render(&snapshot, outlooks(outlook()), noon(), Language::English);
        let status = view.head.status.text.as_text().to_owned();
        let tile = Tile::of(&view);
        (tile.texts()[0].clone(), tile.severity, status)
    };
    let text =
        |value: &str, severity, status: &str| (value.to_owned(), severity, status.to_owned());
    assert_eq!(
        shown(60_000),
        text("70–84%", "stale", "Not live since 14:26")
    );
    assert_eq!(shown(400_000), text("–", "stale", "Not live since 14:20"));
}

#[test]
fn a_small_team_has_no_forecast_on_boards_nor_in_what_they_send() {
    let mut snapshot = site();
    let site = Arc::make_mut(&mut snapshot.site);
    site.smallest_team = 5;
    fixture::put_agent(
        &mut snapshot,
        "Anna",
        wallboard_domain::AgentStatus::Available,
        30,
        &["1"],
    );
    let withheld = snapshot.withhold_small_teams().unwrap();
    let view = render(&withheld, outlooks(outlook()), noon(), Language::English);
    assert_eq!(Tile::of(&view).texts()[2], "Too few agents");
    let board = board(Language::English);
    let mut context = RenderContext::of_board(&board, &withheld, noon());
    context.outlooks = Some(outlooks(outlook()));
    let sent = fixture::sent_text(context, &mut BoardSlots::default());
    assert!(!sent.contains("84%"), "{sent}");
}

#[test]
fn only_what_changed_is_sent_when_a_forecast_is_renewed() {
    let mut slots = BoardSlots::default();
    let mut next = |outlook| {
        let view = render(&site(), outlooks(outlook), noon(), Language::English);
        slots.apply_view(view)
    };
    next(outlook());
    assert_eq!(next(outlook()), None);
    let patch = next(changed(|expected| {
        expected.service_level = Some([71.0, 85.0]);
    }));
    let patch = patch.unwrap();
    assert_eq!(patch.regions, []);
    let texts: Vec<_> = patch
        .cells
        .iter()
        .map(|(_, value)| value.as_text())
        .collect();
    assert_eq!(texts, ["71–85"]);
}

#[test]
fn a_board_reads_and_names_the_source_of_its_forecast() {
    let (board, snapshot) = (board(Language::English), site());
    let scope = find_read_scope(&board, &snapshot, noon());
    let queues = [queue_id("1")].into();
    assert_eq!(scope, wallboard_live::ReadScope::Queues(queues));
    let context = RenderContext::of_board(&board, &snapshot, noon());
    let queues = context.selected_queues();
    let sources = shown_sources(&context, &context.queue_selection(&queues));
    assert_eq!(sources, [SourceId::from("chat")].into());
}
