//! How much of each bucket a source's files tell.

use std::collections::BTreeSet;

use crate::{
    history::intervals::{ReportStep, TimeBucket},
    store::StoreError,
};

use super::{
    report_builder::{DAY, HOUR, ReportBuilder},
    report_catalog::ReportSource,
};

/// How much is known of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CoveredTimes {
    Nothing,
    Part,
    Whole,
}

impl ReportBuilder<'_> {
    /// How much of each bucket is known of a source.
    pub(super) fn covered_times(
        &self,
        source: &ReportSource<'_>,
    ) -> Result<Vec<CoveredTimes>, StoreError> {
        let spans = self
            .view
            .load_coverage(&source.export.id, i64::MIN / 2, i64::MAX / 2)?;
        let whole = spans
            .first()
            .zip(spans.last())
            .map(|(first, last)| (first.0, last.1));
        let days = self.covered_days(source)?;
        let spans = match self.covered_hours(source, &days)? {
            Some(hours) => hours,
            None => spans,
        };
        let known = |bucket: &TimeBucket| {
            if days.contains(&self.day_number(bucket)) {
                return CoveredTimes::Whole;
            }
            let from = spans.partition_point(|(_, until)| *until <= bucket.start);
            let within = spans[from..]
                .iter()
                .take_while(|(start, _)| *start < bucket.end);
            let seconds: i64 = within
                .map(|(start, until)| bucket.end.min(*until) - bucket.start.max(*start))
                .sum();
            let is_between = whole.is_some_and(|(first, last)| {
                source.export.omits_zero_intervals && first <= bucket.start && bucket.end <= last
            });
            match seconds {
                ..=0 => CoveredTimes::Nothing,
                seconds if seconds == bucket.end - bucket.start || is_between => {
                    CoveredTimes::Whole
                }
                _ => CoveredTimes::Part,
            }
        };
        Ok(self.buckets.iter().map(known).collect())
    }

    /// The hours that files of hours tell: a file of a day tells nothing of them, and of
    /// no date but its own, wherever its edges lie. `None` where all that is covered is
    /// told.
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
        // An hour counts where it begins: beside that it tells nothing.
        let told = if self.ask.step.seconds() < HOUR {
            HOUR
        } else {
            1
        };
        Ok(Some(hours.map(|start| (start, start + told)).collect()))
    }

    /// In a report by day, the dates that only a file of a day in UTC tells, as days
    /// since 1970.
    fn covered_days(&self, source: &ReportSource<'_>) -> Result<BTreeSet<i64>, StoreError> {
        if !source.export.omits_zero_intervals || self.ask.step != ReportStep::Day {
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
        // The date of the first and the last may lie beside them.
        let range = first.start - DAY..last.end + DAY;
        self.view.interval_starts(&source.export.id, length, range)
    }
}
