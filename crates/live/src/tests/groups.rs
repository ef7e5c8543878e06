//! Tests of queues of several sources as one, and of people whom several sources know.

use wallboard_domain::{
    AgentId, AgentStatus, AgentStatusReport, ConnectionEvent, Fact, Id, Input, LinkedPerson,
    Metric, MetricSubject, MetricValue, PersonName, ProvidedMetrics, QueueGroup, QueueId,
    SiteConfig, SourceId, Update, VendorFigure, VendorValue,
};

use super::{
    LiveScenario, chat_id as chat, created_event, opened_event, site_with_entries as chat_site,
};
use crate::testing::{
    QUEUE_VALUES, VendorScenario, provided_agent, provided_queue, source_setup, voice_id,
};
use crate::{Freshness, MetricFigure, Snapshot};

fn group_id() -> QueueId {
    Id::new(&SourceId::from("group"), "sales")
}

fn anna_id() -> AgentId {
    Id::new(&SourceId::from("person"), "anna")
}

/// A chat queue and a voice queue as one group, and Anna in both.
fn grouped_site(provided: Vec<ProvidedMetrics>) -> SiteConfig {
    let mut site = chat_site(&[], &[]);
    site.sources.push(source_setup(provided));
    site.groups = vec![QueueGroup {
        id: group_id(),
        name: "Sales".to_owned(),
        queues: vec![chat("1"), voice_id("9002")],
    }];
    site.people = vec![LinkedPerson {
        id: anna_id(),
        name: "Anna K.".to_owned(),
        agents: vec![chat("anna"), voice_id("akl")],
    }];
    site
}

fn two_source_scenario() -> VendorScenario {
    let provided = vec![
        provided_queue("9002", &QUEUE_VALUES),
        provided_agent("akl", &[]),
    ];
    let mut both = VendorScenario::with_site(grouped_site(provided));
    both.scenario.connect_source(None);
    both
}

fn merged_figure(scenario: &LiveScenario, metric: Metric) -> Option<MetricFigure> {
    let snapshot = scenario.state.snapshot();
    snapshot.queue_figure(&snapshot.queues[&group_id()], metric, scenario.now)
}

fn figure_numbers(figure: &MetricFigure) -> [Option<f64>; 3] {
    [figure.value, figure.low, figure.high].map(|value| value.map(MetricValue::as_number))
}

fn check_figure(
    scenario: &LiveScenario,
    metric: Metric,
    expected: [Option<f64>; 3],
    freshness: Freshness,
) {
    let figure = merged_figure(scenario, metric).unwrap();
    assert_eq!(
        (figure_numbers(&figure), figure.freshness),
        (expected, freshness),
        "{metric:?} {figure:?}"
    );
}

#[test]
fn counts_add_up_and_the_longest_wait_is_the_maximum() {
    let mut both = two_source_scenario();
    both.scenario.send_load("1", 2, 1, 0);
    both.scenario.send_timers("1", 40.0);
    both.report_metric(Metric::Waiting, 3.0);
    both.report_metric(Metric::LongestWait, 90.0);
    both.scenario.advance_time(1_000);

    check_figure(
        &both.scenario,
        Metric::Waiting,
        [Some(5.0), None, None],
        Freshness::UpToDate,
    );
    check_figure(
        &both.scenario,
        Metric::LongestWait,
        [Some(91.0), None, None],
        Freshness::UpToDate,
    );
    // Only one of the queues provides it, so the group has that value.
    both.report_metric(Metric::ExpectedWait, 120.0);
    check_figure(
        &both.scenario,
        Metric::ExpectedWait,
        [Some(120.0), None, None],
        Freshness::UpToDate,
    );
    check_figure(
        &both.scenario,
        Metric::AverageWait,
        [Some(12.0), None, None],
        Freshness::UpToDate,
    );
    // Two service levels can't be combined into one.
    both.report_metric(Metric::ServiceLevel, 80.0);
    let service_level = merged_figure(&both.scenario, Metric::ServiceLevel).unwrap();
    assert_eq!(service_level.value, None);
}

