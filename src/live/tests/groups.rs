//! Queues of several sources as one, and people whom several sources know.

use crate::domain::{
    AgentId, AgentStatus, AgentStatusReport, ConnectionEvent, Fact, Id, Input, LinkedPerson,
    Metric, MetricSubject, MetricValue, PersonName, ProvidedMetrics, QueueGroup, QueueId,
    SiteConfig, SourceId, Update, VendorReport, VendorValue,
};

use super::vendor_values::{VendorScenario, provided_agent, provided_queue, source_setup};
use super::{
    LiveScenario, chat_id as chat, created_event, opened_event, site_with_entries as chat_site,
};
use crate::live::{Freshness, MetricFigure, Snapshot};

fn voice_id(external: &str) -> Id {
    super::vendor_values::voice_id(external)
}

fn group_id() -> QueueId {
    Id::new(&SourceId::from("group"), "sales")
}

fn anna_id() -> AgentId {
    Id::new(&SourceId::from("person"), "anna")
}

/// A chat queue and a voice queue as one, and Anna in both.
fn grouped_site(gives: Vec<ProvidedMetrics>) -> SiteConfig {
    let mut site = chat_site(&[], &[]);
    site.sources.push(source_setup(gives));
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
    let metrics = [
        Metric::Waiting,
        Metric::LongestWait,
        Metric::ExpectedWait,
        Metric::AgentsAvailable,
        Metric::Answered,
        Metric::ServiceLevel,
    ];
    let gives = vec![provided_queue("9002", &metrics), provided_agent("akl", &[])];
    let mut both = VendorScenario::with_site(grouped_site(gives));
    both.world.connect_source(None);
    both
}

fn merged_figure(world: &LiveScenario, metric: Metric) -> Option<MetricFigure> {
    let picture = world.state.snapshot();
    picture.queue_figure(&picture.queues[&group_id()], metric, world.now)
}

fn figure_numbers(figure: &MetricFigure) -> [Option<f64>; 3] {
    [figure.value, figure.low, figure.high].map(|value| value.map(MetricValue::as_number))
}

fn check_figure(
    world: &LiveScenario,
    metric: Metric,
    expected: [Option<f64>; 3],
    trust: Freshness,
) {
    let figure = merged_figure(world, metric).unwrap();
    assert_eq!(
        (figure_numbers(&figure), figure.freshness),
        (expected, trust),
        "{metric:?} {figure:?}"
    );
}

#[test]
fn counts_add_and_the_longest_wait_is_the_longest() {
    let mut both = two_source_scenario();
    both.world.send_load("1", 2, 1, 0);
    both.world.send_timers("1", 40.0);
    both.report_metric(Metric::Waiting, 3.0);
    both.report_metric(Metric::LongestWait, 90.0);
    both.world.advance_time(1_000);

    check_figure(
        &both.world,
        Metric::Waiting,
        [Some(5.0), None, None],
        Freshness::UpToDate,
    );
    check_figure(
        &both.world,
        Metric::LongestWait,
        [Some(91.0), None, None],
        Freshness::UpToDate,
    );
    // Only one of them gives it, so it is that one's.
    both.report_metric(Metric::ExpectedWait, 120.0);
    check_figure(
        &both.world,
        Metric::ExpectedWait,
        [Some(120.0), None, None],
        Freshness::UpToDate,
    );
    check_figure(
        &both.world,
        Metric::AverageWait,
        [Some(12.0), None, None],
        Freshness::UpToDate,
    );
    // A share of the one and a share of the other are no share.
    both.report_metric(Metric::ServiceLevel, 80.0);
    let share = merged_figure(&both.world, Metric::ServiceLevel).unwrap();
    assert_eq!(share.value, None);
}

