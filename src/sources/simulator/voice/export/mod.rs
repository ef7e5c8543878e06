//! The telephone side's past: the nightly export of a simulated Sangoma Contact Center
//! over the last ten weeks, in the vendor's folders and columns, for the real importer.

mod day;
mod desk;
mod files;

use std::{io, path::Path};

use jiff::{Timestamp, ToSpan, civil::Date};

use crate::domain::{Id, QueueId, SourceId};

use super::{
    super::{Settings, dice::Dice},
    cast::{AGENTS, QUEUES, Queue},
};

/// The tenant in all names of files.
pub const TENANT: u64 = 4711;
/// How far back it goes.
const WEEKS: i64 = 10;

/// Writes every file up to yesterday below `folder`.
pub fn write(folder: &Path, settings: &Settings, now: Timestamp) -> io::Result<()> {
    let today = now.to_zoned(settings.zone.clone()).date();
    files::dimensions(folder)?;
    let mut numbers = day::Numbers::default();
    for back in (1..=WEEKS * 7).rev() {
        let date = today.saturating_sub(back.days());
        // A day is as it was, whenever the demo is started.
        let mut dice = Dice::new(settings.seed ^ seed_of(date));
        let clock = day::Clock::of(date, &settings.zone);
        let day = day::day(&clock, &mut dice, &mut numbers);
        files::facts(folder, date, &day)?;
    }
    Ok(())
}

fn seed_of(date: Date) -> u64 {
    let number =
        i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day());
    number.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The telephone's queues, and what each is in the export.
pub fn links(telephone: &SourceId, export: &SourceId) -> Vec<(QueueId, QueueId)> {
    let queue = |(place, queue): (usize, &Queue)| {
        let theirs = Id::new(export, &queue_id(place).to_string());
        (Id::new(telephone, queue.object), theirs)
    };
    QUEUES.iter().enumerate().map(queue).collect()
}

/// An employee as the export has them.
pub fn agent(export: &SourceId, employee: &str) -> Option<Id> {
    let known = AGENTS.iter().any(|agent| agent.object == employee);
    known.then(|| Id::new(export, employee))
}

/// Its number in the export.
fn queue_id(place: usize) -> u64 {
    u64::try_from(place).unwrap_or_default() + 1
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs};

    use jiff::tz::TimeZone;

    use super::{
        super::{super::Script, floor::Day, switch::Switch},
        *,
    };

    fn written() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            zone: TimeZone::get("Europe/Stockholm").unwrap(),
            ..Settings::default()
        };
        let now = "2026-11-20T13:27:00Z".parse().unwrap();
        write(folder.path(), &settings, now).unwrap();
        folder
    }

    fn rows(folder: &Path, container: &str, date: &str) -> Vec<csv::StringRecord> {
        let path = format!("CCAAS/FACTS/{TENANT}-{container}-F/{date}-{TENANT}-{container}-F.csv");
        let mut file = csv::Reader::from_path(folder.join(path)).unwrap();
        file.records().map(Result::unwrap).collect()
    }

    #[test]
    fn ten_weeks_of_files_are_in_the_vendors_folders_and_the_same_each_time() {
        let (once, again) = (written(), written());

        let files = fs::read_dir(
            once.path()
                .join(format!("CCAAS/FACTS/{TENANT}-Queue_Call-F")),
        );
        assert_eq!(files.unwrap().count(), 70);
        let of = |folder: &tempfile::TempDir| rows(folder.path(), "Queue_Call", "20261119");
        assert_eq!(of(&once), of(&again));
        let calls = of(&once).len();
        assert!((2_500..3_900).contains(&calls), "{calls}");
    }

    /// The sum over all queues of a day of the past: offered, answered, answered in time.
    fn told(folder: &Path, date: &str) -> [f64; 3] {
        let mut told = [0.0; 3];
        for call in rows(folder, "Queue_Call", date) {
            let time = |field: usize| call[field].parse::<i64>().ok();
            let (join, connect) = (time(7).unwrap(), time(8));
            told[0] += 1.0;
            told[1] += f64::from(u8::from(connect.is_some()));
            let is_in_time = connect.is_some_and(|connect| connect - join <= 20);
            told[2] += f64::from(u8::from(is_in_time));
        }
        told
    }

    #[test]
    fn a_day_of_the_past_is_as_large_as_one_that_is_played() {
        let folder = written();
        let told = told(folder.path(), "20261119");
        let script = Script {
            seed: 1,
            start: "2026-11-19T22:59:59Z".parse().unwrap(),
            speed: 1.0,
            zone: TimeZone::get("Europe/Stockholm").unwrap(),
        };
        let played = Switch::new(&script).floor.days;

        let sum =
            |of: fn(&Day) -> u32| -> f64 { played.iter().map(|day| f64::from(of(day))).sum() };
        let played = [
            sum(|day| day.offered),
            sum(|day| day.answered),
            sum(|day| day.in_time),
        ];
        for (told, played) in told.into_iter().zip(played) {
            assert!((0.88..1.12).contains(&(told / played)), "{told} {played}");
        }
    }

    #[test]
    fn a_day_with_a_clock_change_has_calls_in_all_of_its_hours() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        for (date, hours) in [("2026-03-29", 23), ("2026-10-25", 25)] {
            let clock = day::Clock::of(date.parse().unwrap(), &zone);
            let mut numbers = day::Numbers::default();
            let day = day::day(&clock, &mut Dice::new(1), &mut numbers);

            let hour = |call: &day::Call| (call.join - clock.start) / 3600;
            let seen: HashSet<i64> = day.calls.iter().map(hour).collect();
            assert_eq!(seen.len(), hours, "{date}");
            let late = |at: i64| clock.start <= at && at <= clock.end;
            let mut shifts = day.shifts.iter();
            assert!(shifts.all(|shift| late(shift.from) && late(shift.to)));
        }
    }

    #[test]
    fn nobody_talks_to_two_at_once_and_some_wait_in_vain() {
        let folder = written();
        let mut talks: Vec<(String, i64, i64)> = Vec::new();
        let (mut ends, mut waits) = (HashSet::new(), Vec::new());
        for call in rows(folder.path(), "Queue_Call", "20261119") {
            let time = |field: usize| call[field].parse::<i64>().ok();
            let (join, connect, leave) = (time(7).unwrap(), time(8), time(9).unwrap());
            ends.insert(call[5].to_owned());
            if let Some(connect) = connect {
                assert!(join <= connect && connect < leave, "{call:?}");
                waits.push(connect - join);
                talks.push((call[2].to_owned(), connect, leave));
            }
        }
        talks.sort();
        for pair in talks.windows(2) {
            assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "{pair:?}");
        }
        assert!(2 < ends.len(), "{ends:?}");
        let late = waits.iter().filter(|wait| 20 < **wait).count();
        assert!(
            waits.len() / 25 < late && late < waits.len() / 2,
            "{late} of {}",
            waits.len()
        );
    }
}
