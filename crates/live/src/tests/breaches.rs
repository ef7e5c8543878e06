//! Breaches and incidents that time alone begins, without a report at that moment.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::{
    Input, Metric, OpenPeriod, OpeningHours, Pattern, PatternThresholds, Patterns, QueueGroup,
    SeverityLimits, SiteConfig, ThresholdLevel, moment,
};

use super::{LiveScenario, chat_id, site_with_entries};
use crate::{Evaluator, IncidentCursor, Severity, ShownFreshness};

/// The incidents of queues so far, by when they began.
fn incident_starts(scenario: &LiveScenario) -> Vec<Timestamp> {
    let incidents = &scenario.state.snapshot().incidents;
    let all = incidents.between(Timestamp::MIN, Timestamp::MAX);
    all.iter().map(|incident| incident.from).collect()
}

/// The level that is recorded, as boards read it.
fn breached_level(scenario: &LiveScenario, queue: &str) -> Option<ThresholdLevel> {
    let snapshot = scenario.state.snapshot();
    let (id, metric) = (chat_id(queue), Metric::LongestWait);
    let figure = snapshot.queue_figure(&snapshot.queues[&id], metric, scenario.now);
    let reached =
        snapshot.reached_threshold(&id, &id.to_string(), metric, figure.as_ref(), scenario.now);
    reached.map(|reached| reached.level)
}

/// Somebody has waited for so many seconds.
fn report_wait(scenario: &mut LiveScenario, queue: &str, seconds: f64) {
    scenario.send_load(queue, 1, 0, 1);
    scenario.send_timers(queue, seconds);
}

#[test]
fn a_queue_is_evaluated_without_a_board() {
    let mut scenario = LiveScenario::new();
    report_wait(&mut scenario, "1", 121.0);
    let snapshot = scenario.state.snapshot();
    let mut evaluator = Evaluator::new(snapshot, scenario.now);

    let queue = evaluator.evaluate_queue(&snapshot.queues[&chat_id("1")], &[Metric::Waiting]);

    let causes: Vec<_> = queue.causes.iter().map(|cause| cause.metric).collect();
    assert_eq!(
        (queue.severity, &causes[..]),
        (Severity::Critical, &[Metric::LongestWait][..])
    );
    assert_eq!(queue.figures[0].severity, Severity::Normal);
    assert_eq!(queue.shown_freshness, ShownFreshness::UpToDate);
    let incidents = snapshot.incidents.changed_since(IncidentCursor::default());
    assert_eq!(incidents.len(), 1);
    assert!(
        snapshot
            .incidents
            .changed_since(snapshot.incidents.cursor())
            .is_empty()
    );
}

#[test]
fn an_incident_begins_when_the_running_wait_crosses_its_limit() {
    let mut scenario = LiveScenario::new();
    report_wait(&mut scenario, "1", 57.25);
    let reported_at = scenario.now.wall;

    scenario.advance_time(2_749);
    assert_eq!(breached_level(&scenario, "1"), None);
    scenario.advance_time(1);
    assert_eq!(
        breached_level(&scenario, "1"),
        Some(ThresholdLevel::Warning)
    );

    report_wait(&mut scenario, "2", 119.5);
    scenario.advance_time(500);

    assert_eq!(
        breached_level(&scenario, "2"),
        Some(ThresholdLevel::Critical)
    );
    let crossed_at = moment::plus_millis(reported_at, 2_750 + 500);
    assert_eq!(incident_starts(&scenario), [crossed_at]);
}

#[test]
fn an_incident_of_a_group_begins_with_that_of_its_member() {
    let group = QueueGroup {
        id: chat_id("all"),
        name: "All".to_owned(),
        queues: ["1", "2"].map(chat_id).into(),
    };
    let mut scenario = LiveScenario::connected_with(SiteConfig {
        groups: vec![group],
        ..site_with_entries(&[], &[])
    });
    report_wait(&mut scenario, "2", 0.0);
    report_wait(&mut scenario, "1", 118.7);
    let crossing = moment::plus_millis(scenario.now.wall, 1_300);

    scenario.advance_time(1_300);

    assert_eq!(incident_starts(&scenario), [crossing, crossing]);
}

#[test]
fn an_incident_begins_in_time_though_the_connection_has_only_just_returned() {
    let mut scenario = LiveScenario::new();
    report_wait(&mut scenario, "1", 99.5);
    scenario.disconnect_source();
    scenario.advance_time(20_000);
    scenario.connect_source(None);
    let crossing = moment::plus_millis(scenario.now.wall, 500);

    scenario.advance_time(500);

    // After that of the source.
    assert_eq!(incident_starts(&scenario).last(), Some(&crossing));
}

#[test]
fn new_thresholds_and_opening_hours_hold_without_a_report() {
    let mut scenario = LiveScenario::new();
    scenario.send_load("1", 6, 0, 1);
    scenario.send_timers("1", 3.0);
    let waiting = SeverityLimits {
        critical: Some(5.0),
        ..SeverityLimits::default()
    };
    let thresholds = PatternThresholds {
        metrics: vec![(Metric::Waiting, waiting)],
        ..PatternThresholds::default()
    };
    let opens_at_nine = OpeningHours {
        zone: TimeZone::UTC,
        week: std::array::from_fn(|_| {
            vec![OpenPeriod {
                from_minute: 9 * 60,
                to_minute: 17 * 60,
            }]
        }),
        dates: std::collections::BTreeMap::new(),
        holidays: wallboard_domain::ClosedDays::default(),
    };
    let site = SiteConfig {
        thresholds: Patterns(vec![(Pattern("*".into()), thresholds)]),
        hours: Patterns(vec![(Pattern("*".into()), opens_at_nine)]),
        ..site_with_entries(&[], &[])
    };
    let nine: Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();

    scenario.apply_input(&Input::SiteConfig(Arc::new(site.clone())));
    assert_eq!(incident_starts(&scenario), []);
    // Closed until nine; the timers report every five seconds.
    while scenario.now.wall < moment::plus_millis(nine, -5_000) {
        scenario.advance_time(5_000);
        scenario.send_load("1", 6, 0, 1);
        scenario.send_timers("1", 3.0);
    }
    assert_eq!(incident_starts(&scenario), []);
    let until_nine = moment::millis_between(scenario.now.wall, nine);
    scenario.advance_time(until_nine);
    assert_eq!(incident_starts(&scenario), [nine]);

    let mut scenario = LiveScenario::new();
    scenario.send_load("1", 6, 0, 1);
    let configured_at = scenario.now.wall;
    let site = SiteConfig {
        hours: Patterns::default(),
        ..site
    };
    scenario.apply_input(&Input::SiteConfig(Arc::new(site)));
    assert_eq!(incident_starts(&scenario), [configured_at]);
}
