//! Tests of queue readings, connections and freshness.

use std::sync::Arc;

use wallboard_domain::{
    ConnectionEvent, Counter, Discontinuity, EntityKind, EntityProfile, Fact, Input, Metric,
    MetricValue, Moment, Pattern, Patterns, QueueTarget, SourceDiagnostic, SourceHealth, moment,
};
use wallboard_runtime::ingest::ProcessClock;

use super::{LiveScenario, chat_id, chat_source, created_event, opened_event, site_with_entries};
use crate::{ConnectionState, Freshness, LiveHandle, codec};

#[test]
fn reported_values_are_displayed_and_others_are_unknown() {
    let mut scenario = LiveScenario::new();
    scenario.send_readings(
        scenario.now.wall,
        "sales",
        &[(Metric::Waiting, Some(MetricValue::Count(3)))],
    );

    assert_eq!(
        scenario.displayed_figure("sales", Metric::Waiting),
        (Some(3.0), Freshness::UpToDate)
    );
    assert_eq!(
        scenario.displayed_figure("sales", Metric::AgentsAvailable),
        (None, Freshness::Unknown)
    );
}

#[test]
fn a_queue_has_its_first_report_unless_its_name_was_stored_before() {
    let mut scenario = LiveScenario::new();
    let stored = EntityProfile {
        name: Some("Sales".into()),
        ..EntityProfile::new(EntityKind::Queue, chat_id("sales"))
    };
    scenario.apply_input(&Input::StoredProfile(stored));
    let first = scenario.now.wall;
    for queue in ["sales", "support"] {
        scenario.send_load(queue, 1, 0, 1);
    }
    scenario.advance_time(60_000);
    scenario.send_load("support", 2, 0, 1);

    let queues = &scenario.state.snapshot().queues;
    assert_eq!(queues[&chat_id("sales")].first_reported_at, None);
    assert_eq!(queues[&chat_id("support")].first_reported_at, Some(first));
}

#[test]
fn a_missing_attribute_is_unchanged_and_an_older_one_is_ignored() {
    let mut scenario = LiveScenario::new();
    let early = scenario.now.wall;
    scenario.advance_time(5_000);
    scenario.send_load("sales", 5, 2, 1);
    scenario.send_load_at(early, "sales", 9, 9, 9);
    scenario.send_readings(
        scenario.now.wall,
        "sales",
        &[(Metric::Waiting, Some(MetricValue::Count(4)))],
    );

    assert_eq!(
        scenario.displayed_figure("sales", Metric::Waiting),
        (Some(4.0), Freshness::UpToDate)
    );
    assert_eq!(
        scenario.displayed_figure("sales", Metric::InConversation),
        (Some(2.0), Freshness::UpToDate)
    );
}

#[test]
fn a_time_far_in_the_future_defines_no_order() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    scenario.advance_time(1_000);
    let ahead = moment::plus_millis(scenario.now.wall, 3_600_000);
    scenario.send_load_at(ahead, "sales", 2, 0, 1);
    scenario.advance_time(1_000);
    scenario.send_load("sales", 3, 0, 1);

    assert_eq!(
        scenario.displayed_figure("sales", Metric::Waiting),
        (Some(3.0), Freshness::UpToDate)
    );
}

#[test]
fn the_longest_wait_keeps_running_and_ends_when_nobody_waits() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 2, 0, 1);
    scenario.send_timers("sales", 40.0);
    scenario.advance_time(10_000);

    assert_eq!(
        scenario.displayed_figure("sales", Metric::LongestWait),
        (Some(50.0), Freshness::UpToDate)
    );
    let since = scenario.queue_figure("sales", Metric::LongestWait).since;

    // The upstream's error of some seconds does not move the clock.
    scenario.send_timers("sales", 53.0);
    assert_eq!(
        scenario.queue_figure("sales", Metric::LongestWait).since,
        since
    );

    let late = scenario.now.wall;
    scenario.advance_time(1_000);
    scenario.send_load("sales", 0, 0, 1);
    assert_eq!(
        scenario.displayed_figure("sales", Metric::LongestWait),
        (None, Freshness::UpToDate)
    );

    scenario.send_readings(
        late,
        "sales",
        &[(Metric::LongestWait, Some(MetricValue::Seconds(54.0)))],
    );
    assert_eq!(
        scenario.displayed_figure("sales", Metric::LongestWait),
        (None, Freshness::UpToDate)
    );
}

