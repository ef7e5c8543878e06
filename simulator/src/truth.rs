//! The true state of the call center, for tests that compare it with what was published.

use jiff::Timestamp;

use super::{
    call_center::{Activity, CallCenter, Stage, count},
    chat::{agent_id, group_id},
    roster::{AGENTS, Channel, PAUSES, QUEUES},
};

#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    pub queues: Vec<QueueTruth>,
    pub agents: Vec<AgentTruth>,
}

/// One queue now, and its day.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueTruth {
    /// The vendor's id.
    pub id: &'static str,
    pub waiting: u32,
    /// When the contact that has waited longest entered.
    pub oldest: Option<Timestamp>,
    pub in_conversation: u32,
    pub available: u32,
    pub logged_in: u32,
    pub offered: u32,
    pub answered: u32,
    pub abandoned: u32,
    /// 0–100.
    pub service_level: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AgentTruth {
    pub id: &'static str,
    pub activity: Activity,
    pub since: Timestamp,
    pub reason: Option<&'static str>,
    /// Current conversations.
    pub talking: u32,
    pub handled: u32,
}

impl CallCenter {
    /// The number of entries in memory; bounded however long it runs.
    pub fn size(&self) -> usize {
        let waits = self.publisher.groups.iter().map(|group| group.waits.len());
        let planned = self.events.events.len() + self.unresolved.len();
        self.state.contacts.len() + planned + waits.sum::<usize>()
    }
}

impl Truth {
    pub fn observe(center: &CallCenter, channel: Channel) -> Self {
        let state = &center.state;
        let queues = channel.queues().map(|no| {
            let day = &state.days[no];
            let (id, available) = match channel {
                Channel::Chat => (group_id(no), center.group_load(no).available),
                Channel::Phone => (QUEUES[no].object, state.count_free(no)),
            };
            QueueTruth {
                id,
                waiting: state.count_waiting(no),
                oldest: state.oldest_entry(no),
                in_conversation: state.talking[no],
                available,
                logged_in: state.count_agents(no, |activity| activity != Activity::LoggedOut),
                offered: day.offered,
                answered: day.answered,
                abandoned: day.abandoned,
                service_level: day.service_level(),
            }
        });
        let agents = channel.agents().map(|no| {
            let agent = &state.agents[no];
            let contacts = state.contacts.values();
            let talking = contacts.filter(|contact| contact.stage == Stage::Talking(no));
            let reason = match agent.activity {
                Activity::Paused(reason) => Some(PAUSES[reason].description),
                _ => None,
            };
            AgentTruth {
                id: match channel {
                    Channel::Chat => agent_id(no),
                    Channel::Phone => AGENTS[no].key,
                },
                activity: agent.activity,
                since: agent.since,
                reason,
                talking: count(talking.count()),
                handled: agent.handled,
            }
        });
        Self {
            queues: queues.collect(),
            agents: agents.collect(),
        }
    }
}
