use axum::http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::{
    alert_action::ActionBody, announcements::NewAnnouncement, openapi_json, silences::NewSilence,
};
use crate::web::tests::{
    agent_assigned, case_created, case_opened, connection_lost, get_json, get_page, profile_update,
    queue_reading, router_after,
    telephony::{subscription_stats, voice_router},
};
use wallboard_domain::{ConnectionEvent, Discontinuity, EntityKind, Input, Metric, MetricValue};

#[tokio::test]
async fn active_cases_of_a_lost_source_are_stale() {
    let states = async |inputs: Vec<Input>| {
        let cases = get_json(&router_after(inputs), "/api/v1/cases").await;
        let cases = cases["cases"].as_array().unwrap().iter();
        let states = cases.map(|case| (case["state"].clone(), case["stale"].clone()));
        states.collect::<Vec<_>>()
    };
    let mut inputs = vec![
        case_created("helped"),
        case_opened("helped", "anna", "9002@SIP/1"),
        case_created("waits"),
    ];
    let expected = |stale: bool| {
        vec![
            (json!("open"), json!(stale)),
            (json!("waiting"), json!(stale)),
        ]
    };
    assert_eq!(states(inputs.clone()).await, expected(false));

    inputs.push(connection_lost());
    assert_eq!(states(inputs).await, expected(true));
}

#[tokio::test]
async fn queue_json_uses_the_documented_names() {
    let router = router_after(vec![
        profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
        queue_reading("9002@SIP/1", Metric::Waiting, MetricValue::Count(3)),
    ]);

    let mut queue = get_json(&router, "/api/v1/queues/chat/9002%40SIP%2F1").await;
    let all = get_json(&router, "/api/v1/queues").await;

    assert_eq!(all["queues"], json!([queue]));
    let metrics = queue["metrics"].take();
    assert_eq!(
        queue,
        json!({
            "id": "chat/9002@SIP/1", "source": "chat", "external_id": "9002@SIP/1",
            "name": "Sales", "external_ids": {}, "stale": false, "metrics": null, "figures": {},
        })
    );
    assert_eq!(
        metrics["waiting"],
        json!({ "value": 3, "at": "2026-11-20T09:00:00.500Z", "stale": false })
    );
    // Never reported: unknown, and never 0.
    assert_eq!(
        metrics["agents_available"],
        json!({ "value": null, "at": null, "stale": false })
    );
    assert_eq!(metrics["service_level"]["formula"], "answered_only");
}

#[tokio::test]
async fn disconnect_makes_the_response_stale_at_once() {
    let router = router_after(vec![
        queue_reading("1", Metric::Waiting, MetricValue::Count(3)),
        connection_lost(),
    ]);

    let queue = get_json(&router, "/api/v1/queues/chat/1").await;
    let source = get_json(&router, "/api/v1/sources").await["sources"][0].take();

    assert_eq!(queue["stale"], true);
    assert_eq!(queue["metrics"]["waiting"]["stale"], true);
    assert_eq!(source["state"], "down");
    assert_eq!(source["last_error"], "The broker does not answer");
}

#[tokio::test]
async fn number_of_cases_is_null_unless_it_is_certain() {
    let connection = |event| Input::Connection("chat".into(), event);
    let open_cases = |open| {
        vec![
            connection(ConnectionEvent::CatchingUp {
                discontinuity: Some(Discontinuity::Start),
            }),
            connection(ConnectionEvent::Connected),
            agent_assigned("eva", "Eva", "1"),
            queue_reading("1", Metric::InConversation, MetricValue::Count(open)),
        ]
    };
    let talks = || vec![case_opened("talks", "eva", "1")];
    for (inputs, stale, cases, known) in [
        (open_cases(0), false, json!(0), (json!(0), false)),
        // She may have another one.
        (
            [open_cases(2), talks()].concat(),
            false,
            Json::Null,
            (json!(1), true),
        ),
        (
            [open_cases(0), talks(), vec![connection_lost()]].concat(),
            true,
            Json::Null,
            (json!(1), true),
        ),
    ] {
        let agent = get_json(&router_after(inputs), "/api/v1/agents/chat/eva").await;

        assert_eq!((&agent["stale"], &agent["cases"]), (&json!(stale), &cases));
        let figure = &agent["metrics"]["cases"];
        assert_eq!(figure["value"], known.0);
        assert_eq!(figure["stale"], known.1);
    }
}

