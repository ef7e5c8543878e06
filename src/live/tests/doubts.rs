//! Open cases that the loads contradict, and cases of which an event is lost.

use crate::domain::{
    AgentState, Break, CaseEvent, Class, Fact, Input, Line, Metric, Note, Outcome, Profile, Value,
    moment,
};

use super::{World, closed, created, id, opened, source, transferred};
use crate::live::{CaseState, Trust};

fn assign(world: &mut World, agent: &str, queues: &[&str]) {
    let mut profile = Profile::new(Class::Agent, id(agent));
    profile.queues = Some(queues.iter().map(|queue| id(queue)).collect());
    world.say(world.now.wall, Fact::Profile(profile));
}

/// State, cases and the trust in each.
fn of(world: &World, agent: &str) -> (AgentState, Trust, Option<f64>, Trust) {
    let picture = world.state.picture();
    let agent = &picture.agents[&id(agent)];
    let cases = picture.agent_figure(agent, Metric::Cases, world.now);
    let cases = cases.expect("Vngage gives cases");
    (
        agent.state,
        picture.agent_trust(agent, world.now),
        cases.value.map(Value::number),
        cases.trust,
    )
}

const TALKS: (AgentState, Trust, Option<f64>, Trust) =
    (AgentState::Talking, Trust::Fresh, Some(1.0), Trust::Fresh);
const IDLE: (AgentState, Trust, Option<f64>, Trust) =
    (AgentState::Unknown, Trust::Fresh, Some(0.0), Trust::Fresh);

fn is_known(agent: (AgentState, Trust, Option<f64>, Trust)) -> bool {
    agent.1 == Trust::Fresh || agent.3 == Trust::Fresh
}

/// Lets time pass while somebody talks, so that the timers speak.
fn rest(world: &mut World, seconds: i64) {
    for _ in 0..seconds {
        world.wait(1_000);
        world.timers("sales", 0.0);
    }
}

/// A queue that is accounted for, with one case in the hands of Anna.
fn anna_talks() -> World {
    let mut world = World::new();
    world.load("sales", 0, 0, 2);
    assign(&mut world, "anna", &["sales"]);
    assign(&mut world, "ben", &["sales"]);
    world.wait(2_000);
    world.case("c1", created());
    world.wait(1_000);
    world.case("c1", opened("anna", "sales"));
    world.load("sales", 0, 1, 1);
    world.wait(2_000);
    assert_eq!((of(&world, "anna"), of(&world, "ben")), (TALKS, IDLE));
    world
}

#[test]
fn a_case_that_its_load_contradicts_for_three_intervals_is_unconfirmed() {
    let mut world = anna_talks();
    world.load("sales", 0, 0, 2);
    world.wait(29_000);
    assert_eq!(world.state_of("c1"), CaseState::Open);

    world.wait(2_000);
    assert_eq!(world.state_of("c1"), CaseState::Unconfirmed);
    assert!(!is_known(of(&world, "anna")));
    assert_eq!(of(&world, "ben"), IDLE);

    // The next load that says so ends it.
    world.load("sales", 0, 0, 2);
    world.wait(2_000);
    assert_eq!(world.state_of("c1"), CaseState::Closed);
    assert_eq!(of(&world, "anna"), IDLE);
}

#[test]
fn an_opening_that_is_reported_again_after_a_kill_does_not_talk_for_ever() {
    let mut world = World::new();
    let early = moment::plus_millis(world.now.wall, -200_000);
    world.case_at(early, "c1", opened("anna", "sales"));
    assert_eq!(of(&world, "anna").0, AgentState::Talking);

    world.load("sales", 0, 0, 1);
    world.wait(31_000);
    assert_eq!(world.state_of("c1"), CaseState::Unconfirmed);
    assert!(!is_known(of(&world, "anna")));
}

