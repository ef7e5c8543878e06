//! A contact centre that keeps the truth about itself: what happens in it is random,
//! what it says of it is in the vendor's words, and what a wallboard should show of it
//! is known. Our own reading of the vendor's document, independent of the product's.

mod telling;

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

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
    /// Left without an agent, and nobody says so.
    Gone,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub state: State,
    /// Where it really is.
    pub group: usize,
    /// Whether a message has said the group.
    pub group_told: bool,
    pub agent: Option<usize>,
    pub outcome: Option<&'static str>,
    pub closure: Option<String>,
    pub answered: bool,
    pub reopened: u32,
    pub transfers: usize,
    /// Since when it waits, in microseconds.
    pub waits_since: i64,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub available: u64,
    /// Since when how many were, in microseconds; the latest last.
    pub was_available: Vec<(i64, u64)>,
    pub average_wait: u64,
}

#[derive(Clone, Debug)]
pub struct Agent {
    pub id: String,
    pub name: String,
    pub groups: Vec<usize>,
}

#[derive(Debug)]
pub struct Centre {
    pub groups: Vec<Group>,
    pub agents: Vec<Agent>,
    /// Waiting or open.
    pub present: BTreeMap<String, Case>,
    /// Closed or gone.
    pub past: BTreeMap<String, Case>,
    /// The rest of the configuration: class, id, name.
    pub words: Vec<(&'static str, String, String)>,
    random: StdRng,
    last_time: i64,
    /// What was last published of each thing, so that only changes are told.
    told: BTreeMap<String, Map<String, Value>>,
}

const OUTCOMES: [&str; 4] = ["positive", "negative", "neutral", "unresolved"];
/// Visitors waiting and talking that the centre tends to hold.
const BUSY: usize = 60;

impl Centre {
    pub fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let groups = (0..6)
            .map(|n| Group {
                id: guid(&mut random),
                name: format!("Gruppe {n} – Östermalm"),
                available: 0,
                was_available: vec![(0, 0)],
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
        let words = ["opportunity", "solution", "caseType"]
            .into_iter()
            .flat_map(|class| (0..3).map(move |n| (class, n)))
            .map(|(class, n)| (class, guid(&mut random), format!("{class} {n}")))
            .collect();
        Self {
            groups,
            agents,
            present: BTreeMap::new(),
            past: BTreeMap::new(),
            words,
            random,
            last_time: 0,
            told: BTreeMap::new(),
        }
    }

    /// One in which nothing is and happens.
    pub fn empty() -> Self {
        Self {
            groups: Vec::new(),
            agents: Vec::new(),
            words: Vec::new(),
            ..Self::new(0)
        }
    }

    /// Whether `count` agents were available in `group` at some time since `from`.
    pub fn was_available_since(&self, group: usize, count: u64, from: i64) -> bool {
        let history = &self.groups[group].was_available;
        let ended = |n: usize| history.get(n + 1).map_or(i64::MAX, |next| next.0);
        (0..history.len()).any(|n| history[n].1 == count && ended(n) >= from)
    }

    pub fn waiting(&self, group: usize) -> usize {
        self.count(group, State::Waiting)
    }

    pub fn talking(&self, group: usize) -> usize {
        self.count(group, State::Open)
    }

    /// When the oldest visitor in the queue of `group` came, in microseconds.
    pub fn oldest(&self, group: usize) -> Option<i64> {
        let waiting = |case: &&Case| case.group == group && case.state == State::Waiting;
        self.present
            .values()
            .filter(waiting)
            .map(|case| case.waits_since)
            .min()
    }

    pub fn open_cases(&self, agent: usize) -> usize {
        let has = |case: &&Case| case.agent == Some(agent) && case.state == State::Open;
        self.present.values().filter(has).count()
    }

    /// Something happens, and is told.
    pub fn happen(&mut self) -> Vec<Message> {
        let present = |state| {
            self.present
                .values()
                .filter(|case| case.state == state)
                .count()
        };
        let (waiting, open) = (present(State::Waiting), present(State::Open));
        let is_full = waiting + open > BUSY;
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
            group_told: false,
            agent: None,
            outcome: None,
            closure: None,
            answered: false,
            reopened: 0,
            transfers: 0,
            waits_since: at,
        };
        self.present.insert(id.clone(), case);
        let word = |class: &str, n: usize| {
            let mut of_class = self.words.iter().filter(|word| word.0 == class);
            of_class.nth(n).unwrap().1.clone()
        };
        let body = json!({
            "caseId": id, "opportunityId": word("opportunity", group % 3),
            "solutionId": word("solution", group % 3), "caseTypeId": word("caseType", group % 2),
        });
        let mut said = vec![self.event("case.created", at, body)];
        if self.random.random_bool(0.3) {
            let profile =
                json!({"caseId": id, "profile": {"Name": "Åsa", "Age": 40, "Tags": ["a"]}});
            said.push(self.event_now("case.visitorProfile", profile));
        }
        said.push(self.tell_load(group));
        said
    }

