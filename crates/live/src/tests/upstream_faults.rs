//! Tests of upstream faults: wrong clocks, floods and repeated messages.

use std::sync::Arc;

use wallboard_domain::{
    CaseOutcome, ConnectionEvent, Counter, Discontinuity, EntityKind, EntityProfile, Fact, Input,
    LogEntry, MessageDigest, Metric, MetricValue, Moment, Pattern, Patterns, QueueTarget,
    ResumePoint, ResumeProof, SourceDiagnostic, TermId, moment,
};

use super::{
    LiveScenario, chat_id, chat_source, closed_event, created_event, created_for_solution,
    opened_event, site_with_entries, transferred_event,
};
use crate::{CaseState, Freshness, LiveState};

const HOUR: i64 = 3_600_000;

#[test]
fn a_step_of_our_wall_clock_changes_no_wait_and_no_lateness() {
    for step in [HOUR, -HOUR] {
        let mut scenario = LiveScenario::new();
        scenario.send_load("sales", 2, 0, 1);
        scenario.send_case_event("c1", created_event());
        scenario.send_timers("sales", 10.0);
        scenario.advance_time(5_000);
        let vendor_now = moment::plus_millis(scenario.now.wall, 1_000);
        scenario.now.wall = moment::plus_millis(scenario.now.wall, step);
        scenario.apply_input(&Input::Tick);
        scenario.advance_time(1_000);
        scenario.send_readings(
            vendor_now,
            "sales",
            &[(Metric::LongestWait, Some(MetricValue::Seconds(16.0)))],
        );
        scenario.advance_time(2_000);

        assert_eq!(
            scenario.displayed_figure("sales", Metric::LongestWait),
            (Some(18.0), Freshness::UpToDate),
            "{step}"
        );
        assert_eq!(
            scenario
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
fn a_step_of_our_wall_clock_changes_no_beginning_of_a_conversation() {
    for step in [HOUR, -HOUR] {
        let mut scenario = LiveScenario::new();
        let vendor_start = scenario.now.wall;
        let at = |seconds| moment::plus_millis(vendor_start, seconds * 1_000);
        let answer = |scenario: &mut LiveScenario, case: &str, seconds: i64| {
            scenario.send_case_event_at(at(seconds), case, created_event());
            scenario.send_case_event_at(at(seconds), case, opened_event("anna", "sales"));
        };
        let correct_clock = |scenario: &mut LiveScenario, step: i64| {
            scenario.now.wall = moment::plus_millis(scenario.now.wall, step);
            scenario.apply_input(&Input::Tick);
        };
        answer(&mut scenario, "c1", 0);
        scenario.advance_time(20_000);
        correct_clock(&mut scenario, step);
        answer(&mut scenario, "c2", 20);
        let talking_since = |scenario: &LiveScenario| {
            let agents = &scenario.state.snapshot().agents;
            agents[&chat_id("anna")].since
        };
        let wrong_start = moment::plus_millis(vendor_start, step);
        assert_eq!(talking_since(&scenario), Some(wrong_start), "{step}");

        scenario.advance_time(20_000);
        correct_clock(&mut scenario, -step);
        assert_eq!(talking_since(&scenario), Some(vendor_start), "{step}");
        scenario.send_case_event_at(at(40), "c1", closed_event(CaseOutcome::Positive));
        assert_eq!(talking_since(&scenario), Some(at(20)), "{step}");
    }
}

#[test]
fn a_clock_stopped_by_an_outage_ignores_a_correction_of_ours() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    scenario.send_timers("sales", 40.0);
    scenario.disconnect_source();
    scenario.now.wall = moment::plus_millis(scenario.now.wall, HOUR);
    scenario.apply_input(&Input::Tick);

    assert_eq!(
        scenario.displayed_figure("sales", Metric::LongestWait).0,
        Some(40.0)
    );
}

/// Sends a customer who has waited 40 s by a vendor's clock that is ahead of ours by `ahead`.
fn send_wait_of_40_s(scenario: &mut LiveScenario, ahead: i64) {
    let vendor_now = moment::plus_millis(scenario.now.wall, ahead);
    let waited = Some(MetricValue::Seconds(40.0));
    scenario.send_load_at(vendor_now, "sales", 1, 0, 1);
    scenario.send_readings(vendor_now, "sales", &[(Metric::LongestWait, waited)]);
}

/// Receives a message that the source holds.
fn hold_message(scenario: &mut LiveScenario) {
    let proof = ResumeProof {
        source: chat_source(),
        held: Some(MessageDigest(1)),
        sentinels: None,
    };
    let entry = LogEntry {
        received_at: scenario.now,
        delay_ms: 0,
        inputs: vec![Input::Tick],
        proof: Some(proof),
    };
    scenario.state.apply_entry(&entry);
    scenario.entries.push(entry);
}

/// Passes time, and restarts with a wall clock that is set meanwhile.
fn restart(scenario: &mut LiveScenario, step: i64, term: Option<TermId>) -> Option<ResumePoint> {
    scenario.now = scenario.now.plus_millis(5_000);
    scenario.now.wall = moment::plus_millis(scenario.now.wall, step);
    scenario.apply_input(&Input::Started {
        is_log_complete: true,
        term,
    });
    scenario.state.resume_points().remove(&chat_source())
}

#[test]
fn resume_point_does_not_depend_on_the_last_leaders_clock() {
    for (early, late) in [(0, HOUR), (HOUR, -HOUR), (-HOUR, HOUR)] {
        for is_lost in [false, true] {
            let mut scenario = LiveScenario::new();
            for step in [0, early] {
                scenario.now.wall = moment::plus_millis(scenario.now.wall, step);
                hold_message(&mut scenario);
            }
            if is_lost {
                scenario.disconnect_source();
            }

            let point = restart(&mut scenario, late, Some(TermId(2))).unwrap();

            let before = moment::plus_millis(scenario.now.wall, -5_000);
            assert_eq!(point.alive_at, before, "{early} {late} {is_lost}");
            let held = point.held.unwrap().since;
            assert_eq!(held, Some(before), "{early} {late} {is_lost}");
        }
    }
}

#[test]
fn nothing_resumes_after_a_clock_was_set_back_between_two_processes() {
    for is_lost in [false, true] {
        let mut scenario = LiveScenario::new();
        if is_lost {
            scenario.disconnect_source();
        }
        assert!(restart(&mut scenario, 0, None).is_some());

        assert_eq!(restart(&mut scenario, -600_000, None), None, "{is_lost}");
    }
}

#[test]
fn the_first_timers_show_the_right_wait_with_any_vendor_clock() {
    for ahead in [-HOUR, -600_000, -60_000, 0, 60_000, 600_000, HOUR] {
        let mut scenario = LiveScenario::new();
        send_wait_of_40_s(&mut scenario, ahead);
        scenario.advance_time(3_000);

        assert_eq!(
            scenario.displayed_figure("sales", Metric::LongestWait),
            (Some(43.0), Freshness::UpToDate),
            "{ahead}"
        );
    }
}

#[test]
fn a_conversation_began_when_it_did_although_the_first_message_was_late() {
    for ahead in [-600_000, 0, 600_000] {
        let mut scenario = LiveScenario::new();
        let vendor_time = |moment: Moment| moment::plus_millis(moment.wall, ahead);
        let opened = scenario.now;
        scenario.advance_time(20_000);
        scenario.send_case_event_at(vendor_time(opened), "c1", opened_event("anna", "sales"));
        let agents = |scenario: &LiveScenario| scenario.state.snapshot().agents.clone();
        let arrived = scenario.now.wall;
        assert_eq!(agents(&scenario)[&chat_id("anna")].since, Some(arrived));

        scenario.advance_time(2_000);
        scenario.send_load_at(vendor_time(scenario.now), "sales", 0, 1, 1);
        let since = agents(&scenario)[&chat_id("anna")].since;
        assert_eq!(since, Some(opened.wall), "{ahead}");
    }
}

#[test]
fn a_longest_wait_is_unknown_until_the_vendors_clock_is_known() {
    for ahead in [-600_000, 600_000] {
        let mut scenario = LiveScenario::unconnected_with(site_with_entries(&[], &[]));
        scenario.send_connection_event(ConnectionEvent::CatchingUp {
            discontinuity: Some(Discontinuity::Start),
        });
        send_wait_of_40_s(&mut scenario, ahead);
        scenario.send_connection_event(ConnectionEvent::Connected);
        assert_eq!(
            scenario.displayed_figure("sales", Metric::LongestWait),
            (None, Freshness::Unknown),
            "{ahead}"
        );

        scenario.advance_time(2_000);
        let vendor_now = moment::plus_millis(scenario.now.wall, ahead);
        scenario.send_load_at(vendor_now, "support", 0, 0, 1);
        assert_eq!(
            scenario.displayed_figure("sales", Metric::LongestWait),
            (Some(42.0), Freshness::UpToDate),
            "{ahead}"
        );
    }
}

#[test]
fn an_event_or_a_profile_far_in_the_future_blocks_nothing() {
    let mut scenario = LiveScenario::new();
    let ahead = moment::plus_millis(scenario.now.wall, 300 * 24 * HOUR);
    let name = |name: &str| {
        let mut profile = EntityProfile::new(EntityKind::Queue, chat_id("sales"));
        profile.name = Some(name.into());
        Fact::Profile(profile)
    };
    scenario.send_load("sales", 0, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    for _ in 0..2 {
        scenario.advance_time(1_000);
        scenario.send_case_event_at(ahead, "c1", transferred_event("anna", "sales", "support"));
        scenario.send_fact(ahead, name("Wrong"));
    }
    scenario.advance_time(1_000);
    scenario.send_case_event("c1", opened_event("ben", "support"));
    scenario.advance_time(1_000);
    scenario.send_case_event("c1", closed_event(CaseOutcome::Positive));
    scenario.send_fact(scenario.now.wall, name("Sales"));

    let snapshot = scenario.state.snapshot();
    assert_eq!(scenario.case_state("c1"), CaseState::Closed);
    assert_eq!(snapshot.cases[&chat_id("c1")].transfers.len(), 1);
    assert_eq!(
        snapshot.queues[&chat_id("sales")].name.as_deref(),
        Some("Sales")
    );
}

#[test]
fn a_flood_of_invented_ids_is_bounded_and_counted() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    for n in 0..20_100 {
        scenario.send_load(&format!("g{n}"), 1, 0, 1);
        scenario.send_case_event("c1", opened_event(&format!("a{n}"), "sales"));
    }
    scenario.send_case_event("c2", opened_event("anna", "unheard"));
    scenario.send_load("sales", 2, 0, 1);

    let snapshot = scenario.state.snapshot();
    let counts = &snapshot.sources[&chat_source()].counts;
    assert_eq!(
        (snapshot.queues.len(), snapshot.agents.len()),
        (20_000, 20_000)
    );
    assert_eq!(counts.rejected, 101 + 100 + 1);
    assert_eq!(counts.received, counts.applied + counts.rejected);
    assert_eq!(
        snapshot.sources[&chat_source()].rejections_by_reason["too_many_ids"],
        202
    );
    assert!(!snapshot.cases.contains_key(&chat_id("c2")));
    assert_eq!(
        scenario.displayed_figure("sales", Metric::Waiting).0,
        Some(2.0)
    );
}

#[test]
fn ids_without_reports_for_a_day_make_room() {
    let mut scenario = LiveScenario::new();
    let send_profile = |scenario: &mut LiveScenario, kind, name: &str| {
        scenario.send_fact(
            scenario.now.wall,
            Fact::Profile(EntityProfile::new(kind, chat_id(name))),
        );
    };
    for n in 0..20_000 {
        for kind in [EntityKind::Queue, EntityKind::Agent, EntityKind::Solution] {
            send_profile(&mut scenario, kind, &format!("made up {n}"));
        }
    }
    scenario.send_case_event("c1", opened_event("made up 1", "made up 1"));
    scenario.now = scenario.now.plus_millis(13 * HOUR);
    send_profile(&mut scenario, EntityKind::Queue, "made up 2");
    send_profile(&mut scenario, EntityKind::Agent, "made up 2");
    send_profile(&mut scenario, EntityKind::Solution, "made up 2");
    scenario.send_load("made up 3", 0, 0, 1);
    scenario.now = scenario.now.plus_millis(12 * HOUR);
    scenario.send_load("new", 3, 0, 1);
    scenario.send_case_event("c2", opened_event("anna", "new"));
    send_profile(&mut scenario, EntityKind::Solution, "new");

    let snapshot = scenario.state.snapshot();
    let known = |kind: EntityKind, name: &str| match kind {
        EntityKind::Queue => snapshot.queues.contains_key(&chat_id(name)),
        EntityKind::Agent => snapshot.agents.contains_key(&chat_id(name)),
        kind => snapshot.entities.contains_key(&(kind, chat_id(name))),
    };
    assert_eq!(snapshot.sources[&chat_source()].counts.rejected, 0);
    // A queue with a conversation stays, however long ago it was reported.
    for (kind, names) in [
        (
            EntityKind::Queue,
            &["made up 1", "made up 2", "made up 3", "new"][..],
        ),
        (EntityKind::Agent, &["made up 1", "made up 2", "anna"]),
        (EntityKind::Solution, &["made up 2", "new"]),
    ] {
        let missing: Vec<_> = names.iter().filter(|name| !known(kind, name)).collect();
        assert!(missing.is_empty(), "{kind:?} {missing:?}");
        assert!(!known(kind, "made up 4"), "{kind:?}");
    }
    assert_eq!(snapshot.queues.len(), 4);
    assert_eq!(
        scenario.displayed_figure("new", Metric::Waiting).0,
        Some(3.0)
    );
}

#[test]
fn gaps_of_earlier_days_do_not_extend_into_today() {
    let mut scenario = LiveScenario::new();
    for _ in 0..25 {
        scenario.advance_time(24 * HOUR);
        scenario.disconnect_source();
        scenario.advance_time(300_000);
        scenario.connect_source(Some(Discontinuity::TooLong));
    }

    let gaps = &scenario.state.snapshot().today.gaps;
    let length = |gap: &crate::CountingGap| {
        let end = gap.to.expect("the connection is restored");
        moment::millis_between(gap.from, end)
    };
    assert_eq!(gaps.iter().map(length).collect::<Vec<_>>(), [300_000]);
}

#[test]
fn gaps_beyond_the_most_are_joined_where_that_takes_least() {
    let mut scenario = LiveScenario::new();
    for number in 0..22 {
        let is_close = number == 7 || number == 12;
        scenario.advance_time(if is_close { 10_000 } else { 60_000 });
        scenario.disconnect_source();
        scenario.advance_time(5_000);
        scenario.connect_source(Some(Discontinuity::TooLong));
    }

    let gaps = &scenario.state.snapshot().today.gaps;
    let lengths: Vec<_> = (gaps.iter())
        .map(|gap| moment::millis_between(gap.from, gap.to.unwrap()))
        .collect();

    assert_eq!(lengths.len(), 20);
    let joined: Vec<_> = (lengths.iter().enumerate())
        .filter(|(_, length)| **length != 5_000)
        .collect();
    assert_eq!(joined, [(6, &20_000), (10, &20_000)]);
}

#[test]
fn day_before_a_lost_log_is_a_gap() {
    for (is_lost, expected) in [(true, 1), (false, 0)] {
        let site = site_with_entries(&[], &[]);
        let mut scenario = LiveScenario::unconnected_with(site.clone());
        scenario.state = LiveState::default();
        scenario.entries.clear();
        if is_lost {
            scenario.apply_input(&Input::Started {
                is_log_complete: false,
                term: None,
            });
        }
        scenario.apply_input(&Input::SiteConfig(Arc::new(site)));
        scenario.connect_source(Some(Discontinuity::Start));
        scenario.send_load("sales", 0, 0, 1);

        let day = &scenario.state.snapshot().today;
        assert_eq!(day.gaps.len(), expected);
        for gap in &day.gaps {
            assert_eq!(
                (Some(gap.from), gap.to),
                (scenario.state.snapshot().day_start, day.since)
            );
        }
    }
}

#[test]
fn day_before_a_start_is_a_gap_if_only_the_upstream_knows_of_it() {
    let site = site_with_entries(&[], &[]);
    for cause in [
        None,
        Some(Discontinuity::QueueNew),
        Some(Discontinuity::Start),
    ] {
        let mut scenario = LiveScenario::unconnected_with(site.clone());
        if let Some(cause) = cause {
            let found = SourceDiagnostic::DiscontinuityFound(cause);
            scenario.apply_input(&Input::Diagnostic(chat_source(), found));
        }
        scenario.connect_source(Some(Discontinuity::Start));

        let snapshot = scenario.state.snapshot();
        let gaps = &snapshot.today.gaps;
        let is_unknown = cause == Some(Discontinuity::Start);
        assert_eq!(gaps.len(), usize::from(is_unknown), "{cause:?}");
        if is_unknown {
            assert_eq!(Some(gaps[0].from), snapshot.day_start);
        }
        // Later, it's known.
        let found = SourceDiagnostic::DiscontinuityFound(Discontinuity::Start);
        scenario.apply_input(&Input::Diagnostic(chat_source(), found));
        scenario.connect_source(None);
        let after = &scenario.state.snapshot().today.gaps;
        assert_eq!(after.len(), usize::from(is_unknown), "{cause:?}");
    }
}

#[test]
fn a_silence_is_a_gap_from_the_last_message_on() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 1);
    let last = scenario.now.wall;
    scenario.advance_time(90_000);
    scenario.send_connection_event(ConnectionEvent::Silent);
    scenario.advance_time(60_000);
    scenario.connect_source(Some(Discontinuity::Silence));

    assert_eq!(scenario.state.snapshot().today.gaps[0].from, last);
}

