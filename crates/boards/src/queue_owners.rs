//! The people who have taken the alerts of queues.

use std::collections::BTreeMap;

use wallboard_domain::{PersonName, QueueId};

/// By queue; without a name where nobody signs in.
pub type QueueOwners = BTreeMap<QueueId, Option<PersonName>>;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wallboard_domain::{BoardStyle, NameVisibility};

    use crate::{
        BoardDefinition, BoardLayout, fixture, fixture::noon, render_context::RenderContext,
    };

    use super::*;

    /// The owners that a board shows, if Anna has the alert of every queue, and how many queues need somebody.
    fn shown(names: NameVisibility, owner: Option<&str>) -> (Vec<String>, usize) {
        let board = BoardDefinition::new("hall", "Hall", BoardLayout::Queues);
        let snapshot = fixture::afternoon_snapshot();
        let mut context = RenderContext::of_board(&board, &snapshot, noon());
        context.set_style(BoardStyle {
            agent_names: Some(names),
            ..BoardStyle::default()
        });
        let ids = snapshot.queues.keys().cloned();
        let owners: QueueOwners = ids
            .map(|id| (id, owner.map(PersonName::from_name)))
            .collect();
        context.owners = Arc::new(owners);
        let queues = snapshot.queues.values();
        let queues: Vec<_> = queues.map(|queue| context.board_queue(queue)).collect();
        let in_need = queues
            .iter()
            .filter(|queue| queue.severity.needs_attention());
        let in_need = in_need.count();
        (
            queues.into_iter().filter_map(|queue| queue.owner).collect(),
            in_need,
        )
    }

    #[test]
    fn an_owner_is_shown_where_somebody_is_needed_and_as_names_are() {
        for (names, owner, expected) in [
            (
                NameVisibility::FirstInitial,
                Some("Anna Larsson"),
                "Anna L. has it",
            ),
            (NameVisibility::Initials, Some("Anna Larsson"), "AL has it"),
            (NameVisibility::None, None, "Somebody has it"),
        ] {
            let (owners, in_need) = shown(names, owner);
            assert!(0 < in_need);
            assert_eq!(owners, vec![expected; in_need]);
        }
    }
}