    pub fn open(&mut self) -> Vec<Message> {
        let Some(id) = self.pick(State::Waiting) else {
            return self.create();
        };
        let group = self.present[&id].group;
        let agent = self.agent_of(group, None);
        self.opened(&id, group, agent)
    }

    pub fn close(&mut self) -> Vec<Message> {
        let Some(id) = self.pick(State::Open) else {
            return self.create();
        };
        let outcome = *OUTCOMES.choose(&mut self.random).unwrap();
        let closure = format!("\u{201e}{outcome}\u{201c} <b>&amp;</b>");
        let mut case = self.present.remove(&id).unwrap();
        let group = case.group;
        case.state = State::Closed;
        case.outcome = Some(outcome);
        case.closure = Some(closure.clone());
        self.past.insert(id.clone(), case);
        let body = json!({"caseId": id, "outcome": outcome, "closure": closure});
        let mut said = vec![self.event_now("case.closed", body)];
        if self.random.random_bool(0.5) {
            let transcript = json!({"caseld": id, "transcript": {"messages": [
                {"messageType": "chat", "message": "secret words"},
                {"messageType": "newThing", "unheard": [1, null]},
            ]}});
            said.push(self.event_now("case.transcriptClosed", transcript));
        }
        said.push(self.tell_load(group));
        said
    }

    pub fn transfer(&mut self) -> Vec<Message> {
        let Some(id) = self.pick(State::Open) else {
            return self.create();
        };
        let at = self.time();
        let from = self.present[&id].group;
        let to = (from + self.random.random_range(1..self.groups.len())) % self.groups.len();
        let case = self.present.get_mut(&id).unwrap();
        let agent = case.agent.take().unwrap();
        case.state = State::Waiting;
        case.group = to;
        case.group_told = true;
        case.transfers += 1;
        case.waits_since = at;
        // The vendor's document writes the name with a small L where an I should be.
        let body = json!({
            "caseld": id, "previousAgentId": self.agents[agent].id,
            "previousGroupId": self.groups[from].id, "newGroupId": self.groups[to].id,
        });
        let event = self.event("case.transferred.toGroup", at, body);
        vec![event, self.tell_load(from), self.tell_load(to)]
    }

    /// The visitors waiting longest leave the queue, and no event says so but the loads.
    pub fn walk_away_oldest(&mut self, count: usize) -> (Vec<String>, Vec<Vec<Message>>) {
        // Whose queue can be known is not guessed at: that queue still has its visitors.
        let unplaced =
            |(_, case): &(&String, &Case)| case.state == State::Waiting && case.transfers == 0;
        let mut ids: Vec<_> = self.present.iter().filter(unplaced).collect();
        ids.sort_by_key(|(_, case)| case.waits_since);
        let ids: Vec<_> = ids
            .into_iter()
            .map(|(id, _)| id.clone())
            .take(count)
            .collect();
        let mut said = Vec::new();
        for id in &ids {
            let mut case = self.present.remove(id).unwrap();
            case.state = State::Gone;
            let group = case.group;
            self.past.insert(id.clone(), case);
            said.push(vec![self.tell_load(group)]);
        }
        (ids, said)
    }

