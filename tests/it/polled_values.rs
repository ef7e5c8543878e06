//! Another system whose address is asked for its values: boards show them, and whatever is wrong with the address
//! marks them and has a reason.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{future::pending, stream};
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::support::{
    Wallboard, check, local_server::LocalServer, ports, wait_until, wallboard::base_configuration,
};

const SOON: Duration = Duration::from_secs(30);
const TOKEN: &str = "Bearer secret-of-the-pbx";

/// The answer of the address.
#[derive(Clone)]
enum Answer {
    Reply(Value),
    Garbage,
    Endless,
    Silence,
    Redirect,
    Status(u16),
}

type Script = Arc<Mutex<Answer>>;

async fn answer(State(script): State<Script>, headers: HeaderMap) -> Response {
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|value| value != TOKEN)
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let answer = script.lock().clone();
    match answer {
        Answer::Reply(reply) => axum::Json(reply).into_response(),
        Answer::Garbage => "<html>Sign in</html>".into_response(),
        Answer::Endless => {
            let chunks = stream::repeat_with(|| Ok::<_, std::io::Error>(" ".repeat(65_536)));
            Body::from_stream(chunks).into_response()
        }
        Answer::Silence => pending().await,
        Answer::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/sign-in")]).into_response(),
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
    }
}

/// A phone system with one queue and one agent.
struct Pbx {
    server: LocalServer,
    script: Script,
}

impl Pbx {
    async fn start() -> Self {
        let script = Script::new(Mutex::new(Answer::Reply(reply(7))));
        let router = Router::new().fallback(answer).with_state(script.clone());
        Self {
            server: LocalServer::start(router).await,
            script,
        }
    }

    fn set(&self, answer: Answer) {
        *self.script.lock() = answer;
    }

    fn source(&self) -> String {
        format!(
            r#"[sources.pbx]
kind = "values"
url = "{}/queues?site=3"
interval = "1s"
valid_for = "4s"
authorization = {{ env = "PBX_TOKEN" }}
[sources.pbx.queues]
list = "/queues"
id = "/number"
name = "/title"
metrics = {{ waiting = "/calls", longest_wait = "/oldest_ms ms" }}
[sources.pbx.agents]
list = "/people"
state = "/status"
states = {{ "Pause" = "not_ready" }}
"#,
            self.server.url()
        )
    }

    fn environment() -> Vec<(&'static str, String)> {
        vec![("PBX_TOKEN", TOKEN.to_owned())]
    }
}

fn reply(waiting: i64) -> Value {
    json!({
        "queues": [{ "number": 9001, "title": "Sales", "calls": waiting, "oldest_ms": 41_000 }],
        "people": { "anna": { "status": "Pause" } },
    })
}

