//! Cases, agents and what is counted of them.

use crate::domain::{AgentState, Break, Counter, Metric, Outcome};

use super::{World, closed, created, created_for, id, opened, site, transferred};
use crate::live::{CaseState, Trust};

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
    assert_eq!(anna.today.counters.count(Counter::Handled), 1);
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
    let picture = world.state.picture();
    let site = picture.merged(&picture.over_site(), Metric::Abandoned, world.now);
    assert!(site.unwrap().figure.of_day.unwrap().estimated);
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
        assert_eq!(ben.today.counters.count(Counter::Handled), 1);
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
    assert_eq!(
        world.state.picture().agent_trust(&anna, world.now),
        Trust::Unknown
    );

    world.case("c1", transferred("anna", "sales", "support"));
    assert_eq!(world.state_of("c1"), CaseState::Waiting);
    assert_eq!(world.state_of("c2"), CaseState::Unconfirmed);

    world.load("sales", 0, 0, 1);
    world.wait(2_000);
    assert_eq!(world.state_of("c2"), CaseState::Closed);
}

#[test]
fn a_case_put_back_into_its_queue_was_not_transferred() {
    let mut world = World::new();
    world.load("sales", 1, 0, 1);
    world.case("c1", created());
    world.case("c1", opened("anna", "sales"));
    world.wait(1_000);
    let back = world.now.wall;
    world.case("c1", transferred("anna", "sales", "sales"));

    let case = &world.state.picture().cases[&id("c1")];
    assert_eq!((case.state, case.transfers.len()), (CaseState::Waiting, 0));
    assert_eq!(case.waits_since, Some(back));

    world.wait(1_000);
    world.case("c1", opened("anna", "sales"));
    world.case("c1", transferred("anna", "sales", "support"));
    let case = &world.state.picture().cases[&id("c1")];
    assert_eq!(case.transfers.len(), 1);
}
