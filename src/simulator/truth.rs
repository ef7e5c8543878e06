//! The true state of the call center, for tests that compare it with what was published.

use jiff::Timestamp;

use crate::domain::AgentStatus;

use super::{
    call_center::{Activity, CallCenter, Stage, count},
    chat::{agent_id, group_id},
    roster::{AGENTS, Channel, PAUSES, QUEUES},
};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Truth {
    pub(crate) queues: Vec<QueueTruth>,
    pub(crate) agents: Vec<AgentTruth>,
}

/// One queue now, and its day.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QueueTruth {
    /// The vendor's id.
    pub(crate) id: &'static str,
    pub(crate) waiting: u32,
    /// When the contact that has waited longest entered.
    pub(crate) oldest: Option<Timestamp>,
    pub(crate) in_conversation: u32,
    pub(crate) available: u32,
    pub(crate) logged_in: u32,
    pub(crate) offered: u32,
    pub(crate) answered: u32,
    pub(crate) abandoned: u32,
    /// 0–100.
    pub(crate) service_level: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AgentTruth {
    pub(crate) id: &'static str,
    pub(crate) state: AgentStatus,
    pub(crate) since: Timestamp,
    pub(crate) reason: Option<&'static str>,
    /// Current conversations.
    pub(crate) talking: u32,
    pub(crate) handled: u32,
}

impl CallCenter {
    /// The number of entries in memory; bounded however long it runs.
    pub(crate) fn size(&self) -> usize {
        let waits = self.publisher.groups.iter().map(|group| group.waits.len());
        let planned = self.events.events.len() + self.unresolved.len();
        self.state.contacts.len() + planned + waits.sum::<usize>()
    }
}

impl Truth {
    pub(crate) fn observe(center: &CallCenter, channel: Channel) -> Self {
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
            let (state, reason) = agent_state(agent.activity);
            AgentTruth {
                id: match channel {
                    Channel::Chat => agent_id(no),
                    Channel::Phone => AGENTS[no].key,
                },
                state,
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

fn agent_state(activity: Activity) -> (AgentStatus, Option<&'static str>) {
    match activity {
        Activity::LoggedOut => (AgentStatus::LoggedOut, None),
        Activity::Ready => (AgentStatus::Available, None),
        Activity::Ringing(_) => (AgentStatus::Ringing, None),
        Activity::Talking(_) => (AgentStatus::Talking, None),
        Activity::Holding(_) => (AgentStatus::Hold, None),
        Activity::WrapUp => (AgentStatus::WrapUp, None),
        Activity::Paused(why) => (AgentStatus::NotReady, Some(PAUSES[why].description)),
    }
}