#[test]
fn an_empty_queue_and_a_longest_wait_are_never_displayed_together() {
    let waiting = |scenario: &LiveScenario| scenario.displayed_figure("sales", Metric::Waiting);
    let longest = |scenario: &LiveScenario| scenario.displayed_figure("sales", Metric::LongestWait);
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 1);
    scenario.advance_time(10_000);

    // A new customer's first report is in the timers. The load follows a moment later.
    scenario.send_timers("sales", 1.0);
    assert_eq!(waiting(&scenario), (Some(0.0), Freshness::UpToDate));
    assert_eq!(longest(&scenario), (None, Freshness::UpToDate));
    scenario.advance_time(1_000);
    scenario.send_load("sales", 2, 0, 1);
    assert_eq!(waiting(&scenario), (Some(2.0), Freshness::UpToDate));
    assert_eq!(longest(&scenario), (Some(2.0), Freshness::UpToDate));

    // No report follows the last one of a customer who left.
    scenario.send_load("sales", 0, 1, 1);
    scenario.advance_time(1);
    scenario.send_timers("sales", 3.0);
    scenario.advance_time(20_000);
    assert_eq!(waiting(&scenario), (Some(0.0), Freshness::UpToDate));
    assert_eq!(longest(&scenario), (None, Freshness::UpToDate));
    scenario.send_load("sales", 0, 1, 1);

    // A repeated wait is confirmed, and now the load is unknown.
    scenario.advance_time(5_000);
    scenario.send_timers("sales", 4.0);
    scenario.advance_time(5_000);
    scenario.send_timers("sales", 9.0);
    assert_eq!(waiting(&scenario), (None, Freshness::Unknown));
    assert_eq!(longest(&scenario), (Some(9.0), Freshness::UpToDate));
    scenario.send_load("sales", 1, 1, 1);
    assert_eq!(waiting(&scenario), (Some(1.0), Freshness::UpToDate));
    assert_eq!(longest(&scenario), (Some(9.0), Freshness::UpToDate));

    // Whatever the reason, both report an empty queue.
    scenario.send_load("sales", 0, 1, 1);
    assert_eq!(longest(&scenario), (None, Freshness::UpToDate));
}

#[test]
fn a_lost_connection_stops_clocks_and_a_short_one_restores_freshness() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 2, 0, 1);
    scenario.send_timers("sales", 40.0);
    scenario.disconnect_source();
    scenario.advance_time(60_000);

    assert_eq!(
        scenario.displayed_figure("sales", Metric::LongestWait).0,
        Some(40.0)
    );
    assert!(matches!(
        scenario.displayed_figure("sales", Metric::Waiting).1,
        Freshness::Disconnected(_)
    ));

    scenario.send_connection_event(ConnectionEvent::CatchingUp {
        discontinuity: None,
    });
    assert!(matches!(
        scenario.displayed_figure("sales", Metric::Waiting).1,
        Freshness::Disconnected(_)
    ));
    scenario.send_connection_event(ConnectionEvent::Connected);
    assert_eq!(
        scenario.displayed_figure("sales", Metric::Waiting),
        (Some(2.0), Freshness::UpToDate)
    );
}

#[test]
fn after_a_discontinuity_only_new_reports_are_up_to_date() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 2, 1, 1);
    scenario.send_load("support", 1, 0, 1);
    scenario.disconnect_source();
    scenario.advance_time(300_000);
    scenario.connect_source(Some(Discontinuity::TooLong));
    scenario.send_readings(
        scenario.now.wall,
        "sales",
        &[(Metric::Waiting, Some(MetricValue::Count(4)))],
    );

    assert_eq!(
        scenario.displayed_figure("sales", Metric::Waiting),
        (Some(4.0), Freshness::UpToDate)
    );
    assert_eq!(
        scenario.displayed_figure("sales", Metric::InConversation),
        (Some(1.0), Freshness::OutOfDate)
    );
    assert_eq!(
        scenario.displayed_figure("support", Metric::Waiting),
        (Some(1.0), Freshness::OutOfDate)
    );

    // A queue without a report a minute after the renewed bindings is quiet, not out of date.
    scenario.advance_time(61_000);
    assert_eq!(
        scenario.displayed_figure("support", Metric::Waiting),
        (None, Freshness::Unknown)
    );
    assert_eq!(
        scenario.displayed_figure("sales", Metric::InConversation),
        (Some(1.0), Freshness::OutOfDate)
    );

    let day = scenario.state.snapshot().today.clone();
    assert!(!day.is_complete);
    assert_eq!(day.gaps.len(), 1);
}

