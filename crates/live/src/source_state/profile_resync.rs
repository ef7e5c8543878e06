//! A full resync of the configuration, requested at each discontinuity. Subjects that it doesn't
//! name are hidden.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use wallboard_domain::{EntityKind, Id, MonotonicTime};

/// The resync of a kind ends when none of its profiles have arrived for this long.
const IDLE_TIMEOUT: i64 = 10_000;

/// The profiles seen so far, by kind; `None` once the resync of that kind has ended.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ProfileResync {
    kinds: HashMap<EntityKind, Option<SeenProfiles>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct SeenProfiles {
    last_seen: MonotonicTime,
    ids: HashSet<Id>,
}

impl ProfileResync {
    pub(crate) fn record_seen(&mut self, kind: EntityKind, id: &Id, now: MonotonicTime) {
        let seen = self.kinds.entry(kind).or_insert_with(|| {
            Some(SeenProfiles {
                last_seen: now,
                ids: HashSet::new(),
            })
        });
        // A later profile is an update, not part of the resync.
        if let Some(seen) = seen {
            seen.last_seen = now;
            seen.ids.insert(id.clone());
        }
    }

    /// Returns the kinds whose resync has just ended, with all ids seen in it.
    pub(crate) fn drain_finished(&mut self, now: MonotonicTime) -> Vec<(EntityKind, HashSet<Id>)> {
        self.kinds
            .iter_mut()
            .filter_map(|(kind, seen)| {
                let is_finished = seen
                    .as_ref()
                    .is_some_and(|n| now.millis_since(n.last_seen) >= IDLE_TIMEOUT);
                is_finished
                    .then(|| seen.take().map(|n| (*kind, n.ids)))
                    .flatten()
            })
            .collect()
    }

    /// Replaces IDs of agents.
    pub(crate) fn replace_agents(&mut self, replace: &mut impl FnMut(&mut Id) -> bool) {
        if let Some(Some(seen)) = self.kinds.get_mut(&EntityKind::Agent) {
            let ids = std::mem::take(&mut seen.ids).into_iter();
            seen.ids = ids
                .map(|mut id| {
                    replace(&mut id);
                    id
                })
                .collect();
        }
    }

    pub(crate) fn next_due(&self) -> Option<MonotonicTime> {
        self.kinds
            .values()
            .flatten()
            .map(|seen| seen.last_seen.plus_millis(IDLE_TIMEOUT))
            .min()
    }
}
