//! Whether what the wallboard says of `voice/…` equals what is so at [`Genesys`].

use std::{future::Future, time::Duration};

use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    Genesys, Proxy, Wallboard,
    genesys::{BOOKED, METRICS, Talk},
    ports, throughout, until,
};

/// Until everything is told once.
const STARTED: Duration = Duration::from_secs(10);
/// Until the client meets what was put in its way.
const STRUCK: Duration = Duration::from_secs(30);
/// From when the vendor is well.
const RIGHT_WITHIN: Duration = Duration::from_secs(6);
/// How late what is shown as fresh may be, where nobody is kept waiting on purpose.
const LATE: Duration = Duration::from_secs(6);
const GLANCE: Duration = Duration::from_millis(100);

/// Clocks are told in whole seconds, once a second.
const CLOCK_SLACK_MS: i64 = 3_000;

/// Stat Server's states and ours.
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

/// Over which Bayeux server and transport, or by polling.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    server: &'static str,
    settings: &'static str,
    /// Between two questions.
    pub interval: Duration,
}

impl Way {
    pub const COMETD: Way = Way::over("cometd", "transport = \"auto\"\n");
    pub const FAYE: Way = Way::over("faye", "transport = \"long-polling\"\n");
    pub const WEBSOCKET: Way = Way::over("faye", "transport = \"websocket\"\n");
    pub const POLL: Way = Way {
        interval: Duration::from_secs(1),
        ..Way::over("cometd", "mode = \"poll\"\ninterval = \"1s\"\n")
    };

