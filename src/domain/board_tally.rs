//! What boards showed of a queue's day so far: kept at quarters of an hour, so that
//! the day can be seen in intervals, and set beside what an export says of it later.
//! It is never added to figures of exports.

use jiff::{Timestamp, civil::Date};

use super::{Formula, Metric, QueueId, Tally, Whose};

/// How far apart what is kept is: a boundary of every zone's hours, in seconds.
pub const QUARTER: i64 = 900;

/// A queue's day so far, and how long it stood so.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardTally {
    pub queue: QueueId,
    /// In the site's zone.
    pub day: Date,
    pub at: Timestamp,
    pub until: Timestamp,
    /// Its source was heard, so that nothing of it was out of date.
    pub fresh: bool,
    /// The whole day so far.
    pub complete: bool,
    pub estimated: bool,
    /// The day is counted from here.
    pub since: Option<Timestamp>,
    /// Seconds of the day so far in which contacts may have been missed.
    pub missing: Option<i64>,
    pub figures: DayFigures,
    /// Where contacts are counted here, so that ratios can be taken of differences.
    pub sums: Option<DaySums>,
}

/// Figures of the day of a queue, as shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DayFigures(Vec<(Metric, f64)>);

/// What the ratios of a day are of, beside its counts. Times are in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DaySums {
    pub answered_within: i64,
    pub abandoned_within: i64,
    pub waits: i64,
    pub wait_time: i64,
    pub handled: i64,
    pub handle_time: i64,
}

