//! A Genesys whose figures get the next number each time, so that a displayed one tells when it was true.

use std::{sync::Arc, time::Duration};

use parking_lot::{Mutex as SyncMutex, MutexGuard};
use serde_json::{Value, json};
use tokio::{
    sync::Mutex,
    task::JoinHandle,
    time::{interval, sleep},
};

use super::{
    Genesys, Proxy, genesys::GROUP_QUEUE, judge, truth_history::TruthHistory,
    wallboard::Environment,
};

/// The agent whose status changes.
pub const AGENT: &str = "agent0";
/// The queue, in an address.
pub const QUEUE_PATH: &str = "9000%40SIP_Switch";
const CHANGE_INTERVAL: Duration = Duration::from_millis(500);
/// Stat Server's states and ours.
const STATES: [(&str, &str); 4] = [
    ("CallInbound", "talking"),
    ("AfterCallWork", "wrap_up"),
    ("NotReadyForNextCall", "not_ready"),
    ("WaitForNextCall", "available"),
];
/// Boards shorten larger numbers.
const NUMBERS: std::ops::Range<u64> = 100..10_000;
/// A status lasts for so many changes.
const CHANGES_PER_STATE: u64 = 40;

#[derive(Debug)]
pub struct NumberedVoice {
    /// Between the wallboard and the server.
    pub proxy: Proxy,
    contact_center: Arc<ContactCenter>,
    /// Held while the server is stopped.
    running: Arc<Mutex<()>>,
    changing: JoinHandle<()>,
}

#[derive(Debug)]
struct ContactCenter {
    genesys: Genesys,
    history: Arc<SyncMutex<TruthHistory>>,
    /// The number, and the agent's status with its beginning.
    current: SyncMutex<(u64, &'static str, i64)>,
}

impl NumberedVoice {
    /// Records what is true in `history`.
    pub async fn start(history: Arc<SyncMutex<TruthHistory>>) -> Self {
        let genesys = Genesys::start(&json!({"rate": 0}));
        let proxy = Proxy::to(genesys.port).await;
        let contact_center = Arc::new(ContactCenter {
            genesys,
            history,
            current: SyncMutex::default(),
        });
        let running = Arc::default();
        contact_center.change(0).await;
        Self {
            proxy,
            changing: tokio::spawn(change_steadily(
                contact_center.clone(),
                Arc::clone(&running),
            )),
            contact_center,
            running,
        }
    }

    /// Returns its source's section.
    pub fn toml(&self) -> String {
        let statistic = |metric: &str, object_type: &str, object: &str, rest: &str| {
            format!(
                "[[sources.voice.statistics]]\nmetric = {metric:?}\nobject_type = {object_type:?}\n\
                 objects = [{object:?}]\n{rest}\n"
            )
        };
        let waiting = "name = \"CurrNumberWaitingCalls\"";
        let ready = format!("name = \"CurrentReadyAgents\"\nqueue = {GROUP_QUEUE:?}");
        format!(
            "[sources.voice]\nkind = \"genesys\"\nbase_url = \"http://127.0.0.1:{}\"\n\
             api_key = {{ env = \"GENESYS_API_KEY\" }}\ntransport = \"auto\"\n[sources.voice.auth]\n\
             grant = \"password\"\nclient_id = \"wallboard\"\n\
             client_secret = {{ env = \"GENESYS_CLIENT_SECRET\" }}\nusername = \"tenant\\\\wall\"\n\
             password = {{ env = \"GENESYS_PASSWORD\" }}\n{}{}{}{}",
            self.proxy.port,
            statistic("waiting", "Queue", GROUP_QUEUE, waiting),
            statistic("agents_available", "GroupAgents", "Support", &ready),
            statistic("state", "Agent", AGENT, "name = \"CurrentAgentState\""),
            statistic(
                "time_in_state",
                "Agent",
                AGENT,
                "name = \"TimeInCurrentState\""
            ),
        )
    }

    pub fn environment() -> Environment {
        Genesys::environment()
    }

    /// Stops the server for a while: its figures are true until then, and unknown afterwards.
    pub async fn pause(&self, time: Duration) {
        let stopped = self.running.lock().await;
        self.contact_center.record_stop();
        self.contact_center.genesys.signal("-STOP");
        sleep(time).await;
        self.contact_center.record_current();
        self.contact_center.genesys.signal("-CONT");
        drop(stopped);
    }
}

impl Drop for NumberedVoice {
    fn drop(&mut self) {
        self.changing.abort();
    }
}

async fn change_steadily(contact_center: Arc<ContactCenter>, running: Arc<Mutex<()>>) {
    let mut due = interval(CHANGE_INTERVAL);
    for change in 1.. {
        due.tick().await;
        let _running = running.lock().await;
        contact_center.change(change).await;
    }
}

impl ContactCenter {
    /// Records what is about to be true, and sets it.
    async fn change(&self, change: u64) {
        let number = NUMBERS.start + change % (NUMBERS.end - NUMBERS.start);
        let count = usize::try_from(change / CHANGES_PER_STATE).unwrap();
        let (theirs, ours) = STATES[count % STATES.len()];
        let has_new_state = change.is_multiple_of(CHANGES_PER_STATE);
        {
            let mut current = self.current.lock();
            current.0 = number;
            if has_new_state {
                (current.1, current.2) = (ours, judge::now());
            }
        }
        self.record_current();
        for (object_type, object, name) in [
            ("Queue", GROUP_QUEUE, "CurrNumberWaitingCalls"),
            ("GroupAgents", "Support", "CurrentReadyAgents"),
        ] {
            self.set(object_type, object, name, json!(number)).await;
        }
        if has_new_state {
            let name = "CurrentAgentState";
            self.set("Agent", AGENT, name, json!(theirs)).await;
        }
    }

    fn record_current(&self) {
        let (number, state, since) = *self.current.lock();
        let at = judge::now();
        let mut history = self.history();
        let queue = history.groups.entry(GROUP_QUEUE.to_owned()).or_default();
        queue.waiting.record(at, number);
        queue.available.record(at, number);
        let states = history.states_of(AGENT);
        states.end(at);
        states.begin(state, since);
    }

    /// Records that all figures are unknown from now on.
    fn record_stop(&self) {
        let at = judge::now();
        let mut history = self.history();
        let queue = history.groups.get_mut(GROUP_QUEUE).unwrap();
        queue.waiting.record_unknown(at);
        queue.available.record_unknown(at);
        history.states_of(AGENT).end(at);
    }

    async fn set(&self, object_type: &str, object: &str, name: &str, value: Value) {
        let set = json!({"do": "set", "type": object_type, "object": object,
                         "name": name, "value": value});
        self.genesys.send_command(set).await;
    }

    fn history(&self) -> MutexGuard<'_, TruthHistory> {
        self.history.lock()
    }
}
