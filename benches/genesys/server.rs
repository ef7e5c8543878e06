//! As much of the Statistics API and CometD as is needed to be fast.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{Method, Uri},
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::Notify;

/// Statistics per message, as Genesys bundles them, and messages per response.
const BUNDLE: usize = 50;
const MESSAGES: usize = 20;
/// How long a connect is held.
const HOLD_TIME: Duration = Duration::from_secs(25);
/// Time of the first values, in milliseconds since 1970. Each round is a second later.
pub(super) const START: u64 = 1_780_000_000_000;

#[derive(Debug, Default)]
struct ServerState {
    /// Subscription and statistic, in the order of the requests.
    known: Vec<(String, String, bool)>,
    rendered: Vec<Bytes>,
    rendered_round: u64,
    /// The round that a new subscription or a request for values reports.
    round: u64,
    replies: VecDeque<Bytes>,
    last: Option<Instant>,
    connects: usize,
    most_connects: usize,
}

#[derive(Clone, Debug, Default)]
struct Server {
    state: Arc<Mutex<ServerState>>,
    notify: Arc<Notify>,
}

pub(super) async fn serve() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("there is a free port");
    println!("{}", listener.local_addr().expect("it listens").port());
    let app = Router::new()
        .fallback(reply)
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(Server::default());
    axum::serve(listener, app)
        .await
        .expect("the server keeps running");
}

async fn reply(State(server): State<Server>, method: Method, uri: Uri, body: Bytes) -> Response {
    let path = uri.path();
    let last = path.rsplit('/').next().unwrap_or_default();
    if path.ends_with("/token") {
        return Json(json!({"access_token": "t", "expires_in": 3600})).into_response();
    }
    if let Some(round) = path.strip_prefix("/render/") {
        server
            .state
            .lock()
            .render(round.parse().unwrap_or_default());
        return ().into_response();
    }
    match last {
        "go" => server.go(),
        "stats" => return server.stats(),
        "subscriptions" => return server.subscribe(&body),
        "statistic-values" => return server.values(&uri),
        _ if method == Method::DELETE => {
            let mut state = server.state.lock();
            state
                .known
                .retain(|(subscription, ..)| subscription != last);
        }
        _ if path.contains("/notifications") => return server.bayeux(&body).await,
        _ => {}
    }
    Json(json!({"status": {"code": 0}, "data": {"statistics": []}})).into_response()
}

impl Server {
    fn go(&self) {
        let mut state = self.state.lock();
        state.replies = state.rendered.iter().cloned().collect();
        state.round = state.rendered_round;
        self.notify.notify_one();
    }

    /// Milliseconds since the last response with updates was sent, and the maximum number of
    /// outstanding connects.
    fn stats(&self) -> Response {
        let state = self.state.lock();
        let ago = state.last.map(|last| last.elapsed().as_millis());
        Json(json!({"ago": ago, "connects": state.most_connects})).into_response()
    }

    /// Current values of a subscription's statistics, of all or of those in the query.
    fn values(&self, uri: &Uri) -> Response {
        let subscription = uri.path().rsplit('/').nth(1).unwrap_or_default();
        let requested = uri
            .query()
            .and_then(|query| query.strip_prefix("statisticIds="));
        let state = self.state.lock();
        let wanted = state.known.iter().filter(|(id, statistic, _)| {
            id == subscription
                && requested.is_none_or(|ids| ids.split(',').any(|id| id == statistic))
        });
        let values = wanted
            .map(|(id, statistic, is_state)| update(id, statistic, *is_state, state.round))
            .collect::<Vec<_>>();
        let body = format!(
            r#"{{"status":{{"code":0}},"data":{{"statistics":[{}]}}}}"#,
            values.join(",")
        );
        ([("content-type", "application/json")], body).into_response()
    }

    fn subscribe(&self, body: &[u8]) -> Response {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let operation_id = request["operationId"].as_str().unwrap_or_default();
        let mut state = self.state.lock();
        let mut values = Vec::new();
        for statistic in request["data"]["statistics"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let id = statistic["statisticId"].as_str().unwrap_or_default();
            let is_state = statistic["name"] == "CurrentAgentState";
            state
                .known
                .push((operation_id.to_owned(), id.to_owned(), is_state));
            let value = update(operation_id, id, is_state, state.round);
            values.push(serde_json::from_str::<Value>(&value).unwrap_or_default());
        }
        let data = json!({"subscriptionId": operation_id, "statistics": values});
        Json(json!({"status": {"code": 0}, "operationId": operation_id, "data": data}))
            .into_response()
    }

    async fn bayeux(&self, body: &[u8]) -> Response {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let request = match request {
            Value::Array(messages) => messages,
            message => vec![message],
        };
        let mut replies = Vec::new();
        for message in request {
            let channel = message["channel"].as_str().unwrap_or_default();
            let mut reply = json!({"channel": channel, "id": message["id"], "clientId": "c1",
                "successful": true, "subscription": message["subscription"],
                "advice": {"reconnect": "retry", "interval": 0, "timeout": 30000}});
            match channel {
                "/meta/handshake" => {
                    reply["version"] = "1.0".into();
                    reply["supportedConnectionTypes"] = json!(["long-polling"]);
                }
                "/meta/connect" if message["advice"]["timeout"] != 0 => {
                    let hold = message["advice"]["timeout"].as_u64();
                    let hold = hold.map_or(HOLD_TIME, Duration::from_millis);
                    return self.connect(reply, hold.min(HOLD_TIME)).await;
                }
                "/meta/disconnect" => {
                    // Ends the held connect.
                    self.state.lock().replies.push_back(Bytes::new());
                    self.notify.notify_one();
                }
                _ => {}
            }
            replies.push(reply);
        }
        Json(replies).into_response()
    }

    /// Held until there is something to report.
    async fn connect(&self, reply: Value, hold: Duration) -> Response {
        let _outstanding = OutstandingConnect::new(self);
        let deadline = tokio::time::Instant::now() + hold;
        let messages = loop {
            let next = {
                let mut state = self.state.lock();
                let next = state.replies.pop_front();
                if next.is_some() {
                    state.last = Some(Instant::now());
                }
                next
            };
            if let Some(messages) = next {
                break messages;
            }
            if tokio::time::timeout_at(deadline, self.notify.notified())
                .await
                .is_err()
            {
                break Bytes::new();
            }
        };
        let mut body = b"[".to_vec();
        body.extend_from_slice(&messages);
        body.extend_from_slice(reply.to_string().as_bytes());
        body.push(b']');
        ([("content-type", "application/json")], body).into_response()
    }
}

/// An outstanding connect, however it ends.
struct OutstandingConnect<'a>(&'a Server);

impl<'a> OutstandingConnect<'a> {
    fn new(server: &'a Server) -> Self {
        let mut state = server.state.lock();
        state.connects += 1;
        state.most_connects = state.most_connects.max(state.connects);
        Self(server)
    }
}

impl Drop for OutstandingConnect<'_> {
    fn drop(&mut self) {
        self.0.state.lock().connects -= 1;
    }
}

impl ServerState {
    /// Publishes updates of all statistics for some rounds, starting with this one.
    fn render(&mut self, first: u64) {
        let rounds = first..first + super::client::ROUNDS;
        self.rendered_round = rounds.end - 1;
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