#[test]
fn a_group_without_one_of_its_queues_is_a_lower_bound_and_stale() {
    let mut both = two_source_scenario();
    both.world.send_load("1", 2, 1, 0);
    both.report_metric(Metric::Waiting, 3.0);
    both.world
        .send_connection_event(ConnectionEvent::CatchingUp {
            broken: Some(crate::domain::Discontinuity::QueueNew),
        });
    both.world.send_connection_event(ConnectionEvent::Connected);

    let figure = merged_figure(&both.world, Metric::Waiting).unwrap();
    assert_eq!(figure_numbers(&figure), [Some(5.0), Some(3.0), None]);
    assert_eq!(
        (figure.freshness, figure.reason.as_deref()),
        (Freshness::OutOfDate, Some("excludes 1"))
    );

    both.send_connection_event(ConnectionEvent::Disconnected {
        why: "gone".to_owned(),
    });
    let figure = merged_figure(&both.world, Metric::Waiting).unwrap();
    assert_eq!(figure_numbers(&figure), [Some(5.0), None, None]);
    assert_eq!(figure.freshness, Freshness::OutOfDate);

    // What was never said is missing too, but nothing is out of date.
    both.connect_source(None);
    both.world.send_load("1", 2, 1, 0);
    both.report_metric(Metric::Waiting, None);
    check_figure(
        &both.world,
        Metric::Waiting,
        [None, Some(2.0), None],
        Freshness::UpToDate,
    );
}

#[test]
fn a_queue_that_nobody_has_heard_of_is_missing() {
    let mut both = two_source_scenario();
    both.report_metric(Metric::Waiting, 3.0);

    check_figure(
        &both.world,
        Metric::Waiting,
        [None, Some(3.0), None],
        Freshness::UpToDate,
    );
}

#[test]
fn available_people_are_a_range_unless_they_are_known_one_by_one() {
    let mut both = two_source_scenario();
    both.world.send_load("1", 0, 0, 4);
    both.report_metric(Metric::AgentsAvailable, 0.0);
    check_figure(
        &both.world,
        Metric::AgentsAvailable,
        [Some(4.0), None, None],
        Freshness::UpToDate,
    );
    both.report_metric(Metric::AgentsAvailable, 3.0);
    check_figure(
        &both.world,
        Metric::AgentsAvailable,
        [None, Some(4.0), Some(7.0)],
        Freshness::UpToDate,
    );
    assert!(
        merged_figure(&both.world, Metric::AgentsAvailable)
            .unwrap()
            .reason
            .is_some()
    );
}

#[test]
fn a_total_counts_each_real_queue_once_and_nothing_that_is_linked() {
    let mut site = grouped_site(vec![
        provided_queue("9002", &[Metric::Waiting]),
        provided_queue("9003", &[Metric::Waiting]),
    ]);
    site.linked_queues = [(voice_id("9002"), vec![voice_id("9003")])].into();
    let mut both = VendorScenario::with_site(site);
    both.world.connect_source(None);
    both.world.send_load("1", 2, 0, 0);
    both.report_metric(Metric::Waiting, 3.0);
    let picture = both.world.state.snapshot();

    let all: Vec<_> = picture.queues.values().collect();
    let over = picture.select_queues(all.iter().copied());
    let total = picture
        .merge_figure(&over, Metric::Waiting, both.world.now)
        .unwrap();
    assert_eq!(total.figure.value, Some(MetricValue::Count(5)));
    let site = picture
        .merge_figure(&picture.select_site(), Metric::Waiting, both.world.now)
        .unwrap();
    assert_eq!(site.figure.value, Some(MetricValue::Count(5)));
}

#[test]
fn the_day_of_the_site_is_of_all_vendors() {
    let mut both = two_source_scenario();
    both.world.send_case_event("c1", created_event());
    both.world.send_case_event("c1", opened_event("anna", "1"));
    both.report_metric(Metric::Answered, 40.0);
    let picture = |both: &VendorScenario| both.world.state.snapshot().clone();
    let answered = |picture: &Snapshot, now| {
        let site = picture.merge_figure(&picture.select_site(), Metric::Answered, now);
        site.unwrap().figure
    };

    let figure = answered(&picture(&both), both.world.now);
    assert_eq!(
        (figure_numbers(&figure), figure.freshness),
        ([Some(41.0), None, None], Freshness::UpToDate)
    );
    // The chat has been counted since we came, the vendor counts the whole day.
    let marks = figure.day_details.unwrap();
    // The vendor has counted since midnight, and we since we came.
    assert!(!marks.is_complete && marks.partly_before);

    both.connect_source(Some(crate::domain::Discontinuity::Session));
    let figure = answered(&picture(&both), both.world.now);
    assert_eq!(
        (figure_numbers(&figure), figure.freshness),
        ([Some(41.0), Some(1.0), None], Freshness::OutOfDate)
    );
}

