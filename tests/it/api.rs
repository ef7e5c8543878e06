//! The API against its own description: every response of a running product, and schemathesis's
//! requests.

use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
    process::Command,
    time::Duration,
};

use reqwest::{Client, Method, Response, header};
use serde_json::{Map, Value, json};
use tokio::task::block_in_place;

use crate::support::{
    demo::Demo,
    http,
    test_server::{ServerOptions, TestServer},
    wait_until,
};

const SOON: Duration = Duration::from_secs(30);

struct ApiDescription(Value);

impl ApiDescription {
    async fn fetch_from(demo: &Demo) -> Self {
        Self::fetch(&demo.url("/api/v1/openapi.json")).await
    }

    async fn fetch(url: &str) -> Self {
        let document = reqwest::get(url).await.unwrap();
        let mut document: Value = document.json().await.unwrap();
        // An undescribed attribute is an error too. A schema that is part of another is exempt: it
        // doesn't describe the whole object.
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        let parts = parts(schemas);
        for (name, schema) in schemas {
            let is_whole = schema["properties"].is_object() || schema["allOf"].is_array();
            if is_whole && !parts.contains(name) {
                schema["unevaluatedProperties"] = false.into();
            }
        }
        Self(document)
    }

    /// Those that can be read.
    fn paths(&self) -> BTreeSet<&str> {
        let paths = self.0["paths"].as_object().unwrap().iter();
        paths
            .filter(|(_, methods)| methods["get"].is_object())
            .map(|(path, _)| path.as_str())
            .collect()
    }

    /// Panics if the response doesn't match the document's description of `path`.
    async fn validate(&self, path: &str, answer: Response) -> Value {
        self.validate_as("get", path, answer).await
    }

