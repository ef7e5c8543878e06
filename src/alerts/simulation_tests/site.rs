//! A cluster whose source reports queues, with the events that disturb it and what must hold in the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::SignedDuration;

use wallboard_alerts::AlertSubject;
use wallboard_domain::{
    ConnectionEvent, Discontinuity, Input, Metric, MonotonicTime, Pattern, PatternThresholds,
    Patterns, RedactedText, SeverityLimits,
};
use wallboard_live::testing::{chat_id, chat_source, morning_moment, site_with_entries};
use wallboard_notify::{Channel, ChannelKind};

use crate::alerts::{AlertPlan, alert_document::AlertDocument, tests::queue_rule};

use super::{
    NODES, QUEUES, ReceiverAnswer, SiteEvent,
    node::SimulatedNode,
    surroundings::{SimulatedRecord, Surroundings, WriteFault},
};

/// In milliseconds.
const TICK: i64 = 1_000;
/// After which a new leader's source is connected, in ticks.
const CONNECTS_AFTER: usize = 2;
/// Queues where somebody waits without a report for longer are out of date, in milliseconds.
const REPORTS_EVERY: i64 = 5_000;
const CRITICAL: u64 = 10;

/// A cluster, its source and its receiver.
pub(super) struct AlertingCluster {
    around: Surroundings,
    nodes: Vec<SimulatedNode>,
    /// How many wait in each queue.
    waiting: [u64; QUEUES.len()],
    has_source: bool,
    /// The node that the source is connected to, once so many ticks have passed.
    session: Option<(usize, usize)>,
    /// When it last reported all queues.
    reported_at: MonotonicTime,
}

impl AlertingCluster {
    pub(super) fn new() -> Self {
        let now = morning_moment();
        let mut rule = queue_rule("waits");
        rule.dwell = SignedDuration::from_secs(5);
        rule.tell = vec!["floor".to_owned()];
        let url = RedactedText("https://hooks.example.com/x".to_owned());
        let channel = Channel {
            name: "floor".to_owned(),
            kind: ChannelKind::Slack { url },
            allow_private: false,
            unusable: None,
            hourly_max: 1_000,
        };
        let mut around = Surroundings {
            now,
            plan: Arc::new(AlertPlan {
                rules: vec![rule],
                channels: vec![channel],
                public_url: None,
            }),
            log: Vec::new(),
            is_led: false,
            lease: None,
            is_calm: false,
            record: SimulatedRecord {
                revision: 0,
                bytes: AlertDocument::default().encode().unwrap(),
            },
            fault: WriteFault::None,
            answer: ReceiverAnswer::Accept,
            contents: BTreeMap::new(),
            last_words: BTreeMap::new(),
            ids: 0,
            written: 0,
            arrivals: Vec::new(),
            taken: BTreeSet::new(),
            known: BTreeSet::new(),
        };
        let limits = SeverityLimits {
            critical: Some(f64::from(u8::try_from(CRITICAL).unwrap())),
            ..SeverityLimits::default()
        };
        let thresholds = PatternThresholds {
            metrics: vec![(Metric::Waiting, limits)],
            ..PatternThresholds::default()
        };
        let mut config = site_with_entries(&[], &[]);
        config.thresholds = Patterns(vec![(Pattern("*".into()), thresholds)]);
        around.append(Input::SiteConfig(Arc::new(config)));
        let nodes = (0..NODES).map(|number| SimulatedNode::new(number, now.monotonic));
        Self {
            around,
            nodes: nodes.collect(),
            waiting: [0; QUEUES.len()],
            has_source: true,
            session: None,
            reported_at: now.monotonic,
        }
    }

    pub(super) fn handle(&mut self, event: SiteEvent) {
        let around = &mut self.around;
        match event {
            SiteEvent::Change { queue, waiting } => {
                self.waiting[queue] = waiting;
                if self.is_connected() {
                    self.around.report(queue, waiting);
                }
            }
            SiteEvent::Wait { ticks } => self.run(ticks),
            SiteEvent::LoseSource => {
                if self.is_connected() {
                    self.disconnect();
                }
                (self.has_source, self.session) = (false, None);
            }
            SiteEvent::FindSource => self.has_source = true,
            SiteEvent::Cut { node } => self.nodes[node].is_cut = true,
            SiteEvent::Join { node } => self.nodes[node].is_cut = false,
            SiteEvent::Pause { node, ticks } => self.nodes[node].absent_ticks = ticks,
            SiteEvent::Kill { node, ticks } => {
                self.nodes[node].kill(around.now.monotonic);
                self.nodes[node].absent_ticks = ticks;
            }
            SiteEvent::LoseAnswer => around.fault = WriteFault::AnswerLost,
            SiteEvent::LoseWrite => around.fault = WriteFault::Lost,
            SiteEvent::Take { node, queue } => self.nodes[node].take_alert(QUEUES[queue], around),
            SiteEvent::Answer(answer) => around.answer = answer,
        }
    }

    fn is_connected(&self) -> bool {
        self.session.is_some_and(|(_, ticks)| ticks == 0)
    }

