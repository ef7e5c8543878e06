//! Tests of vendor values: queues and agents of a telephone system.

use std::sync::Arc;

use wallboard_domain::{
    AgentStatus, AgentStatusReport, ConnectionEvent, Discontinuity, Input, Metric, MetricSubject,
    MetricValue, ProvidedMetrics, SiteConfig, ValueAge, VendorValue, moment,
};

use crate::{
    Freshness,
    testing::{
        VendorScenario, provided_agent, provided_queue, source_setup, usual_metrics, voice_id,
        voice_source,
    },
};

#[test]
fn configured_subjects_exist_before_their_first_report() {
    let mut voice = VendorScenario::new();

    assert_eq!(
        voice.displayed_figure(Metric::Waiting),
        (None, Freshness::Unknown)
    );
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::Unknown, None, Freshness::Unknown)
    );

    voice.report_metric(Metric::Waiting, 3.0);
    let mut site = SiteConfig {
        sources: vec![source_setup(vec![provided_queue(
            "9002",
            &[Metric::ExpectedWait],
        )])],
        ..SiteConfig::default()
    };
    voice
        .scenario
        .apply_input(&Input::SiteConfig(Arc::new(site.clone())));
    let snapshot = voice.scenario.state.snapshot();
    assert!(snapshot.agents.is_empty());
    let waiting = snapshot.queue_figure(
        &snapshot.queues[&voice_id("9002")],
        Metric::Waiting,
        voice.scenario.now,
    );
    assert_eq!(waiting, None);

    voice.report_metric(Metric::Waiting, 4.0);
    site.sources = vec![source_setup(usual_metrics())];
    voice
        .scenario
        .apply_input(&Input::SiteConfig(Arc::new(site)));
    assert_eq!(
        voice.displayed_figure(Metric::Waiting),
        (None, Freshness::Unknown)
    );
}

#[test]
fn the_last_report_holds_whatever_its_time() {
    let mut voice = VendorScenario::new();
    voice.report_metric(Metric::Waiting, 3.0);
    voice.ahead = -60_000;
    voice.report_metric(Metric::Waiting, 5.0);
    assert_eq!(
        voice.displayed_figure(Metric::Waiting),
        (Some(5.0), Freshness::UpToDate)
    );

    voice.report_metric(Metric::Waiting, None);
    assert_eq!(
        voice.displayed_figure(Metric::Waiting),
        (None, Freshness::Unknown)
    );
}

#[test]
fn after_a_discontinuity_only_new_values_are_up_to_date_and_none_is_quiet() {
    let mut voice = VendorScenario::new();
    voice.report_metric(Metric::Waiting, 3.0);
    voice.report_metric(Metric::Answered, 40.0);
    voice.report_status(AgentStatus::Available, None);
    voice.connect_source(Some(Discontinuity::Session));
    voice.report_metric(Metric::Waiting, 4.0);
    voice.advance_time(3_600);

    assert_eq!(
        voice.displayed_figure(Metric::Waiting),
        (Some(4.0), Freshness::UpToDate)
    );
    assert_eq!(
        voice.displayed_figure(Metric::Answered),
        (Some(40.0), Freshness::OutOfDate)
    );
    assert_eq!(voice.agent_view().2, Freshness::OutOfDate);
    let snapshot = voice.scenario.state.snapshot();
    assert_eq!(
        snapshot.queue_freshness(&snapshot.queues[&voice_id("9002")], voice.scenario.now),
        Freshness::OutOfDate
    );
}

