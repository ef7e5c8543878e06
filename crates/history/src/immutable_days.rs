//! Days whose figures can't be recomputed, because some of the facts behind them are
//! deleted.

use crate::intervals::DAY;
use wallboard_domain::SourceId;
use wallboard_store::{StoreError, StoreView, merge_ranges, subtract_ranges};

/// The beginning of time, with room for a day before it.
const BEGINNING: i64 = i64::MIN / 2;

#[derive(Debug)]
pub(super) struct ImmutableDays {
    /// Days from this one on can be recomputed.
    first_mutable: i64,
    /// The coverage of the days before.
    coverage: Vec<(i64, i64)>,
    /// The part of it that was deleted and not delivered again.
    missing: Vec<(i64, i64)>,
}

impl ImmutableDays {
    const NONE: Self = Self {
        first_mutable: BEGINNING / DAY,
        coverage: Vec::new(),
        missing: Vec::new(),
    };

    /// Loads the immutable days. From the day `first` on nothing was deleted. Files delivered
    /// again, as after `keep_calls` was raised, no longer count as missing.
    pub(super) fn load(
        view: &StoreView<'_>,
        source: &SourceId,
        first: Option<i64>,
    ) -> Result<Self, StoreError> {
        let Some(first) = first else {
            return Ok(Self::NONE);
        };
        let end = first * DAY;
        let coverage = view.load_coverage(source, BEGINNING, end)?.into_iter();
        let coverage: Vec<_> = coverage.map(|(from, to)| (from, to.min(end))).collect();
        let files = view.load_files(source)?;
        let present = merge_ranges(files.iter().filter_map(|file| file.coverage).collect());
        let mut missing = subtract_ranges(&coverage, &present);
        // Several files may cover the same time.
        missing.extend(view.load_pruned_ranges(source)?);
        Ok(Self {
            first_mutable: first,
            coverage,
            missing,
        })
    }

    /// Treats the days as one unit: if anything is missing, all of them are immutable.
    pub(super) fn all_or_none(self) -> Self {
        if !self.coverage.is_empty() && self.missing.is_empty() {
            return Self::NONE;
        }
        Self {
            missing: self.coverage.clone(),
            ..self
        }
    }

    /// Returns whether a day is immutable. A day without earlier coverage never is.
    pub(super) fn contains(&self, day: i64) -> bool {
        let (start, end) = (day * DAY, (day + 1) * DAY);
        let mut missing = self.missing.iter();
        day < self.first_mutable && missing.any(|(from, until)| *from < end && start < *until)
    }

    /// Returns whether all of a day's facts are stored.
    pub(super) fn is_after(&self, day: i64) -> bool {
        self.first_mutable <= day
    }

    /// The time from which files alone determine coverage, in Unix seconds.
    pub(super) fn end_seconds(&self) -> i64 {
        self.first_mutable * DAY
    }
}
