//! What will happen, in order. Equal times keep the order in which they were noted.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use jiff::Timestamp;

use super::cast::GroupNo;

/// A case's number within the engine; never reused.
pub(super) type CaseNo = u64;

/// What will happen. A step of a case is void once the case is in another `leg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    Arrival(GroupNo),
    /// Too long until the next arrival: look again at how many come now.
    Look(GroupNo),
    Answer {
        case: CaseNo,
        leg: u32,
    },
    GiveUp {
        case: CaseNo,
        leg: u32,
    },
    Finish {
        case: CaseNo,
        leg: u32,
    },
    Load(GroupNo),
    Timers(GroupNo),
    Mood,
    Roster,
    Crash,
    Reopen,
    Incident,
}

#[derive(Debug)]
pub(super) struct Agenda<W> {
    entries: BinaryHeap<Reverse<Entry<W>>>,
    noted: u64,
}

#[derive(Debug)]
struct Entry<W> {
    at: Timestamp,
    place: u64,
    what: W,
}

impl<W> Default for Agenda<W> {
    fn default() -> Self {
        Self {
            entries: BinaryHeap::new(),
            noted: 0,
        }
    }
}

impl<W> Agenda<W> {
    pub(super) fn note(&mut self, at: Timestamp, what: W) {
        self.noted += 1;
        let place = self.noted;
        self.entries.push(Reverse(Entry { at, place, what }));
    }

    pub(super) fn due(&self) -> Option<Timestamp> {
        self.entries.peek().map(|Reverse(entry)| entry.at)
    }

    /// The next happening not after `to`.
    pub(super) fn next(&mut self, to: Timestamp) -> Option<(Timestamp, W)> {
        if self.due()? > to {
            return None;
        }
        self.entries
            .pop()
            .map(|Reverse(entry)| (entry.at, entry.what))
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

impl<W> Ord for Entry<W> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.place).cmp(&(other.at, other.place))
    }
}

impl<W> PartialOrd for Entry<W> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<W> PartialEq for Entry<W> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<W> Eq for Entry<W> {}
