//! Days whose figures stay as they were reckoned, because not all that they were reckoned
//! from is kept.

use crate::{
    domain::SourceId,
    store::{StoreError, View},
};

const DAY: i64 = 86_400;
/// The beginning of time, with room for a day before it.
const EVER: i64 = i64::MIN / 2;

#[derive(Debug)]
pub(super) struct Frozen {
    /// No day from here on is.
    first: i64,
    /// What was known of the days before.
    known: Vec<(i64, i64)>,
}

impl Frozen {
    /// `facts_from` is from when on nothing was deleted. Where all that was known of the time
    /// before has come again, as with a longer `keep_calls`, nothing is frozen any more.
    pub(super) fn read(
        view: &View<'_>,
        source: &SourceId,
        facts_from: Option<i64>,
    ) -> Result<Self, StoreError> {
        let none = Self {
            first: EVER / DAY,
            known: Vec::new(),
        };
        let Some(from) = facts_from else {
            return Ok(none);
        };
        // The first days that are kept are missing what reached over midnight.
        let first = from.div_euclid(DAY) + 2;
        let known = view.cover(source, EVER, first * DAY)?;
        let files = view.files(source)?;
        let here = merged(files.iter().filter_map(|file| file.covers).collect());
        let is_here = |(start, until): &(i64, i64)| {
            let until = (*until).min(first * DAY);
            here.iter().any(|(from, to)| from <= start && until <= *to)
        };
        if !known.is_empty() && known.iter().all(is_here) {
            return Ok(none);
        }
        Ok(Self { first, known })
    }

    /// Of a day of which nothing was known there is nothing to lose.
    pub(super) fn has(&self, day: i64) -> bool {
        let (start, end) = (day * DAY, (day + 1) * DAY);
        let mut known = self.known.iter();
        day < self.first && known.any(|(from, until)| *from < end && start < *until)
    }

    /// Whether all of a day's facts are kept.
    pub(super) fn is_past(&self, day: i64) -> bool {
        self.first <= day
    }

    /// From when on files alone tell what is known.
    pub(super) fn end(&self) -> i64 {
        self.first * DAY
    }
}

fn merged(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    spans.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (start, until) in spans {
        match merged.last_mut() {
            Some((_, last)) if start <= *last => *last = until.max(*last),
            _ => merged.push((start, until)),
        }
    }
    merged
}
