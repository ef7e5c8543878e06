//! Clocks that are wrong, floods, repetition: what they must not do.

use crate::domain::{
    CaseOutcome, ConnectionEvent, Counter, Discontinuity, EntityKind, EntityProfile, Fact, Input,
    Metric, MetricValue, Pattern, Patterns, QueueTarget, SourceDiagnostic, moment,
};

use super::{
    LiveScenario, chat_id, chat_source, closed_event, created_event, created_for_solution,
    opened_event, site_with_entries, transferred_event,
};
use crate::live::{CaseState, Freshness};

const HOUR: i64 = 3_600_000;

#[test]
fn a_step_of_our_wall_clock_leaves_waits_and_lateness_as_they_are() {
    for step in [HOUR, -HOUR] {
        let mut world = LiveScenario::new();
        world.send_load("sales", 2, 0, 1);
        world.send_case_event("c1", created_event());
        world.send_timers("sales", 10.0);
        world.advance_time(5_000);
        let theirs = moment::plus_millis(world.now.wall, 1_000);
        world.now.wall = moment::plus_millis(world.now.wall, step);
        world.apply_input(&Input::Tick);
        world.advance_time(1_000);
        world.send_readings(
            theirs,
            "sales",
            &[(Metric::LongestWait, Some(MetricValue::Seconds(16.0)))],
        );
        world.advance_time(2_000);

        assert_eq!(
            world.displayed_figure("sales", Metric::LongestWait),
            (Some(18.0), Freshness::UpToDate),
            "{step}"
        );
        assert_eq!(
            world
                .state
                .snapshot()
                .today
                .counters
                .count(Counter::WaitingLate),
            0,
            "{step}"
        );
    }
}

#[test]
fn a_clock_that_a_lost_line_has_stopped_stands_still_when_ours_is_put_right() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 1, 0, 1);
    world.send_timers("sales", 40.0);
    world.disconnect_source();
    world.now.wall = moment::plus_millis(world.now.wall, HOUR);
    world.apply_input(&Input::Tick);

    assert_eq!(
        world.displayed_figure("sales", Metric::LongestWait).0,
        Some(40.0)
    );
}

/// A visitor has waited 40 s by a vendor's clock that is ahead of ours by `ahead`.
fn waits_40_s(world: &mut LiveScenario, ahead: i64) {
    let theirs = moment::plus_millis(world.now.wall, ahead);
    let waited = Some(MetricValue::Seconds(40.0));
    world.send_load_at(theirs, "sales", 1, 0, 1);
    world.send_readings(theirs, "sales", &[(Metric::LongestWait, waited)]);
}

#[test]
fn a_longest_wait_is_right_from_the_first_timers_on_wherever_the_vendors_clock_stands() {
    for ahead in [-HOUR, -600_000, -60_000, 0, 60_000, 600_000, HOUR] {
        let mut world = LiveScenario::new();
        waits_40_s(&mut world, ahead);
        world.advance_time(3_000);

        assert_eq!(
            world.displayed_figure("sales", Metric::LongestWait),
            (Some(43.0), Freshness::UpToDate),
            "{ahead}"
        );
    }
}

#[test]
fn a_longest_wait_is_unknown_until_the_vendors_clock_is_known() {
    for ahead in [-600_000, 600_000] {
        let mut world = LiveScenario::unconnected_with(site_with_entries(&[], &[]));
        world.send_connection_event(ConnectionEvent::CatchingUp {
            broken: Some(Discontinuity::Start),
        });
        waits_40_s(&mut world, ahead);
        world.send_connection_event(ConnectionEvent::Connected);
        assert_eq!(
            world.displayed_figure("sales", Metric::LongestWait),
            (None, Freshness::Unknown),
            "{ahead}"
        );

        world.advance_time(2_000);
        let theirs = moment::plus_millis(world.now.wall, ahead);
        world.send_load_at(theirs, "support", 0, 0, 1);
        assert_eq!(
            world.displayed_figure("sales", Metric::LongestWait),
            (Some(42.0), Freshness::UpToDate),
            "{ahead}"
        );
    }
}

