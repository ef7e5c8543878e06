//! Values of a queue's day so far as boards showed them, stored every quarter of an hour. They
//! show the day in intervals and are compared with later exports. They are never added to exported
//! values.

use jiff::{Timestamp, civil::Date};

use super::{Counter, Counters, Metric, MetricOwner, QueueId};

/// The interval between stored snapshots, in seconds; a boundary in every zone's hours.
pub const QUARTER_SECONDS: i64 = 900;

/// A queue's day so far, and the period in which it didn't change.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardSnapshot {
    pub queue: QueueId,
    /// In the site's zone.
    pub day: Date,
    pub at: Timestamp,
    pub until: Timestamp,
    /// Whether the source was connected and nothing was out of date.
    pub is_up_to_date: bool,
    /// Whether it covers the whole day so far.
    pub is_complete: bool,
    pub is_estimated: bool,
    /// When counting of the day began.
    pub since: Option<Timestamp>,
    /// Seconds of the day so far in which contacts may have been missed.
    pub missing: Option<i64>,
    pub figures: DailyValues,
    /// [`RATIO_COUNTERS`], for sources whose contacts we count, so that ratios of differences can be
    /// computed.
    pub sums: Option<Counters>,
}

/// A queue's daily values as shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DailyValues(Vec<(Metric, f64)>);

/// Terms of the day's ratios, in addition to the counts among its values.
pub const RATIO_COUNTERS: [Counter; 6] = [
    Counter::AnsweredWithin,
    Counter::AbandonedWithin,
    Counter::Waits,
    Counter::WaitTime,
    Counter::Handled,
    Counter::HandleTime,
];

impl DailyValues {
    /// Returns the stored metrics: every metric of a queue's day.
    pub fn stored_metrics() -> impl Iterator<Item = Metric> {
        Metric::all().filter(|metric| metric.is_daily() && metric.owner() != MetricOwner::Agent)
    }

    /// Returns the number in the metric's unit; `None` where unknown.
    pub fn get(&self, metric: Metric) -> Option<f64> {
        let found = self.0.iter().find(|(known, _)| *known == metric);
        found.map(|(_, value)| *value)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Metric, f64)> for DailyValues {
    fn from_iter<T: IntoIterator<Item = (Metric, f64)>>(values: T) -> Self {
        Self(values.into_iter().collect())
    }
}

impl BoardSnapshot {
    /// Returns the snapshots of a day, of a list in the order of days.
    pub fn of_day(snapshots: &[Self], day: Date) -> &[Self] {
        let from = snapshots.partition_point(|snapshot| snapshot.day < day);
        let to = snapshots.partition_point(|snapshot| snapshot.day <= day);
        &snapshots[from..to]
    }

    /// Finds the snapshot that was valid at a boundary, among one queue's snapshots.
    pub fn find_at(snapshots: &[Self], day: Date, at: Timestamp) -> Option<&Self> {
        let same_day = snapshots.iter().filter(|snapshot| snapshot.day == day);
        same_day
            .filter(|snapshot| snapshot.at <= at && at <= snapshot.until)
            .max_by_key(|snapshot| snapshot.at)
    }

    /// Returns what happened between an `earlier` boundary of the same day and this one.
    /// Everything is unknown where one of them was out of date or contacts were missed in between.
    /// Ratios are known only where we count the contacts ourselves.
    pub fn since(&self, earlier: &Self) -> Counters {
        let is_same_day = self.queue == earlier.queue && self.day == earlier.day;
        let is_uninterrupted = self.since == earlier.since && self.missing == earlier.missing;
        if !(is_same_day && is_uninterrupted && self.is_up_to_date && earlier.is_up_to_date) {
            return Counters::UNKNOWN;
        }
        let sums = self.sums.zip(earlier.sums);
        let mut difference = sums.map_or(Counters::UNKNOWN, |(now, then)| now.since(&then));
        for metric in DailyValues::stored_metrics() {
            if let Some(counter) = metric.counter() {
                let values = self.figures.get(metric).zip(earlier.figures.get(metric));
                let growth = values.map(|(now, then)| now - then);
                // A falling count was restarted or corrected.
                #[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
                let growth = growth.filter(|n| 0.0 <= *n).map(|n| n.round() as i64);
                difference.set(counter, growth);
            }
        }
        difference
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServiceLevelFormula;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-20T{time}:00Z").parse().unwrap()
    }

