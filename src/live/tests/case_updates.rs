//! Cases, agents and what is counted of them.

use crate::domain::{AgentStatus, CaseOutcome, Counter, Discontinuity, Metric};

use super::{
    LiveScenario, chat_id, closed_event, created_event, created_for_solution, opened_event,
    site_with_entries, transferred_event,
};
use crate::live::{CaseState, Freshness};

#[test]
fn a_case_goes_from_waiting_to_an_agent_to_its_end() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 1, 0, 1);
    world.send_case_event("c1", created_event());
    assert_eq!(world.case_state("c1"), CaseState::Waiting);

    world.advance_time(15_000);
    world.send_case_event("c1", opened_event("anna", "sales"));
    let anna = &world.state.snapshot().agents[&chat_id("anna")];
    assert_eq!((anna.status, anna.cases), (AgentStatus::Talking, 1));
    assert_eq!(anna.case_queues, [chat_id("sales")]);

    world.advance_time(60_000);
    world.send_case_event("c1", closed_event(CaseOutcome::Positive));
    let anna = &world.state.snapshot().agents[&chat_id("anna")];
    assert_eq!((anna.status, anna.cases), (AgentStatus::Unknown, 0));
    assert_eq!(anna.today.counters.count(Counter::Handled), 1);
    assert_eq!(world.site_figure(Metric::Offered), Some(1.0));
    assert_eq!(world.site_figure(Metric::AverageSpeedOfAnswer), Some(15.0));
    assert_eq!(world.site_figure(Metric::AverageHandleTime), Some(60.0));
    assert_eq!(world.site_figure(Metric::ServiceLevel), Some(100.0));
    assert_eq!(world.site_figure(Metric::OutcomePositive), Some(1.0));
    assert_eq!(
        world.displayed_figure("sales", Metric::Answered).0,
        Some(1.0)
    );
    // Who was offered here is not known: a chat has no queue until it is opened.
    assert_eq!(world.displayed_figure("sales", Metric::Offered).0, None);
    let formula = world
        .queue_figure("sales", Metric::ServiceLevel)
        .day_details
        .unwrap()
        .formula;
    assert_eq!(formula, Some("answered_only"));
}

#[test]
fn where_a_solution_always_leads_to_a_queue_entries_are_known() {
    let mut world =
        LiveScenario::connected_with(site_with_entries(&[("chat-solution", "sales")], &["form"]));
    world.send_load("sales", 1, 0, 1);
    world.send_case_event("c1", created_event());
    world.send_case_event("f1", created_for_solution("form"));

    assert_eq!(
        world.displayed_figure("sales", Metric::Offered).0,
        Some(1.0)
    );
    assert_eq!(world.site_figure(Metric::Offered), Some(1.0));
    assert_eq!(
        world.state.snapshot().cases[&chat_id("c1")].queue,
        Some(chat_id("sales"))
    );
}

#[test]
fn who_waits_too_long_is_a_miss_before_the_answer() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 1, 0, 1);
    world.send_case_event("c1", created_event());
    world.send_case_event("c2", created_event());
    world.send_case_event("c2", opened_event("anna", "sales"));

    world.advance_time(20_000);
    assert_eq!(world.site_figure(Metric::ServiceLevel), Some(100.0));
    world.advance_time(100);
    assert_eq!(world.site_figure(Metric::ServiceLevel), Some(50.0));
}

#[test]
fn a_visitor_who_leaves_unopened_is_an_estimated_abandon_and_can_be_taken_back() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 2, 0, 1);
    world.send_case_event("c1", created_event());
    world.advance_time(1_000);
    world.send_case_event("c2", created_event());
    world.send_load("sales", 1, 0, 1);
    for _ in 0..7 {
        world.advance_time(5_000);
        world.send_timers("sales", 5.0);
    }

    assert_eq!(world.case_state("c1"), CaseState::Abandoned);
    assert_eq!(world.case_state("c2"), CaseState::Waiting);
    assert_eq!(world.site_figure(Metric::Abandoned), Some(1.0));
    let picture = world.state.snapshot();
    let site = picture.merge_figure(&picture.select_site(), Metric::Abandoned, world.now);
    assert!(site.unwrap().figure.day_details.unwrap().is_estimated);
    assert_eq!(world.displayed_figure("sales", Metric::Abandoned).0, None);

    world.send_case_event("c1", opened_event("anna", "sales"));
    world.send_load("sales", 0, 1, 0);
    assert_eq!(world.case_state("c1"), CaseState::Open);
    assert_eq!(world.site_figure(Metric::Abandoned), Some(0.0));
    assert_eq!(world.site_figure(Metric::Answered), Some(1.0));
}

#[test]
fn nobody_is_counted_as_gone_while_the_queues_cannot_be_trusted() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 1, 0, 1);
    world.send_case_event("c1", created_event());
    world.send_case_event("c2", created_event());
    world.disconnect_source();
    world.advance_time(120_000);

    assert_eq!(world.site_figure(Metric::Abandoned), Some(0.0));
}

