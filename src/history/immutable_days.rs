//! Days whose figures stay as they were reckoned, because not all that they were reckoned
//! from is kept.

use crate::{
    domain::SourceId,
    store::{StoreError, StoreView},
};

const DAY: i64 = 86_400;
/// The beginning of time, with room for a day before it.
const BEGINNING: i64 = i64::MIN / 2;

#[derive(Debug)]
pub(super) struct ImmutableDays {
    /// No day from here on is.
    first_mutable: i64,
    /// What was known of the days before.
    known: Vec<(i64, i64)>,
    /// What was known of them, and has not come again since it was deleted.
    missing: Vec<(i64, i64)>,
}

impl ImmutableDays {
    const NONE: Self = Self {
        first_mutable: BEGINNING / DAY,
        known: Vec::new(),
        missing: Vec::new(),
    };

    /// From the day `first` on nothing was deleted. What has come again, as with a longer
    /// `keep_calls`, is not lost any more.
    pub(super) fn load(
        view: &StoreView<'_>,
        source: &SourceId,
        first: Option<i64>,
    ) -> Result<Self, StoreError> {
        let Some(first) = first else {
            return Ok(Self::NONE);
        };
        let end = first * DAY;
        let known = view.load_coverage(source, BEGINNING, end)?.into_iter();
        let known: Vec<_> = known.map(|(from, to)| (from, to.min(end))).collect();
        let files = view.load_files(source)?;
        let here = merge_ranges(files.iter().filter_map(|file| file.coverage).collect());
        let mut lost = subtract_ranges(&known, &here);
        // A time may be told by several files.
        lost.extend(view.load_pruned_ranges(source)?);
        Ok(Self {
            first_mutable: first,
            known,
            missing: lost,
        })
    }

    /// Where days hang together: what is lost of one is missing in all.
    pub(super) fn all_or_none(self) -> Self {
        if !self.known.is_empty() && self.missing.is_empty() {
            return Self::NONE;
        }
        Self {
            missing: self.known.clone(),
            ..self
        }
    }

    /// Of a day of which nothing was known there is nothing to lose.
    pub(super) fn contains(&self, day: i64) -> bool {
        let (start, end) = (day * DAY, (day + 1) * DAY);
        let mut lost = self.missing.iter();
        day < self.first_mutable && lost.any(|(from, until)| *from < end && start < *until)
    }

    /// Whether all of a day's facts are kept.
    pub(super) fn is_after(&self, day: i64) -> bool {
        self.first_mutable <= day
    }

    /// From when on files alone tell what is known.
    pub(super) fn end_seconds(&self) -> i64 {
        self.first_mutable * DAY
    }
}

/// In order, as few as can be.
pub(super) fn merge_ranges(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
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
pub(super) fn subtract_ranges(spans: &[(i64, i64)], here: &[(i64, i64)]) -> Vec<(i64, i64)> {
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
            assert_eq!(subtract_ranges(&known, &here), lost, "{here:?}");
        }
    }
}
