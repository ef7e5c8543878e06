//! A full round of the configuration, asked for at each break: who is not named
//! in it is hidden.

use std::collections::{HashMap, HashSet};

use crate::domain::{EntityKind, Id, MonotonicTime};

/// A class's round is over when nothing of it has come for this long.
const IDLE_TIMEOUT: i64 = 10_000;

/// What has been named so far, by class; `None` once that class's round is over.
#[derive(Debug, Default)]
pub(crate) struct ProfileResync {
    classes: HashMap<EntityKind, Option<SeenProfiles>>,
}

#[derive(Debug)]
struct SeenProfiles {
    last_seen: MonotonicTime,
    ids: HashSet<Id>,
}

impl ProfileResync {
    pub(crate) fn record_seen(&mut self, class: EntityKind, id: &Id, now: MonotonicTime) {
        let named = self.classes.entry(class).or_insert_with(|| {
            Some(SeenProfiles {
                last_seen: now,
                ids: HashSet::new(),
            })
        });
        // What comes after the round is an update, not a part of it.
        if let Some(named) = named {
            named.last_seen = now;
            named.ids.insert(id.clone());
        }
    }

    /// The classes whose round has just ended, with all that were named in it.
    pub(crate) fn drain_finished(&mut self, now: MonotonicTime) -> Vec<(EntityKind, HashSet<Id>)> {
        self.classes
            .iter_mut()
            .filter_map(|(class, named)| {
                let over = named
                    .as_ref()
                    .is_some_and(|n| now.millis_since(n.last_seen) >= IDLE_TIMEOUT);
                over.then(|| named.take().map(|n| (*class, n.ids)))
                    .flatten()
            })
            .collect()
    }

    pub(crate) fn next_due(&self) -> Option<MonotonicTime> {
        self.classes
            .values()
            .flatten()
            .map(|named| named.last_seen.plus_millis(IDLE_TIMEOUT))
            .min()
    }
}
