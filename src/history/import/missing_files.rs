//! Containers of a nightly export whose files stay away while those of others come. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::expected_file;

/// Without it there are no figures of calls.
const REQUIRED_CONTAINER: &str = "Queue_Call";
/// So many nights tell whether a container comes regularly; one that has stayed away for
/// longer is not waited for any more.
const REGULAR_NIGHTS: usize = 28;
/// No longer absence is taken for a habit.
const ABSENT_NIGHTS_MAX: usize = 3;

/// By container, the days that its files are about.
pub(super) type DaysByContainer = BTreeMap<String, BTreeSet<Date>>;

/// What stays away, a sentence each. A night counts when all of it should be here.
pub(super) fn find_missing(days: &DaysByContainer, zone: &TimeZone, now: Timestamp) -> Vec<String> {
    let is_over = |day: &Date| {
        let due = day
            .yesterday()
            .ok()
            .and_then(|before| expected_file::next_nightly(before, zone));
        due.is_some_and(|due| due.is_late(now))
    };
    let nights: BTreeSet<Date> = days.values().flatten().copied().filter(is_over).collect();
    let Some(newest) = nights.last() else {
        return Vec::new();
    };
    let mut told = Vec::new();
    if !days.contains_key(REQUIRED_CONTAINER) {
        told.push(format!(
            "No file of {REQUIRED_CONTAINER} has arrived, but others have: without it there are no call metrics"
        ));
    }
    for (container, came) in days {
        let first_missing = came.last().and_then(|last| {
            let mut after = nights.range(*last..).filter(|night| *night != last);
            let away = after.clone().count();
            let is_waited_for = away <= REGULAR_NIGHTS || container == REQUIRED_CONTAINER;
            let is_long = is_waited_for && usual_absence(came, &nights) < away;
            after.next().filter(|_| is_long)
        });
        if let Some(first) = first_missing {
            told.push(format!(
                "No file of {container} has arrived since {first}, but others arrived up to {newest}"
            ));
        }
    }
    told
}

/// For how many nights a container may stay away before that is told: as long as it did
/// before. One that comes rarely is not waited for.
fn usual_absence(came: &BTreeSet<Date>, nights: &BTreeSet<Date>) -> usize {
    let (Some(first), Some(last)) = (came.first(), came.last()) else {
        return usize::MAX;
    };
    let lately: Vec<bool> = nights
        .range(*first..=*last)
        .rev()
        .take(REGULAR_NIGHTS)
        .map(|night| came.contains(night))
        .collect();
    let there = lately.iter().filter(|came| **came).count();
    if there * 2 < lately.len() {
        return usize::MAX;
    }
    let absences = lately.split(|came| *came).map(<[bool]>::len);
    absences.max().unwrap_or_default().min(ABSENT_NIGHTS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days_by_container(of: &[(&str, &[i8])]) -> DaysByContainer {
        let november = |day: &i8| Date::constant(2026, 11, *day);
        of.iter()
            .map(|(name, days)| ((*name).to_owned(), days.iter().map(november).collect()))
            .collect()
    }

    /// What is told when the files of 14 November are all due, and those of the 15th are not.
    fn find_missing_in(of: &[(&str, &[i8])]) -> Vec<String> {
        let now = "2026-11-16T12:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Pacific/Honolulu").unwrap();
        find_missing(&days_by_container(of), &zone, now)
    }

    const ALL: &[i8] = &[9, 10, 11, 12, 13, 14];

    #[test]
    fn a_container_that_stays_away_is_named_with_the_first_day_that_it_lacks() {
        assert_eq!(
            find_missing_in(&[("Agent_Pause", &ALL[..4]), ("Queue_Call", ALL)]),
            [
                "No file of Agent_Pause has arrived since 2026-11-13, but others arrived up to 2026-11-14"
            ]
        );
        assert_eq!(
            find_missing_in(&[("Agent_Pause", ALL)]),
            [
                "No file of Queue_Call has arrived, but others have: without it there are no call metrics"
            ]
        );
        assert_eq!(
            find_missing_in(&[("Agent_Pause", ALL), ("Queue_Call", ALL)]),
            [""; 0]
        );
        assert_eq!(find_missing_in(&[]), [""; 0]);
    }

    #[test]
    fn a_night_that_goes_on_misses_nothing() {
        let tonight = &[9, 10, 11, 12, 13, 14, 15];

        assert_eq!(
            find_missing_in(&[("Agent_Pause", ALL), ("Queue_Call", tonight)]),
            [""; 0]
        );
    }

    #[test]
    fn who_is_silent_now_and_then_is_waited_for_as_long_as_that_took_and_who_comes_rarely_not() {
        let all = &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
        let weekend: &[i8] = &[2, 3, 4, 5, 6, 9, 10, 11, 12];

        assert_eq!(
            find_missing_in(&[("Recording", weekend), ("Queue_Call", all)]),
            [""; 0]
        );
        let away = find_missing_in(&[("Recording", &weekend[..8]), ("Queue_Call", all)]);
        assert_eq!(
            away,
            [
                "No file of Recording has arrived since 2026-11-12, but others arrived up to 2026-11-14"
            ]
        );
        assert_eq!(
            find_missing_in(&[("Recording", &[2, 9]), ("Queue_Call", all)]),
            [""; 0]
        );
    }
}
