//! Queues, lines and trust.

use std::sync::Arc;

use crate::domain::{
    ConnectionEvent, Counter, Discontinuity, EntityKind, EntityProfile, Fact, Input, Metric,
    MetricValue, Pattern, Patterns, QueueTarget, SourceDiagnostic, moment,
};

use super::{LiveScenario, chat_id, chat_source, created_event, opened_event, site_with_entries};
use crate::live::{ConnectionState, Freshness, SourceHealth};

#[test]
fn what_is_said_is_shown_and_what_is_not_said_is_unknown() {
    let mut world = LiveScenario::new();
    world.send_readings(
        world.now.wall,
        "sales",
        &[(Metric::Waiting, Some(MetricValue::Count(3)))],
    );

    assert_eq!(
        world.displayed_figure("sales", Metric::Waiting),
        (Some(3.0), Freshness::UpToDate)
    );
    assert_eq!(
        world.displayed_figure("sales", Metric::AgentsAvailable),
        (None, Freshness::Unknown)
    );
}

#[test]
fn a_missing_attribute_is_unchanged_and_an_older_one_changes_nothing() {
    let mut world = LiveScenario::new();
    let early = world.now.wall;
    world.advance_time(5_000);
    world.send_load("sales", 5, 2, 1);
    world.send_load_at(early, "sales", 9, 9, 9);
    world.send_readings(
        world.now.wall,
        "sales",
        &[(Metric::Waiting, Some(MetricValue::Count(4)))],
    );

    assert_eq!(
        world.displayed_figure("sales", Metric::Waiting),
        (Some(4.0), Freshness::UpToDate)
    );
    assert_eq!(
        world.displayed_figure("sales", Metric::InConversation),
        (Some(2.0), Freshness::UpToDate)
    );
}

#[test]
fn a_time_far_ahead_orders_nothing() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 1, 0, 1);
    world.advance_time(1_000);
    let ahead = moment::plus_millis(world.now.wall, 3_600_000);
    world.send_load_at(ahead, "sales", 2, 0, 1);
    world.advance_time(1_000);
    world.send_load("sales", 3, 0, 1);

    assert_eq!(
        world.displayed_figure("sales", Metric::Waiting),
        (Some(3.0), Freshness::UpToDate)
    );
}

#[test]
fn the_longest_wait_runs_on_and_ends_when_nobody_waits() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 2, 0, 1);
    world.send_timers("sales", 40.0);
    world.advance_time(10_000);

    assert_eq!(
        world.displayed_figure("sales", Metric::LongestWait),
        (Some(50.0), Freshness::UpToDate)
    );
    let since = world.queue_figure("sales", Metric::LongestWait).since;

    // The upstream's error of some seconds does not move the clock.
    world.send_timers("sales", 53.0);
    assert_eq!(
        world.queue_figure("sales", Metric::LongestWait).since,
        since
    );

    let late = world.now.wall;
    world.advance_time(1_000);
    world.send_load("sales", 0, 0, 1);
    assert_eq!(
        world.displayed_figure("sales", Metric::LongestWait),
        (None, Freshness::UpToDate)
    );

    world.send_readings(
        late,
        "sales",
        &[(Metric::LongestWait, Some(MetricValue::Seconds(54.0)))],
    );
    assert_eq!(
        world.displayed_figure("sales", Metric::LongestWait),
        (None, Freshness::UpToDate)
    );
}

#[test]
fn nobody_waiting_and_a_longest_wait_are_never_shown_together() {
    let waiting = |world: &LiveScenario| world.displayed_figure("sales", Metric::Waiting);
    let longest = |world: &LiveScenario| world.displayed_figure("sales", Metric::LongestWait);
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 0, 1);
    world.advance_time(10_000);

    // The first word of a newcomer comes with the timers, the load a moment later.
    world.send_timers("sales", 1.0);
    assert_eq!(waiting(&world), (Some(0.0), Freshness::UpToDate));
    assert_eq!(longest(&world), (None, Freshness::UpToDate));
    world.advance_time(1_000);
    world.send_load("sales", 2, 0, 1);
    assert_eq!(waiting(&world), (Some(2.0), Freshness::UpToDate));
    assert_eq!(longest(&world), (Some(2.0), Freshness::UpToDate));

    // The last word of who has gone is never followed by another.
    world.send_load("sales", 0, 1, 1);
    world.advance_time(1);
    world.send_timers("sales", 3.0);
    world.advance_time(20_000);
    assert_eq!(waiting(&world), (Some(0.0), Freshness::UpToDate));
    assert_eq!(longest(&world), (None, Freshness::UpToDate));
    world.send_load("sales", 0, 1, 1);

    // Said twice it holds, and it is the load that is not known.
    world.advance_time(5_000);
    world.send_timers("sales", 4.0);
    world.advance_time(5_000);
    world.send_timers("sales", 9.0);
    assert_eq!(waiting(&world), (None, Freshness::Unknown));
    assert_eq!(longest(&world), (Some(9.0), Freshness::UpToDate));
    world.send_load("sales", 1, 1, 1);
    assert_eq!(waiting(&world), (Some(1.0), Freshness::UpToDate));
    assert_eq!(longest(&world), (Some(9.0), Freshness::UpToDate));

    // However it comes to nobody, both say so.
    world.send_load("sales", 0, 1, 1);
    assert_eq!(longest(&world), (None, Freshness::UpToDate));
}