#[test]
fn where_one_of_several_has_ended_none_of_them_is_claimed() {
    let mut world = anna_talks();
    world.case("c2", opened("ben", "sales"));
    world.load("sales", 0, 2, 0);
    rest(&mut world, 60);
    assert_eq!((of(&world, "anna"), of(&world, "ben")), (TALKS, TALKS));

    world.load("sales", 0, 1, 0);
    rest(&mut world, 32);
    assert!(!is_known(of(&world, "anna")) && !is_known(of(&world, "ben")));

    // What is heard of one confirms it, and the load then says that the other is over.
    world.case("c2", closed(Outcome::Positive));
    world.case("c3", opened("ben", "sales"));
    for _ in 0..3 {
        world.wait(1_000);
        world.load("sales", 0, 1, 0);
    }
    world.wait(2_000);
    assert_eq!((of(&world, "anna"), of(&world, "ben")), (IDLE, TALKS));
    assert_eq!(world.state_of("c1"), CaseState::Closed);
}

#[test]
fn a_load_that_cannot_be_trusted_contradicts_nothing() {
    let mut world = anna_talks();
    world.load("sales", 0, 0, 2);
    world.wait(20_000);
    world.away();
    world.wait(60_000);
    world.connect(None);
    world.wait(20_000);
    assert_eq!(world.state_of("c1"), CaseState::Open);
}

#[test]
fn more_in_conversation_than_cases_are_known_and_nobody_is_known_to_be_free() {
    let mut world = anna_talks();
    world.case("c1", closed(Outcome::Positive));
    world.load("sales", 0, 0, 2);
    // So late, nothing is open from before we came.
    world.wait(13 * 3_600_000);
    world.case("c2", opened("anna", "sales"));
    world.load("sales", 0, 2, 0);
    rest(&mut world, 29);
    assert_eq!(of(&world, "ben"), IDLE);

    rest(&mut world, 2);
    assert!(!is_known(of(&world, "ben")));
    assert_eq!(of(&world, "anna").0, AgentState::Talking);
    assert_eq!(of(&world, "anna").1, Trust::Fresh);
    assert_eq!(of(&world, "anna").3, Trust::Stale);
    rest(&mut world, 60);
    assert!(!is_known(of(&world, "ben")));

    for _ in 0..3 {
        world.wait(1_000);
        world.load("sales", 0, 1, 1);
    }
    world.wait(2_000);
    assert_eq!((of(&world, "anna"), of(&world, "ben")), (TALKS, IDLE));
}

#[test]
fn a_busy_queue_whose_loads_lag_is_never_contradicted() {
    let mut world = World::new();
    world.load("sales", 0, 0, 9);
    let mut open = std::collections::VecDeque::new();
    for n in 0..600_u32 {
        let case = format!("c{n}");
        world.case(&case, opened(&format!("a{}", n % 40), "sales"));
        open.push_back(case);
        // It rises for minutes, and falls for as long.
        for _ in 0..usize::from(n % 240 >= 120) * 2 {
            if let Some(case) = open.pop_front() {
                world.case(&case, closed(Outcome::Positive));
            }
        }
        if n % 5 == 4 {
            world.load("sales", 0, open.len() as u64, 1);
        }
        world.wait(1_000);
        let mut cases = world.state.picture().cases.values();
        assert!(
            cases.all(|case| case.state != CaseState::Unconfirmed),
            "{n}"
        );
    }
}

fn reject(world: &mut World, event: &str, case: &str) {
    let note = Note::Rejected {
        event: event.to_owned(),
        why: "not_json",
        case: Some(id(case)),
    };
    world.put(&Input::Note(source(), note));
}