    /// Each answered contact waited twenty seconds; one in five was answered late.
    fn snapshot_at(time: &str, answered: i64, abandoned: Option<f64>) -> BoardSnapshot {
        let abandoned = abandoned.map(|n| (Metric::Abandoned, n));
        let others = [(Metric::ShortAbandoned, 0.0), (Metric::FlowOuts, 0.0)];
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let count = (Metric::Answered, answered as f64);
        BoardSnapshot {
            queue: QueueId::new(&"chat".into(), "1"),
            day: "2026-11-20".parse().unwrap(),
            at: at(time),
            until: at(time),
            is_up_to_date: true,
            is_complete: true,
            is_estimated: false,
            since: Some(at("00:00")),
            missing: Some(0),
            figures: [count].into_iter().chain(abandoned).chain(others).collect(),
            sums: Some(
                Counters::LIVE
                    .only(&RATIO_COUNTERS)
                    .with(Counter::AnsweredWithin, answered * 4 / 5)
                    .with(Counter::Waits, answered)
                    .with(Counter::WaitTime, answered * 20_000),
            ),
        }
    }

    #[test]
    fn difference_of_two_boundaries_counts_what_happened_between() {
        let (before, after) = (
            snapshot_at("10:00", 20, Some(2.0)),
            snapshot_at("10:15", 30, Some(4.0)),
        );

        let between = after.since(&before);

        assert_eq!(between.get(Counter::Answered), Some(10));
        assert_eq!(between.get(Counter::Abandoned), Some(2));
        let level = between
            .service_level(ServiceLevelFormula::Negative)
            .unwrap();
        assert!((level - 8.0 * 100.0 / 12.0).abs() < 1e-9);
        assert_eq!(between.average_speed_of_answer(), Some(20.0));
        assert_eq!(between.average_handle_time(), None);
        assert_eq!(between.get(Counter::Offered), None);
    }

    #[test]
    fn unknown_abandons_leave_service_level_unknown() {
        let (before, after) = (
            snapshot_at("10:00", 20, None),
            snapshot_at("10:15", 30, None),
        );

        let between = after.since(&before);

        assert_eq!(
            between.service_level(ServiceLevelFormula::AnsweredOnly),
            Some(80.0)
        );
        assert_eq!(between.service_level(ServiceLevelFormula::Negative), None);
        assert_eq!(between.get(Counter::Abandoned), None);
    }

    #[test]
    fn out_of_date_or_missed_periods_have_unknown_differences() {
        let before = snapshot_at("10:00", 20, Some(2.0));
        let after = snapshot_at("10:15", 30, Some(4.0));
        let not_fresh = BoardSnapshot {
            is_up_to_date: false,
            ..after.clone()
        };
        let missed = BoardSnapshot {
            missing: Some(40),
            ..after.clone()
        };
        let since = BoardSnapshot {
            since: Some(at("10:05")),
            ..after.clone()
        };
        for other in [&not_fresh, &missed, &since] {
            assert_eq!(other.since(&before), Counters::UNKNOWN);
        }
        assert_eq!(after.since(&not_fresh), Counters::UNKNOWN);
    }

    #[test]
    fn falling_counts_are_unknown() {
        let (before, after) = (
            snapshot_at("10:00", 20, Some(4.0)),
            snapshot_at("10:15", 30, Some(3.0)),
        );

        let between = after.since(&before);

        assert_eq!(between.get(Counter::Answered), Some(10));
        assert_eq!(between.get(Counter::Abandoned), None);
    }

    #[test]
    fn vendor_values_give_counts_and_no_ratios() {
        let mut before = snapshot_at("10:00", 20, Some(2.0));
        let mut after = snapshot_at("10:15", 30, Some(4.0));
        before.sums = None;
        after.sums = None;
        after.figures = [(Metric::Answered, 30.0), (Metric::ServiceLevel, 81.0)]
            .into_iter()
            .collect();

        let between = after.since(&before);

        assert_eq!(between, Counters::UNKNOWN.with(Counter::Answered, 10));
    }

    #[test]
    fn unchanged_snapshot_is_valid_at_each_boundary_it_spans() {
        let night = BoardSnapshot {
            until: at("06:00"),
            ..snapshot_at("00:00", 0, None)
        };
        let snapshots = [night, snapshot_at("06:30", 1, None)];
        let day = snapshots[0].day;
        let found = |time| BoardSnapshot::find_at(&snapshots, day, at(time)).map(|found| found.at);

        assert_eq!(found("03:15"), Some(at("00:00")));
        assert_eq!(found("06:15"), None);
        assert_eq!(found("06:30"), Some(at("06:30")));
        assert_eq!(
            BoardSnapshot::find_at(&snapshots, day.tomorrow().unwrap(), at("03:15")),
            None
        );
    }
}
