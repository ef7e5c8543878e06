//! "What could help" a queue that needs attention: facts about free agents and long breaks, as sentences.

use wallboard_boards::format;
use wallboard_domain::Moment;
use wallboard_live::{Evaluator, QueueSnapshot, Snapshot};

use crate::web::parts::links::{self, PageLink};

/// Agents that are named for one queue, and long breaks.
const NAMES_MAX: usize = 3;

/// Facts that could help a queue.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::web) struct HelpFacts {
    pub(in crate::web) free: Vec<FreeFact>,
    pub(in crate::web) long_breaks: Vec<LongBreakFact>,
}

/// "3 available in Sales: Elif K., Sean B. and 1 more"
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) struct FreeFact {
    pub(in crate::web) count: String,
    pub(in crate::web) queue: PageLink,
    pub(in crate::web) agents: Vec<PageLink>,
    pub(in crate::web) more: usize,
}

/// "Lars H. has been on break 4 min longer than allowed"
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) struct LongBreakFact {
    pub(in crate::web) agent: PageLink,
    pub(in crate::web) over: String,
}

impl HelpFacts {
    /// Finds the facts for a visitor who may see agents, or may not.
    pub(in crate::web) fn find(
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

    pub(in crate::web) fn is_empty(&self) -> bool {
        self.free.is_empty() && self.long_breaks.is_empty()
    }

    /// Whether it shows agents.
    pub(in crate::web) fn names_people(&self) -> bool {
        !self.long_breaks.is_empty() || self.free.iter().any(|free| !free.agents.is_empty())
    }
}
