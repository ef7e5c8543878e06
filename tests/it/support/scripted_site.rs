//! A contact center in a scripted state: a vendor that reports exactly what a script wants, and a
//! wallboard connected through proxies.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use lapin::ExchangeKind;
use serde_json::{Value, json};
use tokio::{sync::Mutex, task::JoinHandle, time::interval};

use super::{
    Broker, Proxy, Vep, VngageSource, Wallboard, contact_center::ContactCenter, ports, wait_until,
};

/// How often the vendor republishes everything.
const PUBLISH_INTERVAL: Duration = Duration::from_secs(2);
const SOON: Duration = Duration::from_secs(20);

/// Thresholds of the scripted queues. They are far enough apart that waits that grow during a test
/// change nothing.
const LIMITS: &str = "[thresholds.\"*\"]\nwaiting = { warn = 5, crit = 10 }\n\
                      longest_wait = { warn = \"30m\", crit = \"60m\" }\n";

/// A queue as the vendor reports it.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    pub name: String,
    /// Numbers of waiting, in conversation and available. With `None` no load is reported.
    pub load: Option<[u64; 3]>,
    /// Seconds that the first contact had waited when the load was set, and the Unix time when its
    /// wait began.
    pub longest: i64,
    pub since: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Script {
    pub queues: Vec<Queue>,
    pub agents: Vec<String>,
    /// Loads come without timers, so that queues fall silent after 30 s.
    pub omits_timers: bool,
    cases: usize,
}

#[derive(Debug)]
pub struct ScriptedSite {
    pub wallboard: Wallboard,
    /// Between the wallboard and its source.
    pub upstream: Proxy,
    /// Between the screens and the wallboard.
    pub screens: Proxy,
    vep: Arc<Vep>,
    script: Arc<Mutex<Script>>,
    publisher: JoinHandle<()>,
}

impl ScriptedSite {
    /// Starts everything, connected but without any reported data.
    pub async fn open(name: &str) -> Self {
        Self::open_with(name, boards()).await
    }

    /// Starts it with other boards: names and contents of their files.
    pub async fn open_with(name: &str, boards: Vec<(String, String)>) -> Self {
        Self::open_with_source(name, boards, "").await
    }

    /// Starts it with other boards and additional lines of its source's table.
    pub async fn open_with_source(
        name: &str,
        boards: Vec<(String, String)>,
        source_toml: &str,
    ) -> Self {
        let broker = Broker::shared();
        let empty = ContactCenter::empty();
        let vep = Vep::reopen_silent(broker, name, ExchangeKind::Topic, empty).await;
        let vep = Arc::new(vep);
        let upstream = Proxy::to(broker.plain_port).await;
        let port = ports::free();
        let screens = Proxy::to(port).await;
        let source = VngageSource {
            boards,
            extra_toml: format!("{source_toml}{LIMITS}"),
            ..VngageSource::plain(broker, name)
        };
        let wallboard = Wallboard::serve_at(source.via_proxy(upstream.port), port, screens.port);
        let wallboard = wallboard.await;
        wallboard.wait_for_state("live", SOON).await;
        let script = Arc::new(Mutex::new(Script::default()));
        Self {
            wallboard,
            upstream,
            screens,
            publisher: tokio::spawn(publish_forever(vep.clone(), script.clone())),
            vep,
            script,
        }
    }

    /// The address that screens use.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.screens.port)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url())
    }

    /// Changes the script and publishes it at once.
    pub async fn change(&self, change: impl FnOnce(&mut Script)) {
        let mut script = self.script.lock().await;
        change(&mut script);
        publish_script(&self.vep, &script).await;
        drop(script);
        self.vep.drain().await;
    }

    /// Answers `count` contacts of a queue after `waited` seconds each, and closes them if `closed`
    /// is set.
    pub async fn answer_contacts(&self, queue: usize, count: usize, waited: i64, closed: bool) {
        let mut script = self.script.lock().await;
        let state = self.vep.state().await;
        for n in 0..count {
            script.cases += 1;
            let contact = guid('c', script.cases);
            let agent = guid('a', (queue * 3 + n) % script.agents.len().max(1));
            let created = json!({"caseId": contact});
            state
                .send("case.created", &message_body(created, -waited))
                .await;
            let opened = json!({"caseId": contact, "agentId": agent, "groupId": guid('b', queue)});
            state.send("case.opened", &message_body(opened, 0)).await;
            if closed {
                let closed = json!({"caseId": contact, "outcome": "positive", "closure": "done"});
                state.send("case.closed", &message_body(closed, 0)).await;
            }
        }
        drop(state);
        self.vep.drain().await;
    }

    /// Waits until the API shows everything that was published.
    pub async fn wait_until_known(&self) {
        let script = self.script.lock().await.clone();
        wait_until("all published data is shown", SOON, async || {
            let found = self.wallboard.get("/api/v1/queues").await?;
            let is_shown = |(n, queue): (usize, &Queue)| {
                let id = format!("chat/{}", guid('b', n));
                let found = found["queues"].as_array()?.iter().find(|q| q["id"] == id)?;
                let waiting = &found["metrics"]["waiting"];
                let expected = queue.load.map_or(Value::Null, |load| json!(load[0]));
                (waiting["value"] == expected && found["name"] == queue.name).then_some(())
            };
            let all = script
                .queues
                .iter()
                .enumerate()
                .all(|one| is_shown(one).is_some());
            if all { Ok(()) } else { Err(found.to_string()) }
        })
        .await;
    }
}

