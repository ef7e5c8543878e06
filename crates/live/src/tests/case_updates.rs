//! Tests of cases, agents and their counts.

use wallboard_domain::{
    AgentStatus, CaseOutcome, Counter, Discontinuity, Input, Metric, ServiceLevelFormula,
};

use super::{
    LiveScenario, chat_id, closed_event, created_event, created_for_solution, opened_event,
    site_with_entries, transferred_event,
};
use crate::{CaseState, Freshness};

#[test]
fn a_case_moves_from_waiting_to_an_agent_to_its_end() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    scenario.send_case_event("c1", created_event());
    assert_eq!(scenario.case_state("c1"), CaseState::Waiting);

    scenario.advance_time(15_000);
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    let anna = &scenario.state.snapshot().agents[&chat_id("anna")];
    assert_eq!((anna.status, anna.cases), (AgentStatus::Talking, 1));
    assert_eq!(anna.case_queues, [chat_id("sales")]);

    scenario.advance_time(60_000);
    scenario.send_case_event("c1", closed_event(CaseOutcome::Positive));
    let anna = &scenario.state.snapshot().agents[&chat_id("anna")];
    assert_eq!((anna.status, anna.cases), (AgentStatus::Unknown, 0));
    assert_eq!(anna.today.counters.count(Counter::Handled), 1);
    assert_eq!(scenario.site_figure(Metric::Offered), Some(1.0));
    assert_eq!(
        scenario.site_figure(Metric::AverageSpeedOfAnswer),
        Some(15.0)
    );
    assert_eq!(scenario.site_figure(Metric::AverageHandleTime), Some(60.0));
    assert_eq!(scenario.site_figure(Metric::ServiceLevel), Some(100.0));
    assert_eq!(scenario.site_figure(Metric::OutcomePositive), Some(1.0));
    assert_eq!(
        scenario.displayed_figure("sales", Metric::Answered).0,
        Some(1.0)
    );
    // Offered contacts are unknown here: a chat has no queue until it is opened.
    assert_eq!(scenario.displayed_figure("sales", Metric::Offered).0, None);
    let formula = scenario
        .queue_figure("sales", Metric::ServiceLevel)
        .day_details
        .unwrap()
        .formula;
    assert_eq!(formula, Some(ServiceLevelFormula::AnsweredOnly));
}

#[test]
fn a_conversation_counts_as_handled_on_the_day_it_ends() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 1);
    // From 08:00 to 23:58.
    scenario.advance_time((15 * 60 + 58) * 60_000);
    scenario.send_case_event("c1", created_event());
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.advance_time(240_000);
    let handled = |scenario: &LiveScenario| {
        let anna = &scenario.state.snapshot().agents[&chat_id("anna")];
        anna.today.counters.count(Counter::Handled)
    };
    assert_eq!(handled(&scenario), 0);

    scenario.send_case_event("c1", transferred_event("anna", "sales", "support"));

    assert_eq!(handled(&scenario), 1);
    assert_eq!(scenario.site_figure(Metric::Transferred), Some(1.0));
    assert_eq!(scenario.site_figure(Metric::AverageHandleTime), Some(240.0));
    assert_eq!(scenario.site_figure(Metric::Offered), Some(0.0));
}

#[test]
fn entries_are_known_if_a_solution_always_leads_to_one_queue() {
    let mut scenario =
        LiveScenario::connected_with(site_with_entries(&[("chat-solution", "sales")], &["form"]));
    scenario.send_load("sales", 1, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.send_case_event("f1", created_for_solution("form"));

    assert_eq!(
        scenario.displayed_figure("sales", Metric::Offered).0,
        Some(1.0)
    );
    assert_eq!(scenario.site_figure(Metric::Offered), Some(1.0));
    assert_eq!(
        scenario.state.snapshot().cases[&chat_id("c1")].queue,
        Some(chat_id("sales"))
    );
}

#[test]
fn a_late_wait_misses_the_service_level_before_the_answer() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.send_case_event("c2", created_event());
    scenario.send_case_event("c2", opened_event("anna", "sales"));

    scenario.advance_time(20_000);
    assert_eq!(scenario.site_figure(Metric::ServiceLevel), Some(100.0));
    scenario.advance_time(100);
    assert_eq!(scenario.site_figure(Metric::ServiceLevel), Some(50.0));
}

#[test]
fn an_estimated_abandon_is_revoked_when_the_case_opens() {
    let mut scenario = LiveScenario::new();
    scenario.let_first_of_two_leave();

    assert_eq!(scenario.case_state("c1"), CaseState::Abandoned);
    assert_eq!(scenario.case_state("c2"), CaseState::Waiting);
    assert_eq!(scenario.site_figure(Metric::Abandoned), Some(1.0));
    let snapshot = scenario.state.snapshot();
    let site = snapshot.merge_figure(&snapshot.select_site(), Metric::Abandoned, scenario.now);
    assert!(site.unwrap().figure.day_details.unwrap().is_estimated);
    assert_eq!(
        scenario.displayed_figure("sales", Metric::Abandoned).0,
        None
    );

    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.send_load("sales", 0, 1, 0);
    assert_eq!(scenario.case_state("c1"), CaseState::Open);
    assert_eq!(scenario.site_figure(Metric::Abandoned), Some(0.0));
    assert_eq!(scenario.site_figure(Metric::Answered), Some(1.0));
}