#[test]
fn a_queue_whose_timers_stop_while_customers_wait_is_out_of_date() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    scenario.send_timers("sales", 5.0);
    scenario.advance_time(29_000);
    assert_eq!(
        scenario.displayed_figure("sales", Metric::Waiting).1,
        Freshness::UpToDate
    );

    scenario.advance_time(2_000);
    assert_eq!(
        scenario.displayed_figure("sales", Metric::Waiting).1,
        Freshness::OutOfDate
    );

    scenario.send_timers("sales", 36.0);
    assert_eq!(
        scenario.displayed_figure("sales", Metric::Waiting).1,
        Freshness::UpToDate
    );
}

#[test]
fn an_empty_queue_stays_up_to_date_without_reports() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 2);
    scenario.advance_time(3_600_000);

    assert_eq!(
        scenario.displayed_figure("sales", Metric::Waiting),
        (Some(0.0), Freshness::UpToDate)
    );
}

#[test]
fn the_average_wait_expires_after_fifteen_minutes() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 2);
    scenario.send_timers("sales", 0.0);
    scenario.advance_time(14 * 60_000);
    assert_eq!(
        scenario.displayed_figure("sales", Metric::AverageWait),
        (Some(12.0), Freshness::UpToDate)
    );

    scenario.advance_time(2 * 60_000);
    assert_eq!(
        scenario.displayed_figure("sales", Metric::AverageWait),
        (None, Freshness::Unknown)
    );
}

#[test]
fn the_day_changes_at_the_sites_midnight() {
    let mut stockholm = site_with_entries(&[], &[]);
    stockholm.zone = jiff::tz::TimeZone::get("Europe/Stockholm").unwrap();
    let mut scenario = LiveScenario::connected_with(stockholm);
    scenario.send_load("sales", 0, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    assert_eq!(scenario.site_figure(Metric::Offered), Some(1.0));

    // 08:00 UTC is 09:00 in Stockholm: fifteen hours until midnight.
    scenario.advance_time(15 * 3_600_000 - 1_000);
    assert_eq!(scenario.site_figure(Metric::Offered), Some(1.0));
    assert!(!scenario.state.snapshot().today.is_complete);
    scenario.advance_time(2_000);
    assert_eq!(scenario.site_figure(Metric::Offered), Some(0.0));
    assert!(scenario.state.snapshot().today.is_complete);
}

#[test]
fn agents_missing_from_a_full_resync_are_hidden_until_named_again() {
    let mut scenario = LiveScenario::new();
    let name = |external: &str| {
        let mut profile = EntityProfile::new(EntityKind::Agent, chat_id(external));
        profile.name = Some("Somebody".into());
        Fact::Profile(profile)
    };
    scenario.send_fact(scenario.now.wall, name("anna"));
    scenario.send_fact(scenario.now.wall, name("ben"));
    scenario.advance_time(1_000);
    scenario.apply_input(&Input::Diagnostic(
        chat_source(),
        SourceDiagnostic::ResyncRequested,
    ));
    scenario.send_fact(scenario.now.wall, name("anna"));
    scenario.advance_time(11_000);

    let is_hidden = |scenario: &LiveScenario, agent: &str| {
        scenario.state.snapshot().agents[&chat_id(agent)].hidden
    };
    assert!(!is_hidden(&scenario, "anna"));
    assert!(is_hidden(&scenario, "ben"));

    scenario.send_fact(scenario.now.wall, name("ben"));
    assert!(!is_hidden(&scenario, "ben"));
}

#[test]
fn a_corrected_wall_clock_changes_no_wait() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 1, 0, 1);
    scenario.send_timers("sales", 40.0);
    let before = scenario.now;
    scenario.now.wall = moment::plus_millis(scenario.now.wall, 3_600_000);
    // Read before any input has noticed.
    assert_eq!(scenario.state.uncorrected_moment(scenario.now), before);

    scenario.apply_input(&Input::Tick);

    let now = scenario.now;
    assert_eq!(scenario.state.uncorrected_moment(now), now);
    assert_eq!(
        scenario.displayed_figure("sales", Metric::LongestWait),
        (Some(40.0), Freshness::UpToDate)
    );
}

