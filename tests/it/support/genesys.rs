//! A Genesys that others wrote where it matters: see tests/genesys/server.mjs.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    Process, http, until,
    wallboard::{Environment, house},
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/genesys");

/// Known to `sign_in.mjs` too.
const SECRETS: [(&str, &str); 3] = [
    ("GENESYS_API_KEY", "Ak9-nyckel"),
    ("GENESYS_CLIENT_SECRET", "Sb1-Klient+ü"),
    ("GENESYS_PASSWORD", "Gn7-Losen/&="),
];

/// The Statistics API of a contact centre that changes all the time. It ends with its
/// standard input, which the kernel closes when the test process is gone.
#[derive(Debug)]
pub struct Genesys {
    pub port: u16,
    control: u16,
    http: reqwest::Client,
    _process: Process,
}

/// How the wallboard is told to speak with it.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Further lines of `[sources.voice]`.
    pub more: String,
    pub grant: &'static str,
    /// Where it is reached, which may be through a proxy.
    pub port: u16,
}

impl Genesys {
    /// `plan`: see server.mjs; `server` is `cometd` or `faye`.
    pub fn start(plan: &Value) -> Self {
        let mut process = Process::start(
            Command::new("node")
                .args(["server.mjs", &plan.to_string()])
                .current_dir(FOLDER)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        );
        let mut line = String::new();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let ports: Value = serde_json::from_str(&line).unwrap();
        let port = |name: &str| u16::try_from(ports[name].as_u64().unwrap()).unwrap();
        let http = http::client();
        Self {
            port: port("port"),
            control: port("control"),
            http,
            _process: process,
        }
    }

    /// Has something done: see control.mjs.
    pub async fn order(&self, order: Value) {
        let said = self.http.post(self.url("/order")).json(&order).send();
        let said = said.await.unwrap();
        assert!(
            said.status().is_success(),
            "{order}: {}",
            said.text().await.unwrap()
        );
    }

    /// What is so of every figure, and what has been so in the last `had`.
    pub async fn truth(&self, had: Duration) -> Value {
        self.ask(&format!("/truth?had={}", had.as_millis())).await
    }

    /// What it was asked and has still open.
    pub async fn seen(&self) -> Value {
        self.ask("/seen").await
    }

    /// Waits until every fault that was ordered has befallen somebody.
    pub async fn struck(&self, within: Duration) {
        self.sees("every fault has struck", within, |seen| seen["faults"] == 0)
            .await;
    }

    pub async fn sees(&self, what: &str, within: Duration, holds: impl Fn(&Value) -> bool) {
        until(what, within, async || {
            let seen = self.seen().await;
            if holds(&seen) { Ok(()) } else { Err(seen) }
        })
        .await;
    }

    /// No rule was broken so far, up to and with some `trouble`.
    pub async fn is_content(&self, trouble: &str) {
        let broken = self.ask("/broken").await;
        assert_eq!(broken, json!([]), "rules were broken until after {trouble}");
    }

    /// A whole configuration with this as `[sources.voice]`.
    pub async fn configuration(&self, talk: &Talk, port: u16) -> String {
        format!("{}{}", house(port, port), self.toml(talk).await)
    }

    /// Its own section: every figure there is.
    pub async fn toml(&self, talk: &Talk) -> String {
        let user = match talk.grant {
            "password" => {
                "username = \"tenant\\\\wall\"\npassword = { env = \"GENESYS_PASSWORD\" }\n"
            }
            _ => "",
        };
        let statistics = statistics(&self.truth(Duration::ZERO).await, &talk.more);
        format!(
            "[sources.voice]\nkind = \"genesys\"\nbase_url = \"http://127.0.0.1:{}\"\n\
             api_key = {{ env = \"GENESYS_API_KEY\" }}\n{}\n[sources.voice.auth]\n\
             grant = {:?}\nclient_id = \"wallboard\"\n\
             client_secret = {{ env = \"GENESYS_CLIENT_SECRET\" }}\n{user}{statistics}",
            talk.port, talk.more, talk.grant
        )
    }

    pub fn environment() -> Environment {
        SECRETS.map(|(name, value)| (name, value.into())).into()
    }

    async fn ask(&self, path: &str) -> Value {
        let said = self.http.get(self.url(path)).send().await.unwrap();
        said.json().await.unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.control)
    }
}

/// Of which object types which statistic is which metric of ours.
pub const METRICS: &[(&str, &str, &str)] = &[
    ("Queue", "CurrNumberWaitingCalls", "waiting"),
    ("Queue", "CurrMaxCallWaitingTime", "longest_wait"),
    ("Queue", "TotalNumberInQueue", "offered"),
    ("Queue", "TotalAnswered", "answered"),
    ("Queue", "TotalAbandoned", "abandoned"),
    ("Queue", "ServiceLevel", "service_level"),
    ("Queue", "AverageWaitingTime", "average_speed_of_answer"),
    ("RoutePoint", "CurrentNumberWaitingCalls", "waiting"),
    ("RoutePoint", "CallsEntered", "offered"),
    ("RoutePoint", "TotalAbandoned", "abandoned"),
    ("GroupAgents", "CurrentReadyAgents", "agents_available"),
    ("GroupAgents", "CurrentNotReadyAgents", "agents_not_ready"),
    ("GroupAgents", "CurrentLoggedInAgents", "agents_logged_in"),
    ("Agent", "CurrentAgentState", "state"),
    ("Agent", "TimeInCurrentState", "time_in_state"),
    ("Agent", "InboundCalls", "handled"),
    ("Agent", "AverageHandlingTime", "average_handle_time"),
];

/// The queue on which the figures of a group of agents are booked.
pub const BOOKED: &str = "9000@SIP_Switch";

fn statistics(truth: &Value, more: &str) -> String {
    let entry = |(object_type, name, metric): &(&str, &str, &str)| {
        let objects: Vec<_> = truth[object_type].as_object().unwrap().keys().collect();
        let queue = match *object_type {
            "GroupAgents" => format!("queue = {BOOKED:?}\n"),
            _ => String::new(),
        };
        // One is defined by the client, where it may.
        let how = if *name == "TotalAnswered" && !more.contains("poll") {
            "definition = { notificationMode = \"Immediate\", category = \"TotalNumber\", \
             subject = \"DNAction\", intervalType = \"GrowingWindow\", \
             mainMask = \"CallAnswered\" }"
                .to_owned()
        } else {
            format!("name = {name:?}")
        };
        format!(
            "[[sources.voice.statistics]]\nmetric = {metric:?}\nobject_type = {object_type:?}\n\
             objects = {objects:?}\n{queue}{how}\n"
        )
    };
    METRICS.iter().map(entry).collect()
}
