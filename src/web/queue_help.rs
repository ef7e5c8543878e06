//! "What could help" a queue that needs attention: facts about free agents and long breaks, as sentences.

use wallboard_boards::format;
use wallboard_domain::Moment;
use wallboard_live::{Evaluator, QueueSnapshot, Snapshot};

use super::links::{self, PageLink};

/// Agents that are named for one queue, and long breaks.
const NAMES_MAX: usize = 3;

/// Facts that could help a queue.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct HelpFacts {
    pub(super) free: Vec<FreeFact>,
    pub(super) long_breaks: Vec<LongBreakFact>,
}

/// "3 available in Sales: Elif K., Sean B. and 1 more"
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FreeFact {
    pub(super) count: String,
    pub(super) queue: PageLink,
    pub(super) agents: Vec<PageLink>,
    pub(super) more: usize,
}

/// "Lars H. has been on break 4 min longer than allowed"
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LongBreakFact {
    pub(super) agent: PageLink,
    pub(super) over: String,
}

impl HelpFacts {
    /// Finds the facts for a visitor who may see agents, or may not.
    pub(super) fn find(
        snapshot: &Snapshot,
        queue: &QueueSnapshot,
        shows_agents: bool,
        now: Moment,
    ) -> Self {
        let help = Evaluator::new(snapshot, now).find_help(queue, shows_agents);
        let free = help.free.iter().map(|free| {
            let mut agents = links::person_links(snapshot, &free.agents);
            let more = agents.len().saturating_sub(NAMES_MAX);
            agents.truncate(NAMES_MAX);
            FreeFact {
                count: format::count(free.count),
                queue: links::queue_link(snapshot, free.queue),
                agents,
                more,
            }
        });
        let breaks = help.long_breaks.iter().take(NAMES_MAX);
        let breaks = breaks.map(|long| LongBreakFact {
            agent: links::person_link(snapshot, &long.agent),
            over: format::age(long.over_ms),
        });
        Self {
            free: free.collect(),
            long_breaks: breaks.collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.free.is_empty() && self.long_breaks.is_empty()
    }

    /// Whether it shows agents.
    pub(super) fn names_people(&self) -> bool {
        !self.long_breaks.is_empty() || self.free.iter().any(|free| !free.agents.is_empty())
    }
}
