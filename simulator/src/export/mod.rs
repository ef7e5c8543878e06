//! The history of the last ten weeks, as files in the vendors' folders and columns: Sangoma's
//! nightly export of calls, and Vergic's hourly export of chats. The call center plays each day. Beside them,
//! the plan of workforce management.

mod chats;
mod day;
mod files;
mod peaks;
mod plan;

use std::{io, path::Path};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::{
    Settings,
    call_center::{CallCenter, Journal},
    demand::DayDemand,
    roster::{Channel, QueueNo},
};

use day::{DayFacts, IdSequence};

pub use chats::write_chats;
pub use peaks::waiting_peaks;
pub use plan::{write_forecast, write_schedules};

/// The tenant in all file names.
pub const TENANT: u64 = 4711;
/// The number of past weeks.
const WEEKS: i64 = 10;

/// Writes the calls of every day up to yesterday below `folder`.
pub fn write_calls(folder: &Path, settings: &Settings, now: Timestamp) -> io::Result<()> {
    files::write_dimensions(folder)?;
    let mut ids = IdSequence::default();
    for date in past_days(settings, now) {
        let journal = play(date, Channel::Phone, settings);
        let seed = settings.seed ^ seed_of(date);
        DayFacts::new(journal, seed, &mut ids).write(folder, date)?;
    }
    Ok(())
}

/// The days up to yesterday.
fn past_days(settings: &Settings, now: Timestamp) -> impl Iterator<Item = Date> {
    let today = now.to_zoned(settings.zone.clone()).date();
    (1..=WEEKS * 7)
        .rev()
        .map(move |back| today.saturating_sub(back.days()))
}

/// Plays one day of a channel, the same whenever the demo starts.
fn play(date: Date, channel: Channel, settings: &Settings) -> Journal {
    let settings = Settings {
        seed: settings.seed ^ seed_of(date),
        speed: 1.0,
        ..settings.clone()
    };
    let [start, end] = bounds(date, &settings.zone);
    let mut center = CallCenter::play_day(&settings, channel, start, end, DayDemand::default());
    let mut journal = center.state.journal.take().unwrap_or_default();
    // Agents who work past midnight sign out the next day, whose file has the whole shift.
    journal.logins.retain(|span| span.to < end);
    journal
}

/// The start and end of a day: one with a clock change has 23 or 25 hours.
pub(crate) fn bounds(date: Date, zone: &TimeZone) -> [Timestamp; 2] {
    [date, date.saturating_add(1.day())].map(|date| {
        let midnight = date
            .to_zoned(zone.clone())
            .and_then(|day| day.start_of_day());
        midnight.map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp())
    })
}

pub(crate) fn seed_of(date: Date) -> u64 {
    let number =
        i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day());
    number.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A phone queue's id in the export. An agent's is the employee id.