#[test]
fn an_event_or_a_name_far_ahead_of_time_holds_nothing_up() {
    let mut world = LiveScenario::new();
    let ahead = moment::plus_millis(world.now.wall, 300 * 24 * HOUR);
    let name = |name: &str| {
        let mut profile = EntityProfile::new(EntityKind::Queue, chat_id("sales"));
        profile.name = Some(name.into());
        Fact::Profile(profile)
    };
    world.send_load("sales", 0, 0, 1);
    world.send_case_event("c1", created_event());
    world.send_case_event("c1", opened_event("anna", "sales"));
    for _ in 0..2 {
        world.advance_time(1_000);
        world.send_case_event_at(ahead, "c1", transferred_event("anna", "sales", "support"));
        world.send_fact(ahead, name("Wrong"));
    }
    world.advance_time(1_000);
    world.send_case_event("c1", opened_event("ben", "support"));
    world.advance_time(1_000);
    world.send_case_event("c1", closed_event(CaseOutcome::Positive));
    world.send_fact(world.now.wall, name("Sales"));

    let picture = world.state.snapshot();
    assert_eq!(world.case_state("c1"), CaseState::Closed);
    assert_eq!(picture.cases[&chat_id("c1")].transfers.len(), 1);
    assert_eq!(
        picture.queues[&chat_id("sales")].name.as_deref(),
        Some("Sales")
    );
}

#[test]
fn a_flood_of_made_up_ids_is_bounded_and_counted() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 1, 0, 1);
    for n in 0..20_100 {
        world.send_load(&format!("g{n}"), 1, 0, 1);
        world.send_case_event("c1", opened_event(&format!("a{n}"), "sales"));
    }
    world.send_case_event("c2", opened_event("anna", "unheard"));
    world.send_load("sales", 2, 0, 1);

    let picture = world.state.snapshot();
    let counts = &picture.sources[&chat_source()].counts;
    assert_eq!(
        (picture.queues.len(), picture.agents.len()),
        (20_000, 20_000)
    );
    assert_eq!(counts.rejected, 101 + 100 + 1);
    assert_eq!(counts.received, counts.applied + counts.rejected);
    assert_eq!(
        picture.sources[&chat_source()].rejections_by_reason["too_many_ids"],
        202
    );
    assert!(!picture.cases.contains_key(&chat_id("c2")));
    assert_eq!(
        world.displayed_figure("sales", Metric::Waiting).0,
        Some(2.0)
    );
}

#[test]
fn ids_that_were_not_heard_of_for_a_day_make_room() {
    let mut world = LiveScenario::new();
    let named = |world: &mut LiveScenario, class, name: &str| {
        world.send_fact(
            world.now.wall,
            Fact::Profile(EntityProfile::new(class, chat_id(name))),
        );
    };
    for n in 0..20_000 {
        for class in [EntityKind::Queue, EntityKind::Agent, EntityKind::Solution] {
            named(&mut world, class, &format!("made up {n}"));
        }
    }
    world.send_case_event("c1", opened_event("made up 1", "made up 1"));
    world.now = world.now.plus_millis(13 * HOUR);
    named(&mut world, EntityKind::Queue, "made up 2");
    named(&mut world, EntityKind::Agent, "made up 2");
    named(&mut world, EntityKind::Solution, "made up 2");
    world.send_load("made up 3", 0, 0, 1);
    world.now = world.now.plus_millis(12 * HOUR);
    world.send_load("new", 3, 0, 1);
    world.send_case_event("c2", opened_event("anna", "new"));
    named(&mut world, EntityKind::Solution, "new");

    let picture = world.state.snapshot();
    let known = |class: EntityKind, name: &str| match class {
        EntityKind::Queue => picture.queues.contains_key(&chat_id(name)),
        EntityKind::Agent => picture.agents.contains_key(&chat_id(name)),
        class => picture.entities.contains_key(&(class, chat_id(name))),
    };
    assert_eq!(picture.sources[&chat_source()].counts.rejected, 0);
    // Who talks is there, however long ago that was said.
    for (class, names) in [
        (
            EntityKind::Queue,
            &["made up 1", "made up 2", "made up 3", "new"][..],
        ),
        (EntityKind::Agent, &["made up 1", "made up 2", "anna"]),
        (EntityKind::Solution, &["made up 2", "new"]),
    ] {
        let left: Vec<_> = names.iter().filter(|name| !known(class, name)).collect();
        assert!(left.is_empty(), "{class:?} {left:?}");
        assert!(!known(class, "made up 4"), "{class:?}");
    }
    assert_eq!(picture.queues.len(), 4);
    assert_eq!(world.displayed_figure("new", Metric::Waiting).0, Some(3.0));
}

#[test]
fn gaps_of_days_gone_by_do_not_reach_into_today() {
    let mut world = LiveScenario::new();
    for _ in 0..25 {
        world.advance_time(24 * HOUR);
        world.disconnect_source();
        world.advance_time(300_000);
        world.connect_source(Some(Discontinuity::TooLong));
    }

    let gaps = &world.state.snapshot().today.gaps;
    let length = |gap: &crate::live::CountingGap| {
        let end = gap.to.expect("the line is back");
        moment::millis_between(gap.from, end)
    };
    assert_eq!(gaps.iter().map(length).collect::<Vec<_>>(), [300_000]);
}

