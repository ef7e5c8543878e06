//! The plan of the center: contacts, handle times and agents of half hours, and everybody's shifts, as
//! files of workforce management.

use std::{io, path::Path};

use jiff::{SignedDuration, Timestamp, ToSpan, Zoned, civil::Date};

use super::{
    super::{
        Settings,
        call_center::planned_shift,
        demand::usual_rate,
        roster::{AGENTS, AgentNo, QUEUES, QueueNo},
    },
    files::{Row, row, write},
};

/// The days that are planned, from some weeks ago to next week.
const DAYS_BACK: i64 = 14;
const DAYS_AHEAD: i64 = 7;
const HALF_HOUR: SignedDuration = SignedDuration::from_mins(30);
/// The part of their time in which agents are meant to be busy.
const OCCUPANCY: f64 = 0.8;
/// The activities of a shift: when each begins, in minutes after its start, until the next one does.
const ACTIVITIES: [(i64, &str); 7] = [
    (0, "Work"),
    (120, "Break"),
    (135, "Work"),
    (240, "Lunch"),
    (270, "Work"),
    (390, "Break"),
    (405, "Work"),
];

/// Writes the expected contacts of each queue's open half hours into `folder`.
pub fn write_forecast(folder: &Path, settings: &Settings, now: Timestamp) -> io::Result<()> {
    let rows = planned_days(settings, now).flat_map(|date| {
        (0..QUEUES.len()).flat_map(move |queue| queue_rows(queue, date, settings))
    });
    let header = "Interval,Queue,Forecast,AHT (s),Required";
    write(folder, "forecast.csv", header, rows.collect())
}

/// Writes the activities of each agent's shifts into `folder`.
pub fn write_schedules(folder: &Path, settings: &Settings, now: Timestamp) -> io::Result<()> {
    let rows = planned_days(settings, now).flat_map(|date| {
        (0..AGENTS.len()).flat_map(move |agent| shift_rows(agent, date, settings))
    });
    let header = "Employee,Activity,Start,End,Team";
    write(folder, "schedules.csv", header, rows.collect())
}

fn planned_days(settings: &Settings, now: Timestamp) -> impl Iterator<Item = Date> {
    let today = now.to_zoned(settings.zone.clone()).date();
    (-DAYS_BACK..=DAYS_AHEAD).map(move |days| today.saturating_add(days.days()))
}

fn queue_rows(no: QueueNo, date: Date, settings: &Settings) -> impl Iterator<Item = Row> {
    let [start, end] = super::bounds(date, &settings.zone);
    let starts = std::iter::successors(Some(start), |start| Some(*start + HALF_HOUR));
    starts
        .take_while(move |start| *start < end)
        .filter_map(move |start| {
            let local = start.to_zoned(settings.customer_zone().clone());
            let contacts = usual_rate(no, &local) * HALF_HOUR.as_secs_f64();
            let queue = &QUEUES[no];
            let handle_s = queue.talk + queue.wrap_up;
            let slots = f64::from(queue.channel.slots());
            let busy = contacts * handle_s / HALF_HOUR.as_secs_f64() / slots;
            (0.0 < contacts).then(|| {
                row(&[
                    &write_time(start, settings),
                    &queue.name,
                    &format!("{contacts:.1}"),
                    &handle_s,
                    &(busy / OCCUPANCY).ceil(),
                ])
            })
        })
}

fn shift_rows(agent: AgentNo, date: Date, settings: &Settings) -> Vec<Row> {
    let Some([start, end]) = planned_shift(agent, date, settings.customer_zone()) else {
        return Vec::new();
    };
    let at = |minutes: i64| start + SignedDuration::from_mins(minutes);
    let next = ACTIVITIES.iter().skip(1).map(|(minutes, _)| at(*minutes));
    let activities = ACTIVITIES.iter().zip(next.chain([end]));
    let rows = activities.map(|((minutes, activity), until)| {
        row(&[
            &AGENTS[agent].name,
            activity,
            &write_time(at(*minutes), settings),
            &write_time(until, settings),
            &AGENTS[agent].team().1,
        ])
    });
    rows.collect()
}

/// A time with its offset, so that hours that a clock change repeats differ.
fn write_time(at: Timestamp, settings: &Settings) -> String {
    let local: Zoned = at.to_zoned(settings.zone.clone());
    local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn written(
        write: fn(&Path, &Settings, Timestamp) -> io::Result<()>,
        file: &str,
    ) -> Vec<csv::StringRecord> {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            zone: TimeZone::get("Europe/Stockholm").unwrap(),
            ..Settings::default()
        };
        write(
            folder.path(),
            &settings,
            "2026-10-20T13:27:00Z".parse().unwrap(),
        )
        .unwrap();
        let mut rows = csv::Reader::from_path(folder.path().join(file)).unwrap();
        rows.records().map(Result::unwrap).collect()
    }

    #[test]
    fn each_open_half_hour_is_forecast_also_when_a_clock_change_repeats_it() {
        let rows = written(write_forecast, "forecast.csv");
        let of = |queue: &str, day: &str| {
            let rows = rows
                .iter()
                .filter(|row| &row[1] == queue && row[0].starts_with(day));
            rows.count()
        };
        assert_eq!(of("Sales", "2026-10-20"), 48);
        assert_eq!(of("Business", "2026-10-20"), 18);
        assert_eq!(of("Business", "2026-10-24"), 0, "a Saturday");
        assert_eq!(of("Sales", "2026-10-25"), 50, "summer time ends");
        assert!(rows.iter().all(|row| 1.0 <= row[4].parse::<f64>().unwrap()));
    }

    #[test]
    fn shifts_have_no_holes_and_take_eight_hours() {
        let rows = written(write_schedules, "schedules.csv");
        let time =
            |row: &csv::StringRecord, column: usize| row[column].parse::<Timestamp>().unwrap();
        for shift in rows.chunks(ACTIVITIES.len()) {
            let ends = shift[1..].iter().map(|row| time(row, 2));
            assert!(
                shift
                    .iter()
                    .zip(ends)
                    .all(|(row, next)| time(row, 3) == next)
            );
            let [first, last] = [&shift[0], &shift[ACTIVITIES.len() - 1]];
            let length = time(last, 3).duration_since(time(first, 2));
            assert_eq!(length, SignedDuration::from_hours(8), "{first:?}");
        }
    }
}