#[test]
fn an_abandon_is_counted_although_the_connection_is_lost_every_three_seconds() {
    // A sweep runs within the longer ones.
    for (is_restart, lost_for) in [(false, 500), (false, 1_500), (true, 500), (true, 1_500)] {
        let mut scenario = LiveScenario::new();
        scenario.send_load("sales", 2, 0, 1);
        scenario.send_case_event("c1", created_event());
        scenario.advance_time(1_000);
        scenario.send_case_event("c2", created_event());
        scenario.send_load("sales", 1, 0, 1);
        for _ in 0..30 {
            if is_restart {
                scenario.apply_input(&Input::Started {
                    is_log_complete: true,
                    term: None,
                });
            } else {
                scenario.disconnect_source();
            }
            scenario.advance_time(lost_for);
            scenario.connect_source(None);
            scenario.send_timers("sales", 5.0);
            scenario.advance_time(3_000 - lost_for);
        }

        assert_eq!(scenario.case_state("c1"), CaseState::Abandoned);
        assert_eq!(scenario.site_figure(Metric::Abandoned), Some(1.0));
    }
}

#[test]
fn nothing_is_counted_as_abandoned_while_queues_are_out_of_date() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.send_case_event("c2", created_event());
    scenario.disconnect_source();
    scenario.advance_time(120_000);

    assert_eq!(scenario.site_figure(Metric::Abandoned), Some(0.0));
}

#[test]
fn an_unresolved_case_opened_days_later_changes_no_answer_figure() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.advance_time(5_000);
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.advance_time(60_000);
    scenario.send_case_event("c1", closed_event(CaseOutcome::Unresolved));

    // The next morning the case is still stored, three days later it isn't. Both add only to
    // handled.
    for (days, case) in [(1, "c1"), (3, "c1")] {
        scenario.advance_time(days * 24 * 3_600_000);
        scenario.send_load("sales", 0, 0, 1);
        scenario.send_case_event(case, opened_event("ben", "sales"));
        scenario.advance_time(30_000);
        scenario.send_case_event(case, closed_event(CaseOutcome::Positive));

        assert_eq!(
            scenario.site_figure(Metric::Answered),
            Some(0.0),
            "{days} days"
        );
        assert_eq!(scenario.site_figure(Metric::Offered), Some(0.0));
        assert_eq!(scenario.site_figure(Metric::ServiceLevel), None);
        assert_eq!(scenario.site_figure(Metric::AverageSpeedOfAnswer), None);
        let ben = &scenario.state.snapshot().agents[&chat_id("ben")];
        assert_eq!(ben.today.counters.count(Counter::Handled), 1);
    }
}

#[test]
fn a_transfer_waits_in_the_new_queue_and_a_requeue_is_no_transfer() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 1);
    scenario.send_load("support", 0, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.advance_time(1_000);
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.advance_time(1_000);
    scenario.send_case_event("c1", transferred_event("anna", "sales", "support"));

    let case = scenario.state.snapshot().cases[&chat_id("c1")].clone();
    assert_eq!(
        (case.state, case.queue),
        (CaseState::Waiting, Some(chat_id("support")))
    );
    assert_eq!(
        scenario.displayed_figure("sales", Metric::Transferred).0,
        Some(1.0)
    );

    scenario.advance_time(1_000);
    scenario.send_case_event("c1", opened_event("ben", "support"));
    scenario.advance_time(1_000);
    scenario.send_case_event("c1", transferred_event("ben", "support", "support"));
    assert_eq!(scenario.case_state("c1"), CaseState::Waiting);
    assert_eq!(
        scenario.displayed_figure("support", Metric::Transferred).0,
        Some(0.0)
    );
    assert_eq!(
        scenario.displayed_figure("support", Metric::Answered).0,
        Some(1.0)
    );
    assert_eq!(scenario.site_figure(Metric::Offered), Some(1.0));
    assert_eq!(scenario.site_figure(Metric::Answered), Some(1.0));
}

#[test]
fn cases_older_than_a_discontinuity_are_unconfirmed_until_reported_again() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 2, 1);
    for case in ["c1", "c2"] {
        scenario.send_case_event(case, created_event());
        scenario.send_case_event(case, opened_event("anna", "sales"));
    }
    scenario.disconnect_source();
    scenario.advance_time(300_000);
    scenario.connect_source(Some(Discontinuity::Upstream));
    assert_eq!(scenario.case_state("c1"), CaseState::Unconfirmed);
    let anna = scenario.state.snapshot().agents[&chat_id("anna")].clone();
    assert_eq!((anna.cases, anna.is_reconciled), (0, false));
    assert_eq!(
        scenario
            .state
            .snapshot()
            .agent_freshness(&anna, scenario.now),
        Freshness::Unknown
    );

    scenario.send_case_event("c1", transferred_event("anna", "sales", "support"));
    assert_eq!(scenario.case_state("c1"), CaseState::Waiting);
    assert_eq!(scenario.case_state("c2"), CaseState::Unconfirmed);

    scenario.send_load("sales", 0, 0, 1);
    scenario.send_load("support", 1, 0, 1);
    scenario.advance_time(2_000);
    // The other one may be who waits.
    assert_eq!(scenario.case_state("c2"), CaseState::Unconfirmed);

    scenario.send_case_event("c1", closed_event(CaseOutcome::Positive));
    scenario.send_load("support", 0, 0, 1);
    scenario.advance_time(2_000);
    assert_eq!(scenario.case_state("c2"), CaseState::Closed);
}

#[test]
fn a_requeued_case_has_no_transfer() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.advance_time(1_000);
    let requeued_at = scenario.now.wall;
    scenario.send_case_event("c1", transferred_event("anna", "sales", "sales"));

    let case = &scenario.state.snapshot().cases[&chat_id("c1")];
    assert_eq!((case.state, case.transfers.len()), (CaseState::Waiting, 0));
    assert_eq!(case.waits_since, Some(requeued_at));

    scenario.advance_time(1_000);
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.send_case_event("c1", transferred_event("anna", "sales", "support"));
    let case = &scenario.state.snapshot().cases[&chat_id("c1")];
    assert_eq!(case.transfers.len(), 1);
}