#[test]
fn a_silence_is_a_gap_from_the_last_word_on() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 0, 1);
    let last = world.now.wall;
    world.advance_time(90_000);
    world.send_connection_event(ConnectionEvent::Silent);
    world.advance_time(60_000);
    world.connect_source(Some(Discontinuity::Silence));

    assert_eq!(world.state.snapshot().today.gaps[0].from, last);
}

#[test]
fn who_waited_too_long_in_one_queue_is_not_late_in_the_next() {
    let mut world =
        LiveScenario::connected_with(site_with_entries(&[("chat-solution", "sales")], &[]));
    world.send_load("sales", 1, 0, 1);
    world.send_load("support", 0, 0, 1);
    world.send_case_event("c1", created_event());
    world.advance_time(30_000);
    let late = |world: &LiveScenario, queue: &str| {
        let queue = &world.state.snapshot().queues[&chat_id(queue)];
        queue.today.counters.count(Counter::WaitingLate)
    };
    assert_eq!(late(&world, "sales"), 1);

    world.send_case_event("c1", opened_event("anna", "sales"));
    world.advance_time(1_000);
    world.send_case_event("c1", transferred_event("anna", "sales", "support"));
    assert_eq!(late(&world, "support"), 0);
    world.advance_time(20_100);
    assert_eq!(late(&world, "support"), 1);
}

#[test]
fn one_contact_without_a_known_queue_and_no_queue_knows_its_entries() {
    let mut world =
        LiveScenario::connected_with(site_with_entries(&[("chat-solution", "sales")], &[]));
    world.send_load("sales", 1, 0, 1);
    world.send_case_event("c1", created_event());
    assert_eq!(
        world.displayed_figure("sales", Metric::Offered).0,
        Some(1.0)
    );

    world.send_case_event("c2", created_for_solution("another-solution"));
    assert_eq!(world.displayed_figure("sales", Metric::Offered).0, None);
}

#[test]
fn who_has_gone_has_gone_from_the_queue_that_lacks_a_visitor() {
    let mut world = LiveScenario::connected_with(site_with_entries(
        &[("one", "sales"), ("two", "support")],
        &[],
    ));
    world.send_case_event("c1", created_for_solution("one"));
    world.advance_time(1_000);
    world.send_case_event("c2", created_for_solution("two"));
    for _ in 0..8 {
        world.send_load("sales", 1, 0, 1);
        world.send_load("support", 0, 0, 1);
        world.send_timers("sales", 5.0);
        world.advance_time(5_000);
    }

    assert_eq!(world.case_state("c1"), CaseState::Waiting);
    assert_eq!(world.case_state("c2"), CaseState::Abandoned);
    assert_eq!(
        world.displayed_figure("sales", Metric::Abandoned).0,
        Some(0.0)
    );
    assert_eq!(
        world.displayed_figure("support", Metric::Abandoned).0,
        Some(1.0)
    );
}

#[test]
fn a_load_said_again_is_no_further_proof_that_no_case_was_missed() {
    let mut world = LiveScenario::new();
    world.send_case_event("c1", opened_event("anna", "sales"));
    let at = world.now.wall;
    for _ in 0..5 {
        world.send_load_at(at, "sales", 0, 1, 1);
    }
    let accounted = |world: &LiveScenario| {
        world.state.source_states[&chat_source()].queues[&chat_id("sales")].is_reconciled
    };
    assert!(!accounted(&world));

    for _ in 0..2 {
        world.advance_time(100);
        world.send_load("sales", 0, 1, 1);
    }
    assert!(accounted(&world));
}

#[test]
fn a_close_that_comes_late_undoes_the_proof_that_it_had_made_up() {
    let mut world = LiveScenario::new();
    world.send_case_event("missed", opened_event("anna", "sales"));
    world.disconnect_source();
    world.connect_source(Some(Discontinuity::Upstream));
    let anna = |world: &LiveScenario| {
        let picture = world.state.snapshot();
        let anna = &picture.agents[&chat_id("anna")];
        let cases = picture.agent_figure(anna, Metric::Cases, world.now);
        let cases = cases.expect("Vngage gives cases");
        (cases.value.map(MetricValue::as_number), cases.freshness)
    };
    world.advance_time(100);
    world.send_case_event("heard", opened_event("anna", "sales"));
    world.advance_time(100);
    let over = world.now.wall;
    for _ in 0..3 {
        world.advance_time(100);
        world.send_load("sales", 0, 1, 1);
    }
    world.advance_time(1_500);
    // One for one: nobody can tell yet.
    assert_eq!(anna(&world), (Some(1.0), Freshness::UpToDate));

    world.send_case_event_at(over, "heard", closed_event(CaseOutcome::Positive));
    assert_eq!(anna(&world), (Some(0.0), Freshness::Unknown));
    world.advance_time(40_000);
    assert_eq!(anna(&world), (Some(0.0), Freshness::Unknown));

    world.send_case_event("missed", closed_event(CaseOutcome::Positive));
    world.send_load("sales", 0, 0, 1);
    world.advance_time(1_500);
    assert_eq!(anna(&world), (Some(0.0), Freshness::UpToDate));
}

