//! What is so in the simulated centre, for tests that compare it with what the
//! messages made of it.

use super::{
    cast::{self, AGENTS, GROUPS},
    floor::{Floor, Standing, count},
};

/// The whole centre at one instant. Groups and agents by their VEP ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    pub groups: Vec<GroupTruth>,
    /// Cases in conversation, per agent.
    pub agents: Vec<(String, u32)>,
    pub tally: TallyTruth,
}

/// One group now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupTruth {
    pub id: String,
    pub name: &'static str,
    pub waiting: u32,
    pub in_conversation: u32,
    pub available: u32,
}

/// What has happened since the engine began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TallyTruth {
    pub created: u32,
    /// Openings from a queue; each stay counts.
    pub answered: u32,
    pub reopened: u32,
    /// To another group.
    pub transferred: u32,
    /// Back into the same group's queue.
    pub requeued: u32,
    pub closed: u32,
    /// Visitors who left the queue without a word.
    pub abandoned: u32,
}

impl Truth {
    pub(super) fn of(floor: &Floor, tally: TallyTruth, available: impl Fn(usize) -> u32) -> Self {
        let groups = GROUPS.iter().enumerate().map(|(no, group)| GroupTruth {
            id: cast::group_id(no).to_owned(),
            name: group.name,
            waiting: floor.waiting(no),
            in_conversation: floor.queues[no].talking,
            available: available(no),
        });
        let agents = (0..AGENTS.len()).map(|no| {
            let talking = |standing| standing == Standing::Talking(no);
            let cases = floor.cases.values().filter(|case| talking(case.standing));
            (cast::agent_id(no).to_owned(), count(cases.count()))
        });
        Self {
            groups: groups.collect(),
            agents: agents.collect(),
            tally,
        }
    }
}