fn report_status(both: &mut VendorScenario, state: AgentStatus) {
    let stance = AgentStatusReport {
        status: state,
        vendor_status: None,
        reason: (state == AgentStatus::NotReady).then(|| "Lunch".into()),
        since: None,
        media: Vec::new(),
    };
    both.send_report(
        MetricSubject::Agent(voice_id("akl")),
        VendorValue::Status(Some(stance)),
    );
}

#[test]
fn of_a_person_the_state_that_binds_them_most_is_shown_once() {
    let mut both = two_source_scenario();
    report_status(&mut both, AgentStatus::NotReady);
    let shown = |both: &VendorScenario| {
        let picture = both.world.state.snapshot();
        let all = picture.all_presences(both.world.now);
        assert_eq!(all.len(), 1);
        let who = &all[0];
        assert_eq!(who.id, &anna_id());
        assert_eq!(who.name, PersonName::from_name("Anna K."));
        (
            who.status,
            who.open_cases(),
            who.not_ready_reason().map(str::to_owned),
            who.freshness,
        )
    };

    let lunch = Some("Lunch".to_owned());
    assert_eq!(
        shown(&both),
        (AgentStatus::NotReady, None, lunch, Freshness::UpToDate)
    );
    both.world.send_case_event("c1", opened_event("anna", "1"));
    assert_eq!(
        shown(&both),
        (AgentStatus::Talking, Some(1), None, Freshness::UpToDate)
    );

    // Who talks here talks, whatever the other line may not tell.
    both.connect_source(Some(crate::domain::Discontinuity::Session));
    assert_eq!(shown(&both).3, Freshness::UpToDate);
    both.world
        .connect_source(Some(crate::domain::Discontinuity::QueueNew));
    assert_eq!(shown(&both).3, Freshness::OutOfDate);
}

#[test]
fn groups_and_people_come_and_go_with_the_configuration() {
    let mut both = two_source_scenario();
    let mut less = grouped_site(vec![provided_queue("9002", &[Metric::Waiting])]);
    less.groups.clear();
    less.people.clear();
    both.world
        .apply_input(&Input::SiteConfig(std::sync::Arc::new(less)));

    let picture = both.world.state.snapshot();
    assert!(!picture.queues.contains_key(&group_id()));
    assert!(picture.all_presences(both.world.now).is_empty());
}

#[test]
fn the_last_hours_of_a_group_are_those_that_all_its_queues_have() {
    let mut both = two_source_scenario();
    both.report_metric(Metric::Waiting, 3.0);
    both.world.advance_time(600_000);
    let steps = |both: &VendorScenario| {
        let picture = both.world.state.snapshot();
        let steps = picture.recent_steps(&picture.queues[&group_id()], both.world.now);
        steps.last().and_then(|step| step.waiting)
    };
    assert_eq!(steps(&both), None);

    both.world.send_load("1", 0, 0, 1);
    both.world.advance_time(600_000);
    assert_eq!(steps(&both), Some(3));
}

/// Statements are not needed one by one here, but their shape is.
#[test]
fn what_is_said_of_a_group_by_a_source_is_nobodys() {
    let mut both = two_source_scenario();
    both.world.apply_input(&Input::Update(Update {
        source: super::vendor_values::voice_source(),
        event: "test",
        at: None,
        fact: Fact::VendorReport(
            MetricSubject::Queue(group_id()),
            VendorReport {
                value: VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(9))),
                age: crate::domain::ValueAge::Immediate,
                valid_for_ms: None,
            },
        ),
        mistyped: 0,
    }));

    assert_eq!(
        figure_numbers(&merged_figure(&both.world, Metric::Waiting).unwrap()),
        [None, None, None]
    );
}
