//! Selection: the queues and agents on a board, and their order.

use std::collections::HashSet;

use crate::{
    domain::{NaturalOrder, Pattern, QueueId},
    live::{AgentPresence, QueueSnapshot},
};

use super::{
    board_definition::{BoardDefinition, BoardLayout},
    render_context::RenderContext,
};

/// The prefix of group ids.
const GROUP_PREFIX: &str = "group/";

impl BoardDefinition {
    /// Whether a queue has its own place on the board.
    pub fn shows_queue(&self, id: &str) -> bool {
        self.layout != BoardLayout::Agents && self.selects_queue(id)
    }

    /// A group is selected only by patterns that name groups: `*` selects its members, and a group
    /// would show them twice.
    fn selects_queue(&self, id: &str) -> bool {
        let is_included = if id.starts_with(GROUP_PREFIX) {
            let groups = self
                .queues
                .iter()
                .filter(|pattern| pattern.0.starts_with(GROUP_PREFIX));
            groups.into_iter().any(|pattern| pattern.matches(id))
        } else {
            is_selected(&self.queues, id)
        };
        is_included && !matches_any(&self.hide, id)
    }
}

impl<'a> RenderContext<'a> {
    /// Returns the board's queues: in the author's order, then by name.
    pub(super) fn selected_queues(&self) -> Vec<&'a QueueSnapshot> {
        let board = self.board;
        let mut selected: Vec<_> = (self.snapshot.visible_queues())
            .map(|queue| (queue, queue.id.to_string()))
            .filter(|(_, id)| board.selects_queue(id))
            .map(|(queue, id)| {
                let name = self.queue_name(queue, &id);
                ((self.order_rank(&id), NaturalOrder(name), id), queue)
            })
            .collect();
        selected.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        selected.into_iter().map(|(_, queue)| queue).collect()
    }

    /// Returns the board's people, each once: those selected by agent and by queue.
    pub(super) fn selected_people(&self) -> impl Iterator<Item = (AgentPresence<'a>, String)> {
        let (board, picture) = (self.board, self.snapshot);
        let groups = picture
            .queues
            .values()
            .filter(|queue| queue.members.is_some() && board.selects_queue(&queue.id.to_string()));
        let members: HashSet<&QueueId> = (groups.filter_map(|queue| queue.members.as_deref()))
            .flatten()
            .collect();
        let serves_selected_queue = move |presence: &AgentPresence<'_>| {
            board.queues.is_empty()
                || (presence.assigned_queues().into_iter()).any(|queue| {
                    members.contains(queue) || matches_any(&board.queues, &queue.to_string())
                })
        };
        let is_listed = move |presence: &AgentPresence<'_>, id: &str| {
            let agents = presence.agents.iter().map(|agent| agent.id.to_string());
            let ids: Vec<String> = agents.chain([id.to_owned()]).collect();
            (board.agents.is_empty() || ids.iter().any(|id| matches_any(&board.agents, id)))
                && !ids.iter().any(|id| matches_any(&board.hide, id))
        };
        (picture.all_presences(self.now).into_iter())
            .filter(serves_selected_queue)
            .map(|presence| (presence.id.to_string(), presence))
            .filter(move |(id, presence)| is_listed(presence, id))
            .map(|(id, presence)| (presence, id))
    }

    /// Whether the board shows the whole site and so the site's day.
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
