//! A file's path gives its period: `Metrics/<year>/<month>/<day>/<file>.csv` covers a day,
//! `…/<hour>/<file>.csv` an hour, both in UTC.

use jiff::civil::Date;

pub use crate::intervals::{DAY, HOUR};

use crate::intervals::day_from_date;

/// One hour or one day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExportPeriod {
    /// Unix seconds.
    pub start: i64,
    /// [`HOUR`] or [`DAY`].
    pub length: i64,
}

impl ExportPeriod {
    pub fn end(self) -> i64 {
        self.start + self.length
    }

    /// UTC days since 1970.
    pub fn utc_day(self) -> i64 {
        self.start.div_euclid(DAY)
    }

    fn from_date(date: Date, hour: Option<i64>) -> Self {
        let start = day_from_date(date) * DAY;
        match hour {
            Some(hour) => Self {
                start: start + hour * HOUR,
                length: HOUR,
            },
            None => Self { start, length: DAY },
        }
    }
}

/// A file of the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VergicFile {
    /// The file's name without its extension, and without a date in it.
    pub dataset: String,
    pub period: ExportPeriod,
}

impl VergicFile {
    /// Parses a key below `root`; `None` if it's not part of an export.
    pub fn parse_key(key: &str, root: &str) -> Option<Self> {
        let below = strip_root(key, root)?;
        Self::parse_parts(&below.split('/').collect::<Vec<_>>())
    }

    /// Parses a key below whatever root; `None` if it's not part of an export.
    pub(super) fn parse_below_any_root(key: &str) -> Option<Self> {
        let parts: Vec<&str> = key.split('/').collect();
        let mut levels = [4, 5].into_iter();
        levels.find_map(|levels| Self::parse_parts(&parts[parts.len().checked_sub(levels)?..]))
    }

    fn parse_parts(parts: &[&str]) -> Option<Self> {
        let (year, month, day, hour, file) = match *parts {
            [year, month, day, file] => (year, month, day, None, file),
            [year, month, day, hour, file] => (year, month, day, Some(hour), file),
            _ => return None,
        };
        let date = parse_date(year, month, day)?;
        let hour = match hour {
            Some(hour) => Some(parse_digits(hour, 2).filter(|hour| *hour < 24)?),
            None => None,
        };
        Some(Self {
            dataset: strip_date(csv_stem(file)?, date, hour),
            period: ExportPeriod::from_date(date, hour.map(i64::from)),
        })
    }
}

/// Returns the name of a CSV file without its extension, unless it's hidden.
pub(super) fn csv_stem(name: &str) -> Option<&str> {
    let (stem, end) = name.rsplit_once('.')?;
    let is_csv = end.eq_ignore_ascii_case("csv") && !stem.is_empty() && !stem.starts_with('.');
    is_csv.then_some(stem)
}

/// A folder below `root`, and the time that its path covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExportFolder {
    Root,
    Year(i16),
    Month(i16, i8),
    Day(Date),
    Hour(Date, i8),
}

impl ExportFolder {
    /// Returns the folder `name` in this one; `None` if it's not part of the hierarchy.
    pub(super) fn child_folder(self, name: &str) -> Option<Self> {
        match self {
            Self::Root => i16::try_from(parse_year(name)?).ok().map(Self::Year),
            Self::Year(year) => {
                let month = parse_two_digits(name).filter(|month| (1..=12).contains(month))?;
                Some(Self::Month(year, month))
            }
            Self::Month(year, month) => Date::new(year, month, parse_two_digits(name)?)
                .ok()
                .map(Self::Day),
            Self::Day(date) => {
                let hour = parse_two_digits(name).filter(|hour| (0..24).contains(hour))?;
                Some(Self::Hour(date, hour))
            }
            Self::Hour(..) => None,
        }
    }
}

/// Returns the rest of a key below `root`, regardless of slashes around it.
fn strip_root<'k>(key: &'k str, root: &str) -> Option<&'k str> {
    let rest = key.trim_start_matches('/');
    let root = root.trim_matches('/');
    if root.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix(root)?.strip_prefix('/')
}

fn parse_date(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(
        i16::try_from(parse_year(year)?).ok()?,
        parse_two_digits(month)?,
        parse_two_digits(day)?,
    )
    .ok()
}

fn parse_year(text: &str) -> Option<u32> {
    parse_digits(text, 4).filter(|year| (1970..=9998).contains(year))
}

fn parse_two_digits(text: &str) -> Option<i8> {
    i8::try_from(parse_digits(text, 2)?).ok()
}

/// Parses digits alone, with or without a leading zero.
fn parse_digits(text: &str, digits: usize) -> Option<u32> {
    let is_number = (1..=digits).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

/// Removes the date, because a dataset is the same on every day: `queues_20261120-10` of that hour
/// is `queues`.
fn strip_date(stem: &str, date: Date, hour: Option<u32>) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    let is_mark = |c: char| matches!(c, '-' | '_' | '.' | ' ');
    for mark in ["", "-", "_", "."] {
        let written = format!("{year:04}{mark}{month:02}{mark}{day:02}");
        let Some((before, after)) = stem.split_once(&written) else {
            continue;
        };
        let after = match hour {
            Some(hour) => strip_hour(after, hour),
            None => after,
        };
        let (before, after) = (
            before.trim_end_matches(is_mark),
            after.trim_start_matches(is_mark),
        );
        return match (before.is_empty(), after.is_empty()) {
            (true, true) => stem.to_owned(),
            (false, false) => format!("{before}-{after}"),
            _ => format!("{before}{after}"),
        };
    }
    stem.to_owned()
}

