//! Pages and API over a telephony that reckons by itself, made by hand.

use std::sync::Arc;

use axum::{Router, http::StatusCode};
use serde_json::{Value as Json, json};

use crate::domain::{
    Account, Age, AgentNames, AgentState, Class, Fact, Given, Group, Id, Input, Line, Metric, Note,
    Person, Profile, Site, SourceKind, SourceSetup, Stance, Stated, Statement, Subject, Update,
    Value,
};

use crate::sources::{genesys, gms};

use super::web_tests::{get, named, queue_said, router_of, said, site};

const SUPPORT: &str = "9002@SIP_Switch";

const OF_QUEUES: [Metric; 9] = [
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
const OF_AGENTS: [Metric; 4] = [
    Metric::Occupancy,
    Metric::Handled,
    Metric::Missed,
    Metric::TalkTime,
];

fn id(external: &str) -> Id {
    Id::new(&"voice".into(), external)
}

fn queue() -> Subject {
    Subject::Queue(id(SUPPORT))
}

fn agent(external: &str) -> Subject {
    Subject::Agent(id(external))
}

fn setup(kind: SourceKind) -> SourceSetup {
    let of_agent = |external| Given {
        subject: agent(external),
        metrics: OF_AGENTS.to_vec(),
        statistics: Vec::new(),
        stance: true,
    };
    let of_queue = Given {
        subject: queue(),
        metrics: OF_QUEUES.to_vec(),
        statistics: Vec::new(),
        stance: false,
    };
    SourceSetup {
        gives: vec![of_queue, of_agent("akl"), of_agent("bsv"), of_agent("cdm")],
        ..SourceSetup::new("voice", kind)
    }
}

/// A chat and a telephony, both connected.
fn both(kind: SourceKind) -> Site {
    let mut site = site();
    site.sources.push(setup(kind));
    // So that cards lead to addresses that can be told.
    site.agent_names = AgentNames::Full;
    site.names = [
        (format!("voice/{SUPPORT}"), "Support".to_owned()),
        ("voice/akl".to_owned(), "Anna K.".to_owned()),
    ]
    .into();
    site
}

fn connected() -> Vec<Input> {
    vec![
        Input::Line("voice".into(), Line::CatchingUp { broken: None }),
        Input::Line("voice".into(), Line::Connected),
    ]
}

fn stated(subject: Subject, stated: Stated, age: Age) -> Input {
    Input::Update(Update {
        source: "voice".into(),
        event: "StatisticUpdate",
        at: None,
        fact: Fact::Stated(
            subject,
            Statement {
                stated,
                age,
                holds: None,
            },
        ),
        mistyped: 0,
    })
}

fn figure(subject: Subject, metric: Metric, value: Option<Value>) -> Input {
    stated(subject, Stated::Figure(metric, value), Age::None)
}

fn stance(external: &str, state: AgentState, raw: &str, reason: Option<&str>) -> Input {
    let stance = Stance {
        state,
        raw: Some(raw.into()),
        reason: reason.map(Arc::from),
        since: None,
        media: Vec::new(),
    };
    stated(agent(external), Stated::Stance(Some(stance)), Age::None)
}

fn afternoon() -> Vec<Input> {
    let mut inputs = connected();
    let figures = [
        (Metric::Waiting, Some(Value::Count(3))),
        (Metric::LongestWait, Some(Value::Seconds(42.0))),
        (Metric::ExpectedWait, None),
        (Metric::Answered, Some(Value::Count(112))),
        (Metric::Abandoned, Some(Value::Count(7))),
        (Metric::ServiceLevel, Some(Value::Percent(84.2))),
    ];
    inputs.extend(figures.map(|(metric, value)| figure(queue(), metric, value)));
    inputs.extend([
        stance(
            "akl",
            AgentState::NotReady,
            "NotReadyForNextCall",
            Some("Lunch"),
        ),
        stance("bsv", AgentState::Talking, "CallInbound", None),
        stance("cdm", AgentState::LoggedOut, "LoggedOut", None),
        figure(agent("akl"), Metric::Handled, Some(Value::Count(31))),
        figure(
            agent("akl"),
            Metric::TalkTime,
            Some(Value::Seconds(7_460.0)),
        ),
    ]);
    inputs
}

fn voice(more: Vec<Input>) -> Router {
    router_of(
        both(genesys::KIND),
        afternoon().into_iter().chain(more).collect(),
    )
}

fn check(text: &str, expected: &[&str]) {
    for expected in expected {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

fn check_none(text: &str, unexpected: &[&str]) {
    for unexpected in unexpected {
        assert!(!text.contains(unexpected), "{unexpected} in {text}");
    }
}

fn account() -> Account {
    Account {
        signed_in: Some("2026-11-20T08:01:02Z".parse().unwrap()),
        transport: "long-polling",
        address: "api.example.com:443".to_owned(),
        subscriptions: 2,
        statistics: 21,
        invalid: 3,
        refused: vec![(
            "CurrentReadyAgents of Support".into(),
            "is not defined".into(),
        )],
        all_refused: 4,
        told: Some("2026-11-20T09:00:00Z".parse().unwrap()),
    }
}

#[tokio::test]
async fn the_sources_page_says_how_statistics_fare_and_nothing_of_a_broker() {
    let told = Input::Note("voice".into(), Note::Account(Box::new(account())));

    let text = get(&voice(vec![told]), "/sources").await.text;

    let text = text.split_once("id=\"source-voice\"").unwrap().1;
    let text = text.split_once("id=\"server\"").unwrap().0;
    check(
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
    check_none(
        text,
        &["broker", "exchange", "Update rate", "queued messages"],
    );
}

#[tokio::test]
async fn the_api_tells_how_statistics_fare() {
    let told = Input::Note("voice".into(), Note::Account(Box::new(account())));

    let sources = json(&voice(vec![told]), "/api/v1/sources").await;

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

async fn json(router: &Router, path: &str) -> Json {
    let answer = get(router, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

#[tokio::test]
async fn a_figure_that_the_vendor_reckons_says_so() {
    let at = format!("/queues/voice/{}", SUPPORT.replace('@', "%40"));

    let text = get(&voice(Vec::new()), &at).await.text;

    check(
        &text,
        &[
            "From Voice (Genesys), 0 s ago.",
            "Counted by Voice (Genesys), 0 s ago.",
            "The vendor&#39;s statistic defines the threshold, not [targets].",
            "No, from Voice (Genesys).",
            "or has no valid value now.",
        ],
    );
    check_none(&text, &["Vngage", "from the events", "answered_only"]);
}

#[tokio::test]
async fn an_agent_has_what_the_vendor_says_and_no_cases() {
    let router = voice(Vec::new());

    let text = get(&router, "/agents/voice/akl").await.text;

    check(
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
    check_none(&text, &["Open cases", "Vngage reports", "Closed cases"]);
    let signed_out = get(&router, "/agents/voice/cdm").await.text;
    check(&signed_out, &["Signed out"]);
}

#[tokio::test]
async fn who_is_signed_in_has_a_card_with_the_reason_and_who_is_not_has_none() {
    let text = get(&voice(Vec::new()), "/boards/agents").await.text;

    check(
        &text,
        &[
            ">Anna K.</bdi>",
            ">Lunch</span>",
            "1 in conversation · 1 on break",
            "1 signed out",
        ],
    );
    check_none(&text, &["/agents/voice/cdm", "without open cases"]);
}

#[tokio::test]
async fn a_state_that_nobody_knows_is_not_called_a_lack_of_cases() {
    let unknown = stated(agent("bsv"), Stated::Stance(None), Age::None);
    let router = voice(vec![unknown]);

    let board = get(&router, "/boards/agents").await.text;
    let page = get(&router, "/agents/voice/bsv").await.text;

    check(
        &board,
        &["1 on break · 1 unknown status", "/agents/voice/bsv"],
    );
    check(&page, &["?</span> Unknown status"]);
}

#[tokio::test]
async fn a_person_has_one_card_and_a_page_with_what_each_source_says() {
    let mut site = both(genesys::KIND);
    site.people = vec![Person {
        id: Id::new(&"person".into(), "anna"),
        name: "Anna Karlsson".to_owned(),
        agents: vec![id("akl"), Id::new(&"chat".into(), "anna")],
    }];
    let anna = named(Class::Agent, "anna", "Anna Karlsson");
    let router = router_of(site, afternoon().into_iter().chain([anna]).collect());

    let board = get(&router, "/boards/agents").await.text;
    let page = get(&router, "/agents/person/anna").await.text;

    check(&board, &["/agents/person/anna"]);
    check_none(&board, &["/agents/voice/akl", "/agents/chat/anna"]);
    check(
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
async fn who_shares_an_id_with_somebody_elsewhere_is_proposed_as_one_person() {
    let anna = Fact::Profile(Profile {
        name: Some("Anna Karlsson".into()),
        external_ids: Some([("Genesys".into(), "AKL".into())].into()),
        ..Profile::new(Class::Agent, Id::new(&"chat".into(), "77aa"))
    });
    let router = voice(vec![said(anna)]);

    let of_voice = get(&router, "/agents/voice/akl").await.text;
    let of_chat = get(&router, "/agents/chat/77aa").await.text;
    let of_another = get(&router, "/agents/voice/bsv").await.text;

    check(
        &of_voice,
        &[
            "Possible duplicate",
            "<a href=\"/agents/chat/77aa\">",
            "akl = { name = &#34;Anna K.&#34;, agents = [&#34;voice/akl&#34;, &#34;chat/77aa&#34;] }",
        ],
    );
    check(&of_chat, &["<a href=\"/agents/voice/akl\">"]);
    check_none(&of_another, &["Perhaps"]);
}

#[tokio::test]
async fn a_group_names_its_queues_and_says_what_is_missing() {
    let mut site = both(genesys::KIND);
    site.groups = vec![Group {
        id: Id::new(&"group".into(), "support"),
        name: "All support".to_owned(),
        queues: vec![id(SUPPORT), Id::new(&"chat".into(), "1")],
    }];
    site.links = [(id(SUPPORT), vec![Id::new(&"chat".into(), "2")])].into();
    let lost = Line::Away {
        why: "The connection was cut".to_owned(),
    };
    let more = [
        named(Class::Queue, "1", "Support chat"),
        named(Class::Queue, "2", "Support by mail"),
        queue_said("1", Metric::Waiting, Value::Count(4)),
    ];
    let whole: Vec<Input> = afternoon().into_iter().chain(more).collect();
    let cut = whole
        .iter()
        .cloned()
        .chain([Input::Line("voice".into(), lost)]);
    let cut = router_of(site.clone(), cut.collect());
    let whole = router_of(site, whole);

    let page = get(&whole, "/queues/group/support").await.text;
    check(
        &page,
        &[
            "<h1><bdi>All support</bdi></h1>",
            "Queues in this group",
            "<bdi>Support chat</bdi></a></li>",
            "Combined from Chat (Vngage) and Voice (Genesys)",
            "<small>excludes Support chat</small>",
        ],
    );
    let told = get(&whole, "/api/v1/queues/group/support").await.text;
    check(&told, &["\"without\":[\"chat/1\"]"]);
    let page = get(&cut, "/queues/group/support").await.text;
    check(&page, &["≥ 4", "excludes Support"]);
    let page = get(&cut, "/queues/voice/9002%40SIP_Switch").await.text;
    check(
        &page,
        &[
            "<dt>Groups</dt><dd><a href=\"/queues/group/support\">",
            "<dt>Linked queues</dt><dd><a href=\"/queues/chat/2\">",
        ],
    );
    check_none(&page, &["Waiting now", "Nobody is known to serve"]);
}

#[tokio::test]
async fn what_is_certain_of_a_group_calls_for_somebody_although_a_queue_of_it_is_not_known() {
    let mut site = both(genesys::KIND);
    site.groups = vec![Group {
        id: Id::new(&"group".into(), "support"),
        name: "All support".to_owned(),
        queues: vec![id(SUPPORT), Id::new(&"chat".into(), "1")],
    }];
    let mut inputs = connected();
    inputs.extend([
        named(Class::Queue, "1", "Support chat"),
        queue_said("1", Metric::LongestWait, Value::Seconds(200.0)),
    ]);
    let router = router_of(site, inputs);

    let page = get(&router, "/queues/group/support").await.text;

    check(&page, &["◆ Critical", "≥ 3:20", "the 2:00 threshold"]);
}

#[tokio::test]
async fn the_longest_of_all_queues_is_a_bound_while_one_of_them_has_not_spoken() {
    let mut inputs = connected();
    inputs.extend([
        named(Class::Queue, "1", "Support chat"),
        queue_said("1", Metric::Waiting, Value::Count(1)),
        queue_said("1", Metric::LongestWait, Value::Seconds(200.0)),
    ]);
    let router = router_of(both(genesys::KIND), inputs);

    let text = get(&router, "/").await.text;

    let longest = &text[text.find("id=\"now-longest_wait\"").unwrap()..];
    let longest = &longest[..longest.find("</details>").unwrap()];
    check(longest, &["≥ 3:20", "<small>excludes Support</small>"]);
    check_none(longest, &["data-since"]);
}

#[tokio::test]
async fn a_figure_names_the_statistic_that_it_is() {
    let mut site = both(genesys::KIND);
    let statistic = (
        Metric::Waiting,
        "CurrNumberWaitingCalls of Queue 9002".into(),
    );
    for given in &mut site.sources[1].gives {
        given.statistics = vec![statistic.clone()];
    }
    let router = router_of(site, afternoon());

    let text = get(&router, "/queues/voice/9002%40SIP_Switch").await.text;

    check(
        &text,
        &["<dt>Vendor statistic</dt><dd>CurrNumberWaitingCalls of Queue 9002</dd>"],
    );
    assert_eq!(text.matches("Vendor statistic").count(), 1, "{text}");
}

#[tokio::test]
async fn an_age_that_gms_did_not_tell_is_said_not_to_be_known() {
    let waiting = Stated::Figure(Metric::Waiting, Some(Value::Count(2)));
    let inputs = connected()
        .into_iter()
        .chain([stated(queue(), waiting, Age::Unknown)]);
    let router = router_of(both(gms::KIND), inputs.collect());

    let text = get(&router, "/queues/voice/9002%40SIP_Switch").await.text;

    check(
        &text,
        &["Unknown: Voice (GMS) doesn’t report how old the value is"],
    );
}