#[test]
fn a_group_without_one_of_its_queues_has_a_lower_bound_and_is_out_of_date() {
    let mut both = two_source_scenario();
    both.scenario.send_load("1", 2, 1, 0);
    both.report_metric(Metric::Waiting, 3.0);
    both.scenario
        .send_connection_event(ConnectionEvent::CatchingUp {
            discontinuity: Some(wallboard_domain::Discontinuity::QueueNew),
        });
    both.scenario
        .send_connection_event(ConnectionEvent::Connected);

    let figure = merged_figure(&both.scenario, Metric::Waiting).unwrap();
    assert_eq!(figure_numbers(&figure), [Some(5.0), Some(3.0), None]);
    assert_eq!(
        (
            figure.freshness,
            figure.reason.map(|reason| reason.to_string())
        ),
        (Freshness::OutOfDate, Some("excludes 1".to_owned()))
    );

    both.send_connection_event(ConnectionEvent::Disconnected {
        why: "gone".to_owned(),
    });
    let figure = merged_figure(&both.scenario, Metric::Waiting).unwrap();
    assert_eq!(figure_numbers(&figure), [Some(5.0), None, None]);
    assert_eq!(figure.freshness, Freshness::OutOfDate);

    // A missing value excludes the queue too, but nothing is out of date.
    both.connect_source(None);
    both.scenario.advance_time(1);
    both.scenario.send_load("1", 2, 1, 0);
    both.report_metric(Metric::Waiting, None);
    check_figure(
        &both.scenario,
        Metric::Waiting,
        [None, Some(2.0), None],
        Freshness::UpToDate,
    );
}

#[test]
fn a_queue_without_reports_is_missing() {
    let mut both = two_source_scenario();
    both.report_metric(Metric::Waiting, 3.0);

    check_figure(
        &both.scenario,
        Metric::Waiting,
        [None, Some(3.0), None],
        Freshness::UpToDate,
    );
}

#[test]
fn available_agents_are_a_range_unless_known_individually() {
    let mut both = two_source_scenario();
    both.scenario.send_load("1", 0, 0, 4);
    both.report_metric(Metric::AgentsAvailable, 0.0);
    check_figure(
        &both.scenario,
        Metric::AgentsAvailable,
        [Some(4.0), None, None],
        Freshness::UpToDate,
    );
    both.report_metric(Metric::AgentsAvailable, 3.0);
    check_figure(
        &both.scenario,
        Metric::AgentsAvailable,
        [None, Some(4.0), Some(7.0)],
        Freshness::UpToDate,
    );
    assert!(
        merged_figure(&both.scenario, Metric::AgentsAvailable)
            .unwrap()
            .reason
            .is_some()
    );
}

#[test]
fn a_total_counts_each_real_queue_once_without_linked_queues() {
    let mut site = grouped_site(vec![
        provided_queue("9002", &[Metric::Waiting]),
        provided_queue("9003", &[Metric::Waiting]),
    ]);
    site.linked_queues = [(voice_id("9002"), vec![voice_id("9003")])].into();
    let mut both = VendorScenario::with_site(site);
    both.scenario.connect_source(None);
    both.scenario.send_load("1", 2, 0, 0);
    both.report_metric(Metric::Waiting, 3.0);
    let snapshot = both.scenario.state.snapshot();

    let all: Vec<_> = snapshot.queues.values().collect();
    let selection = snapshot.select_queues(all.iter().copied());
    let total = snapshot
        .merge_figure(&selection, Metric::Waiting, both.scenario.now)
        .unwrap();
    assert_eq!(total.figure.value, Some(MetricValue::Count(5)));
    let site = snapshot
        .merge_figure(&snapshot.select_site(), Metric::Waiting, both.scenario.now)
        .unwrap();
    assert_eq!(site.figure.value, Some(MetricValue::Count(5)));
}

#[test]
fn the_day_of_the_site_includes_all_vendors() {
    let mut both = two_source_scenario();
    both.scenario.send_case_event("c1", created_event());
    both.scenario
        .send_case_event("c1", opened_event("anna", "1"));
    both.report_metric(Metric::Answered, 40.0);
    let snapshot = |both: &VendorScenario| both.scenario.state.snapshot().clone();
    let answered = |snapshot: &Snapshot, now| {
        let site = snapshot.merge_figure(&snapshot.select_site(), Metric::Answered, now);
        site.unwrap().figure
    };

    let figure = answered(&snapshot(&both), both.scenario.now);
    assert_eq!(
        (figure_numbers(&figure), figure.freshness),
        ([Some(41.0), None, None], Freshness::UpToDate)
    );
    // We count the chat since our first connection, the vendor counts the whole day.
    let details = figure.day_details.unwrap();
    // The vendor counts since midnight, and we since our first connection.
    assert!(!details.is_complete && details.is_partly_earlier);

    both.connect_source(Some(wallboard_domain::Discontinuity::Session));
    let figure = answered(&snapshot(&both), both.scenario.now);
    assert_eq!(
        (figure_numbers(&figure), figure.freshness),
        ([Some(41.0), Some(1.0), None], Freshness::OutOfDate)
    );
}

