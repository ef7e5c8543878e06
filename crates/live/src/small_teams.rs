//! The queues that few agents serve.

use std::collections::HashSet;

use wallboard_domain::{AgentId, QueueId};

use super::fast_map::FastMap;

/// The queues that fewer agents serve than `[privacy] smallest_team`.
#[derive(Debug, PartialEq)]
pub struct SmallTeams {
    pub(super) smallest: usize,
    pub(super) teams: FastMap<QueueId, SmallTeam>,
}

/// The agents of a queue, as far as they are known.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SmallTeam {
    /// Each person once.
    pub(super) persons: Vec<AgentId>,
    /// How many are signed in, from a vendor that may not name them.
    pub(super) signed_in: usize,
}

impl SmallTeams {
    /// Whether these small teams are a large enough team together.
    pub(super) fn are_large_together(&self, queues: &[&QueueId]) -> bool {
        let teams = || queues.iter().filter_map(|id| self.teams.get(*id));
        let persons: HashSet<&AgentId> = teams().flat_map(|team| &team.persons).collect();
        // Agents without a name may serve several of the queues.
        let signed_in = teams().map(|team| team.signed_in).max();
        self.smallest <= persons.len().max(signed_in.unwrap_or_default())
    }
}
