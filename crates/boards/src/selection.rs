//! Selection: the queues and agents on a board, and their order.

use std::{collections::HashSet, sync::Arc};

use wallboard_domain::{AgentId, Moment, NaturalOrder, Pattern, QueueId, SiteConfig};
use wallboard_live::{AgentPresence, QueueSnapshot, ReadScope, Snapshot};

use super::{
    board_definition::{BoardDefinition, BoardLayout},
    render_context::RenderContext,
    widget::Widget,
};

/// The prefix of group ids.
const GROUP_PREFIX: &str = "group/";

/// The queues and people on a board, while names and assignments stay as they are.
#[derive(Clone, Debug, Default)]
pub(super) struct BoardSelection {
    /// In the author's order, then by name.
    queues: Vec<QueueId>,
    /// Only of boards that show people: each once.
    people: Vec<SelectedPerson>,
}

#[derive(Clone, Debug)]
enum SelectedPerson {
    Agent(AgentId),
    /// The index of a person known to several sources.
    Linked(usize),
}

/// All that a selection follows from.
#[derive(Clone, Debug)]
pub(super) struct SelectionBasis {
    board: Arc<BoardDefinition>,
    site: Arc<SiteConfig>,
    /// The structures of the queues and of the agents.
    structures: [u64; 2],
}

impl SelectionBasis {
    pub(super) fn new(board: &Arc<BoardDefinition>, snapshot: &Snapshot) -> Self {
        Self {
            board: Arc::clone(board),
            site: Arc::clone(&snapshot.site),
            structures: [snapshot.queues.structure(), snapshot.agents.structure()],
        }
    }
}

impl PartialEq for SelectionBasis {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.board, &other.board)
            && Arc::ptr_eq(&self.site, &other.site)
            && self.structures == other.structures
    }
}

impl BoardSelection {
    pub(super) fn find(board: &BoardDefinition, snapshot: &Snapshot, now: Moment) -> Self {
        let people = match board.layout {
            BoardLayout::Agents => select_people(board, snapshot, now),
            BoardLayout::Queues | BoardLayout::List => Vec::new(),
        };
        Self {
            queues: select_queues(board, snapshot),
            people,
        }
    }

    /// Returns what a board with this selection reads.
    pub(super) fn read_scope(&self, board: &BoardDefinition, snapshot: &Snapshot) -> ReadScope {
        let has_site_figure = board.widgets.iter().any(Widget::is_of_site);
        if board.queues.is_empty() || board.is_whole_site() || has_site_figure {
            return ReadScope::Everything;
        }
        let of_widgets = board.widgets.iter().filter_map(Widget::queue);
        let shown = self.queues.iter().chain(of_widgets);
        let mut queues: HashSet<QueueId> = shown.cloned().collect();
        let ids: Vec<QueueId> = queues.iter().cloned().collect();
        let selected = ids.iter().filter_map(|id| snapshot.queues.get(id));
        let members = selected.filter_map(|queue| queue.members.as_deref());
        queues.extend(members.flatten().cloned());
        for person in &self.people {
            for agent in person.agents(&snapshot.site) {
                let agent = snapshot.agents.get(agent);
                queues.extend(agent.iter().flat_map(|agent| agent.queues.iter().cloned()));
            }
        }
        ReadScope::Queues(queues)
    }
}

impl SelectedPerson {
    /// Returns the ids of the person's agents.
    fn agents<'a>(&'a self, site: &'a SiteConfig) -> &'a [AgentId] {
        match self {
            Self::Agent(id) => std::slice::from_ref(id),
            Self::Linked(index) => site.people.get(*index).map_or(&[], |person| &person.agents),
        }
    }
}

fn select_queues(board: &BoardDefinition, snapshot: &Snapshot) -> Vec<QueueId> {
    let mut selected: Vec<_> = (snapshot.visible_queues())
        .map(|queue| (queue, queue.id.to_string()))
        .filter(|(_, id)| board.selects_queue(id))
        .map(|(queue, id)| {
            let name = board.queue_name(snapshot, queue, &id);
            ((board.order_rank(&id), NaturalOrder(name), id), &queue.id)
        })
        .collect();
    selected.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    selected.into_iter().map(|(_, id)| id.clone()).collect()
}