/// Waits until the queue's number is that, and marked or not.
async fn wait_for(wallboard: &Wallboard, waiting: i64, is_stale: bool) {
    let what = format!("{waiting} waiting, out of date: {is_stale}");
    wait_until(&what, SOON, async || {
        let queue = wallboard.get("/api/v1/queues/pbx/9001").await?;
        let figure = &queue["metrics"]["waiting"];
        let is_so = figure["value"] == waiting && (figure["stale"] == true) == is_stale;
        is_so.then_some(()).ok_or_else(|| queue.to_string())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn polled_values_are_live_and_each_fault_of_the_address_marks_them_with_its_reason() {
    let pbx = Pbx::start().await;
    let port = ports::free();
    let configuration = base_configuration(port, port) + &pbx.source();
    let wallboard = Wallboard::start(&configuration, port, &[], Pbx::environment()).await;
    wait_for(&wallboard, 7, false).await;
    let queue = wallboard.get("/api/v1/queues/pbx/9001").await.unwrap();
    assert_eq!(queue["name"], "Sales");
    let waited = queue["metrics"]["longest_wait"]["value"].as_f64().unwrap();
    assert!((41.0..60.0).contains(&waited), "{queue}");
    let agent = wallboard.get("/api/v1/agents/pbx/anna").await.unwrap();
    assert_eq!(agent["state"], "not_ready");

    let mut waiting = 7;
    for (answer, reason) in [
        (Answer::Status(503), "responded with status 503"),
        (Answer::Garbage, "something else than JSON"),
        (Answer::Endless, "more than 1 MiB"),
        (Answer::Redirect, "redirects to /sign-in (status 302)"),
        (Answer::Silence, "didn't respond within 10 s"),
        (
            Answer::Reply(json!({ "data": [] })),
            "no list at \"/queues\"",
        ),
        (
            Answer::Reply(reply(-1)),
            "/queues/0/metrics/waiting must be a whole number",
        ),
    ] {
        pbx.set(answer);
        wait_for(&wallboard, waiting, true).await;
        wait_until(reason, SOON, async || {
            let source = wallboard.source().await?;
            let error = source["last_error"].as_str().unwrap_or_default();
            let is_named = error.contains(reason) && !error.contains("secret-of");
            is_named.then_some(()).ok_or_else(|| source.to_string())
        })
        .await;

        waiting += 1;
        pbx.set(Answer::Reply(reply(waiting)));
        wait_for(&wallboard, waiting, false).await;
        wallboard.wait_for_state("live", SOON).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_asks_the_address_and_names_what_its_map_misses() {
    let pbx = Pbx::start().await;
    let environment = Pbx::environment();
    let right = check::run(&[], &pbx.source(), &environment);
    right.assert_status(0, &["queues: 1, agents: 1"]);

    let misspelled = pbx
        .source()
        .replace("/calls", "/call")
        .replace("Pause", "Break");
    let misspelled = check::run(&[], &misspelled, &environment);
    for note in [
        "there's nothing at \"/call\" (`waiting`)",
        "the state \"Pause\" isn't in `states`",
    ] {
        assert!(misspelled.text.contains(note), "{}", misspelled.text);
    }

    let denied = check::run(
        &[],
        &pbx.source(),
        &[("PBX_TOKEN", "Bearer old".to_owned())],
    );
    denied.assert_status(1, &["the address denied access (status 401)"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_map_are_named_with_their_fix() {
    let source = |lines: &str| format!("[sources.pbx]\nkind = \"values\"\n{lines}");
    let url = "url = \"https://pbx.example.com/q\"\n";
    let queues = "[sources.pbx.queues]\nlist = \"/queues\"\n";
    for (lines, words) in [
        ("interval = \"5s\"".to_owned(), "is set without `url`"),
        (url.to_owned(), "has nothing to read"),
        (format!("{url}{queues}"), "has nothing to read of its items"),
        (
            format!("{url}{queues}metrics = {{ waitin = \"/calls\" }}"),
            "did you mean `waiting`?",
        ),
        (
            format!("{url}{queues}metrics = {{ waiting = \"calls\" }}"),
            "it must be a JSON Pointer",
        ),
        (
            format!(
                "{url}{queues}metrics = {{ waiting = \"/calls ms\", longest_wait = \"/old h\" }}\nid = \"number\""
            ),
            "it must be a JSON Pointer",
        ),
        (
            format!("{url}interval = \"40s\"\n{queues}metrics = {{ waiting = \"/calls\" }}"),
            "is more than half of `valid_for`",
        ),
        (
            format!(
                "url = \"http://pbx.example.com/q\"\nauthorization = \"Bearer x\"\n{queues}metrics = {{ waiting = \"/calls\" }}"
            ),
            "would send the password or token unencrypted",
        ),
        (
            format!(
                "{url}[sources.pbx.agents]\nlist = \"\"\nstate = \"/s\"\nstates = {{ \"Ready\" = \"redy\" }}"
            ),
            "\"redy\" is unknown; allowed: available",
        ),
    ] {
        let output = check::run(&["--offline"], &source(&lines), &[]);
        assert_ne!(output.status, Some(0), "{lines}: {}", output.text);
        assert!(output.text.contains(words), "{lines}: {}", output.text);
    }
}
