//! Tests of open cases that the loads contradict, and of cases with a lost event.

use wallboard_domain::{
    AgentStatus, CaseEvent, CaseOutcome, ConnectionEvent, Discontinuity, EntityKind, EntityProfile,
    Fact, Input, Metric, MetricValue, SourceDiagnostic, moment,
};

use super::{
    LiveScenario, chat_id, chat_source, closed_event, created_event, opened_event,
    transferred_event,
};
use crate::{CaseState, Freshness};

fn assign_agent(scenario: &mut LiveScenario, agent: &str, queues: &[&str]) {
    let mut profile = EntityProfile::new(EntityKind::Agent, chat_id(agent));
    profile.queues = Some(queues.iter().map(|queue| chat_id(queue)).collect());
    scenario.send_fact(scenario.now.wall, Fact::Profile(profile));
}

/// Status and cases of an agent, each with its freshness.
fn agent_view(
    scenario: &LiveScenario,
    agent: &str,
) -> (AgentStatus, Freshness, Option<f64>, Freshness) {
    let snapshot = scenario.state.snapshot();
    let agent = &snapshot.agents[&chat_id(agent)];
    let cases = snapshot.agent_figure(agent, Metric::Cases, scenario.now);
    let cases = cases.expect("Vngage provides cases");
    (
        agent.status,
        snapshot.agent_freshness(agent, scenario.now),
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

/// Lets time pass during a conversation, with timers.
fn stay_idle(scenario: &mut LiveScenario, seconds: i64) {
    for _ in 0..seconds {
        scenario.advance_time(1_000);
        scenario.send_timers("sales", 0.0);
    }
}

/// A reconciled queue, with one case open at Anna.
fn with_anna_talking() -> LiveScenario {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 2);
    assign_agent(&mut scenario, "anna", &["sales"]);
    assign_agent(&mut scenario, "ben", &["sales"]);
    scenario.advance_time(2_000);
    scenario.send_case_event("c1", created_event());
    scenario.advance_time(1_000);
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.send_load("sales", 0, 1, 1);
    scenario.advance_time(2_000);
    assert_eq!(
        (agent_view(&scenario, "anna"), agent_view(&scenario, "ben")),
        (TALKING_VIEW, IDLE_VIEW)
    );
    scenario
}

#[test]
fn a_case_that_its_load_contradicts_for_three_intervals_is_unconfirmed() {
    let mut scenario = with_anna_talking();
    scenario.send_load("sales", 0, 0, 2);
    scenario.advance_time(29_000);
    assert_eq!(scenario.case_state("c1"), CaseState::Open);

    scenario.advance_time(2_000);
    assert_eq!(scenario.case_state("c1"), CaseState::Unconfirmed);
    assert!(!is_agent_known(agent_view(&scenario, "anna")));
    assert_eq!(agent_view(&scenario, "ben"), IDLE_VIEW);

    // The next load without conversations ends the case.
    scenario.send_load("sales", 0, 0, 2);
    scenario.advance_time(2_000);
    assert_eq!(scenario.case_state("c1"), CaseState::Closed);
    assert_eq!(agent_view(&scenario, "anna"), IDLE_VIEW);
}

#[test]
fn an_opening_repeated_after_a_restart_does_not_stay_open() {
    let mut scenario = LiveScenario::new();
    let early = moment::plus_millis(scenario.now.wall, -200_000);
    scenario.send_case_event_at(early, "c1", opened_event("anna", "sales"));
    assert_eq!(agent_view(&scenario, "anna").0, AgentStatus::Talking);

    scenario.send_load("sales", 0, 0, 1);
    scenario.advance_time(31_000);
    assert_eq!(scenario.case_state("c1"), CaseState::Unconfirmed);
    assert!(!is_agent_known(agent_view(&scenario, "anna")));
}

#[test]
fn if_one_of_several_cases_ended_all_become_unconfirmed() {
    let mut scenario = with_anna_talking();
    scenario.send_case_event("c2", opened_event("ben", "sales"));
    scenario.send_load("sales", 0, 2, 0);
    stay_idle(&mut scenario, 60);
    assert_eq!(
        (agent_view(&scenario, "anna"), agent_view(&scenario, "ben")),
        (TALKING_VIEW, TALKING_VIEW)
    );

    scenario.send_load("sales", 0, 1, 0);
    stay_idle(&mut scenario, 32);
    assert!(
        !is_agent_known(agent_view(&scenario, "anna"))
            && !is_agent_known(agent_view(&scenario, "ben"))
    );

    // An event of one case confirms it, and the load then shows that the other has ended.
    scenario.send_case_event("c2", closed_event(CaseOutcome::Positive));
    scenario.send_case_event("c3", opened_event("ben", "sales"));
    for _ in 0..3 {
        scenario.advance_time(1_000);
        scenario.send_load("sales", 0, 1, 0);
    }
    scenario.advance_time(2_000);
    assert_eq!(
        (agent_view(&scenario, "anna"), agent_view(&scenario, "ben")),
        (IDLE_VIEW, TALKING_VIEW)
    );
    assert_eq!(scenario.case_state("c1"), CaseState::Closed);
}

#[test]
fn an_out_of_date_load_contradicts_nothing() {
    let mut scenario = with_anna_talking();
    scenario.send_load("sales", 0, 0, 2);
    scenario.advance_time(20_000);
    scenario.disconnect_source();
    scenario.advance_time(60_000);
    scenario.connect_source(None);
    scenario.advance_time(20_000);
    assert_eq!(scenario.case_state("c1"), CaseState::Open);
}

#[test]
fn with_more_conversations_than_known_cases_no_agent_is_known_to_be_free() {
    let mut scenario = with_anna_talking();
    scenario.send_case_event("c1", closed_event(CaseOutcome::Positive));
    scenario.send_load("sales", 0, 0, 2);
    // So late that nothing is still open from before our first connection.
    scenario.advance_time(13 * 3_600_000);
    scenario.send_case_event("c2", opened_event("anna", "sales"));
    scenario.send_load("sales", 0, 2, 0);
    stay_idle(&mut scenario, 29);
    assert_eq!(agent_view(&scenario, "ben"), IDLE_VIEW);

    stay_idle(&mut scenario, 2);
    assert!(!is_agent_known(agent_view(&scenario, "ben")));
    assert_eq!(agent_view(&scenario, "anna").0, AgentStatus::Talking);
    assert_eq!(agent_view(&scenario, "anna").1, Freshness::UpToDate);
    assert_eq!(agent_view(&scenario, "anna").3, Freshness::OutOfDate);
    stay_idle(&mut scenario, 60);
    assert!(!is_agent_known(agent_view(&scenario, "ben")));

    for _ in 0..3 {
        scenario.advance_time(1_000);
        scenario.send_load("sales", 0, 1, 1);
    }
    scenario.advance_time(2_000);
    assert_eq!(
        (agent_view(&scenario, "anna"), agent_view(&scenario, "ben")),
        (TALKING_VIEW, IDLE_VIEW)
    );
}

#[test]
fn a_busy_queue_whose_loads_lag_is_never_contradicted() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 9);
    let mut open = std::collections::VecDeque::new();
    for n in 0..600_u32 {
        let case = format!("c{n}");
        scenario.send_case_event(&case, opened_event(&format!("a{}", n % 40), "sales"));
        open.push_back(case);
        // The number rises for minutes, and falls for as long.
        for _ in 0..usize::from(n % 240 >= 120) * 2 {
            if let Some(case) = open.pop_front() {
                scenario.send_case_event(&case, closed_event(CaseOutcome::Positive));
            }
        }
        if n % 5 == 4 {
            scenario.send_load("sales", 0, open.len() as u64, 1);
        }
        scenario.advance_time(1_000);
        let mut cases = scenario.state.snapshot().cases.values();
        assert!(
            cases.all(|case| case.state != CaseState::Unconfirmed),
            "{n}"
        );
    }
}

