//! A Genesys on third-party servers where it matters: see tests/genesys/server.mjs.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    Process, http, wait_until,
    wallboard::{Environment, base_configuration},
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/genesys");

/// The same as in `sign_in.mjs`.
const SECRETS: [(&str, &str); 3] = [
    ("GENESYS_API_KEY", "Ak9-nyckel"),
    ("GENESYS_CLIENT_SECRET", "Sb1-Klient+ü"),
    ("GENESYS_PASSWORD", "Gn7-Losen/&="),
];

/// Returns a secret by the name of its variable.
pub fn secret(variable: &str) -> &'static str {
    let found = SECRETS.iter().find(|(name, _)| *name == variable);
    found.unwrap().1
}

/// The Statistics API of a constantly changing contact center. It ends with its standard input,
/// which the kernel closes when the test process is gone.
#[derive(Debug)]
pub struct Genesys {
    pub port: u16,
    control: u16,
    http: reqwest::Client,
    process: Process,
}

/// Options of the wallboard's source for this server.
#[derive(Clone, Debug)]
pub struct SourceOptions {
    /// Additional lines of `[sources.voice]`.
    pub extra_toml: String,
    pub grant: &'static str,
    /// The port to connect to, possibly a proxy's.
    pub port: u16,
}

impl Genesys {
    /// Starts it. For `plan` see server.mjs; `server` is `cometd` or `faye`.
    pub fn start(plan: &Value) -> Self {
        let mut process = Process::start(
            Command::new("node")
                .args(["server.mjs", &plan.to_string()])
                .current_dir(FOLDER)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        );
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let ports: Value = serde_json::from_str(&line).unwrap();
        let port = |name: &str| u16::try_from(ports[name].as_u64().unwrap()).unwrap();
        let http = http::client();
        Self {
            port: port("port"),
            control: port("control"),
            http,
            process,
        }
    }

    /// Sends a command: see control.mjs.
    pub async fn send_command(&self, command: Value) {
        let response = self.http.post(self.url("/command")).json(&command).send();
        let response = response.await.unwrap();
        assert!(
            response.status().is_success(),
            "{command}: {}",
            response.text().await.unwrap()
        );
    }

    /// Sends a signal to its process: `-STOP` makes it hang.
    pub fn signal(&self, signal: &str) {
        self.process.signal(signal);
    }

    /// Returns every figure's true value, and the values that it had within `recent`.
    pub async fn truth(&self, recent: Duration) -> Value {
        self.get_json(&format!("/truth?recent={}", recent.as_millis()))
            .await
    }

    /// Returns what it received and what is still open.
    pub async fn activity(&self) -> Value {
        self.get_json("/activity").await
    }

    /// Waits until every scheduled fault has affected a request.
    pub async fn wait_for_faults(&self, within: Duration) {
        self.wait_for("every fault has occurred", within, |activity| {
            activity["faults"] == 0
        })
        .await;
    }

    pub async fn wait_for(&self, what: &str, within: Duration, holds: impl Fn(&Value) -> bool) {
        wait_until(what, within, async || {
            let activity = self.activity().await;
            if holds(&activity) {
                Ok(())
            } else {
                Err(activity)
            }
        })
        .await;
    }

    /// Asserts that the client hasn't broken a rule so far, including after `fault`.
    pub async fn assert_no_broken_rules(&self, fault: &str) {
        let broken = self.get_json("/broken").await;
        assert_eq!(
            broken,
            json!([]),
            "the client broke rules, checked after {fault}"
        );
    }

    /// Returns a whole configuration with this server as `[sources.voice]`.
    pub async fn configuration(&self, options: &SourceOptions, port: u16) -> String {
        format!(
            "{}{}",
            base_configuration(port, port),
            self.toml(options).await
        )
    }

    /// Returns the source's section with every available figure.
    pub async fn toml(&self, options: &SourceOptions) -> String {
        let user = match options.grant {
            "password" => {
                "username = \"tenant\\\\wall\"\npassword = { env = \"GENESYS_PASSWORD\" }\n"
            }
            _ => "",
        };
        let statistics = statistics(&self.truth(Duration::ZERO).await, &options.extra_toml);
        format!(
            "[sources.voice]\nkind = \"genesys\"\nbase_url = \"http://127.0.0.1:{}\"\n\
             api_key = {{ env = \"GENESYS_API_KEY\" }}\n{}\n[sources.voice.auth]\n\
             grant = {:?}\nclient_id = \"wallboard\"\n\
             client_secret = {{ env = \"GENESYS_CLIENT_SECRET\" }}\n{user}{statistics}",
            options.port, options.extra_toml, options.grant
        )
    }

    pub fn environment() -> Environment {
        SECRETS.map(|(name, value)| (name, value.into())).into()
    }

    async fn get_json(&self, path: &str) -> Value {
        let response = self.http.get(self.url(path)).send().await.unwrap();
        response.json().await.unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.control)
    }
}

/// Object type, statistic name, and our metric.
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

/// The queue that a group's agent figures are assigned to.
pub const GROUP_QUEUE: &str = "9000@SIP_Switch";

fn statistics(truth: &Value, extra_toml: &str) -> String {
    let entry = |(object_type, name, metric): &(&str, &str, &str)| {
        let objects: Vec<_> = truth[object_type].as_object().unwrap().keys().collect();
        let queue = match *object_type {
            "GroupAgents" => format!("queue = {GROUP_QUEUE:?}\n"),
            _ => String::new(),
        };
        // The client defines one statistic itself, where that's allowed.
        let reference = if *name == "TotalAnswered" && !extra_toml.contains("poll") {
            "definition = { notificationMode = \"Immediate\", category = \"TotalNumber\", \
             subject = \"DNAction\", intervalType = \"GrowingWindow\", \
             mainMask = \"CallAnswered\" }"
                .to_owned()
        } else {
            format!("name = {name:?}")
        };
        format!(
            "[[sources.voice.statistics]]\nmetric = {metric:?}\nobject_type = {object_type:?}\n\
             objects = {objects:?}\n{queue}{reference}\n"
        )
    };
    METRICS.iter().map(entry).collect()
}
