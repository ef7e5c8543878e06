//! Tests of the facts that could help a queue that needs attention.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::{
    AgentStatus, AgentStatusReport, DataScope, Id, Metric, MetricSubject, OpeningHours, Pattern,
    PatternThresholds, Patterns, QueueGroup, SiteConfig, SourceId, VendorValue, moment,
};

use super::{chat_id, site_with_entries};
use crate::{
    Evaluator, Snapshot,
    testing::{
        QUEUE_VALUES, VendorScenario, provided_agent, provided_queue, source_setup, voice_id,
    },
};

const MINUTE: i64 = 60_000;

/// The queues with free agents, with their number and those who are known; and who is on break for so
/// many minutes too long.
type Facts = (
    Vec<(&'static str, u64, Vec<&'static str>)>,
    Vec<(&'static str, i64)>,
);

/// Returns, a voice queue with a long wait and nobody available. In its group are Sales, where Anna is
/// free, and a chat queue. Bo, of Returns, has been on break for 4 min longer than allowed.
fn busy_floor(change: impl FnOnce(&mut SiteConfig)) -> VendorScenario {
    let mut site = site_with_entries(&[], &[]);
    site.sources.push(source_setup(vec![
        provided_queue("returns", &QUEUE_VALUES),
        provided_queue("sales", &QUEUE_VALUES),
        provided_agent("anna", &[]),
        provided_agent("bo", &[]),
    ]));
    site.groups = vec![QueueGroup {
        id: Id::new(&SourceId::from("group"), "service"),
        name: "Service".to_owned(),
        queues: vec![voice_id("returns"), voice_id("sales"), chat_id("1")],
    }];
    let thresholds = PatternThresholds {
        time_in_state: vec![(AgentStatus::NotReady, 30 * MINUTE)],
        ..PatternThresholds::default()
    };
    site.thresholds = Patterns(vec![(Pattern("*".into()), thresholds)]);
    change(&mut site);
    let mut floor = VendorScenario::with_site(site);
    floor.scenario.connect_source(None);
    report(&mut floor, "returns", Metric::LongestWait, 200.0);
    report(&mut floor, "returns", Metric::AgentsAvailable, 0.0);
    report(&mut floor, "sales", Metric::AgentsAvailable, 1.0);
    floor.scenario.send_load("1", 0, 0, 0);
    let ago = |minutes: i64| moment::plus_millis(floor.scenario.now.wall, -minutes * MINUTE);
    let (anna, bo) = (ago(3), ago(34));
    report_status(&mut floor, "anna", AgentStatus::Available, anna);
    report_status(&mut floor, "bo", AgentStatus::NotReady, bo);
    floor
}

fn report(floor: &mut VendorScenario, queue: &str, metric: Metric, number: f64) {
    let value = VendorValue::Metric(metric, Some(metric.value(number)));
    floor.send_report(MetricSubject::Queue(voice_id(queue)), value);
}

fn report_status(floor: &mut VendorScenario, agent: &str, status: AgentStatus, since: Timestamp) {
    let report = AgentStatusReport {
        status,
        vendor_status: None,
        reason: None,
        since: Some(since),
        media: Vec::new(),
    };
    let subject = MetricSubject::Agent(voice_id(agent));
    floor.send_report(subject, VendorValue::Status(Some(report)));
}

/// The snapshot, in which Anna serves these queues.
fn snapshot_of(floor: &VendorScenario, annas: &[&str]) -> Snapshot {
    let mut snapshot = floor.scenario.state.snapshot().clone();
    for (agent, queues) in [("anna", annas), ("bo", &["returns"])] {
        let agent = snapshot.agents.get_mut(&voice_id(agent)).unwrap();
        agent.queues = queues.iter().map(|queue| voice_id(queue)).collect();
    }
    snapshot
}

fn read_facts(floor: &VendorScenario, snapshot: &Snapshot, shows_agents: bool) -> Facts {
    let mut evaluator = Evaluator::new(snapshot, floor.scenario.now);
    let help = evaluator.find_help(&snapshot.queues[&voice_id("returns")], shows_agents);
    let known = |id: &Id| {
        let mut known = ["sales", "1", "anna", "bo"].into_iter();
        known.find(|known| **known == *id.external)
    };
    let free = help.free.iter().map(|free| {
        let agents = free.agents.iter().map(|agent| known(agent.id).unwrap());
        (
            known(&free.queue.id).unwrap(),
            free.count,
            agents.collect::<Vec<_>>(),
        )
    });
    let breaks = help.long_breaks.iter();
    let breaks = breaks.map(|long| (known(long.agent.id).unwrap(), long.over_ms / MINUTE));
    (free.collect(), breaks.collect())
}

fn nothing() -> Facts {
    Facts::default()
}

#[test]
fn free_agents_of_the_group_and_long_breaks_could_help() {
    let floor = busy_floor(|_| {});
    let expected = (vec![("sales", 1, vec!["anna"])], vec![("bo", 4)]);

    let facts = read_facts(&floor, &snapshot_of(&floor, &["sales"]), true);

    assert_eq!(facts, expected);
}

#[test]
fn a_calm_or_closed_queue_needs_no_help() {
    let mut floor = busy_floor(|_| {});
    report(&mut floor, "returns", Metric::Waiting, 0.0);
    report(&mut floor, "returns", Metric::LongestWait, 0.0);
    let closed = busy_floor(|site| {
        let hours = OpeningHours {
            zone: TimeZone::UTC,
            week: [const { Vec::new() }; 7],
            dates: BTreeMap::new(),
            holidays: wallboard_domain::ClosedDays::default(),
        };
        site.hours = Patterns(vec![(Pattern("voice/returns".into()), hours)]);
    });

    for floor in [floor, closed] {
        let facts = read_facts(&floor, &snapshot_of(&floor, &["sales"]), true);
        assert_eq!(facts, nothing());
    }
}

#[test]
fn other_queues_are_those_of_a_group_that_are_shown_and_calm() {
    let mut busy = busy_floor(|_| {});
    report(&mut busy, "sales", Metric::LongestWait, 200.0);
    let floors = [
        busy_floor(|site| site.groups.clear()),
        busy_floor(|site| site.hidden_queues = vec![Pattern("voice/sales".into())]),
        busy,
    ];
    for floor in floors {
        let (free, _) = read_facts(&floor, &snapshot_of(&floor, &["sales"]), true);
        assert_eq!(free, []);
    }

    // A reader of this queue alone.
    let floor = busy_floor(|_| {});
    let scope = DataScope {
        queues: vec![Pattern("voice/returns".into())],
        agents: Vec::new(),
    };
    let narrowed = snapshot_of(&floor, &["sales"]).narrow_to(&scope);
    let facts = read_facts(&floor, &narrowed, true);
    assert_eq!(facts, (Vec::new(), vec![("bo", 4)]));
}

#[test]
fn somebody_who_serves_the_queue_already_is_no_help() {
    let floor = busy_floor(|_| {});
    let mut snapshot = snapshot_of(&floor, &["sales", "returns"]);

    // The vendor says that one is available in Sales and nobody here, so it's somebody else.
    let (free, _) = read_facts(&floor, &snapshot, true);
    assert_eq!(free, [("sales", 1, vec![])]);

    let mut floor = floor;
    report(&mut floor, "returns", Metric::AgentsAvailable, 1.0);
    snapshot.queues = floor.scenario.state.snapshot().queues.clone();
    let (free, _) = read_facts(&floor, &snapshot, true);
    assert_eq!(free, []);
}

#[test]
fn only_up_to_date_facts_count() {
    let mut floor = busy_floor(|_| {});
    floor.scenario.send_load("1", 0, 0, 4);
    let chat = |floor: &VendorScenario| {
        let (free, _) = read_facts(floor, &snapshot_of(floor, &["sales"]), true);
        free.iter().any(|(queue, ..)| *queue == "1")
    };
    assert!(chat(&floor));

    floor.scenario.disconnect_source();
    assert!(!chat(&floor));

    floor.scenario.connect_source(None);
    floor.disconnect_source();
    for seconds in [0, 3, 60, 400] {
        floor.advance_time(seconds);
        let facts = read_facts(&floor, &snapshot_of(&floor, &["sales"]), true);
        let of_voice = (facts.0.iter()).filter(|(queue, ..)| *queue == "sales");
        assert_eq!((of_voice.count(), facts.1), (0, Vec::new()), "{seconds} s");
    }
}

#[test]
fn readers_who_may_not_see_agents_get_numbers_only() {
    let floor = busy_floor(|_| {});
    let facts = read_facts(&floor, &snapshot_of(&floor, &["sales"]), false);
    assert_eq!(facts, (vec![("sales", 1, vec![])], Vec::new()));

    let floor = busy_floor(|site| site.smallest_team = 5);
    let snapshot = snapshot_of(&floor, &["sales"]);
    let withheld = snapshot.withhold_small_teams().unwrap();
    assert_eq!(read_facts(&floor, &withheld, false), nothing());
}

#[test]
fn without_a_limit_no_break_is_too_long() {
    let floor = busy_floor(|site| site.thresholds = Patterns::default());

    let (_, breaks) = read_facts(&floor, &snapshot_of(&floor, &["sales"]), true);

    assert_eq!(breaks, []);
}