#[test]
fn an_expired_value_is_out_of_date_and_a_change() {
    let mut voice = VendorScenario::new();
    voice.holds = Some(15_000);
    voice.report_metric(Metric::Waiting, 3.0);
    voice.report_status(AgentStatus::Available, None);
    voice.advance_time(14);
    assert_eq!(
        voice.displayed_figure(Metric::Waiting).1,
        Freshness::UpToDate
    );

    let due = voice
        .scenario
        .state
        .next_due()
        .expect("the value will expire");
    assert!(due.monotonic <= voice.scenario.now.monotonic.plus_millis(1_000));
    voice.scenario.now = due;
    assert!(voice.scenario.apply_input(&Input::Tick).changed);
    assert_eq!(
        voice.displayed_figure(Metric::Waiting),
        (Some(3.0), Freshness::OutOfDate)
    );
    assert_eq!(voice.agent_view().2, Freshness::OutOfDate);

    voice.report_metric(Metric::Waiting, 3.0);
    assert_eq!(
        voice.displayed_figure(Metric::Waiting).1,
        Freshness::UpToDate
    );
}

#[test]
fn a_reported_time_comes_from_the_source_or_the_age_or_is_unknown() {
    let mut voice = VendorScenario::new();
    let queue = || MetricSubject::Queue(voice_id("9002"));
    let figure = || VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(1)));
    let at = |voice: &VendorScenario| {
        let figure = voice.queue_figure(Metric::Waiting);
        (figure.at, figure.is_age_unknown)
    };
    let now = voice.scenario.now.wall;

    voice.send_report_at(None, ValueAge::Known(2_000), queue(), figure());
    assert_eq!(at(&voice), (Some(moment::plus_millis(now, -2_000)), false));
    voice.send_report_at(None, ValueAge::Unknown, queue(), figure());
    assert_eq!(at(&voice), (None, true));
    voice.send_report_at(Some(now), ValueAge::Immediate, queue(), figure());
    assert_eq!(at(&voice), (Some(now), false));
}

#[test]
fn a_longest_wait_runs_until_nobody_waits() {
    let mut voice = VendorScenario::new();
    voice.report_metric(Metric::Waiting, 2.0);
    voice.report_metric(Metric::LongestWait, 40.0);
    voice.advance_time(10);
    assert_eq!(
        voice.displayed_figure(Metric::LongestWait),
        (Some(50.0), Freshness::UpToDate)
    );
    voice.report_metric(Metric::LongestWait, 51.0);
    assert_eq!(voice.displayed_figure(Metric::LongestWait).0, Some(50.0));
    // The customer who waited longest was answered, and the next one came soon after them.
    voice.report_metric(Metric::LongestWait, 47.0);
    assert_eq!(voice.displayed_figure(Metric::LongestWait).0, Some(47.0));

    voice.report_metric(Metric::Waiting, 0.0);
    assert_eq!(
        voice.displayed_figure(Metric::LongestWait),
        (None, Freshness::UpToDate)
    );
    // The last report of the wait may be late.
    voice.report_metric(Metric::LongestWait, 55.0);
    assert_eq!(
        voice.displayed_figure(Metric::LongestWait),
        (None, Freshness::UpToDate)
    );
    voice.report_metric(Metric::Waiting, 1.0);
    voice.report_metric(Metric::LongestWait, 2.0);
    assert_eq!(
        voice.displayed_figure(Metric::LongestWait),
        (Some(2.0), Freshness::UpToDate)
    );
    voice.report_metric(Metric::LongestWait, 0.0);
    assert_eq!(
        voice.displayed_figure(Metric::LongestWait),
        (None, Freshness::UpToDate)
    );
    voice.report_metric(Metric::LongestWait, None);
    assert_eq!(
        voice.displayed_figure(Metric::LongestWait),
        (None, Freshness::Unknown)
    );

    voice.report_metric(Metric::ExpectedWait, 90.0);
    voice.advance_time(10);
    assert_eq!(
        voice.displayed_figure(Metric::ExpectedWait),
        (Some(90.0), Freshness::UpToDate)
    );
}

