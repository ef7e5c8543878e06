//! What vendors reckon themselves: queues and agents of a telephony.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    Age, AgentState, Break, Fact, Given, Id, Input, Line, Metric, Moment, Site, SourceId,
    SourceKind, SourceSetup, Stance, Stated, Statement, Subject, Update, Value, moment,
};

use super::World;
use crate::live::{Agent, Figure, Trust};

/// A source whose vendor states figures of queues and agents.
pub(super) struct Voice {
    pub(super) world: World,
    /// The vendor's clock minus ours, in milliseconds.
    pub(super) ahead: i64,
    pub(super) holds: Option<i64>,
}

pub(super) fn voice() -> SourceId {
    SourceId::from("voice")
}

pub(super) fn id(external: &str) -> Id {
    Id::new(&voice(), external)
}

pub(super) const OF_QUEUES: [Metric; 6] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::ExpectedWait,
    Metric::AgentsAvailable,
    Metric::Answered,
    Metric::ServiceLevel,
];

pub(super) fn setup(gives: Vec<Given>) -> SourceSetup {
    SourceSetup {
        gives,
        ..SourceSetup::new(voice(), SourceKind::OF_STATISTICS)
    }
}

pub(super) fn queue(external: &str, metrics: &[Metric]) -> Given {
    Given {
        subject: Subject::Queue(id(external)),
        metrics: metrics.to_vec(),
        statistics: Vec::new(),
        stance: false,
    }
}

pub(super) fn agent(external: &str, metrics: &[Metric]) -> Given {
    Given {
        subject: Subject::Agent(id(external)),
        metrics: metrics.to_vec(),
        statistics: Vec::new(),
        stance: true,
    }
}

fn usual() -> Vec<Given> {
    vec![
        queue("9002", &OF_QUEUES),
        agent("akl", &[Metric::Handled, Metric::TalkTime]),
    ]
}

impl Voice {
    pub(super) fn new() -> Self {
        Self::of(Site {
            sources: vec![setup(usual())],
            ..Site::default()
        })
    }

    pub(super) fn of(site: Site) -> Self {
        let mut voice = Self {
            world: World::unconnected(site),
            ahead: 0,
            holds: None,
        };
        voice.connect(Some(Break::Start));
        voice
    }

    pub(super) fn line(&mut self, line: Line) {
        self.world.put(&Input::Line(voice(), line));
    }

    pub(super) fn connect(&mut self, broken: Option<Break>) {
        self.line(Line::CatchingUp { broken });
        self.line(Line::Connected);
    }

    fn away(&mut self) {
        self.line(Line::Away {
            why: "the server hung up".to_owned(),
        });
    }

    fn vendors(&self, at: Moment) -> Timestamp {
        moment::plus_millis(at.wall, self.ahead)
    }

    pub(super) fn state(&mut self, subject: Subject, stated: Stated) {
        let at = Some(self.vendors(self.world.now));
        self.state_at(at, Age::None, subject, stated);
    }

    fn state_at(&mut self, at: Option<Timestamp>, age: Age, subject: Subject, stated: Stated) {
        let statement = Statement {
            stated,
            age,
            holds: self.holds,
        };
        self.world.put(&Input::Update(Update {
            source: voice(),
            event: "test",
            at,
            fact: Fact::Stated(subject, statement),
            mistyped: 0,
        }));
    }

    pub(super) fn say(&mut self, metric: Metric, number: impl Into<Option<f64>>) {
        let value = number.into().map(|number| metric.value(number));
        let stated = Stated::Figure(metric, value);
        self.state(Subject::Queue(id("9002")), stated);
    }

    fn act(&mut self, state: AgentState, since: Option<Timestamp>) {
        let stance = Stance {
            state,
            raw: None,
            reason: None,
            since,
            media: Vec::new(),
        };
        let stated = Stated::Stance(Some(stance));
        self.state(Subject::Agent(id("akl")), stated);
    }

    fn lasts(&mut self, seconds: f64) {
        let stated = Stated::TimeInState(Some(seconds));
        self.state(Subject::Agent(id("akl")), stated);
    }

    pub(super) fn figure(&self, metric: Metric) -> Figure {
        let picture = self.world.state.picture();
        let queue = &picture.queues[&id("9002")];
        picture.queue_figure(queue, metric, self.world.now).unwrap()
    }

    fn shown(&self, metric: Metric) -> (Option<f64>, Trust) {
        let figure = self.figure(metric);
        (figure.value.map(Value::number), figure.trust)
    }

