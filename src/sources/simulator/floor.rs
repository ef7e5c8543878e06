//! Who waits, rings and talks, and who is at work. Knows neither time passing
//! nor messages: the engine tells it what happens, and it stays consistent.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use super::{
    agenda::CaseNo,
    cast::{AGENTS, AgentNo, GROUPS, GroupNo},
};

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Waiting,
    /// Still in queue, and offered to an agent who has yet to take it.
    Ringing(AgentNo),
    Talking(AgentNo),
}

/// A visitor's matter.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) visitor: String,
    pub(super) group: GroupNo,
    pub(super) standing: Standing,
    /// Rises when a case begins to wait or to talk, so that what was planned before is void.
    pub(super) leg: u32,
    /// Since when it waits, in this queue.
    pub(super) queued: Timestamp,
    pub(super) opened: Timestamp,
    pub(super) transfers: u32,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Longest waiting first.
    pub(super) waiting: VecDeque<CaseNo>,
    pub(super) talking: u32,
}

#[derive(Debug, Default)]
pub(super) struct Desk {
    pub(super) present: bool,
    /// Cases ringing or in conversation.
    pub(super) taken: u32,
}

#[derive(Debug, Default)]
pub(super) struct Floor {
    pub(super) cases: BTreeMap<CaseNo, Case>,
    pub(super) queues: [Queue; GROUPS.len()],
    pub(super) desks: [Desk; AGENTS.len()],
}

impl Floor {
    /// A case joins the end of its group's queue.
    pub(super) fn wait(&mut self, no: CaseNo, mut case: Case) {
        case.standing = Standing::Waiting;
        case.leg += 1;
        self.queues[case.group].waiting.push_back(no);
        self.cases.insert(no, case);
    }

    /// Rings the freest agent for the first of the group who is not yet ringing.
    pub(super) fn ring(&mut self, group: GroupNo) -> Option<CaseNo> {
        let no = self.first_unoffered(group)?;
        let agent = self.freest(group)?;
        self.cases.get_mut(&no)?.standing = Standing::Ringing(agent);
        self.desks[agent].taken += 1;
        Some(no)
    }

    pub(super) fn first_unoffered(&self, group: GroupNo) -> Option<CaseNo> {
        self.queues[group]
            .waiting
            .iter()
            .copied()
            .find(|no| self.cases[no].standing == Standing::Waiting)
    }

    pub(super) fn ringing(&self, group: GroupNo) -> usize {
        self.queues[group]
            .waiting
            .iter()
            .filter(|no| matches!(self.cases[no].standing, Standing::Ringing(_)))
            .count()
    }

    /// A ringing case is taken: its visitor leaves the queue and talks.
    pub(super) fn answer(&mut self, no: CaseNo, now: Timestamp) -> Option<&Case> {
        let case = self.cases.get_mut(&no)?;
        let Standing::Ringing(agent) = case.standing else {
            return None;
        };
        case.standing = Standing::Talking(agent);
        case.leg += 1;
        case.opened = now;
        let queue = &mut self.queues[case.group];
        queue.waiting.retain(|waiting| *waiting != no);
        queue.talking += 1;
        Some(case)
    }

    /// An agent opens a case that does not wait: one closed as unresolved.
    pub(super) fn reopen(&mut self, no: CaseNo, mut case: Case, agent: AgentNo) {
        case.standing = Standing::Talking(agent);
        case.leg += 1;
        self.desks[agent].taken += 1;
        self.queues[case.group].talking += 1;
        self.cases.insert(no, case);
    }

    /// The case leaves the floor, whoever had it is free for another.
    pub(super) fn leave(&mut self, no: CaseNo) -> Option<Case> {
        let case = self.cases.remove(&no)?;
        let queue = &mut self.queues[case.group];
        match case.standing {
            Standing::Waiting => queue.waiting.retain(|waiting| *waiting != no),
            Standing::Ringing(agent) => {
                queue.waiting.retain(|waiting| *waiting != no);
                self.desks[agent].taken -= 1;
            }
            Standing::Talking(agent) => {
                queue.talking -= 1;
                self.desks[agent].taken -= 1;
            }
        }
        Some(case)
    }

    /// What rang at an agent's desk waits on, in its place.
    pub(super) fn stop_ringing(&mut self, agent: AgentNo) {
        for case in self.cases.values_mut() {
            if case.standing == Standing::Ringing(agent) {
                case.standing = Standing::Waiting;
                self.desks[agent].taken -= 1;
            }
        }
    }

    /// The cases an agent talks in.
    pub(super) fn with(&self, agent: AgentNo) -> impl Iterator<Item = CaseNo> {
        self.cases
            .iter()
            .filter(move |(_, case)| case.standing == Standing::Talking(agent))
            .map(|(no, _)| *no)
    }

    pub(super) fn is_free(&self, agent: AgentNo) -> bool {
        self.desks[agent].present && self.desks[agent].taken < AGENTS[agent].slots
    }

    pub(super) fn available(&self, group: GroupNo) -> u32 {
        (0..AGENTS.len())
            .filter(|agent| AGENTS[*agent].groups.contains(&group) && self.is_free(*agent))
            .fold(0, |free, _| free + 1)
    }

    /// The free agent of a group with the fewest cases; its own agents first.
    pub(super) fn freest(&self, group: GroupNo) -> Option<AgentNo> {
        (0..AGENTS.len())
            .filter(|agent| AGENTS[*agent].groups.contains(&group) && self.is_free(*agent))
            .min_by_key(|agent| (self.desks[*agent].taken, AGENTS[*agent].groups[0] != group))
    }

    pub(super) fn waiting(&self, group: GroupNo) -> u32 {
        count(self.queues[group].waiting.len())
    }

    /// When the longest waiting of a group began to.
    pub(super) fn oldest(&self, group: GroupNo) -> Option<Timestamp> {
        let first = self.queues[group].waiting.front()?;
        Some(self.cases[first].queued)
    }
}

pub(super) fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
