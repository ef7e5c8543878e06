//! Days with incomplete calls: days without their own file, whose calls came in another file
//! or not at all.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};

use crate::intervals::{DAY, QUARTER, date_from_day, quarter_start, split_into_days};
use wallboard_domain::{CountBy, Counter, Counters, SourceId};
use wallboard_store::{
    FigureQuery, Granularity, LocalDay, StoreError, StoreView, merge_ranges, subtract_ranges,
};

use super::{MissingFiles, NightlyRun};

/// The nightly run begins at any time within two hours. If files are cut then, so much may
/// lie between the last call of one and the first of the next.
const NIGHTLY_RUN_SPREAD: i64 = 2 * 3_600;
/// After so many nights, a day's file is no longer expected.
const RECENT_DAYS: i64 = 28;
/// Weeks before and after that show whether a weekday usually has a file.
const COMPARED_WEEKS: i64 = 4;

/// The gaps up to the newest file, as days in the zone of the nightly run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoverageGaps {
    /// Days with calls from other days' files, and the number of those calls.
    partial: BTreeMap<Date, i64>,
    /// Days without full coverage and without any call.
    missing: BTreeSet<Date>,
    /// The day of the newest file.
    newest: Option<Date>,
    /// The dataset of calls.
    dataset: &'static str,
}

/// Finds the gaps in a source's imports.
pub(super) fn find_gaps(
    view: &StoreView<'_>,
    source: &SourceId,
    run: &NightlyRun,
) -> Result<CoverageGaps, StoreError> {
    let coverage = load_coverage(view, source)?;
    let Some((&(begin, _), &(_, end))) = coverage.first().zip(coverage.last()) else {
        return Ok(CoverageGaps::default());
    };
    let first = view.first_start(source)?.map_or(begin, |at| at.min(begin));
    let mut all = split_into_days(first, end, &run.zone);
    let Some(LocalDay { day: newest, .. }) = all.pop() else {
        return Ok(CoverageGaps::default());
    };
    let mut gaps = CoverageGaps {
        newest: date_from_day(newest),
        dataset: run.calls,
        ..CoverageGaps::default()
    };
    let mut covered_days = BTreeSet::from([newest]);
    let mut without_calls = Vec::new();
    for LocalDay { day, start, end } in all {
        let uncovered = subtract_ranges(&[(start, end)], &coverage);
        let mut calls = 0;
        for (from, to) in &uncovered {
            calls += count_ended(view, source, *from, *to)?;
        }
        if uncovered.is_empty() {
            covered_days.insert(day);
        } else if 0 < calls {
            gaps.partial
                .extend(date_from_day(day).map(|date| (date, calls)));
        } else if uncovered.iter().any(|(_, until)| begin < *until) {
            without_calls.push(day);
        }
    }
    let is_usual = |day: &i64| {
        let weeks = (1..=COMPARED_WEEKS).flat_map(|weeks| [day - 7 * weeks, day + 7 * weeks]);
        let known = first.div_euclid(DAY)..=newest;
        let mut weeks = weeks.filter(|day| known.contains(day)).peekable();
        weeks.peek().is_none() || weeks.any(|day| covered_days.contains(&day))
    };
    let missing = without_calls.into_iter().filter(is_usual);
    gaps.missing = missing.filter_map(date_from_day).collect();
    Ok(gaps)
}

impl CoverageGaps {
    /// Lists the days of each kind.
    pub fn list_missing(&self) -> Vec<MissingFiles> {
        let mut missing = Vec::new();
        let dataset = self.dataset.to_owned();
        if !self.partial.is_empty() {
            missing.push(MissingFiles::PartialDays {
                dataset: dataset.clone(),
                days: self.partial.keys().collect(),
                calls: self.partial.values().sum(),
            });
        }
        if !self.missing.is_empty() {
            missing.push(MissingFiles::MissingDays {
                dataset,
                days: self.missing.iter().collect(),
            });
        }
        missing
    }

    /// Returns whether a gap lies in the last four weeks before the newest file.
    pub fn has_recent(&self) -> bool {
        let first = self
            .newest
            .and_then(|newest| newest.checked_sub(RECENT_DAYS.days()).ok());
        self.has_within(first, None)
    }

    /// Returns whether a gap lies between these days, both included.
    pub fn has_within(&self, since: Option<Date>, until: Option<Date>) -> bool {
        let mut days = self.partial.keys().chain(&self.missing);
        days.any(|day| {
            since.is_none_or(|since| since <= *day) && until.is_none_or(|until| *day <= until)
        })
    }
}

/// Loads the coverage of calls, joining ranges between two nightly runs: none is lost there.
fn load_coverage(view: &StoreView<'_>, source: &SourceId) -> Result<Vec<(i64, i64)>, StoreError> {
    let coverage = view.load_coverage(source, i64::MIN / 2, i64::MAX / 2)?;
    let mut extended = merge_ranges(
        coverage
            .into_iter()
            .map(|(from, to)| (from, to + NIGHTLY_RUN_SPREAD))
            .collect(),
    );
    for (_, to) in &mut extended {
        *to -= NIGHTLY_RUN_SPREAD;
    }
    Ok(extended)
}

/// Counts the calls that ended in a time range. A call that reaches into a covered day came
/// with that day.
fn count_ended(
    view: &StoreView<'_>,
    source: &SourceId,
    from: i64,
    to: i64,
) -> Result<i64, StoreError> {
    const ENDS: [Counter; 4] = [
        Counter::Handled,
        Counter::Abandoned,
        Counter::ShortAbandoned,
        Counter::FlowOuts,
    ];
    let query = FigureQuery {
        source,
        granularity: Granularity::Intervals(QUARTER),
        range: quarter_start(from + QUARTER - 1)..to,
        subject: None,
    };
    let mut calls = 0;
    view.for_each_queue(&query, CountBy::Event, |_, _, counters: &Counters| {
        let ends = ENDS.iter().filter_map(|end| counters.get(*end));
        calls += ends.sum::<i64>();
    })?;
    Ok(calls)
}
