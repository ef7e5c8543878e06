//! The people who have taken the alerts of queues.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use wallboard_domain::{PersonName, QueueId, moment};

use super::render_context::RenderContext;

const MINUTE: i64 = 60_000;

pub type QueueOwners = BTreeMap<QueueId, QueueOwner>;

/// The person who has taken the alert of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueOwner {
    /// `None` where nobody signs in.
    pub name: Option<PersonName>,
    pub since: Timestamp,
}

impl RenderContext<'_> {
    /// "Anna L. · 3 min", which changes with the minute; in the first one "Anna L. has it".
    pub(super) fn owner_text(&mut self, owner: &QueueOwner) -> String {
        let minutes = moment::millis_between(owner.since, self.now.wall).max(0) / MINUTE;
        let next = SignedDuration::from_mins(minutes + 1);
        if let Ok(at) = owner.since.checked_add(next) {
            self.evaluator.schedule_change_at(at);
        }
        let names = self.agent_names();
        let name = owner.name.as_ref().map(|name| name.shorten_for(names));
        let texts = self.texts;
        match (name, minutes) {
            (Some(name), 0) => texts.has_it(name),
            (None, 0) => texts.somebody_has_it().to_owned(),
            (Some(name), _) => texts.has_it_for(name, texts.age(minutes * MINUTE)),
            (None, _) => texts.has_it_for(texts.somebody(), texts.age(minutes * MINUTE)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wallboard_domain::{BoardStyle, NameVisibility};

    use crate::{
        BoardDefinition, BoardLayout, fixture, fixture::noon, render_context::RenderContext,
    };

    use super::*;

    /// The owners that a board shows, if Anna has the alert of every queue, and how many queues need somebody.
    fn shown(names: NameVisibility, owner: Option<&str>, minutes: i64) -> (Vec<String>, usize) {
        let board = BoardDefinition::new("hall", "Hall", BoardLayout::Queues);
        let snapshot = fixture::afternoon_snapshot();
        let mut context = RenderContext::of_board(&board, &snapshot, noon());
        context.set_style(BoardStyle {
            agent_names: Some(names),
            ..BoardStyle::default()
        });
        let ids = snapshot.queues.keys().cloned();
        let owners: QueueOwners = ids
            .map(|id| {
                let name = owner.map(PersonName::from_name);
                let since = noon().plus_millis(-minutes * MINUTE).wall;
                (id, QueueOwner { name, since })
            })
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
        let anna = Some("Anna Larsson");
        for (names, owner, minutes, expected) in [
            (NameVisibility::FirstInitial, anna, 0, "Anna L. has it"),
            (NameVisibility::FirstInitial, anna, 3, "Anna L. · 3 min"),
            (NameVisibility::Initials, anna, 0, "AL has it"),
            (NameVisibility::None, None, 0, "Somebody has it"),
            (NameVisibility::None, None, 61, "Somebody · 1 h 01 min"),
        ] {
            let (owners, in_need) = shown(names, owner, minutes);
            assert!(0 < in_need);
            assert_eq!(owners, vec![expected; in_need]);
        }
    }
}