#[test]
fn first_read_after_a_clock_step_changes_no_wait() {
    for step_ms in [600_000, -600_000] {
        let mut scenario = LiveScenario::new();
        scenario.send_load("sales", 1, 0, 1);
        scenario.send_timers("sales", 40.0);
        let stepped = Moment {
            wall: moment::plus_millis(scenario.now.wall, step_ms),
            ..scenario.now
        };
        let state = codec::decode_state(&codec::encode_state(&scenario.state).unwrap());
        let live = LiveHandle::new(ProcessClock::replay_from(stepped, 0), state.unwrap());

        // No input, no tick: nobody has noticed yet.
        let longest = live.read_snapshot(|snapshot, now| {
            let queue = &snapshot.queues[&chat_id("sales")];
            snapshot.queue_figure(queue, Metric::LongestWait, now)
        });

        let seconds = longest.unwrap().value.map(MetricValue::as_number);
        assert_eq!(seconds, Some(40.0), "{step_ms}");
    }
}

#[test]
fn a_source_with_many_faults_is_degraded_and_a_disconnected_one_is_down() {
    let mut scenario = LiveScenario::new();
    let health =
        |scenario: &LiveScenario| scenario.state.snapshot().sources[&chat_source()].health();
    for n in 0..20 {
        scenario.send_load("sales", n, 0, 1);
        if n % 5 == 0 {
            let why = "not_json";
            let event = "group.loadChanged".to_owned();
            scenario.apply_input(&Input::Diagnostic(
                chat_source(),
                SourceDiagnostic::Rejected {
                    event,
                    why,
                    case: None,
                },
            ));
        }
    }
    assert_eq!(health(&scenario), SourceHealth::Degraded);

    let known = scenario.state.snapshot().sources[&chat_source()].clone();
    assert_eq!((known.counts.received, known.counts.rejected), (24, 4));
    assert_eq!(known.rejections_by_reason["not_json"], 4);
    assert_eq!(known.connection, ConnectionState::Connected);

    scenario.disconnect_source();
    assert_eq!(health(&scenario), SourceHealth::Down);
}

#[test]
fn a_recovery_ends_only_the_failure_that_it_names() {
    let mut scenario = LiveScenario::new();
    let mut report = |diagnostic| {
        scenario.apply_input(&Input::Diagnostic(chat_source(), diagnostic));
        let source = &scenario.state.snapshot().sources[&chat_source()];
        source.last_error.as_ref().map(|(_, why)| why.clone())
    };
    let blocked = || "The broker accepts no messages".to_owned();
    let other = || "The connection was lost".to_owned();

    let failed = report(SourceDiagnostic::Failed { why: blocked() });
    let recovered = report(SourceDiagnostic::Recovered { why: blocked() });
    report(SourceDiagnostic::Failed { why: other() });
    let replaced = report(SourceDiagnostic::Recovered { why: blocked() });

    assert_eq!(failed, Some(blocked()));
    assert_eq!(recovered, None);
    assert_eq!(replaced, Some(other()));
}

/// A clock that is set, by a person or by an hour of daylight saving time that is none, changes what
/// time it is and not how old a value is.
#[test]
fn a_wall_clock_that_jumps_changes_no_freshness() {
    for hours in [-1, 1] {
        let mut scenario = LiveScenario::new();
        let jump = hours * 3_600_000;
        scenario.send_load("lost", 7, 0, 1);
        scenario.disconnect_source();
        scenario.connect_source(Some(Discontinuity::TooLong));
        scenario.advance_time(1);
        scenario.send_load("sales", 0, 0, 1);
        let freshness = |scenario: &LiveScenario| {
            ["lost", "sales"].map(|queue| scenario.displayed_figure(queue, Metric::Waiting))
        };
        let before = freshness(&scenario);
        scenario.advance_time(5_000);
        let idle = scenario.apply_input(&Input::Tick);

        scenario.now.wall = moment::plus_millis(scenario.now.wall, jump);
        let effects = scenario.apply_input(&Input::Tick);
        let jumped = freshness(&scenario);
        scenario.advance_time(20_000);
        let later = freshness(&scenario);
        // The source's clock didn't jump.
        let at = moment::plus_millis(scenario.now.wall, -jump);
        scenario.send_load_at(at, "sales", 3, 0, 1);
        let reported = freshness(&scenario);

        let lost = (Some(7.0), Freshness::OutOfDate);
        assert_eq!(before, [lost, (Some(0.0), Freshness::UpToDate)]);
        assert_eq!(jumped, before, "{hours} h");
        assert!(
            !idle.changed && effects.changed,
            "clocks on screens must be set as well"
        );
        assert_eq!(later, before, "{hours} h");
        assert_eq!(reported, [lost, (Some(3.0), Freshness::UpToDate)]);
    }
}

