//! What boards showed of a queue's day so far: kept at quarters of an hour, so that
//! the day can be seen in intervals, and set beside what an export says of it later.
//! It is never added to figures of exports.

use jiff::{Timestamp, civil::Date};

use super::{Counter, Counters, Metric, MetricOwner, QueueId};

/// How far apart what is kept is: a boundary of every zone's hours, in seconds.
pub const QUARTER_SECONDS: i64 = 900;

/// A queue's day so far, and how long it stood so.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardSnapshot {
    pub queue: QueueId,
    /// In the site's zone.
    pub day: Date,
    pub at: Timestamp,
    pub until: Timestamp,
    /// Its source was heard, so that nothing of it was out of date.
    pub is_up_to_date: bool,
    /// The whole day so far.
    pub is_complete: bool,
    pub is_estimated: bool,
    /// The day is counted from here.
    pub since: Option<Timestamp>,
    /// Seconds of the day so far in which contacts may have been missed.
    pub missing: Option<i64>,
    pub figures: DailyValues,
    /// [`SUMS`] where contacts are counted here, so that ratios can be taken of differences.
    pub sums: Option<Counters>,
}

/// Figures of the day of a queue, as shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DailyValues(Vec<(Metric, f64)>);

/// What the ratios of a day are of, beside the counts among its figures.
pub const SUMS: [Counter; 6] = [
    Counter::AnsweredWithin,
    Counter::AbandonedWithin,
    Counter::Waits,
    Counter::WaitTime,
    Counter::Handled,
    Counter::HandleTime,
];

impl DailyValues {
    /// What is kept: all that a queue has of its day.
    pub fn stored_metrics() -> impl Iterator<Item = Metric> {
        Metric::all()
            .filter(|metric| metric.is_of_the_day() && metric.whose() != MetricOwner::Agent)
    }

    /// As a number in the metric's unit; `None` where it is not known.
    pub fn get(&self, metric: Metric) -> Option<f64> {
        let known = self.0.iter().find(|(known, _)| *known == metric);
        known.map(|(_, value)| *value)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Metric, f64)> for DailyValues {
    fn from_iter<T: IntoIterator<Item = (Metric, f64)>>(figures: T) -> Self {
        Self(figures.into_iter().collect())
    }
}

impl BoardSnapshot {
    /// What stood at a boundary, among what was kept of one queue.
    pub fn find_at(kept: &[Self], day: Date, at: Timestamp) -> Option<&Self> {
        let of_day = kept.iter().filter(|tally| tally.day == day);
        of_day
            .filter(|tally| tally.at <= at && at <= tally.until)
            .max_by_key(|tally| tally.at)
    }

    /// What happened from an `earlier` boundary of the same day to this one. Nothing is
    /// known where one of them was not fresh or contacts were missed in between; ratios
    /// only where contacts are counted here.
    pub fn since(&self, earlier: &Self) -> Counters {
        let same = self.queue == earlier.queue && self.day == earlier.day;
        let whole = self.since == earlier.since && self.missing == earlier.missing;
        if !(same && whole && self.is_up_to_date && earlier.is_up_to_date) {
            return Counters::UNKNOWN;
        }
        let sums = self.sums.zip(earlier.sums);
        let mut more = sums.map_or(Counters::UNKNOWN, |(now, then)| now.since(&then));
        for metric in DailyValues::stored_metrics() {
            if let Some(counter) = metric.counter() {
                let figures = self.figures.get(metric).zip(earlier.figures.get(metric));
                let grown = figures.map(|(now, then)| now - then);
                // What falls was counted anew, or corrected.
                #[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
                let grown = grown.filter(|n| 0.0 <= *n).map(|n| n.round() as i64);
                more.set(counter, grown);
            }
        }
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ServiceLevelFormula;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-20T{time}:00Z").parse().unwrap()
    }

    /// Twenty seconds of wait for each who was answered, one of five too late.
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
                    .only(&SUMS)
                    .with(Counter::AnsweredWithin, answered * 4 / 5)
                    .with(Counter::Waits, answered)
                    .with(Counter::WaitTime, answered * 20_000),
            ),
        }
    }

    #[test]
    fn between_two_boundaries_is_what_came_between_them() {
        let (before, after) = (
            snapshot_at("10:00", 20, Some(2.0)),
            snapshot_at("10:15", 30, Some(4.0)),
        );

        let came = after.since(&before);

        assert_eq!(came.get(Counter::Answered), Some(10));
        assert_eq!(came.get(Counter::Abandoned), Some(2));
        let level = came.service_level(ServiceLevelFormula::Negative).unwrap();
        assert!((level - 8.0 * 100.0 / 12.0).abs() < 1e-9);
        assert_eq!(came.average_speed_of_answer(), Some(20.0));
        assert_eq!(came.average_handle_time(), None);
        assert_eq!(came.get(Counter::Offered), None);
    }

    #[test]
    fn who_left_unseen_is_in_no_share() {
        let (before, after) = (
            snapshot_at("10:00", 20, None),
            snapshot_at("10:15", 30, None),
        );

        let came = after.since(&before);

        assert_eq!(
            came.service_level(ServiceLevelFormula::AnsweredOnly),
            Some(80.0)
        );
        assert_eq!(came.service_level(ServiceLevelFormula::Negative), None);
        assert_eq!(came.get(Counter::Abandoned), None);
    }

    #[test]
    fn what_was_not_fresh_or_was_missed_gives_nothing() {
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
    fn what_fell_is_not_known() {
        let (before, after) = (
            snapshot_at("10:00", 20, Some(4.0)),
            snapshot_at("10:15", 30, Some(3.0)),
        );

        let came = after.since(&before);

        assert_eq!(came.get(Counter::Answered), Some(10));
        assert_eq!(came.get(Counter::Abandoned), None);
    }

    #[test]
    fn what_is_reckoned_elsewhere_has_counts_and_no_ratios() {
        let mut before = snapshot_at("10:00", 20, Some(2.0));
        let mut after = snapshot_at("10:15", 30, Some(4.0));
        before.sums = None;
        after.sums = None;
        after.figures = [(Metric::Answered, 30.0), (Metric::ServiceLevel, 81.0)]
            .into_iter()
            .collect();

        let came = after.since(&before);

        assert_eq!(came, Counters::UNKNOWN.with(Counter::Answered, 10));
    }

    #[test]
    fn what_stood_for_a_while_stood_at_each_boundary_of_it() {
        let night = BoardSnapshot {
            until: at("06:00"),
            ..snapshot_at("00:00", 0, None)
        };
        let kept = [night, snapshot_at("06:30", 1, None)];
        let day = kept[0].day;
        let found = |time| BoardSnapshot::find_at(&kept, day, at(time)).map(|kept| kept.at);

        assert_eq!(found("03:15"), Some(at("00:00")));
        assert_eq!(found("06:15"), None);
        assert_eq!(found("06:30"), Some(at("06:30")));
        assert_eq!(
            BoardSnapshot::find_at(&kept, day.tomorrow().unwrap(), at("03:15")),
            None
        );
    }
}
