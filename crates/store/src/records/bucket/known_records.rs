//! Which records a watch knows, to notice what it can't see: what vanished without a deletion.

use std::collections::{HashMap, HashSet};

use crate::records::{RecordChange, RecordId, Revision};

/// The last change of each record that was read.
#[derive(Debug, Default)]
pub(super) struct KnownRecords(HashMap<RecordId, LastChange>);

#[derive(Clone, Copy, Debug)]
struct LastChange {
    revision: Revision,
    is_deletion: bool,
}

impl KnownRecords {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn apply(&mut self, change: &RecordChange) {
        let last = LastChange {
            revision: change.revision(),
            is_deletion: matches!(change, RecordChange::Deleted { .. }),
        };
        self.0.insert(change.id().clone(), last);
    }

    /// Compares with a list of all keys: everything up to `before` had been read when the list was
    /// made, and what it has was read since. Returns whether nothing was missed. Forgets deletions
    /// that are no longer kept.
    pub(super) fn agrees_with(&mut self, listed: &HashSet<RecordId>, before: Revision) -> bool {
        if !listed.iter().all(|id| self.0.contains_key(id)) {
            return false;
        }
        self.0.retain(|id, change| {
            !change.is_deletion || before < change.revision || listed.contains(id)
        });
        let is_there = |(id, change): (&RecordId, &LastChange)| {
            change.is_deletion || before < change.revision || listed.contains(id)
        };
        self.0.iter().all(is_there)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Record, test_suite::id};

    #[test]
    fn what_vanished_or_was_never_read_is_noticed() {
        let listed = |ids: &[&str]| ids.iter().map(|text| id(text)).collect();
        let mut known = KnownRecords::default();
        for (text, revision) in [("a", 1), ("b", 3)] {
            known.apply(&RecordChange::Stored(Record {
                id: id(text),
                revision: Revision(revision),
                document: Vec::new(),
            }));
        }
        known.apply(&RecordChange::Deleted {
            id: id("gone"),
            revision: Revision(2),
        });

        assert!(known.agrees_with(&listed(&["a", "b", "gone"]), Revision(3)));
        assert!(!known.agrees_with(&listed(&["a", "b", "gone", "new"]), Revision(3)));
        assert!(!known.agrees_with(&listed(&["b", "gone"]), Revision(3)));
        // Created after the list was made.
        assert!(known.agrees_with(&listed(&["a", "gone"]), Revision(2)));
        // The deletion is no longer kept.
        assert!(known.agrees_with(&listed(&["a", "b"]), Revision(3)));
        assert_eq!(known.0.len(), 2);
    }
}
