//! Finds datasets of a nightly export whose files are missing while those of others arrive. Pure.

use std::{
    collections::BTreeSet,
    fmt::{Display, Formatter},
};

use jiff::{Timestamp, civil::Date};

use super::{DaysByDataset, NightlyRun, expected_file};

/// Nights that show whether a dataset arrives regularly. One missing for longer is no longer
/// expected.
const REGULAR_NIGHTS: usize = 28;
/// A longer absence is never usual.
const ABSENT_NIGHTS_MAX: usize = 3;
/// The number of day ranges to list; more are too many to read.
const LISTED_RANGES_MAX: usize = 20;

/// Files of a dataset that are missing while others arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingFiles {
    /// No file of the calls has ever arrived.
    NoCalls { dataset: String },
    Since {
        dataset: String,
        first: Date,
        /// The last day of the others.
        newest: Date,
    },
    /// A file that was imported no longer exists.
    Removed { dataset: String },
    /// Some calls of these days came in files of other days.
    PartialDays {
        dataset: String,
        days: DayRanges,
        calls: i64,
    },
    /// No file has the calls of these days.
    MissingDays { dataset: String, days: DayRanges },
}

/// Days, in ranges of which each has its first and its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRanges(Vec<(Date, Date)>);

impl<'d> FromIterator<&'d Date> for DayRanges {
    fn from_iter<I: IntoIterator<Item = &'d Date>>(days: I) -> Self {
        let mut ranges: Vec<(Date, Date)> = Vec::new();
        for day in days {
            match ranges.last_mut() {
                Some((_, last)) if last.tomorrow().is_ok_and(|next| next == *day) => *last = *day,
                _ => ranges.push((*day, *day)),
            }
        }
        Self(ranges)
    }
}

impl DayRanges {
    /// Returns the ranges to list, and the number of others.
    pub fn listed(&self) -> (&[(Date, Date)], usize) {
        let (listed, more) = self.0.split_at(LISTED_RANGES_MAX.min(self.0.len()));
        (listed, more.len())
    }
}

/// Writes days such as "2026-11-03, 2026-11-10 to 2026-11-12".
impl Display for DayRanges {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let (listed, more) = self.listed();
        for (number, (first, last)) in listed.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{first}")?;
            if first != last {
                write!(f, " to {last}")?;
            }
        }
        if 0 < more {
            write!(f, ", and {more} more")?;
        }
        Ok(())
    }
}

/// Writes a sentence for the terminal, the log and the API.
impl Display for MissingFiles {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoCalls { dataset } => write!(
                f,
                "No file of {dataset} has arrived, but others have: without it there are no call metrics"
            ),
            Self::Since {
                dataset,
                first,
                newest,
            } => write!(
                f,
                "No file of {dataset} has arrived since {first}, but others arrived up to {newest}"
            ),
            Self::Removed { dataset } => write!(
                f,
                "The file of {dataset} no longer exists; using its last version"
            ),
            Self::PartialDays {
                dataset,
                days,
                calls,
            } => write!(
                f,
                "Partial: {days}. No file of {dataset} has arrived for these days; {calls} of their calls came in files of other days"
            ),
            Self::MissingDays { dataset, days } => write!(
                f,
                "Missing: {days}. No file of {dataset} has arrived for these days, and no other file has their calls"
            ),
        }
    }
}

/// Finds missing datasets. A night counts once all its files are due.
pub(super) fn find_missing(
    days: &DaysByDataset,
    run: &NightlyRun,
    now: Timestamp,
) -> Vec<MissingFiles> {
    let is_over = |day: &Date| {
        let due = day
            .yesterday()
            .ok()
            .and_then(|before| expected_file::next_nightly(before, run));
        due.is_some_and(|due| due.is_late(now))
    };
    let nights: BTreeSet<Date> = days.values().flatten().copied().filter(is_over).collect();
    let Some(newest) = nights.last() else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    if !days.contains_key(run.calls) {
        findings.push(MissingFiles::NoCalls {
            dataset: run.calls.to_owned(),
        });
    }
    for (dataset, arrived) in days {
        let first_missing = arrived.last().and_then(|last| {
            let mut after = nights.range(*last..).filter(|night| *night != last);
            let absence = after.clone().count();
            let is_expected = absence <= REGULAR_NIGHTS || dataset == run.calls;
            let is_long = is_expected && usual_absence(arrived, &nights) < absence;
            after.next().filter(|_| is_long)
        });
        if let Some(first) = first_missing {
            findings.push(MissingFiles::Since {
                dataset: dataset.clone(),
                first: *first,
                newest: *newest,
            });
        }
    }
    findings
}

/// Returns for how many nights a dataset may be missing before it's reported: its longest absence
/// so far. One that arrives rarely isn't expected.
fn usual_absence(arrived: &BTreeSet<Date>, nights: &BTreeSet<Date>) -> usize {
    let (Some(first), Some(last)) = (arrived.first(), arrived.last()) else {
        return usize::MAX;
    };
    let recent: Vec<bool> = nights
        .range(*first..=*last)
        .rev()
        .take(REGULAR_NIGHTS)
        .map(|night| arrived.contains(night))
        .collect();
    let present = recent.iter().filter(|arrived| **arrived).count();
    if present * 2 < recent.len() {
        return usize::MAX;
    }
    let absences = recent.split(|arrived| *arrived).map(<[bool]>::len);
    absences.max().unwrap_or_default().min(ABSENT_NIGHTS_MAX)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn days_by_container(containers: &[(&str, &[i8])]) -> DaysByDataset {
        let november = |day: &i8| Date::constant(2026, 11, *day);
        containers
            .iter()
            .map(|(name, days)| ((*name).to_owned(), days.iter().map(november).collect()))
            .collect()
    }

    /// Finds missing files when those of 14 November are all due, and those of the 15th aren't.
    fn find_missing_in(containers: &[(&str, &[i8])]) -> Vec<String> {
        let now = "2026-11-16T12:00:00Z".parse().unwrap();
        let run = NightlyRun {
            zone: TimeZone::get("Pacific/Honolulu").unwrap(),
            end_hour: 5,
            calls: "Queue_Call",
        };
        let missing = find_missing(&days_by_container(containers), &run, now);
        missing.iter().map(ToString::to_string).collect()
    }

    const ALL: &[i8] = &[9, 10, 11, 12, 13, 14];

    #[test]
    fn a_missing_container_is_named_with_its_first_missing_day() {
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
    fn an_unfinished_night_misses_nothing() {
        let tonight = &[9, 10, 11, 12, 13, 14, 15];

        assert_eq!(
            find_missing_in(&[("Agent_Pause", ALL), ("Queue_Call", tonight)]),
            [""; 0]
        );
    }

    #[test]
    fn a_container_may_miss_as_many_nights_as_usual() {
        let all = &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
        let weekend: &[i8] = &[2, 3, 4, 5, 6, 9, 10, 11, 12];

        assert_eq!(
            find_missing_in(&[("Recording", weekend), ("Queue_Call", all)]),
            [""; 0]
        );
        let findings = find_missing_in(&[("Recording", &weekend[..8]), ("Queue_Call", all)]);
        assert_eq!(
            findings,
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
