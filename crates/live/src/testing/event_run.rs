//! Runs of a simulated contact center whose messages are late, repeated, overtaken and lost. At no
//! step is a value up to date that isn't the newest reported.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use wallboard_domain::{
    CaseEvent, ConnectionEvent, Discontinuity, Fact, Input, Metric, MetricValue, SourceDiagnostic,
    moment,
};

use super::{
    AGENTS, CaseAction, CaseTruth, LiveScenario, METRICS, MessageDelay, QUEUES, SimulatedCenter,
    chat_id, chat_source,
};
use crate::{CaseState, Freshness, metric_reading::START_TOLERANCE, recent_series::LongestWait};

/// Delays end so early, in milliseconds, that no queue counts as quiet, which takes a minute.
const LONGEST_DELAY: i64 = 25_000;

#[derive(Clone, Debug)]
pub struct DeliveredMessage {
    pub entry: usize,
    pub at: Timestamp,
    pub fact: Fact,
}

/// The newest report of each figure since the last discontinuity.
pub type NewestReports = BTreeMap<(usize, usize), (Timestamp, u64)>;

/// How far a running clock may be ahead of the truth, in seconds …
pub const AHEAD_MAX: f64 = 60.0;
/// … and behind it: after ten silent minutes, the first message shows our clock minus the source's,
/// however late it is itself.
pub const BEHIND_MAX: f64 = 300.0;

#[derive(Debug)]
pub struct EventPropertyRun {
    pub scenario: LiveScenario,
    pub center: SimulatedCenter,
    pub newest: NewestReports,
    /// When the longest wait of each queue began by the newest report, and that report's time.
    pub newest_waits: BTreeMap<usize, (Timestamp, Timestamp)>,
    /// Something was lost, with a discontinuity.
    pub broken: bool,
    /// When that began, by the source's clock. A report from before says nothing about the time after.
    pub lost_at: Option<Timestamp>,
    /// Entries that were committed before it continued: the source waits for some, and a clock that is
    /// set while no process sees it can't be told from time that has passed.
    pub awaited: usize,
    /// Every delivered message, with its entry in the log.
    pub delivered: Vec<DeliveredMessage>,
    /// After this many events, one is lost without a discontinuity.
    pub loses: Option<usize>,
    /// How far our wall clock is ahead of the source's, in milliseconds.
    pub clock_ahead: i64,
    /// Whether our wall clock was set, so that a start by it may be off.
    pub was_clock_set: bool,
}

impl EventPropertyRun {
    pub fn new() -> Self {
        let mut run = Self {
            scenario: LiveScenario::new(),
            center: SimulatedCenter::default(),
            newest: NewestReports::new(),
            newest_waits: BTreeMap::new(),
            broken: false,
            lost_at: None,
            awaited: 0,
            delivered: Vec::new(),
            loses: None,
            clock_ahead: 0,
            was_clock_set: false,
        };
        run.send_all();
        run.deliver_all();
        run
    }

    /// Returns the time of the source's clock. Ours can be wrong.
    pub fn source_now(&self) -> Timestamp {
        moment::plus_millis(self.scenario.now.wall, -self.clock_ahead)
    }

    pub fn send_all(&mut self) {
        for queue in 0..QUEUES.len() {
            self.send_load(queue, 0);
        }
    }

    pub fn send_load(&mut self, queue: usize, overtaken_by: usize) {
        let readings = METRICS
            .into_iter()
            .zip(self.center.queue_loads(queue))
            .map(|(metric, n)| (metric, Some(MetricValue::Count(n))));
        let subject = wallboard_domain::MetricSubject::Queue(chat_id(QUEUES[queue]));
        let fact = Fact::EventReadings(subject, readings.collect());
        let at = self.source_now();
        self.center.in_transit.push((overtaken_by, at, fact));
    }