#[test]
fn a_late_wait_in_one_queue_is_not_late_in_the_next() {
    let mut scenario =
        LiveScenario::connected_with(site_with_entries(&[("chat-solution", "sales")], &[]));
    scenario.send_load("sales", 1, 0, 1);
    scenario.send_load("support", 0, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.advance_time(30_000);
    let late = |scenario: &LiveScenario, queue: &str| {
        let queue = &scenario.state.snapshot().queues[&chat_id(queue)];
        queue.today.counters.count(Counter::WaitingLate)
    };
    assert_eq!(late(&scenario, "sales"), 1);

    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.advance_time(1_000);
    scenario.send_case_event("c1", transferred_event("anna", "sales", "support"));
    assert_eq!(late(&scenario, "support"), 0);
    scenario.advance_time(20_100);
    assert_eq!(late(&scenario, "support"), 1);
}

#[test]
fn one_contact_without_a_known_queue_makes_all_entries_unknown() {
    let mut scenario =
        LiveScenario::connected_with(site_with_entries(&[("chat-solution", "sales")], &[]));
    scenario.send_load("sales", 1, 0, 1);
    scenario.send_case_event("c1", created_event());
    assert_eq!(
        scenario.displayed_figure("sales", Metric::Offered).0,
        Some(1.0)
    );

    scenario.send_case_event("c2", created_for_solution("another-solution"));
    assert_eq!(scenario.displayed_figure("sales", Metric::Offered).0, None);
}

#[test]
fn an_abandon_belongs_to_the_queue_that_lacks_a_customer() {
    let mut scenario = LiveScenario::connected_with(site_with_entries(
        &[("one", "sales"), ("two", "support")],
        &[],
    ));
    scenario.send_case_event("c1", created_for_solution("one"));
    scenario.advance_time(1_000);
    scenario.send_case_event("c2", created_for_solution("two"));
    for _ in 0..8 {
        scenario.send_load("sales", 1, 0, 1);
        scenario.send_load("support", 0, 0, 1);
        scenario.send_timers("sales", 5.0);
        scenario.advance_time(5_000);
    }

    assert_eq!(scenario.case_state("c1"), CaseState::Waiting);
    assert_eq!(scenario.case_state("c2"), CaseState::Abandoned);
    assert_eq!(
        scenario.displayed_figure("sales", Metric::Abandoned).0,
        Some(0.0)
    );
    assert_eq!(
        scenario.displayed_figure("support", Metric::Abandoned).0,
        Some(1.0)
    );
}

#[test]
fn a_repeated_load_is_no_further_match() {
    let mut scenario = LiveScenario::new();
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    let at = scenario.now.wall;
    for _ in 0..5 {
        scenario.send_load_at(at, "sales", 0, 1, 1);
    }
    let is_reconciled = |scenario: &LiveScenario| {
        scenario.state.source_states[&chat_source()].queues[&chat_id("sales")].is_reconciled
    };
    assert!(!is_reconciled(&scenario));

    for _ in 0..2 {
        scenario.advance_time(100);
        scenario.send_load("sales", 0, 1, 1);
    }
    assert!(is_reconciled(&scenario));
}

/// Loads count cases, no matter which agent has them: after a take-over, none needs to come.
#[test]
fn a_take_over_after_the_load_delays_no_reconciliation() {
    let mut scenario = LiveScenario::new();
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.send_load("sales", 0, 1, 1);
    scenario.advance_time(1_000);
    scenario.send_case_event("c1", opened_event("bo", "sales"));
    for _ in 0..8 {
        scenario.advance_time(5_000);
        scenario.send_timers("sales", 0.0);
    }

    for agent in ["anna", "bo"] {
        let agent = &scenario.state.snapshot().agents[&chat_id(agent)];
        assert!(agent.is_reconciled, "{agent:?}");
    }
}

#[test]
fn an_overtaken_load_is_no_match() {
    let mut scenario = LiveScenario::new();
    scenario.send_case_event("ended", opened_event("anna", "sales"));
    scenario.send_case_event("missed", opened_event("anna", "sales"));
    scenario.disconnect_source();
    scenario.connect_source(Some(Discontinuity::Upstream));
    // The end of the first was lost. It is opened again while loads from before that are on their way.
    let overtaken_at = scenario.now.wall;
    scenario.advance_time(1_000);
    scenario.send_case_event("ended", opened_event("anna", "sales"));
    scenario.send_load("sales", 0, 2, 1);
    for n in 1..=3 {
        scenario.send_load_at(moment::plus_millis(overtaken_at, n), "sales", 0, 1, 1);
    }
    scenario.advance_time(1_500);

    let queue = &scenario.state.source_states[&chat_source()].queues[&chat_id("sales")];
    assert!(!queue.is_reconciled, "{queue:?}");
    assert_eq!(scenario.case_state("missed"), CaseState::Unconfirmed);
}

#[test]
fn a_load_from_before_a_discontinuity_stays_out_of_date() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    let before = scenario.now.wall;
    scenario.advance_time(1_000);
    scenario.disconnect_source();
    scenario.advance_time(1_000);
    scenario.connect_source(Some(Discontinuity::Upstream));
    let waiting = |scenario: &LiveScenario| scenario.displayed_figure("sales", Metric::Waiting);

    // The broker delivers it again, because our acknowledgment was lost.
    scenario.send_load_at(before, "sales", 1, 0, 1);
    assert_eq!(waiting(&scenario).1, Freshness::OutOfDate);

    scenario.advance_time(1_000);
    scenario.send_load("sales", 2, 0, 1);
    assert_eq!(waiting(&scenario), (Some(2.0), Freshness::UpToDate));
}

