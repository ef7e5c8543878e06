//! The people who have taken alerts, as tiles show them.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use wallboard_domain::{CustomFigureId, PersonName, QueueId, moment};
use wallboard_live::EvaluatedQueue;

use super::render_context::RenderContext;

const MINUTE: i64 = 60_000;

/// The owners of alerts, by the subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TileOwners {
    /// Of queues and groups that need somebody now.
    pub queues: BTreeMap<QueueId, TileOwner>,
    /// Of queues and groups whose day can't reach its target any longer.
    pub targets: BTreeMap<QueueId, TileOwner>,
    /// Of custom figures of the site or of a queue.
    pub figures: BTreeMap<(CustomFigureId, Option<QueueId>), TileOwner>,
}

/// The person who has taken an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileOwner {
    /// `None` where nobody signs in.
    pub name: Option<PersonName>,
    pub since: Timestamp,
}

impl<'a> RenderContext<'a> {
    /// Returns who cares for what a queue's tile marks: its severity, or else a missed target.
    pub(super) fn queue_owner(&mut self, evaluated: &EvaluatedQueue<'a>) -> Option<String> {
        let owners = Arc::clone(&self.owners);
        let id = &evaluated.queue.id;
        let owner = if evaluated.severity.needs_attention() {
            let own = owners.queues.get(id);
            own.or_else(|| self.member_owner(&owners, evaluated))
        } else {
            let mut figures = evaluated.figures.iter();
            let is_missed = figures.any(|figure| figure.is_missed);
            owners.targets.get(id).filter(|_| is_missed)
        };
        owner.map(|owner| self.owner_text(owner))
    }

    /// Returns who has the queues that make their group need somebody. All of them have an owner; the first one's name
    /// is shown.
    fn member_owner<'o>(
        &mut self,
        owners: &'o TileOwners,
        group: &EvaluatedQueue<'a>,
    ) -> Option<&'o TileOwner> {
        let members = group.queue.members.as_deref()?;
        let has_owner = |id: &QueueId| owners.queues.contains_key(id);
        if !members.iter().any(has_owner) {
            return None;
        }
        let snapshot = self.snapshot;
        let mut first: Option<&TileOwner> = None;
        for member in snapshot.group_members(group.queue) {
            let severity = self.evaluator.evaluate_queue(member, &[]).severity;
            if severity.needs_attention() && group.severity <= severity {
                let owner = owners.queues.get(&member.id)?;
                first = Some(
                    first
                        .filter(|one| one.since <= owner.since)
                        .unwrap_or(owner),
                );
            }
        }
        first
    }

    /// "Anna L. · 3 min", which changes with the minute; in the first one "Anna L. has it".
    pub(super) fn owner_text(&mut self, owner: &TileOwner) -> String {
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

    use wallboard_domain::{BoardStyle, Counter, Metric, NameVisibility, SeverityLimits};
    use wallboard_live::Snapshot;

    use crate::{
        BoardDefinition, BoardLayout, fixture,
        fixture::{QueueFixture, noon},
        render_context::RenderContext,
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
        let queues = ids
            .map(|id| {
                let name = owner.map(PersonName::from_name);
                let since = noon().plus_millis(-minutes * MINUTE).wall;
                (id, TileOwner { name, since })
            })
            .collect();
        context.owners = Arc::new(TileOwners {
            queues,
            ..TileOwners::default()
        });
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

    fn owner(name: &str, minutes: i64) -> TileOwner {
        TileOwner {
            name: Some(PersonName::from_name(name)),
            since: noon().plus_millis(-minutes * MINUTE).wall,
        }
    }

    /// Norway and Sweden, in which so many wait, and a group of both. Ten are critical.
    fn group(norway: u64, sweden: u64) -> Snapshot {
        let mut snapshot = fixture::empty_snapshot();
        for (id, waiting) in [("norway", norway), ("sweden", sweden), ("sales", 0)] {
            let now = QueueFixture {
                waiting,
                longest: None,
                available: 1,
            };
            fixture::put_queue(&mut snapshot, id, id, &now);
        }
        let critical = SeverityLimits {
            critical: Some(10.0),
            ..SeverityLimits::default()
        };
        fixture::set_limits(&mut snapshot, &[(Metric::Waiting, critical)]);
        let members = ["norway", "sweden"].map(fixture::queue_id);
        fixture::queue_mut(&mut snapshot, "sales").members = Some(members.into());
        snapshot
    }

    fn shown_owner(snapshot: &Snapshot, queue: &str, owners: TileOwners) -> Option<String> {
        let mut board = BoardDefinition::new("hall", "Hall", BoardLayout::Queues);
        board.show = [Metric::Waiting, Metric::ServiceLevel]
            .map(Into::into)
            .into();
        let mut context = RenderContext::of_board(&board, snapshot, noon());
        context.owners = Arc::new(owners);
        let queue = &snapshot.queues[&fixture::queue_id(queue)];
        context.board_queue(queue).owner
    }

    fn queue_owners(owners: &[(&str, TileOwner)]) -> TileOwners {
        let owners = owners.iter();
        TileOwners {
            queues: owners
                .map(|(id, owner)| (fixture::queue_id(id), owner.clone()))
                .collect(),
            ..TileOwners::default()
        }
    }

    #[test]
    fn a_group_has_the_owners_of_the_queues_that_need_somebody() {
        let (anna, bo) = (owner("Anna", 3), owner("Bo", 1));
        let norway = queue_owners(&[("norway", anna.clone())]);
        let shown = |waiting: (u64, u64), owners: &TileOwners| {
            shown_owner(&group(waiting.0, waiting.1), "sales", owners.clone())
        };
        let has_it = Some("Anna · 3 min".to_owned());
        assert_eq!(shown((12, 2), &norway), has_it);
        assert_eq!(shown((2, 12), &norway), None, "Sweden is nobody's");
        assert_eq!(shown((12, 12), &norway), None, "Sweden is nobody's");
        assert_eq!(
            shown((6, 6), &norway),
            None,
            "only both together are too many"
        );
        assert_eq!(shown((2, 2), &norway), None);
        let both = queue_owners(&[("norway", anna.clone()), ("sweden", bo.clone())]);
        assert_eq!(shown((12, 12), &both), has_it);
        let own = queue_owners(&[("norway", anna), ("sales", bo)]);
        assert_eq!(shown((12, 2), &own), Some("Bo · 1 min".to_owned()));
    }

    #[test]
    fn a_missed_target_has_its_own_owner() {
        let day = |answered_within: i64, waiting: u64| {
            let mut snapshot = group(waiting, 0);
            let day = fixture::today_mut(&mut snapshot, "norway");
            day.counters = (day.counters).with(Counter::AnsweredWithin, answered_within);
            snapshot
        };
        let owners = TileOwners {
            targets: [(fixture::queue_id("norway"), owner("Anna", 3))].into(),
            ..TileOwners::default()
        };
        let shown = |snapshot: &Snapshot| shown_owner(snapshot, "norway", owners.clone());
        assert_eq!(shown(&day(20, 0)), Some("Anna · 3 min".to_owned()));
        assert_eq!(shown(&day(60, 0)), None, "it isn't missed");
        assert_eq!(shown(&day(20, 12)), None, "nobody has who waits");
    }
}
