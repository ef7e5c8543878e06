//! What is so on the telephone, for tests that compare it with what the notifications
//! made of it. Queues and agents by the ids that Stat Server has for them.

use jiff::Timestamp;

use crate::domain::AgentState;

use super::{
    cast::{AGENTS, PAUSES, QUEUES},
    floor::Doing,
    switch::Switch,
};

/// All at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    pub queues: Vec<QueueTruth>,
    pub agents: Vec<AgentTruth>,
}

/// One queue: now, and its day.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueTruth {
    pub id: &'static str,
    pub name: &'static str,
    pub waiting: u32,
    /// When the longest waiting began to.
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

/// One agent.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentTruth {
    pub id: &'static str,
    pub state: AgentState,
    pub since: Timestamp,
    pub reason: Option<&'static str>,
    pub handled: u32,
    pub missed: u32,
}

impl Truth {
    pub(super) fn of(switch: &Switch) -> Self {
        let floor = &switch.floor;
        let queues = QUEUES.iter().enumerate().map(|(no, queue)| {
            let day = &floor.days[no];
            QueueTruth {
                id: queue.object,
                name: queue.name,
                waiting: super::count(floor.waiting[no].len()),
                oldest: floor.oldest(no),
                in_conversation: floor.talking(no),
                available: floor.serving(no, |doing| doing == Doing::Ready),
                logged_in: floor.serving(no, |doing| doing != Doing::Out),
                offered: day.offered,
                answered: day.answered,
                abandoned: day.abandoned,
                service_level: day.service_level(),
            }
        });
        let agents = AGENTS.iter().zip(&floor.desks).map(|(agent, desk)| {
            let (state, reason) = stance(desk.doing);
            AgentTruth {
                id: agent.object,
                state,
                since: desk.since,
                reason,
                handled: desk.handled,
                missed: desk.missed,
            }
        });
        Self {
            queues: queues.collect(),
            agents: agents.collect(),
        }
    }
}

fn stance(doing: Doing) -> (AgentState, Option<&'static str>) {
    match doing {
        Doing::Out => (AgentState::LoggedOut, None),
        Doing::Ready => (AgentState::Available, None),
        Doing::Ringing(_) => (AgentState::Ringing, None),
        Doing::Talking(_) => (AgentState::Talking, None),
        Doing::Holding(_) => (AgentState::Hold, None),
        Doing::WrapUp => (AgentState::WrapUp, None),
        Doing::Paused(why) => (AgentState::NotReady, Some(PAUSES[why].words)),
    }
}
