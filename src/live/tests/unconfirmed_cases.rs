//! Open cases that the loads contradict, and cases of which an event is lost.

use crate::domain::{
    AgentStatus, CaseEvent, CaseOutcome, ConnectionEvent, Discontinuity, EntityKind, EntityProfile,
    Fact, Input, Metric, MetricValue, SourceDiagnostic, moment,
};

use super::{
    LiveScenario, chat_id, chat_source, closed_event, created_event, opened_event,
    transferred_event,
};
use crate::live::{CaseState, Freshness};

fn assign_agent(world: &mut LiveScenario, agent: &str, queues: &[&str]) {
    let mut profile = EntityProfile::new(EntityKind::Agent, chat_id(agent));
    profile.queues = Some(queues.iter().map(|queue| chat_id(queue)).collect());
    world.send_fact(world.now.wall, Fact::Profile(profile));
}

/// State, cases and the trust in each.
fn agent_view(
    world: &LiveScenario,
    agent: &str,
) -> (AgentStatus, Freshness, Option<f64>, Freshness) {
    let picture = world.state.snapshot();
    let agent = &picture.agents[&chat_id(agent)];
    let cases = picture.agent_figure(agent, Metric::Cases, world.now);
    let cases = cases.expect("Vngage gives cases");
    (
        agent.status,
        picture.agent_freshness(agent, world.now),
        cases.value.map(MetricValue::as_number),
        cases.freshness,
    )
}

const TALKING_VIEW: (AgentStatus, Freshness, Option<f64>, Freshness) = (
    AgentStatus::Talking,
    Freshness::UpToDate,
    Some(1.0),
    Freshness::UpToDate,
);
const IDLE_VIEW: (AgentStatus, Freshness, Option<f64>, Freshness) = (
    AgentStatus::Unknown,
    Freshness::UpToDate,
    Some(0.0),
    Freshness::UpToDate,
);

fn is_agent_known(agent: (AgentStatus, Freshness, Option<f64>, Freshness)) -> bool {
    agent.1 == Freshness::UpToDate || agent.3 == Freshness::UpToDate
}

/// Lets time pass while somebody talks, so that the timers speak.
fn keep_idle(world: &mut LiveScenario, seconds: i64) {
    for _ in 0..seconds {
        world.advance_time(1_000);
        world.send_timers("sales", 0.0);
    }
}

/// A queue that is accounted for, with one case in the hands of Anna.
fn with_anna_talking() -> LiveScenario {
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 0, 2);
    assign_agent(&mut world, "anna", &["sales"]);
    assign_agent(&mut world, "ben", &["sales"]);
    world.advance_time(2_000);
    world.send_case_event("c1", created_event());
    world.advance_time(1_000);
    world.send_case_event("c1", opened_event("anna", "sales"));
    world.send_load("sales", 0, 1, 1);
    world.advance_time(2_000);
    assert_eq!(
        (agent_view(&world, "anna"), agent_view(&world, "ben")),
        (TALKING_VIEW, IDLE_VIEW)
    );
    world
}

#[test]
fn a_case_that_its_load_contradicts_for_three_intervals_is_unconfirmed() {
    let mut world = with_anna_talking();
    world.send_load("sales", 0, 0, 2);
    world.advance_time(29_000);
    assert_eq!(world.case_state("c1"), CaseState::Open);

    world.advance_time(2_000);
    assert_eq!(world.case_state("c1"), CaseState::Unconfirmed);
    assert!(!is_agent_known(agent_view(&world, "anna")));
    assert_eq!(agent_view(&world, "ben"), IDLE_VIEW);

    // The next load that says so ends it.
    world.send_load("sales", 0, 0, 2);
    world.advance_time(2_000);
    assert_eq!(world.case_state("c1"), CaseState::Closed);
    assert_eq!(agent_view(&world, "anna"), IDLE_VIEW);
}

#[test]
fn an_opening_that_is_reported_again_after_a_kill_does_not_talk_for_ever() {
    let mut world = LiveScenario::new();
    let early = moment::plus_millis(world.now.wall, -200_000);
    world.send_case_event_at(early, "c1", opened_event("anna", "sales"));
    assert_eq!(agent_view(&world, "anna").0, AgentStatus::Talking);

    world.send_load("sales", 0, 0, 1);
    world.advance_time(31_000);
    assert_eq!(world.case_state("c1"), CaseState::Unconfirmed);
    assert!(!is_agent_known(agent_view(&world, "anna")));
}