    /// A visitor who had gone is opened by an agent after all.
    pub fn come_back(&mut self, id: &str) -> Vec<Message> {
        let case = self.past.remove(id).unwrap();
        let group = case.group;
        self.present.insert(id.to_owned(), case);
        let agent = self.agent_of(group, None);
        self.opened(id, group, agent)
    }

    fn take_over(&mut self) -> Vec<Message> {
        let Some(id) = self.pick(State::Open) else {
            return self.create();
        };
        let (group, before) = (self.present[&id].group, self.present[&id].agent);
        let agent = self.agent_of(group, before);
        self.opened(&id, group, agent)
    }

    fn reopen(&mut self) -> Vec<Message> {
        let unresolved = |case: &Case| case.outcome == Some("unresolved");
        let found = self.past.iter().find(|(_, case)| unresolved(case));
        let Some(id) = found.map(|(id, _)| id.clone()) else {
            return self.create();
        };
        let mut case = self.past.remove(&id).unwrap();
        case.reopened += 1;
        let group = case.group;
        self.present.insert(id.clone(), case);
        let agent = self.agent_of(group, None);
        self.opened(&id, group, agent)
    }

    fn opened(&mut self, id: &str, group: usize, agent: usize) -> Vec<Message> {
        let case = self.present.get_mut(id).unwrap();
        case.state = State::Open;
        case.agent = Some(agent);
        case.group_told = true;
        case.answered = true;
        let body = json!({
            "caseId": id, "agentId": self.agents[agent].id, "groupId": self.groups[group].id,
        });
        let event = self.event_now("case.opened", body);
        vec![event, self.tell_load(group)]
    }

    pub fn make_available(&mut self, group: usize, agents: u64) -> Vec<Message> {
        let now = self.time();
        self.groups[group].available = agents;
        self.groups[group].was_available.push((now, agents));
        vec![self.tell_load(group)]
    }

    fn change_availability(&mut self) -> Vec<Message> {
        let n = self.random.random_range(0..self.groups.len());
        let agents = self.random.random_range(0..12);
        self.make_available(n, agents)
    }

    fn rename(&mut self) -> Vec<Message> {
        let mark = self.random.random_range(0..1000);
        if self.random.random_bool(0.5) {
            let n = self.random.random_range(0..self.groups.len());
            self.groups[n].name = format!("Gruppe {n} ({mark})");
            return vec![self.tell_group(n)];
        }
        let n = self.random.random_range(0..self.agents.len());
        self.agents[n].name = format!("Žofie Øster {n} ({mark})");
        vec![self.tell_agent(n)]
    }

    /// Now, and later than ever before.
    fn time(&mut self) -> i64 {
        let now = jiff::Timestamp::now().as_microsecond();
        self.last_time = now.max(self.last_time + 1);
        self.last_time
    }

    fn pick(&mut self, state: State) -> Option<String> {
        let ids: Vec<_> = self
            .present
            .iter()
            .filter(|(_, case)| case.state == state)
            .collect();
        ids.choose(&mut self.random).map(|(id, _)| (*id).clone())
    }

    fn agent_of(&mut self, group: usize, not: Option<usize>) -> usize {
        let able: Vec<_> = (0..self.agents.len())
            .filter(|n| self.agents[*n].groups.contains(&group) && Some(*n) != not)
            .collect();
        *able.choose(&mut self.random).unwrap()
    }

    fn count(&self, group: usize, state: State) -> usize {
        let there = |case: &&Case| case.group == group && case.state == state;
        self.present.values().filter(there).count()
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
