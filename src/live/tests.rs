//! The fold, told in sentences: a small world of one source, two queues and some
//! cases, driven by hand.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    Break, CaseEvent, Class, Fact, Id, Input, Line, Metric, Moment, Mono, Note, Outcome, Patterns,
    Profile, Said, Site, SourceId, SourceSetup, Subject, Target, Update, Value, moment,
};

use super::{AgentState, CaseState, Figure, Health, LineState, State, Trust};

/// A source that speaks, and the state that listens.
pub(super) struct World {
    pub(super) state: State,
    pub(super) now: Moment,
}

pub(super) fn source() -> SourceId {
    SourceId::from("chat")
}

pub(super) fn id(external: &str) -> Id {
    Id::new(&source(), external)
}

fn morning() -> Moment {
    Moment {
        wall: "2026-11-20T08:00:00Z".parse().unwrap(),
        mono: Mono(1_000),
    }
}

fn site(queue_of: &[(&str, &str)], not_queued: &[&str]) -> Site {
    Site {
        sources: vec![SourceSetup {
            id: source(),
            kind: "vngage",
            demo: false,
            queue_of: queue_of
                .iter()
                .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
                .collect(),
            not_queued: not_queued.iter().map(|id| (*id).to_owned()).collect(),
        }],
        ..Site::default()
    }
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(site(&[], &[]))
    }

    fn with(site: Site) -> Self {
        let mut world = Self {
            state: State::default(),
            now: morning(),
        };
        world.put(&Input::Settings(Arc::new(site)));
        world.connect(Some(Break::Start));
        world
    }

    pub(super) fn put(&mut self, input: &Input) {
        self.state.apply(input, self.now);
    }

    /// Lets time pass, telling it whenever it is due.
    pub(super) fn wait(&mut self, millis: i64) {
        let end = self.now.plus(millis);
        while let Some(due) = self.state.due().filter(|due| due.mono <= end.mono) {
            self.now = if due.mono > self.now.mono {
                due
            } else {
                self.now.plus(1)
            };
            self.put(&Input::Time);
        }
        self.now = end;
    }

    pub(super) fn line(&mut self, line: Line) {
        self.put(&Input::Line(source(), line));
    }

    pub(super) fn connect(&mut self, broken: Option<Break>) {
        self.line(Line::CatchingUp { broken });
        self.line(Line::Connected);
    }

    fn away(&mut self) {
        self.line(Line::Away {
            why: "the broker closed the connection".to_owned(),
        });
    }

    pub(super) fn say(&mut self, at: Timestamp, fact: Fact) {
        self.put(&Input::Update(Update {
            source: source(),
            event: "test",
            at: Some(at),
            fact,
            mistyped: 0,
        }));
    }

    pub(super) fn load(&mut self, queue: &str, waiting: u64, talking: u64, available: u64) {
        self.load_at(self.now.wall, queue, waiting, talking, available);
    }

    pub(super) fn load_at(
        &mut self,
        at: Timestamp,
        queue: &str,
        waiting: u64,
        talking: u64,
        available: u64,
    ) {
        let count = |n| Said::Known(Value::Count(n));
        self.readings(
            at,
            queue,
            &[
                (Metric::Waiting, count(waiting)),
                (Metric::InConversation, count(talking)),
                (Metric::AgentsAvailable, count(available)),
            ],
        );
    }

    fn timers(&mut self, queue: &str, longest: f64) {
        let seconds = |x| Said::Known(Value::Seconds(x));
        self.readings(
            self.now.wall,
            queue,
            &[
                (Metric::AverageWait, seconds(12.0)),
                (Metric::LongestWait, seconds(longest)),
            ],
        );
    }

    pub(super) fn readings(&mut self, at: Timestamp, queue: &str, said: &[(Metric, Said<Value>)]) {
        let fact = Fact::Readings(Subject::Queue(id(queue)), said.iter().copied().collect());
        self.say(at, fact);
    }

    fn case(&mut self, case: &str, event: CaseEvent) {
        self.case_at(self.now.wall, case, event);
    }

    pub(super) fn case_at(&mut self, at: Timestamp, case: &str, event: CaseEvent) {
        self.say(at, Fact::Case(id(case), event));
    }

    pub(super) fn figure(&self, queue: &str, metric: Metric) -> Figure {
        let picture = self.state.picture();
        let queue = &picture.queues[&id(queue)];
        picture.queue_figure(queue, metric, self.now).unwrap()
    }

    fn shown(&self, queue: &str, metric: Metric) -> (Option<f64>, Trust) {
        let figure = self.figure(queue, metric);
        (figure.value.map(Value::number), figure.trust)
    }

    fn site(&self, metric: Metric) -> Option<f64> {
        let figure = self.state.picture().site_figure(metric).unwrap();
        figure.value.map(Value::number)
    }

    fn state_of(&self, case: &str) -> CaseState {
        self.state.picture().cases[&id(case)].state
    }
}

