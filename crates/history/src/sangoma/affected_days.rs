//! The days that a file's rows affect: the days to recompute, the time span of the rows, and
//! the coverage of the file.

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};

use crate::intervals::DAY;

use super::container::{Container, RecomputeRule};

/// The time by which even a late nightly run has ended, in seconds since midnight.
const NIGHTLY_RUN_END: i64 = 12 * 3_600;

/// Collects the times of a file's rows.
#[derive(Debug)]
pub(super) struct AffectedDays {
    recompute_rule: RecomputeRule,
    /// Whether the file determines the coverage of calls.
    has_coverage: bool,
    /// The file's own day, in Unix seconds.
    file_day: Option<(i64, i64)>,
    span: Option<(i64, i64)>,
    /// UTC days since 1970.
    marked: BTreeSet<i64>,
    /// The days marked last. Rows come in time order, so the next ones are usually the same.
    last_marked: (i64, i64),
    /// The numbers of rows that begin on the file's own day, and before it.
    row_counts: (u64, u64),
}

impl AffectedDays {
    pub(super) fn new(container: &Container, date: Option<Date>, zone: &TimeZone) -> Self {
        let file_day = date.and_then(|date| day_bounds(date, zone));
        let mut days = Self {
            recompute_rule: container.recompute_rule,
            has_coverage: container.name == "Queue_Call",
            file_day,
            span: None,
            marked: BTreeSet::new(),
            last_marked: (0, -1),
            row_counts: (0, 0),
        };
        if let (RecomputeRule::FileDate, Some((from, to))) = (container.recompute_rule, file_day) {
            days.mark_days(from - DAY, to - 1);
        }
        days
    }

    /// Adds a row with its first and last time.
    pub(super) fn add_row(&mut self, first: i64, last: i64) {
        self.span = Some(match self.span {
            Some((from, to)) => (from.min(first), to.max(last)),
            None => (first, last),
        });
        if let Some((from, to)) = self.file_day {
            self.row_counts.0 += u64::from((from..to).contains(&first));
            self.row_counts.1 += u64::from(first < from);
        }
        self.mark_days(first, last);
    }

    /// The earliest and the latest time of the rows.
    pub(super) fn time_span(&self) -> Option<(i64, i64)> {
        self.span
    }

    /// The coverage of the file: its own day. If most calls joined before that day and none
    /// came after the morning, files are cut at the nightly run: then it is the 24 hours up to
    /// the last call. Earlier days that a file also brings, after a night without one, may be
    /// incomplete: nothing shows that they aren't.
    pub(super) fn coverage(&self) -> Option<(i64, i64)> {
        let file_day = self.file_day.filter(|_| self.has_coverage)?;
        let (on, before) = self.row_counts;
        match self.span {
            Some((_, last)) if on < before && last < file_day.0 + NIGHTLY_RUN_END => {
                Some((last - DAY, last))
            }
            _ => Some(file_day),
        }
    }

    pub(super) fn into_marked(self) -> Vec<i64> {
        self.marked.into_iter().collect()
    }

    fn mark_days(&mut self, first: i64, last: i64) {
        let (before, after) = match self.recompute_rule {
            RecomputeRule::Times { before, after, .. } => (before, after),
            RecomputeRule::FileDate => (0, 0),
            RecomputeRule::Nothing => return,
        };
        let days = (first.div_euclid(DAY) - before, last.div_euclid(DAY) + after);
        if days != self.last_marked {
            self.last_marked = days;
            self.marked.extend(days.0..=days.1);
        }
    }
}

