//! Vngage's messages, as its platform publishes them: routing key and JSON.

use std::{collections::HashMap, sync::LazyLock};

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::{
    call_center::Contact,
    rng,
    roster::{AGENTS, AgentNo, Channel, OPPORTUNITIES, QUEUES, QueueNo, TOPICS},
};

static GROUP_IDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let queues = QUEUES[Channel::Chat.queues()].iter();
    queues.map(|queue| id("group", queue.name)).collect()
});
static AGENT_IDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let agents = AGENTS[Channel::Chat.agents()].iter();
    agents.map(|agent| id("agent", agent.key)).collect()
});

/// A message as the broker would deliver it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub at: Timestamp,
    pub routing_key: &'static str,
    pub body: Vec<u8>,
}

/// The attributes of `group.loadChanged`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupLoad {
    pub(crate) available: u32,
    pub(crate) waiting: u32,
    pub(crate) talking: u32,
}

impl Message {
    fn new(routing_key: &'static str, at: Timestamp, mut body: Value) -> Self {
        body["eventTime"] = time(at);
        Self {
            at,
            routing_key,
            body: body.to_string().into_bytes(),
        }
    }
}

/// The vendor's id of a chat queue.
pub fn group_id(queue: QueueNo) -> &'static str {
    &GROUP_IDS[queue]
}

/// The vendor's id of a chat agent.
pub fn agent_id(agent: AgentNo) -> &'static str {
    &AGENT_IDS[agent]
}

/// The group that each solution leads to, by their ids.
pub fn group_by_solution() -> HashMap<String, String> {
    let topics = TOPICS.iter();
    let row = |(queue, solution, _): &(QueueNo, &str, &str)| {
        (id("solution", solution), group_id(*queue).to_owned())
    };
    topics.map(row).collect()
}

/// The id of a configured object: the same in every run, so that boards can name it.
fn id(class: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("wallboard demo/{class}/{name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    rng::guid(bytes)
}

/// Formats a time as ISO in UTC, with the seven fraction digits of the vendor's platform.
pub(crate) fn time(at: Timestamp) -> Value {
    Value::String(format!("{at:.7}"))
}

pub(crate) fn created(
    at: Timestamp,
    contact: &Contact,
    topic: usize,
    opportunity: &str,
) -> Message {
    let (_, solution, case_type) = TOPICS[topic];
    let attributes = json!({
        "caseId": contact.id,
        "opportunityId": id("opportunity", opportunity),
        "solutionId": id("solution", solution),
        "caseTypeId": id("caseType", case_type),
    });
    Message::new("case.created", at, attributes)
}

pub(crate) fn visitor_profile(at: Timestamp, contact: &Contact, profile: &Value) -> Message {
    let attributes = json!({ "caseId": contact.id, "profile": profile });
    Message::new("case.visitorProfile", at, attributes)
}

pub(crate) fn opened(at: Timestamp, contact: &Contact, agent: AgentNo) -> Message {
    let attributes = json!({
        "caseId": contact.id,
        "agentId": agent_id(agent),
        "groupId": group_id(contact.queue),
    });
    Message::new("case.opened", at, attributes)
}

pub(crate) fn transferred(
    at: Timestamp,
    contact: &Contact,
    agent: AgentNo,
    to: QueueNo,
) -> Message {
    let attributes = json!({
        "caseId": contact.id,
        "previousAgentId": agent_id(agent),
        "previousGroupId": group_id(contact.queue),
        "newGroupId": group_id(to),
    });
    Message::new("case.transferred.toGroup", at, attributes)
}

pub(crate) fn closed(at: Timestamp, contact: &Contact, outcome: &str, closure: &str) -> Message {
    let attributes = json!({ "caseId": contact.id, "outcome": outcome, "closure": closure });
    Message::new("case.closed", at, attributes)
}

pub(crate) fn transcript_closed(at: Timestamp, contact: &Contact, messages: &[Value]) -> Message {
    let attributes = json!({ "caseId": contact.id, "transcript": { "messages": messages } });
    Message::new("case.transcriptClosed", at, attributes)
}

/// Contains only what differs from the load published before; everything the first time.
pub(crate) fn load(
    at: Timestamp,
    queue: QueueNo,
    before: Option<GroupLoad>,
    now: GroupLoad,
) -> Message {
    let counts = |load: GroupLoad| [load.available, load.waiting, load.talking];
    let names = [
        "numberOfAvailableAgents",
        "numberOfVisitorsInQueue",
        "numberOfVisitorsInConversation",
    ];
    let mut attributes = json!({ "groupId": group_id(queue) });
    for (index, name) in names.into_iter().enumerate() {
        let count = counts(now)[index];
        if before.map(|load| counts(load)[index]) != Some(count) {
            attributes[name] = count.into();
        }
    }
    Message::new("group.loadChanged", at, attributes)
}

/// Times in milliseconds.
pub(crate) fn timers(at: Timestamp, queue: QueueNo, average: i64, longest: i64) -> Message {
    let attributes = json!({
        "groupId": group_id(queue),
        "averageWaitingTime": average,
        "longestWaitingTime": longest,
    });
    Message::new("group.performanceTimers", at, attributes)
}

/// The entire configuration, as published upon subscription.
pub(crate) fn configuration(at: Timestamp) -> Vec<Message> {
    let mut messages = Vec::new();
    for no in Channel::Chat.queues() {
        let attributes = json!({
            "groupId": group_id(no),
            "groupName": QUEUES[no].name,
            "groupExternalId": { "Salesforce": format!("00G{no:05}") },
        });
        messages.push(Message::new("configuration.group", at, attributes));
    }
    for no in Channel::Chat.agents() {
        let agent = &AGENTS[no];
        let groups: Vec<&str> = agent.queues.iter().map(|group| group_id(*group)).collect();
        let attributes = json!({
            "agentId": agent_id(no),
            "agentEmail": format!("{}@demo.example", agent.key),
            "agentName": agent.name,
            "agentDisplayName": agent.name.split(' ').next(),
            "agentAssignedGroups": groups,
            "agentExternalId": external_ids(no),
        });
        messages.push(Message::new("configuration.agent", at, attributes));
    }
    let mut add = |class: &str, routing_key: &'static str, name: &str| {
        let mut attributes = json!({});
        attributes[format!("{class}Id")] = id(class, name).into();
        attributes[format!("{class}Name")] = name.into();
        attributes[format!("{class}ExternalId")] = json!({});
        messages.push(Message::new(routing_key, at, attributes));
    };
    for name in OPPORTUNITIES {
        add("opportunity", "configuration.opportunity", name);
    }
    for (_, solution, case_type) in TOPICS {
        add("solution", "configuration.solution", solution);
        add("caseType", "configuration.caseType", case_type);
    }
    messages
}

pub(crate) fn external_ids(agent: AgentNo) -> Value {
    json!({ "Salesforce": format!("0058A{agent:05}") })
}
