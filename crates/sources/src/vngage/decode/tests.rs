use std::fmt::Write;

use proptest::prelude::*;
use strum::IntoEnumIterator;

use wallboard_domain::{
    CaseEvent, CaseOutcome, EntityKind, EntityProfile, Fact, Id, Metric, MetricSubject,
    MetricValue, TranscriptSummary,
};

use super::*;

fn chat_source() -> SourceId {
    "chat".into()
}

fn chat_id(external: &str) -> Id {
    Id::new(&chat_source(), external)
}

fn decode_update(key: &str, body: &str) -> Update {
    match decode_message(&chat_source(), key, body.as_bytes()) {
        Ok(DecodedMessage::Update(update)) => update,
        other => panic!("{key} {body}: {other:?}"),
    }
}

fn assert_fact(key: &str, body: &str, fact: Fact, mistyped: u8) {
    let update = decode_update(key, body);
    assert_eq!((update.fact, update.mistyped), (fact, mistyped), "{body}");
}

fn assert_rejected(key: &str, body: &[u8], why: &'static str) {
    assert_rejected_case(key, body, why, None);
}

fn assert_rejected_case(key: &str, body: &[u8], why: &'static str, case: Option<&str>) {
    let rejected = RejectedMessage {
        event: key.to_owned(),
        why,
        case: case.map(chat_id),
    };
    assert_eq!(decode_message(&chat_source(), key, body), Err(rejected));
}

fn load_fact(values: &[(Metric, u64)]) -> Fact {
    let known = |(metric, n): &(Metric, u64)| (*metric, Some(MetricValue::Count(*n)));
    Fact::EventReadings(
        MetricSubject::Queue(chat_id("g1")),
        values.iter().map(known).collect(),
    )
}

fn timers_fact(values: &[(Metric, f64)]) -> Fact {
    let known = |(metric, x): &(Metric, f64)| (*metric, Some(MetricValue::Seconds(*x)));
    Fact::EventReadings(
        MetricSubject::Queue(chat_id("g1")),
        values.iter().map(known).collect(),
    )
}

#[test]
fn every_event_is_decoded_to_its_fact() {
    assert_fact(
        "case.created",
        r#"{"eventTime":"2026-11-20T09:00:00.000Z","caseId":"c1","opportunityId":"o1","solutionId":"s1","caseTypeId":"t1"}"#,
        Fact::Case(
            chat_id("c1"),
            CaseEvent::Created {
                opportunity: Some("o1".into()),
                solution: Some("s1".into()),
                case_type: Some("t1".into()),
            },
        ),
        0,
    );
    assert_fact(
        "case.opened",
        r#"{"caseId":"c1","agentId":"a1","groupId":"g1"}"#,
        Fact::Case(
            chat_id("c1"),
            CaseEvent::Opened {
                agent: Some(chat_id("a1")),
                queue: Some(chat_id("g1")),
            },
        ),
        0,
    );
    assert_fact(
        "case.closed",
        r#"{"caseId":"c1","outcome":"unresolved","closure":"later"}"#,
        Fact::Case(
            chat_id("c1"),
            CaseEvent::Closed {
                outcome: Some(CaseOutcome::Unresolved),
                closure: Some("later".into()),
            },
        ),
        0,
    );
    assert_fact(
        "case.transferred.toGroup",
        r#"{"caseId":"c1","previousAgentId":"a1","previousGroupId":"g1","newGroupId":"g2"}"#,
        Fact::Case(
            chat_id("c1"),
            CaseEvent::Transferred {
                from_agent: Some(chat_id("a1")),
                from_queue: Some(chat_id("g1")),
                to_queue: Some(chat_id("g2")),
            },
        ),
        0,
    );
    assert_fact(
        "case.visitorProfile",
        r#"{"caseId":"c1","profile":{"name":"Anna","deep":[[1]]}}"#,
        Fact::Unused,
        0,
    );
    assert_fact(
        "group.loadChanged",
        r#"{"groupId":"g1","numberOfAvailableAgents":3,"numberOfVisitorsInQueue":7,"numberOfVisitorsInConversation":5}"#,
        load_fact(&[
            (Metric::AgentsAvailable, 3),
            (Metric::Waiting, 7),
            (Metric::InConversation, 5),
        ]),
        0,
    );
    assert_fact(
        "group.performanceTimers",
        r#"{"groupId":"g1","averageWaitingTime":12500,"longestWaitingTime":41000}"#,
        timers_fact(&[(Metric::AverageWait, 12.5), (Metric::LongestWait, 41.0)]),
        0,
    );
}