pub(super) fn created() -> CaseEvent {
    created_for("chat-solution")
}

fn created_for(solution: &str) -> CaseEvent {
    CaseEvent::Created {
        opportunity: None,
        solution: Some(solution.into()),
        case_type: None,
    }
}

pub(super) fn opened(agent: &str, queue: &str) -> CaseEvent {
    CaseEvent::Opened {
        agent: Some(id(agent)),
        queue: Some(id(queue)),
    }
}

pub(super) fn transferred(agent: &str, from: &str, to: &str) -> CaseEvent {
    CaseEvent::Transferred {
        from_agent: Some(id(agent)),
        from_queue: Some(id(from)),
        to_queue: Some(id(to)),
    }
}

pub(super) fn closed(outcome: Outcome) -> CaseEvent {
    CaseEvent::Closed {
        outcome: Some(outcome),
        closure: None,
    }
}

#[test]
fn what_is_said_is_shown_and_what_is_not_said_is_unknown() {
    let mut world = World::new();
    world.readings(
        world.now.wall,
        "sales",
        &[(Metric::Waiting, Said::Known(Value::Count(3)))],
    );

    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(3.0), Trust::Fresh)
    );
    assert_eq!(
        world.shown("sales", Metric::AgentsAvailable),
        (None, Trust::Unknown)
    );
}

#[test]
fn a_missing_attribute_is_unchanged_and_an_older_one_changes_nothing() {
    let mut world = World::new();
    let early = world.now.wall;
    world.wait(5_000);
    world.load("sales", 5, 2, 1);
    world.load_at(early, "sales", 9, 9, 9);
    world.readings(
        world.now.wall,
        "sales",
        &[(Metric::Waiting, Said::Known(Value::Count(4)))],
    );

    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(4.0), Trust::Fresh)
    );
    assert_eq!(
        world.shown("sales", Metric::InConversation),
        (Some(2.0), Trust::Fresh)
    );
}

#[test]
fn a_time_far_ahead_orders_nothing() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.wait(1_000);
    let ahead = moment::plus_millis(world.now.wall, 3_600_000);
    world.load_at(ahead, "sales", 2, 0, 1);
    world.wait(1_000);
    world.load("sales", 3, 0, 1);

    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(3.0), Trust::Fresh)
    );
}

#[test]
fn the_longest_wait_runs_on_and_ends_when_nobody_waits() {
    let mut world = World::new();
    world.load("sales", 2, 0, 1);
    world.timers("sales", 40.0);
    world.wait(10_000);

    assert_eq!(
        world.shown("sales", Metric::LongestWait),
        (Some(50.0), Trust::Fresh)
    );
    let since = world.figure("sales", Metric::LongestWait).since;

    // The upstream's error of some seconds does not move the clock.
    world.timers("sales", 53.0);
    assert_eq!(world.figure("sales", Metric::LongestWait).since, since);

    let late = world.now.wall;
    world.wait(1_000);
    world.load("sales", 0, 0, 1);
    assert_eq!(
        world.shown("sales", Metric::LongestWait),
        (None, Trust::Fresh)
    );

    world.readings(
        late,
        "sales",
        &[(Metric::LongestWait, Said::Known(Value::Seconds(54.0)))],
    );
    assert_eq!(
        world.shown("sales", Metric::LongestWait),
        (None, Trust::Fresh)
    );
}

#[test]
fn a_lost_line_stops_the_clock_and_a_short_cut_restores_trust() {
    let mut world = World::new();
    world.load("sales", 2, 0, 1);
    world.timers("sales", 40.0);
    world.away();
    world.wait(60_000);

    assert_eq!(world.shown("sales", Metric::LongestWait).0, Some(40.0));
    assert!(matches!(
        world.shown("sales", Metric::Waiting).1,
        Trust::Lost(_)
    ));

    world.line(Line::CatchingUp { broken: None });
    assert!(matches!(
        world.shown("sales", Metric::Waiting).1,
        Trust::Lost(_)
    ));
    world.line(Line::Connected);
    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(2.0), Trust::Fresh)
    );
}

