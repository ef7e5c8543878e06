//! The contact center's messages in the vendor's format, each with changed attributes only.

use rand::{Rng, seq::IndexedRandom};
use serde_json::{Value, json};

use super::{ContactCenter, Message};

impl ContactCenter {
    /// Returns the full state, as after a subscription, regardless of what was published before.
    pub fn full_state(&mut self) -> Vec<Message> {
        self.published.clear();
        let mut messages = Vec::new();
        for n in 0..self.labels.len() {
            messages.push(self.label_message(n));
        }
        for n in 0..self.groups.len() {
            messages.push(self.group_message(n));
            messages.push(self.load_message(n));
        }
        for n in 0..self.agents.len() {
            messages.push(self.agent_message(n));
        }
        messages.extend(self.timers());
        messages
    }

    /// Returns all messages about one group, in full.
    pub fn full_group(&mut self, n: usize) -> Vec<Message> {
        let id = &self.groups[n].id;
        self.published.retain(|subject, _| !subject.contains(id));
        vec![
            self.group_message(n),
            self.load_message(n),
            self.timers_message(n),
        ]
    }

    /// Returns the timers of every group with visitors, as at the throttling interval.
    pub fn timers(&mut self) -> Vec<Message> {
        let busy = |center: &Self, n| center.waiting(n) + center.talking(n) > 0;
        (0..self.groups.len())
            .filter(|n| busy(self, *n))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|n| self.timers_message(n))
            .collect()
    }

    pub(super) fn load_message(&mut self, n: usize) -> Message {
        let at = self.time();
        self.record_history(n, at);
        let body = json!({
            "groupId": self.groups[n].id,
            "numberOfAvailableAgents": self.groups[n].available,
            "numberOfVisitorsInQueue": self.waiting(n),
            "numberOfVisitorsInConversation": self.talking(n),
        });
        self.changed_message("group.loadChanged", "groupId", body)
    }

    pub(super) fn timers_message(&mut self, n: usize) -> Message {
        let at = self.time();
        self.groups[n].average_wait = self.random.random_range(0..90_000);
        let longest = self
            .oldest_arrival(n)
            .map_or(0, |since| (at - since) / 1000);
        let body = json!({
            "groupId": self.groups[n].id,
            "averageWaitingTime": self.groups[n].average_wait,
            "longestWaitingTime": longest,
        });
        self.changed_message_at("group.performanceTimers", "groupId", at, body)
    }

    pub(super) fn group_message(&mut self, n: usize) -> Message {
        let group = &self.groups[n];
        let body = json!({
            "groupId": group.id, "groupName": group.name,
            "groupExternalId": {"Salesforce": format!("Q{n}")},
        });
        self.changed_message("configuration.group", "groupId", body)
    }

    pub(super) fn agent_message(&mut self, n: usize) -> Message {
        let agent = &self.agents[n];
        let groups: Vec<_> = agent.groups.iter().map(|g| &self.groups[*g].id).collect();
        let body = json!({
            "agentId": agent.id, "agentName": agent.name,
            "agentEmail": format!("agent{n}@example.com"), "agentDisplayName": format!("A{n}"),
            "agentAssignedGroups": groups, "agentExternalId": {"Salesforce": format!("A-{n}")},
        });
        self.changed_message("configuration.agent", "agentId", body)
    }

    pub(super) fn label_message(&mut self, n: usize) -> Message {
        let (class, id, name) = self.labels[n].clone();
        let (key, id_name) = match class {
            "opportunity" => ("configuration.opportunity", "opportunityId"),
            "solution" => ("configuration.solution", "solutionId"),
            _ => ("configuration.caseType", "caseTypeId"),
        };
        let mut body = json!({format!("{class}Name"): name, format!("{class}ExternalId"): {}});
        body[id_name] = json!(id);
        self.changed_message(key, id_name, body)
    }

    /// Returns the message with only the attributes that have changed since it was last published.
    pub(super) fn changed_message(&mut self, key: &'static str, id: &str, body: Value) -> Message {
        let at = self.time();
        self.changed_message_at(key, id, at, body)
    }

    pub(super) fn changed_message_at(
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
        let before = self.published.insert(subject, now).unwrap_or_default();
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
        // .NET writes seven fractional digits; others write other numbers.
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
