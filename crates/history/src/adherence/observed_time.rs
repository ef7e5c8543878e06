//! When it's known what an agent did, and when they worked.

use wallboard_store::{merge_ranges, subtract_ranges};

use crate::intervals::intersect_ranges;

/// Ranges in order, merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedTime {
    known: Vec<(i64, i64)>,
    /// Signed in and not on a break, of the known time.
    working: Vec<(i64, i64)>,
}

impl ObservedTime {
    /// `working`: with times that aren't known, which are left out.
    pub fn new(known: Vec<(i64, i64)>, working: Vec<(i64, i64)>) -> Self {
        let known = merge_ranges(known);
        Self {
            working: intersect_ranges(&known, &merge_ranges(working)),
            known,
        }
    }

    /// An agent who was signed in and on breaks.
    pub fn of_sessions(
        known: Vec<(i64, i64)>,
        signed_in: Vec<(i64, i64)>,
        breaks: Vec<(i64, i64)>,
    ) -> Self {
        let working = subtract_ranges(&merge_ranges(signed_in), &merge_ranges(breaks));
        Self::new(known, working)
    }

    /// A person who is these agents of several systems. Known is what's known of all; it's work if any of
    /// them works.
    pub fn of_all<'o>(agents: impl IntoIterator<Item = &'o Self>) -> Self {
        let mut agents = agents.into_iter();
        let Some(mut all) = agents.next().cloned() else {
            return Self::default();
        };
        for agent in agents {
            let working = [&all.working[..], &agent.working].concat();
            all = Self::new(intersect_ranges(&all.known, &agent.known), working);
        }
        all
    }

    /// Adds what another source knows of times that this one doesn't.
    pub fn complete_with(&mut self, other: &Self) {
        let more = subtract_ranges(&other.known, &self.known);
        let working = intersect_ranges(&more, &other.working);
        self.working = merge_ranges([&self.working[..], &working].concat());
        self.known = merge_ranges([&self.known[..], &more].concat());
    }

    pub fn known(&self) -> &[(i64, i64)] {
        &self.known
    }

    pub fn working(&self) -> &[(i64, i64)] {
        &self.working
    }
}