    pub fn run_step(&mut self, action: CaseAction, delay: MessageDelay) {
        self.scenario.advance_time(delay.pause);
        match action {
            CaseAction::Breaks { slow } => {
                let in_transit = &mut self.center.in_transit;
                in_transit.retain(|(overtaken_by, _, fact)| {
                    matches!(fact, Fact::Case(..)) && slow <= *overtaken_by
                });
                self.scenario
                    .send_connection_event(ConnectionEvent::Disconnected {
                        why: "gone".to_owned(),
                    });
                self.lose_reports();
                self.check_all();
                self.scenario.advance_time(2_000);
                let found = SourceDiagnostic::DiscontinuityFound(Discontinuity::Upstream);
                let found = Input::Diagnostic(chat_source(), found);
                self.scenario.apply_input(&found);
                self.awaited = self.scenario.entries.len();
                self.scenario.connect_source(Some(Discontinuity::Upstream));
            }
            CaseAction::Cut => {
                self.scenario
                    .send_connection_event(ConnectionEvent::Disconnected {
                        why: "cut".to_owned(),
                    });
                self.scenario.advance_time(20_000);
                self.scenario.connect_source(None);
            }
            CaseAction::ClockJump { ahead } => return self.set_clock(ahead),
            CaseAction::Glimpse { queue, waited } => self.send_glimpse(queue, waited, delay),
            action => {
                let Some((n, event, queues)) = self.center.perform_action(action) else {
                    return self.report_and_check(delay);
                };
                let at = self.source_now();
                if matches!(event, CaseEvent::Opened { .. }) {
                    self.center.cases[n].opened_at = Some(at);
                }
                let fact = Fact::Case(chat_id(&format!("c{n}")), event);
                let is_lost = self.loses == Some(0);
                self.loses = self.loses.and_then(|left| left.checked_sub(1));
                if delay.twice && !is_lost {
                    self.center
                        .in_transit
                        .push((delay.overtaken_by + 3, at, fact.clone()));
                }
                if !is_lost {
                    self.center.in_transit.push((delay.overtaken_by, at, fact));
                }
                // Makes the source's times differ, so that they define the order.
                self.scenario.advance_time(1);
                for queue in queues {
                    self.send_load(queue, delay.overtaken_by);
                    if delay.twice {
                        self.send_load(queue, delay.overtaken_by + 2);
                    }
                    self.scenario.advance_time(1);
                }
            }
        }
        self.report_and_check(delay);
    }

    fn report_and_check(&mut self, delay: MessageDelay) {
        self.send_timers(delay.overtaken_by);
        self.deliver_due();
        self.check_all();
    }

    /// Sets our wall clock. The live state ticks at least every 5 s, and notices it then.
    pub fn set_clock(&mut self, ahead: i64) {
        // A time that is minutes ahead of a clock that was never compared is ordered by its arrival.
        let source = self.scenario.state.snapshot().sources.get(&chat_source());
        if source.is_none_or(|source| !source.is_clock_known) {
            return;
        }
        let step = ahead - self.clock_ahead;
        let now = &mut self.scenario.now;
        now.wall = moment::plus_millis(now.wall, step);
        self.clock_ahead = ahead;
        self.was_clock_set = true;
        self.scenario.apply_input(&Input::Tick);
        self.awaited = self.scenario.entries.len();
        self.check_all();
    }

    /// Sends timers that report a customer, and a moment later the others who wait.
    pub fn send_glimpse(&mut self, queue: usize, waited: i64, delay: MessageDelay) {
        let overtaken_by = if delay.twice { 0 } else { delay.overtaken_by };
        self.send_timer(queue, waited, overtaken_by);
        self.scenario.advance_time(waited);
        self.send_timer(queue, 0, delay.overtaken_by);
        self.scenario.advance_time(1);
    }

    /// Sends timers for every queue with customers.
    pub fn send_timers(&mut self, overtaken_by: usize) {
        for queue in 0..QUEUES.len() {
            let [waiting, open, _] = self.center.queue_loads(queue);
            if waiting + open > 0 {
                self.send_timer(queue, 0, overtaken_by);
            }
        }
    }

