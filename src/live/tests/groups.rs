//! Queues of several sources as one, and people whom several sources know.

use crate::domain::{
    AgentId, AgentState, Fact, Given, Group, Id, Input, Line, Metric, Person, PersonName, QueueId,
    Site, SourceId, Stance, Stated, Statement, Subject, Update, Value,
};

use super::stated::{Voice, agent, queue, setup};
use super::{World, created, id as chat, opened, site as chat_site};
use crate::live::{Figure, Picture, Trust};

fn voice(external: &str) -> Id {
    super::stated::id(external)
}

fn group() -> QueueId {
    Id::new(&SourceId::from("group"), "sales")
}

fn anna() -> AgentId {
    Id::new(&SourceId::from("person"), "anna")
}

/// A chat queue and a voice queue as one, and Anna in both.
fn site(gives: Vec<Given>) -> Site {
    let mut site = chat_site(&[], &[]);
    site.sources.push(setup(gives));
    site.groups = vec![Group {
        id: group(),
        name: "Sales".to_owned(),
        queues: vec![chat("1"), voice("9002")],
    }];
    site.people = vec![Person {
        id: anna(),
        name: "Anna K.".to_owned(),
        agents: vec![chat("anna"), voice("akl")],
    }];
    site
}

fn both() -> Voice {
    let metrics = [
        Metric::Waiting,
        Metric::LongestWait,
        Metric::ExpectedWait,
        Metric::AgentsAvailable,
        Metric::Answered,
        Metric::ServiceLevel,
    ];
    let gives = vec![queue("9002", &metrics), agent("akl", &[])];
    let mut both = Voice::of(site(gives));
    both.world.connect(None);
    both
}

fn merged(world: &World, metric: Metric) -> Option<Figure> {
    let picture = world.state.picture();
    picture.queue_figure(&picture.queues[&group()], metric, world.now)
}

fn numbers(figure: &Figure) -> [Option<f64>; 3] {
    [figure.value, figure.low, figure.high].map(|value| value.map(Value::number))
}

fn check(world: &World, metric: Metric, expected: [Option<f64>; 3], trust: Trust) {
    let figure = merged(world, metric).unwrap();
    assert_eq!(
        (numbers(&figure), figure.trust),
        (expected, trust),
        "{metric:?} {figure:?}"
    );
}

#[test]
fn counts_add_and_the_longest_wait_is_the_longest() {
    let mut both = both();
    both.world.load("1", 2, 1, 0);
    both.world.timers("1", 40.0);
    both.say(Metric::Waiting, 3.0);
    both.say(Metric::LongestWait, 90.0);
    both.world.wait(1_000);

    check(
        &both.world,
        Metric::Waiting,
        [Some(5.0), None, None],
        Trust::Fresh,
    );
    check(
        &both.world,
        Metric::LongestWait,
        [Some(91.0), None, None],
        Trust::Fresh,
    );
    // Only one of them gives it, so it is that one's.
    both.say(Metric::ExpectedWait, 120.0);
    check(
        &both.world,
        Metric::ExpectedWait,
        [Some(120.0), None, None],
        Trust::Fresh,
    );
    check(
        &both.world,
        Metric::AverageWait,
        [Some(12.0), None, None],
        Trust::Fresh,
    );
    // A share of the one and a share of the other are no share.
    both.say(Metric::ServiceLevel, 80.0);
    let share = merged(&both.world, Metric::ServiceLevel).unwrap();
    assert_eq!(share.value, None);
}

#[test]
fn a_group_without_one_of_its_queues_is_a_lower_bound_and_stale() {
    let mut both = both();
    both.world.load("1", 2, 1, 0);
    both.say(Metric::Waiting, 3.0);
    both.world.line(Line::CatchingUp {
        broken: Some(crate::domain::Break::QueueNew),
    });
    both.world.line(Line::Connected);

    let figure = merged(&both.world, Metric::Waiting).unwrap();
    assert_eq!(numbers(&figure), [Some(5.0), Some(3.0), None]);
    assert_eq!(
        (figure.trust, figure.reason.as_deref()),
        (Trust::Stale, Some("excludes 1"))
    );

    both.line(Line::Away {
        why: "gone".to_owned(),
    });
    let figure = merged(&both.world, Metric::Waiting).unwrap();
    assert_eq!(numbers(&figure), [Some(5.0), None, None]);
    assert_eq!(figure.trust, Trust::Stale);

    // What was never said is missing too, but nothing is out of date.
    both.connect(None);
    both.world.load("1", 2, 1, 0);
    both.say(Metric::Waiting, None);
    check(
        &both.world,
        Metric::Waiting,
        [None, Some(2.0), None],
        Trust::Fresh,
    );
}

#[test]
fn a_queue_that_nobody_has_heard_of_is_missing() {
    let mut both = both();
    both.say(Metric::Waiting, 3.0);

    check(
        &both.world,
        Metric::Waiting,
        [None, Some(3.0), None],
        Trust::Fresh,
    );
}

#[test]
fn available_people_are_a_range_unless_they_are_known_one_by_one() {
    let mut both = both();
    both.world.load("1", 0, 0, 4);
    both.say(Metric::AgentsAvailable, 0.0);
    check(
        &both.world,
        Metric::AgentsAvailable,
        [Some(4.0), None, None],
        Trust::Fresh,
    );
    both.say(Metric::AgentsAvailable, 3.0);
    check(
        &both.world,
        Metric::AgentsAvailable,
        [None, Some(4.0), Some(7.0)],
        Trust::Fresh,
    );
    assert!(
        merged(&both.world, Metric::AgentsAvailable)
            .unwrap()
            .reason
            .is_some()
    );
}

