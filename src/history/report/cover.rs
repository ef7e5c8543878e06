//! How much of each bucket a source's files tell.

use std::collections::BTreeSet;

use crate::{
    history::intervals::{Bucket, Step},
    store::StoreError,
};

use super::{
    catalogue::Source,
    fold::{DAY, Frame, HOUR},
};

/// How much is known of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Nothing,
    Part,
    Whole,
}

impl Frame<'_> {
    /// How much of each bucket is known of a source.
    pub(super) fn known(&self, source: &Source<'_>) -> Result<Vec<Known>, StoreError> {
        let spans = self
            .view
            .cover(&source.export.id, i64::MIN / 2, i64::MAX / 2)?;
        let whole = spans
            .first()
            .zip(spans.last())
            .map(|(first, last)| (first.0, last.1));
        let days = self.told_days(source)?;
        let spans = match self.told_hours(source, &days)? {
            Some(hours) => hours,
            None => spans,
        };
        let known = |bucket: &Bucket| {
            if days.contains(&self.day(bucket)) {
                return Known::Whole;
            }
            let from = spans.partition_point(|(_, until)| *until <= bucket.start);
            let within = spans[from..]
                .iter()
                .take_while(|(start, _)| *start < bucket.end);
            let seconds: i64 = within
                .map(|(start, until)| bucket.end.min(*until) - bucket.start.max(*start))
                .sum();
            let is_between = whole.is_some_and(|(first, last)| {
                source.export.leaves_out_calm && first <= bucket.start && bucket.end <= last
            });
            match seconds {
                ..=0 => Known::Nothing,
                seconds if seconds == bucket.end - bucket.start || is_between => Known::Whole,
                _ => Known::Part,
            }
        };
        Ok(self.buckets.iter().map(known).collect())
    }

    /// The hours that files of hours tell: a file of a day tells nothing of them, and of
    /// no date but its own, wherever its edges lie. `None` where all that is covered is
    /// told.
    fn told_hours(
        &self,
        source: &Source<'_>,
        days: &BTreeSet<i64>,
    ) -> Result<Option<Vec<(i64, i64)>>, StoreError> {
        if !source.export.leaves_out_calm {
            return Ok(None);
        }
        let hours = self.starts(source, HOUR)?.into_iter();
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
    fn told_days(&self, source: &Source<'_>) -> Result<BTreeSet<i64>, StoreError> {
        if !source.export.leaves_out_calm || self.ask.step != Step::Day {
            return Ok(BTreeSet::new());
        }
        let days = self.starts(source, DAY)?.into_iter();
        Ok(days.map(|start| start.div_euclid(DAY)).collect())
    }

    fn starts(&self, source: &Source<'_>, length: i64) -> Result<Vec<i64>, StoreError> {
        let (Some(first), Some(last)) = (self.buckets.first(), self.buckets.last()) else {
            return Ok(Vec::new());
        };
        // The date of the first and the last may lie beside them.
        let range = first.start - DAY..last.end + DAY;
        self.view.starts(&source.export.id, length, range)
    }
}