    /// Sends the timers of a queue; the longest wait is at least `at_least` milliseconds.
    pub fn send_timer(&mut self, queue: usize, at_least: i64, overtaken_by: usize) {
        let [waiting, ..] = self.center.queue_loads(queue);
        let waited = if waiting == 0 { 0 } else { 7_000 };
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let longest = waited.max(at_least) as f64 / 1000.0;
        let seconds = |x| Some(MetricValue::Seconds(x));
        let readings = [
            (Metric::AverageWait, seconds(9.0)),
            (Metric::LongestWait, seconds(longest)),
        ];
        let subject = wallboard_domain::MetricSubject::Queue(chat_id(QUEUES[queue]));
        let fact = Fact::EventReadings(subject, readings.into_iter().collect());
        let at = self.source_now();
        self.center.in_transit.push((overtaken_by, at, fact));
    }

    /// Delivers messages that nothing can overtake now.
    pub fn deliver_due(&mut self) {
        let now = self.source_now();
        for (overtaken_by, at, _) in &mut self.center.in_transit {
            let is_overdue = LONGEST_DELAY < moment::millis_between(*at, now);
            *overtaken_by = if is_overdue {
                0
            } else {
                overtaken_by.saturating_sub(1)
            };
        }
        let (due, later) = std::mem::take(&mut self.center.in_transit)
            .into_iter()
            .partition(|message| message.0 == 0);
        self.center.in_transit = later;
        self.deliver(due);
    }

    pub fn deliver_all(&mut self) {
        let due = std::mem::take(&mut self.center.in_transit);
        self.deliver(due);
    }

    pub fn deliver(&mut self, due: Vec<(usize, Timestamp, Fact)>) {
        for (_, at, fact) in due {
            if let Fact::EventReadings(wallboard_domain::MetricSubject::Queue(queue), readings) =
                &fact
            {
                let queue = QUEUES.iter().position(|q| **q == *queue.external).unwrap();
                if self.lost_at.is_none_or(|lost_at| lost_at < at) {
                    self.record_newest(queue, at, readings);
                }
            }
            self.delivered.push(DeliveredMessage {
                entry: self.scenario.entries.len(),
                at,
                fact: fact.clone(),
            });
            self.scenario.send_fact(at, fact);
            self.check_all();
        }
    }

    pub fn record_newest(
        &mut self,
        queue: usize,
        at: Timestamp,
        readings: &[(Metric, Option<MetricValue>)],
    ) {
        for (index, (metric, value)) in readings.iter().enumerate() {
            match value {
                Some(MetricValue::Count(n)) => {
                    let newest = self.newest.entry((queue, index)).or_insert((at, *n));
                    if newest.0 <= at {
                        *newest = (at, *n);
                    }
                }
                Some(MetricValue::Seconds(waited)) if *metric == Metric::LongestWait => {
                    #[expect(clippy::cast_possible_truncation, reason = "a few seconds")]
                    let began = moment::plus_millis(at, -(waited * 1000.0) as i64);
                    let newest = self.newest_waits.entry(queue).or_insert((began, at));
                    if newest.1 <= at {
                        *newest = (began, at);
                    }
                }
                _ => {}
            }
        }
    }

    /// Delivers messages once more.
    pub fn redeliver(&mut self, messages: Vec<DeliveredMessage>) {
        let messages = messages.into_iter();
        self.deliver(
            messages
                .map(|message| (0, message.at, message.fact))
                .collect(),
        );
    }

    /// Forgets what was reported before a discontinuity.
    pub fn lose_reports(&mut self) {
        let state = &self.scenario.state;
        let outage = state.snapshot().sources[&chat_source()].outage;
        // Without a committed message nothing is known of the source's clock.
        let delay = state.source_states[&chat_source()]
            .clock_offset
            .least_delay();
        self.lost_at = outage
            .zip(delay)
            .map(|(outage, delay)| moment::plus_millis(outage.at, -delay));
        self.newest.clear();
        self.newest_waits.clear();
        self.broken = true;
    }

