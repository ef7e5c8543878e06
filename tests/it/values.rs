//! Any other system that sends its values: boards show them until they expire, no acknowledged one is lost to
//! `kill -9`, and nobody else can send.

use std::{
    process::Command,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    task::block_in_place,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    sign_in::SignInSite,
    support::{
        NatsServer, Nodes, Wallboard, http,
        local_server::LocalServer,
        nodes::{cluster_section, same_server},
        ports, print_measured, tier,
        viewer::Viewer,
        wait_until,
        wallboard::base_configuration,
    },
};

const GUIDE: &str = include_str!("../../docs/start/values.md");
const SOON: Duration = Duration::from_secs(30);
/// The most memory that a flood may cost, in KiB.
const FLOOD_COST_MAX: u64 = 64 * 1024;

fn source(valid_for: &str) -> String {
    format!("[sources.phone]\nkind = \"values\"\nvalid_for = \"{valid_for}\"\n")
}

async fn start(valid_for: &str) -> Wallboard {
    let port = ports::free();
    let configuration = base_configuration(port, port) + &source(valid_for);
    Wallboard::start(&configuration, port, &[], Vec::new()).await
}

fn queue(waiting: i64) -> Value {
    json!({ "queues": [{ "id": "phone/sales", "name": "Sales", "metrics": { "waiting": waiting, "answered": 40 } }] })
}

async fn send(wallboard: &Wallboard, body: &Value) -> reqwest::Response {
    let sending = http::client()
        .post(wallboard.url("/api/v1/values"))
        .json(body);
    sending.send().await.unwrap()
}

async fn accept(wallboard: &Wallboard, body: &Value) {
    let answer = send(wallboard, body).await;
    let status = answer.status();
    assert_eq!(
        status,
        StatusCode::NO_CONTENT,
        "{}",
        answer.text().await.unwrap()
    );
}