#[test]
fn after_a_break_only_what_is_said_anew_is_fresh() {
    let mut world = World::new();
    world.load("sales", 2, 1, 1);
    world.load("support", 1, 0, 1);
    world.away();
    world.wait(300_000);
    world.connect(Some(Break::TooLong));
    world.readings(
        world.now.wall,
        "sales",
        &[(Metric::Waiting, Said::Known(Value::Count(4)))],
    );

    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(4.0), Trust::Fresh)
    );
    assert_eq!(
        world.shown("sales", Metric::InConversation),
        (Some(1.0), Trust::Stale)
    );
    assert_eq!(
        world.shown("support", Metric::Waiting),
        (Some(1.0), Trust::Stale)
    );

    // Who says nothing within a minute of the renewed binding is quiet, not stale.
    world.wait(61_000);
    assert_eq!(
        world.shown("support", Metric::Waiting),
        (None, Trust::Unknown)
    );
    assert_eq!(
        world.shown("sales", Metric::InConversation),
        (Some(1.0), Trust::Stale)
    );

    let day = world.state.picture().today.clone();
    assert!(!day.complete);
    assert_eq!(day.gaps.len(), 1);
}

#[test]
fn a_queue_whose_timers_stop_while_somebody_waits_is_stale() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.timers("sales", 5.0);
    world.wait(29_000);
    assert_eq!(world.shown("sales", Metric::Waiting).1, Trust::Fresh);

    world.wait(2_000);
    assert_eq!(world.shown("sales", Metric::Waiting).1, Trust::Stale);

    world.timers("sales", 36.0);
    assert_eq!(world.shown("sales", Metric::Waiting).1, Trust::Fresh);
}

#[test]
fn an_empty_queue_is_calm_however_long_it_says_nothing() {
    let mut world = World::new();
    world.load("sales", 0, 0, 2);
    world.wait(3_600_000);

    assert_eq!(
        world.shown("sales", Metric::Waiting),
        (Some(0.0), Trust::Fresh)
    );
}

#[test]
fn the_average_wait_expires_after_fifteen_minutes() {
    let mut world = World::new();
    world.load("sales", 0, 0, 2);
    world.timers("sales", 0.0);
    world.wait(14 * 60_000);
    assert_eq!(
        world.shown("sales", Metric::AverageWait),
        (Some(12.0), Trust::Fresh)
    );

    world.wait(2 * 60_000);
    assert_eq!(
        world.shown("sales", Metric::AverageWait),
        (None, Trust::Unknown)
    );
}

#[test]
fn a_case_goes_from_waiting_to_an_agent_to_its_end() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.case("c1", created());
    assert_eq!(world.state_of("c1"), CaseState::Waiting);

    world.wait(15_000);
    world.case("c1", opened("anna", "sales"));
    let anna = &world.state.picture().agents[&id("anna")];
    assert_eq!((anna.state, anna.cases), (AgentState::Talking, 1));
    assert_eq!(anna.case_queues, [id("sales")]);

    world.wait(60_000);
    world.case("c1", closed(Outcome::Positive));
    let anna = &world.state.picture().agents[&id("anna")];
    assert_eq!((anna.state, anna.cases), (AgentState::Unknown, 0));
    assert_eq!(anna.today.tally.handled, 1);
    assert_eq!(world.site(Metric::Offered), Some(1.0));
    assert_eq!(world.site(Metric::AverageSpeedOfAnswer), Some(15.0));
    assert_eq!(world.site(Metric::AverageHandleTime), Some(60.0));
    assert_eq!(world.site(Metric::ServiceLevel), Some(100.0));
    assert_eq!(world.site(Metric::OutcomePositive), Some(1.0));
    assert_eq!(world.shown("sales", Metric::Answered).0, Some(1.0));
    // Who was offered here is not known: a chat has no queue until it is opened.
    assert_eq!(world.shown("sales", Metric::Offered).0, None);
    let formula = world
        .figure("sales", Metric::ServiceLevel)
        .of_day
        .unwrap()
        .formula;
    assert_eq!(formula, Some("answered_only"));
}

#[test]
fn where_a_solution_always_leads_to_a_queue_entries_are_known() {
    let mut world = World::with(site(&[("chat-solution", "sales")], &["form"]));
    world.load("sales", 1, 0, 1);
    world.case("c1", created());
    world.case("f1", created_for("form"));

    assert_eq!(world.shown("sales", Metric::Offered).0, Some(1.0));
    assert_eq!(world.site(Metric::Offered), Some(1.0));
    assert_eq!(
        world.state.picture().cases[&id("c1")].queue,
        Some(id("sales"))
    );
}