#[test]
fn an_unresolved_case_opened_days_later_changes_no_answer_figure() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 0, 1);
    world.send_case_event("c1", created_event());
    world.advance_time(5_000);
    world.send_case_event("c1", opened_event("anna", "sales"));
    world.advance_time(60_000);
    world.send_case_event("c1", closed_event(CaseOutcome::Unresolved));

    // The next morning it is still remembered, three days later not; both add only to handled.
    for (days, case) in [(1, "c1"), (3, "c1")] {
        world.advance_time(days * 24 * 3_600_000);
        world.send_load("sales", 0, 0, 1);
        world.send_case_event(case, opened_event("ben", "sales"));
        world.advance_time(30_000);
        world.send_case_event(case, closed_event(CaseOutcome::Positive));

        assert_eq!(
            world.site_figure(Metric::Answered),
            Some(0.0),
            "{days} days"
        );
        assert_eq!(world.site_figure(Metric::Offered), Some(0.0));
        assert_eq!(world.site_figure(Metric::ServiceLevel), None);
        assert_eq!(world.site_figure(Metric::AverageSpeedOfAnswer), None);
        let ben = &world.state.snapshot().agents[&chat_id("ben")];
        assert_eq!(ben.today.counters.count(Counter::Handled), 1);
    }
}

#[test]
fn a_transfer_waits_again_elsewhere_and_a_requeue_is_no_transfer() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 0, 1);
    world.send_load("support", 0, 0, 1);
    world.send_case_event("c1", created_event());
    world.advance_time(1_000);
    world.send_case_event("c1", opened_event("anna", "sales"));
    world.advance_time(1_000);
    world.send_case_event("c1", transferred_event("anna", "sales", "support"));

    let case = world.state.snapshot().cases[&chat_id("c1")].clone();
    assert_eq!(
        (case.state, case.queue),
        (CaseState::Waiting, Some(chat_id("support")))
    );
    assert_eq!(
        world.displayed_figure("sales", Metric::Transferred).0,
        Some(1.0)
    );

    world.advance_time(1_000);
    world.send_case_event("c1", opened_event("ben", "support"));
    world.advance_time(1_000);
    world.send_case_event("c1", transferred_event("ben", "support", "support"));
    assert_eq!(world.case_state("c1"), CaseState::Waiting);
    assert_eq!(
        world.displayed_figure("support", Metric::Transferred).0,
        Some(0.0)
    );
    assert_eq!(
        world.displayed_figure("support", Metric::Answered).0,
        Some(1.0)
    );
    assert_eq!(world.site_figure(Metric::Offered), Some(1.0));
    assert_eq!(world.site_figure(Metric::Answered), Some(1.0));
}

#[test]
fn cases_older_than_a_break_are_unconfirmed_until_something_is_heard_of_them() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 2, 1);
    for case in ["c1", "c2"] {
        world.send_case_event(case, created_event());
        world.send_case_event(case, opened_event("anna", "sales"));
    }
    world.disconnect_source();
    world.advance_time(300_000);
    world.connect_source(Some(Discontinuity::Upstream));
    assert_eq!(world.case_state("c1"), CaseState::Unconfirmed);
    let anna = world.state.snapshot().agents[&chat_id("anna")].clone();
    assert_eq!((anna.cases, anna.is_reconciled), (0, false));
    assert_eq!(
        world.state.snapshot().agent_freshness(&anna, world.now),
        Freshness::Unknown
    );

    world.send_case_event("c1", transferred_event("anna", "sales", "support"));
    assert_eq!(world.case_state("c1"), CaseState::Waiting);
    assert_eq!(world.case_state("c2"), CaseState::Unconfirmed);

    world.send_load("sales", 0, 0, 1);
    world.advance_time(2_000);
    assert_eq!(world.case_state("c2"), CaseState::Closed);
}

#[test]
fn a_case_put_back_into_its_queue_was_not_transferred() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 1, 0, 1);
    world.send_case_event("c1", created_event());
    world.send_case_event("c1", opened_event("anna", "sales"));
    world.advance_time(1_000);
    let back = world.now.wall;
    world.send_case_event("c1", transferred_event("anna", "sales", "sales"));

    let case = &world.state.snapshot().cases[&chat_id("c1")];
    assert_eq!((case.state, case.transfers.len()), (CaseState::Waiting, 0));
    assert_eq!(case.waits_since, Some(back));

    world.advance_time(1_000);
    world.send_case_event("c1", opened_event("anna", "sales"));
    world.send_case_event("c1", transferred_event("anna", "sales", "support"));
    let case = &world.state.snapshot().cases[&chat_id("c1")];
    assert_eq!(case.transfers.len(), 1);
}
