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
    /// What was known of them, and has not come again since it was deleted.
    lost: Vec<(i64, i64)>,
}

impl Frozen {
    const NOTHING: Self = Self {
        first: EVER / DAY,
        known: Vec::new(),
        lost: Vec::new(),
    };

    /// From the day `first` on nothing was deleted. What has come again, as with a longer
    /// `keep_calls`, is not lost any more.
    pub(super) fn read(
        view: &View<'_>,
        source: &SourceId,
        first: Option<i64>,
    ) -> Result<Self, StoreError> {
        let Some(first) = first else {
            return Ok(Self::NOTHING);
        };
        let end = first * DAY;
        let known = view.cover(source, EVER, end)?.into_iter();
        let known: Vec<_> = known.map(|(from, to)| (from, to.min(end))).collect();
        let files = view.files(source)?;
        let here = merged(files.iter().filter_map(|file| file.covers).collect());
        let mut lost = without(&known, &here);
        // A time may be told by several files.
        lost.extend(view.gone(source)?);
        Ok(Self { first, known, lost })
    }

    /// Where days hang together: what is lost of one is missing in all.
    pub(super) fn together(self) -> Self {
        if !self.known.is_empty() && self.lost.is_empty() {
            return Self::NOTHING;
        }
        Self {
            lost: self.known.clone(),
            ..self
        }
    }

    /// Of a day of which nothing was known there is nothing to lose.
    pub(super) fn has(&self, day: i64) -> bool {
        let (start, end) = (day * DAY, (day + 1) * DAY);
        let mut lost = self.lost.iter();
        day < self.first && lost.any(|(from, until)| *from < end && start < *until)
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

/// In order, as few as can be.
pub(super) fn merged(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
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

/// What of spans is in none of `here`; both are in order and merged.
pub(super) fn without(spans: &[(i64, i64)], here: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut left = Vec::new();
    for &(mut start, until) in spans {
        let from = here.partition_point(|(_, to)| *to <= start);
        for (from, to) in here[from..].iter().take_while(|(from, _)| *from < until) {
            if start < *from {
                left.push((start, *from));
            }
            start = *to;
        }
        if start < until {
            left.push((start, until));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_was_known_is_lost_what_no_file_tells_any_more() {
        let known = [(0, 10), (20, 30), (40, 50)];

        for (here, lost) in [
            (vec![], known.to_vec()),
            (vec![(0, 60)], vec![]),
            (vec![(0, 10), (20, 30), (40, 50)], vec![]),
            (
                vec![(2, 4), (6, 25)],
                vec![(0, 2), (4, 6), (25, 30), (40, 50)],
            ),
            (
                vec![(-5, 3), (9, 12), (29, 41)],
                vec![(3, 9), (20, 29), (41, 50)],
            ),
        ] {
            assert_eq!(without(&known, &here), lost, "{here:?}");
        }
    }
}