#[test]
fn who_waits_too_long_is_a_miss_before_the_answer() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.case("c1", created());
    world.case("c2", created());
    world.case("c2", opened("anna", "sales"));

    world.wait(20_000);
    assert_eq!(world.site(Metric::ServiceLevel), Some(100.0));
    world.wait(100);
    assert_eq!(world.site(Metric::ServiceLevel), Some(50.0));
}

#[test]
fn a_visitor_who_leaves_unopened_is_an_estimated_abandon_and_can_be_taken_back() {
    let mut world = World::new();
    world.load("sales", 2, 0, 1);
    world.case("c1", created());
    world.wait(1_000);
    world.case("c2", created());
    world.load("sales", 1, 0, 1);
    for _ in 0..7 {
        world.wait(5_000);
        world.timers("sales", 5.0);
    }

    assert_eq!(world.state_of("c1"), CaseState::Abandoned);
    assert_eq!(world.state_of("c2"), CaseState::Waiting);
    assert_eq!(world.site(Metric::Abandoned), Some(1.0));
    let marks = world
        .state
        .picture()
        .site_figure(Metric::Abandoned)
        .unwrap();
    assert!(marks.of_day.unwrap().estimated);
    assert_eq!(world.shown("sales", Metric::Abandoned).0, None);

    world.case("c1", opened("anna", "sales"));
    world.load("sales", 0, 1, 0);
    assert_eq!(world.state_of("c1"), CaseState::Open);
    assert_eq!(world.site(Metric::Abandoned), Some(0.0));
    assert_eq!(world.site(Metric::Answered), Some(1.0));
}

#[test]
fn nobody_is_counted_as_gone_while_the_queues_cannot_be_trusted() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.case("c1", created());
    world.case("c2", created());
    world.away();
    world.wait(120_000);

    assert_eq!(world.site(Metric::Abandoned), Some(0.0));
}

#[test]
fn an_unresolved_case_opened_days_later_changes_no_answer_figure() {
    let mut world = World::new();
    world.load("sales", 0, 0, 1);
    world.case("c1", created());
    world.wait(5_000);
    world.case("c1", opened("anna", "sales"));
    world.wait(60_000);
    world.case("c1", closed(Outcome::Unresolved));

    // The next morning it is still remembered, three days later not; both add only to handled.
    for (days, case) in [(1, "c1"), (3, "c1")] {
        world.wait(days * 24 * 3_600_000);
        world.load("sales", 0, 0, 1);
        world.case(case, opened("ben", "sales"));
        world.wait(30_000);
        world.case(case, closed(Outcome::Positive));

        assert_eq!(world.site(Metric::Answered), Some(0.0), "{days} days");
        assert_eq!(world.site(Metric::Offered), Some(0.0));
        assert_eq!(world.site(Metric::ServiceLevel), None);
        assert_eq!(world.site(Metric::AverageSpeedOfAnswer), None);
        let ben = &world.state.picture().agents[&id("ben")];
        assert_eq!(ben.today.tally.handled, 1);
    }
}

#[test]
fn a_transfer_waits_again_elsewhere_and_a_requeue_is_no_transfer() {
    let mut world = World::new();
    world.load("sales", 0, 0, 1);
    world.load("support", 0, 0, 1);
    world.case("c1", created());
    world.wait(1_000);
    world.case("c1", opened("anna", "sales"));
    world.wait(1_000);
    world.case("c1", transferred("anna", "sales", "support"));

    let case = world.state.picture().cases[&id("c1")].clone();
    assert_eq!(
        (case.state, case.queue),
        (CaseState::Waiting, Some(id("support")))
    );
    assert_eq!(world.shown("sales", Metric::Transferred).0, Some(1.0));

    world.wait(1_000);
    world.case("c1", opened("ben", "support"));
    world.wait(1_000);
    world.case("c1", transferred("ben", "support", "support"));
    assert_eq!(world.state_of("c1"), CaseState::Waiting);
    assert_eq!(world.shown("support", Metric::Transferred).0, Some(0.0));
    assert_eq!(world.shown("support", Metric::Answered).0, Some(1.0));
    assert_eq!(world.site(Metric::Offered), Some(1.0));
    assert_eq!(world.site(Metric::Answered), Some(1.0));
}

