//! Severity over time: a simulated day of the live state, read as boards read it.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::{
    Baseline, ConnectionEvent, Discontinuity, Fact, Id, Input, Metric, MetricSubject, MetricValue,
    Moment, MonotonicTime, OpenPeriod, OpeningHours, Pattern, PatternThresholds, Patterns,
    QueueGroup, QueueId, SeverityLimits, SiteConfig, SourceKind, SourceSetup, Update, moment,
};
use wallboard_live::{IncidentSubject, LiveState, Severity};
use wallboard_texts::Texts;

use super::{
    BoardDefinition, BoardLayout, QueueEvaluation, RowCells, SlotValue, evaluate_queue,
    evaluate_severity,
    fixture::{self, QueueFixture, noon},
    render_view,
};

const STEP_SECONDS: i64 = 10;
const HOUR: i64 = 3600;
const WARNING_COUNT: f64 = 5.0;

/// One source whose queues report every few seconds.
struct SimulatedSite {
    state: LiveState,
    now: Moment,
}

fn queue_id(external: &str) -> QueueId {
    Id::new(&"chat".into(), external)
}

fn office_hours() -> OpeningHours {
    let period = OpenPeriod {
        from_minute: 8 * 60,
        to_minute: 17 * 60,
    };
    OpeningHours {
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        week: std::array::from_fn(|_| vec![period]),
        dates: std::collections::BTreeMap::new(),
        holidays: wallboard_domain::ClosedDays::default(),
    }
}

fn count_limits(warning: f64) -> SeverityLimits {
    SeverityLimits {
        warning: Some(warning),
        ..SeverityLimits::default()
    }
}

fn site() -> SiteConfig {
    let waiting = PatternThresholds {
        metrics: vec![(Metric::Waiting, count_limits(WARNING_COUNT))],
        ..PatternThresholds::default()
    };
    SiteConfig {
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        sources: vec![SourceSetup::new("chat", SourceKind::OF_CONTACTS)],
        thresholds: Patterns(vec![(Pattern("*".into()), waiting)]),
        ..SiteConfig::default()
    }
}

impl SimulatedSite {
    fn start(site: SiteConfig) -> Self {
        let mut simulated = Self {
            state: LiveState::default(),
            now: Moment {
                // Midnight in Stockholm.
                wall: "2026-11-19T23:00:00Z".parse().unwrap(),
                monotonic: MonotonicTime(1_000),
            },
        };
        let discontinuity = Some(Discontinuity::Start);
        simulated.apply(Input::SiteConfig(Arc::new(site)));
        simulated.connection(ConnectionEvent::CatchingUp { discontinuity });
        simulated.connection(ConnectionEvent::Connected);
        simulated
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "tests make each input in place"
    )]
    fn apply(&mut self, input: Input) {
        self.state.apply_input(&input, self.now);
        self.check_incidents();
    }

    /// A queue is critical on boards exactly while an incident is recorded, and in need while a warning is.
    fn check_incidents(&self) {
        let snapshot = self.state.snapshot();
        let recorded = [&snapshot.incidents, &snapshot.warnings]
            .map(|all| all.between(self.now.wall, Timestamp::MAX));
        for queue in snapshot.queues.values() {
            let subject = IncidentSubject::Queue(queue.id.clone());
            let is_recorded =
                (recorded.each_ref()).map(|open| open.iter().any(|one| one.subject == subject));
            let (severity, _) = evaluate_severity(Texts::english(), snapshot, queue, self.now);
            let is_critical = severity == Severity::Critical;
            let is_shown = [is_critical, is_critical || severity == Severity::Warning];
            assert_eq!(is_shown, is_recorded, "{} at {:?}", queue.id, self.now);
        }
    }

    fn connection(&mut self, event: ConnectionEvent) {
        self.apply(Input::Connection("chat".into(), event));
    }

    /// Lets time pass, with a tick whenever one is due.
    fn advance(&mut self, seconds: i64) {
        let end = self.now.plus_millis(seconds * 1000);
        while let Some(due) = self.state.next_due() {
            if end.monotonic < due.monotonic {
                break;
            }
            let soon = self.now.plus_millis(1);
            self.now = if soon.monotonic < due.monotonic {
                due
            } else {
                soon
            };
            self.apply(Input::Tick);
        }
        self.now = end;
    }

    fn report(&mut self, queue: &str, waiting: u64, longest: Option<i64>) {
        let longest = moment::seconds_from(longest.unwrap_or(0) * 1000);
        let readings = [
            (Metric::Waiting, Some(MetricValue::Count(waiting))),
            (Metric::InConversation, Some(MetricValue::Count(1))),
            (Metric::AgentsAvailable, Some(MetricValue::Count(2))),
            (Metric::LongestWait, Some(MetricValue::Seconds(longest))),
        ];
        self.apply(Input::Update(Update {
            source: "chat".into(),
            event: "test",
            at: Some(self.now.wall),
            fact: Fact::EventReadings(
                MetricSubject::Queue(queue_id(queue)),
                readings.into_iter().collect(),
            ),
            mistyped: 0,
        }));
    }

    fn evaluate(&self, queue: &QueueId) -> QueueEvaluation {
        let snapshot = self.state.snapshot();
        evaluate_queue(
            Texts::english(),
            snapshot,
            &snapshot.queues[queue],
            self.now,
        )
    }

    fn severity(&self, queue: &str) -> Severity {
        self.evaluate(&queue_id(queue)).severity
    }

    fn number(&self, queue: &str, metric: Metric) -> Option<f64> {
        let snapshot = self.state.snapshot();
        let queue = snapshot.queues.get(&queue_id(queue))?;
        let figure = snapshot.queue_figure(queue, metric, self.now)?;
        figure.value.map(MetricValue::as_number)
    }
}

