//! Compares what the wallboard shows of `voice/…` with the true state of [`Genesys`].

use std::{future::Future, time::Duration};

use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    Genesys, Proxy, Wallboard, assert_throughout,
    genesys::{GROUP_QUEUE, METRICS, SourceOptions},
    ports, wait_until,
};

/// Until every value has been reported once.
const START_WITHIN: Duration = Duration::from_secs(10);
/// Until the client runs into an injected fault.
const FAULTS_WITHIN: Duration = Duration::from_secs(30);
/// Counted from when the vendor is healthy.
const CORRECT_WITHIN: Duration = Duration::from_secs(6);
/// How late an up-to-date value may be when no delay is injected.
const MAX_DELAY: Duration = Duration::from_secs(6);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Clocks are reported in whole seconds, once a second.
const CLOCK_SLACK_MS: i64 = 3_000;

/// Stat Server's states and the product's.
const STATES: [(&str, &str); 10] = [
    ("WaitForNextCall", "available"),
    ("CallRinging", "ringing"),
    ("CallInbound", "talking"),
    ("CallOnHold", "hold"),
    ("AfterCallWork", "wrap_up"),
    ("NotReadyForNextCall", "not_ready"),
    ("CallOutbound", "talking"),
    ("CallConsult", "talking"),
    ("CallDialing", "busy"),
    ("LoggedOut", "logged_out"),
];

/// The Bayeux server and transport, or polling.
#[derive(Clone, Copy, Debug)]
pub struct Transport {
    server: &'static str,
    settings: &'static str,
    /// Between two polls.
    pub interval: Duration,
}

impl Transport {
    pub const COMETD: Transport = Transport::new("cometd", "transport = \"auto\"\n");
    pub const FAYE: Transport = Transport::new("faye", "transport = \"long-polling\"\n");
    pub const WEBSOCKET: Transport = Transport::new("faye", "transport = \"websocket\"\n");
    pub const POLL: Transport = Transport {
        interval: Duration::from_secs(1),
        ..Transport::new("cometd", "mode = \"poll\"\ninterval = \"1s\"\n")
    };

    const fn new(server: &'static str, settings: &'static str) -> Self {
        Transport {
            server,
            settings,
            interval: Duration::ZERO,
        }
    }

    fn start(self, plan: Value) -> Genesys {
        let mut plan = plan;
        plan["server"] = json!(self.server);
        Genesys::start(&plan)
    }
}

/// A wallboard whose only source is a Genesys.
#[derive(Debug)]
pub struct VoiceSite {
    pub genesys: Genesys,
    pub wallboard: Wallboard,
    /// Another wallboard of the same tenant.
    pub second: Option<Wallboard>,
}

impl VoiceSite {
    pub async fn open(transport: Transport) -> Self {
        Self::open_with(transport, json!({}), "").await
    }

    /// Opens a site with additional entries in the test server's plan and additional settings.
    pub async fn open_with(transport: Transport, plan: Value, extra_toml: &str) -> Self {
        Self::open_with_grant(transport, plan, "password", extra_toml).await
    }

    pub async fn open_with_grant(
        transport: Transport,
        plan: Value,
        grant: &'static str,
        extra_toml: &str,
    ) -> Self {
        let genesys = transport.start(plan);
        let port = genesys.port;
        Self::connect(genesys, transport, grant, extra_toml, port).await
    }

    /// Opens two wallboards of one tenant, signed in as the same user.
    pub async fn open_pair(transport: Transport) -> Self {
        let mut site = Self::open_with(transport, json!({"shared": true}), "").await;
        let options = SourceOptions {
            extra_toml: transport.settings.into(),
            grant: "password",
            port: site.genesys.port,
        };
        site.second = Some(serve(&site.genesys, &options).await);
        site.wait_until_correct_within(START_WITHIN).await;
        site
    }

    /// Opens a site that is reached through a proxy.
    pub async fn open_behind_proxy(transport: Transport) -> (Proxy, Self) {
        let genesys = transport.start(json!({}));
        let proxy = Proxy::to(genesys.port).await;
        let port = proxy.port;
        let site = Self::connect(genesys, transport, "password", "", port).await;
        (proxy, site)
    }

    async fn connect(
        genesys: Genesys,
        transport: Transport,
        grant: &'static str,
        extra_toml: &str,
        port: u16,
    ) -> Self {
        let options = SourceOptions {
            extra_toml: format!("{}{extra_toml}", transport.settings),
            grant,
            port,
        };
        let site = Self {
            wallboard: serve(&genesys, &options).await,
            genesys,
            second: None,
        };
        site.wait_until_correct_within(START_WITHIN).await;
        site
    }