/// Neither clock may keep new values out of date for as long as it was set back.
#[test]
fn a_clock_that_is_set_back_in_an_outage_delays_no_report() {
    const HOUR: i64 = 3_600_000;
    for is_ours in [true, false] {
        let mut scenario = LiveScenario::new();
        scenario.send_load("sales", 0, 0, 1);
        scenario.disconnect_source();
        scenario.advance_time(1_000);
        if is_ours {
            scenario.now.wall = moment::plus_millis(scenario.now.wall, -HOUR);
            scenario.apply_input(&Input::Tick);
        }
        scenario.connect_source(Some(Discontinuity::Upstream));
        // A clock is learned from all messages of a minute.
        for _ in 0..15 {
            scenario.advance_time(5_000);
            let step = if is_ours { HOUR } else { -HOUR };
            let at = moment::plus_millis(scenario.now.wall, step);
            scenario.send_load_at(at, "sales", 0, 0, 2);
        }

        let available = scenario.displayed_figure("sales", Metric::AgentsAvailable);
        assert_eq!(available, (Some(2.0), Freshness::UpToDate), "{is_ours}");
    }
}

#[test]
fn a_late_close_undoes_a_false_reconciliation() {
    let mut scenario = LiveScenario::new();
    scenario.send_case_event("missed", opened_event("anna", "sales"));
    scenario.disconnect_source();
    scenario.connect_source(Some(Discontinuity::Upstream));
    let anna = |scenario: &LiveScenario| {
        let snapshot = scenario.state.snapshot();
        let anna = &snapshot.agents[&chat_id("anna")];
        let cases = snapshot.agent_figure(anna, Metric::Cases, scenario.now);
        let cases = cases.expect("Vngage provides cases");
        (cases.value.map(MetricValue::as_number), cases.freshness)
    };
    scenario.advance_time(100);
    scenario.send_case_event("heard", opened_event("anna", "sales"));
    scenario.advance_time(100);
    let closed_at = scenario.now.wall;
    for _ in 0..3 {
        scenario.advance_time(100);
        scenario.send_load("sales", 0, 1, 1);
    }
    scenario.advance_time(1_500);
    // One missed and one extra: the difference is invisible so far.
    assert_eq!(anna(&scenario), (Some(1.0), Freshness::UpToDate));

    scenario.send_case_event_at(closed_at, "heard", closed_event(CaseOutcome::Positive));
    assert_eq!(anna(&scenario), (Some(0.0), Freshness::Unknown));
    scenario.advance_time(40_000);
    assert_eq!(anna(&scenario), (Some(0.0), Freshness::Unknown));

    scenario.send_case_event("missed", closed_event(CaseOutcome::Positive));
    scenario.send_load("sales", 0, 0, 1);
    scenario.advance_time(1_500);
    assert_eq!(anna(&scenario), (Some(0.0), Freshness::UpToDate));
}