fn strip_hour(text: &str, hour: u32) -> &str {
    let rest = text.trim_start_matches(['-', '_', '.', ' ', 'T', 't']);
    let Some(rest) = rest.strip_prefix(&format!("{hour:02}")) else {
        return text;
    };
    // Minutes and seconds of a whole hour.
    let rest = rest.trim_start_matches(['0', '-', '_', '.', ':']);
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return text;
    }
    rest.strip_prefix(['Z', 'z', 'h']).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse_parts(key: &str) -> Option<(String, i64, i64)> {
        let VergicFile { dataset, period } = VergicFile::parse_key(key, "Metrics")?;
        Some((dataset, period.start, period.length))
    }

    #[test]
    fn a_path_gives_the_dataset_and_the_period() {
        let hour = |dataset: &str| Some((dataset.to_owned(), 1_767_603_600, HOUR));
        let day = |dataset: &str| Some((dataset.to_owned(), 1_767_571_200, DAY));
        let table = [
            ("Metrics/2026/01/05/09/queues.csv", hour("queues")),
            ("Metrics/2026/1/5/9/queues.csv", hour("queues")),
            ("/Metrics/2026/1/05/9/Queues.CSV", hour("Queues")),
            ("Metrics/2026/01/05/queues.csv", day("queues")),
            ("Metrics/2026/01/05/queues_2026-01-05.csv", day("queues")),
            ("Metrics/2026/01/05/20260105.csv", day("20260105")),
            (
                "Metrics/2026/01/05/20260105-eu.queues.csv",
                day("eu.queues"),
            ),
            ("Metrics/2026/01/05/a_2026_01_05_b.csv", day("a-b")),
            (
                "Metrics/2026/01/05/queues_20260104.csv",
                day("queues_20260104"),
            ),
            (
                "Metrics/2026/01/05/09/queues_20260105_09.csv",
                hour("queues"),
            ),
            (
                "Metrics/2026/01/05/09/queues_20260105T090000Z.csv",
                hour("queues"),
            ),
            (
                "Metrics/2026/01/05/09/queues_20260105_10.csv",
                hour("queues-10"),
            ),
            ("Metrics/2026/01/05/24/queues.csv", None),
            ("Metrics/2026/02/30/queues.csv", None),
            ("Metrics/2026/13/05/queues.csv", None),
            ("Metrics/26/01/05/queues.csv", None),
            ("Metrics/2026/001/05/queues.csv", None),
            ("Metrics/2026/01/05/queues.csv.gz", None),
            ("Metrics/2026/01/05/queues.tmp", None),
            ("Metrics/2026/01/05/.queues.csv", None),
            ("Metrics/2026/01/05/09/00/queues.csv", None),
            ("Metrics/2026/01/queues.csv", None),
            ("MetricsOld/2026/01/05/queues.csv", None),
            ("Other/2026/01/05/queues.csv", None),
            ("Metrics", None),
        ];
        for (key, expected) in table {
            assert_eq!(parse_parts(key), expected, "{key}");
        }
    }

    #[test]
    fn the_root_can_be_anywhere() {
        assert!(VergicFile::parse_key("a/b/2026/1/5/q.csv", "/a/b/").is_some());
        assert!(VergicFile::parse_key("2026/1/5/q.csv", "").is_some());
        assert!(VergicFile::parse_key("a/2026/1/5/q.csv", "a/b").is_none());
    }

    #[test]
    fn child_folders_are_resolved_one_by_one() {
        let path = ["2026", "01", "5", "9"];
        let mut folder = ExportFolder::Root;
        for name in path {
            folder = folder.child_folder(name).unwrap();
        }

        assert_eq!(folder, ExportFolder::Hour(jiff::civil::date(2026, 1, 5), 9));
        assert_eq!(folder.child_folder("0"), None);
        assert_eq!(ExportFolder::Root.child_folder("lost+found"), None);
        assert_eq!(ExportFolder::Year(2026).child_folder("13"), None);
        assert_eq!(ExportFolder::Month(2026, 2).child_folder("30"), None);
    }

    proptest! {
        #[test]
        fn never_panics_on_any_path(key in ".*", root in "[a-zA-Z/.]*") {
            if let Some(export) = VergicFile::parse_key(&key, &root) {
                prop_assert!(!export.dataset.is_empty());
                prop_assert_eq!(export.period.start % export.period.length, 0);
            }
        }

        #[test]
        fn every_hour_is_parsed_from_its_path(start in 0_i64..4_000_000, pads in any::<[bool; 3]>()) {
            let start = start * HOUR;
            let at = jiff::Timestamp::from_second(start).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
            let part = |n: i8, pad: bool| if pad { format!("{n:02}") } else { n.to_string() };
            let key = format!(
                "Metrics/{}/{}/{}/{}/q.csv",
                at.year(), part(at.month(), pads[0]), part(at.day(), pads[1]), part(at.hour(), pads[2])
            );
            let export = VergicFile::parse_key(&key, "Metrics").unwrap();
            prop_assert_eq!(export.period, ExportPeriod { start, length: HOUR });
            prop_assert_eq!(export.period.utc_day(), start.div_euclid(DAY));
        }
    }
}