    pub async fn send_command(&self, command: Value) {
        self.genesys.send_command(command).await;
    }

    /// Waits until every fault has occurred. Within 6 s everything must be correct and no rule
    /// broken.
    pub async fn wait_until_correct(&self) {
        self.wait_until_correct_after("this").await;
    }

    pub async fn wait_until_correct_after(&self, fault: &str) {
        self.genesys.wait_for_faults(FAULTS_WITHIN).await;
        self.change_and_check(fault, CORRECT_WITHIN).await;
    }

    pub async fn wait_until_correct_within(&self, within: Duration) {
        self.change_and_check("this", within).await;
    }

    /// Changes everything once, then freezes the contact center until the wallboard shows it
    /// correctly and up to date. Then resumes it.
    async fn change_and_check(&self, fault: &str, within: Duration) {
        self.send_command(json!({"do": "rate", "rate": 0})).await;
        // Values from before must not count as correct.
        self.send_command(json!({"do": "change_all"})).await;
        wait_until(&format!("correct after {fault}"), within, async || {
            let mut wrong = Vec::new();
            for wallboard in [Some(&self.wallboard), self.second.as_ref()] {
                let Some(wallboard) = wallboard else { continue };
                let shown = VoiceSnapshot::fetch(wallboard)
                    .await
                    .map_err(|error| vec![error])?;
                wrong.extend(shown.differences(&self.genesys.truth(Duration::ZERO).await));
            }
            if wrong.is_empty() { Ok(()) } else { Err(wrong) }
        })
        .await;
        self.send_command(json!({"do": "rate", "rate": 20})).await;
        self.genesys.assert_no_broken_rules(fault).await;
    }

    pub async fn wait_until_stale(&self, within: Duration) {
        wait_until("everything is stale", within, async || {
            check_all_stale(&self.wallboard).await
        })
        .await;
    }

    pub async fn assert_stays_stale(&self, time: Duration) {
        assert_throughout("everything is stale", time, async || {
            check_all_stale(&self.wallboard).await
        })
        .await;
    }

    /// Runs `doing` and panics if a value shown as up to date meanwhile wasn't true recently.
    pub async fn assert_never_wrong(&self, action: impl Future<Output = ()>) {
        tokio::select! {
            () = action => {}
            wrong = self.first_wrong_value() => panic!("{wrong}"),
        }
    }

    /// Returns the first wrong value.
    async fn first_wrong_value(&self) -> String {
        loop {
            if let Ok(shown) = VoiceSnapshot::fetch(&self.wallboard).await {
                let wrong = shown.wrong_values(&self.genesys.truth(MAX_DELAY).await);
                if !wrong.is_empty() {
                    return format!("shown as up to date: {wrong:?}");
                }
            }
            sleep(POLL_INTERVAL).await;
        }
    }
}

async fn serve(genesys: &Genesys, options: &SourceOptions) -> Wallboard {
    let port = ports::free();
    let configuration = genesys.configuration(options, port).await;
    Wallboard::start(&configuration, port, &[], Genesys::environment()).await
}

/// Returns an error while any value of the voice site is up to date.
pub async fn check_all_stale(wallboard: &Wallboard) -> Result<(), String> {
    let shown = VoiceSnapshot::fetch(wallboard).await?;
    let rows = shown.queues.iter().chain(&shown.agents);
    let fresh: Vec<_> = rows.filter(|row| row["stale"] == false).collect();
    match fresh.first() {
        None => Ok(()),
        Some(row) => Err(format!("{} are up to date, such as {row}", fresh.len())),
    }
}

/// The API's data of the voice source.
#[derive(Debug)]
pub struct VoiceSnapshot {
    queues: Vec<Value>,
    agents: Vec<Value>,
}

impl VoiceSnapshot {
    pub async fn fetch(wallboard: &Wallboard) -> Result<Self, String> {
        let list = async |what: &str| {
            let response = wallboard.get(&format!("/api/v1/{what}")).await?;
            let rows = response[what].as_array().ok_or("no list")?.clone();
            let is_voice = |row: &Value| row["source"] == "voice";
            Ok::<_, String>(rows.into_iter().filter(is_voice).collect())
        };
        Ok(Self {
            queues: list("queues").await?,
            agents: list("agents").await?,
        })
    }