#[test]
fn a_lost_line_stops_the_clock_and_a_short_cut_restores_trust() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 2, 0, 1);
    world.send_timers("sales", 40.0);
    world.disconnect_source();
    world.advance_time(60_000);

    assert_eq!(
        world.displayed_figure("sales", Metric::LongestWait).0,
        Some(40.0)
    );
    assert!(matches!(
        world.displayed_figure("sales", Metric::Waiting).1,
        Freshness::Disconnected(_)
    ));

    world.send_connection_event(ConnectionEvent::CatchingUp { broken: None });
    assert!(matches!(
        world.displayed_figure("sales", Metric::Waiting).1,
        Freshness::Disconnected(_)
    ));
    world.send_connection_event(ConnectionEvent::Connected);
    assert_eq!(
        world.displayed_figure("sales", Metric::Waiting),
        (Some(2.0), Freshness::UpToDate)
    );
}

#[test]
fn after_a_break_only_what_is_said_anew_is_fresh() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 2, 1, 1);
    world.send_load("support", 1, 0, 1);
    world.disconnect_source();
    world.advance_time(300_000);
    world.connect_source(Some(Discontinuity::TooLong));
    world.send_readings(
        world.now.wall,
        "sales",
        &[(Metric::Waiting, Some(MetricValue::Count(4)))],
    );

    assert_eq!(
        world.displayed_figure("sales", Metric::Waiting),
        (Some(4.0), Freshness::UpToDate)
    );
    assert_eq!(
        world.displayed_figure("sales", Metric::InConversation),
        (Some(1.0), Freshness::OutOfDate)
    );
    assert_eq!(
        world.displayed_figure("support", Metric::Waiting),
        (Some(1.0), Freshness::OutOfDate)
    );

    // Who says nothing within a minute of the renewed binding is quiet, not stale.
    world.advance_time(61_000);
    assert_eq!(
        world.displayed_figure("support", Metric::Waiting),
        (None, Freshness::Unknown)
    );
    assert_eq!(
        world.displayed_figure("sales", Metric::InConversation),
        (Some(1.0), Freshness::OutOfDate)
    );

    let day = world.state.snapshot().today.clone();
    assert!(!day.is_complete);
    assert_eq!(day.gaps.len(), 1);
}

#[test]
fn a_queue_whose_timers_stop_while_somebody_waits_is_stale() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 1, 0, 1);
    world.send_timers("sales", 5.0);
    world.advance_time(29_000);
    assert_eq!(
        world.displayed_figure("sales", Metric::Waiting).1,
        Freshness::UpToDate
    );

    world.advance_time(2_000);
    assert_eq!(
        world.displayed_figure("sales", Metric::Waiting).1,
        Freshness::OutOfDate
    );

    world.send_timers("sales", 36.0);
    assert_eq!(
        world.displayed_figure("sales", Metric::Waiting).1,
        Freshness::UpToDate
    );
}

#[test]
fn an_empty_queue_is_calm_however_long_it_says_nothing() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 0, 2);
    world.advance_time(3_600_000);

    assert_eq!(
        world.displayed_figure("sales", Metric::Waiting),
        (Some(0.0), Freshness::UpToDate)
    );
}

#[test]
fn the_average_wait_expires_after_fifteen_minutes() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 0, 2);
    world.send_timers("sales", 0.0);
    world.advance_time(14 * 60_000);
    assert_eq!(
        world.displayed_figure("sales", Metric::AverageWait),
        (Some(12.0), Freshness::UpToDate)
    );

    world.advance_time(2 * 60_000);
    assert_eq!(
        world.displayed_figure("sales", Metric::AverageWait),
        (None, Freshness::Unknown)
    );
}

#[test]
fn the_day_turns_at_the_sites_midnight() {
    let mut stockholm = site_with_entries(&[], &[]);
    stockholm.zone = jiff::tz::TimeZone::get("Europe/Stockholm").unwrap();
    let mut world = LiveScenario::connected_with(stockholm);
    world.send_load("sales", 0, 0, 1);
    world.send_case_event("c1", created_event());
    world.send_case_event("c1", opened_event("anna", "sales"));
    assert_eq!(world.site_figure(Metric::Offered), Some(1.0));

    // 08:00 UTC is 09:00 there: fifteen hours to midnight.
    world.advance_time(15 * 3_600_000 - 1_000);
    assert_eq!(world.site_figure(Metric::Offered), Some(1.0));
    assert!(!world.state.snapshot().today.is_complete);
    world.advance_time(2_000);
    assert_eq!(world.site_figure(Metric::Offered), Some(0.0));
    assert!(world.state.snapshot().today.is_complete);
}