/// A repeatable sequence of numbers.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// The states of one queue's tile over a day.
#[derive(Default)]
struct TileDay {
    /// Seconds in a warning or critical state.
    marked: i64,
    /// Those of them in which no live figure had been beyond its limit for a minute.
    unreasoned: i64,
    rises: Vec<i64>,
    was_marked: bool,
    last_beyond: Option<i64>,
}

impl TileDay {
    /// Follows the tile after a report; `was_beyond` is the figure's state just before it.
    fn watch(
        &mut self,
        second: i64,
        was_beyond: bool,
        is_beyond: bool,
        evaluation: &QueueEvaluation,
    ) {
        let is_marked = evaluation.severity.needs_attention();
        assert_eq!(is_marked, !evaluation.causes.is_empty());
        if is_beyond {
            assert!(is_marked, "calmer than it is, at second {second}");
        }
        if was_beyond || is_beyond {
            self.last_beyond = Some(second);
        }
        if is_marked {
            self.marked += STEP_SECONDS;
            let is_recent = self.last_beyond.is_some_and(|last| second - last <= 60);
            self.unreasoned += if is_recent { 0 } else { STEP_SECONDS };
            if !self.was_marked {
                self.rises.push(second);
            }
        }
        self.was_marked = is_marked;
    }
}

#[test]
fn simulated_day_has_no_mark_without_a_live_reason_and_no_flapping() {
    let mut simulated = SimulatedSite::start(site());
    let mut sequence = Sequence(7);
    let [mut hovering, mut waits] = [TileDay::default(), TileDay::default()];
    // The contacts of the second queue, by the second when they came.
    let mut contacts: Vec<i64> = Vec::new();

    for step in 0..24 * HOUR / STEP_SECONDS {
        let second = step * STEP_SECONDS;
        let is_long = |simulated: &SimulatedSite| {
            let longest = simulated.number("waits", Metric::LongestWait);
            longest.is_some_and(|longest| 60.0 <= longest)
        };
        let was_long = is_long(&simulated);
        // Around the limit, with pauses of all lengths on either side.
        let is_busy = (second / (20 + 10 * (step / 360))) % 2 == 0;
        let count = 3 + u64::from(is_busy) + sequence.below(2);
        simulated.report("hovering", count, Some(30));
        if sequence.below(5) == 0 {
            contacts.push(second);
        }
        if !contacts.is_empty() && sequence.below(5) == 0 {
            contacts.remove(0);
        }
        contacts.truncate(4);
        let longest = contacts.first().map(|since| second - since);
        simulated.report("waits", contacts.len() as u64, longest);

        let is_beyond = WARNING_COUNT <= simulated.number("hovering", Metric::Waiting).unwrap();
        let evaluation = simulated.evaluate(&queue_id("hovering"));
        hovering.watch(second, false, is_beyond, &evaluation);
        let evaluation = simulated.evaluate(&queue_id("waits"));
        waits.watch(second, was_long, is_long(&simulated), &evaluation);
        simulated.advance(STEP_SECONDS);
    }

    for day in [&hovering, &waits] {
        assert!(
            HOUR < day.marked && day.marked < 23 * HOUR,
            "{}",
            day.marked
        );
        assert!(10 < day.rises.len(), "{:?}", day.rises);
        assert_eq!(day.unreasoned, 0);
    }
    for pair in hovering.rises.windows(2) {
        assert!(60 <= pair[1] - pair[0], "{pair:?}");
    }
    for three in waits.rises.windows(3) {
        assert!(60 <= three[2] - three[0], "{three:?}");
    }
}