    async fn validate_as(&self, method: &str, path: &str, answer: Response) -> Value {
        let status = answer.status().as_u16().to_string();
        let content_type = answer.headers()[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .to_owned();
        let body: Value = answer.json().await.unwrap();

        let content = &self.0["paths"][path][method]["responses"][&status]["content"];
        let schema = &content[&content_type]["schema"];
        assert!(
            schema.is_object(),
            "{path}: {status} {content_type} is not described"
        );
        let schema_document = json!({ "components": self.0["components"], "allOf": [schema] });
        let validator = jsonschema::validator_for(&schema_document).unwrap();
        let faults: Vec<_> = validator
            .iter_errors(&body)
            .map(|e| e.to_string())
            .collect();
        assert_eq!(faults, Vec::<String>::new(), "{path}: {body:#}");
        body
    }
}

/// Names of schemas that are the first in another's `allOf`, and of the choices of those.
fn parts(schemas: &Map<String, Value>) -> HashSet<String> {
    let name = |part: &Value| {
        let name = part["$ref"].as_str()?.rsplit('/').next()?;
        Some(name.to_owned())
    };
    let heads = schemas
        .values()
        .filter_map(|schema| name(&schema["allOf"][0]));
    let mut parts: HashSet<_> = heads.collect();
    for part in parts.clone() {
        let choices = schemas[&part]["oneOf"].as_array().into_iter().flatten();
        parts.extend(choices.filter_map(name));
    }
    parts
}

async fn get(demo: &Demo, path: &str) -> Response {
    reqwest::get(demo.url(path)).await.unwrap()
}

/// The demo has no custom figure. Returns the path.
async fn validate_figure(demo: &Demo, description: &ApiDescription) -> &'static str {
    let path = "/api/v1/figures/none/values?from=2026-11-01&to=2026-11-03";
    let answer = get(demo, path).await;
    assert_eq!(answer.status(), 404);
    let template = "/api/v1/figures/{id}/values";
    description.validate(template, answer).await;
    template
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_matches_the_api_document() {
    let demo = Demo::at_speed(60);
    let description = ApiDescription::fetch_from(&demo).await;
    wait_until("cases in all states exist", SOON, async || {
        let mut missing = Vec::new();
        for state in ["waiting", "open", "closed"] {
            let cases: Value = get(&demo, &format!("/api/v1/cases?state={state}"))
                .await
                .json()
                .await
                .unwrap();
            if cases["cases"].as_array().is_none_or(Vec::is_empty) {
                missing.push(state);
            }
        }
        if missing.is_empty() {
            Ok(())
        } else {
            Err(missing)
        }
    })
    .await;

    // The demo's imports are stored first.
    wait_until("a case is recorded", Duration::from_mins(3), async || {
        let page = get(&demo, "/api/v1/case-records").await;
        let page: Value = page.json().await.unwrap();
        match page["records"].as_array() {
            Some(records) if !records.is_empty() => Ok(()),
            _ => Err(page),
        }
    })
    .await;

    let mut requested = BTreeSet::new();
    for path in description.paths() {
        if !path.contains('{') {
            description.validate(path, get(&demo, path).await).await;
            requested.insert(path.to_owned());
        }
    }
    for (path, list) in [("/api/v1/queues", "queues"), ("/api/v1/agents", "agents")] {
        let template = format!("{path}/{{source}}/{{id}}");
        let all = description.validate(path, get(&demo, path).await).await;
        for one in all[list].as_array().unwrap() {
            let external = one["external_id"].as_str().unwrap();
            let one = format!("{path}/{}/{external}", one["source"].as_str().unwrap());
            description
                .validate(&template, get(&demo, &one).await)
                .await;
            if list == "queues" {
                let forecast = format!("{template}/forecast");
                let answer = get(&demo, &format!("{one}/forecast")).await;
                description.validate(&forecast, answer).await;
                requested.insert(forecast);
            }
        }
        let nobody = get(&demo, &format!("{path}/chat/nobody")).await;
        assert_eq!(nobody.status(), 404);
        description.validate(&template, nobody).await;
        requested.insert(template);
    }
    for query in [
        "",
        "&by=queue",
        "&by=agent",
        "&by=reason",
        "&agent=export/nobody",
    ] {
        let path = "/api/v1/history/intervals";
        let requested = format!("{path}?from=2026-11-01&to=2026-11-03&step=1h{query}");
        let answer = get(&demo, &requested).await;
        let status = if query.ends_with("nobody") { 404 } else { 200 };
        assert_eq!(answer.status(), status, "{requested}");
        description.validate(path, answer).await;
    }
    for path in ["/api/v1/history/calls", "/api/v1/history/adherence"] {
        let answer = get(&demo, &format!("{path}?from=2026-11-01&to=2026-11-03")).await;
        assert_eq!(answer.status(), 200);
        description.validate(path, answer).await;
    }
    requested.insert(validate_figure(&demo, &description).await.to_owned());
    let page = description
        .validate("/api/v1/cases", get(&demo, "/api/v1/cases?limit=2").await)
        .await;
    let next = format!(
        "/api/v1/cases?limit=2&cursor={}",
        page["next"].as_str().unwrap()
    );
    let next = description
        .validate("/api/v1/cases", get(&demo, &next).await)
        .await;

    validate_written(&demo, &description).await;

    assert_ne!(page["cases"], next["cases"]);
    assert_eq!(
        requested
            .iter()
            .map(String::as_str)
            .collect::<BTreeSet<_>>(),
        description.paths()
    );
}

/// Requests that change something.
async fn validate_written(demo: &Demo, description: &ApiDescription) {
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let path = "/api/v1/announcements";
    for (text, status) in [("Use paper.", 201), ("", 400)] {
        let new = json!({ "text": text, "until": until });
        let made = http::client().post(demo.url(path)).json(&new);
        let made = made.send().await.unwrap();
        assert_eq!(made.status(), status);
        description.validate_as("post", path, made).await;
    }
    // The demo has no such source.
    let path = "/api/v1/values";
    let queue = json!({ "queues": [{ "id": "phone/1", "metrics": { "waiting": 1 } }] });
    for (batch, status) in [(queue, 404), (json!({}), 400)] {
        let sent = http::client().post(demo.url(path)).json(&batch);
        let sent = sent.send().await.unwrap();
        assert_eq!(sent.status(), status);
        description.validate_as("post", path, sent).await;
    }
    let take = http::client().post(demo.url("/api/v1/alerts/nothing/take"));
    let taken = take.json(&json!({})).send().await.unwrap();
    assert_eq!(taken.status(), 404);
    description
        .validate_as("post", "/api/v1/alerts/{id}/{action}", taken)
        .await;
}

/// The test server's database has been removed from the disk.
#[tokio::test]
async fn database_errors_match_the_api_document() {
    let server = TestServer::start(ServerOptions::default()).await;
    let description = ApiDescription::fetch(&server.url("/api/v1/openapi.json")).await;

    for path in ["/api/v1/history/intervals", "/api/v1/history/calls"] {
        let requested = format!("{path}?from=2026-11-19&to=2026-11-20");
        let answer = reqwest::get(server.url(&requested)).await.unwrap();
        assert_eq!(answer.status(), 500, "{path}");
        description.validate(path, answer).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_requests_get_a_problem_response() {
    let demo = Demo::at_speed(1);
    let client = Client::new();
    let request = async |method: Method, path: &str| {
        let answer = client.request(method, demo.url(path)).send().await.unwrap();
        let status = answer.status().as_u16();
        assert_eq!(
            answer.headers()[header::CONTENT_TYPE],
            "application/problem+json",
            "{path}"
        );
        let allow = answer.headers().get(header::ALLOW).cloned();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["status"], status, "{path}");
        assert!(
            body["detail"]
                .as_str()
                .is_some_and(|detail| detail.len() > 10),
            "{path}"
        );
        (status, allow)
    };

    for path in [
        "/api/v1/cases?state=lost",
        "/api/v1/cases?limit=0",
        "/api/v1/cases?limit=1001",
        "/api/v1/cases?limit=many",
        "/api/v1/cases?cursor=1",
        "/api/v1/cases?state=open&state=open",
        "/api/v1/cases?page=2",
        "/api/v1/queues?page=2",
        "/api/v1/openapi.json?x=1",
        "/api/v1/queues/chat/%FF",
        "/api/v1/history/intervals",
        "/api/v1/history/intervals?from=2026-11-20",
        "/api/v1/history/intervals?from=today&to=2026-11-20",
        "/api/v1/history/intervals?from=2026-11-19&to=2026-11-20&step=5m",
        "/api/v1/history/intervals?from=2026-11-19&to=2026-11-20&zone=Mars/Base",
        "/api/v1/history/intervals?from=2026-11-19&to=2026-11-20&by=team",
        "/api/v1/history/intervals?from=2026-11-19&to=2026-11-20&count_by=end",
        "/api/v1/history/intervals?from=2026-11-19&to=2026-11-20&queue=12",
        "/api/v1/history/intervals?from=2026-11-19&to=2026-11-20&queue=a/1&agent=a/2",
        "/api/v1/history/intervals?from=2026-11-19&to=2026-11-20&queue=a/1&by=agent",
        "/api/v1/history/intervals?from=2016-11-19&to=2026-11-20&step=15m",
        "/api/v1/history/intervals?from=2026-11-20&to=2026-11-19",
        "/api/v1/history/calls?from=2026-11-20&to=2026-11-20",
        "/api/v1/history/calls?from=2026-11-19",
        "/api/v1/history/calls?from=2026-11-19&to=2026-11-20&outcome=lost",
        "/api/v1/history/calls?from=2026-11-19&to=2026-11-20&cursor=1",
        "/api/v1/history/calls?from=2026-11-19&to=2026-11-20&limit=0",
    ] {
        assert_eq!(request(Method::GET, path).await.0, 400, "{path}");
    }
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/queues/chat",
        "/api/v1/queues/",
        "/api/v1/history/intervals?from=2026-11-19&to=2026-11-20&queue=a/1",
        "/api/v1/history/calls?from=2026-11-19&to=2026-11-20&agent=a/1",
    ] {
        assert_eq!(request(Method::GET, path).await.0, 404, "{path}");
    }
    for method in [
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
        Method::TRACE,
    ] {
        let (status, allow) = request(method.clone(), "/api/v1/queues").await;
        assert_eq!(status, 405, "{method}");
        assert_eq!(allow.unwrap(), "GET,HEAD", "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_command_prints_the_served_document() {
    let demo = Demo::at_speed(1);
    let printed = Command::new(env!("CARGO_BIN_EXE_wallboard"))
        .arg("openapi")
        .output()
        .unwrap();

    let served = get(&demo, "/api/v1/openapi.json")
        .await
        .text()
        .await
        .unwrap();

    assert_eq!(
        String::from_utf8(printed.stdout).unwrap().trim_end(),
        served
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_no_errors() {
    // For a quarter of an hour each day, the document's example of `at` is in the log. At a higher speed, it would be
    // hours that a busy machine replays, in a thread of low priority.
    let demo = Demo::at_speed(1);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api");

    let run = block_in_place(|| {
        Command::new(folder.join("venv/bin/schemathesis"))
            .arg("--config-file")
            .arg(folder.join("schemathesis.toml"))
            .args([
                "run",
                "--max-time",
                "40",
                "--max-examples",
                "60",
                "--seed",
                "1",
                // Longer than the server takes at most.
                "--request-timeout",
                "30",
            ])
            .args(["--suppress-health-check", "all", "--no-color"])
            .arg(demo.url("/api/v1/openapi.json"))
            .current_dir(demo.folder())
            .output()
            .unwrap()
    });

    let stdout = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success(),
        "{stdout}\n{}",
        String::from_utf8_lossy(&run.stderr)
    );
}
