//! Statements in any order, with breaks and expiries: nothing is shown fresh that is not,
//! and a group is what an independent reckoning makes of its queues.

use proptest::prelude::*;

use crate::domain::{
    ConnectionEvent, Discontinuity, Id, Metric, MetricSubject, MetricValue, QueueGroup, SiteConfig,
    SourceId, VendorValue,
};
use crate::live::Freshness;

use super::vendor_values::{VendorScenario, provided_queue, source_setup, voice_id};

const QUEUES: [&str; 3] = ["9001", "9002", "9003"];
const METRICS: [Metric; 4] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::AgentsAvailable,
    Metric::Answered,
];

#[derive(Clone, Debug)]
enum VendorAction {
    /// A value of a queue, for so many seconds, or while the line stands.
    Say(usize, usize, Option<u8>, Option<i64>),
    Break,
    Away,
    Back,
    Wait(i64),
}

fn vendor_action() -> impl Strategy<Value = VendorAction> {
    let value = prop::option::weighted(0.9, 0u8..4);
    let holds = prop::option::of(1i64..40);
    prop_oneof![
        8 => (0..QUEUES.len(), 0..METRICS.len(), value, holds)
            .prop_map(|(queue, metric, value, holds)| VendorAction::Say(queue, metric, value, holds)),
        1 => Just(VendorAction::Break),
        1 => Just(VendorAction::Away),
        2 => Just(VendorAction::Back),
        3 => (1i64..50).prop_map(VendorAction::Wait),
    ]
}

/// What was said last, and until when that may be fresh.
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
}

impl VendorPropertyRun {
    fn new() -> Self {
        let group = QueueGroup {
            id: Id::new(&SourceId::from("group"), "all"),
            name: "All".to_owned(),
            queues: QUEUES.map(voice_id).to_vec(),
        };
        let site = SiteConfig {
            sources: vec![source_setup(
                QUEUES.map(|name| provided_queue(name, &METRICS)).to_vec(),
            )],
            groups: vec![group],
            ..SiteConfig::default()
        };
        Self {
            voice: VendorScenario::with_site(site),
            last: Default::default(),
            generation: 1,
            live: true,
        }
    }

    fn apply_action(&mut self, step: &VendorAction) {
        match *step {
            VendorAction::Say(queue, metric, value, holds) => {
                self.report_metric(queue, metric, value, holds);
            }
            VendorAction::Break => {
                self.generation += 1;
                self.live = true;
                self.voice.connect_source(Some(Discontinuity::Session));
            }
            VendorAction::Away => {
                self.live = false;
                let why = "gone".to_owned();
                self.voice
                    .send_connection_event(ConnectionEvent::Disconnected { why });
            }
            VendorAction::Back => {
                self.live = true;
                self.voice.connect_source(None);
            }
            VendorAction::Wait(seconds) => self.voice.world.advance_time(seconds * 1000),
        }
        self.check_queues();
    }

    fn report_metric(
        &mut self,
        queue: usize,
        metric: usize,
        value: Option<u8>,
        holds: Option<i64>,
    ) {
        let now = self.voice.world.now.monotonic.0;
        let until = holds.map_or(i64::MAX, |holds| now + holds * 1000);
        self.voice.holds = holds.map(|holds| holds * 1000);
        let said = METRICS[metric];
        let stated = VendorValue::Metric(said, value.map(|n| said.value(n.into())));
        self.voice
            .send_report(MetricSubject::Queue(voice_id(QUEUES[queue])), stated);
        let last = LastReport {
            value,
            generation: self.generation,
            until,
        };
        self.last[queue][metric] = Some(last);
        // Nobody waits, so nobody has waited longest.
        if said == Metric::Waiting && value == Some(0) && self.last[queue][1].is_some() {
            let nobody = Some(0);
            self.last[queue][1] = Some(LastReport {
                value: nobody,
                ..last
            });
        }
    }

    fn is_fresh(&self, last: LastReport) -> bool {
        let now = self.voice.world.now.monotonic.0;
        self.live && last.generation == self.generation && now < last.until
    }

    /// The value that may be shown as fresh; the inner `None` is nobody's wait.
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
        let picture = self.voice.world.state.snapshot();
        let now = self.voice.world.now;
        for (n, name) in QUEUES.iter().enumerate() {
            for (m, metric) in METRICS.into_iter().enumerate() {
                let queue = &picture.queues[&voice_id(name)];
                let figure = picture.queue_figure(queue, metric, now).unwrap();
                let is_fresh = figure.freshness == Freshness::UpToDate;
                assert_eq!(
                    is_fresh,
                    self.fresh_value(n, m).is_some(),
                    "{name} {metric:?}"
                );
                if is_fresh && metric != Metric::LongestWait {
                    let shown = figure.value.map(MetricValue::as_number);
                    assert_eq!(
                        shown,
                        self.fresh_value(n, m).map(f64::from),
                        "{name} {metric:?}"
                    );
                }
            }
        }
        self.check_group();
    }

    /// By a reckoning of its own: sums where all are fresh, else what is at least.
    fn check_group(&self) {
        let picture = self.voice.world.state.snapshot();
        let group = &picture.queues[&Id::new(&SourceId::from("group"), "all")];
        for (m, metric) in METRICS.into_iter().enumerate() {
            let figure = picture.queue_figure(group, metric, self.voice.world.now);
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
            let shown = (
                number(figure.value),
                number(figure.low),
                number(figure.high),
            );
            let is_whole = known.len() == QUEUES.len();
            if !is_whole {
                assert!(
                    figure.freshness != Freshness::UpToDate || figure.value.is_none(),
                    "{metric:?}"
                );
            }
            match metric {
                Metric::LongestWait => {}
                // A range of what was last said is grey like any other value.
                Metric::AgentsAvailable if known.is_empty() => {
                    assert_ne!(figure.freshness, Freshness::UpToDate);
                }
                Metric::AgentsAvailable if is_whole && most < sum => {
                    assert_eq!(shown, (None, Some(most), Some(sum)));
                }
                Metric::AgentsAvailable if is_whole => {
                    assert_eq!(shown, (Some(sum), None, None));
                }
                _ if is_whole => assert_eq!(shown, (Some(sum), None, None), "{metric:?}"),
                Metric::AgentsAvailable => {
                    assert_eq!((shown.1, shown.2), (Some(most), None));
                }
                _ if !known.is_empty() => {
                    assert_eq!((shown.1, shown.2), (Some(sum), None), "{metric:?}");
                }
                _ => assert_eq!((shown.1, shown.2), (None, None), "{metric:?}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_fresh_that_may_not_be_and_a_group_is_its_queues(
        story in prop::collection::vec(vendor_action(), 1..60),
    ) {
        let mut run = VendorPropertyRun::new();
        for step in &story {
            run.apply_action(step);
        }
    }
}