#[test]
fn every_configuration_event_is_decoded_to_a_profile() {
    assert_fact(
        "configuration.agent",
        r#"{"agentId":"a1","agentEmail":"a@x.se","agentName":"Anna Kask","agentDisplayName":"Anna","agentAssignedGroups":["g1","g2"],"agentExternalId":{"Salesforce":"7"}}"#,
        Fact::Profile(EntityProfile {
            name: Some("Anna Kask".into()),
            display_name: Some("Anna".into()),
            email: Some("a@x.se".into()),
            queues: Some([chat_id("g1"), chat_id("g2")].into()),
            external_ids: Some([("Salesforce".into(), "7".into())].into()),
            ..EntityProfile::new(EntityKind::Agent, chat_id("a1"))
        }),
        0,
    );
    for (kind, class) in [
        ("group", EntityKind::Queue),
        ("opportunity", EntityKind::Opportunity),
        ("solution", EntityKind::Solution),
        ("caseType", EntityKind::CaseType),
    ] {
        assert_fact(
            &format!("configuration.{kind}"),
            &format!(
                r#"{{"{kind}Id":"x1","{kind}Name":"Sälj \u2713","{kind}ExternalId":{{"CRM":"Q1"}}}}"#
            ),
            Fact::Profile(EntityProfile {
                name: Some("Sälj ✓".into()),
                external_ids: Some([("CRM".into(), "Q1".into())].into()),
                ..EntityProfile::new(class, chat_id("x1"))
            }),
            0,
        );
    }
}

#[test]
fn missing_fields_are_not_reported() {
    assert_fact(
        "group.loadChanged",
        r#"{"groupId":"g1"}"#,
        load_fact(&[]),
        0,
    );
    assert_fact(
        "group.loadChanged",
        r#"{"numberOfVisitorsInQueue":0,"groupId":"g1","numberOfAvailableAgents":null}"#,
        load_fact(&[(Metric::Waiting, 0)]),
        0,
    );
    assert_fact(
        "configuration.agent",
        r#"{"agentId":"a1"}"#,
        Fact::Profile(EntityProfile::new(EntityKind::Agent, chat_id("a1"))),
        0,
    );
}

#[test]
fn mistyped_field_is_counted_and_affects_no_other_field() {
    for odd in [
        "-1",
        "1.5",
        "\"3\"",
        "true",
        "[3]",
        "{\"a\":[1,{\"b\":2}]}",
        "1e300",
        "1e400",
        "-1e999",
        "{\"a\":[9e999]}",
        "99999999999999999999",
        "18446744073709551615",
        "4294967296",
    ] {
        assert_fact(
            "group.loadChanged",
            &format!(
                r#"{{"groupId":"g1","numberOfAvailableAgents":2,"numberOfVisitorsInQueue":{odd},"numberOfVisitorsInConversation":4}}"#
            ),
            load_fact(&[(Metric::AgentsAvailable, 2), (Metric::InConversation, 4)]),
            1,
        );
    }
    assert_fact(
        "configuration.agent",
        r#"{"agentId":"a1","agentName":5,"agentEmail":"e","agentAssignedGroups":["g1",7,"",{}],"agentExternalId":{"A":1,"B":"2"}}"#,
        Fact::Profile(EntityProfile {
            email: Some("e".into()),
            queues: Some([chat_id("g1")].into()),
            external_ids: Some([("B".into(), "2".into())].into()),
            ..EntityProfile::new(EntityKind::Agent, chat_id("a1"))
        }),
        5,
    );
    assert_fact(
        "case.closed",
        r#"{"caseId":"c1","outcome":"splendid","closure":"ok"}"#,
        Fact::Case(
            chat_id("c1"),
            CaseEvent::Closed {
                outcome: None,
                closure: Some("ok".into()),
            },
        ),
        1,
    );
}