/// Returns the people selected by agent and by queue.
fn select_people(board: &BoardDefinition, snapshot: &Snapshot, now: Moment) -> Vec<SelectedPerson> {
    let groups = snapshot
        .queues
        .values()
        .filter(|queue| queue.members.is_some() && board.selects_queue(&queue.id.to_string()));
    let members: HashSet<&QueueId> = (groups.filter_map(|queue| queue.members.as_deref()))
        .flatten()
        .collect();
    let is_selected = |presence: &AgentPresence<'_>| {
        let serves_selected_queue = board.queues.is_empty()
            || (presence.assigned_queues().into_iter()).any(|queue| {
                members.contains(queue) || matches_any(&board.queues, &queue.to_string())
            });
        let agents = presence.agents.iter().map(|agent| agent.id.to_string());
        let ids: Vec<String> = agents.chain([presence.id.to_string()]).collect();
        serves_selected_queue
            && (board.agents.is_empty() || ids.iter().any(|id| matches_any(&board.agents, id)))
            && !ids.iter().any(|id| matches_any(&board.hide, id))
    };
    let people = &snapshot.site.people;
    let linked = people.iter().enumerate().filter(|(_, person)| {
        let presence = snapshot.person_presence(person, now);
        presence.as_ref().is_some_and(is_selected)
    });
    let linked = linked.map(|(index, _)| SelectedPerson::Linked(index));
    let single = snapshot.unlinked_agents();
    let single = single.filter(|agent| is_selected(&snapshot.agent_presence(agent, now)));
    linked
        .chain(single.map(|agent| SelectedPerson::Agent(agent.id.clone())))
        .collect()
}

/// Returns what a board reads.
#[cfg(test)]
pub(crate) fn find_read_scope(
    board: &BoardDefinition,
    snapshot: &Snapshot,
    now: Moment,
) -> ReadScope {
    BoardSelection::find(board, snapshot, now).read_scope(board, snapshot)
}

impl BoardDefinition {
    /// Whether a queue has its own place on the board.
    pub fn shows_queue(&self, id: &str) -> bool {
        self.layout != BoardLayout::Agents && self.selects_queue(id)
    }

    /// Whether the board is about a queue. A group is selected only by patterns that name groups: `*` selects its
    /// members, and a group would show them twice.
    pub fn selects_queue(&self, id: &str) -> bool {
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

    /// Whether the board shows the whole site and so the site's day.
    pub(super) fn is_whole_site(&self) -> bool {
        let everything = |pattern: &Pattern| pattern.0 == "*";
        (self.queues.is_empty() || self.queues.iter().any(everything)) && self.hide.is_empty()
    }

    /// Returns the name of a queue on this board.
    pub(super) fn queue_name(
        &self,
        snapshot: &Snapshot,
        queue: &QueueSnapshot,
        id: &str,
    ) -> String {
        let renamed = self.names.get(id).cloned();
        renamed.unwrap_or_else(|| snapshot.queue_name(queue))
    }

    fn order_rank(&self, id: &str) -> usize {
        (self.order.iter().position(|pattern| pattern.matches(id))).unwrap_or(self.order.len())
    }
}

impl<'a> RenderContext<'a> {
    /// Returns the board's queues in its order.
    pub(super) fn selected_queues(&self) -> Vec<&'a QueueSnapshot> {
        let queues = &self.snapshot.queues;
        let selected = self.selection.queues.iter();
        selected.filter_map(|id| queues.get(id)).collect()
    }

    /// Returns the board's people, each once.
    pub(super) fn selected_people(&self) -> Vec<(AgentPresence<'a>, String)> {
        let (snapshot, now) = (self.snapshot, self.now);
        let presence = |person: &SelectedPerson| match person {
            SelectedPerson::Agent(id) => {
                let agent = snapshot.agents.get(id)?;
                Some(snapshot.agent_presence(agent, now))
            }
            SelectedPerson::Linked(index) => {
                snapshot.person_presence(snapshot.site.people.get(*index)?, now)
            }
        };
        let people = self.selection.people.iter().filter_map(presence);
        people
            .map(|presence| (presence.id.to_string(), presence))
            .map(|(id, presence)| (presence, id))
            .collect()
    }
}

fn is_selected(patterns: &[Pattern], id: &str) -> bool {
    patterns.is_empty() || matches_any(patterns, id)
}

fn matches_any(patterns: &[Pattern], id: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(id))
}
