//! Which queues and agents are on a board, and in what order.

use std::collections::HashSet;

use crate::{
    domain::{ByName, Pattern, QueueId},
    live::{Presence, Queue},
};

use super::{
    definition::{Board, Layout},
    scene::Scene,
};

/// Begins the ids of groups.
const GROUP: &str = "group/";

impl Board {
    /// Whether a queue has a place of its own here.
    pub fn shows_queue(&self, id: &str) -> bool {
        self.layout != Layout::Agents && self.chooses(id)
    }

    /// Groups are chosen by patterns that name them: their members are there by `*`, and
    /// nothing shall be there twice unasked.
    fn chooses(&self, id: &str) -> bool {
        let is_chosen = if id.starts_with(GROUP) {
            let groups = self
                .queues
                .iter()
                .filter(|pattern| pattern.0.starts_with(GROUP));
            groups.into_iter().any(|pattern| pattern.matches(id))
        } else {
            is_chosen(&self.queues, id)
        };
        is_chosen && !any(&self.hide, id)
    }
}

impl<'a> Scene<'a> {
    /// The board's queues in its order: as its author wants, then by name.
    pub(super) fn chosen_queues(&self) -> Vec<&'a Queue> {
        let board = self.board;
        let mut chosen: Vec<_> = (self.picture.queues.values())
            .filter(|queue| !self.picture.is_queue_hidden(queue))
            .map(|queue| (queue, queue.id.to_string()))
            .filter(|(_, id)| board.chooses(id))
            .map(|(queue, id)| {
                let name = self.queue_name(queue, &id);
                ((self.rank(&id), ByName(name), id), queue)
            })
            .collect();
        chosen.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        chosen.into_iter().map(|(_, queue)| queue).collect()
    }

    /// The board's people, each once: those it names, of the queues it names.
    pub(super) fn chosen_people(&self) -> impl Iterator<Item = (Presence<'a>, String)> {
        let (board, picture) = (self.board, self.picture);
        let groups = picture
            .queues
            .values()
            .filter(|queue| queue.members.is_some() && board.chooses(&queue.id.to_string()));
        let members: HashSet<&QueueId> = (groups.filter_map(|queue| queue.members.as_deref()))
            .flatten()
            .collect();
        let serves = move |who: &Presence<'_>| {
            board.queues.is_empty()
                || (who.queues().into_iter())
                    .any(|queue| members.contains(queue) || any(&board.queues, &queue.to_string()))
        };
        let is_named = move |who: &Presence<'_>, id: &str| {
            let agents = who.agents.iter().map(|agent| agent.id.to_string());
            let ids: Vec<String> = agents.chain([id.to_owned()]).collect();
            (board.agents.is_empty() || ids.iter().any(|id| any(&board.agents, id)))
                && !ids.iter().any(|id| any(&board.hide, id))
        };
        (picture.presences(self.now).into_iter())
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
