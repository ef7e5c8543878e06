//! As much of the Statistics API and CometD as is needed to be fast.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{Method, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// Statistics in a message, as Genesys bundles them, and messages in an answer.
const BUNDLE: usize = 50;
const MESSAGES: usize = 20;
/// So long a connect is held.
const HELD: Duration = Duration::from_secs(25);
/// The time of the first values, in milliseconds since 1970; each round is a second later.
pub(super) const START: u64 = 1_780_000_000_000;

#[derive(Debug, Default)]
struct World {
    /// Subscription and statistic, in the order in which they were asked for.
    known: Vec<(String, String, bool)>,
    rendered: Vec<Bytes>,
    replies: VecDeque<Bytes>,
    last: Option<Instant>,
    connects: usize,
    most_connects: usize,
}

#[derive(Clone, Debug, Default)]
struct Server {
    world: Arc<Mutex<World>>,
    bell: Arc<Notify>,
}

pub(super) async fn serve() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("there is a free port");
    println!("{}", listener.local_addr().expect("it listens").port());
    let app = Router::new()
        .fallback(answer)
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(Server::default());
    axum::serve(listener, app)
        .await
        .expect("serving does not end");
}

async fn answer(State(server): State<Server>, method: Method, uri: Uri, body: Bytes) -> Response {
    let path = uri.path();
    let last = path.rsplit('/').next().unwrap_or_default();
    if path.ends_with("/token") {
        return Json(json!({"access_token": "t", "expires_in": 3600})).into_response();
    }
    if let Some(round) = path.strip_prefix("/render/") {
        server.world().render(round.parse().unwrap_or_default());
        return ().into_response();
    }
    match last {
        "go" => server.go(),
        "told" => return server.told(),
        "subscriptions" => return server.subscribe(&body),
        _ if method == Method::DELETE => server.world().known.clear(),
        _ if path.contains("/notifications") => return server.bayeux(&body).await,
        _ => {}
    }
    Json(json!({"status": {"code": 0}, "data": {"statistics": []}})).into_response()
}

impl Server {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn go(&self) {
        let mut world = self.world();
        world.replies = world.rendered.iter().cloned().collect();
        self.bell.notify_one();
    }

    /// How long ago the last answer with updates went out, in milliseconds, and how many
    /// connects were outstanding at most.
    fn told(&self) -> Response {
        let world = self.world();
        let ago = world.last.map(|last| last.elapsed().as_millis());
        Json(json!({"ago": ago, "connects": world.most_connects})).into_response()
    }

    fn subscribe(&self, body: &[u8]) -> Response {
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let own = asked["operationId"].as_str().unwrap_or_default();
        let mut world = self.world();
        let mut values = Vec::new();
        for statistic in asked["data"]["statistics"].as_array().into_iter().flatten() {
            let id = statistic["statisticId"].as_str().unwrap_or_default();
            let is_state = statistic["name"] == "CurrentAgentState";
            world.known.push((own.to_owned(), id.to_owned(), is_state));
            let value = update(own, id, is_state, 0);
            values.push(serde_json::from_str::<Value>(&value).unwrap_or_default());
        }
        let data = json!({"subscriptionId": own, "statistics": values});
        Json(json!({"status": {"code": 0}, "operationId": own, "data": data})).into_response()
    }

    async fn bayeux(&self, body: &[u8]) -> Response {
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let asked = match asked {
            Value::Array(messages) => messages,
            message => vec![message],
        };
        let mut answers = Vec::new();
        for message in asked {
            let channel = message["channel"].as_str().unwrap_or_default();
            let mut answer = json!({"channel": channel, "id": message["id"], "clientId": "c1",
                "successful": true, "subscription": message["subscription"],
                "advice": {"reconnect": "retry", "interval": 0, "timeout": 30000}});
            match channel {
                "/meta/handshake" => {
                    answer["version"] = "1.0".into();
                    answer["supportedConnectionTypes"] = json!(["long-polling"]);
                }
                "/meta/connect" if message["advice"]["timeout"] != 0 => {
                    return self.connect(answer).await;
                }
                "/meta/disconnect" => {
                    // Ends the connect that is held.
                    self.world().replies.push_back(Bytes::new());
                    self.bell.notify_one();
                }
                _ => {}
            }
            answers.push(answer);
        }
        Json(answers).into_response()
    }

    /// Held until there is something to tell.
    async fn connect(&self, answer: Value) -> Response {
        let _held = Held::new(self);
        let until = tokio::time::Instant::now() + HELD;
        let messages = loop {
            let next = {
                let mut world = self.world();
                let next = world.replies.pop_front();
                if next.is_some() {
                    world.last = Some(Instant::now());
                }
                next
            };
            if let Some(messages) = next {
                break messages;
            }
            if tokio::time::timeout_at(until, self.bell.notified())
                .await
                .is_err()
            {
                break Bytes::new();
            }
        };
        let mut body = b"[".to_vec();
        body.extend_from_slice(&messages);
        body.extend_from_slice(answer.to_string().as_bytes());
        body.push(b']');
        ([("content-type", "application/json")], body).into_response()
    }
}

/// A connect that is outstanding, however it ends.
struct Held<'a>(&'a Server);

impl<'a> Held<'a> {
    fn new(server: &'a Server) -> Self {
        let mut world = server.world();
        world.connects += 1;
        world.most_connects = world.most_connects.max(world.connects);
        Self(server)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.world().connects -= 1;
    }
}

impl World {
    /// Updates of all statistics for some rounds, from this one on.
    fn render(&mut self, first: u64) {
        let rounds = first..first + super::client::ROUNDS;
        let all = rounds.flat_map(|round| self.known.iter().map(move |known| (round, known)));
        let all: Vec<_> = all.collect();
        let reply = |updates: &[(u64, &(String, String, bool))]| {
            let messages = updates.chunks(BUNDLE).map(|bundle| {
                let bundle = bundle.iter().map(|(round, (subscription, statistic, is_state))| {
                    update(subscription, statistic, *is_state, *round)
                });
                let bundle: Vec<String> = bundle.collect();
                format!(
                    r#"{{"channel":"/statistics/v3/updates","data":{{"name":"StatisticUpdate","topic":"/statistics/v3/updates","data":{{"statistics":[{}]}}}}}},"#,
                    bundle.join(",")
                )
            });
            Bytes::from(messages.collect::<String>())
        };
        self.rendered = all.chunks(BUNDLE * MESSAGES).map(reply).collect();
    }
}

fn update(subscription: &str, statistic: &str, is_state: bool, round: u64) -> String {
    let at = START + round * 1000;
    let value = if is_state {
        let state = ["WaitForNextCall", "CallInbound"][usize::from(round % 2 == 1)];
        let (id, time) = (&statistic[..8], at / 1000);
        format!(
            r#"{{"agentId":"{id}","loginId":"8{id}","status":"{state}","time":{time},"place":{{"placeId":"P{id}","placeStatus":"{state}","time":{time},"dnStatuses":[{{"switchId":"SIP_Switch","dnId":"7001","dnStatus":"{state}","gswDnTypes":1,"time":{time},"actions":[{{"action":"{state}","time":{time}}}]}}]}}}}"#
        )
    } else {
        format!(
            r#"{{"timestamp":{at},"intValue":{round},"longValue":{round},"floatValue":{round}.0,"doubleValue":{round}.0,"stringValue":"{round}"}}"#
        )
    };
    format!(
        r#"{{"subscriptionId":"{subscription}","statisticId":"{statistic}","timestamp":{at},"value":{value}}}"#
    )
}