#[test]
fn a_reconciliation_that_late_events_do_not_change_holds() {
    let mut scenario = LiveScenario::new();
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    let at = moment::plus_millis(scenario.now.wall, 50);
    for _ in 0..3 {
        scenario.advance_time(100);
        scenario.send_load("sales", 0, 1, 1);
    }
    let is_reconciled = |scenario: &LiveScenario| {
        scenario.state.source_states[&chat_source()].queues[&chat_id("sales")].is_reconciled
    };
    assert!(is_reconciled(&scenario));

    scenario.send_case_event_at(at, "c2", opened_event("anna", "sales"));
    assert!(!is_reconciled(&scenario));
    scenario.send_case_event_at(
        moment::plus_millis(at, 1),
        "c2",
        closed_event(CaseOutcome::Positive),
    );
    assert!(is_reconciled(&scenario));
    scenario.advance_time(1_500);
    assert!(scenario.state.snapshot().agents[&chat_id("anna")].is_reconciled);
}

#[test]
fn a_reporting_queue_is_not_hidden_by_a_resync_without_it() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    scenario.apply_input(&Input::Diagnostic(
        chat_source(),
        SourceDiagnostic::ResyncRequested,
    ));
    let profile = EntityProfile::new(EntityKind::Queue, chat_id("support"));
    scenario.send_fact(scenario.now.wall, Fact::Profile(profile));
    scenario.advance_time(11_000);

    assert!(!scenario.state.snapshot().queues[&chat_id("sales")].hidden);
}