#[tokio::test]
async fn paging_returns_every_case_once() {
    let router = router_after(
        (0..7)
            .map(|n| case_created(&format!("case {n}/%")))
            .collect(),
    );

    let mut seen = Vec::new();
    let mut path = "/api/v1/cases?state=waiting&limit=3".to_owned();
    loop {
        let page = get_json(&router, &path).await;
        let cases = page["cases"].as_array().unwrap();
        seen.extend(
            cases
                .iter()
                .map(|case| case["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        let cursor = utf8_percent_encode(next, NON_ALPHANUMERIC);
        path = format!("/api/v1/cases?state=waiting&limit=3&cursor={cursor}");
    }

    let expected: Vec<String> = (0..7).map(|n| format!("chat/case {n}/%")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn invalid_request_returns_a_problem_with_a_sentence() {
    let router = router_after(Vec::new());
    let table = [
        ("/api/v1/queues/chat/none", 404, "queue chat/none not found"),
        ("/api/v1/agents/chat/none", 404, "agent chat/none not found"),
        ("/api/v1/nothing", 404, "no such path: /api/v1/nothing"),
        (
            "/api/v1/cases?state=lost",
            400,
            "state must be one of waiting, open, closed, abandoned, unconfirmed",
        ),
        ("/api/v1/cases?limit=0", 400, "limit must be from 1 to 1000"),
        (
            "/api/v1/cases?cursor=x",
            400,
            "cursor must be the `next` value of an earlier response",
        ),
    ];

    for (path, status, detail) in table {
        let answer = get_page(&router, path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.kind, "application/problem+json", "{path}");
        assert_eq!(answer.parse_json()["detail"], detail, "{path}");
    }
    let unknown = get_page(&router, "/api/v1/cases?stat=open").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn api_reports_subscription_stats() {
    let router = voice_router(vec![subscription_stats()]);

    let sources = get_json(&router, "/api/v1/sources").await;

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

#[test]
fn null_in_a_body_is_accepted_where_the_document_allows_it() {
    fn is_accepted<T: DeserializeOwned>(body: Json) -> bool {
        serde_json::from_value::<T>(body).is_ok()
    }
    let document: Json = serde_json::from_str(openapi_json()).unwrap();
    let until = "2026-11-20T09:00:00Z";
    for (name, body, is_accepted) in [
        (
            "AlertAction",
            json!({}),
            is_accepted::<ActionBody> as fn(Json) -> bool,
        ),
        (
            "NewAnnouncement",
            json!({ "text": "Fire drill", "until": until }),
            is_accepted::<NewAnnouncement>,
        ),
        (
            "NewSilence",
            json!({ "reason": "New phones", "until": until }),
            is_accepted::<NewSilence>,
        ),
    ] {
        let schema = json!({
            "$ref": format!("#/components/schemas/{name}"), "components": document["components"],
        });
        let schema = jsonschema::validator_for(&schema).unwrap();
        assert!(
            schema.is_valid(&body) && is_accepted(body.clone()),
            "{name}"
        );
        let properties = &document["components"]["schemas"][name]["properties"];
        for property in properties.as_object().unwrap().keys() {
            let mut with_null = body.clone();
            with_null[property] = Json::Null;
            let is_allowed = schema.is_valid(&with_null);
            assert_eq!(is_accepted(with_null), is_allowed, "{name}: {property}");
        }
    }
}
