//! Scenarios of the live state, for tests of this crate and of those above it: a single source, driven
//! step by step, and a simulated contact center.

mod event_run;
mod shop_figures;
mod simulated_center;
mod vendor_scenario;

use std::sync::Arc;

use jiff::Timestamp;

use wallboard_domain::{
    CaseEvent, CaseOutcome, ConnectionEvent, Discontinuity, Fact, Id, Input, LogEntry, Metric,
    MetricSubject, MetricValue, Moment, MonotonicTime, SiteConfig, SourceId, SourceKind,
    SourceSetup, Update,
};

use crate::{
    CaseState, Effects, Freshness, LiveState, MetricFigure, codec, subject_changes::SubjectChanges,
};

pub use event_run::{AHEAD_MAX, BEHIND_MAX, DeliveredMessage, EventPropertyRun, NewestReports};
pub use shop_figures::{SHOP_VALID_FOR, orders_figure};
pub use simulated_center::{
    AGENTS, CaseAction, CaseTruth, METRICS, MessageDelay, QUEUES, SimulatedCenter, case_action,
    message_delay,
};
pub use vendor_scenario::{
    QUEUE_VALUES, VendorScenario, provided_agent, provided_queue, source_setup, usual_metrics,
    voice_id, voice_source,
};

/// One source, and the live state that receives its inputs.
#[derive(Debug)]
pub struct LiveScenario {
    pub state: LiveState,
    pub now: Moment,
    /// All inputs so far, as the log keeps them.
    pub entries: Vec<LogEntry>,
    /// The test changed the state itself.
    pub has_bypassed_log: bool,
    /// Readers were notified of a change.
    pub has_changed: bool,
    /// The notified changes.
    pub changes: Vec<SubjectChanges>,
}

/// Every scenario proves replay: the log gives the same state as the live inputs, and so does any
/// snapshot with the entries after it.
impl Drop for LiveScenario {
    fn drop(&mut self) {
        if std::thread::panicking() || self.has_bypassed_log {
            return;
        }
        let entries =
            codec::decode_entries(&codec::encode_entries(&self.entries).unwrap()).unwrap();
        let mut replayed = LiveState::default();
        let middle = entries.len() / 2;
        for (index, entry) in entries.iter().enumerate() {
            if index == middle {
                replayed = codec::decode_state(&codec::encode_state(&replayed).unwrap()).unwrap();
            }
            replayed.apply_entry(entry);
        }
        assert!(
            replayed == self.state,
            "replay differs: {replayed:#?}\n{:#?}",
            self.state
        );
    }
}

pub fn chat_source() -> SourceId {
    SourceId::from("chat")
}

pub fn chat_id(external: &str) -> Id {
    Id::new(&chat_source(), external)
}

pub fn morning_moment() -> Moment {
    Moment {
        wall: "2026-11-20T08:00:00Z".parse().unwrap(),
        monotonic: MonotonicTime(1_000),
    }
}

pub fn site_with_entries(entry_queues: &[(&str, &str)], not_queued: &[&str]) -> SiteConfig {
    SiteConfig {
        sources: vec![SourceSetup {
            entry_queues: entry_queues
                .iter()
                .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
                .collect(),
            unqueued_solutions: not_queued.iter().map(|id| (*id).to_owned()).collect(),
            ..SourceSetup::new(chat_source(), SourceKind::OF_CONTACTS)
        }],
        ..SiteConfig::default()
    }
}

impl LiveScenario {
    pub fn new() -> Self {
        Self::connected_with(site_with_entries(&[], &[]))
    }

    pub fn connected_with(site: SiteConfig) -> Self {
        let mut scenario = Self::unconnected_with(site);
        scenario.connect_source(Some(Discontinuity::Start));
        scenario
    }

    pub fn unconnected_with(site: SiteConfig) -> Self {
        let mut scenario = Self {
            state: LiveState::default(),
            now: morning_moment(),
            entries: Vec::new(),
            has_bypassed_log: false,
            has_changed: false,
            changes: Vec::new(),
        };
        scenario.apply_input(&Input::SiteConfig(Arc::new(site)));
        scenario
    }

    pub fn apply_input(&mut self, input: &Input) -> Effects {
        let entry = LogEntry {
            received_at: self.now,
            delay_ms: 0,
            inputs: vec![input.clone()],
            proof: None,
        };
        let effects = self.state.apply_entry(&entry);
        let changes = self.state.take_changes();
        if effects.changed {
            self.has_changed = true;
            self.changes.push(changes);
        } else {
            assert!(changes.is_empty(), "unannounced: {changes:?}");
        }
        self.entries.push(entry);
        effects
    }

    /// Lets time pass, with a tick whenever one is due.
    pub fn advance_time(&mut self, millis: i64) {
        let end = self.now.plus_millis(millis);
        while let Some(due) = self
            .state
            .next_due()
            .filter(|due| due.monotonic <= end.monotonic)
        {
            self.now = if due.monotonic > self.now.monotonic {
                due
            } else {
                self.now.plus_millis(1)
            };
            self.apply_input(&Input::Tick);
        }
        self.now = end;
    }

