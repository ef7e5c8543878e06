//! Vendor reports in any order, with discontinuities and expiries. Nothing out of date is
//! displayed as up to date, and a group matches an independent computation.

use proptest::prelude::*;
use strum::IntoEnumIterator;

use crate::BoardLayout;
use wallboard_domain::{
    AgentStatus, AgentStatusReport, ConnectionEvent, Discontinuity, EntityKind, EntityProfile,
    Fact, Id, Input, LinkedPerson, Metric, MetricSubject, MetricValue, Pattern, PatternThresholds,
    Patterns, QueueGroup, SeverityLimits, SiteConfig, SourceId, Update, VendorValue,
};
use wallboard_live::{
    Freshness,
    testing::{VendorScenario, provided_agent, provided_queue, source_setup, voice_id},
};

use super::partial_boards::PartialBoards;

const QUEUES: [&str; 3] = ["9001", "9002", "9003"];
const METRICS: [Metric; 4] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::AgentsAvailable,
    Metric::Answered,
];
/// The first two are one person.
const AGENTS: [&str; 3] = ["akl", "bo", "cy"];
/// The queues that they serve, apart from the others.
const AGENT_QUEUES: [&str; 2] = ["9008", "9009"];
const STATUSES: [AgentStatus; 4] = [
    AgentStatus::Available,
    AgentStatus::Talking,
    AgentStatus::NotReady,
    AgentStatus::LoggedOut,
];

#[derive(Clone, Debug)]
enum VendorAction {
    /// A report of a queue's value, valid for some seconds or while connected.
    Report(usize, usize, Option<u8>, Option<i64>),
    Discontinuity,
    Disconnect,
    Reconnect,
    Wait(i64),
    /// A report of an agent's status, valid like a queue's value.
    Status(usize, AgentStatus, Option<i64>),
    /// An agent serves other queues.
    Assign(usize, Vec<usize>),
}

fn vendor_action() -> impl Strategy<Value = VendorAction> {
    let value = prop::option::weighted(0.9, 0u8..4);
    let valid_seconds = || prop::option::of(1i64..40);
    prop_oneof![
        8 => (0..QUEUES.len(), 0..METRICS.len(), value, valid_seconds())
            .prop_map(|(queue, metric, value, valid_seconds)| VendorAction::Report(queue, metric, value, valid_seconds)),
        1 => Just(VendorAction::Discontinuity),
        1 => Just(VendorAction::Disconnect),
        2 => Just(VendorAction::Reconnect),
        3 => (1i64..50).prop_map(VendorAction::Wait),
        4 => (0..AGENTS.len(), prop::sample::select(STATUSES.to_vec()), valid_seconds())
            .prop_map(|(agent, status, valid_seconds)| VendorAction::Status(agent, status, valid_seconds)),
        1 => (0..AGENTS.len(), prop::sample::subsequence(vec![0, 1], 0..=2))
            .prop_map(|(agent, queues)| VendorAction::Assign(agent, queues)),
    ]
}

/// The last report, and until when it may be up to date.
#[derive(Clone, Copy, Debug)]
struct LastReport {
    value: Option<u8>,
    generation: u32,
    until: i64,
}

struct VendorPropertyRun {
    voice: VendorScenario,
    last: [[Option<LastReport>; METRICS.len()]; QUEUES.len()],
    generation: u32,
    live: bool,
    boards: PartialBoards,
}