    /// The newest number waiting that was reported since the last discontinuity.
    pub fn newest_waiting(&self, queue: usize) -> Option<u64> {
        self.newest.get(&(queue, 0)).map(|newest| newest.1)
    }

    /// Checks that only the newest reports since the last discontinuity are up to date.
    pub fn check_all(&self) {
        for (queue, name) in QUEUES.iter().enumerate() {
            if !self
                .scenario
                .state
                .snapshot()
                .queues
                .contains_key(&chat_id(name))
            {
                continue;
            }
            self.check_recent_series(name);
            let waiting = self.scenario.displayed_figure(name, Metric::Waiting);
            let longest = self.scenario.displayed_figure(name, Metric::LongestWait);
            assert!(
                waiting != (Some(0.0), Freshness::UpToDate)
                    || longest.0.is_none()
                    || longest.0 == Some(0.0),
                "{name}: nobody waits, but the longest wait is {longest:?}"
            );
            if let (Some(waited), Freshness::UpToDate) = longest {
                let began = self.newest_waits[&queue].0;
                let truth = moment::millis_between(began, self.source_now());
                let error = waited - moment::seconds_from(truth);
                assert!(
                    (-BEHIND_MAX..AHEAD_MAX).contains(&error),
                    "{name}: {waited} s, {error} s wrong"
                );
            }
            for (index, metric) in METRICS.into_iter().enumerate() {
                let figure = self.scenario.queue_figure(name, metric);
                if figure.freshness != Freshness::UpToDate {
                    continue;
                }
                let newest = self.newest.get(&(queue, index)).map(|newest| newest.1);
                let displayed = figure.value.map(|value| match value {
                    MetricValue::Count(n) => n,
                    other => panic!("a count is displayed as {other:?}"),
                });
                assert_eq!(displayed, newest, "{name} {metric:?}");
            }
        }
    }

    pub fn check_recent_series(&self, name: &str) {
        let current_figure = |metric| {
            let figure = self.scenario.queue_figure(name, metric);
            (figure.freshness == Freshness::UpToDate).then_some(figure)
        };
        let waiting = current_figure(Metric::Waiting).and_then(|figure| figure.value);
        let longest = match current_figure(Metric::LongestWait).map(|figure| figure.since) {
            Some(Some(since)) => LongestWait::Since(since),
            Some(None) if waiting.is_some_and(|n| n != MetricValue::Count(0)) => {
                LongestWait::Unknown
            }
            Some(None) => LongestWait::Nobody,
            None => LongestWait::Unknown,
        };
        let value = self.scenario.state.snapshot().queues[&chat_id(name)]
            .recent_series
            .current_value();
        assert_eq!(value.waiting.map(MetricValue::Count), waiting, "{name}");
        assert_eq!(value.longest, longest, "{name}");
    }

    /// Delivers everything, and lets every queue report completely once more.
    pub fn settle_all(&mut self) {
        self.deliver_all();
        self.scenario.advance_time(1_000);
        self.send_all();
        self.scenario.advance_time(1);
        self.send_timers(0);
        self.deliver_all();
        self.scenario.advance_time(1_500);
        self.check_all();
    }

    /// Lets `seconds` pass without an action, while timers continue.
    pub fn stay_idle(&mut self, seconds: usize) {
        for _ in (0..seconds).step_by(5) {
            self.scenario.advance_time(5_000);
            self.send_timers(0);
            self.deliver_all();
        }
    }

    /// Checks that up-to-date agents have the right number of cases.
    pub fn check_no_false_claims(&self) {
        let snapshot = self.scenario.state.snapshot();
        for (n, name) in AGENTS.iter().enumerate() {
            let has_case =
                |case: &&CaseTruth| case.state == CaseState::Open && case.agent == Some(n);
            let truth = self.center.cases.iter().filter(has_case).count();
            let Some(agent) = snapshot.agents.get(&chat_id(name)) else {
                continue;
            };
            let cases = snapshot.agent_figure(agent, Metric::Cases, self.scenario.now);
            if cases.unwrap().freshness == Freshness::UpToDate {
                assert_eq!(agent.cases as usize, truth, "{name}");
            }
            if snapshot.agent_freshness(agent, self.scenario.now) == Freshness::UpToDate {
                assert!(
                    agent.cases as usize <= truth,
                    "{name} has fewer conversations"
                );
            }
        }
    }

