//! Which queues and agents are on a board, and in what order.

use crate::{
    domain::Pattern,
    live::{Agent, Queue},
};

use super::{
    definition::{Board, Layout},
    scene::Scene,
};

impl Board {
    /// Whether a queue has a place of its own here.
    pub fn shows_queue(&self, id: &str) -> bool {
        self.layout != Layout::Agents && is_chosen(&self.queues, id) && !any(&self.hide, id)
    }
}

impl<'a> Scene<'a> {
    /// The board's queues in its order: as its author wants, then by name.
    pub(super) fn chosen_queues(&self) -> Vec<&'a Queue> {
        let board = self.board;
        let mut chosen: Vec<_> = (self.picture.queues.values())
            .filter(|queue| !self.picture.is_queue_hidden(queue))
            .map(|queue| (queue, queue.id.to_string()))
            .filter(|(_, id)| is_chosen(&board.queues, id) && !any(&board.hide, id))
            .map(|(queue, id)| {
                let name = self.queue_name(queue, &id).to_lowercase();
                ((self.rank(&id), name, id), queue)
            })
            .collect();
        chosen.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        chosen.into_iter().map(|(_, queue)| queue).collect()
    }

    /// The board's agents: those it names, of the queues it names.
    pub(super) fn chosen_agents(&self) -> impl Iterator<Item = (&'a Agent, String)> {
        let (board, picture) = (self.board, self.picture);
        let serves = move |agent: &Agent| {
            board.queues.is_empty()
                || (agent.queues.iter()).any(|queue| any(&board.queues, &queue.to_string()))
        };
        (picture.agents.values())
            .filter(move |agent| !picture.is_agent_hidden(agent) && serves(agent))
            .map(|agent| (agent, agent.id.to_string()))
            .filter(move |(_, id)| is_chosen(&board.agents, id) && !any(&board.hide, id))
    }

    /// Whether the board shows the whole site, so that the site's day is its day.
    pub(super) fn is_whole_site(&self) -> bool {
        let everything = |pattern: &Pattern| pattern.0 == "*";
        (self.board.queues.is_empty() || self.board.queues.iter().any(everything))
            && self.board.hide.is_empty()
    }

    fn rank(&self, id: &str) -> usize {
        let order = &self.board.order;
        (order.iter().position(|pattern| pattern.matches(id))).unwrap_or(order.len())
    }
}

fn is_chosen(patterns: &[Pattern], id: &str) -> bool {
    patterns.is_empty() || any(patterns, id)
}

fn any(patterns: &[Pattern], id: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(id))
}
