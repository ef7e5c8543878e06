//! A series of a report while its rows are added up.

use jiff::Timestamp;

use crate::intervals::TimeSpan;
use wallboard_domain::{SourceId, TargetInForce};

use super::{ClosedTime, ReportRow, ReportSeries, summable::Summable};

/// A series while its rows are added up.
pub(super) struct SeriesDraft<T> {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) target: Option<TargetInForce>,
    pub(super) is_disabled: bool,
    pub(super) cells: Vec<SeriesCell<T>>,
}

#[derive(Clone)]
pub(super) struct SeriesCell<T> {
    /// `None` if it isn't covered and has no rows.
    pub(super) sum: Option<T>,
    /// Some of its figures exist only for a longer time: their share here is unknown.
    pub(super) is_spread_unknown: bool,
    pub(super) is_partial: bool,
    /// Sources whose files don't cover all of it.
    pub(super) missing_sources: Vec<SourceId>,
    pub(super) is_utc: bool,
    /// Of its queues together; `None` if it has none.
    pub(super) closed_time: Option<ClosedTime>,
}

impl<T: Summable> SeriesDraft<T> {
    /// A draft without rows.
    pub(super) fn new(id: String, name: String, buckets: &[TimeSpan]) -> Self {
        let cell = SeriesCell {
            sum: None,
            is_spread_unknown: false,
            is_partial: false,
            missing_sources: Vec::new(),
            is_utc: false,
            closed_time: None,
        };
        Self {
            id,
            name,
            target: None,
            is_disabled: false,
            cells: vec![cell; buckets.len()],
        }
    }

    pub(super) fn finish(self, buckets: &[TimeSpan]) -> ReportSeries {
        let rows = buckets.iter().zip(self.cells);
        ReportSeries {
            id: self.id,
            name: self.name,
            target: self.target,
            is_disabled: self.is_disabled,
            rows: rows.map(|(bucket, cell)| cell.finish(*bucket)).collect(),
        }
    }
}

impl<T: Summable> SeriesCell<T> {
    /// Adds a row, or one of which some unknown part counts. Rows count in uncovered times too: then
    /// the cell is partial.
    pub(super) fn add(&mut self, more: Option<&T>) {
        if let Some(more) = more {
            self.sum.get_or_insert_default().merge(more);
        } else {
            self.is_spread_unknown = true;
            self.is_utc = true;
        }
    }

    fn finish(self, bucket: TimeSpan) -> ReportRow {
        let closed_time = self.closed_time();
        let sum = self.sum.filter(|_| !self.is_spread_unknown);
        ReportRow {
            start: timestamp_from(bucket.start),
            end: timestamp_from(bucket.end),
            is_partial: self.is_partial && sum.is_some(),
            missing_sources: self.missing_sources,
            figures: sum.map(T::into_figures),
            is_utc: self.is_utc,
            closed_time,
        }
    }

    fn closed_time(&self) -> ClosedTime {
        match self.closed_time.unwrap_or_default() {
            // A day in UTC also has hours of the dates around.
            ClosedTime::All if self.sum.is_some() || self.is_spread_unknown => ClosedTime::Part,
            closed_time => closed_time,
        }
    }
}

fn timestamp_from(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}