/// A metric of the only queue: its value, and whether it is out of date.
async fn figure(wallboard: &Wallboard, metric: &str) -> (Option<i64>, bool) {
    let queue = wallboard.get("/api/v1/queues/phone/sales").await.unwrap();
    let figure = &queue["metrics"][metric];
    #[expect(clippy::cast_possible_truncation, reason = "small counts")]
    let value = figure["value"].as_f64().map(|value| value as i64);
    (value, figure["stale"] == true)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_shows_what_was_sent_until_it_expires() {
    let wallboard = start("4s").await;
    let first = wallboard.source().await.unwrap();
    assert_eq!(
        (&first["kind"], &first["state"]),
        (&"values".into(), &"connecting".into())
    );
    accept(&wallboard, &queue(7)).await;
    let mut viewer = Viewer::load(&wallboard, "queues").await;
    assert!(viewer.open().await);
    assert!(viewer.board.page.text().contains("Sales"));
    assert_eq!(viewer.unmarked_rows(), 1);

    // In a frame, within the second.
    accept(&wallboard, &queue(8_765)).await;
    let is_shown = |viewer: &Viewer| viewer.board.page.text().contains("8,765");
    while !is_shown(&viewer) {
        assert!(
            viewer.follow_frame(Duration::from_secs(3)).await,
            "no frame"
        );
    }
    assert_eq!(figure(&wallboard, "waiting").await, (Some(8_765), false));
    assert_eq!(wallboard.source().await.unwrap()["state"], "live");

    // Nothing more is sent.
    let expired = async {
        while viewer.unmarked_rows() != 0 {
            viewer.follow(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), expired)
        .await
        .unwrap();
    assert!(is_shown(&viewer), "the last value, marked");
    assert_eq!(figure(&wallboard, "waiting").await, (Some(8_765), true));
    assert_eq!(figure(&wallboard, "answered").await, (Some(40), true));
    wallboard.wait_for_state("down", SOON).await;
    let page = wallboard.text("/sources").await;
    assert!(
        page.contains("The system no longer sends values."),
        "{page}"
    );

    accept(&wallboard, &queue(1)).await;
    assert_eq!(figure(&wallboard, "waiting").await, (Some(1), false));
    wallboard.wait_for_state("live", SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_batch_changes_nothing_and_a_faulty_one_neither() {
    let wallboard = start("60s").await;
    let at = |seconds| Timestamp::now() - SignedDuration::from_secs(seconds);
    let timed = |waiting: i64, at: Timestamp| {
        let mut body = queue(waiting);
        body["time"] = json!(at);
        body
    };
    let newest = timed(7, at(2));
    accept(&wallboard, &newest).await;
    accept(&wallboard, &timed(3, at(20))).await;
    accept(&wallboard, &newest).await;
    assert_eq!(figure(&wallboard, "waiting").await, (Some(7), false));

    let mut faulty = queue(9);
    faulty["queues"][0]["metrics"]["calls"] = json!(4);
    faulty["agents"] = json!([{ "id": "chat/anna", "state": "talking" }]);
    let answer = send(&wallboard, &faulty).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        answer.headers()[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let problem: Value = answer.json().await.unwrap();
    let pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/queues/0/metrics/calls", "/agents/0/id"]);
    for (body, status) in [
        (timed(9, at(61)), StatusCode::BAD_REQUEST),
        (timed(9, at(-60)), StatusCode::BAD_REQUEST),
        (
            json!({ "queues": [{ "id": "dialer/1", "metrics": { "waiting": 1 } }] }),
            StatusCode::NOT_FOUND,
        ),
        (json!({}), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(send(&wallboard, &body).await.status(), status, "{body}");
    }
    assert_eq!(figure(&wallboard, "waiting").await, (Some(7), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_value_is_lost_to_a_kill_and_all_are_marked_until_renewed() {
    let mut wallboard = start("60s").await;
    let kills = tier(3, 40).as_secs();
    let agent = json!({ "agents": [{ "id": "phone/anna", "name": "Anna", "state": "talking" }] });
    let acknowledged = AtomicI64::new(0);
    for kill in 0..kills {
        accept(&wallboard, &agent).await;
        let first = acknowledged.load(Ordering::Relaxed) + 1;
        accept(&wallboard, &queue(first)).await;
        acknowledged.store(first, Ordering::Relaxed);
        let killed_at = Instant::now() + Duration::from_millis(100 + kill * 37 % 300);
        let sending = async {
            let url = wallboard.url("/api/v1/values");
            loop {
                let next = acknowledged.load(Ordering::Relaxed) + 1;
                let sent = http::client().post(&url).json(&queue(next)).send().await;
                match sent.map(|answer| answer.status()) {
                    Ok(StatusCode::NO_CONTENT) => acknowledged.store(next, Ordering::Relaxed),
                    Ok(StatusCode::TOO_MANY_REQUESTS) => sleep(Duration::from_millis(50)).await,
                    other => return other,
                }
            }
        };
        // Between a push and its answer.
        let killing = async {
            sleep_until(killed_at).await;
            wallboard.signal("-KILL");
        };
        let (last, ()) = tokio::join!(sending, killing);
        assert!(last.is_err(), "{last:?}");
        wallboard.stop("-KILL");
        wallboard.start_again().await;

        let last = acknowledged.load(Ordering::Relaxed);
        let (value, is_stale) = figure(&wallboard, "waiting").await;
        // The one without an answer may have arrived.
        assert!(
            value == Some(last) || value == Some(last + 1),
            "{value:?}, {last}"
        );
        assert!(is_stale, "restored, and not renewed");
        accept(&wallboard, &queue(last + 1)).await;
        acknowledged.store(last + 1, Ordering::Relaxed);
        assert_eq!(figure(&wallboard, "waiting").await, (Some(last + 1), false));
        // Only what was sent again is up to date.
        let anna = wallboard.get("/api/v1/agents/phone/anna").await.unwrap();
        assert_eq!(
            (&anna["state"], &anna["stale"]),
            (&"talking".into(), &true.into())
        );
    }
    print_measured(
        "values acknowledged over all kills",
        acknowledged.load(Ordering::Relaxed),
        "",
    );
}

/// Returns the blocks of the guide in a language.
pub(crate) fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let parts = GUIDE.split(&fence).skip(1);
    parts
        .map(|part| part.split("```").next().unwrap())
        .collect()
}

/// Runs a command of the guide where `replaced` stands for its addresses.
pub(crate) fn run(script: &str, replaced: &[(&str, &str)]) -> String {
    let script = (replaced.iter()).fold(script.to_owned(), |script, (from, to)| {
        assert!(script.contains(from), "{script}");
        script.replace(from, to)
    });
    let mut command = Command::new("sh");
    command
        .args(["-c", &script])
        .env("NO_PROXY", "*")
        .env("TOKEN", "none");
    let output = block_in_place(|| command.output().unwrap());
    assert!(output.status.success(), "{script}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_example_works_as_written() {
    let port = ports::free();
    let server = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\n[store]\nurl = \"sqlite:wallboard.db\"\n"
    );
    let configuration = format!("[access]\nmode = \"open\"\n{}\n{server}", blocks("toml")[1]);
    let wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;
    let (here, commands) = (wallboard.url(""), blocks("sh"));
    let address = ("http://127.0.0.1:8080", here.as_str());

    assert_eq!(run(commands[0], &[address]), "", "prints nothing");
    let value = async |path: &str, pointer: &str| {
        let found = wallboard.get(path).await.unwrap();
        found.pointer(pointer).unwrap().clone()
    };
    let queue = "/api/v1/queues/dialer/9001";
    assert_eq!(value(queue, "/metrics/answered/value").await, 112);
    assert_eq!(
        value("/api/v1/agents/dialer/anna", "/reason").await,
        "Lunch"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_address_is_asked_as_written() {
    let (_, example) = GUIDE.split_once("which responds with\n`").unwrap();
    let (example, _) = example.split_once('`').unwrap();
    let router = axum::Router::new().fallback(move || async move { example });
    let system = LocalServer::start(router).await;
    let port = ports::free();
    let server = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\n[store]\nurl = \"sqlite:wallboard.db\"\n"
    );
    let written = blocks("toml")[0];
    let address = written.replace("https://pbx.example.com", &system.url());
    assert_ne!(address, written);
    let configuration = format!("{address}\n{server}");
    let wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;

    wait_until("the system's values are shown", SOON, async || {
        let queue = wallboard.get("/api/v1/queues/phone/9001").await?;
        let figure = |name: &str| queue["metrics"][name]["value"].as_f64();
        let is_shown = queue["name"] == "Sales"
            && figure("waiting") == Some(3.0)
            && figure("longest_wait").is_some_and(|wait| 41.0 <= wait);
        is_shown.then_some(()).ok_or_else(|| queue.to_string())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_sources_own_token_sends_and_it_reads_nothing() {
    let two = source("60s") + "[sources.dialer]\nkind = \"values\"\n";
    let site = SignInSite::open_at(ports::free(), &two, &[]).await;
    let make = |arguments: &[&str]| {
        let (status, output) = site.run_command("token", arguments, "");
        assert_eq!(status, Some(0), "{output}");
        output
            .lines()
            .find(|line| line.starts_with("wbt_"))
            .unwrap()
            .to_owned()
    };
    let phone = make(&["add", "Phone", "--values", "phone"]);
    let dialer = make(&["add", "Dialer", "--values", "dialer"]);
    let reader = make(&["add", "Reader", "--role", "supervisor", "--write", "alerts"]);
    let listed = site.run_command("token", &["list"], "").1;
    assert!(listed.contains("values of dialer"), "{listed}");
    let url = |path: &str| site.wallboard.url(path);
    let send = async |token: &str| {
        let sending = http::client().post(url("/api/v1/values")).json(&queue(7));
        sending.bearer_auth(token).send().await.unwrap().status()
    };
    for (token, expected) in [
        (&phone, StatusCode::NO_CONTENT),
        // Of another source.
        (&dialer, StatusCode::BAD_REQUEST),
        (&reader, StatusCode::FORBIDDEN),
    ] {
        wait_until("the server knows the token", SOON, async || {
            match send(token).await {
                status if status == expected => Ok(()),
                StatusCode::UNAUTHORIZED => Err(StatusCode::UNAUTHORIZED),
                status => panic!("{status}, not {expected}"),
            }
        })
        .await;
    }

    assert_eq!(send("wbt_00").await, StatusCode::UNAUTHORIZED);
    let without = http::client()
        .post(url("/api/v1/values"))
        .json(&queue(7))
        .send();
    assert_eq!(without.await.unwrap().status(), StatusCode::UNAUTHORIZED);
    for path in [
        "/",
        "/api/v1/queues",
        "/api/v1/agents",
        "/api/v1/sources",
        "/boards/queues",
        "/metrics",
        "/history.csv",
    ] {
        let reading = http::client().get(url(path)).bearer_auth(&phone).send();
        assert_eq!(
            reading.await.unwrap().status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let announcing = http::client()
        .post(url("/api/v1/announcements"))
        .bearer_auth(&phone);
    let announcing = announcing
        .json(&json!({ "text": "x" }))
        .send()
        .await
        .unwrap();
    assert_eq!(announcing.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_refused_and_costs_little_memory() {
    let wallboard = start("60s").await;
    let batch = |n: usize| {
        let queue = |id: usize| json!({ "id": format!("phone/{id}"), "metrics": { "waiting": n, "offered": n } });
        let queues: Vec<Value> = (0..100).map(queue).collect();
        json!({ "queues": queues })
    };
    // 20 batches of 200 values a second are accepted.
    let (mut values, began) = (0, Instant::now());
    let steady = tier(3, 60);
    for n in 0.. {
        if steady < began.elapsed() {
            break;
        }
        accept(&wallboard, &batch(n)).await;
        values += 200;
        sleep_until(began + Duration::from_millis(55) * u32::try_from(n + 1).unwrap()).await;
    }
    let second = values / began.elapsed().as_secs();
    print_measured("values a second", second, "at least 1000");
    assert!(1_000 <= second);
    let warm = wallboard.peak_memory();

    // Much faster than that, with bodies that would be faulty.
    let body = json!({ "padding": "x".repeat(60_000) });
    let (mut refused, mut all) = (0, 0);
    let http = http::client();
    let url = wallboard.url("/api/v1/values");
    while refused < 300 {
        assert!(all < 5_000, "{refused} of {all} are refused");
        let sending = (0..50).map(|_| http.post(&url).json(&body).send());
        for answer in join_all(sending).await {
            let answer = answer.unwrap();
            all += 1;
            if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                refused += 1;
                assert_eq!(answer.headers()[header::RETRY_AFTER], "1");
            } else {
                assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
            }
        }
    }
    let large = "x".repeat(100_000);
    let large = send(&wallboard, &json!({ "queues": [large] })).await;
    assert!(large.status().is_client_error());
    let cost = wallboard.peak_memory() - warm;
    print_measured(
        "memory of a flood",
        format!("{cost} KiB"),
        format!("{FLOOD_COST_MAX} KiB"),
    );
    assert!(cost < FLOOD_COST_MAX, "{cost} KiB");

    // IDs that are made up are bounded, too.
    let mut last = StatusCode::NO_CONTENT;
    for n in 0..11 {
        let queue = |id: usize| json!({ "id": format!("phone/made-up-{n}-{id}"), "metrics": { "waiting": 1 } });
        let queues: Vec<Value> = (0..100).map(queue).collect();
        let batch = json!({ "queues": queues });
        last = wait_until("the flood no longer counts", SOON, async || {
            match send(&wallboard, &batch).await.status() {
                StatusCode::TOO_MANY_REQUESTS => Err("too many requests"),
                status => Ok(status),
            }
        })
        .await;
    }
    assert_eq!(last, StatusCode::BAD_REQUEST);
    let queues = wallboard.get("/api/v1/queues").await.unwrap();
    assert_eq!(queues["queues"].as_array().unwrap().len(), 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_cluster_the_leader_accepts_and_every_node_shows_it() {
    let nats = NatsServer::start();
    let mut starting = Vec::new();
    for (number, url) in same_server(&nats, 2).iter().enumerate() {
        let port = ports::free();
        let section = cluster_section(number, &[url]);
        let configuration = base_configuration(port, port) + &source("60s") + &section;
        starting.push(Wallboard::start(&configuration, port, &[], Vec::new()).await);
    }
    let mut nodes = Nodes(starting);
    let leader = nodes.wait_until_settled().await;
    let follower = 1 - leader;

    let refused = send(&nodes.0[follower], &queue(7)).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
    let problem: Value = refused.json().await.unwrap();
    assert!(
        problem["detail"].as_str().unwrap().contains("another node"),
        "{problem}"
    );
    accept(&nodes.0[leader], &queue(7)).await;
    wait_until("the follower shows it", SOON, async || {
        let queue = nodes.0[follower].get("/api/v1/queues/phone/sales").await?;
        let waiting = &queue["metrics"]["waiting"];
        match (waiting["value"] == 7, waiting["stale"] == true) {
            (true, false) => Ok(()),
            _ => Err(queue.to_string()),
        }
    })
    .await;

    nodes.0[leader].stop("-KILL");
    wait_until("the next leader accepts", SOON, async || {
        match send(&nodes.0[follower], &queue(8)).await.status() {
            StatusCode::NO_CONTENT => Ok(()),
            status => Err(status),
        }
    })
    .await;
    assert_eq!(
        figure(&nodes.0[follower], "waiting").await,
        (Some(8), false)
    );
}