fn reject_message(scenario: &mut LiveScenario, event: &str, case: &str) {
    let diagnostic = SourceDiagnostic::Rejected {
        event: event.to_owned(),
        why: "not_json",
        case: Some(chat_id(case)),
    };
    scenario.apply_input(&Input::Diagnostic(chat_source(), diagnostic));
}

#[test]
fn an_event_that_fails_to_decode_makes_its_case_unconfirmed_at_once() {
    let mut scenario = with_anna_talking();
    reject_message(&mut scenario, "case.closed", "c1");
    assert_eq!(scenario.case_state("c1"), CaseState::Unconfirmed);
    assert!(!is_agent_known(agent_view(&scenario, "anna")));
    assert_eq!(agent_view(&scenario, "ben"), IDLE_VIEW);

    scenario.send_load("sales", 0, 0, 2);
    scenario.advance_time(2_000);
    assert_eq!(scenario.case_state("c1"), CaseState::Closed);
    assert_eq!(agent_view(&scenario, "anna"), IDLE_VIEW);

    // Ended and unknown cases can't become unconfirmed.
    reject_message(&mut scenario, "case.closed", "c1");
    reject_message(&mut scenario, "case.closed", "c9");
    assert_eq!(scenario.case_state("c1"), CaseState::Closed);
    assert!(!scenario.state.snapshot().cases.contains_key(&chat_id("c9")));
}