    pub fn check_final_state(&self) {
        let snapshot = self.scenario.state.snapshot();
        for (queue, name) in QUEUES.iter().enumerate() {
            let [waiting, ..] = self.center.queue_loads(queue);
            #[expect(clippy::cast_precision_loss, reason = "a few visitors")]
            let truth = (Some(waiting as f64), Freshness::UpToDate);
            assert_eq!(
                self.scenario.displayed_figure(name, Metric::Waiting),
                truth,
                "{name}"
            );
            let longest = self.scenario.displayed_figure(name, Metric::LongestWait);
            assert_eq!(longest.0.is_some(), waiting > 0, "{name} {longest:?}");
            assert_eq!(longest.1, Freshness::UpToDate, "{name}");
        }
        let mut open = HashMap::<usize, u32>::new();
        for (n, truth) in self.center.cases.iter().enumerate() {
            if truth.state == CaseState::Open {
                *open.entry(truth.agent.unwrap()).or_default() += 1;
            }
            let Some(case) = snapshot.cases.get(&chat_id(&format!("c{n}"))) else {
                assert!(self.broken, "c{n} is unknown");
                continue;
            };
            let is_unconfirmed = matches!(case.state, CaseState::Unconfirmed);
            // That a closed case was opened again can be lost.
            let is_reopened = self.broken && truth.is_reopened && case.state == CaseState::Closed;
            // After a discontinuity, a case with a lost opening can only be estimated.
            let is_presumed_abandoned = self.broken && case.state == CaseState::Abandoned;
            if is_unconfirmed || is_reopened || is_presumed_abandoned {
                assert!(self.broken, "c{n} {case:?}");
                continue;
            }
            assert_eq!(case.state, truth.state, "c{n} {case:?}");
            if truth.state == CaseState::Open {
                assert_eq!(case.agent, truth.agent.map(|a| chat_id(AGENTS[a])));
                assert_eq!(case.queue, Some(chat_id(QUEUES[truth.queue])));
            }
            if truth.state == CaseState::Closed && !self.broken {
                assert_eq!(case.outcome, truth.outcome);
            }
        }
        for (n, name) in AGENTS.iter().enumerate() {
            let truth = open.get(&n).copied().unwrap_or(0);
            let Some(agent) = snapshot.agents.get(&chat_id(name)) else {
                assert!(truth == 0 || self.broken, "{name} is unknown");
                continue;
            };
            let displayed = snapshot
                .agent_figure(agent, Metric::Cases, self.scenario.now)
                .unwrap();
            if displayed.freshness == Freshness::UpToDate {
                assert_eq!(agent.cases, truth, "{name}");
            } else {
                assert!(agent.cases <= truth, "{name} has at least the known cases");
            }
            let freshness = snapshot.agent_freshness(agent, self.scenario.now);
            if agent.cases > 0 && freshness == Freshness::UpToDate && !self.was_clock_set {
                self.check_conversation_start(n, agent.since.unwrap());
            }
        }
    }

    /// Checks that an agent has a conversation that began then.
    fn check_conversation_start(&self, agent: usize, since: Timestamp) {
        let cases = self.center.cases.iter();
        let own = cases.filter(|case| case.state == CaseState::Open && case.agent == Some(agent));
        let starts: Vec<_> = own.filter_map(|case| case.opened_at).collect();
        let is_near =
            |start: &Timestamp| moment::millis_between(*start, since).abs() <= START_TOLERANCE;
        let name = AGENTS[agent];
        assert!(
            starts.iter().any(is_near),
            "{name} since {since}, of {starts:?}"
        );
    }
}