    fn report_all(&mut self) {
        self.reported_at = self.around.now.monotonic;
        for (queue, waiting) in self.waiting.into_iter().enumerate() {
            self.around.report(queue, waiting);
        }
    }

    fn disconnect(&mut self) {
        let why = "the broker closed the connection".to_owned();
        self.around.append(Input::Connection(
            chat_source(),
            ConnectionEvent::Disconnected { why },
        ));
    }

    /// Lets time pass.
    pub(super) fn run(&mut self, ticks: usize) {
        for _ in 0..ticks {
            self.pass(TICK);
        }
    }

    /// The same, of a site without faults, in longer steps.
    pub(super) fn run_calmly(&mut self, seconds: usize) {
        self.around.is_calm = true;
        for _ in 0..seconds / 5 {
            self.pass(5 * TICK);
        }
    }

    /// The most messages that arrived within any hour after so many seconds.
    pub(super) fn most_within_an_hour(&self, after: i64) -> usize {
        let begin = morning_moment().plus_millis(after * 1_000).monotonic;
        let times = self.around.arrivals.iter().map(|(at, _)| *at);
        let times: Vec<_> = times.filter(|at| begin <= *at).collect();
        let within_hour = |first: &MonotonicTime| {
            let after = times.iter().filter(|at| first <= at);
            after
                .filter(|at| at.millis_since(*first) < 3_600_000)
                .count()
        };
        times.iter().map(within_hour).max().unwrap_or_default()
    }

    fn pass(&mut self, millis: i64) {
        let around = &mut self.around;
        around.now = around.now.plus_millis(millis);
        let (now, is_calm) = (around.now.monotonic, around.is_calm);
        around.lease = around.lease.filter(|(_, until)| is_calm || now < *until);
        let leader = around.lease.map(|(node, _)| node);
        let leader = leader.filter(|node| self.nodes[*node].is_reachable());
        around.is_led = leader.is_some();
        self.connect(leader);
        for node in &mut self.nodes {
            node.look(&mut self.around);
        }
    }

    /// Continues the source's connection to the leader, and the ticks that it logs.
    fn connect(&mut self, leader: Option<usize>) {
        let Some(leader) = leader else {
            return;
        };
        let due = self.nodes[leader].state.next_due();
        if due.is_some_and(|due| due.monotonic <= self.around.now.monotonic) {
            self.around.append(Input::Tick);
        }
        match self.session {
            Some((node, 0)) if node == leader => {
                let silence = self.around.now.monotonic.millis_since(self.reported_at);
                if REPORTS_EVERY <= silence {
                    self.report_all();
                }
            }
            Some((node, 1)) if node == leader => {
                self.session = Some((leader, 0));
                let discontinuity = Some(Discontinuity::Start);
                for event in [
                    ConnectionEvent::CatchingUp { discontinuity },
                    ConnectionEvent::Connected,
                ] {
                    (self.around).append(Input::Connection(chat_source(), event));
                }
                self.report_all();
            }
            Some((node, ticks)) if node == leader => self.session = Some((leader, ticks - 1)),
            // A new term begins with lost connections.
            _ if self.has_source => {
                self.disconnect();
                self.session = Some((leader, CONNECTS_AFTER));
            }
            _ => {}
        }
    }

    /// Ends all faults. Each queue that needs somebody has an alert, and the receiver's last word about each is true.
    pub(super) fn check_end(mut self) {
        for node in &mut self.nodes {
            (node.is_cut, node.absent_ticks) = (false, 0);
        }
        let around = &mut self.around;
        around.fault = WriteFault::None;
        (around.answer, self.has_source) = (ReceiverAnswer::Accept, true);
        let is_calm = self.around.is_calm;
        self.run(90);
        // A message of what comes and goes waits for 20 minutes at most, once the receiver is back.
        self.around.is_calm = true;
        for _ in 0..150 {
            self.pass(20 * TICK);
        }
        if is_calm {
            let counts = self.around.arrivals.iter().map(|(_, count)| count);
            assert_eq!(counts.sum::<usize>(), self.around.written);
        }
        let document = AlertDocument::decode(&self.around.record.bytes).unwrap();
        for (queue, waiting) in QUEUES.into_iter().zip(self.waiting) {
            let subject = AlertSubject::Queue(chat_id(queue));
            let is_critical = CRITICAL <= waiting;
            let mut open = document.book.open().iter();
            let is_open = open.any(|alert| alert.subject == subject);
            assert_eq!(is_open, is_critical, "{subject}");
            let word = self.around.last_words.get(&subject.to_string());
            match word.map(String::as_str) {
                Some("on") => assert!(is_critical, "{subject}: nobody knows that it's over"),
                Some(_) => assert!(!is_critical, "{subject}: nobody knows that it's on again"),
                None => assert!(!is_critical, "{subject}: nobody knows"),
            }
        }
        assert_eq!(document.outbox.in_flight().count(), 0);
        assert_eq!(document.outbox.condition("floor").waiting, 0);
    }
}