#[test]
fn an_event_confirms_an_unconfirmed_case() {
    let mut scenario = with_anna_talking();
    reject_message(&mut scenario, "case.transferred.toGroup", "c1");
    scenario.advance_time(1_000);
    scenario.send_case_event("c1", opened_event("ben", "sales"));
    scenario.advance_time(2_000);

    assert_eq!(
        (agent_view(&scenario, "anna"), agent_view(&scenario, "ben")),
        (IDLE_VIEW, TALKING_VIEW)
    );
    scenario.send_case_event("c1", closed_event(CaseOutcome::Positive));
    assert_eq!(scenario.case_state("c1"), CaseState::Closed);
}

/// It may have been closed, or transferred, and come back.
#[test]
fn an_agent_who_opens_a_case_after_a_loss_talks_since_then() {
    for (is_lost, ends) in [(false, false), (true, false), (true, true)] {
        let mut scenario = with_anna_talking();
        let first = scenario.state.snapshot().agents[&chat_id("anna")].since;
        if is_lost {
            scenario.disconnect_source();
            scenario.advance_time(5_000);
            scenario.connect_source(Some(Discontinuity::Upstream));
        }
        scenario.advance_time(15_000);
        if ends {
            scenario.send_load("sales", 0, 0, 2);
            scenario.advance_time(3_000);
            assert_eq!(scenario.case_state("c1"), CaseState::Closed);
        }
        scenario.send_case_event("c1", opened_event("anna", "sales"));

        let since = if is_lost {
            Some(scenario.now.wall)
        } else {
            first
        };
        let anna = &scenario.state.snapshot().agents[&chat_id("anna")];
        assert_eq!((anna.status, anna.cases), (AgentStatus::Talking, 1));
        assert_eq!(anna.since, since, "{is_lost}, {ends}");
    }
}

#[test]
fn an_unconfirmed_case_leaves_its_agent_unconfirmed_in_any_queue() {
    let mut scenario = with_anna_talking();
    assign_agent(&mut scenario, "anna", &["support"]);
    scenario.disconnect_source();
    scenario.connect_source(Some(Discontinuity::Upstream));
    scenario.advance_time(1);
    scenario.send_load("support", 0, 0, 1);
    scenario.send_load("sales", 0, 1, 1);
    scenario.advance_time(40_000);

    assert_eq!(scenario.case_state("c1"), CaseState::Unconfirmed);
    assert!(!is_agent_known(agent_view(&scenario, "anna")));

    scenario.send_case_event("c1", closed_event(CaseOutcome::Positive));
    scenario.advance_time(2_000);
    assert_eq!(agent_view(&scenario, "anna"), IDLE_VIEW);
}

/// After a discontinuity Anna's case is unconfirmed, and Ben has a new one.
fn after_discontinuity() -> LiveScenario {
    let mut scenario = with_anna_talking();
    scenario.disconnect_source();
    scenario.connect_source(Some(Discontinuity::Upstream));
    scenario.advance_time(1_000);
    scenario.send_case_event("c2", opened_event("ben", "sales"));
    scenario
}

#[test]
fn a_load_that_counts_only_confirmed_cases_ends_the_unconfirmed() {
    let mut scenario = after_discontinuity();
    for _ in 0..3 {
        assert_eq!(scenario.case_state("c1"), CaseState::Unconfirmed);
        scenario.advance_time(1_000);
        scenario.send_load("sales", 0, 1, 1);
    }
    scenario.advance_time(2_000);
    assert_eq!(scenario.case_state("c1"), CaseState::Closed);
    assert_eq!(
        (agent_view(&scenario, "anna"), agent_view(&scenario, "ben")),
        (IDLE_VIEW, TALKING_VIEW)
    );
}

#[test]
fn a_late_event_revokes_the_end_of_an_unconfirmed_case() {
    let mut scenario = after_discontinuity();
    let before = moment::plus_millis(scenario.now.wall, 500);
    for _ in 0..3 {
        scenario.advance_time(1_000);
        scenario.send_load("sales", 0, 1, 1);
    }
    scenario.advance_time(1_000);
    assert_eq!(scenario.case_state("c1"), CaseState::Closed);

    // The loads counted Anna's case after all.
    scenario.send_case_event_at(before, "c2", closed_event(CaseOutcome::Positive));
    assert_eq!(scenario.case_state("c1"), CaseState::Unconfirmed);
    scenario.advance_time(2_000);
    assert!(!is_agent_known(agent_view(&scenario, "anna")));

    scenario.send_case_event("c1", transferred_event("anna", "sales", "sales"));
    assert_eq!(scenario.case_state("c1"), CaseState::Waiting);
}