#[test]
fn a_wait_from_the_backlog_keeps_its_start_once_the_clock_is_known() {
    let mut scenario = LiveScenario::unconnected_with(site_with_entries(&[], &[]));
    scenario.send_connection_event(ConnectionEvent::CatchingUp {
        discontinuity: Some(Discontinuity::Start),
    });
    // The source's clock is a minute ahead of ours.
    let source_now = |scenario: &LiveScenario| moment::plus_millis(scenario.now.wall, 60_000);
    scenario.send_load_at(source_now(&scenario), "sales", 1, 0, 1);
    scenario.send_readings(
        source_now(&scenario),
        "sales",
        &[(Metric::LongestWait, Some(MetricValue::Seconds(30.0)))],
    );
    scenario.advance_time(8_000);
    scenario.send_connection_event(ConnectionEvent::Connected);
    for _ in 0..2 {
        scenario.advance_time(1_000);
        scenario.send_load_at(source_now(&scenario), "sales", 1, 0, 1);
    }

    let longest = scenario.displayed_figure("sales", Metric::LongestWait);

    assert_eq!(longest, (Some(40.0), Freshness::UpToDate));
}

#[test]
fn new_targets_recount_the_day() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("sales", 0, 0, 1);
    scenario.send_case_event("c1", created_event());
    scenario.advance_time(30_000);
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    assert_eq!(scenario.site_figure(Metric::ServiceLevel), Some(0.0));

    let mut patient = site_with_entries(&[], &[]);
    let target = QueueTarget {
        threshold_ms: 60_000,
        ..QueueTarget::default()
    };
    patient.targets = Patterns(vec![(Pattern("*".to_owned()), target)]);
    scenario.apply_input(&Input::SiteConfig(Arc::new(patient)));
    assert_eq!(scenario.site_figure(Metric::ServiceLevel), Some(100.0));
}

#[test]
fn the_backlog_at_the_start_counts_from_its_earliest_contact() {
    let mut scenario = LiveScenario::unconnected_with(site_with_entries(&[], &[]));
    scenario.send_connection_event(ConnectionEvent::CatchingUp {
        discontinuity: Some(Discontinuity::Start),
    });
    let early = moment::plus_millis(scenario.now.wall, -240_000);
    scenario.send_case_event_at(early, "c1", created_event());
    scenario.send_connection_event(ConnectionEvent::Connected);

    let today = &scenario.state.snapshot().today;
    assert_eq!(
        (today.since, today.counters.count(Counter::Offered)),
        (Some(early), 1)
    );
}

#[test]
fn a_late_contact_at_the_start_does_not_move_the_day_back() {
    let mut scenario = LiveScenario::unconnected_with(site_with_entries(&[], &[]));
    scenario.send_connection_event(ConnectionEvent::CatchingUp {
        discontinuity: Some(Discontinuity::Start),
    });
    let before = |seconds: i64| moment::plus_millis(scenario.now.wall, -seconds * 1_000);
    let (late, first, second) = (before(280), before(60), before(50));
    scenario.send_case_event_at(late, "late", created_event());
    scenario.send_case_event_at(first, "c1", created_event());
    scenario.send_case_event_at(late, "later", created_event());
    scenario.send_case_event_at(second, "c2", created_event());
    scenario.send_connection_event(ConnectionEvent::Connected);

    let today = &scenario.state.snapshot().today;
    assert_eq!(today.since, Some(first));
}

#[test]
fn a_single_late_contact_at_the_start_does_not_move_the_day_back() {
    let mut scenario = LiveScenario::unconnected_with(site_with_entries(&[], &[]));
    scenario.send_connection_event(ConnectionEvent::CatchingUp {
        discontinuity: Some(Discontinuity::Start),
    });
    let now = scenario.now.wall;
    scenario.send_case_event_at(moment::plus_millis(now, -280_000), "late", created_event());
    scenario.send_load_at(now, "sales", 0, 0, 1);
    scenario.send_connection_event(ConnectionEvent::Connected);

    assert_eq!(scenario.state.snapshot().today.since, Some(now));
}
