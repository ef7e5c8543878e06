//! "What could help" a queue that needs attention: facts about free agents and long breaks, as sentences.

use wallboard_domain::Moment;
use wallboard_live::{Evaluator, QueueSnapshot, Snapshot};
use wallboard_texts::Texts;

use crate::web::parts::{
    links::{self, PageLink},
    sentence::{Sentence, SentencePiece, slot},
};

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
    pub(in crate::web) count: u64,
    pub(in crate::web) queue: PageLink,
    pub(in crate::web) agents: Vec<PageLink>,
    pub(in crate::web) more: usize,
}

/// "Lars H. has been on break 4 min longer than allowed"
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) struct LongBreakFact {
    pub(in crate::web) agent: PageLink,
    /// By how much it is longer than allowed, in milliseconds.
    pub(in crate::web) over_ms: i64,
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
                count: free.count,
                queue: links::queue_link(snapshot, free.queue),
                agents,
                more,
            }
        });
        let breaks = help.long_breaks.iter().take(NAMES_MAX);
        let breaks = breaks.map(|long| LongBreakFact {
            agent: links::person_link(snapshot, &long.agent),
            over_ms: long.over_ms,
        });
        Self {
            free: free.collect(),
            long_breaks: breaks.collect(),
        }
    }

    /// Writes the facts, with their links.
    pub(in crate::web) fn sentence(&self, texts: &Texts) -> Sentence {
        let mut pieces = Vec::new();
        let mut link = |to: &PageLink| {
            pieces.push(SentencePiece::Link(to.clone()));
            slot(u32::try_from(pieces.len() - 1).unwrap_or(u32::MAX))
        };
        let mut facts = Vec::new();
        for free in &self.free {
            let queue = link(&free.queue);
            let agents: Vec<_> = free.agents.iter().map(&mut link).collect();
            facts.push(match (agents.as_slice(), free.more) {
                ([], _) => texts.help_free(free.count, queue),
                ([agent], 0) => texts.help_free_named(free.count, queue, agent.as_str()),
                ([first @ .., last], 0) => {
                    let names = texts.and_names(first.join(", "), last.as_str());
                    texts.help_free_named(free.count, queue, names)
                }
                (all, more) => {
                    let names = texts.names_and_more(all.join(", "), more);
                    texts.help_free_named(free.count, queue, names)
                }
            });
        }
        for long in &self.long_breaks {
            facts.push(texts.help_break(link(&long.agent), texts.age(long.over_ms)));
        }
        Sentence::new(&facts.join("; "), pieces)
    }

    pub(in crate::web) fn is_empty(&self) -> bool {
        self.free.is_empty() && self.long_breaks.is_empty()
    }

    /// Whether it shows agents.
    pub(in crate::web) fn names_people(&self) -> bool {
        !self.long_breaks.is_empty() || self.free.iter().any(|free| !free.agents.is_empty())
    }
}
