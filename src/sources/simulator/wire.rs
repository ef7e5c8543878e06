//! What VEP publishes, byte for byte as seed 001 has it: routing key and JSON.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    cast::{self, AGENTS, AgentNo, GROUPS, GroupNo, OPPORTUNITIES, TOPICS, agent_id, group_id},
    floor::Case,
};

/// A message as the broker would hand it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub at: Timestamp,
    pub routing_key: &'static str,
    pub body: Vec<u8>,
}

/// The attributes of `group.loadChanged`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) available: u32,
    pub(super) waiting: u32,
    pub(super) talking: u32,
}

impl Message {
    fn new(routing_key: &'static str, at: Timestamp, attributes: Value) -> Self {
        let mut body = Map::new();
        body.insert("eventTime".into(), time(at));
        if let Value::Object(attributes) = attributes {
            body.extend(attributes);
        }
        Self {
            at,
            routing_key,
            body: Value::Object(body).to_string().into_bytes(),
        }
    }
}

/// ISO in UTC with the seven fraction digits of the vendor's platform.
pub(super) fn time(at: Timestamp) -> Value {
    Value::String(format!("{at:.7}"))
}

pub(super) fn created(at: Timestamp, case: &Case, topic: usize, opportunity: usize) -> Message {
    let topic = &TOPICS[topic];
    let attributes = json!({
        "caseId": case.id,
        "opportunityId": cast::id("opportunity", OPPORTUNITIES[opportunity]),
        "solutionId": cast::id("solution", topic.solution),
        "caseTypeId": cast::id("caseType", topic.case_type),
    });
    Message::new("case.created", at, attributes)
}

pub(super) fn visitor_profile(at: Timestamp, case: &Case, profile: &Value) -> Message {
    let attributes = json!({ "caseId": case.id, "profile": profile });
    Message::new("case.visitorProfile", at, attributes)
}

pub(super) fn opened(at: Timestamp, case: &Case, agent: AgentNo) -> Message {
    let attributes = json!({
        "caseId": case.id,
        "agentId": agent_id(agent),
        "groupId": group_id(case.group),
    });
    Message::new("case.opened", at, attributes)
}

pub(super) fn transferred(at: Timestamp, case: &Case, agent: AgentNo, to: GroupNo) -> Message {
    let attributes = json!({
        "caseId": case.id,
        "previousAgentId": agent_id(agent),
        "previousGroupId": group_id(case.group),
        "newGroupId": group_id(to),
    });
    Message::new("case.transferred.toGroup", at, attributes)
}

pub(super) fn closed(at: Timestamp, case: &Case, outcome: &str, closure: &str) -> Message {
    let attributes = json!({ "caseId": case.id, "outcome": outcome, "closure": closure });
    Message::new("case.closed", at, attributes)
}

pub(super) fn transcript_closed(at: Timestamp, case: &Case, messages: &[Value]) -> Message {
    let attributes = json!({ "caseId": case.id, "transcript": { "messages": messages } });
    Message::new("case.transcriptClosed", at, attributes)
}

/// Only what differs from the load published before; all of it the first time.
pub(super) fn load(at: Timestamp, group: GroupNo, before: Option<Load>, now: Load) -> Message {
    let mut attributes = Map::new();
    attributes.insert("groupId".into(), group_id(group).into());
    let mut say = |name: &str, before: Option<u32>, now: u32| {
        if before != Some(now) {
            attributes.insert(name.into(), now.into());
        }
    };
    say(
        "numberOfAvailableAgents",
        before.map(|load| load.available),
        now.available,
    );
    say(
        "numberOfVisitorsInQueue",
        before.map(|load| load.waiting),
        now.waiting,
    );
    say(
        "numberOfVisitorsInConversation",
        before.map(|load| load.talking),
        now.talking,
    );
    Message::new("group.loadChanged", at, Value::Object(attributes))
}

/// Times in milliseconds.
pub(super) fn timers(at: Timestamp, group: GroupNo, average: i64, longest: i64) -> Message {
    let attributes = json!({
        "groupId": group_id(group),
        "averageWaitingTime": average,
        "longestWaitingTime": longest,
    });
    Message::new("group.performanceTimers", at, attributes)
}

/// The entire configuration, as it is published upon subscription.
pub(super) fn configuration(at: Timestamp) -> Vec<Message> {
    let mut messages = Vec::new();
    for (no, group) in GROUPS.iter().enumerate() {
        let attributes = json!({
            "groupId": group_id(no),
            "groupName": group.name,
            "groupExternalId": { "Salesforce": format!("00G{no:05}") },
        });
        messages.push(Message::new("configuration.group", at, attributes));
    }
    for (no, agent) in AGENTS.iter().enumerate() {
        let groups: Vec<&str> = agent.groups.iter().map(|group| group_id(*group)).collect();
        let attributes = json!({
            "agentId": agent_id(no),
            "agentEmail": format!("{}@demo.example", agent.mailbox),
            "agentName": agent.name,
            "agentDisplayName": agent.display_name,
            "agentAssignedGroups": groups,
            "agentExternalId": external_ids(no),
        });
        messages.push(Message::new("configuration.agent", at, attributes));
    }
    for name in OPPORTUNITIES {
        messages.push(named(at, "opportunity", name));
    }
    for topic in &TOPICS {
        messages.push(named(at, "solution", topic.solution));
        messages.push(named(at, "caseType", topic.case_type));
    }
    messages
}

fn named(at: Timestamp, class: &str, name: &str) -> Message {
    let routing_key = match class {
        "opportunity" => "configuration.opportunity",
        "solution" => "configuration.solution",
        _ => "configuration.caseType",
    };
    let mut attributes = Map::new();
    attributes.insert(format!("{class}Id"), cast::id(class, name).into());
    attributes.insert(format!("{class}Name"), name.into());
    attributes.insert(format!("{class}ExternalId"), json!({}));
    Message::new(routing_key, at, Value::Object(attributes))
}

pub(super) fn external_ids(agent: AgentNo) -> Value {
    json!({ "Salesforce": format!("0058A{agent:05}") })
}