pub fn queue_id(queue: QueueNo) -> usize {
    queue - Channel::Phone.queues().start + 1
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs};

    use jiff::tz::TimeZone;

    use super::{
        super::call_center::{FinishedContact, seconds},
        *,
    };

    fn settings() -> Settings {
        Settings {
            zone: TimeZone::get("Europe/Stockholm").unwrap(),
            ..Settings::default()
        }
    }

    fn exported_folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-20T13:27:00Z".parse().unwrap();
        write_calls(folder.path(), &settings(), now).unwrap();
        folder
    }

    fn rows(folder: &Path, container: &str, date: &str) -> Vec<csv::StringRecord> {
        let path = format!("CCAAS/FACTS/{TENANT}-{container}-F/{date}-{TENANT}-{container}-F.csv");
        let mut file = csv::Reader::from_path(folder.join(path)).unwrap();
        file.records().map(Result::unwrap).collect()
    }

    #[test]
    fn export_fills_the_vendors_folders_with_ten_weeks_and_is_repeatable() {
        let (once, again) = (exported_folder(), exported_folder());

        let files = fs::read_dir(
            once.path()
                .join(format!("CCAAS/FACTS/{TENANT}-Queue_Call-F")),
        );
        assert_eq!(files.unwrap().count(), 70);
        let read_calls = |folder: &tempfile::TempDir| rows(folder.path(), "Queue_Call", "20261119");
        assert_eq!(read_calls(&once), read_calls(&again));
        let calls = read_calls(&once).len();
        assert!((850..1_300).contains(&calls), "{calls}");
    }

    /// Totals of a past day over all queues: offered, answered, answered within the answer target.
    fn day_totals(folder: &Path, date: &str) -> [f64; 3] {
        let mut totals = [0.0; 3];
        for call in rows(folder, "Queue_Call", date) {
            let time = |field: usize| call[field].parse::<i64>().ok();
            let (join, connect) = (time(7).unwrap(), time(8));
            totals[0] += 1.0;
            totals[1] += f64::from(u8::from(connect.is_some()));
            let is_in_time = connect.is_some_and(|connect| connect - join <= 20);
            totals[2] += f64::from(u8::from(is_in_time));
        }
        totals
    }

    #[test]
    fn exported_day_is_as_large_as_a_played_one() {
        let folder = exported_folder();
        let exported = day_totals(folder.path(), "20261119");
        let end = "2026-11-19T22:59:59Z".parse().unwrap();
        let played = CallCenter::new(&settings(), end, &[Channel::Phone])
            .state
            .days;
        let played = played.iter().fold([0.0; 3], |sum, day| {
            let counts = [day.offered, day.answered, day.in_time];
            [0, 1, 2].map(|index| sum[index] + f64::from(counts[index]))
        });
        for (exported, played) in exported.into_iter().zip(played) {
            assert!(
                (0.88..1.12).contains(&(exported / played)),
                "{exported} {played}"
            );
        }
    }

    #[test]
    fn day_with_a_clock_change_has_calls_in_every_hour() {
        for (date, hours) in [("2026-03-29", 23), ("2026-10-25", 25)] {
            let date: Date = date.parse().unwrap();
            let [start, end] = bounds(date, &settings().zone);
            let day = play(date, Channel::Phone, &settings());

            let entered = day.contacts.iter().map(|finished| finished.contact.entered);
            let seen: HashSet<i64> = entered
                .map(|entered| entered.duration_since(start).as_hours())
                .collect();
            assert_eq!(seen.len(), hours, "{date}");
            assert!(day.logins.iter().all(|span| span.to < end));
        }
    }

    #[test]
    fn agents_work_eight_hours_and_handle_thirty_to_sixty_contacts() {
        let date = "2026-11-19".parse().unwrap();
        let [midnight, _] = bounds(date, &settings().zone);
        for channel in Channel::ALL {
            let day = play(date, channel, &settings());

            let mut handled = Vec::new();
            for span in &day.logins {
                let hours = seconds(span.from, span.to) / 3600.0;
                assert!((7.8..9.0).contains(&hours), "{span:?}");
                let own = |finished: &&FinishedContact| {
                    finished.contact.agent() == Some(span.agent)
                        && span.from <= finished.contact.entered
                };
                // The first hours of a night shift belong to the day before.
                if midnight < span.from {
                    handled.push(day.contacts.iter().filter(own).count());
                }
            }
            handled.sort_unstable();
            let most = &handled[1..handled.len() - 2];
            assert!(10 < most.len());
            assert!(
                most.iter().all(|count| (27..=66).contains(count)),
                "{handled:?}"
            );
            let lost = |finished: &&FinishedContact| finished.contact.answered.is_none();
            let percent = day.contacts.iter().filter(lost).count() * 100 / day.contacts.len();
            assert!((2..=8).contains(&percent), "{channel:?} {percent}");
        }
    }

    #[test]
    fn chats_are_exported_hour_by_hour_until_the_live_messages() {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-20T13:27:00Z".parse().unwrap();
        write_chats(folder.path(), &settings(), now).unwrap();

        let root = folder.path().join("Metrics/2026/11");
        let read = |hour: &str| csv::Reader::from_path(root.join(hour).join("queues.csv"));
        for row in read("19/10").unwrap().into_records() {
            let row = row.unwrap();
            let [offered, answered, in_time, left, short] =
                [1, 2, 3, 4, 5].map(|index| row[index].parse::<u32>().unwrap());
            assert_eq!(offered, answered + left + short, "{row:?}");
            assert!(in_time <= answered);
        }
        assert!(read("20/12").is_ok(), "they begin within this hour");
        assert!(read("20/13").is_err(), "it isn't over");
    }

    #[test]
    fn no_agent_takes_two_calls_at_once_and_some_callers_wait_long() {
        let folder = exported_folder();
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