#[test]
fn hovering_queue_is_held_explained_and_released_by_time_alone() {
    let mut simulated = SimulatedSite::start(site());
    simulated.report("1", 5, Some(10));
    simulated.advance(5);
    simulated.report("1", 4, Some(15));

    let evaluation = simulated.evaluate(&queue_id("1"));
    assert_eq!(evaluation.severity, Severity::Warning);
    assert_eq!(evaluation.causes, ["4 waiting"]);
    let reason = "Waiting is 4, past the 5 threshold until less than a minute ago.";
    let given = (evaluation.reason).map(|reason| reason.sentence(Texts::english()));
    assert_eq!(given.as_deref(), Some(reason));

    for _ in 0..11 {
        simulated.advance(5);
        simulated.report("1", 4, Some(15));
    }
    assert_eq!(simulated.severity("1"), Severity::Warning);
    // Without any further report.
    simulated.advance(5);
    assert_eq!(simulated.severity("1"), Severity::Normal);
}

/// A site with a group of two queues.
fn site_with_group() -> (SiteConfig, QueueId) {
    let group = QueueGroup {
        id: Id::new(&"group".into(), "all"),
        name: "All".to_owned(),
        queues: vec![queue_id("1"), queue_id("2")],
    };
    let id = group.id.clone();
    let groups = vec![group];
    (SiteConfig { groups, ..site() }, id)
}

#[test]
fn board_is_not_live_while_a_part_of_a_group_is_out_of_date_though_it_needs_attention() {
    let (site, id) = site_with_group();
    let mut simulated = SimulatedSite::start(site);
    let board = BoardDefinition {
        queues: vec![Pattern("group/*".into())],
        ..BoardDefinition::new("b", "B", BoardLayout::Queues)
    };
    let status = |simulated: &SimulatedSite| {
        let snapshot = simulated.state.snapshot();
        let view = render_view(&board, snapshot, &Baseline::default(), simulated.now);
        let status = view.head.status;
        assert_eq!(simulated.evaluate(&id).severity, Severity::Warning);
        [status.text, status.detail]
    };
    let text = |text: &str| SlotValue::Text(text.to_owned());
    simulated.report("1", 9, Some(10));
    simulated.report("2", 1, Some(10));
    assert_eq!(status(&simulated), ["Live", ""].map(text));

    // The other one falls silent.
    for _ in 0..24 {
        simulated.advance(5);
        simulated.report("1", 9, Some(10));
    }

    let partly = ["Partly live", ": 1 of 1 out of date"];
    assert_eq!(status(&simulated), partly.map(text));
}

#[test]
fn group_is_held_like_a_queue() {
    let (site, id) = site_with_group();
    let mut simulated = SimulatedSite::start(site);
    simulated.report("1", 2, Some(10));
    simulated.report("2", 3, Some(10));
    assert_eq!(simulated.evaluate(&id).severity, Severity::Warning);
    simulated.report("2", 2, Some(10));
    assert_eq!(simulated.evaluate(&id).severity, Severity::Warning);
    simulated.report("2", 0, None);
    assert_eq!(simulated.evaluate(&id).causes, [""; 0]);
}