#[test]
fn an_event_that_cannot_be_read_raises_doubt_about_its_case_at_once() {
    let mut world = anna_talks();
    reject(&mut world, "case.closed", "c1");
    assert_eq!(world.state_of("c1"), CaseState::Unconfirmed);
    assert!(!is_known(of(&world, "anna")));
    assert_eq!(of(&world, "ben"), IDLE);

    world.load("sales", 0, 0, 2);
    world.wait(2_000);
    assert_eq!(world.state_of("c1"), CaseState::Closed);
    assert_eq!(of(&world, "anna"), IDLE);

    // Of what is over or was never heard of, nothing can be doubted.
    reject(&mut world, "case.closed", "c1");
    reject(&mut world, "case.closed", "c9");
    assert_eq!(world.state_of("c1"), CaseState::Closed);
    assert!(!world.state.picture().cases.contains_key(&id("c9")));
}

#[test]
fn what_is_heard_of_a_doubted_case_confirms_it() {
    let mut world = anna_talks();
    reject(&mut world, "case.transferred.toGroup", "c1");
    world.wait(1_000);
    world.case("c1", opened("ben", "sales"));
    world.wait(2_000);

    assert_eq!((of(&world, "anna"), of(&world, "ben")), (IDLE, TALKS));
    world.case("c1", closed(Outcome::Positive));
    assert_eq!(world.state_of("c1"), CaseState::Closed);
}

#[test]
fn an_unconfirmed_case_keeps_the_doubt_about_its_agent_wherever_it_is() {
    let mut world = anna_talks();
    assign(&mut world, "anna", &["support"]);
    world.away();
    world.connect(Some(Break::Upstream));
    world.load("support", 0, 0, 1);
    world.load("sales", 0, 1, 1);
    world.wait(40_000);

    assert_eq!(world.state_of("c1"), CaseState::Unconfirmed);
    assert!(!is_known(of(&world, "anna")));

    world.case("c1", closed(Outcome::Positive));
    world.wait(2_000);
    assert_eq!(of(&world, "anna"), IDLE);
}

/// After a break Anna's case is unconfirmed, and Ben has a new one.
fn broken() -> World {
    let mut world = anna_talks();
    world.away();
    world.connect(Some(Break::Upstream));
    world.wait(1_000);
    world.case("c2", opened("ben", "sales"));
    world
}

#[test]
fn a_load_that_counts_the_confirmed_ends_the_unconfirmed() {
    let mut world = broken();
    for _ in 0..3 {
        assert_eq!(world.state_of("c1"), CaseState::Unconfirmed);
        world.wait(1_000);
        world.load("sales", 0, 1, 1);
    }
    assert_eq!(world.state_of("c1"), CaseState::Closed);
    world.wait(2_000);
    assert_eq!((of(&world, "anna"), of(&world, "ben")), (IDLE, TALKS));
}

#[test]
fn a_late_event_takes_back_that_an_unconfirmed_case_is_over() {
    let mut world = broken();
    let before = moment::plus_millis(world.now.wall, 500);
    for _ in 0..3 {
        world.wait(1_000);
        world.load("sales", 0, 1, 1);
    }
    assert_eq!(world.state_of("c1"), CaseState::Closed);

    // So it was Anna whom the loads counted.
    world.case_at(before, "c2", closed(Outcome::Positive));
    assert_eq!(world.state_of("c1"), CaseState::Unconfirmed);
    world.wait(2_000);
    assert!(!is_known(of(&world, "anna")));

    world.case("c1", transferred("anna", "sales", "sales"));
    assert_eq!(world.state_of("c1"), CaseState::Waiting);
}

#[test]
fn while_catching_up_nobody_is_known_to_have_no_case_who_was_not_before() {
    let mut world = World::unconnected(super::site(&[], &[]));
    world.line(Line::CatchingUp {
        broken: Some(Break::Start),
    });
    assign(&mut world, "anna", &["sales"]);
    assert_eq!(of(&world, "anna").1, Trust::Unknown);
    let event = CaseEvent::Opened {
        agent: Some(id("ben")),
        queue: Some(id("sales")),
    };
    world.case("c1", event);
    assert_eq!(of(&world, "ben").1, Trust::Stale);
}