#[test]
fn a_reconciled_agent_is_a_change() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 1);
    scenario.advance_time(1_500);
    scenario.send_fact(
        scenario.now.wall,
        Fact::Profile(EntityProfile::new(EntityKind::Agent, chat_id("anna"))),
    );
    let due = scenario
        .state
        .next_due()
        .expect("an input schedules a sweep");
    scenario.now = due;
    let effects = scenario.apply_input(&Input::Tick);

    assert!(scenario.state.snapshot().agents[&chat_id("anna")].is_reconciled);
    assert!(effects.changed);
}

#[test]
fn an_agent_with_a_thousand_cases_gains_and_loses_them_one_by_one() {
    let mut scenario = LiveScenario::new();
    for n in 0..1_000 {
        let queue = if n % 2 == 0 { "sales" } else { "support" };
        scenario.send_case_event(&format!("c{n}"), opened_event("bot", queue));
        scenario.advance_time(10);
    }
    let bot = |scenario: &LiveScenario| {
        let bot = scenario.state.snapshot().agents[&chat_id("bot")].clone();
        (bot.cases, bot.case_queues)
    };
    assert_eq!(
        bot(&scenario),
        (1_000, vec![chat_id("sales"), chat_id("support")])
    );

    for n in (1..1_000).step_by(2) {
        scenario.send_case_event(&format!("c{n}"), closed_event(CaseOutcome::Positive));
    }
    assert_eq!(bot(&scenario), (500, vec![chat_id("sales")]));

    scenario.disconnect_source();
    scenario.connect_source(Some(Discontinuity::Upstream));
    assert_eq!(bot(&scenario), (0, Vec::new()));
}

#[test]
fn new_settings_assign_and_check_waiting_cases_again() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 2, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.send_case_event("f1", created_for_solution("form"));
    scenario.advance_time(30_000);
    assert_eq!(
        scenario
            .state
            .snapshot()
            .today
            .counters
            .count(Counter::WaitingLate),
        2
    );

    let mut new_site = site_with_entries(&[("chat-solution", "sales")], &["form"]);
    let target = QueueTarget {
        threshold_ms: 60_000,
        ..QueueTarget::default()
    };
    new_site.targets = Patterns(vec![(Pattern("*".to_owned()), target)]);
    scenario.apply_input(&Input::SiteConfig(new_site.into()));

    let snapshot = scenario.state.snapshot();
    let count = |counter| snapshot.today.counters.count(counter);
    assert_eq!(
        (
            count(Counter::Offered),
            count(Counter::Waiting),
            count(Counter::WaitingLate)
        ),
        (1, 1, 0)
    );
    assert_eq!(snapshot.cases[&chat_id("c1")].queue, Some(chat_id("sales")));
    scenario.advance_time(31_000);
    assert_eq!(
        scenario
            .state
            .snapshot()
            .today
            .counters
            .count(Counter::WaitingLate),
        1
    );
}