impl VendorPropertyRun {
    fn new(layout: BoardLayout) -> Self {
        let group = QueueGroup {
            id: Id::new(&SourceId::from("group"), "all"),
            name: "All".to_owned(),
            queues: QUEUES.map(voice_id).to_vec(),
        };
        let person = LinkedPerson {
            id: Id::new(&SourceId::from("person"), "anna"),
            name: "Anna".to_owned(),
            agents: AGENTS[..2].iter().map(|agent| voice_id(agent)).collect(),
        };
        let waiting = PatternThresholds {
            metrics: vec![(
                Metric::Waiting,
                SeverityLimits {
                    warning: Some(2.0),
                    ..SeverityLimits::default()
                },
            )],
            ..PatternThresholds::default()
        };
        let queues = QUEUES
            .iter()
            .chain(&AGENT_QUEUES)
            .map(|name| provided_queue(name, &METRICS));
        let agents = AGENTS.iter().map(|name| provided_agent(name, &[]));
        let provided = queues.chain(agents);
        let site = SiteConfig {
            sources: vec![source_setup(provided.collect())],
            groups: vec![group],
            people: vec![person],
            thresholds: Patterns(vec![(Pattern("*".into()), waiting)]),
            ..SiteConfig::default()
        };
        let mut voice = VendorScenario::with_site(site);
        Self {
            boards: PartialBoards::open(
                layout,
                &["voice/9001", "voice/9008", "group/all"],
                &mut voice.scenario,
            ),
            voice,
            last: Default::default(),
            generation: 1,
            live: true,
        }
    }

    fn apply_action(&mut self, action: &VendorAction) {
        match *action {
            VendorAction::Report(queue, metric, value, valid_seconds) => {
                self.report_metric(queue, metric, value, valid_seconds);
            }
            VendorAction::Discontinuity => {
                self.generation += 1;
                self.live = true;
                self.voice.connect_source(Some(Discontinuity::Session));
            }
            VendorAction::Disconnect => {
                self.live = false;
                let why = "gone".to_owned();
                self.voice
                    .send_connection_event(ConnectionEvent::Disconnected { why });
            }
            VendorAction::Reconnect => {
                self.live = true;
                self.voice.connect_source(None);
            }
            VendorAction::Wait(seconds) => self.voice.scenario.advance_time(seconds * 1000),
            VendorAction::Status(agent, status, valid_seconds) => {
                self.voice.holds = valid_seconds.map(|seconds| seconds * 1000);
                let subject = MetricSubject::Agent(voice_id(AGENTS[agent]));
                let report = AgentStatusReport {
                    status,
                    vendor_status: None,
                    reason: None,
                    since: None,
                    media: Vec::new(),
                };
                self.voice
                    .send_report(subject, VendorValue::Status(Some(report)));
            }
            VendorAction::Assign(agent, ref queues) => {
                let mut profile = EntityProfile::new(EntityKind::Agent, voice_id(AGENTS[agent]));
                profile.queues = Some(queues.iter().map(|n| voice_id(AGENT_QUEUES[*n])).collect());
                self.voice.scenario.apply_input(&Input::Update(Update {
                    source: SourceId::from("voice"),
                    event: "test",
                    at: None,
                    fact: Fact::Profile(profile),
                    mistyped: 0,
                }));
            }
        }
        self.check_queues();
        self.boards.check(&mut self.voice.scenario);
    }

    fn report_metric(
        &mut self,
        queue: usize,
        metric: usize,
        value: Option<u8>,
        valid_seconds: Option<i64>,
    ) {
        let now = self.voice.scenario.now.monotonic.0;
        let until = valid_seconds.map_or(i64::MAX, |valid_seconds| now + valid_seconds * 1000);
        self.voice.holds = valid_seconds.map(|valid_seconds| valid_seconds * 1000);
        let metric_id = METRICS[metric];
        let report = VendorValue::Metric(metric_id, value.map(|n| metric_id.value(n.into())));
        self.voice
            .send_report(MetricSubject::Queue(voice_id(QUEUES[queue])), report);
        let last = LastReport {
            value,
            generation: self.generation,
            until,
        };
        self.last[queue][metric] = Some(last);
        // Nobody waits, so there is no longest wait.
        if metric_id == Metric::Waiting && value == Some(0) && self.last[queue][1].is_some() {
            let no_wait = Some(0);
            self.last[queue][1] = Some(LastReport {
                value: no_wait,
                ..last
            });
        }
    }

    fn is_fresh(&self, last: LastReport) -> bool {
        let now = self.voice.scenario.now.monotonic.0;
        self.live && last.generation == self.generation && now < last.until
    }