#[test]
fn a_total_counts_each_real_queue_once_and_nothing_that_is_linked() {
    let mut site = site(vec![
        queue("9002", &[Metric::Waiting]),
        queue("9003", &[Metric::Waiting]),
    ]);
    site.links = [(voice("9002"), vec![voice("9003")])].into();
    let mut both = Voice::of(site);
    both.world.connect(None);
    both.world.load("1", 2, 0, 0);
    both.say(Metric::Waiting, 3.0);
    let picture = both.world.state.picture();

    let all: Vec<_> = picture.queues.values().collect();
    let over = picture.over(all.iter().copied());
    let total = picture
        .merged(&over, Metric::Waiting, both.world.now)
        .unwrap();
    assert_eq!(total.figure.value, Some(Value::Count(5)));
    let site = picture
        .merged(&picture.over_site(), Metric::Waiting, both.world.now)
        .unwrap();
    assert_eq!(site.figure.value, Some(Value::Count(5)));
}

#[test]
fn the_day_of_the_site_is_of_all_vendors() {
    let mut both = both();
    both.world.case("c1", created());
    both.world.case("c1", opened("anna", "1"));
    both.say(Metric::Answered, 40.0);
    let picture = |both: &Voice| both.world.state.picture().clone();
    let answered = |picture: &Picture, now| {
        let site = picture.merged(&picture.over_site(), Metric::Answered, now);
        site.unwrap().figure
    };

    let figure = answered(&picture(&both), both.world.now);
    assert_eq!(
        (numbers(&figure), figure.trust),
        ([Some(41.0), None, None], Trust::Fresh)
    );
    // The chat has been counted since we came, the vendor counts the whole day.
    let marks = figure.of_day.unwrap();
    // The vendor has counted since midnight, and we since we came.
    assert!(!marks.complete && marks.partly_before);

    both.connect(Some(crate::domain::Break::Session));
    let figure = answered(&picture(&both), both.world.now);
    assert_eq!(
        (numbers(&figure), figure.trust),
        ([Some(41.0), Some(1.0), None], Trust::Stale)
    );
}

fn act(both: &mut Voice, state: AgentState) {
    let stance = Stance {
        state,
        raw: None,
        reason: (state == AgentState::NotReady).then(|| "Lunch".into()),
        since: None,
        media: Vec::new(),
    };
    both.state(Subject::Agent(voice("akl")), Stated::Stance(Some(stance)));
}

#[test]
fn of_a_person_the_state_that_binds_them_most_is_shown_once() {
    let mut both = both();
    act(&mut both, AgentState::NotReady);
    let shown = |both: &Voice| {
        let picture = both.world.state.picture();
        let all = picture.presences(both.world.now);
        assert_eq!(all.len(), 1);
        let who = &all[0];
        assert_eq!(who.id, &anna());
        assert_eq!(who.name, PersonName::name("Anna K."));
        (
            who.state,
            who.cases(),
            who.reason().map(str::to_owned),
            who.trust,
        )
    };

    let lunch = Some("Lunch".to_owned());
    assert_eq!(
        shown(&both),
        (AgentState::NotReady, None, lunch, Trust::Fresh)
    );
    both.world.case("c1", opened("anna", "1"));
    assert_eq!(
        shown(&both),
        (AgentState::Talking, Some(1), None, Trust::Fresh)
    );

    // Who talks here talks, whatever the other line may not tell.
    both.connect(Some(crate::domain::Break::Session));
    assert_eq!(shown(&both).3, Trust::Fresh);
    both.world.connect(Some(crate::domain::Break::QueueNew));
    assert_eq!(shown(&both).3, Trust::Stale);
}

#[test]
fn groups_and_people_come_and_go_with_the_configuration() {
    let mut both = both();
    let mut less = site(vec![queue("9002", &[Metric::Waiting])]);
    less.groups.clear();
    less.people.clear();
    both.world.put(&Input::Settings(std::sync::Arc::new(less)));

    let picture = both.world.state.picture();
    assert!(!picture.queues.contains_key(&group()));
    assert!(picture.presences(both.world.now).is_empty());
}

#[test]
fn the_last_hours_of_a_group_are_those_that_all_its_queues_have() {
    let mut both = both();
    both.say(Metric::Waiting, 3.0);
    both.world.wait(600_000);
    let steps = |both: &Voice| {
        let picture = both.world.state.picture();
        let steps = picture.steps(&picture.queues[&group()], both.world.now);
        steps.last().and_then(|step| step.waiting)
    };
    assert_eq!(steps(&both), None);

    both.world.load("1", 0, 0, 1);
    both.world.wait(600_000);
    assert_eq!(steps(&both), Some(3));
}

/// Statements are not needed one by one here, but their shape is.
#[test]
fn what_is_said_of_a_group_by_a_source_is_nobodys() {
    let mut both = both();
    both.world.put(&Input::Update(Update {
        source: super::stated::voice(),
        event: "test",
        at: None,
        fact: Fact::Stated(
            Subject::Queue(group()),
            Statement {
                stated: Stated::Figure(Metric::Waiting, Some(Value::Count(9))),
                age: crate::domain::Age::None,
                holds: None,
            },
        ),
        mistyped: 0,
    }));

    assert_eq!(
        numbers(&merged(&both.world, Metric::Waiting).unwrap()),
        [None, None, None]
    );
}
