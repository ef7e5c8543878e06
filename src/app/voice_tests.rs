//! Pages and API over a hand-made telephony source that computes its own values.

use std::sync::Arc;

use axum::{Router, http::StatusCode};
use serde_json::{Value as Json, json};

use crate::domain::{
    AgentStatus, AgentStatusReport, ConnectionEvent, EntityKind, EntityProfile, Fact, Id, Input,
    LinkedPerson, Metric, MetricSubject, MetricValue, NameVisibility, ProvidedMetrics, QueueGroup,
    SiteConfig, SourceDiagnostic, SourceKind, SourceSetup, SubscriptionStats, Update, ValueAge,
    VendorReport, VendorValue,
};

use crate::sources::{genesys, gms};

use super::web_tests::{
    get_page, profile_update, queue_reading, reading_update, router_of, test_site,
};

const SUPPORT: &str = "9002@SIP_Switch";

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

fn voice_id(external: &str) -> Id {
    Id::new(&"voice".into(), external)
}

fn support_queue() -> MetricSubject {
    MetricSubject::Queue(voice_id(SUPPORT))
}

fn voice_agent(external: &str) -> MetricSubject {
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
fn both_sources(kind: SourceKind) -> SiteConfig {
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

fn connected_inputs() -> Vec<Input> {
    vec![
        Input::Connection("voice".into(), ConnectionEvent::CatchingUp { broken: None }),
        Input::Connection("voice".into(), ConnectionEvent::Connected),
    ]
}

fn vendor_value(subject: MetricSubject, value: VendorValue, age: ValueAge) -> Input {
    Input::Update(Update {
        source: "voice".into(),
        event: "StatisticUpdate",
        at: None,
        fact: Fact::VendorReport(
            subject,
            VendorReport {
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

fn status_report(external: &str, status: AgentStatus, raw: &str, reason: Option<&str>) -> Input {
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

fn afternoon_inputs() -> Vec<Input> {
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

fn voice_router(more: Vec<Input>) -> Router {
    router_of(
        both_sources(genesys::KIND),
        afternoon_inputs().into_iter().chain(more).collect(),
    )
}

fn assert_contains(text: &str, expected: &[&str]) {
    for expected in expected {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

fn assert_contains_none(text: &str, unexpected: &[&str]) {
    for unexpected in unexpected {
        assert!(!text.contains(unexpected), "{unexpected} in {text}");
    }
}

fn subscription_stats() -> SubscriptionStats {
    SubscriptionStats {
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
    }
}

#[tokio::test]
async fn sources_page_shows_subscription_stats_and_nothing_of_a_broker() {
    let stats = Input::Diagnostic(
        "voice".into(),
        SourceDiagnostic::SubscriptionStats(Box::new(subscription_stats())),
    );

    let text = get_page(&voice_router(vec![stats]), "/sources").await.text;

    let text = text.split_once("id=\"source-voice\"").unwrap().1;
    let text = text.split_once("id=\"server\"").unwrap().0;
    assert_contains(
        text,
        &[
            "Voice (Genesys)</h2>",
            "Connected, except for 4 statistics that Genesys rejects.",
            "fix the entries in the configuration",
            "<dt>Signed in</dt><dd>since",
            "<dd>api.example.com:443, long polling</dd>",
            "<dt>Subscriptions</dt><dd>2</dd>",
            "<dd>21 requested: 14 up to date, 3 without a valid value, 4 rejected</dd>",
            "<code>CurrentReadyAgents of Support</code></td><td>is not defined</td>",
            ">3 more<",
        ],
    );
    assert_contains_none(
        text,
        &["broker", "exchange", "Update rate", "queued messages"],
    );
}

#[tokio::test]
async fn api_reports_subscription_stats() {
    let stats = Input::Diagnostic(
        "voice".into(),
        SourceDiagnostic::SubscriptionStats(Box::new(subscription_stats())),
    );

    let sources = get_json(&voice_router(vec![stats]), "/api/v1/sources").await;

    assert_eq!(sources["sources"][0]["account"], Json::Null);
    assert_eq!(
        sources["sources"][1]["account"],
        json!({
            "signed_in": "2026-11-20T08:01:02.000Z", "transport": "long-polling",
            "address": "api.example.com:443", "subscriptions": 2, "statistics": 21,
            "invalid": 3, "refused": 4,
            "refusals": [{ "statistic": "CurrentReadyAgents of Support", "why": "is not defined" }],
            "last_value_at": "2026-11-20T09:00:00.000Z",
        })
    );
}

async fn get_json(router: &Router, path: &str) -> Json {
    let answer = get_page(router, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

#[tokio::test]
async fn vendor_value_names_its_vendor() {
    let path = format!("/queues/voice/{}", SUPPORT.replace('@', "%40"));

    let text = get_page(&voice_router(Vec::new()), &path).await.text;

    assert_contains(
        &text,
        &[
            "From Voice (Genesys), 0 s ago.",
            "Counted by Voice (Genesys), 0 s ago.",
            "The vendor&#39;s statistic defines the threshold, not [targets].",
            "No, from Voice (Genesys).",
            "or has no valid value now.",
        ],
    );
    assert_contains_none(&text, &["Vngage", "answered_only"]);
}

#[tokio::test]
async fn agent_page_shows_vendor_values_and_no_cases() {
    let router = voice_router(Vec::new());

    let text = get_page(&router, "/agents/voice/akl").await.text;

    assert_contains(
        &text,
        &[
            "Ⅱ</span> On break",
            " · <bdi>Lunch</bdi>",
            "<dt>Vendor status</dt><dd><bdi>NotReadyForNextCall</bdi></dd>",
            "<dd>handled</dd>",
            "2 h 04",
            "Counted by Voice (Genesys), 0 s ago.",
        ],
    );
    assert_contains_none(&text, &["Open cases", "Vngage reports", "Closed cases"]);
    let signed_out = get_page(&router, "/agents/voice/cdm").await.text;
    assert_contains(&signed_out, &["Signed out"]);
}

#[tokio::test]
async fn signed_in_agent_has_a_card_with_the_reason() {
    let text = get_page(&voice_router(Vec::new()), "/boards/agents")
        .await
        .text;

    assert_contains(
        &text,
        &[
            ">Anna K.</bdi>",
            ">Lunch</span>",
            "1 in conversation · 1 on break",
            "1 signed out",
        ],
    );
    assert_contains_none(&text, &["/agents/voice/cdm", "without open cases"]);
}

#[tokio::test]
async fn unknown_status_is_not_called_no_open_cases() {
    let unknown = vendor_value(
        voice_agent("bsv"),
        VendorValue::Status(None),
        ValueAge::Immediate,
    );
    let router = voice_router(vec![unknown]);

    let board = get_page(&router, "/boards/agents").await.text;
    let page = get_page(&router, "/agents/voice/bsv").await.text;

    assert_contains(
        &board,
        &["1 on break · 1 unknown status", "/agents/voice/bsv"],
    );
    assert_contains(&page, &["?</span> Unknown status"]);
}

#[tokio::test]
async fn linked_person_has_one_card_and_a_page_with_each_sources_report() {
    let mut site = both_sources(genesys::KIND);
    site.people = vec![LinkedPerson {
        id: Id::new(&"person".into(), "anna"),
        name: "Anna Karlsson".to_owned(),
        agents: vec![voice_id("akl"), Id::new(&"chat".into(), "anna")],
    }];
    let anna = profile_update(EntityKind::Agent, "anna", "Anna Karlsson");
    let router = router_of(site, afternoon_inputs().into_iter().chain([anna]).collect());

    let board = get_page(&router, "/boards/agents").await.text;
    let page = get_page(&router, "/agents/person/anna").await.text;

    assert_contains(&board, &["/agents/person/anna"]);
    assert_contains_none(&board, &["/agents/voice/akl", "/agents/chat/anna"]);
    assert_contains(
        &page,
        &[
            "Ⅱ</span> On break",
            "Status by source",
            "<bdi>Voice</bdi> (Genesys)</th>",
            "<bdi>Chat</bdi> (Vngage)</th>",
            "<bdi>NotReadyForNextCall</bdi>",
            "Combined from Voice (Genesys) and Chat (Vngage)",
        ],
    );
}

#[tokio::test]
async fn agents_with_a_shared_external_id_are_suggested_as_one_person() {
    let anna = Fact::Profile(EntityProfile {
        name: Some("Anna Karlsson".into()),
        external_ids: Some([("Genesys".into(), "AKL".into())].into()),
        ..EntityProfile::new(EntityKind::Agent, Id::new(&"chat".into(), "77aa"))
    });
    let router = voice_router(vec![reading_update(anna)]);

    let voice_page = get_page(&router, "/agents/voice/akl").await.text;
    let chat_page = get_page(&router, "/agents/chat/77aa").await.text;
    let other_page = get_page(&router, "/agents/voice/bsv").await.text;

    assert_contains(
        &voice_page,
        &[
            "Possible duplicate",
            "<a href=\"/agents/chat/77aa\">",
            "akl = { name = &#34;Anna K.&#34;, agents = [&#34;voice/akl&#34;, &#34;chat/77aa&#34;] }",
        ],
    );
    assert_contains(&chat_page, &["<a href=\"/agents/voice/akl\">"]);
    assert_contains_none(&other_page, &["Possible duplicate"]);
}

#[tokio::test]
async fn group_page_names_its_queues_and_the_excluded_ones() {
    let mut site = both_sources(genesys::KIND);
    site.groups = vec![QueueGroup {
        id: Id::new(&"group".into(), "support"),
        name: "All support".to_owned(),
        queues: vec![voice_id(SUPPORT), Id::new(&"chat".into(), "1")],
    }];
    site.linked_queues = [(voice_id(SUPPORT), vec![Id::new(&"chat".into(), "2")])].into();
    let disconnected = ConnectionEvent::Disconnected {
        why: "The connection was cut".to_owned(),
    };
    let more = [
        profile_update(EntityKind::Queue, "1", "Support chat"),
        profile_update(EntityKind::Queue, "2", "Support by mail"),
        queue_reading("1", Metric::Waiting, MetricValue::Count(4)),
    ];
    let connected: Vec<Input> = afternoon_inputs().into_iter().chain(more).collect();
    let interrupted = connected
        .iter()
        .cloned()
        .chain([Input::Connection("voice".into(), disconnected)]);
    let interrupted = router_of(site.clone(), interrupted.collect());
    let connected = router_of(site, connected);

    let page = get_page(&connected, "/queues/group/support").await.text;
    assert_contains(
        &page,
        &[
            "<h1><bdi>All support</bdi></h1>",
            "Queues in this group",
            "<bdi>Support chat</bdi></a></li>",
            "Combined from Chat (Vngage) and Voice (Genesys)",
            "<small>excludes Support chat</small>",
        ],
    );
    let group_json = get_page(&connected, "/api/v1/queues/group/support")
        .await
        .text;
    assert_contains(&group_json, &["\"without\":[\"chat/1\"]"]);
    let page = get_page(&interrupted, "/queues/group/support").await.text;
    assert_contains(&page, &["≥ 4", "excludes Support"]);
    let page = get_page(&interrupted, "/queues/voice/9002%40SIP_Switch")
        .await
        .text;
    assert_contains(
        &page,
        &[
            "<dt>Groups</dt><dd><a href=\"/queues/group/support\">",
            "<dt>Linked queues</dt><dd><a href=\"/queues/chat/2\">",
        ],
    );
    assert_contains_none(&page, &["No agents found for this queue"]);
}

#[tokio::test]
async fn lower_bound_of_a_group_becomes_critical_despite_an_unknown_queue() {
    let mut site = both_sources(genesys::KIND);
    site.groups = vec![QueueGroup {
        id: Id::new(&"group".into(), "support"),
        name: "All support".to_owned(),
        queues: vec![voice_id(SUPPORT), Id::new(&"chat".into(), "1")],
    }];
    let mut inputs = connected_inputs();
    inputs.extend([
        profile_update(EntityKind::Queue, "1", "Support chat"),
        queue_reading("1", Metric::LongestWait, MetricValue::Seconds(200.0)),
    ]);
    let router = router_of(site, inputs);

    let page = get_page(&router, "/queues/group/support").await.text;

    assert_contains(&page, &["◆ Critical", "≥ 3:20", "the 2:00 threshold"]);
}

#[tokio::test]
async fn longest_wait_of_all_queues_is_a_lower_bound_while_one_is_unknown() {
    let mut inputs = connected_inputs();
    inputs.extend([
        profile_update(EntityKind::Queue, "1", "Support chat"),
        queue_reading("1", Metric::Waiting, MetricValue::Count(1)),
        queue_reading("1", Metric::LongestWait, MetricValue::Seconds(200.0)),
    ]);
    let router = router_of(both_sources(genesys::KIND), inputs);

    let text = get_page(&router, "/").await.text;

    let longest = &text[text.find("id=\"now-longest_wait\"").unwrap()..];
    let longest = &longest[..longest.find("</details>").unwrap()];
    assert_contains(longest, &["≥ 3:20", "<small>excludes Support</small>"]);
    assert_contains_none(longest, &["data-since"]);
}

#[tokio::test]
async fn metric_names_its_vendor_statistic() {
    let mut site = both_sources(genesys::KIND);
    let statistic = (
        Metric::Waiting,
        "CurrNumberWaitingCalls of Queue 9002".into(),
    );
    for provided in &mut site.sources[1].provides {
        provided.statistics = vec![statistic.clone()];
    }
    let router = router_of(site, afternoon_inputs());

    let text = get_page(&router, "/queues/voice/9002%40SIP_Switch")
        .await
        .text;

    assert_contains(
        &text,
        &["<dt>Vendor statistic</dt><dd>CurrNumberWaitingCalls of Queue 9002</dd>"],
    );
    assert_eq!(text.matches("Vendor statistic").count(), 1, "{text}");
}

#[tokio::test]
async fn unknown_age_of_a_gms_value_is_shown() {
    let waiting = VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(2)));
    let inputs = connected_inputs().into_iter().chain([vendor_value(
        support_queue(),
        waiting,
        ValueAge::Unknown,
    )]);
    let router = router_of(both_sources(gms::KIND), inputs.collect());

    let text = get_page(&router, "/queues/voice/9002%40SIP_Switch")
        .await
        .text;

    assert_contains(
        &text,
        &["Unknown: Voice (GMS) doesn’t report how old the value is"],
    );
}