#[test]
fn cases_older_than_a_break_are_unconfirmed_until_something_is_heard_of_them() {
    let mut world = World::new();
    world.load("sales", 0, 2, 1);
    for case in ["c1", "c2"] {
        world.case(case, created());
        world.case(case, opened("anna", "sales"));
    }
    world.away();
    world.wait(300_000);
    world.connect(Some(Break::Upstream));
    assert_eq!(world.state_of("c1"), CaseState::Unconfirmed);
    let anna = world.state.picture().agents[&id("anna")].clone();
    assert_eq!((anna.cases, anna.accounted), (0, false));
    assert_eq!(world.state.picture().agent_trust(&anna), Trust::Unknown);

    world.case("c1", transferred("anna", "sales", "support"));
    assert_eq!(world.state_of("c1"), CaseState::Waiting);
    assert_eq!(world.state_of("c2"), CaseState::Unconfirmed);

    world.load("sales", 0, 0, 1);
    world.wait(2_000);
    assert_eq!(world.state_of("c2"), CaseState::Closed);
}

#[test]
fn the_day_turns_at_the_sites_midnight() {
    let mut stockholm = site(&[], &[]);
    stockholm.zone = jiff::tz::TimeZone::get("Europe/Stockholm").unwrap();
    let mut world = World::with(stockholm);
    world.load("sales", 0, 0, 1);
    world.case("c1", created());
    world.case("c1", opened("anna", "sales"));
    assert_eq!(world.site(Metric::Offered), Some(1.0));

    // 08:00 UTC is 09:00 there: fifteen hours to midnight.
    world.wait(15 * 3_600_000 - 1_000);
    assert_eq!(world.site(Metric::Offered), Some(1.0));
    assert!(!world.state.picture().today.complete);
    world.wait(2_000);
    assert_eq!(world.site(Metric::Offered), Some(0.0));
    assert!(world.state.picture().today.complete);
}

#[test]
fn who_is_not_named_in_a_full_round_is_hidden_until_named_again() {
    let mut world = World::new();
    let name = |external: &str| {
        let mut profile = Profile::new(Class::Agent, id(external));
        profile.name = Some("Somebody".into());
        Fact::Profile(profile)
    };
    world.say(world.now.wall, name("anna"));
    world.say(world.now.wall, name("ben"));
    world.wait(1_000);
    world.put(&Input::Note(source(), Note::Asked));
    world.say(world.now.wall, name("anna"));
    world.wait(11_000);

    let hidden = |world: &World, who: &str| world.state.picture().agents[&id(who)].hidden;
    assert!(!hidden(&world, "anna"));
    assert!(hidden(&world, "ben"));

    world.say(world.now.wall, name("ben"));
    assert!(!hidden(&world, "ben"));
}

#[test]
fn a_wall_clock_put_right_changes_no_age() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.timers("sales", 40.0);
    world.now.wall = moment::plus_millis(world.now.wall, 3_600_000);
    world.put(&Input::Time);

    assert_eq!(
        world.shown("sales", Metric::LongestWait),
        (Some(40.0), Trust::Fresh)
    );
}

#[test]
fn a_source_with_many_faults_is_degraded_and_a_lost_one_is_down() {
    let mut world = World::new();
    let health = |world: &World| world.state.picture().sources[&source()].health();
    for n in 0..20 {
        world.load("sales", n, 0, 1);
        if n % 5 == 0 {
            let why = "not_json";
            let event = "group.loadChanged".to_owned();
            world.put(&Input::Note(source(), Note::Rejected { event, why }));
        }
    }
    assert_eq!(health(&world), Health::Degraded);

    let known = world.state.picture().sources[&source()].clone();
    assert_eq!((known.counts.received, known.counts.rejected), (24, 4));
    assert_eq!(known.by_reason["not_json"], 4);
    assert_eq!(known.line, LineState::Connected);

    world.away();
    assert_eq!(health(&world), Health::Down);
}

#[test]
fn targets_that_change_count_the_day_anew() {
    let mut world = World::new();
    world.load("sales", 0, 0, 1);
    world.case("c1", created());
    world.wait(30_000);
    world.case("c1", opened("anna", "sales"));
    assert_eq!(world.site(Metric::ServiceLevel), Some(0.0));

    let mut patient = site(&[], &[]);
    let target = Target {
        answer_within: 60_000,
        ..Target::default()
    };
    patient.targets = Patterns(vec![(crate::domain::Pattern("*".to_owned()), target)]);
    world.put(&Input::Settings(Arc::new(patient)));
    assert_eq!(world.site(Metric::ServiceLevel), Some(100.0));
}