/// A repeated event may be older than the lost ones.
#[test]
fn an_event_from_before_a_discontinuity_confirms_no_case() {
    for (case, knows_end) in [("c1", false), ("c2", false), ("c1", true)] {
        let mut scenario = with_anna_talking();
        scenario.disconnect_source();
        scenario.advance_time(5_000);
        // Ben takes the case, and somebody else takes it from him, before we are back.
        let repeated_at = scenario.now.wall;
        scenario.advance_time(5_000);
        scenario.connect_source(Some(Discontinuity::Canceled));
        scenario.advance_time(1_000);
        if knows_end {
            scenario.send_case_event(case, closed_event(CaseOutcome::Positive));
        }
        scenario.send_case_event_at(repeated_at, case, opened_event("ben", "sales"));
        scenario.advance_time(2_000);

        let state = [CaseState::Unconfirmed, CaseState::Closed][usize::from(knows_end)];
        assert_eq!(scenario.case_state(case), state);
        let ben = agent_view(&scenario, "ben");
        assert_eq!((ben.0, ben.2), (AgentStatus::Unknown, Some(0.0)));
        assert!(!is_agent_known(ben));

        scenario.send_case_event(case, opened_event("ben", "sales"));
        assert_eq!(agent_view(&scenario, "ben").0, AgentStatus::Talking);
    }
}

/// It may have been closed since, and the first message says nothing of the source's clock: it's late.
#[test]
fn a_first_message_from_before_a_discontinuity_confirms_no_case() {
    let mut scenario = LiveScenario::new();
    let created_at = scenario.now.wall;
    scenario.disconnect_source();
    scenario.advance_time(5_000);
    scenario.connect_source(Some(Discontinuity::Upstream));
    scenario.send_case_event_at(created_at, "c1", created_event());
    assert_eq!(scenario.case_state("c1"), CaseState::Unconfirmed);

    scenario.send_case_event("c2", created_event());
    assert_eq!(scenario.case_state("c2"), CaseState::Waiting);
}

/// It may have been transferred while nobody listened.
#[test]
fn a_case_that_left_its_queue_has_ended_only_if_no_queue_has_it() {
    for (waiting, talking) in [(1, 0), (0, 1)] {
        let mut scenario = with_anna_talking();
        scenario.send_load("support", 0, 0, 1);
        scenario.disconnect_source();
        scenario.advance_time(5_000);
        scenario.connect_source(Some(Discontinuity::Canceled));
        scenario.advance_time(1_000);
        scenario.send_load("sales", 0, 0, 2);
        scenario.send_load("support", waiting, talking, 1);
        scenario.advance_time(2_000);
        assert_eq!(scenario.case_state("c1"), CaseState::Unconfirmed);
        assert_eq!(agent_view(&scenario, "anna"), IDLE_VIEW);

        scenario.send_load("support", 0, 0, 1);
        scenario.advance_time(2_000);
        assert_eq!(scenario.case_state("c1"), CaseState::Closed);
    }
}

#[test]
fn while_catching_up_no_agent_is_known_to_have_no_case() {
    let mut scenario = LiveScenario::unconnected_with(super::site_with_entries(&[], &[]));
    scenario.send_connection_event(ConnectionEvent::CatchingUp {
        discontinuity: Some(Discontinuity::Start),
    });
    assign_agent(&mut scenario, "anna", &["sales"]);
    assert_eq!(agent_view(&scenario, "anna").1, Freshness::Unknown);
    let event = CaseEvent::Opened {
        agent: Some(chat_id("ben")),
        queue: Some(chat_id("sales")),
    };
    scenario.send_case_event("c1", event);
    assert_eq!(agent_view(&scenario, "ben").1, Freshness::OutOfDate);
}

/// During an outage Anna's conversation may have ended, and one of Ben's may have begun: the loads are
/// the same.
#[test]
fn loads_that_add_up_only_with_unconfirmed_cases_prove_nothing() {
    let mut scenario = with_anna_talking();
    scenario.disconnect_source();
    scenario.connect_source(Some(Discontinuity::Upstream));
    for _ in 0..60 {
        scenario.advance_time(1_000);
        scenario.send_load("sales", 0, 1, 1);
    }
    assert!(!is_agent_known(agent_view(&scenario, "anna")));
    assert!(!is_agent_known(agent_view(&scenario, "ben")));

    // It was Ben's.
    scenario.send_case_event("c3", closed_event(CaseOutcome::Positive));
    scenario.send_load("sales", 0, 0, 2);
    scenario.advance_time(2_000);
    assert_eq!(scenario.case_state("c1"), CaseState::Closed);
    assert_eq!(agent_view(&scenario, "ben"), IDLE_VIEW);
}
