//! Tests of values that a system sends to the API, for queues and agents that it names itself.

use std::sync::Arc;

use wallboard_domain::{
    AgentStatus, EntityKind, EntityProfile, Fact, Input, Metric, MetricSubject, MetricValue,
    SiteConfig, SourceKind, SourceSetup, Update, ValueAge, VendorValue, moment,
};

use crate::{
    Freshness,
    testing::{VendorScenario, voice_id, voice_source},
};

fn pushed_site() -> SiteConfig {
    SiteConfig {
        sources: vec![SourceSetup::new(voice_source(), SourceKind::OF_VALUES)],
        ..SiteConfig::default()
    }
}

fn pushed_scenario() -> VendorScenario {
    VendorScenario {
        holds: Some(60_000),
        ..VendorScenario::with_site(pushed_site())
    }
}

/// Sends a queue's value of some milliseconds ago.
fn send(voice: &mut VendorScenario, metric: Metric, number: f64, age: i64) {
    let at = moment::plus_millis(voice.scenario.now.wall, -age);
    voice.holds = Some(60_000 - age);
    voice.send_report_at(
        Some(at),
        ValueAge::Known(age),
        MetricSubject::Queue(voice_id("9002")),
        VendorValue::Metric(metric, Some(metric.value(number))),
    );
}

#[test]
fn a_queue_exists_from_its_first_value_on_and_has_what_was_sent() {
    let mut voice = pushed_scenario();
    assert!(voice.scenario.state.snapshot().queues.is_empty());

    send(&mut voice, Metric::Waiting, 3.0, 0);
    send(&mut voice, Metric::Answered, 40.0, 0);
    assert_eq!(
        voice.displayed_figure(Metric::Waiting),
        (Some(3.0), Freshness::UpToDate)
    );
    let snapshot = voice.scenario.state.snapshot();
    let queue = &snapshot.queues[&voice_id("9002")];
    let offered = snapshot.queue_figure(queue, Metric::Offered, voice.scenario.now);
    assert_eq!(offered, None, "never sent");

    // Another setting keeps it; without its source it's gone.
    let mut site = pushed_site();
    site.names.insert("voice/9002".into(), "Sales".into());
    let reconfigure = |voice: &mut VendorScenario, site: SiteConfig| {
        voice
            .scenario
            .apply_input(&Input::SiteConfig(Arc::new(site)));
    };
    reconfigure(&mut voice, site);
    assert_eq!(voice.displayed_figure(Metric::Answered).0, Some(40.0));
    reconfigure(&mut voice, SiteConfig::default());
    assert!(voice.scenario.state.snapshot().queues.is_empty());
}

#[test]
fn an_older_value_never_replaces_a_newer_one_nor_prolongs_it() {
    let mut voice = pushed_scenario();
    send(&mut voice, Metric::Waiting, 3.0, 0);
    voice.advance_time(30);
    send(&mut voice, Metric::Waiting, 9.0, 40_000);
    assert_eq!(voice.displayed_figure(Metric::Waiting).0, Some(3.0));

    // The same batch again.
    send(&mut voice, Metric::Waiting, 3.0, 30_000);
    voice.advance_time(29);
    assert_eq!(
        voice.displayed_figure(Metric::Waiting),
        (Some(3.0), Freshness::UpToDate)
    );
    voice.advance_time(1);
    assert_eq!(
        voice.displayed_figure(Metric::Waiting),
        (Some(3.0), Freshness::OutOfDate)
    );
    send(&mut voice, Metric::Waiting, 4.0, 1_000);
    assert_eq!(
        voice.displayed_figure(Metric::Waiting),
        (Some(4.0), Freshness::UpToDate)
    );
}

#[test]
fn an_older_status_never_replaces_a_newer_one() {
    let mut voice = pushed_scenario();
    voice.report_status(AgentStatus::Talking, None);
    voice.ahead = -5_000;
    voice.report_status(AgentStatus::Available, None);
    assert_eq!(voice.agent_view().0, AgentStatus::Talking);
    voice.ahead = 0;
    voice.advance_time(1);
    voice.report_status(AgentStatus::WrapUp, None);
    assert_eq!(
        voice.agent_view(),
        (AgentStatus::WrapUp, Some(0), Freshness::UpToDate)
    );
}

#[test]
fn a_longest_wait_is_as_of_its_batch() {
    let mut voice = pushed_scenario();
    send(&mut voice, Metric::Waiting, 1.0, 20_000);
    send(&mut voice, Metric::LongestWait, 40.0, 20_000);
    assert_eq!(voice.displayed_figure(Metric::LongestWait).0, Some(60.0));
}

#[test]
fn what_is_not_sent_for_a_day_is_removed() {
    let mut voice = pushed_scenario();
    send(&mut voice, Metric::Waiting, 3.0, 0);
    voice.report_status(AgentStatus::Available, None);
    voice.advance_time(20 * 3_600);
    voice.report_status(AgentStatus::Available, None);
    voice.advance_time(4 * 3_600);
    voice.scenario.apply_input(&Input::Tick);

    let snapshot = voice.scenario.state.snapshot();
    assert!(snapshot.queues.is_empty());
    assert_eq!(snapshot.agents.len(), 1);
    voice.advance_time(20 * 3_600);
    voice.scenario.apply_input(&Input::Tick);
    assert!(voice.scenario.state.snapshot().agents.is_empty());
}

#[test]
fn a_name_alone_has_no_figures_of_contacts_and_a_stored_one_is_not_needed() {
    let mut voice = pushed_scenario();
    let profile = EntityProfile {
        name: Some("Sales".into()),
        ..EntityProfile::new(EntityKind::Queue, voice_id("9002"))
    };
    voice
        .scenario
        .apply_input(&Input::StoredProfile(profile.clone()));
    assert!(voice.scenario.state.snapshot().queues.is_empty());

    voice.scenario.apply_input(&Input::Update(Update {
        source: voice_source(),
        event: "values",
        at: None,
        fact: Fact::Profile(profile),
        mistyped: 0,
    }));
    let snapshot = voice.scenario.state.snapshot();
    let queue = &snapshot.queues[&voice_id("9002")];
    assert_eq!(queue.name.as_deref(), Some("Sales"));
    let answered = snapshot.queue_figure(queue, Metric::Answered, voice.scenario.now);
    assert_eq!(answered, None);
    send(&mut voice, Metric::Answered, 0.0, 0);
    let answered = voice.queue_figure(Metric::Answered).value;
    assert_eq!(answered, Some(MetricValue::Count(0)));
}