#[test]
fn misspelled_case_id_from_the_documentation_is_accepted() {
    for body in [r#"{"caseld":"c1"}"#, r#"{"caseld":"c1","caseId":7}"#] {
        assert_eq!(
            decode_update("case.opened", body).fact,
            Fact::Case(
                chat_id("c1"),
                CaseEvent::Opened {
                    agent: None,
                    queue: None
                }
            )
        );
    }
}

#[test]
fn event_time_is_read_in_every_known_form() {
    let at = |json: &str| {
        let update = decode_update(
            "group.loadChanged",
            &format!(r#"{{"groupId":"g1","eventTime":{json}}}"#),
        );
        (update.at.map(|at| at.to_string()), update.mistyped)
    };
    let known = |text: &str| (Some(text.to_owned()), 0);

    assert_eq!(
        at("\"2018-01-19T10:11:12Z\""),
        known("2018-01-19T10:11:12Z")
    );
    assert_eq!(
        at("\"2018-01-19T10:11:12.1Z\""),
        known("2018-01-19T10:11:12.1Z")
    );
    assert_eq!(
        at("\"2018-01-19T10:11:12.123\""),
        known("2018-01-19T10:11:12.123Z")
    );
    assert_eq!(at("\"2018-01-19T10:11:12\""), known("2018-01-19T10:11:12Z"));
    assert_eq!(
        at("\"2018-01-19T10:11:12.1234567891234567Z\""),
        known("2018-01-19T10:11:12.123456789Z")
    );
    assert_eq!(
        at("\"2018-01-19T10:11:12.1234567891234567\""),
        known("2018-01-19T10:11:12.123456789Z")
    );
    assert_eq!(
        at("\"2018-01-19T11:11:12.5+01:00\""),
        known("2018-01-19T10:11:12.5Z")
    );
    assert_eq!(at("null"), (None, 0));
    assert_eq!(at("\"yesterday\""), (None, 1));
    assert_eq!(at("1516356672000"), (None, 1));
    assert_eq!(at("\"\""), (None, 1));
    assert_eq!(
        decode_update("group.loadChanged", r#"{"groupId":"g1"}"#).at,
        None
    );
}

#[test]
fn byte_order_mark_before_the_object_is_skipped() {
    assert_fact(
        "group.loadChanged",
        "\u{feff}{\"groupId\":\"g1\",\"numberOfVisitorsInQueue\":3}",
        load_fact(&[(Metric::Waiting, 3)]),
        0,
    );
}

#[test]
fn unreadable_message_is_rejected_with_a_reason() {
    let deep = "[".repeat(100_000);
    let deep_field = format!(r#"{{"groupId":"g1","x":{}"#, "{\"a\":".repeat(100_000));

    assert_rejected("group.loadChanged", b"", "not_json");
    assert_rejected("group.loadChanged", b"{\"groupId\":\"g1\"", "not_json");
    assert_rejected("group.loadChanged", b"{\"groupId\":\"g1\"} x", "not_json");
    assert_rejected("group.loadChanged", deep.as_bytes(), "not_an_object");
    assert_rejected("group.loadChanged", deep_field.as_bytes(), "not_json");
    assert_rejected("group.loadChanged", b"[1]", "not_an_object");
    assert_rejected("group.loadChanged", b"3", "not_an_object");
    assert_rejected("group.loadChanged", b"\"a\"", "not_an_object");
    assert_rejected("group.loadChanged", b"null", "not_an_object");
    assert_rejected("group.loadChanged", b"{\"groupId\":\"\xff\"}", "not_utf8");
    assert_rejected("group.loadChanged", b"{}", "missing_id");
    assert_rejected("group.loadChanged", b"{\"groupId\":\"\"}", "missing_id");
    assert_rejected("case.closed", b"{\"caseId\":4}", "missing_id");
    assert_rejected("case.visitorProfile", b"{\"profile\":{}}", "missing_id");
    let long = format!(r#"{{"groupId":"{}"}}"#, "g".repeat(257));
    assert_rejected("group.loadChanged", long.as_bytes(), "missing_id");
}

#[test]
fn deeply_nested_value_in_an_unused_field_is_skipped() {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));

    assert_fact(
        "group.loadChanged",
        &format!(r#"{{"debug":{deep},"groupId":"g1","numberOfVisitorsInQueue":1}}"#),
        load_fact(&[(Metric::Waiting, 1)]),
        0,
    );
    assert_fact(
        "group.loadChanged",
        &format!(r#"{{"numberOfVisitorsInQueue":{deep},"groupId":"g1"}}"#),
        load_fact(&[]),
        1,
    );
}

#[test]
fn body_above_the_size_limit_is_rejected_unread() {
    let body = |len: usize| {
        let head = r#"{"groupId":"g1","pad":""#;
        format!("{head}{}\"}}", "x".repeat(len - head.len() - 2))
    };

    assert_fact(
        "group.loadChanged",
        &body(BODY_BYTES_MAX),
        load_fact(&[]),
        0,
    );
    assert_rejected(
        "group.loadChanged",
        body(BODY_BYTES_MAX + 1).as_bytes(),
        "too_large",
    );
}

#[test]
fn unreadable_message_still_names_its_case() {
    let closed = |body: &[u8], why, case| assert_rejected_case("case.closed", body, why, case);
    closed(br#"{"caseId":"c1","outcome":"#, "not_json", Some("c1"));
    closed(br#"{"outcome":1}} "caseld" : "c1""#, "not_json", Some("c1"));
    closed(
        b"{\"caseId\":\"c1\",\"closure\":\"\xff\"}",
        "not_utf8",
        Some("c1"),
    );
    let long = format!(
        r#"{{"caseId":"c1","closure":"{}"}}"#,
        "x".repeat(BODY_BYTES_MAX)
    );
    closed(long.as_bytes(), "too_large", Some("c1"));

    // No id, half an id, and an id within a text.
    closed(br#"{"outcome":"positive"}"#, "missing_id", None);
    closed(br#"{"caseId":"","x":"#, "not_json", None);
    closed(br#"{"caseId":7,"x":"#, "not_json", None);
    closed(br#"{"caseId":"c1"#, "not_json", None);
    closed(br#"{"caseId":"c\u0031","x":"#, "not_json", None);
    closed(br#"{"closure":"\"caseId\":\"c1\"","x":"#, "not_json", None);
    // Neither event changes a case.
    let body = br#"{"caseId":"c1","x":"#;
    assert_rejected_case("case.visitorProfile", body, "not_json", None);
    assert_rejected_case("group.loadChanged", body, "not_json", None);
}

#[test]
fn unknown_messages_and_our_own_request_are_ignored() {
    let ignored = |event: &str| {
        Ok(DecodedMessage::Ignored {
            event: event.to_owned(),
        })
    };

    assert_eq!(
        decode_message(&chat_source(), "case.paused", b"\xff"),
        ignored("case.paused")
    );
    assert_eq!(
        decode_message(&chat_source(), super::super::COLLECT_KEY, b"{}"),
        ignored("configuration.agent.collect")
    );
    assert_eq!(
        decode_message(&chat_source(), &"å".repeat(500), b""),
        ignored(&"å".repeat(64))
    );
}

#[test]
fn name_is_cut_to_a_bounded_length() {
    let body = format!(r#"{{"groupId":"g1","groupName":"{}"}}"#, "å".repeat(5000));

    let Fact::Profile(profile) = decode_update("configuration.group", &body).fact else {
        panic!("not a profile");
    };

    assert_eq!(profile.name, Some("å".repeat(256).into()));
}

#[test]
fn lone_surrogate_affects_nothing_else() {
    let body =
        r#"{"groupId":"g1","groupName":"A\ud83d B\ude00 \ud83d\ude00 \\ud83d","x":"\udc00"}"#;

    let Fact::Profile(profile) = decode_update("configuration.group", body).fact else {
        panic!("not a profile");
    };

    assert_eq!(profile.name, Some("A\u{fffd} B\u{fffd} 😀 \\ud83d".into()));
    assert_rejected("configuration.group", br#"{"groupId":"\ud83d"#, "not_json");
}

#[test]
fn transcript_is_reduced_to_figures() {
    let visitor = r#""speaker":{"visitorId":"v1"},"recipients":[]"#;
    let agent = r#""speaker":{"agentId":{"id":"a1","externalIds":{"x":"y"}}}"#;
    let body = format!(
        r#"{{"caseId":"c1","transcript":{{"messages":[
            {{"eventTime":"2026-11-20T09:00:00Z","messageType":"title","message":"Hi","speaker":{{}}}},
            {{"eventTime":"2026-11-20T09:00:01Z","messageType":"chat","message":"secret",{agent}}},
            {{"eventTime":"2026-11-20T09:00:05Z","messageType":"chat","message":"secret",{visitor}}},
            {{"eventTime":"2026-11-20T09:00:07Z","messageType":"note","message":"secret",{agent}}},
            {{"eventTime":"2026-11-20T09:00:08Z","messageType":"chat","message":"auto"}},
            {{"eventTime":"2026-11-20T09:00:25.5Z","messageType":"chat","message":"secret",{agent}}},
            {{"eventTime":"2026-11-20T09:01:00Z","messageType":"video","activity":"start",{agent}}},
            {{"eventTime":"2026-11-20T09:02:00Z","messageType":"chat","message":"secret",{visitor}}}
        ]}}}}"#
    );

    assert_fact(
        "case.transcriptClosed",
        &body,
        Fact::Case(
            chat_id("c1"),
            CaseEvent::Transcript(TranscriptSummary {
                first_response: Some(20_500),
                visitor_messages: 2,
                agent_messages: 2,
                duration: Some(120_000),
                video: true,
            }),
        ),
        0,
    );
}

#[test]
fn malformed_transcript_message_affects_no_other() {
    assert_fact(
        "case.transcriptClosed",
        r#"{"caseId":"c1","transcript":{"messages":[7,{"messageType":4,"speaker":"x"},{"messageType":"chat","speaker":{"visitorId":"v"}}]}}"#,
        Fact::Case(
            chat_id("c1"),
            CaseEvent::Transcript(TranscriptSummary {
                visitor_messages: 1,
                ..TranscriptSummary::default()
            }),
        ),
        3,
    );
    assert_fact(
        "case.transcriptClosed",
        r#"{"caseId":"c1","transcript":"text"}"#,
        Fact::Unused,
        1,
    );
}

#[test]
fn a_transcript_that_is_passed_on_is_as_it_came_and_any_parser_reads_it() {
    let body = "\u{feff}{\"transcript\":1,\"transcript\": {\"a\\n\": [\"\\ud83d cut\", 1e999, 1.50, \"\\u00e5\"]}}";
    let json = transcript_json(body.as_bytes()).unwrap();
    assert_eq!(json, r#"{"a\n": ["\ufffd cut", true, 1.50, "\u00e5"]}"#);
    for without in ["{}", "[]", "{\"transcript\":", "\u{feff}"] {
        assert_eq!(transcript_json(without.as_bytes()), None, "{without}");
    }
    assert_eq!(transcript_json(b"{\"transcript\":\"\xff\"}"), None);
}

#[test]
fn last_value_of_a_repeated_field_wins() {
    assert_fact(
        "group.loadChanged",
        r#"{"groupId":"g1","numberOfVisitorsInQueue":1,"numberOfVisitorsInQueue":2}"#,
        load_fact(&[(Metric::Waiting, 2)]),
        0,
    );
}

fn any_key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(VngageEvent::iter().map(<&str>::from).collect::<Vec<_>>())
}

/// Bodies similar enough to real ones to reach every field.
fn any_body() -> impl Strategy<Value = String> {
    let names = vec![
        "eventTime",
        "caseId",
        "caseld",
        "groupId",
        "agentId",
        "outcome",
        "closure",
        "transcript",
        "messages",
        "speaker",
        "agentAssignedGroups",
        "agentExternalId",
        "averageWaitingTime",
        "numberOfVisitorsInQueue",
        "solutionId",
        "solutionName",
        "x",
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|b| b.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>()
            .prop_filter("JSON has only finite numbers", |x| x.is_finite())
            .prop_map(|x| x.to_string()),
        any::<String>().prop_map(|s| serde_json::to_string(&s).unwrap()),
        Just("\"2026-11-20T09:00:00Z\"".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        let name = prop::sample::select(names.clone());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|v| format!("[{}]", v.join(","))),
            prop::collection::vec((name, inner), 0..8).prop_map(|v| {
                let fields: Vec<_> = v.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

const COUNTS: [&str; 3] = [
    "numberOfAvailableAgents",
    "numberOfVisitorsInQueue",
    "numberOfVisitorsInConversation",
];

proptest! {
    #[test]
    fn any_bytes_decode_without_a_panic(key in any_key(), body in prop::collection::vec(any::<u8>(), 0..512)) {
        let _outcome = decode_message(&chat_source(), key, &body);
    }

    #[test]
    fn any_json_is_decoded_or_rejected_for_its_shape(key in any_key(), body in any_body()) {
        if let Err(rejected) = decode_message(&chat_source(), key, body.as_bytes()) {
            prop_assert!(["not_an_object", "missing_id"].contains(&rejected.why), "{rejected}");
        }
    }

    #[test]
    fn damaged_body_decodes_without_a_panic(
        key in any_key(),
        body in any_body(),
        position in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut body = body.into_bytes();
        let position = position.index(body.len());
        body[position] = byte;
        let _changed = decode_message(&chat_source(), key, &body);
        let _cut = decode_message(&chat_source(), key, &body[..position]);
    }

    #[test]
    fn missing_or_mistyped_field_changes_no_other(
        values in prop::array::uniform3(0_u64..1000),
        fate in prop::array::uniform3(0..3),
    ) {
        let metrics = [Metric::AgentsAvailable, Metric::Waiting, Metric::InConversation];
        let mut body = String::from(r#"{"groupId":"g1""#);
        let mut expected = Vec::new();
        let mut mistyped = 0;
        for i in 0..3 {
            match fate[i] {
                0 => {
                    write!(body, r#","{}":{}"#, COUNTS[i], values[i]).unwrap();
                    expected.push((metrics[i], values[i]));
                }
                1 => {
                    write!(body, r#","{}":"{}""#, COUNTS[i], values[i]).unwrap();
                    mistyped += 1;
                }
                _ => {}
            }
        }
        body.push('}');

        let update = decode_update("group.loadChanged", &body);
        prop_assert_eq!((update.fact, update.mistyped), (load_fact(&expected), mistyped));
    }
}

#[test]
fn ids_and_texts_contain_no_control_characters() {
    let closed = r#"{"caseId":"c\u0000\u001b","closure":"two\r\nlines\u0085 \u007f"}"#;
    assert_fact(
        "case.closed",
        closed,
        Fact::Case(
            chat_id("c\u{fffd}\u{fffd}"),
            CaseEvent::Closed {
                outcome: None,
                closure: Some("two  lines\u{fffd} \u{fffd}".into()),
            },
        ),
        0,
    );
    let agent = r#"{"agentId":"a\u0000","agentName":"A\u0001","agentDisplayName":"Å © 😀",
        "agentEmail":"a\u0000@b","agentAssignedGroups":["g\u0000"],
        "agentExternalId":{"x\u0000":"y\u0000"}}"#;
    assert_fact(
        "configuration.agent",
        agent,
        Fact::Profile(EntityProfile {
            name: Some("A\u{fffd}".into()),
            display_name: Some("Å © 😀".into()),
            email: Some("a\u{fffd}@b".into()),
            queues: Some([chat_id("g\u{fffd}")].into()),
            external_ids: Some([("x\u{fffd}".into(), "y\u{fffd}".into())].into()),
            ..EntityProfile::new(EntityKind::Agent, chat_id("a\u{fffd}"))
        }),
        0,
    );
    let created = r#"{"caseId":"c1","solutionId":"s\u0000"}"#;
    assert_fact(
        "case.created",
        created,
        Fact::Case(
            chat_id("c1"),
            CaseEvent::Created {
                opportunity: None,
                solution: Some("s\u{fffd}".into()),
                case_type: None,
            },
        ),
        0,
    );
}