#[test]
fn running_clocks_are_right_if_the_vendors_clock_is_wrong_or_jumps() {
    for ahead in [3_600_000, -3_600_000] {
        let mut voice = VendorScenario::new();
        voice.ahead = ahead;
        let since = voice.vendor_time(voice.scenario.now.plus_millis(-300_000));
        voice.send_connection_event(ConnectionEvent::CatchingUp {
            discontinuity: None,
        });
        voice.report_status(AgentStatus::NotReady, Some(since));
        voice.report_metric(Metric::Waiting, 1.0);
        voice.report_metric(Metric::LongestWait, 40.0);
        voice.send_connection_event(ConnectionEvent::Connected);
        for _ in 0..90 {
            voice.advance_time(1);
            voice.report_metric(Metric::Waiting, 1.0);
        }
        assert_eq!(
            voice.agent_view(),
            (AgentStatus::NotReady, Some(390), Freshness::UpToDate),
            "{ahead}"
        );
        assert_eq!(
            voice.displayed_figure(Metric::LongestWait).0,
            Some(130.0),
            "{ahead}"
        );

        // The vendor corrects its clock.
        voice.ahead = 0;
        voice.report_metric(Metric::LongestWait, 130.0);
        voice.report_status(AgentStatus::Talking, Some(voice.scenario.now.wall));
        assert_eq!(
            voice.agent_view(),
            (AgentStatus::Talking, Some(0), Freshness::UpToDate),
            "{ahead}"
        );
        assert_eq!(
            voice.displayed_figure(Metric::LongestWait).0,
            Some(130.0),
            "{ahead}"
        );
    }
}

#[test]
fn a_repeated_value_neither_changes_nor_teaches_a_clock() {
    let mut voice = VendorScenario::new();
    let since = voice.scenario.now.wall;
    voice.report_status(AgentStatus::NotReady, Some(since));
    let (reported_at, status_since) = (voice.scenario.now, Some(since));
    for _ in 0..5 {
        voice.advance_time(600);
        let repeated = AgentStatusReport {
            status: AgentStatus::NotReady,
            vendor_status: None,
            reason: None,
            since: status_since,
            media: Vec::new(),
        };
        let value = VendorValue::Status(Some(repeated));
        voice.send_report_at(
            Some(reported_at.wall),
            ValueAge::Immediate,
            MetricSubject::Agent(voice_id("akl")),
            value,
        );
    }

    assert_eq!(
        voice.agent_view(),
        (AgentStatus::NotReady, Some(3_000), Freshness::UpToDate)
    );
    assert_eq!(
        voice.scenario.state.snapshot().sources[&voice_source()].clock_offset_ms,
        0
    );
}

#[test]
fn a_total_that_falls_at_midnight_belongs_to_the_new_day() {
    let mut voice = VendorScenario::new();
    voice.report_metric(Metric::Answered, 40.0);
    voice.report_metric(Metric::ServiceLevel, 80.0);
    assert_eq!(
        voice.day_completeness(Metric::Answered),
        (true, "2026-11-20T00:00:00Z".to_owned())
    );

    // 08:00 to midnight, and the vendor's midnight is five minutes late.
    voice.advance_time(16 * 3_600 + 60);
    assert_eq!(
        voice.day_completeness(Metric::Answered),
        (false, "2026-11-20T00:00:00Z".to_owned())
    );
    voice.report_metric(Metric::Answered, 41.0);
    assert_eq!(
        voice.day_completeness(Metric::Answered),
        (false, "2026-11-20T00:00:00Z".to_owned())
    );
    voice.advance_time(240);
    voice.report_metric(Metric::Answered, 0.0);
    let (complete, since) = voice.day_completeness(Metric::Answered);
    assert!(complete && since.starts_with("2026-11-21T00:05"), "{since}");
    voice.report_metric(Metric::ServiceLevel, 100.0);
    assert!(voice.day_completeness(Metric::ServiceLevel).0);
}

#[test]
fn a_total_that_falls_at_noon_counts_from_noon() {
    let mut voice = VendorScenario::new();
    voice.report_metric(Metric::Answered, 40.0);
    voice.advance_time(4 * 3_600);
    voice.report_metric(Metric::Answered, None);
    assert_eq!(
        voice.displayed_figure(Metric::Answered),
        (None, Freshness::Unknown)
    );
    voice.report_metric(Metric::Answered, 2.0);
    voice.report_metric(Metric::ServiceLevel, 50.0);

    let noon = (false, "2026-11-20T12:00:00Z".to_owned());
    assert_eq!(voice.day_completeness(Metric::Answered), noon);
    assert_eq!(voice.day_completeness(Metric::ServiceLevel), noon);
    assert_eq!(
        voice.displayed_figure(Metric::Answered),
        (Some(2.0), Freshness::UpToDate)
    );
}

