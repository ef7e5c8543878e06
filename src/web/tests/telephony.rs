//! A telephony source that computes its own values, next to a chat source.

use std::sync::Arc;

use axum::Router;

use wallboard_domain::{
    AgentStatus, AgentStatusReport, ConnectionEvent, EntityKind, EntityProfile, Fact, Id, Input,
    Metric, MetricSubject, MetricValue, NameVisibility, ProvidedMetrics, SiteConfig,
    SourceDiagnostic, SourceKind, SourceSetup, SubscriptionStats, Update, ValueAge, VendorFigure,
    VendorValue,
};
use wallboard_sources::genesys;

use super::{router_of, test_site};

pub(in crate::web) const SUPPORT: &str = "9002@SIP_Switch";
pub(in crate::web) const SUPPORT_PAGE: &str = "/queues/voice/9002%40SIP_Switch";

const QUEUE_METRICS: [Metric; 9] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::ExpectedWait,
    Metric::AgentsAvailable,
    Metric::AgentsLoggedIn,
    Metric::Offered,
    Metric::Answered,
    Metric::Abandoned,
    Metric::ServiceLevel,
];

const AGENT_METRICS: [Metric; 4] = [
    Metric::Occupancy,
    Metric::Handled,
    Metric::Missed,
    Metric::TalkTime,
];

pub(in crate::web) fn voice_id(external: &str) -> Id {
    Id::new(&"voice".into(), external)
}

pub(in crate::web) fn support_queue() -> MetricSubject {
    MetricSubject::Queue(voice_id(SUPPORT))
}

pub(in crate::web) fn voice_agent(external: &str) -> MetricSubject {
    MetricSubject::Agent(voice_id(external))
}

fn voice_setup(kind: SourceKind) -> SourceSetup {
    let agent_metrics = |external| ProvidedMetrics {
        subject: voice_agent(external),
        metrics: AGENT_METRICS.to_vec(),
        statistics: Vec::new(),
        includes_status: true,
    };
    let queue_metrics = ProvidedMetrics {
        subject: support_queue(),
        metrics: QUEUE_METRICS.to_vec(),
        statistics: Vec::new(),
        includes_status: false,
    };
    SourceSetup {
        provides: vec![
            queue_metrics,
            agent_metrics("akl"),
            agent_metrics("bsv"),
            agent_metrics("cdm"),
        ],
        ..SourceSetup::new("voice", kind)
    }
}

/// A chat and a telephony source, both connected.
pub(in crate::web) fn both_sources(kind: SourceKind) -> SiteConfig {
    let mut site = test_site();
    site.sources.push(voice_setup(kind));
    // Full names make the cards' links predictable.
    site.agent_names = NameVisibility::Full;
    site.names = [
        (format!("voice/{SUPPORT}"), "Support".to_owned()),
        ("voice/akl".to_owned(), "Anna K.".to_owned()),
    ]
    .into();
    site
}

pub(in crate::web) fn connected_inputs() -> Vec<Input> {
    vec![
        Input::Connection(
            "voice".into(),
            ConnectionEvent::CatchingUp {
                discontinuity: None,
            },
        ),
        Input::Connection("voice".into(), ConnectionEvent::Connected),
    ]
}

pub(in crate::web) fn vendor_value(
    subject: MetricSubject,
    value: VendorValue,
    age: ValueAge,
) -> Input {
    Input::Update(Update {
        source: "voice".into(),
        event: "StatisticUpdate",
        at: None,
        fact: Fact::VendorFigure(
            subject,
            VendorFigure {
                value,
                age,
                valid_for_ms: None,
            },
        ),
        mistyped: 0,
    })
}

fn metric_value(subject: MetricSubject, metric: Metric, value: Option<MetricValue>) -> Input {
    vendor_value(
        subject,
        VendorValue::Metric(metric, value),
        ValueAge::Immediate,
    )
}

/// Assigns an agent to the queue.
pub(in crate::web) fn serve_support(external: &str) -> Input {
    Input::Update(Update {
        source: "voice".into(),
        event: "test",
        at: Some("2026-11-20T09:00:00.5Z".parse().unwrap()),
        fact: Fact::Profile(EntityProfile {
            queues: Some([voice_id(SUPPORT)].into()),
            ..EntityProfile::new(EntityKind::Agent, voice_id(external))
        }),
        mistyped: 0,
    })
}

/// How many seconds an agent has been in the reported status.
pub(in crate::web) fn lasting_status(external: &str, seconds: f64) -> Input {
    vendor_value(
        voice_agent(external),
        VendorValue::TimeInState(Some(seconds)),
        ValueAge::Immediate,
    )
}

pub(in crate::web) fn status_report(
    external: &str,
    status: AgentStatus,
    raw: &str,
    reason: Option<&str>,
) -> Input {
    let report = AgentStatusReport {
        status,
        vendor_status: Some(raw.into()),
        reason: reason.map(Arc::from),
        since: None,
        media: Vec::new(),
    };
    vendor_value(
        voice_agent(external),
        VendorValue::Status(Some(report)),
        ValueAge::Immediate,
    )
}

pub(in crate::web) fn afternoon_inputs() -> Vec<Input> {
    let mut inputs = connected_inputs();
    let figures = [
        (Metric::Waiting, Some(MetricValue::Count(3))),
        (Metric::LongestWait, Some(MetricValue::Seconds(42.0))),
        (Metric::ExpectedWait, None),
        (Metric::Answered, Some(MetricValue::Count(112))),
        (Metric::Abandoned, Some(MetricValue::Count(7))),
        (Metric::ServiceLevel, Some(MetricValue::Percent(84.2))),
    ];
    inputs.extend(figures.map(|(metric, value)| metric_value(support_queue(), metric, value)));
    inputs.extend([
        status_report(
            "akl",
            AgentStatus::NotReady,
            "NotReadyForNextCall",
            Some("Lunch"),
        ),
        status_report("bsv", AgentStatus::Talking, "CallInbound", None),
        status_report("cdm", AgentStatus::LoggedOut, "LoggedOut", None),
        metric_value(
            voice_agent("akl"),
            Metric::Handled,
            Some(MetricValue::Count(31)),
        ),
        metric_value(
            voice_agent("akl"),
            Metric::TalkTime,
            Some(MetricValue::Seconds(7_460.0)),
        ),
    ]);
    inputs
}

pub(in crate::web) fn voice_router(more: Vec<Input>) -> Router {
    router_of(
        both_sources(genesys::KIND),
        afternoon_inputs().into_iter().chain(more).collect(),
    )
}

pub(in crate::web) fn subscription_stats() -> Input {
    let stats = SubscriptionStats {
        signed_in_at: Some("2026-11-20T08:01:02Z".parse().unwrap()),
        transport: "long-polling",
        address: "api.example.com:443".to_owned(),
        subscriptions: 2,
        statistics: 21,
        invalid: 3,
        rejected: vec![(
            "CurrentReadyAgents of Support".into(),
            "is not defined".into(),
        )],
        rejected_count: 4,
        last_value_at: Some("2026-11-20T09:00:00Z".parse().unwrap()),
    };
    let diagnostic = SourceDiagnostic::SubscriptionStats(Box::new(stats));
    Input::Diagnostic("voice".into(), diagnostic)
}
