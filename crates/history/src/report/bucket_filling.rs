//! The buckets of a report that exports cover, and which bucket a row belongs to.

use std::rc::Rc;

use crate::intervals::{DAY, HOUR, ReportStep, TimeSpan, day_number};
use wallboard_domain::Id;
use wallboard_store::{Granularity, StoreError};

use super::{
    ClosedTime, covered_times::BucketCoverage, open_times::OpenSpans,
    report_builder::ReportBuilder, series_draft::SeriesDraft, summable::Summable,
};

impl ReportBuilder<'_> {
    /// Marks the covered cells of each series.
    pub(super) fn mark_covered<T: Summable>(
        &self,
        drafts: &mut [SeriesDraft<T>],
        members: &[(Id, usize)],
    ) -> Result<(), StoreError> {
        for source in &self.catalog.sources {
            let export = &source.export.id;
            let of_source = members.iter().filter(|(id, _)| id.source == *export);
            let mut drafts_with_hours: Vec<_> = of_source
                .map(|(id, index)| (*index, self.open_times.of_queue(export, &id.external)))
                .collect();
            drafts_with_hours.dedup();
            if drafts_with_hours.is_empty() {
                continue;
            }
            let covered = self.load_covered_times(source)?;
            let mut coverages: Vec<(Option<&Rc<OpenSpans>>, Vec<BucketCoverage>)> = Vec::new();
            let zero = T::zero(source.export);
            // A queue missing from an hourly file had nothing in the hour as a whole.
            let is_blurred = source.export.omits_zero_intervals && self.query.step.seconds() < HOUR;
            for (index, open) in drafts_with_hours {
                if !coverages.iter().any(|(one, _)| *one == open) {
                    let coverage = self.bucket_coverage(&covered, open.map(|open| &**open));
                    coverages.push((open, coverage));
                }
                let known = coverages.iter().find(|(one, _)| *one == open);
                let coverage = known.map_or(&[][..], |(_, coverage)| coverage);
                let cells = self.buckets.iter().zip(&mut drafts[index].cells);
                for ((bucket, cell), coverage) in cells.zip(coverage) {
                    let closed =
                        open.map_or(ClosedTime::Nothing, |open| open.closed_time_within(*bucket));
                    let others = cell.closed_time.unwrap_or(closed);
                    cell.closed_time = Some(others.merge(closed));
                    if *coverage == BucketCoverage::Closed {
                        continue;
                    }
                    if *coverage != BucketCoverage::Whole {
                        cell.is_partial = true;
                        if cell.missing_sources.last() != Some(export) {
                            cell.missing_sources.push(export.clone());
                        }
                    }
                    if *coverage != BucketCoverage::Nothing {
                        cell.sum.get_or_insert_default().merge(&zero);
                        cell.is_spread_unknown |= is_blurred;
                        cell.is_utc |= is_blurred;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds a row to its bucket; nothing of it while its queue is closed. If buckets are shorter
    /// than the row, its distribution over them is unknown, and so is the open part of a row that
    /// is longer than a quarter hour.
    pub(super) fn add_to_bucket<T: Summable>(
        &self,
        draft: &mut SeriesDraft<T>,
        over: Granularity,
        at: i64,
        open: Option<&Rc<OpenSpans>>,
        more: &T,
    ) {
        let length = match over {
            Granularity::Days => return self.add_day(draft, at, false, Some(more)),
            Granularity::Intervals(length) => length,
        };
        let row = TimeSpan {
            start: at,
            end: at + length,
        };
        let seconds_open =
            |span: TimeSpan| open.map_or(span.seconds(), |open| open.seconds_within(span));
        let more = match seconds_open(row) {
            0 => return,
            seconds => Some(more).filter(|_| seconds == length),
        };
        if length == DAY && self.query.step == ReportStep::Day {
            let is_utc = self.query.zone.iana_name() != Some("UTC");
            return self.add_day(draft, at.div_euclid(DAY), is_utc, more);
        }
        let first = self.buckets.partition_point(|bucket| bucket.end <= at);
        let is_blurred = self.query.step.seconds() < length;
        for (bucket, cell) in self.buckets.iter().zip(&mut draft.cells).skip(first) {
            if at + length <= bucket.start {
                break;
            }
            if is_blurred {
                let is_open = 0 < seconds_open(*bucket);
                cell.is_spread_unknown |= is_open;
                cell.is_utc |= is_open;
            } else if bucket.start <= at {
                cell.is_utc |= bucket.end < at + length;
                cell.add(more);
            }
        }
    }

    /// Adds a row to the bucket of a date.
    fn add_day<T: Summable>(
        &self,
        draft: &mut SeriesDraft<T>,
        day: i64,
        is_utc: bool,
        more: Option<&T>,
    ) {
        let index = self
            .buckets
            .partition_point(|bucket| self.day_number(bucket) < day);
        let bucket = self
            .buckets
            .get(index)
            .filter(|bucket| self.day_number(bucket) == day);
        if let Some(cell) = bucket.and_then(|_| draft.cells.get_mut(index)) {
            cell.is_utc |= is_utc;
            cell.add(more);
        }
    }

    /// The date of a bucket, as days since 1970.
    pub(super) fn day_number(&self, bucket: &TimeSpan) -> i64 {
        day_number(bucket.start, &self.query.zone).unwrap_or_default()
    }
}