#[test]
fn new_thresholds_apply_at_once_and_an_outage_forgets_what_was_held() {
    let mut simulated = SimulatedSite::start(site());
    simulated.report("1", 5, Some(10));
    simulated.report("1", 4, Some(10));
    assert_eq!(simulated.severity("1"), Severity::Warning);
    let mut others = site();
    let of_another = (Pattern("voice/*".into()), PatternThresholds::default());
    others.thresholds.0.push(of_another);
    simulated.apply(Input::SiteConfig(Arc::new(others)));
    assert_eq!(simulated.severity("1"), Severity::Normal);

    simulated.report("1", 5, Some(10));
    let why = "test".to_owned();
    simulated.connection(ConnectionEvent::Disconnected { why });
    simulated.advance(15);
    assert_eq!(simulated.severity("1"), Severity::OutOfDate);
    let discontinuity = Some(Discontinuity::Upstream);
    simulated.connection(ConnectionEvent::CatchingUp { discontinuity });
    simulated.connection(ConnectionEvent::Connected);
    simulated.report("1", 4, Some(10));
    assert_eq!(simulated.severity("1"), Severity::Normal);
}

#[test]
fn closed_queue_has_no_severity_all_night_and_opens_in_time() {
    let mut simulated = SimulatedSite::start(SiteConfig {
        hours: Patterns(vec![(Pattern("*".into()), office_hours())]),
        ..site()
    });
    let severity_at = |simulated: &mut SimulatedSite, hour: i64| {
        let midnight: Timestamp = "2026-11-19T23:00:00Z".parse().unwrap();
        let seconds = (simulated.now.wall.as_second() - midnight.as_second()).max(0);
        simulated.advance(hour * HOUR - seconds);
        simulated.report("1", 9, Some(30));
        let evaluation = simulated.evaluate(&queue_id("1"));
        let reason = (evaluation.reason).map(|reason| reason.sentence(Texts::english()));
        (evaluation.severity, reason)
    };

    let (severity, reason) = severity_at(&mut simulated, 5);
    assert_eq!(severity, Severity::None);
    assert_eq!(reason.as_deref(), Some("Closed. Opens 08:00."));
    for hour in 8..17 {
        assert_eq!(severity_at(&mut simulated, hour).0, Severity::Warning);
    }
    let (severity, reason) = severity_at(&mut simulated, 17);
    assert_eq!(severity, Severity::None);
    assert_eq!(reason.as_deref(), Some("Closed. Opens Sat 08:00."));
}

#[test]
fn board_shows_who_waits_in_a_closed_queue_and_changes_when_it_opens() {
    let mut snapshot = fixture::empty_snapshot();
    let figures = QueueFixture {
        waiting: 3,
        longest: Some(300),
        available: 0,
    };
    fixture::put_queue(&mut snapshot, "1", "Sales", &figures);
    let nobody = QueueFixture {
        waiting: 0,
        longest: None,
        ..figures
    };
    fixture::put_queue(&mut snapshot, "2", "Support", &nobody);
    let site = Arc::make_mut(&mut snapshot.site);
    site.hours = Patterns(vec![(Pattern("*".into()), office_hours())]);
    // Tiles fold it: see board_header.
    let board = BoardDefinition::new("b", "B", BoardLayout::List);
    let render = |now| render_view(&board, &snapshot, &Baseline::default(), now);
    let cells = |now| {
        let view = render(now);
        let RowCells::Queue(cells) = &view.lists.last().unwrap().rows[1].cells else {
            panic!("a list has queues");
        };
        (
            format!("{:?}", cells.attributes),
            format!("{:?}", cells.note),
            format!("{cells:?}"),
        )
    };

    // 14:27 and 17:30.
    let evening = noon().plus_millis(183 * 60_000);
    let (severity, ..) = cells(noon());
    assert!(severity.contains("crit"), "{severity}");
    let (severity, note, all) = cells(evening);
    assert!(severity.contains("none"), "{severity}");
    assert_eq!(note, "Text(\"opens Sat 08:00\")");
    assert!(all.contains("\"3\"") && !all.contains("crit"), "{all}");
    let view = render(evening);
    let RowCells::Queue(empty) = &view.lists.last().unwrap().rows[2].cells else {
        panic!("a list has queues");
    };
    assert_eq!(
        format!("{:?}", empty.note),
        "Text(\"Closed · opens Sat 08:00\")"
    );
    assert_eq!(format!("{:?}", empty.figures[0].value), "Text(\"\")");

    let change = render(evening).next_change.unwrap();
    let before = noon().plus_millis(152 * 60_000 + 50_000);
    let closes = render(before).next_change.unwrap();
    assert_eq!(closes.wall, "2026-11-20T16:00:00Z".parse().unwrap());
    assert!(change.wall <= "2026-11-21T07:00:00Z".parse().unwrap());
}