#[test]
fn a_proof_that_late_events_leave_as_it_was_holds() {
    let mut world = LiveScenario::new();
    world.send_case_event("c1", opened_event("anna", "sales"));
    let at = moment::plus_millis(world.now.wall, 50);
    for _ in 0..3 {
        world.advance_time(100);
        world.send_load("sales", 0, 1, 1);
    }
    let accounted = |world: &LiveScenario| {
        world.state.source_states[&chat_source()].queues[&chat_id("sales")].is_reconciled
    };
    assert!(accounted(&world));

    world.send_case_event_at(at, "c2", opened_event("anna", "sales"));
    assert!(!accounted(&world));
    world.send_case_event_at(
        moment::plus_millis(at, 1),
        "c2",
        closed_event(CaseOutcome::Positive),
    );
    assert!(accounted(&world));
    world.advance_time(1_500);
    assert!(world.state.snapshot().agents[&chat_id("anna")].is_reconciled);
}

#[test]
fn a_queue_that_speaks_is_not_hidden_by_a_round_that_leaves_it_out() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 1, 0, 1);
    world.apply_input(&Input::Diagnostic(
        chat_source(),
        SourceDiagnostic::ResyncRequested,
    ));
    let profile = EntityProfile::new(EntityKind::Queue, chat_id("support"));
    world.send_fact(world.now.wall, Fact::Profile(profile));
    world.advance_time(11_000);

    assert!(!world.state.snapshot().queues[&chat_id("sales")].hidden);
}

#[test]
fn that_an_agent_is_accounted_for_is_told() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 0, 1);
    world.advance_time(1_500);
    world.send_fact(
        world.now.wall,
        Fact::Profile(EntityProfile::new(EntityKind::Agent, chat_id("anna"))),
    );
    let due = world.state.next_due().expect("an input is looked at soon");
    world.now = due;
    let effects = world.state.apply_input(&Input::Tick, world.now);

    assert!(world.state.snapshot().agents[&chat_id("anna")].is_reconciled);
    assert!(effects.changed);
}

#[test]
fn a_thousand_cases_in_one_hand_come_and_go_one_by_one() {
    let mut world = LiveScenario::new();
    for n in 0..1_000 {
        let queue = if n % 2 == 0 { "sales" } else { "support" };
        world.send_case_event(&format!("c{n}"), opened_event("bot", queue));
        world.advance_time(10);
    }
    let bot = |world: &LiveScenario| {
        let bot = world.state.snapshot().agents[&chat_id("bot")].clone();
        (bot.cases, bot.case_queues)
    };
    assert_eq!(
        bot(&world),
        (1_000, vec![chat_id("sales"), chat_id("support")])
    );

    for n in (1..1_000).step_by(2) {
        world.send_case_event(&format!("c{n}"), closed_event(CaseOutcome::Positive));
    }
    assert_eq!(bot(&world), (500, vec![chat_id("sales")]));

    world.disconnect_source();
    world.connect_source(Some(Discontinuity::Upstream));
    assert_eq!(bot(&world), (0, Vec::new()));
}

#[test]
fn settings_that_change_place_and_judge_who_waits_anew() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 2, 0, 1);
    world.send_case_event("c1", created_event());
    world.send_case_event("f1", created_for_solution("form"));
    world.advance_time(30_000);
    assert_eq!(
        world
            .state
            .snapshot()
            .today
            .counters
            .count(Counter::WaitingLate),
        2
    );

    let mut other = site_with_entries(&[("chat-solution", "sales")], &["form"]);
    let target = QueueTarget {
        threshold_ms: 60_000,
        ..QueueTarget::default()
    };
    other.targets = Patterns(vec![(Pattern("*".to_owned()), target)]);
    world.apply_input(&Input::SiteConfig(other.into()));

    let picture = world.state.snapshot();
    let count = |counter| picture.today.counters.count(counter);
    assert_eq!(
        (
            count(Counter::Offered),
            count(Counter::Waiting),
            count(Counter::WaitingLate)
        ),
        (1, 1, 0)
    );
    assert_eq!(picture.cases[&chat_id("c1")].queue, Some(chat_id("sales")));
    world.advance_time(31_000);
    assert_eq!(
        world
            .state
            .snapshot()
            .today
            .counters
            .count(Counter::WaitingLate),
        1
    );
}