#[test]
fn a_total_that_fell_during_an_outage_over_midnight_is_of_the_new_day() {
    let mut voice = VendorScenario::new();
    voice.report_metric(Metric::Answered, 40.0);
    voice.disconnect_source();
    voice.advance_time(20 * 3_600);
    voice.connect_source(Some(Discontinuity::Session));
    voice.report_metric(Metric::Answered, 3.0);

    let midnight = (true, "2026-11-21T00:00:00Z".to_owned());
    assert_eq!(voice.day_completeness(Metric::Answered), midnight);
}

#[test]
fn a_status_starts_as_reported_or_when_its_change_was_received() {
    let mut voice = VendorScenario::new();
    voice.report_status(AgentStatus::Available, None);
    voice.advance_time(10);
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::Available, None, Freshness::UpToDate)
    );
    voice.report_status(AgentStatus::Talking, None);
    voice.advance_time(5);
    voice.report_status(AgentStatus::Talking, None);
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::Talking, Some(5), Freshness::UpToDate)
    );
    let since = moment::plus_millis(voice.scenario.now.wall, -2_000);
    voice.report_status(AgentStatus::WrapUp, Some(since));
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::WrapUp, Some(2), Freshness::UpToDate)
    );

    // The changes during a discontinuity are unknown.
    voice.connect_source(Some(Discontinuity::Unavailable));
    assert_eq!(voice.agent_view().2, Freshness::OutOfDate);
    voice.report_status(AgentStatus::NotReady, None);
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::NotReady, None, Freshness::UpToDate)
    );

    let report = VendorValue::Status(None);
    voice.send_report(MetricSubject::Agent(voice_id("akl")), report);
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::Unknown, None, Freshness::Unknown)
    );
}

#[test]
fn the_time_in_state_sets_the_clock_whichever_comes_first() {
    let mut voice = VendorScenario::new();
    voice.report_status(AgentStatus::Available, None);
    voice.report_duration(70.0);
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::Available, Some(70), Freshness::UpToDate)
    );

    // The time first, then the status.
    voice.advance_time(30);
    voice.report_duration(4.0);
    voice.advance_time(1);
    voice.report_status(AgentStatus::Talking, None);
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::Talking, Some(5), Freshness::UpToDate)
    );

    // The status first; the time of the previous status is ignored.
    voice.advance_time(30);
    voice.report_status(AgentStatus::WrapUp, None);
    voice.report_duration(35.0);
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::WrapUp, Some(0), Freshness::UpToDate)
    );
    voice.advance_time(10);
    voice.report_duration(11.0);
    assert_eq!(voice.agent_view().1, Some(11));
}

#[test]
fn a_status_left_and_entered_again_in_between_restarts() {
    let mut voice = VendorScenario::new();
    let ago = |voice: &VendorScenario, seconds: i64| {
        moment::plus_millis(voice.scenario.now.wall, -seconds * 1000)
    };
    let since = ago(&voice, 5);
    voice.report_status(AgentStatus::Available, Some(since));
    voice.report_duration(5.0);
    voice.advance_time(4);

    let since = ago(&voice, 0);
    voice.report_status(AgentStatus::Available, Some(since));
    assert_eq!(voice.agent_view().1, Some(0));

    voice.advance_time(2);
    voice.report_duration(2.0);
    assert_eq!(voice.agent_view().1, Some(2));
}

#[test]
fn a_time_in_state_from_before_a_discontinuity_is_ignored() {
    let mut voice = VendorScenario::new();
    voice.report_status(AgentStatus::Available, None);
    voice.report_duration(3.0);
    voice.advance_time(4);
    voice.connect_source(Some(Discontinuity::Session));

    voice.report_duration(2.0);
    voice.report_status(AgentStatus::Talking, None);

    assert_eq!(
        voice.agent_view(),
        (AgentStatus::Talking, Some(2), Freshness::UpToDate)
    );
}