impl DayFigures {
    /// What is kept: all that a queue has of its day.
    pub fn metrics() -> impl Iterator<Item = Metric> {
        Metric::all().filter(|metric| metric.is_of_the_day() && metric.whose() != Whose::Agent)
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

impl FromIterator<(Metric, f64)> for DayFigures {
    fn from_iter<T: IntoIterator<Item = (Metric, f64)>>(figures: T) -> Self {
        Self(figures.into_iter().collect())
    }
}

impl From<&Tally> for DaySums {
    fn from(tally: &Tally) -> Self {
        Self {
            answered_within: tally.answered_within,
            abandoned_within: tally.abandoned_within,
            waits: tally.waits,
            wait_time: tally.wait_time,
            handled: tally.handled,
            handle_time: tally.handle_time,
        }
    }
}

impl BoardTally {
    /// What stood at a boundary, among what was kept of one queue.
    pub fn standing(kept: &[Self], day: Date, at: Timestamp) -> Option<&Self> {
        let of_day = kept.iter().filter(|tally| tally.day == day);
        of_day
            .filter(|tally| tally.at <= at && at <= tally.until)
            .max_by_key(|tally| tally.at)
    }

    /// What happened from this boundary to a later one of the same day. Nothing where
    /// one of them was not fresh or contacts were missed in between; of a ratio nothing
    /// where its vendor reckons it.
    pub fn up_to(&self, later: &Self, formula: Formula) -> DayFigures {
        let same = self.queue == later.queue && self.day == later.day;
        let whole = self.since == later.since && self.missing == later.missing;
        if !(same && whole && self.fresh && later.fresh) {
            return DayFigures::default();
        }
        let grown = |metric: Metric| {
            let more = later.figures.get(metric)? - self.figures.get(metric)?;
            // What falls was counted anew, or put right.
            (0.0 <= more).then_some(more)
        };
        let counts = DayFigures::metrics().filter(|metric| metric.is_total());
        let mut figures: Vec<_> = counts
            .filter_map(|metric| Some((metric, grown(metric)?)))
            .collect();
        if let (Some(before), Some(after)) = (self.sums, later.sums) {
            figures.extend(ratios(&before, &after, formula, grown));
        }
        DayFigures(figures)
    }
}

/// The ratios of what came to these sums.
fn ratios(
    before: &DaySums,
    after: &DaySums,
    formula: Formula,
    grown: impl Fn(Metric) -> Option<f64>,
) -> Vec<(Metric, f64)> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "counts stay far below 2^52, and a cast of a float saturates"
    )]
    let count = |metric| grown(metric).map(|n| n as i64);
    let tally = Tally {
        answered: count(Metric::Answered).unwrap_or(0),
        abandoned: count(Metric::Abandoned).unwrap_or(0),
        short_abandoned: count(Metric::ShortAbandoned).unwrap_or(0),
        flow_outs: count(Metric::FlowOuts).unwrap_or(0),
        offered: count(Metric::Offered).unwrap_or(0),
        answered_within: after.answered_within - before.answered_within,
        abandoned_within: after.abandoned_within - before.abandoned_within,
        waits: after.waits - before.waits,
        wait_time: after.wait_time - before.wait_time,
        handled: after.handled - before.handled,
        handle_time: after.handle_time - before.handle_time,
        ..Tally::default()
    };
    let gone = count(Metric::Abandoned);
    // Who left unseen is known or is not, as on the board.
    let formula = gone.map_or(Formula::AnsweredOnly, |_| formula);
    let is_sound = 0 <= tally.answered_within && 0 <= tally.wait_time && 0 <= tally.handle_time;
    let ratios = [
        (Metric::ServiceLevel, tally.service_level(formula)),
        (
            Metric::AverageSpeedOfAnswer,
            tally.average_speed_of_answer(),
        ),
        (Metric::AverageHandleTime, tally.average_handle_time()),
    ];
    let ratios = ratios.into_iter().filter(|_| is_sound);
    ratios
        .filter_map(|(metric, value)| Some((metric, value?)))
        .filter(|(metric, value)| *metric != Metric::ServiceLevel || *value <= 100.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-20T{time}:00Z").parse().unwrap()
    }

    /// Twenty seconds of wait for each who was answered, one of five too late.
    fn standing(time: &str, answered: i64, abandoned: Option<f64>) -> BoardTally {
        let abandoned = abandoned.map(|n| (Metric::Abandoned, n));
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let count = (Metric::Answered, answered as f64);
        BoardTally {
            queue: QueueId::new(&"chat".into(), "1"),
            day: "2026-11-20".parse().unwrap(),
            at: at(time),
            until: at(time),
            fresh: true,
            complete: true,
            estimated: false,
            since: Some(at("00:00")),
            missing: Some(0),
            figures: [count].into_iter().chain(abandoned).collect(),
            sums: Some(DaySums {
                answered_within: answered * 4 / 5,
                waits: answered,
                wait_time: answered * 20_000,
                ..DaySums::default()
            }),
        }
    }

    #[test]
    fn between_two_boundaries_is_what_came_between_them() {
        let (before, after) = (
            standing("10:00", 20, Some(2.0)),
            standing("10:15", 30, Some(4.0)),
        );

        let came = before.up_to(&after, Formula::Negative);

        assert_eq!(came.get(Metric::Answered), Some(10.0));
        assert_eq!(came.get(Metric::Abandoned), Some(2.0));
        let level = came.get(Metric::ServiceLevel).unwrap();
        assert!((level - 8.0 * 100.0 / 12.0).abs() < 1e-9);
        assert_eq!(came.get(Metric::AverageSpeedOfAnswer), Some(20.0));
        assert_eq!(came.get(Metric::AverageHandleTime), None);
        assert_eq!(came.get(Metric::Offered), None);
    }

    #[test]
    fn who_left_unseen_is_in_no_share() {
        let (before, after) = (standing("10:00", 20, None), standing("10:15", 30, None));

        let came = before.up_to(&after, Formula::Negative);

        assert_eq!(came.get(Metric::ServiceLevel), Some(80.0));
        assert_eq!(came.get(Metric::Abandoned), None);
    }

    #[test]
    fn what_was_not_fresh_or_was_missed_gives_nothing() {
        let before = standing("10:00", 20, Some(2.0));
        let after = standing("10:15", 30, Some(4.0));
        let not_fresh = BoardTally {
            fresh: false,
            ..after.clone()
        };
        let missed = BoardTally {
            missing: Some(40),
            ..after.clone()
        };
        let since = BoardTally {
            since: Some(at("10:05")),
            ..after.clone()
        };
        for other in [&not_fresh, &missed, &since] {
            assert!(before.up_to(other, Formula::Negative).is_empty());
        }
        assert!(not_fresh.up_to(&after, Formula::Negative).is_empty());
    }

    #[test]
    fn what_fell_is_not_known() {
        let (before, after) = (
            standing("10:00", 20, Some(4.0)),
            standing("10:15", 30, Some(3.0)),
        );

        let came = before.up_to(&after, Formula::Negative);

        assert_eq!(came.get(Metric::Answered), Some(10.0));
        assert_eq!(came.get(Metric::Abandoned), None);
    }

    #[test]
    fn what_is_reckoned_elsewhere_has_counts_and_no_ratios() {
        let mut before = standing("10:00", 20, Some(2.0));
        let mut after = standing("10:15", 30, Some(4.0));
        before.sums = None;
        after.sums = None;
        after.figures = [(Metric::Answered, 30.0), (Metric::ServiceLevel, 81.0)]
            .into_iter()
            .collect();

        let came = before.up_to(&after, Formula::Negative);

        assert_eq!(came, [(Metric::Answered, 10.0)].into_iter().collect());
    }

    #[test]
    fn what_stood_for_a_while_stood_at_each_boundary_of_it() {
        let night = BoardTally {
            until: at("06:00"),
            ..standing("00:00", 0, None)
        };
        let kept = [night, standing("06:30", 1, None)];
        let day = kept[0].day;
        let found = |time| BoardTally::standing(&kept, day, at(time)).map(|kept| kept.at);

        assert_eq!(found("03:15"), Some(at("00:00")));
        assert_eq!(found("06:15"), None);
        assert_eq!(found("06:30"), Some(at("06:30")));
        assert_eq!(
            BoardTally::standing(&kept, day.tomorrow().unwrap(), at("03:15")),
            None
        );
    }
}