#[test]
fn where_one_of_several_has_ended_none_of_them_is_claimed() {
    let mut world = with_anna_talking();
    world.send_case_event("c2", opened_event("ben", "sales"));
    world.send_load("sales", 0, 2, 0);
    keep_idle(&mut world, 60);
    assert_eq!(
        (agent_view(&world, "anna"), agent_view(&world, "ben")),
        (TALKING_VIEW, TALKING_VIEW)
    );

    world.send_load("sales", 0, 1, 0);
    keep_idle(&mut world, 32);
    assert!(
        !is_agent_known(agent_view(&world, "anna")) && !is_agent_known(agent_view(&world, "ben"))
    );

    // What is heard of one confirms it, and the load then says that the other is over.
    world.send_case_event("c2", closed_event(CaseOutcome::Positive));
    world.send_case_event("c3", opened_event("ben", "sales"));
    for _ in 0..3 {
        world.advance_time(1_000);
        world.send_load("sales", 0, 1, 0);
    }
    world.advance_time(2_000);
    assert_eq!(
        (agent_view(&world, "anna"), agent_view(&world, "ben")),
        (IDLE_VIEW, TALKING_VIEW)
    );
    assert_eq!(world.case_state("c1"), CaseState::Closed);
}

#[test]
fn a_load_that_cannot_be_trusted_contradicts_nothing() {
    let mut world = with_anna_talking();
    world.send_load("sales", 0, 0, 2);
    world.advance_time(20_000);
    world.disconnect_source();
    world.advance_time(60_000);
    world.connect_source(None);
    world.advance_time(20_000);
    assert_eq!(world.case_state("c1"), CaseState::Open);
}

#[test]
fn more_in_conversation_than_cases_are_known_and_nobody_is_known_to_be_free() {
    let mut world = with_anna_talking();
    world.send_case_event("c1", closed_event(CaseOutcome::Positive));
    world.send_load("sales", 0, 0, 2);
    // So late, nothing is open from before we came.
    world.advance_time(13 * 3_600_000);
    world.send_case_event("c2", opened_event("anna", "sales"));
    world.send_load("sales", 0, 2, 0);
    keep_idle(&mut world, 29);
    assert_eq!(agent_view(&world, "ben"), IDLE_VIEW);

    keep_idle(&mut world, 2);
    assert!(!is_agent_known(agent_view(&world, "ben")));
    assert_eq!(agent_view(&world, "anna").0, AgentStatus::Talking);
    assert_eq!(agent_view(&world, "anna").1, Freshness::UpToDate);
    assert_eq!(agent_view(&world, "anna").3, Freshness::OutOfDate);
    keep_idle(&mut world, 60);
    assert!(!is_agent_known(agent_view(&world, "ben")));

    for _ in 0..3 {
        world.advance_time(1_000);
        world.send_load("sales", 0, 1, 1);
    }
    world.advance_time(2_000);
    assert_eq!(
        (agent_view(&world, "anna"), agent_view(&world, "ben")),
        (TALKING_VIEW, IDLE_VIEW)
    );
}

#[test]
fn a_busy_queue_whose_loads_lag_is_never_contradicted() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 0, 9);
    let mut open = std::collections::VecDeque::new();
    for n in 0..600_u32 {
        let case = format!("c{n}");
        world.send_case_event(&case, opened_event(&format!("a{}", n % 40), "sales"));
        open.push_back(case);
        // It rises for minutes, and falls for as long.
        for _ in 0..usize::from(n % 240 >= 120) * 2 {
            if let Some(case) = open.pop_front() {
                world.send_case_event(&case, closed_event(CaseOutcome::Positive));
            }
        }
        if n % 5 == 4 {
            world.send_load("sales", 0, open.len() as u64, 1);
        }
        world.advance_time(1_000);
        let mut cases = world.state.snapshot().cases.values();
        assert!(
            cases.all(|case| case.state != CaseState::Unconfirmed),
            "{n}"
        );
    }
}

fn reject_message(world: &mut LiveScenario, event: &str, case: &str) {
    let note = SourceDiagnostic::Rejected {
        event: event.to_owned(),
        why: "not_json",
        case: Some(chat_id(case)),
    };
    world.apply_input(&Input::Diagnostic(chat_source(), note));
}

