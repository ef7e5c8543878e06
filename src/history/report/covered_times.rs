//! Finds how much of each bucket a source's files cover.

use std::collections::BTreeSet;

use crate::{
    history::intervals::{DAY, HOUR, ReportStep, TimeSpan},
    store::StoreError,
};

use super::{report_builder::ReportBuilder, report_catalog::ReportSource};

/// How much of a bucket is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BucketCoverage {
    Nothing,
    Part,
    Whole,
}

impl ReportBuilder<'_> {
    /// Finds how much of each bucket a source covers.
    pub(super) fn covered_times(
        &self,
        source: &ReportSource<'_>,
    ) -> Result<Vec<BucketCoverage>, StoreError> {
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
        let coverage = |bucket: &TimeSpan| {
            if days.contains(&self.day_number(bucket)) {
                return BucketCoverage::Whole;
            }
            let from = spans.partition_point(|(_, until)| *until <= bucket.start);
            let within = spans[from..]
                .iter()
                .take_while(|(start, _)| *start < bucket.end);
            let seconds: i64 = within
                .map(|(start, until)| bucket.end.min(*until) - bucket.start.max(*start))
                .sum();
            let is_omitted_zero = bounds.is_some_and(|(first, last)| {
                source.export.omits_zero_intervals && first <= bucket.start && bucket.end <= last
            });
            match seconds {
                ..=0 => BucketCoverage::Nothing,
                seconds if seconds == bucket.end - bucket.start || is_omitted_zero => {
                    BucketCoverage::Whole
                }
                _ => BucketCoverage::Part,
            }
        };
        Ok(self.buckets.iter().map(coverage).collect())
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
