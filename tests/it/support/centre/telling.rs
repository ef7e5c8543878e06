//! What a centre says of itself, in the vendor's words and with only what changed.

use rand::{Rng, seq::IndexedRandom};
use serde_json::{Value, json};

use super::{Centre, Message};

impl Centre {
    /// Everything in full, as after a subscription: nothing told before counts.
    pub fn everything(&mut self) -> Vec<Message> {
        self.told.clear();
        let mut said = Vec::new();
        for n in 0..self.words.len() {
            said.push(self.tell_word(n));
        }
        for n in 0..self.groups.len() {
            said.push(self.tell_group(n));
            said.push(self.tell_load(n));
        }
        for n in 0..self.agents.len() {
            said.push(self.tell_agent(n));
        }
        said.extend(self.timers());
        said
    }

    /// All that is said of one group, in full.
    pub fn group_in_full(&mut self, n: usize) -> Vec<Message> {
        let id = &self.groups[n].id;
        self.told.retain(|subject, _| !subject.contains(id));
        vec![self.tell_group(n), self.tell_load(n), self.tell_timers(n)]
    }

    /// The timers of every group with visitors, as at the throttling interval.
    pub fn timers(&mut self) -> Vec<Message> {
        let busy = |centre: &Self, n| centre.waiting(n) + centre.talking(n) > 0;
        (0..self.groups.len())
            .filter(|n| busy(self, *n))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|n| self.tell_timers(n))
            .collect()
    }

    pub(super) fn tell_load(&mut self, n: usize) -> Message {
        let body = json!({
            "groupId": self.groups[n].id,
            "numberOfAvailableAgents": self.groups[n].available,
            "numberOfVisitorsInQueue": self.waiting(n),
            "numberOfVisitorsInConversation": self.talking(n),
        });
        self.changes("group.loadChanged", "groupId", body)
    }

    pub(super) fn tell_timers(&mut self, n: usize) -> Message {
        let at = self.time();
        self.groups[n].average_wait = self.random.random_range(0..90_000);
        let longest = self.oldest(n).map_or(0, |since| (at - since) / 1000);
        let body = json!({
            "groupId": self.groups[n].id,
            "averageWaitingTime": self.groups[n].average_wait,
            "longestWaitingTime": longest,
        });
        self.changes_at("group.performanceTimers", "groupId", at, body)
    }

    pub(super) fn tell_group(&mut self, n: usize) -> Message {
        let group = &self.groups[n];
        let body = json!({
            "groupId": group.id, "groupName": group.name,
            "groupExternalId": {"Salesforce": format!("Q{n}")},
        });
        self.changes("configuration.group", "groupId", body)
    }

    pub(super) fn tell_agent(&mut self, n: usize) -> Message {
        let agent = &self.agents[n];
        let groups: Vec<_> = agent.groups.iter().map(|g| &self.groups[*g].id).collect();
        let body = json!({
            "agentId": agent.id, "agentName": agent.name,
            "agentEmail": format!("agent{n}@example.com"), "agentDisplayName": format!("A{n}"),
            "agentAssignedGroups": groups, "agentExternalId": {"Salesforce": format!("A-{n}")},
        });
        self.changes("configuration.agent", "agentId", body)
    }

    pub(super) fn tell_word(&mut self, n: usize) -> Message {
        let (class, id, name) = self.words[n].clone();
        let (key, id_name) = match class {
            "opportunity" => ("configuration.opportunity", "opportunityId"),
            "solution" => ("configuration.solution", "solutionId"),
            _ => ("configuration.caseType", "caseTypeId"),
        };
        let mut body = json!({format!("{class}Name"): name, format!("{class}ExternalId"): {}});
        body[id_name] = json!(id);
        self.changes(key, id_name, body)
    }

    /// The message with only those attributes that were not told before.
    pub(super) fn changes(&mut self, key: &'static str, id: &str, body: Value) -> Message {
        let at = self.time();
        self.changes_at(key, id, at, body)
    }

    pub(super) fn changes_at(
        &mut self,
        key: &'static str,
        id: &str,
        at: i64,
        body: Value,
    ) -> Message {
        let subject = format!("{key} {}", body[id]);
        let Value::Object(now) = body.clone() else {
            unreachable!("bodies are objects");
        };
        let before = self.told.insert(subject, now).unwrap_or_default();
        let mut message = self.event(key, at, body);
        message
            .body
            .retain(|name, value| name == id || before.get(name) != Some(value));
        message
    }

    pub(super) fn event_now(&mut self, key: &'static str, body: Value) -> Message {
        let at = self.time();
        self.event(key, at, body)
    }

    pub(super) fn event(&mut self, key: &'static str, at: i64, body: Value) -> Message {
        let Value::Object(mut body) = body else {
            unreachable!("bodies are objects");
        };
        // .NET writes seven digits of a second; others write other numbers of them.
        let zeros = *["0", "000", "000000"].choose(&mut self.random).unwrap();
        let time = jiff::Timestamp::from_microsecond(at).unwrap();
        let time = format!("{}{zeros}Z", time.strftime("%Y-%m-%dT%H:%M:%S.%6f"));
        body.insert("eventTime".into(), time.into());
        if self.random.random_bool(0.05) {
            body.insert("debugTrace".into(), json!({"deep": [[[{"x": null}]]]}));
        }
        Message { key, body }
    }
}
