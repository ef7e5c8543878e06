//! Statements in any order, with breaks and expiries: nothing is shown fresh that is not,
//! and a group is what an independent reckoning makes of its queues.

use proptest::prelude::*;

use crate::domain::{Break, Group, Id, Line, Metric, Site, SourceId, Stated, Subject, Value};
use crate::live::Trust;

use super::stated::{Voice, id, queue, setup};

const QUEUES: [&str; 3] = ["9001", "9002", "9003"];
const METRICS: [Metric; 4] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::AgentsAvailable,
    Metric::Answered,
];

#[derive(Clone, Debug)]
enum Step {
    /// A value of a queue, for so many seconds, or while the line stands.
    Say(usize, usize, Option<u8>, Option<i64>),
    Break,
    Away,
    Back,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop::option::weighted(0.9, 0u8..4);
    let holds = prop::option::of(1i64..40);
    prop_oneof![
        8 => (0..QUEUES.len(), 0..METRICS.len(), value, holds)
            .prop_map(|(queue, metric, value, holds)| Step::Say(queue, metric, value, holds)),
        1 => Just(Step::Break),
        1 => Just(Step::Away),
        2 => Just(Step::Back),
        3 => (1i64..50).prop_map(Step::Wait),
    ]
}

/// What was said last, and until when that may be fresh.
#[derive(Clone, Copy, Debug)]
struct Last {
    value: Option<u8>,
    generation: u32,
    until: i64,
}

struct Run {
    voice: Voice,
    last: [[Option<Last>; METRICS.len()]; QUEUES.len()],
    generation: u32,
    live: bool,
}

impl Run {
    fn new() -> Self {
        let group = Group {
            id: Id::new(&SourceId::from("group"), "all"),
            name: "All".to_owned(),
            queues: QUEUES.map(id).to_vec(),
        };
        let site = Site {
            sources: vec![setup(QUEUES.map(|name| queue(name, &METRICS)).to_vec())],
            groups: vec![group],
            ..Site::default()
        };
        Self {
            voice: Voice::of(site),
            last: Default::default(),
            generation: 1,
            live: true,
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Say(queue, metric, value, holds) => self.say(queue, metric, value, holds),
            Step::Break => {
                self.generation += 1;
                self.live = true;
                self.voice.connect(Some(Break::Session));
            }
            Step::Away => {
                self.live = false;
                let why = "gone".to_owned();
                self.voice.line(Line::Away { why });
            }
            Step::Back => {
                self.live = true;
                self.voice.connect(None);
            }
            Step::Wait(seconds) => self.voice.world.wait(seconds * 1000),
        }
        self.check();
    }

    fn say(&mut self, queue: usize, metric: usize, value: Option<u8>, holds: Option<i64>) {
        let now = self.voice.world.now.mono.0;
        let until = holds.map_or(i64::MAX, |holds| now + holds * 1000);
        self.voice.holds = holds.map(|holds| holds * 1000);
        let said = METRICS[metric];
        let stated = Stated::Figure(said, value.map(|n| said.value(n.into())));
        self.voice.state(Subject::Queue(id(QUEUES[queue])), stated);
        let last = Last {
            value,
            generation: self.generation,
            until,
        };
        self.last[queue][metric] = Some(last);
        // Nobody waits, so nobody has waited longest.
        if said == Metric::Waiting && value == Some(0) && self.last[queue][1].is_some() {
            let nobody = Some(0);
            self.last[queue][1] = Some(Last {
                value: nobody,
                ..last
            });
        }
    }

    fn is_fresh(&self, last: Last) -> bool {
        let now = self.voice.world.now.mono.0;
        self.live && last.generation == self.generation && now < last.until
    }

    /// The value that may be shown as fresh; the inner `None` is nobody's wait.
    fn fresh(&self, queue: usize, metric: usize) -> Option<u8> {
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

    fn check(&self) {
        let picture = self.voice.world.state.picture();
        let now = self.voice.world.now;
        for (n, name) in QUEUES.iter().enumerate() {
            for (m, metric) in METRICS.into_iter().enumerate() {
                let queue = &picture.queues[&id(name)];
                let figure = picture.queue_figure(queue, metric, now).unwrap();
                let is_fresh = figure.trust == Trust::Fresh;
                assert_eq!(is_fresh, self.fresh(n, m).is_some(), "{name} {metric:?}");
                if is_fresh && metric != Metric::LongestWait {
                    let shown = figure.value.map(Value::number);
                    assert_eq!(shown, self.fresh(n, m).map(f64::from), "{name} {metric:?}");
                }
            }
        }
        self.check_group();
    }

    /// By a reckoning of its own: sums where all are fresh, else what is at least.
    fn check_group(&self) {
        let picture = self.voice.world.state.picture();
        let group = &picture.queues[&Id::new(&SourceId::from("group"), "all")];
        for (m, metric) in METRICS.into_iter().enumerate() {
            let figure = picture.queue_figure(group, metric, self.voice.world.now);
            let figure = figure.unwrap();
            let known: Vec<u64> = (0..QUEUES.len())
                .filter_map(|n| self.fresh(n, m).map(u64::from))
                .collect();
            let sum: u64 = known.iter().sum();
            let most = known.iter().copied().max().unwrap_or(0);
            let number = |value: Option<Value>| match value {
                Some(Value::Count(n)) => Some(n),
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
                    figure.trust != Trust::Fresh || figure.value.is_none(),
                    "{metric:?}"
                );
            }
            match metric {
                Metric::LongestWait => {}
                // A range of what was last said is grey like any other value.
                Metric::AgentsAvailable if known.is_empty() => {
                    assert_ne!(figure.trust, Trust::Fresh);
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
        story in prop::collection::vec(step(), 1..60),
    ) {
        let mut run = Run::new();
        for step in &story {
            run.take(step);
        }
    }
}