    /// The value that may be displayed as up to date; 0 is an empty queue.
    fn fresh_value(&self, queue: usize, metric: usize) -> Option<u8> {
        let last = self.last[queue][metric].filter(|last| self.is_fresh(*last));
        let waiting = self.last[queue][0].filter(|last| self.is_fresh(*last));
        if METRICS[metric] == Metric::LongestWait
            && self.last[queue][metric].is_some()
            && waiting.and_then(|last| last.value) == Some(0)
        {
            return Some(0);
        }
        last?.value
    }

    fn check_queues(&self) {
        let snapshot = self.voice.scenario.state.snapshot();
        let now = self.voice.scenario.now;
        for (n, name) in QUEUES.iter().enumerate() {
            for (m, metric) in METRICS.into_iter().enumerate() {
                let queue = &snapshot.queues[&voice_id(name)];
                let figure = snapshot.queue_figure(queue, metric, now).unwrap();
                let is_fresh = figure.freshness == Freshness::UpToDate;
                assert_eq!(
                    is_fresh,
                    self.fresh_value(n, m).is_some(),
                    "{name} {metric:?}"
                );
                if is_fresh && metric != Metric::LongestWait {
                    let displayed = figure.value.map(MetricValue::as_number);
                    assert_eq!(
                        displayed,
                        self.fresh_value(n, m).map(f64::from),
                        "{name} {metric:?}"
                    );
                }
            }
        }
        self.check_group();
    }

    /// Compares the group with an independent computation: sums if all are up to date, else lower
    /// bounds.
    fn check_group(&self) {
        let snapshot = self.voice.scenario.state.snapshot();
        let group = &snapshot.queues[&Id::new(&SourceId::from("group"), "all")];
        for (m, metric) in METRICS.into_iter().enumerate() {
            let figure = snapshot.queue_figure(group, metric, self.voice.scenario.now);
            let figure = figure.unwrap();
            let known: Vec<u64> = (0..QUEUES.len())
                .filter_map(|n| self.fresh_value(n, m).map(u64::from))
                .collect();
            let sum: u64 = known.iter().sum();
            let most = known.iter().copied().max().unwrap_or(0);
            let number = |value: Option<MetricValue>| match value {
                Some(MetricValue::Count(n)) => Some(n),
                _ => None,
            };
            let displayed = (
                number(figure.value),
                number(figure.low),
                number(figure.high),
            );
            let is_complete = known.len() == QUEUES.len();
            if !is_complete {
                assert!(
                    figure.freshness != Freshness::UpToDate || figure.value.is_none(),
                    "{metric:?}"
                );
            }
            match metric {
                Metric::LongestWait => {}
                // A range of last values is gray like any other value.
                Metric::AgentsAvailable if known.is_empty() => {
                    assert_ne!(figure.freshness, Freshness::UpToDate);
                }
                Metric::AgentsAvailable if is_complete && most < sum => {
                    assert_eq!(displayed, (None, Some(most), Some(sum)));
                }
                Metric::AgentsAvailable if is_complete => {
                    assert_eq!(displayed, (Some(sum), None, None));
                }
                _ if is_complete => assert_eq!(displayed, (Some(sum), None, None), "{metric:?}"),
                Metric::AgentsAvailable => {
                    assert_eq!((displayed.1, displayed.2), (Some(most), None));
                }
                _ if !known.is_empty() => {
                    assert_eq!((displayed.1, displayed.2), (Some(sum), None), "{metric:?}");
                }
                _ => assert_eq!((displayed.1, displayed.2), (None, None), "{metric:?}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_out_of_date_is_up_to_date_and_a_group_matches_its_queues(
        layout in prop::sample::select(BoardLayout::iter().collect::<Vec<_>>()),
        actions in prop::collection::vec(vendor_action(), 1..60),
    ) {
        let mut run = VendorPropertyRun::new(layout);
        for action in &actions {
            run.apply_action(action);
        }
    }
}