    const fn over(server: &'static str, settings: &'static str) -> Self {
        Way {
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
pub struct Site {
    pub genesys: Genesys,
    pub wallboard: Wallboard,
    /// Another of the same tenant's.
    pub second: Option<Wallboard>,
}

impl Site {
    pub async fn open(way: Way) -> Self {
        Self::open_as(way, json!({}), "").await
    }

    /// With further words of the stand-in's plan, and further settings.
    pub async fn open_as(way: Way, plan: Value, more: &str) -> Self {
        Self::sign_in(way, plan, "password", more).await
    }

    pub async fn sign_in(way: Way, plan: Value, grant: &'static str, more: &str) -> Self {
        let genesys = way.start(plan);
        let port = genesys.port;
        Self::over(genesys, way, grant, more, port).await
    }

    /// Two wallboards of one tenant, signed in as the same user.
    pub async fn open_twice(way: Way) -> Self {
        let mut site = Self::open_as(way, json!({"shared": true}), "").await;
        let talk = Talk {
            more: way.settings.into(),
            grant: "password",
            port: site.genesys.port,
        };
        site.second = Some(serve(&site.genesys, &talk).await);
        site.is_right_within(STARTED).await;
        site
    }

    /// One that is reached through a proxy.
    pub async fn open_behind_a_proxy(way: Way) -> (Proxy, Self) {
        let genesys = way.start(json!({}));
        let proxy = Proxy::to(genesys.port).await;
        let port = proxy.port;
        let site = Self::over(genesys, way, "password", "", port).await;
        (proxy, site)
    }

    async fn over(
        genesys: Genesys,
        way: Way,
        grant: &'static str,
        more: &str,
        reached_at: u16,
    ) -> Self {
        let talk = Talk {
            more: format!("{}{more}", way.settings),
            grant,
            port: reached_at,
        };
        let site = Self {
            wallboard: serve(&genesys, &talk).await,
            genesys,
            second: None,
        };
        site.is_right_within(STARTED).await;
        site
    }

    pub async fn order(&self, order: Value) {
        self.genesys.order(order).await;
    }

    /// Every fault has struck, and within 6 s all is right, and no rule was broken.
    pub async fn is_right_again(&self) {
        self.is_right_after("this").await;
    }

    pub async fn is_right_after(&self, trouble: &str) {
        self.genesys.struck(STRUCK).await;
        self.is_right(trouble, RIGHT_WITHIN).await;
    }

    pub async fn is_right_within(&self, within: Duration) {
        self.is_right("this", within).await;
    }

    /// Changes everything once, then holds the contact centre still until the wallboard
    /// shows it as it is, all of it fresh, and lets it go on.
    async fn is_right(&self, trouble: &str, within: Duration) {
        self.order(json!({"do": "rate", "rate": 0})).await;
        // Nobody shall be right by what was known before.
        self.order(json!({"do": "stir"})).await;
        until(&format!("right after {trouble}"), within, async || {
            let mut wrong = Vec::new();
            for wallboard in [Some(&self.wallboard), self.second.as_ref()] {
                let Some(wallboard) = wallboard else { continue };
                let shown = Shown::fetch(wallboard).await.map_err(|error| vec![error])?;
                wrong.extend(shown.differences(&self.genesys.truth(Duration::ZERO).await));
            }
            if wrong.is_empty() { Ok(()) } else { Err(wrong) }
        })
        .await;
        self.order(json!({"do": "rate", "rate": 20})).await;
        self.genesys.is_content(trouble).await;
    }

    pub async fn becomes_stale(&self, within: Duration) {
        until("all is stale", within, async || {
            all_stale(&self.wallboard).await
        })
        .await;
    }

    pub async fn stays_stale(&self, time: Duration) {
        throughout("all is stale", time, async || {
            all_stale(&self.wallboard).await
        })
        .await;
    }

    /// Does something, and watches that nothing is shown as fresh meanwhile that was
    /// not so lately.
    pub async fn never_lies(&self, doing: impl Future<Output = ()>) {
        tokio::select! {
            () = doing => {}
            lie = self.lie() => panic!("{lie}"),
        }
    }

    /// The first lie that is told.
    async fn lie(&self) -> String {
        loop {
            if let Ok(shown) = Shown::fetch(&self.wallboard).await {
                let lies = shown.lies(&self.genesys.truth(LATE).await);
                if !lies.is_empty() {
                    return format!("shown as fresh: {lies:?}");
                }
            }
            sleep(GLANCE).await;
        }
    }
}

async fn serve(genesys: &Genesys, talk: &Talk) -> Wallboard {
    let port = ports::free();
    let configuration = genesys.configuration(talk, port).await;
    Wallboard::start(&configuration, port, &[], Genesys::environment()).await
}

/// Nothing of the voice site is fresh.
pub async fn all_stale(wallboard: &Wallboard) -> Result<(), String> {
    let shown = Shown::fetch(wallboard).await?;
    let rows = shown.queues.iter().chain(&shown.agents);
    let fresh: Vec<_> = rows.filter(|row| row["stale"] == false).collect();
    match fresh.first() {
        None => Ok(()),
        Some(row) => Err(format!("{} are fresh, such as {row}", fresh.len())),
    }
}

/// What the wallboard says.
#[derive(Debug)]
pub struct Shown {
    queues: Vec<Value>,
    agents: Vec<Value>,
}

impl Shown {
    pub async fn fetch(wallboard: &Wallboard) -> Result<Self, String> {
        let list = async |what: &str| {
            let said = wallboard.get(&format!("/api/v1/{what}")).await?;
            let rows = said[what].as_array().ok_or("no list")?.clone();
            let is_voice = |row: &Value| row["source"] == "voice";
            Ok::<_, String>(rows.into_iter().filter(is_voice).collect())
        };
        Ok(Self {
            queues: list("queues").await?,
            agents: list("agents").await?,
        })
    }

    /// Everything that is not as it is, or not fresh, in sentences.
    pub fn differences(&self, truth: &Value) -> Vec<String> {
        let mut wrong = self.compare(truth, |figure, shown, slack| {
            let why = if let Some(slack) = slack {
                clock_error(&figure["is"], shown, slack)
            } else {
                (!same(&figure["is"], &shown["value"])).then(|| format!("not {}", figure["is"]))
            };
            why.or_else(|| (shown["stale"] == true).then(|| "stale".into()))
        });
        let rows = self.queues.iter().chain(&self.agents);
        let stale = rows.filter(|row| row["stale"] != false);
        wrong.extend(stale.map(|row| format!("{} is stale", row["id"])));
        // More says no more.
        wrong.truncate(12);
        wrong
    }

    /// Everything fresh that neither is so nor was of late. Unknown is no lie.
    fn lies(&self, truth: &Value) -> Vec<String> {
        let mut lies = self.compare(truth, |figure, shown, slack| {
            let had = figure["had"].as_array().unwrap();
            let is_true = |had: &Value| same(had, &shown["value"]);
            let is_lie = slack.is_none()
                && shown["stale"] == false
                && !shown["value"].is_null()
                && shown["value"] != "unknown"
                && !had.iter().any(is_true);
            is_lie.then(|| format!("was never of {had:?} lately"))
        });
        lies.retain(|lie| !lie.contains("is missing"));
        lies.truncate(6);
        lies
    }

    /// Puts every figure of the truth beside what is shown for it.
    fn compare(
        &self,
        truth: &Value,
        judge: impl Fn(&Value, &Value, Option<i64>) -> Option<String>,
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
                    None => judge(figure, &shown, slack),
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
            "GroupAgents" => (&self.queues, BOOKED),
            _ => (&self.queues, object),
        };
        rows.iter().find(|row| row["external_id"] == id)
    }
}

/// One figure of a row, with `value` and `stale`.
fn figure(row: &Value, metric: &str) -> Value {
    match metric {
        "state" => json!({"value": row["state"], "stale": row["stale"]}),
        "time_in_state" => json!({"since": row["since"], "stale": row["stale"]}),
        _ if row["metrics"][metric].is_null() => json!({"missing": "it is missing"}),
        _ => row["metrics"][metric].clone(),
    }
}

/// What a state of Stat Server is called here.
pub fn our_state(theirs: &Value) -> &'static str {
    let ours = STATES.iter().find(|(name, _)| theirs == name);
    ours.unwrap_or_else(|| panic!("no state {theirs}")).1
}

/// Whether a true value is what is shown.
fn same(is: &Value, shown: &Value) -> bool {
    match (is, shown) {
        (Value::Number(is), Value::Number(shown)) => {
            (is.as_f64().unwrap() - shown.as_f64().unwrap()).abs() < 1e-9
        }
        (Value::String(_) | Value::Object(_), _) => {
            let name = if is.is_object() { &is["state"] } else { is };
            shown == our_state(name)
        }
        // A state that is not valid is unknown.
        (Value::Null, Value::String(shown)) => shown == "unknown",
        _ => is == shown,
    }
}

/// What is wrong with a running clock, if anything.
fn clock_error(is: &Value, shown: &Value, slack: i64) -> Option<String> {
    let now = jiff::Timestamp::now().as_millisecond();
    let since = shown["since"].as_str();
    let since = since.map(|since| since.parse::<jiff::Timestamp>().unwrap().as_millisecond());
    let is_right = match (is["since"].as_i64(), since) {
        (None, None) => true,
        (Some(is), Some(shown)) => (is - shown).abs() <= slack,
        // Told as 0 in its first second.
        (Some(is), None) => now - is < slack,
        (None, Some(_)) => false,
    };
    (!is_right).then(|| format!("not {is}"))
}
