//! Which queues and agents are on a board, and in what order.

use std::collections::HashSet;

use crate::{
    domain::{NaturalOrder, Pattern, QueueId},
    live::{AgentPresence, QueueSnapshot},
};

use super::{
    board_definition::{BoardDefinition, BoardLayout},
    render_context::RenderContext,
};

/// Begins the ids of groups.
const GROUP_PREFIX: &str = "group/";

impl BoardDefinition {
    /// Whether a queue has a place of its own here.
    pub fn shows_queue(&self, id: &str) -> bool {
        self.layout != BoardLayout::Agents && self.selects_queue(id)
    }

    /// Groups are chosen by patterns that name them: their members are there by `*`, and
    /// nothing shall be there twice unasked.
    fn selects_queue(&self, id: &str) -> bool {
        let is_chosen = if id.starts_with(GROUP_PREFIX) {
            let groups = self
                .queues
                .iter()
                .filter(|pattern| pattern.0.starts_with(GROUP_PREFIX));
            groups.into_iter().any(|pattern| pattern.matches(id))
        } else {
            is_selected(&self.queues, id)
        };
        is_chosen && !matches_any(&self.hide, id)
    }
}

impl<'a> RenderContext<'a> {
    /// The board's queues in its order: as its author wants, then by name.
    pub(super) fn selected_queues(&self) -> Vec<&'a QueueSnapshot> {
        let board = self.board;
        let mut chosen: Vec<_> = (self.snapshot.queues.values())
            .filter(|queue| !self.snapshot.is_queue_hidden(queue))
            .map(|queue| (queue, queue.id.to_string()))
            .filter(|(_, id)| board.selects_queue(id))
            .map(|(queue, id)| {
                let name = self.queue_name(queue, &id);
                ((self.order_rank(&id), NaturalOrder(name), id), queue)
            })
            .collect();
        chosen.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        chosen.into_iter().map(|(_, queue)| queue).collect()
    }

    /// The board's people, each once: those it names, of the queues it names.
    pub(super) fn selected_people(&self) -> impl Iterator<Item = (AgentPresence<'a>, String)> {
        let (board, picture) = (self.board, self.snapshot);
        let groups = picture
            .queues
            .values()
            .filter(|queue| queue.members.is_some() && board.selects_queue(&queue.id.to_string()));
        let members: HashSet<&QueueId> = (groups.filter_map(|queue| queue.members.as_deref()))
            .flatten()
            .collect();
        let serves = move |who: &AgentPresence<'_>| {
            board.queues.is_empty()
                || (who.assigned_queues().into_iter()).any(|queue| {
                    members.contains(queue) || matches_any(&board.queues, &queue.to_string())
                })
        };
        let is_named = move |who: &AgentPresence<'_>, id: &str| {
            let agents = who.agents.iter().map(|agent| agent.id.to_string());
            let ids: Vec<String> = agents.chain([id.to_owned()]).collect();
            (board.agents.is_empty() || ids.iter().any(|id| matches_any(&board.agents, id)))
                && !ids.iter().any(|id| matches_any(&board.hide, id))
        };
        (picture.all_presences(self.now).into_iter())
            .filter(serves)
            .map(|who| (who.id.to_string(), who))
            .filter(move |(id, who)| is_named(who, id))
            .map(|(id, who)| (who, id))
    }

    /// Whether the board shows the whole site, so that the site's day is its day.
    pub(super) fn is_whole_site(&self) -> bool {
        let everything = |pattern: &Pattern| pattern.0 == "*";
        (self.board.queues.is_empty() || self.board.queues.iter().any(everything))
            && self.board.hide.is_empty()
    }

    fn order_rank(&self, id: &str) -> usize {
        let order = &self.board.order;
        (order.iter().position(|pattern| pattern.matches(id))).unwrap_or(order.len())
    }
}

fn is_selected(patterns: &[Pattern], id: &str) -> bool {
    patterns.is_empty() || matches_any(patterns, id)
}

fn matches_any(patterns: &[Pattern], id: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(id))
}