    /// Whether what is shown of the day is whole, and since when it counts.
    fn marks(&self, metric: Metric) -> (bool, String) {
        let marks = self.figure(metric).of_day.unwrap();
        let since = marks.since.map(|at| format!("{at:.0}"));
        (marks.complete, since.unwrap_or_default())
    }

    fn agent(&self) -> &Agent {
        &self.world.state.picture().agents[&id("akl")]
    }

    /// What the agent does, for how many seconds, and how far that can be trusted.
    fn doing(&self) -> (AgentState, Option<i64>, Trust) {
        let agent = self.agent();
        let since = agent.since;
        let lasts = since.map(|since| moment::millis_between(since, self.world.now.wall) / 1000);
        let trust = self
            .world
            .state
            .picture()
            .agent_trust(agent, self.world.now);
        (agent.state, lasts, trust)
    }

    fn wait(&mut self, seconds: i64) {
        self.world.wait(seconds * 1000);
    }
}

#[test]
fn who_is_configured_is_known_before_the_first_word_and_gone_with_the_configuration() {
    let mut voice = Voice::new();

    assert_eq!(voice.shown(Metric::Waiting), (None, Trust::Unknown));
    assert_eq!(voice.doing(), (AgentState::Unknown, None, Trust::Unknown));

    voice.say(Metric::Waiting, 3.0);
    let mut site = Site {
        sources: vec![setup(vec![queue("9002", &[Metric::ExpectedWait])])],
        ..Site::default()
    };
    voice.world.put(&Input::Settings(Arc::new(site.clone())));
    let picture = voice.world.state.picture();
    assert!(picture.agents.is_empty());
    let waiting = picture.queue_figure(
        &picture.queues[&id("9002")],
        Metric::Waiting,
        voice.world.now,
    );
    assert_eq!(waiting, None);

    voice.say(Metric::Waiting, 4.0);
    site.sources = vec![setup(usual())];
    voice.world.put(&Input::Settings(Arc::new(site)));
    assert_eq!(voice.shown(Metric::Waiting), (None, Trust::Unknown));
}

#[test]
fn what_is_said_last_holds_whatever_its_time() {
    let mut voice = Voice::new();
    voice.say(Metric::Waiting, 3.0);
    voice.ahead = -60_000;
    voice.say(Metric::Waiting, 5.0);
    assert_eq!(voice.shown(Metric::Waiting), (Some(5.0), Trust::Fresh));

    voice.say(Metric::Waiting, None);
    assert_eq!(voice.shown(Metric::Waiting), (None, Trust::Unknown));
}

#[test]
fn only_what_is_said_anew_is_fresh_after_a_break_and_nothing_becomes_quiet() {
    let mut voice = Voice::new();
    voice.say(Metric::Waiting, 3.0);
    voice.say(Metric::Answered, 40.0);
    voice.act(AgentState::Available, None);
    voice.connect(Some(Break::Session));
    voice.say(Metric::Waiting, 4.0);
    voice.wait(3_600);

    assert_eq!(voice.shown(Metric::Waiting), (Some(4.0), Trust::Fresh));
    assert_eq!(voice.shown(Metric::Answered), (Some(40.0), Trust::Stale));
    assert_eq!(voice.doing().2, Trust::Stale);
    let picture = voice.world.state.picture();
    assert_eq!(
        picture.queue_trust(&picture.queues[&id("9002")], voice.world.now),
        Trust::Stale
    );
}

#[test]
fn what_holds_for_a_time_is_stale_from_then_on_and_that_is_told() {
    let mut voice = Voice::new();
    voice.holds = Some(15_000);
    voice.say(Metric::Waiting, 3.0);
    voice.act(AgentState::Available, None);
    voice.wait(14);
    assert_eq!(voice.shown(Metric::Waiting).1, Trust::Fresh);

    let due = voice.world.state.due().expect("it will be over");
    assert!(due.mono <= voice.world.now.mono.plus(1_000));
    voice.world.now = due;
    assert!(voice.world.state.apply(&Input::Time, due).changed);
    assert_eq!(voice.shown(Metric::Waiting), (Some(3.0), Trust::Stale));
    assert_eq!(voice.doing().2, Trust::Stale);

    voice.say(Metric::Waiting, 3.0);
    assert_eq!(voice.shown(Metric::Waiting).1, Trust::Fresh);
}

