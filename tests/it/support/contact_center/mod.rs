//! A simulated contact center that tracks its true state: events are random, messages follow the
//! vendor's format, and the values that a wallboard should show are known. Implements the vendor's
//! document independently of the product.

mod messages;
mod recording;

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::Mutex;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

use super::truth_history::{ContactTimes, TruthHistory};

/// One message to be published.
#[derive(Clone, Debug)]
pub struct Message {
    pub key: &'static str,
    pub body: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Waiting,
    Open,
    Closed,
    /// Left without an agent. No event reports it.
    Abandoned,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub state: State,
    /// The group it really is in.
    pub group: usize,
    /// Whether a message has reported the group.
    pub is_group_known: bool,
    pub agent: Option<usize>,
    pub outcome: Option<&'static str>,
    pub closure: Option<String>,
    pub answered: bool,
    pub reopened: u32,
    pub transfers: usize,
    /// When the wait began, in microseconds.
    pub waiting_since: i64,
    /// When it was opened, each time.
    pub openings: Vec<i64>,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub available: u64,
    pub average_wait: u64,
}

#[derive(Clone, Debug)]
pub struct Agent {
    pub id: String,
    pub name: String,
    pub groups: Vec<usize>,
}

#[derive(Debug)]
pub struct ContactCenter {
    pub groups: Vec<Group>,
    pub agents: Vec<Agent>,
    /// Cases that wait or are open.
    pub active: BTreeMap<String, Case>,
    /// Closed and abandoned cases.
    pub ended: BTreeMap<String, Case>,
    /// Every close that was reported: case, time in microseconds, outcome.
    pub closes: Vec<(String, i64, &'static str)>,
    /// The case of every transcript that was sent.
    pub transcripts: Vec<String>,
    /// The rest of the configuration: class, id, name.
    pub labels: Vec<(&'static str, String, String)>,
    /// The truth at each time. It outlives the contact center.
    pub history: Arc<Mutex<TruthHistory>>,
    /// Instead of a random number of available agents, each change gets the next number, so that a
    /// displayed one tells when it was true.
    pub numbers_availability: bool,
    random: StdRng,
    last_time: i64,
    /// The last published body of each subject, so that only changes are published.
    published: BTreeMap<String, Map<String, Value>>,
}

const OUTCOMES: [&str; 4] = ["positive", "negative", "neutral", "unresolved"];
/// Target number of waiting and open cases.
const TARGET_CASES: usize = 60;

impl ContactCenter {
    pub fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let groups = (0..6)
            .map(|n| Group {
                id: guid(&mut random),
                name: format!("Gruppe {n} – Östermalm"),
                available: 0,
                average_wait: 0,
            })
            .collect();
        let agents = (0..24)
            .map(|n| Agent {
                id: guid(&mut random),
                name: format!("Zoë Ångström {n}"),
                groups: vec![n % 6, (n * 5 + 1) % 6],
            })
            .collect();
        let labels = ["opportunity", "solution", "caseType"]
            .into_iter()
            .flat_map(|class| (0..3).map(move |n| (class, n)))
            .map(|(class, n)| (class, guid(&mut random), format!("{class} {n}")))
            .collect();
        let center = Self {
            groups,
            agents,
            active: BTreeMap::new(),
            ended: BTreeMap::new(),
            closes: Vec::new(),
            transcripts: Vec::new(),
            labels,
            history: Arc::default(),
            numbers_availability: false,
            random,
            last_time: 0,
            published: BTreeMap::new(),
        };
        for group in 0..center.groups.len() {
            center.record_history(group, 0);
        }
        center
    }

    /// Returns a contact center without queues, agents or events.
    pub fn empty() -> Self {
        Self {
            groups: Vec::new(),
            agents: Vec::new(),
            labels: Vec::new(),
            ..Self::new(0)
        }
    }

    /// Returns whether `count` agents were available in `group` at any time since `from`.
    pub fn was_available_since(&self, group: usize, count: u64, from: i64) -> bool {
        let history = self.history();
        let available = &history.groups[&self.groups[group].id].available;
        available.age(count, from) == Some(0)
    }

    pub fn waiting(&self, group: usize) -> usize {
        self.count(group, State::Waiting)
    }

    pub fn talking(&self, group: usize) -> usize {
        self.count(group, State::Open)
    }

    /// Returns when the oldest waiting case of `group` arrived, in microseconds.
    pub fn oldest_arrival(&self, group: usize) -> Option<i64> {
        let waiting = |case: &&Case| case.group == group && case.state == State::Waiting;
        self.active
            .values()
            .filter(waiting)
            .map(|case| case.waiting_since)
            .min()
    }

    pub fn open_cases(&self, agent: usize) -> usize {
        let is_open = |case: &&Case| case.agent == Some(agent) && case.state == State::Open;
        self.active.values().filter(is_open).count()
    }

    /// Performs a random event and returns its messages.
    pub fn next_event(&mut self) -> Vec<Message> {
        let active = |state| {
            self.active
                .values()
                .filter(|case| case.state == state)
                .count()
        };
        let (waiting, open) = (active(State::Waiting), active(State::Open));
        let is_full = waiting + open > TARGET_CASES;
        match self.random.random_range(0..100) {
            0..3 => self.rename(),
            3..10 => self.change_availability(),
            10..38 if !is_full => self.create(),
            38..66 if waiting > 0 => self.open(),
            66..70 if open > 0 => self.transfer(),
            70..73 if open > 0 => self.take_over(),
            73..76 => self.reopen(),
            _ if open > 0 => self.close(),
            _ => self.create(),
        }
    }

    pub fn create(&mut self) -> Vec<Message> {
        let id = guid(&mut self.random);
        let group = self.random.random_range(0..self.groups.len());
        let at = self.time();
        let case = Case {
            state: State::Waiting,
            group,
            is_group_known: false,
            agent: None,
            outcome: None,
            closure: None,
            answered: false,
            reopened: 0,
            transfers: 0,
            waiting_since: at,
            openings: Vec::new(),
        };
        self.active.insert(id.clone(), case);
        self.record_wait(&id, at);
        let times = ContactTimes {
            created: at,
            answered: None,
        };
        self.history().contacts.insert(id.clone(), times);
        let label = |class: &str, n: usize| {
            let mut matching = self.labels.iter().filter(|label| label.0 == class);
            matching.nth(n).unwrap().1.clone()
        };
        let body = json!({
            "caseId": id, "opportunityId": label("opportunity", group % 3),
            "solutionId": label("solution", group % 3), "caseTypeId": label("caseType", group % 2),
        });
        let mut messages = vec![self.event("case.created", at, body)];
        if self.random.random_bool(0.3) {
            let profile =
                json!({"caseId": id, "profile": {"Name": "Åsa", "Age": 40, "Tags": ["a"]}});
            messages.push(self.event_now("case.visitorProfile", profile));
        }
        messages.push(self.load_message(group));
        messages
    }

    pub fn open(&mut self) -> Vec<Message> {
        let Some(id) = self.pick(State::Waiting) else {
            return self.create();
        };
        let group = self.active[&id].group;
        let agent = self.choose_agent(group, None);
        self.open_case(&id, group, agent)
    }

    pub fn close(&mut self) -> Vec<Message> {
        let Some(id) = self.pick(State::Open) else {
            return self.create();
        };
        let outcome = *OUTCOMES.choose(&mut self.random).unwrap();
        let closure = format!("\u{201e}{outcome}\u{201c} <b>&amp;</b>");
        let mut case = self.active.remove(&id).unwrap();
        let at = self.time();
        self.record_end(&id, &case, at);
        let group = case.group;
        case.state = State::Closed;
        case.outcome = Some(outcome);
        case.closure = Some(closure.clone());
        self.ended.insert(id.clone(), case);
        let body = json!({"caseId": id, "outcome": outcome, "closure": closure});
        self.closes.push((id.clone(), at, outcome));
        let mut messages = vec![self.event("case.closed", at, body)];
        if self.random.random_bool(0.5) {
            self.transcripts.push(id.clone());
            let transcript = json!({"caseld": id, "transcript": {"messages": [
                {"messageType": "chat", "message": "secret words"},
                {"messageType": "newThing", "unheard": [1, null]},
            ]}});
            messages.push(self.event_now("case.transcriptClosed", transcript));
        }
        messages.push(self.load_message(group));
        messages
    }

    pub fn transfer(&mut self) -> Vec<Message> {
        let Some(id) = self.pick(State::Open) else {
            return self.create();
        };
        let at = self.time();
        let from = self.active[&id].group;
        let to = (from + self.random.random_range(1..self.groups.len())) % self.groups.len();
        self.record_end(&id, &self.active[&id], at);
        self.record_wait(&id, at);
        let case = self.active.get_mut(&id).unwrap();
        let agent = case.agent.take().unwrap();
        case.state = State::Waiting;
        case.group = to;
        case.is_group_known = true;
        case.transfers += 1;
        case.waiting_since = at;
        // The vendor's document has a lowercase L instead of an uppercase I in this name.
        let body = json!({
            "caseld": id, "previousAgentId": self.agents[agent].id,
            "previousGroupId": self.groups[from].id, "newGroupId": self.groups[to].id,
        });
        let event = self.event("case.transferred.toGroup", at, body);
        vec![event, self.load_message(from), self.load_message(to)]
    }

    /// Removes the longest-waiting cases. No event reports it; only the loads change.
    pub fn abandon_oldest(&mut self, count: usize) -> (Vec<String>, Vec<Vec<Message>>) {
        // The wallboard estimates abandons only for cases whose queue it doesn't know. A
        // transferred case's queue is known and still has its visitors.
        let has_unknown_queue =
            |(_, case): &(&String, &Case)| case.state == State::Waiting && case.transfers == 0;
        let mut ids: Vec<_> = self.active.iter().filter(has_unknown_queue).collect();
        ids.sort_by_key(|(_, case)| case.waiting_since);
        let ids: Vec<_> = ids
            .into_iter()
            .map(|(id, _)| id.clone())
            .take(count)
            .collect();
        let mut messages = Vec::new();
        for id in &ids {
            let mut case = self.active.remove(id).unwrap();
            let at = self.time();
            self.record_end(id, &case, at);
            case.state = State::Abandoned;
            let group = case.group;
            self.ended.insert(id.clone(), case);
            messages.push(vec![self.load_message(group)]);
        }
        (ids, messages)
    }

    /// Lets an agent answer an abandoned case after all.
    pub fn return_contact(&mut self, id: &str) -> Vec<Message> {
        let case = self.ended.remove(id).unwrap();
        let group = case.group;
        self.active.insert(id.to_owned(), case);
        let agent = self.choose_agent(group, None);
        self.open_case(id, group, agent)
    }

    fn take_over(&mut self) -> Vec<Message> {
        let Some(id) = self.pick(State::Open) else {
            return self.create();
        };
        let (group, before) = (self.active[&id].group, self.active[&id].agent);
        let agent = self.choose_agent(group, before);
        self.open_case(&id, group, agent)
    }

    fn reopen(&mut self) -> Vec<Message> {
        let unresolved = |case: &Case| case.outcome == Some("unresolved");
        let found = self.ended.iter().find(|(_, case)| unresolved(case));
        let Some(id) = found.map(|(id, _)| id.clone()) else {
            return self.create();
        };
        let mut case = self.ended.remove(&id).unwrap();
        case.reopened += 1;
        let group = case.group;
        self.active.insert(id.clone(), case);
        let agent = self.choose_agent(group, None);
        self.open_case(&id, group, agent)
    }

    fn open_case(&mut self, id: &str, group: usize, agent: usize) -> Vec<Message> {
        let at = self.time();
        if let Some(times) = self.history().contacts.get_mut(id) {
            times.answered.get_or_insert(at);
        }
        self.record_end(id, &self.active[id], at);
        let case = self.active.get_mut(id).unwrap();
        case.state = State::Open;
        case.agent = Some(agent);
        case.is_group_known = true;
        case.answered = true;
        case.openings.push(at);
        self.record_opening(id, &self.active[id], at);
        let body = json!({
            "caseId": id, "agentId": self.agents[agent].id, "groupId": self.groups[group].id,
        });
        let event = self.event("case.opened", at, body);
        vec![event, self.load_message(group)]
    }

    /// The IDs of the groups, by number.
    pub fn group_ids(&self) -> Vec<String> {
        self.groups.iter().map(|group| group.id.clone()).collect()
    }

    pub fn make_available(&mut self, group: usize, agents: u64) -> Vec<Message> {
        self.groups[group].available = agents;
        vec![self.load_message(group)]
    }

    fn change_availability(&mut self) -> Vec<Message> {
        let n = self.random.random_range(0..self.groups.len());
        self.change_availability_of(n)
    }

    pub fn change_availability_of(&mut self, group: usize) -> Vec<Message> {
        let agents = match self.groups[group].available {
            // Boards shorten larger numbers.
            9_999 if self.numbers_availability => 100,
            number if self.numbers_availability => number.max(99) + 1,
            _ => self.random.random_range(0..12),
        };
        self.make_available(group, agents)
    }

    fn rename(&mut self) -> Vec<Message> {
        let suffix = self.random.random_range(0..1000);
        if self.random.random_bool(0.5) {
            let n = self.random.random_range(0..self.groups.len());
            self.groups[n].name = format!("Gruppe {n} ({suffix})");
            return vec![self.group_message(n)];
        }
        let n = self.random.random_range(0..self.agents.len());
        self.agents[n].name = format!("Žofie Øster {n} ({suffix})");
        vec![self.agent_message(n)]
    }

    /// Returns the current time, and always later than before.
    fn time(&mut self) -> i64 {
        let now = jiff::Timestamp::now().as_microsecond();
        self.last_time = now.max(self.last_time + 1);
        self.last_time
    }

    fn pick(&mut self, state: State) -> Option<String> {
        let ids: Vec<_> = self
            .active
            .iter()
            .filter(|(_, case)| case.state == state)
            .collect();
        ids.choose(&mut self.random).map(|(id, _)| (*id).clone())
    }

    fn choose_agent(&mut self, group: usize, except: Option<usize>) -> usize {
        let candidates: Vec<_> = (0..self.agents.len())
            .filter(|n| self.agents[*n].groups.contains(&group) && Some(*n) != except)
            .collect();
        *candidates.choose(&mut self.random).unwrap()
    }

    fn count(&self, group: usize, state: State) -> usize {
        let matches_state = |case: &&Case| case.group == group && case.state == state;
        self.active.values().filter(matches_state).count()
    }
}

fn guid(random: &mut StdRng) -> String {
    let hex = format!("{:032x}", random.random::<u128>());
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