#[test]
fn an_event_that_cannot_be_read_raises_doubt_about_its_case_at_once() {
    let mut world = with_anna_talking();
    reject_message(&mut world, "case.closed", "c1");
    assert_eq!(world.case_state("c1"), CaseState::Unconfirmed);
    assert!(!is_agent_known(agent_view(&world, "anna")));
    assert_eq!(agent_view(&world, "ben"), IDLE_VIEW);

    world.send_load("sales", 0, 0, 2);
    world.advance_time(2_000);
    assert_eq!(world.case_state("c1"), CaseState::Closed);
    assert_eq!(agent_view(&world, "anna"), IDLE_VIEW);

    // Of what is over or was never heard of, nothing can be doubted.
    reject_message(&mut world, "case.closed", "c1");
    reject_message(&mut world, "case.closed", "c9");
    assert_eq!(world.case_state("c1"), CaseState::Closed);
    assert!(!world.state.snapshot().cases.contains_key(&chat_id("c9")));
}

#[test]
fn what_is_heard_of_a_doubted_case_confirms_it() {
    let mut world = with_anna_talking();
    reject_message(&mut world, "case.transferred.toGroup", "c1");
    world.advance_time(1_000);
    world.send_case_event("c1", opened_event("ben", "sales"));
    world.advance_time(2_000);

    assert_eq!(
        (agent_view(&world, "anna"), agent_view(&world, "ben")),
        (IDLE_VIEW, TALKING_VIEW)
    );
    world.send_case_event("c1", closed_event(CaseOutcome::Positive));
    assert_eq!(world.case_state("c1"), CaseState::Closed);
}

#[test]
fn an_unconfirmed_case_keeps_the_doubt_about_its_agent_wherever_it_is() {
    let mut world = with_anna_talking();
    assign_agent(&mut world, "anna", &["support"]);
    world.disconnect_source();
    world.connect_source(Some(Discontinuity::Upstream));
    world.send_load("support", 0, 0, 1);
    world.send_load("sales", 0, 1, 1);
    world.advance_time(40_000);

    assert_eq!(world.case_state("c1"), CaseState::Unconfirmed);
    assert!(!is_agent_known(agent_view(&world, "anna")));

    world.send_case_event("c1", closed_event(CaseOutcome::Positive));
    world.advance_time(2_000);
    assert_eq!(agent_view(&world, "anna"), IDLE_VIEW);
}

/// After a break Anna's case is unconfirmed, and Ben has a new one.
fn after_discontinuity() -> LiveScenario {
    let mut world = with_anna_talking();
    world.disconnect_source();
    world.connect_source(Some(Discontinuity::Upstream));
    world.advance_time(1_000);
    world.send_case_event("c2", opened_event("ben", "sales"));
    world
}

#[test]
fn a_load_that_counts_the_confirmed_ends_the_unconfirmed() {
    let mut world = after_discontinuity();
    for _ in 0..3 {
        assert_eq!(world.case_state("c1"), CaseState::Unconfirmed);
        world.advance_time(1_000);
        world.send_load("sales", 0, 1, 1);
    }
    assert_eq!(world.case_state("c1"), CaseState::Closed);
    world.advance_time(2_000);
    assert_eq!(
        (agent_view(&world, "anna"), agent_view(&world, "ben")),
        (IDLE_VIEW, TALKING_VIEW)
    );
}

#[test]
fn a_late_event_takes_back_that_an_unconfirmed_case_is_over() {
    let mut world = after_discontinuity();
    let before = moment::plus_millis(world.now.wall, 500);
    for _ in 0..3 {
        world.advance_time(1_000);
        world.send_load("sales", 0, 1, 1);
    }
    assert_eq!(world.case_state("c1"), CaseState::Closed);

    // So it was Anna whom the loads counted.
    world.send_case_event_at(before, "c2", closed_event(CaseOutcome::Positive));
    assert_eq!(world.case_state("c1"), CaseState::Unconfirmed);
    world.advance_time(2_000);
    assert!(!is_agent_known(agent_view(&world, "anna")));

    world.send_case_event("c1", transferred_event("anna", "sales", "sales"));
    assert_eq!(world.case_state("c1"), CaseState::Waiting);
}

#[test]
fn while_catching_up_nobody_is_known_to_have_no_case_who_was_not_before() {
    let mut world = LiveScenario::unconnected_with(super::site_with_entries(&[], &[]));
    world.send_connection_event(ConnectionEvent::CatchingUp {
        broken: Some(Discontinuity::Start),
    });
    assign_agent(&mut world, "anna", &["sales"]);
    assert_eq!(agent_view(&world, "anna").1, Freshness::Unknown);
    let event = CaseEvent::Opened {
        agent: Some(chat_id("ben")),
        queue: Some(chat_id("sales")),
    };
    world.send_case_event("c1", event);
    assert_eq!(agent_view(&world, "ben").1, Freshness::OutOfDate);
}