#[test]
fn a_corrected_wall_clock_changes_no_time_in_state() {
    let mut voice = VendorScenario::new();
    let since = moment::plus_millis(voice.scenario.now.wall, -60_000);
    voice.report_status(AgentStatus::Talking, Some(since));
    voice.report_metric(Metric::Waiting, 1.0);
    voice.report_metric(Metric::LongestWait, 30.0);
    voice.scenario.now.wall = moment::plus_millis(voice.scenario.now.wall, 3_600_000);
    voice.scenario.apply_input(&Input::Tick);

    assert_eq!(
        voice.agent_view(),
        (AgentStatus::Talking, Some(60), Freshness::UpToDate)
    );
    assert_eq!(voice.displayed_figure(Metric::LongestWait).0, Some(30.0));
}

#[test]
fn agents_have_the_vendors_figures_and_no_cases() {
    let mut voice = VendorScenario::new();
    let talked = VendorValue::Metric(Metric::TalkTime, Some(MetricValue::Seconds(900.0)));
    voice.send_report(MetricSubject::Agent(voice_id("akl")), talked);
    let snapshot = voice.scenario.state.snapshot();
    let figure = |metric| snapshot.agent_figure(voice.agent_snapshot(), metric, voice.scenario.now);

    assert_eq!(figure(Metric::Cases), None);
    assert_eq!(
        figure(Metric::Handled).unwrap().freshness,
        Freshness::Unknown
    );
    let talk = figure(Metric::TalkTime).unwrap();
    assert_eq!(
        (talk.value, talk.freshness),
        (Some(MetricValue::Seconds(900.0)), Freshness::UpToDate)
    );
    assert!(talk.day_details.unwrap().is_complete);
}

#[test]
fn a_queue_with_vendor_values_has_a_recent_series() {
    let mut voice = VendorScenario::new();
    voice.holds = Some(400_000);
    voice.report_metric(Metric::Waiting, 3.0);
    voice.report_metric(Metric::LongestWait, 30.0);
    voice.advance_time(360);
    voice.report_metric(Metric::Waiting, 0.0);
    voice.advance_time(3_600);

    let snapshot = voice.scenario.state.snapshot();
    let steps: Vec<_> = snapshot.queues[&voice_id("9002")]
        .recent_series
        .steps(voice.scenario.now)
        .collect();
    let waited: Vec<_> = steps
        .iter()
        .rev()
        .take(15)
        .map(|step| step.waiting)
        .collect();
    assert_eq!(waited[13], Some(3));
    assert_eq!(waited[12], Some(3));
    // An expired value is unknown afterwards.
    assert_eq!(waited[0], None);
    assert_eq!(steps[steps.len() - 13].longest_wait, Some(390.0));
}

#[test]
fn a_time_in_state_without_a_status_still_shows_its_start() {
    let provided = ProvidedMetrics {
        includes_status: false,
        ..provided_agent("akl", &[])
    };
    let site = |provided: ProvidedMetrics| SiteConfig {
        sources: vec![source_setup(vec![provided])],
        ..SiteConfig::default()
    };
    let mut voice = VendorScenario::with_site(site(provided));
    voice.holds = Some(15_000);

    voice.report_duration(40.0);
    voice.advance_time(10);
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::Unknown, Some(50), Freshness::UpToDate)
    );
    voice.advance_time(6);
    assert_eq!(voice.agent_view().2, Freshness::OutOfDate);
    voice.report_duration(3.0);
    voice.connect_source(Some(Discontinuity::Session));
    assert_eq!(voice.agent_view().2, Freshness::OutOfDate);

    // It is no status that another one could follow.
    let site = site(provided_agent("akl", &[]));
    voice
        .scenario
        .apply_input(&Input::SiteConfig(Arc::new(site)));
    assert_eq!(voice.agent_view().2, Freshness::Unknown);
}
