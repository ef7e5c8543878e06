//! A telephone system that computes figures of queues and agents.

use jiff::Timestamp;

use wallboard_domain::{
    AgentStatus, AgentStatusReport, ConnectionEvent, Discontinuity, Fact, Id, Input, Metric,
    MetricSubject, MetricValue, Moment, ProvidedMetrics, SiteConfig, SourceId, SourceKind,
    SourceSetup, Update, ValueAge, VendorFigure, VendorValue, moment,
};

use super::LiveScenario;
use crate::{AgentSnapshot, Freshness, MetricFigure};

/// A source whose vendor computes figures of queues and agents.
#[derive(Debug)]
pub struct VendorScenario {
    pub scenario: LiveScenario,
    /// The vendor's clock minus ours, in milliseconds.
    pub ahead: i64,
    pub holds: Option<i64>,
}

pub fn voice_source() -> SourceId {
    SourceId::from("voice")
}

pub fn voice_id(external: &str) -> Id {
    Id::new(&voice_source(), external)
}

pub const QUEUE_VALUES: [Metric; 6] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::ExpectedWait,
    Metric::AgentsAvailable,
    Metric::Answered,
    Metric::ServiceLevel,
];

pub fn source_setup(provides: Vec<ProvidedMetrics>) -> SourceSetup {
    SourceSetup {
        provides,
        ..SourceSetup::new(voice_source(), SourceKind::OF_STATISTICS)
    }
}

pub fn provided_queue(external: &str, metrics: &[Metric]) -> ProvidedMetrics {
    ProvidedMetrics {
        subject: MetricSubject::Queue(voice_id(external)),
        metrics: metrics.to_vec(),
        statistics: Vec::new(),
        includes_status: false,
    }
}

pub fn provided_agent(external: &str, metrics: &[Metric]) -> ProvidedMetrics {
    ProvidedMetrics {
        subject: MetricSubject::Agent(voice_id(external)),
        metrics: metrics.to_vec(),
        statistics: Vec::new(),
        includes_status: true,
    }
}

pub fn usual_metrics() -> Vec<ProvidedMetrics> {
    vec![
        provided_queue("9002", &QUEUE_VALUES),
        provided_agent("akl", &[Metric::Handled, Metric::TalkTime]),
    ]
}

impl VendorScenario {
    pub fn new() -> Self {
        Self::with_site(SiteConfig {
            sources: vec![source_setup(usual_metrics())],
            ..SiteConfig::default()
        })
    }

    pub fn with_site(site: SiteConfig) -> Self {
        let mut voice = Self {
            scenario: LiveScenario::unconnected_with(site),
            ahead: 0,
            holds: None,
        };
        voice.connect_source(Some(Discontinuity::Start));
        voice
    }

    pub fn send_connection_event(&mut self, event: ConnectionEvent) {
        self.scenario
            .apply_input(&Input::Connection(voice_source(), event));
    }

    pub fn connect_source(&mut self, discontinuity: Option<Discontinuity>) {
        self.send_connection_event(ConnectionEvent::CatchingUp { discontinuity });
        self.send_connection_event(ConnectionEvent::Connected);
    }

    pub fn disconnect_source(&mut self) {
        self.send_connection_event(ConnectionEvent::Disconnected {
            why: "the server hung up".to_owned(),
        });
    }

    pub fn vendor_time(&self, at: Moment) -> Timestamp {
        moment::plus_millis(at.wall, self.ahead)
    }

    pub fn send_report(&mut self, subject: MetricSubject, value: VendorValue) {
        let at = Some(self.vendor_time(self.scenario.now));
        self.send_report_at(at, ValueAge::Immediate, subject, value);
    }

    pub fn send_report_at(
        &mut self,
        at: Option<Timestamp>,
        age: ValueAge,
        subject: MetricSubject,
        value: VendorValue,
    ) {
        let report = VendorFigure {
            value,
            age,
            valid_for_ms: self.holds,
        };
        self.scenario.apply_input(&Input::Update(Update {
            source: voice_source(),
            event: "test",
            at,
            fact: Fact::VendorFigure(subject, report),
            mistyped: 0,
        }));
    }

    pub fn report_metric(&mut self, metric: Metric, number: impl Into<Option<f64>>) {
        let value = number.into().map(|number| metric.value(number));
        let report = VendorValue::Metric(metric, value);
        self.send_report(MetricSubject::Queue(voice_id("9002")), report);
    }

    pub fn report_status(&mut self, status: AgentStatus, since: Option<Timestamp>) {
        let status_report = AgentStatusReport {
            status,
            vendor_status: None,
            reason: None,
            since,
            media: Vec::new(),
        };
        let report = VendorValue::Status(Some(status_report));
        self.send_report(MetricSubject::Agent(voice_id("akl")), report);
    }

    pub fn report_duration(&mut self, seconds: f64) {
        let report = VendorValue::TimeInState(Some(seconds));
        self.send_report(MetricSubject::Agent(voice_id("akl")), report);
    }

    pub fn queue_figure(&self, metric: Metric) -> MetricFigure {
        let snapshot = self.scenario.state.snapshot();
        let queue = &snapshot.queues[&voice_id("9002")];
        snapshot
            .queue_figure(queue, metric, self.scenario.now)
            .unwrap()
    }

    pub fn displayed_figure(&self, metric: Metric) -> (Option<f64>, Freshness) {
        let figure = self.queue_figure(metric);
        (figure.value.map(MetricValue::as_number), figure.freshness)
    }

    /// Whether a figure of the day is complete, and when its count started.
    pub fn day_completeness(&self, metric: Metric) -> (bool, String) {
        let details = self.queue_figure(metric).day_details.unwrap();
        let since = details.since.map(|at| format!("{at:.0}"));
        (details.is_complete, since.unwrap_or_default())
    }

    pub fn agent_snapshot(&self) -> &AgentSnapshot {
        &self.scenario.state.snapshot().agents[&voice_id("akl")]
    }

    /// The agent's status, its duration in seconds, and its freshness.
    pub fn agent_view(&self) -> (AgentStatus, Option<i64>, Freshness) {
        let agent = self.agent_snapshot();
        let since = agent.since;
        let duration =
            since.map(|since| moment::millis_between(since, self.scenario.now.wall) / 1000);
        let freshness = self
            .scenario
            .state
            .snapshot()
            .agent_freshness(agent, self.scenario.now);
        (agent.status, duration, freshness)
    }

    pub fn advance_time(&mut self, seconds: i64) {
        self.scenario.advance_time(seconds * 1000);
    }
}