#[test]
fn a_time_is_what_the_source_gave_or_what_its_age_says_or_unknown() {
    let mut voice = Voice::new();
    let queue = || Subject::Queue(id("9002"));
    let figure = || Stated::Figure(Metric::Waiting, Some(Value::Count(1)));
    let at = |voice: &Voice| {
        let figure = voice.figure(Metric::Waiting);
        (figure.at, figure.age_unknown)
    };
    let now = voice.world.now.wall;

    voice.state_at(None, Age::Known(2_000), queue(), figure());
    assert_eq!(at(&voice), (Some(moment::plus_millis(now, -2_000)), false));
    voice.state_at(None, Age::Unknown, queue(), figure());
    assert_eq!(at(&voice), (None, true));
    voice.state_at(Some(now), Age::None, queue(), figure());
    assert_eq!(at(&voice), (Some(now), false));
}

#[test]
fn a_longest_wait_runs_until_nobody_waits() {
    let mut voice = Voice::new();
    voice.say(Metric::Waiting, 2.0);
    voice.say(Metric::LongestWait, 40.0);
    voice.wait(10);
    assert_eq!(voice.shown(Metric::LongestWait), (Some(50.0), Trust::Fresh));
    voice.say(Metric::LongestWait, 51.0);
    assert_eq!(voice.shown(Metric::LongestWait).0, Some(50.0));
    // Who waited longest was answered, and the next came soon after them.
    voice.say(Metric::LongestWait, 47.0);
    assert_eq!(voice.shown(Metric::LongestWait).0, Some(47.0));

    voice.say(Metric::Waiting, 0.0);
    assert_eq!(voice.shown(Metric::LongestWait), (None, Trust::Fresh));
    // Its last word may come late.
    voice.say(Metric::LongestWait, 55.0);
    assert_eq!(voice.shown(Metric::LongestWait), (None, Trust::Fresh));
    voice.say(Metric::Waiting, 1.0);
    voice.say(Metric::LongestWait, 2.0);
    assert_eq!(voice.shown(Metric::LongestWait), (Some(2.0), Trust::Fresh));
    voice.say(Metric::LongestWait, 0.0);
    assert_eq!(voice.shown(Metric::LongestWait), (None, Trust::Fresh));
    voice.say(Metric::LongestWait, None);
    assert_eq!(voice.shown(Metric::LongestWait), (None, Trust::Unknown));

    voice.say(Metric::ExpectedWait, 90.0);
    voice.wait(10);
    assert_eq!(
        voice.shown(Metric::ExpectedWait),
        (Some(90.0), Trust::Fresh)
    );
}

#[test]
fn clocks_are_right_though_the_vendors_clock_is_an_hour_off_or_jumps() {
    for ahead in [3_600_000, -3_600_000] {
        let mut voice = Voice::new();
        voice.ahead = ahead;
        let since = voice.vendors(voice.world.now.plus(-300_000));
        voice.line(Line::CatchingUp { broken: None });
        voice.act(AgentState::NotReady, Some(since));
        voice.say(Metric::Waiting, 1.0);
        voice.say(Metric::LongestWait, 40.0);
        voice.line(Line::Connected);
        for _ in 0..90 {
            voice.wait(1);
            voice.say(Metric::Waiting, 1.0);
        }
        assert_eq!(
            voice.doing(),
            (AgentState::NotReady, Some(390), Trust::Fresh),
            "{ahead}"
        );
        assert_eq!(voice.shown(Metric::LongestWait).0, Some(130.0), "{ahead}");

        // It is put right.
        voice.ahead = 0;
        voice.say(Metric::LongestWait, 130.0);
        voice.act(AgentState::Talking, Some(voice.world.now.wall));
        assert_eq!(
            voice.doing(),
            (AgentState::Talking, Some(0), Trust::Fresh),
            "{ahead}"
        );
        assert_eq!(voice.shown(Metric::LongestWait).0, Some(130.0), "{ahead}");
    }
}

#[test]
fn a_value_told_again_teaches_no_clock_and_moves_none() {
    let mut voice = Voice::new();
    let since = voice.world.now.wall;
    voice.act(AgentState::NotReady, Some(since));
    let (at, stance) = (voice.world.now, Some(since));
    for _ in 0..5 {
        voice.wait(600);
        let again = Stance {
            state: AgentState::NotReady,
            raw: None,
            reason: None,
            since: stance,
            media: Vec::new(),
        };
        let stated = Stated::Stance(Some(again));
        voice.state_at(Some(at.wall), Age::None, Subject::Agent(id("akl")), stated);
    }

    assert_eq!(
        voice.doing(),
        (AgentState::NotReady, Some(3_000), Trust::Fresh)
    );
    assert_eq!(
        voice.world.state.picture().sources[&super::stated::voice()].offset,
        0
    );
}