    /// Returns everything that is wrong or out of date, in sentences.
    pub fn differences(&self, truth: &Value) -> Vec<String> {
        let mut wrong = self.compare(truth, |figure, shown, slack| {
            let why = if let Some(slack) = slack {
                clock_error(&figure["value"], shown, slack)
            } else {
                (!values_match(&figure["value"], &shown["value"]))
                    .then(|| format!("not {}", figure["value"]))
            };
            why.or_else(|| (shown["stale"] == true).then(|| "stale".into()))
        });
        let rows = self.queues.iter().chain(&self.agents);
        let stale = rows.filter(|row| row["stale"] != false);
        wrong.extend(stale.map(|row| format!("{} is stale", row["id"])));
        // More wouldn't help.
        wrong.truncate(12);
        wrong
    }

    /// Returns every up-to-date value that isn't true and wasn't recently. Unknown is not wrong.
    fn wrong_values(&self, truth: &Value) -> Vec<String> {
        let mut wrong = self.compare(truth, |figure, shown, slack| {
            let recent = figure["recent"].as_array().unwrap();
            let is_true = |recent: &Value| values_match(recent, &shown["value"]);
            let is_wrong = slack.is_none()
                && shown["stale"] == false
                && !shown["value"].is_null()
                && shown["value"] != "unknown"
                && !recent.iter().any(is_true);
            is_wrong.then(|| format!("wasn't one of {recent:?} recently"))
        });
        wrong.retain(|sentence| !sentence.contains("is missing"));
        wrong.truncate(6);
        wrong
    }

    /// Compares every true figure with what is shown for it.
    fn compare(
        &self,
        truth: &Value,
        compare: impl Fn(&Value, &Value, Option<i64>) -> Option<String>,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        for (object_type, name, metric) in METRICS {
            for (object, figures) in truth[object_type].as_object().unwrap() {
                let shown = match self.find(object_type, object) {
                    Some(row) => figure(row, metric),
                    None => json!({"missing": "the whole row is missing"}),
                };
                let figure = &figures[name];
                let slack = match *metric {
                    "longest_wait" | "time_in_state" => Some(CLOCK_SLACK_MS),
                    _ => None,
                };
                let why = match shown["missing"].as_str() {
                    Some(why) => Some(why.to_owned()),
                    None => compare(figure, &shown, slack),
                };
                if let Some(why) = why {
                    wrong.push(format!("{object} {metric}: {shown}: {why}"));
                }
            }
        }
        wrong
    }

    fn find(&self, object_type: &str, object: &str) -> Option<&Value> {
        let (rows, id) = match object_type {
            "Agent" => (&self.agents, object),
            "GroupAgents" => (&self.queues, GROUP_QUEUE),
            _ => (&self.queues, object),
        };
        rows.iter().find(|row| row["external_id"] == id)
    }
}

/// Returns one figure of a row, with `value` and `stale`.
fn figure(row: &Value, metric: &str) -> Value {
    match metric {
        "state" => json!({"value": row["state"], "stale": row["stale"]}),
        "time_in_state" => json!({"since": row["since"], "stale": row["stale"]}),
        _ if row["metrics"][metric].is_null() => json!({"missing": "it is missing"}),
        _ => row["metrics"][metric].clone(),
    }
}

/// Maps a Stat Server state to the product's.
pub fn map_state(vendor_state: &Value) -> &'static str {
    let found = STATES.iter().find(|(name, _)| vendor_state == name);
    found.unwrap_or_else(|| panic!("no state {vendor_state}")).1
}

/// Returns whether a true value is what is shown.
fn values_match(expected: &Value, shown: &Value) -> bool {
    match (expected, shown) {
        (Value::Number(expected), Value::Number(shown)) => {
            (expected.as_f64().unwrap() - shown.as_f64().unwrap()).abs() < 1e-9
        }
        (Value::String(_) | Value::Object(_), _) => {
            let name = if expected.is_object() {
                &expected["state"]
            } else {
                expected
            };
            shown == map_state(name)
        }
        // A state that isn't valid is unknown.
        (Value::Null, Value::String(shown)) => shown == "unknown",
        _ => expected == shown,
    }
}

/// Returns the error of a running clock, if any.
fn clock_error(expected: &Value, shown: &Value, slack: i64) -> Option<String> {
    let now = jiff::Timestamp::now().as_millisecond();
    let since = shown["since"].as_str();
    let since = since.map(|since| since.parse::<jiff::Timestamp>().unwrap().as_millisecond());
    let is_close = match (expected["since"].as_i64(), since) {
        (None, None) => true,
        (Some(expected), Some(shown)) => (expected - shown).abs() <= slack,
        // Reported as 0 in its first second.
        (Some(expected), None) => now - expected < slack,
        (None, Some(_)) => false,
    };
    (!is_close).then(|| format!("not {expected}"))
}