    pub fn send_connection_event(&mut self, event: ConnectionEvent) {
        self.apply_input(&Input::Connection(chat_source(), event));
    }

    pub fn connect_source(&mut self, discontinuity: Option<Discontinuity>) {
        self.send_connection_event(ConnectionEvent::CatchingUp { discontinuity });
        self.send_connection_event(ConnectionEvent::Connected);
    }

    pub fn disconnect_source(&mut self) {
        self.send_connection_event(ConnectionEvent::Disconnected {
            why: "the broker closed the connection".to_owned(),
        });
    }

    pub fn send_fact(&mut self, at: Timestamp, fact: Fact) {
        self.apply_input(&Input::Update(Update {
            source: chat_source(),
            event: "test",
            at: Some(at),
            fact,
            mistyped: 0,
        }));
    }

    pub fn send_load(&mut self, queue: &str, waiting: u64, open: u64, available: u64) {
        self.send_load_at(self.now.wall, queue, waiting, open, available);
    }

    pub fn send_load_at(
        &mut self,
        at: Timestamp,
        queue: &str,
        waiting: u64,
        open: u64,
        available: u64,
    ) {
        let count = |n| Some(MetricValue::Count(n));
        self.send_readings(
            at,
            queue,
            &[
                (Metric::Waiting, count(waiting)),
                (Metric::InConversation, count(open)),
                (Metric::AgentsAvailable, count(available)),
            ],
        );
    }

    pub fn send_timers(&mut self, queue: &str, longest: f64) {
        let seconds = |x| Some(MetricValue::Seconds(x));
        self.send_readings(
            self.now.wall,
            queue,
            &[
                (Metric::AverageWait, seconds(12.0)),
                (Metric::LongestWait, seconds(longest)),
            ],
        );
    }

    pub fn send_readings(
        &mut self,
        at: Timestamp,
        queue: &str,
        readings: &[(Metric, Option<MetricValue>)],
    ) {
        let fact = Fact::EventReadings(
            MetricSubject::Queue(chat_id(queue)),
            readings.iter().copied().collect(),
        );
        self.send_fact(at, fact);
    }

    /// Lets two customers join "sales", and the first leave without an event, which is estimated to be an abandon.
    pub fn let_first_of_two_leave(&mut self) {
        self.send_load("sales", 2, 0, 1);
        self.send_case_event("c1", created_event());
        self.advance_time(1_000);
        self.send_case_event("c2", created_event());
        self.send_load("sales", 1, 0, 1);
        for _ in 0..7 {
            self.advance_time(5_000);
            self.send_timers("sales", 5.0);
        }
    }

    pub fn send_case_event(&mut self, case: &str, event: CaseEvent) {
        self.send_case_event_at(self.now.wall, case, event);
    }

    pub fn send_case_event_at(&mut self, at: Timestamp, case: &str, event: CaseEvent) {
        self.send_fact(at, Fact::Case(chat_id(case), event));
    }

    pub fn queue_figure(&self, queue: &str, metric: Metric) -> MetricFigure {
        let snapshot = self.state.snapshot();
        let queue = &snapshot.queues[&chat_id(queue)];
        snapshot.queue_figure(queue, metric, self.now).unwrap()
    }

    pub fn displayed_figure(&self, queue: &str, metric: Metric) -> (Option<f64>, Freshness) {
        let figure = self.queue_figure(queue, metric);
        (figure.value.map(MetricValue::as_number), figure.freshness)
    }

    pub fn site_figure(&self, metric: Metric) -> Option<f64> {
        let snapshot = self.state.snapshot();
        let merged = snapshot.merge_figure(&snapshot.select_site(), metric, self.now);
        merged.unwrap().figure.value.map(MetricValue::as_number)
    }

    pub fn case_state(&self, case: &str) -> CaseState {
        self.state.snapshot().cases[&chat_id(case)].state
    }
}

pub fn created_event() -> CaseEvent {
    created_for_solution("chat-solution")
}

pub fn created_for_solution(solution: &str) -> CaseEvent {
    CaseEvent::Created {
        opportunity: None,
        solution: Some(solution.into()),
        case_type: None,
    }
}

pub fn opened_event(agent: &str, queue: &str) -> CaseEvent {
    CaseEvent::Opened {
        agent: Some(chat_id(agent)),
        queue: Some(chat_id(queue)),
    }
}

pub fn transferred_event(agent: &str, from: &str, to: &str) -> CaseEvent {
    CaseEvent::Transferred {
        from_agent: Some(chat_id(agent)),
        from_queue: Some(chat_id(from)),
        to_queue: Some(chat_id(to)),
    }
}

pub fn closed_event(outcome: CaseOutcome) -> CaseEvent {
    CaseEvent::Closed {
        outcome: Some(outcome),
        closure: None,
    }
}