#[test]
fn a_total_that_falls_at_midnight_belongs_to_the_new_day() {
    let mut voice = Voice::new();
    voice.say(Metric::Answered, 40.0);
    voice.say(Metric::ServiceLevel, 80.0);
    assert_eq!(
        voice.marks(Metric::Answered),
        (true, "2026-11-20T00:00:00Z".to_owned())
    );

    // 08:00 to midnight, and the vendor's midnight is five minutes late.
    voice.wait(16 * 3_600 + 60);
    assert_eq!(
        voice.marks(Metric::Answered),
        (false, "2026-11-20T00:00:00Z".to_owned())
    );
    voice.say(Metric::Answered, 41.0);
    assert_eq!(
        voice.marks(Metric::Answered),
        (false, "2026-11-20T00:00:00Z".to_owned())
    );
    voice.wait(240);
    voice.say(Metric::Answered, 0.0);
    let (complete, since) = voice.marks(Metric::Answered);
    assert!(complete && since.starts_with("2026-11-21T00:05"), "{since}");
    voice.say(Metric::ServiceLevel, 100.0);
    assert!(voice.marks(Metric::ServiceLevel).0);
}

#[test]
fn a_total_that_falls_at_noon_counts_from_then_on() {
    let mut voice = Voice::new();
    voice.say(Metric::Answered, 40.0);
    voice.wait(4 * 3_600);
    voice.say(Metric::Answered, None);
    assert_eq!(voice.shown(Metric::Answered), (None, Trust::Unknown));
    voice.say(Metric::Answered, 2.0);
    voice.say(Metric::ServiceLevel, 50.0);

    let noon = (false, "2026-11-20T12:00:00Z".to_owned());
    assert_eq!(voice.marks(Metric::Answered), noon);
    assert_eq!(voice.marks(Metric::ServiceLevel), noon);
    assert_eq!(voice.shown(Metric::Answered), (Some(2.0), Trust::Fresh));
}

#[test]
fn a_total_that_fell_while_the_line_was_away_over_midnight_is_of_the_new_day() {
    let mut voice = Voice::new();
    voice.say(Metric::Answered, 40.0);
    voice.away();
    voice.wait(20 * 3_600);
    voice.connect(Some(Break::Session));
    voice.say(Metric::Answered, 3.0);

    let midnight = (true, "2026-11-21T00:00:00Z".to_owned());
    assert_eq!(voice.marks(Metric::Answered), midnight);
}

#[test]
fn a_state_began_as_it_says_or_when_it_was_heard_to_change() {
    let mut voice = Voice::new();
    voice.act(AgentState::Available, None);
    voice.wait(10);
    assert_eq!(voice.doing(), (AgentState::Available, None, Trust::Fresh));
    voice.act(AgentState::Talking, None);
    voice.wait(5);
    voice.act(AgentState::Talking, None);
    assert_eq!(voice.doing(), (AgentState::Talking, Some(5), Trust::Fresh));
    let since = moment::plus_millis(voice.world.now.wall, -2_000);
    voice.act(AgentState::WrapUp, Some(since));
    assert_eq!(voice.doing(), (AgentState::WrapUp, Some(2), Trust::Fresh));

    // What went on during a break is not known.
    voice.connect(Some(Break::Unavailable));
    assert_eq!(voice.doing().2, Trust::Stale);
    voice.act(AgentState::NotReady, None);
    assert_eq!(voice.doing(), (AgentState::NotReady, None, Trust::Fresh));

    let stated = Stated::Stance(None);
    voice.state(Subject::Agent(id("akl")), stated);
    assert_eq!(voice.doing(), (AgentState::Unknown, None, Trust::Unknown));
}

#[test]
fn the_time_in_a_state_sets_its_clock_whichever_comes_first() {
    let mut voice = Voice::new();
    voice.act(AgentState::Available, None);
    voice.lasts(70.0);
    assert_eq!(
        voice.doing(),
        (AgentState::Available, Some(70), Trust::Fresh)
    );

    // The time first, then the state.
    voice.wait(30);
    voice.lasts(4.0);
    voice.wait(1);
    voice.act(AgentState::Talking, None);
    assert_eq!(voice.doing(), (AgentState::Talking, Some(5), Trust::Fresh));

    // The state first; what is told of the one before says nothing.
    voice.wait(30);
    voice.act(AgentState::WrapUp, None);
    voice.lasts(35.0);
    assert_eq!(voice.doing(), (AgentState::WrapUp, Some(0), Trust::Fresh));
    voice.wait(10);
    voice.lasts(11.0);
    assert_eq!(voice.doing().1, Some(11));
}

