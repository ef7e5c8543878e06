//! Finds how much of each bucket a source's files cover.

use std::collections::BTreeSet;

use crate::intervals::{DAY, HOUR, ReportStep, TimeSpan};
use wallboard_store::StoreError;

use super::{open_times::OpenSpans, report_builder::ReportBuilder, report_catalog::ReportSource};

/// How much of a bucket is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BucketCoverage {
    /// The queue is closed all the time: nothing is lacking.
    Closed,
    Nothing,
    Part,
    Whole,
}

/// The times that a source's files cover.
pub(super) struct CoveredTimes {
    /// In order, in Unix seconds.
    spans: Vec<(i64, i64)>,
    /// The dates (days since 1970) that only a daily file covers.
    days: BTreeSet<i64>,
    /// The start and end of a source without files for times in which nothing happened.
    zero_bounds: Option<(i64, i64)>,
}

impl ReportBuilder<'_> {
    /// Loads the times that a source covers.
    pub(super) fn load_covered_times(
        &self,
        source: &ReportSource<'_>,
    ) -> Result<CoveredTimes, StoreError> {
        let spans = self
            .view
            .load_coverage(&source.export.id, i64::MIN / 2, i64::MAX / 2)?;
        let bounds = spans
            .first()
            .zip(spans.last())
            .map(|(first, last)| (first.0, last.1));
        let days = self.covered_days(source)?;
        let spans = match self.covered_hours(source, &days)? {
            Some(hours) => hours,
            None => spans,
        };
        Ok(CoveredTimes {
            spans,
            days,
            zero_bounds: bounds.filter(|_| source.export.omits_zero_intervals),
        })
    }

    /// Finds how much of each bucket is covered; of the open times only, if there are any given.
    pub(super) fn bucket_coverage(
        &self,
        covered: &CoveredTimes,
        open: Option<&OpenSpans>,
    ) -> Vec<BucketCoverage> {
        let coverage = |bucket: &TimeSpan| {
            let seconds_open =
                |span: TimeSpan| open.map_or(span.seconds(), |open| open.seconds_within(span));
            let expected = seconds_open(*bucket);
            if expected == 0 {
                return BucketCoverage::Closed;
            }
            let day = self.day_number(bucket);
            if covered.days.contains(&day) {
                // The open time may be the part of the date that lies outside its day in UTC.
                let utc_day = TimeSpan {
                    start: day * DAY,
                    end: (day + 1) * DAY,
                };
                return match seconds_open(utc_day) {
                    0 => BucketCoverage::Nothing,
                    _ => BucketCoverage::Whole,
                };
            }
            let mut spans = covered.spans_within(*bucket).peekable();
            if spans.peek().is_none() {
                return BucketCoverage::Nothing;
            }
            let is_omitted_zero = covered
                .zero_bounds
                .is_some_and(|(first, last)| first <= bucket.start && bucket.end <= last);
            let seconds: i64 = spans.map(seconds_open).sum();
            match seconds {
                _ if is_omitted_zero => BucketCoverage::Whole,
                0 => BucketCoverage::Nothing,
                seconds if seconds == expected => BucketCoverage::Whole,
                _ => BucketCoverage::Part,
            }
        };
        self.buckets.iter().map(coverage).collect()
    }

    /// The hours that hourly files cover. A daily file covers no hours, and no date but its
    /// own, wherever its bounds lie. `None` if the stored coverage already holds.
    fn covered_hours(
        &self,
        source: &ReportSource<'_>,
        days: &BTreeSet<i64>,
    ) -> Result<Option<Vec<(i64, i64)>>, StoreError> {
        if !source.export.omits_zero_intervals {
            return Ok(None);
        }
        let hours = self.period_starts(source, HOUR)?.into_iter();
        let hours = hours.filter(|start| !days.contains(&start.div_euclid(DAY)));
        // Coarser buckets count an hour at its start only: it covers nothing else.
        let covered_seconds = if self.query.step.seconds() < HOUR {
            HOUR
        } else {
            1
        };
        Ok(Some(
            hours
                .map(|start| (start, start + covered_seconds))
                .collect(),
        ))
    }

    /// In a report by day, the dates (days since 1970) that only a daily file in UTC covers.
    fn covered_days(&self, source: &ReportSource<'_>) -> Result<BTreeSet<i64>, StoreError> {
        if !source.export.omits_zero_intervals || self.query.step != ReportStep::Day {
            return Ok(BTreeSet::new());
        }
        let days = self.period_starts(source, DAY)?.into_iter();
        Ok(days.map(|start| start.div_euclid(DAY)).collect())
    }

    fn period_starts(
        &self,
        source: &ReportSource<'_>,
        length: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let (Some(first), Some(last)) = (self.buckets.first(), self.buckets.last()) else {
            return Ok(Vec::new());
        };
        // The dates of the first and the last bucket may lie outside of them.
        let range = first.start - DAY..last.end + DAY;
        self.view.interval_starts(&source.export.id, length, range)
    }
}

impl CoveredTimes {
    /// The covered parts of a bucket.
    fn spans_within(&self, bucket: TimeSpan) -> impl Iterator<Item = TimeSpan> {
        let first = self
            .spans
            .partition_point(|(_, until)| *until <= bucket.start);
        let spans = self.spans[first..].iter();
        let spans = spans.take_while(move |(start, _)| *start < bucket.end);
        spans.map(move |(start, until)| TimeSpan {
            start: bucket.start.max(*start),
            end: bucket.end.min(*until),
        })
    }
}