/// The start and end of a day in a zone, in Unix seconds; they may be 23 or 25 hours apart.
pub(super) fn day_bounds(date: Date, zone: &TimeZone) -> Option<(i64, i64)> {
    let begin = |date: Date| {
        let zoned = date.to_zoned(zone.clone()).ok()?;
        Some(zoned.timestamp().as_second())
    };
    Some((begin(date)?, begin(date.tomorrow().ok()?)?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn new_affected_days(container: &str, at: Date, rows: &[(i64, i64)]) -> AffectedDays {
        let container = Container::find_by_name(container).unwrap();
        let zone = TimeZone::get("America/New_York").unwrap();
        let mut days = AffectedDays::new(container, Some(at), &zone);
        for (first, last) in rows {
            days.add_row(*first, *last);
        }
        days
    }

    /// Unix seconds of a time in New York.
    fn unix_seconds(text: &str) -> i64 {
        let time: jiff::civil::DateTime = text.parse().unwrap();
        let zoned = time.in_tz("America/New_York").unwrap();
        zoned.timestamp().as_second()
    }

    #[test]
    fn a_call_marks_the_days_of_its_leg_and_one_on_either_side() {
        let midnight = 20_000 * DAY;

        let legs = new_affected_days(
            "Queue_Call",
            date(2024, 10, 3),
            &[(midnight - 5, midnight + 5)],
        );

        assert_eq!(legs.time_span(), Some((midnight - 5, midnight + 5)));
        assert_eq!(legs.into_marked(), [19_998, 19_999, 20_000, 20_001]);
        let pauses = new_affected_days("Agent_Pause", date(2024, 10, 3), &[(midnight, midnight)]);
        assert_eq!(pauses.into_marked(), [20_000]);
        let wrap_ups = new_affected_days("Agent_ACW", date(2024, 10, 3), &[(midnight, midnight)]);
        assert_eq!(wrap_ups.into_marked(), [19_999, 20_000]);
    }

    #[test]
    fn rows_without_a_time_mark_the_day_of_their_file_and_the_day_before() {
        let issues = new_affected_days("Call_Issue_Queue_Call", date(1970, 1, 3), &[]);
        // The 3rd in New York lies on the 3rd and the 4th in UTC.
        assert_eq!(issues.into_marked(), [1, 2, 3]);

        let recordings = new_affected_days("Recording", date(1970, 1, 3), &[]);
        assert_eq!(recordings.into_marked(), [0; 0]);
    }

    #[test]
    fn a_file_of_calls_covers_its_day_even_when_the_clock_changes() {
        let day = date(2025, 11, 2);
        let (from, to) = (
            unix_seconds("2025-11-02T00:00"),
            unix_seconds("2025-11-03T00:00"),
        );
        assert_eq!(to - from, 25 * 3600);

        // A call that joined the day before doesn't cover the rest of that day.
        let late = (from - 3600, from + 60);
        let calls = new_affected_days(
            "Queue_Call",
            day,
            &[late, (from + 60, from + 90), (to - 9, to + 9)],
        );
        assert_eq!(calls.coverage(), Some((from, to)));
        assert_eq!(
            new_affected_days("Queue_Call", day, &[]).coverage(),
            Some((from, to))
        );
        assert_eq!(new_affected_days("Call_Details", day, &[]).coverage(), None);
    }

    #[test]
    fn a_file_with_earlier_days_covers_its_own_day() {
        let (from, to) = (
            unix_seconds("2025-01-03T00:00"),
            unix_seconds("2025-01-04T00:00"),
        );
        let rows = [
            (
                unix_seconds("2025-01-01T09:00"),
                unix_seconds("2025-01-01T09:03"),
            ),
            (
                unix_seconds("2025-01-02T09:00"),
                unix_seconds("2025-01-02T09:03"),
            ),
            (
                unix_seconds("2025-01-03T17:00"),
                unix_seconds("2025-01-03T17:03"),
            ),
        ];

        let calls = new_affected_days("Queue_Call", date(2025, 1, 3), &rows);

        assert_eq!(calls.coverage(), Some((from, to)));
    }

    #[test]
    fn a_file_cut_in_the_morning_covers_the_24_hours_up_to_its_last_call() {
        let last = unix_seconds("2025-01-03T04:05");
        let rows = [
            (
                unix_seconds("2025-01-02T09:00"),
                unix_seconds("2025-01-02T09:03"),
            ),
            (
                unix_seconds("2025-01-02T17:00"),
                unix_seconds("2025-01-02T17:03"),
            ),
            (unix_seconds("2025-01-03T04:00"), last),
        ];

        let calls = new_affected_days("Queue_Call", date(2025, 1, 3), &rows);

        assert_eq!(calls.coverage(), Some((last - DAY, last)));
    }
}