impl Drop for ScriptedSite {
    fn drop(&mut self) {
        self.publisher.abort();
    }
}

/// The id of a queue, for board files.
pub fn queue_id(n: usize) -> String {
    format!("chat/{}", guid('b', n))
}

/// The address of a queue's page.
pub fn queue_page(n: usize) -> String {
    format!("/queues/{}", queue_id(n))
}

pub fn agent_page(n: usize) -> String {
    format!("/agents/chat/{}", guid('a', n))
}

impl Script {
    /// Sets the numbers of waiting, in conversation and available, and how long the first has
    /// waited.
    pub fn set_load(&mut self, queue: usize, load: [u64; 3], longest: i64) {
        let queue = &mut self.queues[queue];
        queue.load = Some(load);
        queue.longest = longest;
        queue.since = jiff::Timestamp::now().as_second() - longest;
    }
}

async fn publish_forever(vep: Arc<Vep>, script: Arc<Mutex<Script>>) {
    let mut ticker = interval(PUBLISH_INTERVAL);
    loop {
        ticker.tick().await;
        publish_script(&vep, &*script.lock().await).await;
    }
}

async fn publish_script(vep: &Vep, script: &Script) {
    let state = vep.state().await;
    let now = jiff::Timestamp::now().as_second();
    for (n, queue) in script.queues.iter().enumerate() {
        let id = guid('b', n);
        let named = json!({"groupId": id, "groupName": queue.name, "groupExternalId": {}});
        state
            .send("configuration.group", &message_body(named, 0))
            .await;
        let Some([waiting, in_conversation, available]) = queue.load else {
            continue;
        };
        let load = json!({
            "groupId": id, "numberOfAvailableAgents": available,
            "numberOfVisitorsInQueue": waiting, "numberOfVisitorsInConversation": in_conversation,
        });
        state
            .send("group.loadChanged", &message_body(load, 0))
            .await;
        if script.omits_timers {
            continue;
        }
        let longest = if waiting > 0 { now - queue.since } else { 0 };
        let timers = json!({
            "groupId": id, "averageWaitingTime": longest * 500, "longestWaitingTime": longest * 1000,
        });
        state
            .send("group.performanceTimers", &message_body(timers, 0))
            .await;
    }
    for (n, name) in script.agents.iter().enumerate() {
        let queues = script.queues.len().max(1);
        let groups = [guid('b', n % queues), guid('b', (n * 5 + 1) % queues)];
        let agent = json!({
            "agentId": guid('a', n), "agentName": name, "agentDisplayName": name,
            "agentEmail": format!("agent{n}@example.com"), "agentAssignedGroups": groups,
            "agentExternalId": {},
        });
        state
            .send("configuration.agent", &message_body(agent, 0))
            .await;
    }
}

/// Returns a message body with the time `seconds` from now.
fn message_body(mut body: Value, seconds: i64) -> Vec<u8> {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    body["eventTime"] = json!(at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string());
    serde_json::to_vec(&body).unwrap()
}

/// The vendor's ids are GUIDs.
fn guid(kind: char, n: usize) -> String {
    let mut id = String::new();
    write!(id, "{kind}0000000-0000-4000-8000-{n:012}").unwrap();
    id
}

/// Boards of every layout.
fn boards() -> Vec<(String, String)> {
    let board = |id: &str, settings: &str| (format!("{id}.toml"), format!("{settings}\n"));
    vec![
        board("queues", "title = \"Customer service\""),
        board(
            "totals",
            "title = \"Service and totals\"\ntotals = [\"waiting\", \"in_conversation\", \"longest_wait\", \"agents_available\"]",
        ),
        board(
            "list",
            "title = \"Overview\"\nlayout = \"list\"\nshow = [\"waiting\", \"longest_wait\", \
             \"agents_available\", \"in_conversation\", \"service_level\", \"answered\"]",
        ),
        (
            "agents.toml".into(),
            "title = \"Team North\"\nlayout = \"agents\"\n".into(),
        ),
    ]
}
