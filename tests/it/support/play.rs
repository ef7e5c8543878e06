//! A contact centre brought into a chosen state: a vendor that says exactly what a
//! script wants, and the wallboard behind it with its lines through proxies.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use lapin::ExchangeKind;
use serde_json::{Value, json};
use tokio::{sync::Mutex, task::JoinHandle, time::interval};

use super::{Broker, Proxy, Vep, Vngage, Wallboard, centre::Centre, ports, until};

/// The vendor tells everything anew so often.
const PACE: Duration = Duration::from_secs(2);
const SOON: Duration = Duration::from_secs(20);

/// What the boards of a play aim at: waits that go on while one looks change nothing.
const LIMITS: &str = "[thresholds.\"*\"]\nwaiting = { warn = 5, crit = 10 }\n\
                      longest_wait = { warn = \"30m\", crit = \"60m\" }\n";

/// A queue as the vendor tells it.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    pub name: String,
    /// How many wait, talk and are free; nothing is said of the loads while it is `None`.
    pub load: Option<[u64; 3]>,
    /// For how many seconds the first had waited when the load was set, and since when.
    pub longest: i64,
    pub since: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Cast {
    pub queues: Vec<Queue>,
    pub agents: Vec<String>,
    cases: usize,
}

#[derive(Debug)]
pub struct Play {
    pub wallboard: Wallboard,
    /// Between the wallboard and its source.
    pub upstream: Proxy,
    /// Between the screens and the wallboard.
    pub screens: Proxy,
    vep: Arc<Vep>,
    cast: Arc<Mutex<Cast>>,
    teller: JoinHandle<()>,
}

impl Play {
    /// Connected, and nothing is said yet.
    pub async fn open(name: &str) -> Self {
        let broker = Broker::shared();
        let nobody = Centre::empty();
        let vep = Vep::reopen_mute(broker, name, ExchangeKind::Topic, nobody).await;
        let vep = Arc::new(vep);
        let upstream = Proxy::to(broker.plain_port).await;
        let port = ports::free();
        let screens = Proxy::to(port).await;
        let source = Vngage {
            boards: boards(),
            ..Vngage::plain(broker, name)
        };
        let wallboard = Wallboard::serve_at(source.through(upstream.port), port, screens.port);
        let wallboard = wallboard.await;
        wallboard.becomes("live", SOON).await;
        let cast = Arc::new(Mutex::new(Cast::default()));
        Self {
            wallboard,
            upstream,
            screens,
            teller: tokio::spawn(tell_for_ever(vep.clone(), cast.clone())),
            vep,
            cast,
        }
    }

    /// As the screens reach it.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.screens.port)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// Changes what there is, and tells it at once.
    pub async fn change(&self, change: impl FnOnce(&mut Cast)) {
        let mut cast = self.cast.lock().await;
        change(&mut cast);
        tell(&self.vep, &cast).await;
        drop(cast);
        self.vep.settle().await;
    }

    /// Visitors of a queue are answered after `waited` seconds each; `closed` as well, or still talking.
    pub async fn answer(&self, queue: usize, count: usize, waited: i64, closed: bool) {
        let mut cast = self.cast.lock().await;
        let desk = self.vep.desk().await;
        for n in 0..count {
            cast.cases += 1;
            let contact = guid('c', cast.cases);
            let agent = guid('a', (queue * 3 + n) % cast.agents.len().max(1));
            let created = json!({"caseId": contact});
            desk.send("case.created", &event(created, -waited)).await;
            let opened = json!({"caseId": contact, "agentId": agent, "groupId": guid('b', queue)});
            desk.send("case.opened", &event(opened, 0)).await;
            if closed {
                let closed = json!({"caseId": contact, "outcome": "positive", "closure": "done"});
                desk.send("case.closed", &event(closed, 0)).await;
            }
        }
        drop(desk);
        self.vep.settle().await;
    }

    /// Waits until the boards' data hold all that was said.
    pub async fn is_known(&self) {
        let cast = self.cast.lock().await.clone();
        until("all is known", SOON, async || {
            let found = self.wallboard.get("/api/v1/queues").await?;
            let known = |(n, queue): (usize, &Queue)| {
                let id = format!("chat/{}", guid('b', n));
                let found = found["queues"].as_array()?.iter().find(|q| q["id"] == id)?;
                let waiting = &found["metrics"]["waiting"];
                let shall = queue.load.map_or(Value::Null, |load| json!(load[0]));
                (waiting["value"] == shall && found["name"] == queue.name).then_some(())
            };
            let all = cast
                .queues
                .iter()
                .enumerate()
                .all(|one| known(one).is_some());
            if all { Ok(()) } else { Err(found.to_string()) }
        })
        .await;
    }
}

impl Drop for Play {
    fn drop(&mut self) {
        self.teller.abort();
    }
}

/// The address of a queue's or an agent's own page.
pub fn queue_page(n: usize) -> String {
    format!("/queues/chat/{}", guid('b', n))
}

pub fn agent_page(n: usize) -> String {
    format!("/agents/chat/{}", guid('a', n))
}

impl Cast {
    /// Says how many wait, talk and are free, and for how long the first has waited.
    pub fn load(&mut self, queue: usize, load: [u64; 3], longest: i64) {
        let queue = &mut self.queues[queue];
        queue.load = Some(load);
        queue.longest = longest;
        queue.since = jiff::Timestamp::now().as_second() - longest;
    }
}

async fn tell_for_ever(vep: Arc<Vep>, cast: Arc<Mutex<Cast>>) {
    let mut pace = interval(PACE);
    loop {
        pace.tick().await;
        tell(&vep, &*cast.lock().await).await;
    }
}

async fn tell(vep: &Vep, cast: &Cast) {
    let desk = vep.desk().await;
    let now = jiff::Timestamp::now().as_second();
    for (n, queue) in cast.queues.iter().enumerate() {
        let id = guid('b', n);
        let named = json!({"groupId": id, "groupName": queue.name, "groupExternalId": {}});
        desk.send("configuration.group", &event(named, 0)).await;
        let Some([waiting, talking, free]) = queue.load else {
            continue;
        };
        let load = json!({
            "groupId": id, "numberOfAvailableAgents": free,
            "numberOfVisitorsInQueue": waiting, "numberOfVisitorsInConversation": talking,
        });
        desk.send("group.loadChanged", &event(load, 0)).await;
        let longest = if waiting > 0 { now - queue.since } else { 0 };
        let timers = json!({
            "groupId": id, "averageWaitingTime": longest * 500, "longestWaitingTime": longest * 1000,
        });
        desk.send("group.performanceTimers", &event(timers, 0))
            .await;
    }
    for (n, name) in cast.agents.iter().enumerate() {
        let queues = cast.queues.len().max(1);
        let groups = [guid('b', n % queues), guid('b', (n * 5 + 1) % queues)];
        let agent = json!({
            "agentId": guid('a', n), "agentName": name, "agentDisplayName": name,
            "agentEmail": format!("agent{n}@example.com"), "agentAssignedGroups": groups,
            "agentExternalId": {},
        });
        desk.send("configuration.agent", &event(agent, 0)).await;
    }
}

/// A message's body, said so many seconds from now.
fn event(mut body: Value, seconds: i64) -> Vec<u8> {
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
    let board = |id: &str, more: &str| (format!("{id}.toml"), format!("{more}\n{LIMITS}"));
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