#[test]
fn who_is_not_named_in_a_full_round_is_hidden_until_named_again() {
    let mut world = LiveScenario::new();
    let name = |external: &str| {
        let mut profile = EntityProfile::new(EntityKind::Agent, chat_id(external));
        profile.name = Some("Somebody".into());
        Fact::Profile(profile)
    };
    world.send_fact(world.now.wall, name("anna"));
    world.send_fact(world.now.wall, name("ben"));
    world.advance_time(1_000);
    world.apply_input(&Input::Diagnostic(
        chat_source(),
        SourceDiagnostic::ResyncRequested,
    ));
    world.send_fact(world.now.wall, name("anna"));
    world.advance_time(11_000);

    let hidden =
        |world: &LiveScenario, who: &str| world.state.snapshot().agents[&chat_id(who)].hidden;
    assert!(!hidden(&world, "anna"));
    assert!(hidden(&world, "ben"));

    world.send_fact(world.now.wall, name("ben"));
    assert!(!hidden(&world, "ben"));
}

#[test]
fn a_wall_clock_put_right_changes_no_age() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 1, 0, 1);
    world.send_timers("sales", 40.0);
    world.now.wall = moment::plus_millis(world.now.wall, 3_600_000);
    world.apply_input(&Input::Tick);

    assert_eq!(
        world.displayed_figure("sales", Metric::LongestWait),
        (Some(40.0), Freshness::UpToDate)
    );
}

#[test]
fn a_source_with_many_faults_is_degraded_and_a_lost_one_is_down() {
    let mut world = LiveScenario::new();
    let health = |world: &LiveScenario| world.state.snapshot().sources[&chat_source()].health();
    for n in 0..20 {
        world.send_load("sales", n, 0, 1);
        if n % 5 == 0 {
            let why = "not_json";
            let event = "group.loadChanged".to_owned();
            world.apply_input(&Input::Diagnostic(
                chat_source(),
                SourceDiagnostic::Rejected {
                    event,
                    why,
                    case: None,
                },
            ));
        }
    }
    assert_eq!(health(&world), SourceHealth::Degraded);

    let known = world.state.snapshot().sources[&chat_source()].clone();
    assert_eq!((known.counts.received, known.counts.rejected), (24, 4));
    assert_eq!(known.rejections_by_reason["not_json"], 4);
    assert_eq!(known.connection, ConnectionState::Connected);

    world.disconnect_source();
    assert_eq!(health(&world), SourceHealth::Down);
}

#[test]
fn targets_that_change_count_the_day_anew() {
    let mut world = LiveScenario::new();
    world.send_load("sales", 0, 0, 1);
    world.send_case_event("c1", created_event());
    world.advance_time(30_000);
    world.send_case_event("c1", opened_event("anna", "sales"));
    assert_eq!(world.site_figure(Metric::ServiceLevel), Some(0.0));

    let mut patient = site_with_entries(&[], &[]);
    let target = QueueTarget {
        threshold_ms: 60_000,
        ..QueueTarget::default()
    };
    patient.targets = Patterns(vec![(Pattern("*".to_owned()), target)]);
    world.apply_input(&Input::SiteConfig(Arc::new(patient)));
    assert_eq!(world.site_figure(Metric::ServiceLevel), Some(100.0));
}

#[test]
fn what_had_gathered_before_we_came_counts_from_its_earliest_contact() {
    let mut world = LiveScenario::unconnected_with(site_with_entries(&[], &[]));
    world.send_connection_event(ConnectionEvent::CatchingUp {
        broken: Some(Discontinuity::Start),
    });
    let early = moment::plus_millis(world.now.wall, -240_000);
    world.send_case_event_at(early, "c1", created_event());
    world.send_connection_event(ConnectionEvent::Connected);

    let today = &world.state.snapshot().today;
    assert_eq!(
        (today.since, today.counters.count(Counter::Offered)),
        (Some(early), 1)
    );
}

#[test]
fn a_contact_told_late_at_the_start_does_not_put_the_day_back() {
    let mut world = LiveScenario::unconnected_with(site_with_entries(&[], &[]));
    world.send_connection_event(ConnectionEvent::CatchingUp {
        broken: Some(Discontinuity::Start),
    });
    let before = |seconds: i64| moment::plus_millis(world.now.wall, -seconds * 1_000);
    let (late, first, second) = (before(280), before(60), before(50));
    world.send_case_event_at(late, "late", created_event());
    world.send_case_event_at(first, "c1", created_event());
    world.send_case_event_at(late, "later", created_event());
    world.send_case_event_at(second, "c2", created_event());
    world.send_connection_event(ConnectionEvent::Connected);

    let today = &world.state.snapshot().today;
    assert_eq!(today.since, Some(first));
}

#[test]
fn a_contact_told_late_and_alone_at_the_start_does_not_put_the_day_back() {
    let mut world = LiveScenario::unconnected_with(site_with_entries(&[], &[]));
    world.send_connection_event(ConnectionEvent::CatchingUp {
        broken: Some(Discontinuity::Start),
    });
    let now = world.now.wall;
    world.send_case_event_at(moment::plus_millis(now, -280_000), "late", created_event());
    world.send_load_at(now, "sales", 0, 0, 1);
    world.send_connection_event(ConnectionEvent::Connected);

    assert_eq!(world.state.snapshot().today.since, Some(now));
}