fn report_status(both: &mut VendorScenario, status: AgentStatus) {
    let report = AgentStatusReport {
        status,
        vendor_status: None,
        reason: (status == AgentStatus::NotReady).then(|| "Lunch".into()),
        since: None,
        media: Vec::new(),
    };
    both.send_report(
        MetricSubject::Agent(voice_id("akl")),
        VendorValue::Status(Some(report)),
    );
}

#[test]
fn a_person_appears_once_with_their_highest_priority_status() {
    let mut both = two_source_scenario();
    report_status(&mut both, AgentStatus::NotReady);
    let displayed = |both: &VendorScenario| {
        let snapshot = both.scenario.state.snapshot();
        let all = snapshot.all_presences(both.scenario.now);
        assert_eq!(all.len(), 1);
        let presence = &all[0];
        assert_eq!(presence.id, &anna_id());
        assert_eq!(presence.name, PersonName::from_name("Anna K."));
        (
            presence.status,
            presence.open_cases(),
            presence.not_ready_reason().map(str::to_owned),
            presence.freshness,
        )
    };

    let lunch = Some("Lunch".to_owned());
    assert_eq!(
        displayed(&both),
        (AgentStatus::NotReady, None, lunch, Freshness::UpToDate)
    );
    both.scenario
        .send_case_event("c1", opened_event("anna", "1"));
    assert_eq!(
        displayed(&both),
        (AgentStatus::Talking, Some(1), None, Freshness::UpToDate)
    );

    // An agent who talks here is talking, even if the other source is out of date.
    both.connect_source(Some(wallboard_domain::Discontinuity::Session));
    assert_eq!(displayed(&both).3, Freshness::UpToDate);
    both.scenario
        .connect_source(Some(wallboard_domain::Discontinuity::QueueNew));
    assert_eq!(displayed(&both).3, Freshness::OutOfDate);
}

#[test]
fn groups_and_people_follow_the_configuration() {
    let mut both = two_source_scenario();
    let mut smaller_site = grouped_site(vec![provided_queue("9002", &[Metric::Waiting])]);
    smaller_site.groups.clear();
    smaller_site.people.clear();
    both.scenario
        .apply_input(&Input::SiteConfig(std::sync::Arc::new(smaller_site)));

    let snapshot = both.scenario.state.snapshot();
    assert!(!snapshot.queues.contains_key(&group_id()));
    assert!(snapshot.all_presences(both.scenario.now).is_empty());
}

#[test]
fn a_group_has_recent_series_only_if_all_its_queues_do() {
    let mut both = two_source_scenario();
    both.report_metric(Metric::Waiting, 3.0);
    both.scenario.advance_time(600_000);
    let steps = |both: &VendorScenario| {
        let snapshot = both.scenario.state.snapshot();
        let steps = snapshot.recent_steps(&snapshot.queues[&group_id()], both.scenario.now);
        steps.last().and_then(|step| step.waiting)
    };
    assert_eq!(steps(&both), None);

    both.scenario.send_load("1", 0, 0, 1);
    both.scenario.advance_time(600_000);
    assert_eq!(steps(&both), Some(3));
}

/// A complete update, because only its shape matters here.
#[test]
fn a_report_for_a_group_id_is_ignored() {
    let mut both = two_source_scenario();
    both.scenario.apply_input(&Input::Update(Update {
        source: crate::testing::voice_source(),
        event: "test",
        at: None,
        fact: Fact::VendorFigure(
            MetricSubject::Queue(group_id()),
            VendorFigure {
                value: VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(9))),
                age: wallboard_domain::ValueAge::Immediate,
                valid_for_ms: None,
            },
        ),
        mistyped: 0,
    }));

    assert_eq!(
        figure_numbers(&merged_figure(&both.scenario, Metric::Waiting).unwrap()),
        [None, None, None]
    );
}