#[test]
fn a_state_left_and_taken_up_again_in_between_begins_anew() {
    let mut voice = Voice::new();
    let ago =
        |voice: &Voice, seconds: i64| moment::plus_millis(voice.world.now.wall, -seconds * 1000);
    let since = ago(&voice, 5);
    voice.act(AgentState::Available, Some(since));
    voice.lasts(5.0);
    voice.wait(4);

    let since = ago(&voice, 0);
    voice.act(AgentState::Available, Some(since));
    assert_eq!(voice.doing().1, Some(0));

    voice.wait(2);
    voice.lasts(2.0);
    assert_eq!(voice.doing().1, Some(2));
}

#[test]
fn the_time_in_a_state_of_before_a_break_says_nothing_after_it() {
    let mut voice = Voice::new();
    voice.act(AgentState::Available, None);
    voice.lasts(3.0);
    voice.wait(4);
    voice.connect(Some(Break::Session));

    voice.lasts(2.0);
    voice.act(AgentState::Talking, None);

    assert_eq!(voice.doing(), (AgentState::Talking, Some(2), Trust::Fresh));
}

#[test]
fn a_wall_clock_put_right_changes_no_time_in_a_state() {
    let mut voice = Voice::new();
    let since = moment::plus_millis(voice.world.now.wall, -60_000);
    voice.act(AgentState::Talking, Some(since));
    voice.say(Metric::Waiting, 1.0);
    voice.say(Metric::LongestWait, 30.0);
    voice.world.now.wall = moment::plus_millis(voice.world.now.wall, 3_600_000);
    voice.world.put(&Input::Time);

    assert_eq!(voice.doing(), (AgentState::Talking, Some(60), Trust::Fresh));
    assert_eq!(voice.shown(Metric::LongestWait).0, Some(30.0));
}

#[test]
fn an_agents_figures_are_the_vendors_and_cases_are_not_known() {
    let mut voice = Voice::new();
    let talked = Stated::Figure(Metric::TalkTime, Some(Value::Seconds(900.0)));
    voice.state(Subject::Agent(id("akl")), talked);
    let picture = voice.world.state.picture();
    let figure = |metric| picture.agent_figure(voice.agent(), metric, voice.world.now);

    assert_eq!(figure(Metric::Cases), None);
    assert_eq!(figure(Metric::Handled).unwrap().trust, Trust::Unknown);
    let talk = figure(Metric::TalkTime).unwrap();
    assert_eq!(
        (talk.value, talk.trust),
        (Some(Value::Seconds(900.0)), Trust::Fresh)
    );
    assert!(talk.of_day.unwrap().complete);
}

#[test]
fn the_last_hours_of_a_stated_queue_are_kept() {
    let mut voice = Voice::new();
    voice.holds = Some(400_000);
    voice.say(Metric::Waiting, 3.0);
    voice.say(Metric::LongestWait, 30.0);
    voice.wait(360);
    voice.say(Metric::Waiting, 0.0);
    voice.wait(3_600);

    let picture = voice.world.state.picture();
    let steps: Vec<_> = picture.queues[&id("9002")]
        .trail
        .steps(voice.world.now)
        .collect();
    let waited: Vec<_> = steps
        .iter()
        .rev()
        .take(15)
        .map(|step| step.waiting)
        .collect();
    assert_eq!(waited[13], Some(3));
    assert_eq!(waited[12], Some(3));
    // What held for a while was not known afterwards.
    assert_eq!(waited[0], None);
    assert_eq!(steps[steps.len() - 13].longest_wait, Some(390.0));
}

#[test]
fn where_only_the_time_in_the_state_is_given_it_says_since_when() {
    let given = Given {
        stance: false,
        ..agent("akl", &[])
    };
    let site = |given: Given| Site {
        sources: vec![setup(vec![given])],
        ..Site::default()
    };
    let mut voice = Voice::of(site(given));
    voice.holds = Some(15_000);

    voice.lasts(40.0);
    voice.wait(10);
    assert_eq!(voice.doing(), (AgentState::Unknown, Some(50), Trust::Fresh));
    voice.wait(6);
    assert_eq!(voice.doing().2, Trust::Stale);
    voice.lasts(3.0);
    voice.connect(Some(Break::Session));
    assert_eq!(voice.doing().2, Trust::Stale);

    // It is no state that another could follow upon.
    let site = site(agent("akl", &[]));
    voice.world.put(&Input::Settings(Arc::new(site)));
    assert_eq!(voice.doing().2, Trust::Unknown);
}
