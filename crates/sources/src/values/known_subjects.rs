//! The queues and agents that a system has named: how many, and what they are called.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;

use wallboard_domain::{EntityKind, Id, MonotonicTime, QueueId};

/// The most queues of one system.
pub(super) const QUEUES_MAX: usize = 1_000;
/// The most agents of one system.
pub(super) const AGENTS_MAX: usize = 5_000;
/// A subject that isn't sent for this long makes room, in milliseconds. The live state still has it then.
const FORGOTTEN_AFTER: i64 = 12 * 3_600_000;

/// The name of a subject, and what else is sent with it but values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SubjectNames {
    pub(super) name: Option<Arc<str>>,
    /// The queues that an agent serves.
    pub(super) queues: Option<Arc<[QueueId]>>,
}

#[derive(Debug, Default)]
pub(super) struct KnownSubjects(HashMap<(EntityKind, Id), KnownSubject>);

#[derive(Debug)]
struct KnownSubject {
    sent_at: MonotonicTime,
    /// The time of the batch that the names are from.
    named_at: Timestamp,
    names: SubjectNames,
}

impl KnownSubjects {
    /// Returns how many more of a kind there may be.
    pub(super) fn count_room(&mut self, kind: EntityKind, now: MonotonicTime) -> usize {
        let limit = match kind {
            EntityKind::Queue => QUEUES_MAX,
            _ => AGENTS_MAX,
        };
        let count = |known: &Self| known.0.keys().filter(|(one, _)| *one == kind).count();
        if limit <= count(self) {
            (self.0).retain(|_, known| now.millis_since(known.sent_at) < FORGOTTEN_AFTER);
        }
        limit.saturating_sub(count(self))
    }

    pub(super) fn contains(&self, kind: EntityKind, id: &Id) -> bool {
        self.0.contains_key(&(kind, id.clone()))
    }

    /// Notes a subject of a batch with that time. Returns whether its names are news.
    pub(super) fn note(
        &mut self,
        kind: EntityKind,
        id: &Id,
        names: &SubjectNames,
        at: Timestamp,
        now: MonotonicTime,
    ) -> bool {
        let known = self.0.entry((kind, id.clone()));
        let known = known.or_insert_with(|| KnownSubject {
            sent_at: now,
            named_at: Timestamp::MIN,
            names: SubjectNames::default(),
        });
        let is_idle = FORGOTTEN_AFTER <= now.millis_since(known.sent_at);
        known.sent_at = now;
        let is_news = known.named_at <= at && (is_idle || known.names != *names);
        if is_news {
            (known.named_at, known.names) = (at, names.clone());
        }
        is_news && *names != SubjectNames::default()
    }
}
