//! `[hours]` of one queue as fields of a form, and back: a week, and dates with hours of their own.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use toml::Value;

use wallboard_domain::{DAY_MINUTES, OpenPeriod, OpeningHours, SiteConfig};

use crate::{editing::EntryId, web::parts::entry_table::EntryTable};

/// The keys of the week, Monday first.
pub(in crate::web) const DAYS: [(&str, &str); 7] = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
];
/// Rows for further dates.
const EMPTY_DATES: usize = 2;
/// More than two years of holidays.
const DATES_MAX: usize = 100;

/// A day of the week.
pub(super) struct DayField {
    pub(super) key: &'static str,
    pub(super) label: &'static str,
    /// "08:00–12:00, 13:00–17:00"; empty if it's closed.
    pub(super) value: String,
    pub(super) fault: String,
}

/// A date with hours of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct DateField {
    /// From 0, in the names of the fields.
    pub(super) number: usize,
    pub(super) date: String,
    pub(super) hours: String,
    pub(super) fault: String,
}

/// All day, every day: what applies without any entry.
pub(super) fn always_open(zone: &TimeZone) -> OpeningHours {
    let all_day = vec![OpenPeriod {
        from_minute: 0,
        to_minute: DAY_MINUTES,
    }];
    OpeningHours {
        zone: zone.clone(),
        week: std::array::from_fn(|_| all_day.clone()),
        dates: BTreeMap::new(),
    }
}

pub(super) fn week_fields(hours: &OpeningHours) -> Vec<DayField> {
    let days = DAYS.into_iter().zip(&hours.week);
    let field =
        |((key, label), periods): ((&'static str, &'static str), &Vec<OpenPeriod>)| DayField {
            key,
            label,
            value: write_periods(periods),
            fault: String::new(),
        };
    days.map(field).collect()
}

/// The dates from `today` on, and empty rows for more.
pub(super) fn date_fields(hours: &OpeningHours, today: Date) -> Vec<DateField> {
    let dates = hours.dates.range(today..);
    let written = dates.map(|(date, periods)| (date.to_string(), write_periods(periods)));
    number_dates(written.take(DATES_MAX).collect())
}

/// The dates as somebody wrote them.
pub(super) fn typed_dates(form: &BTreeMap<String, String>) -> Vec<DateField> {
    let typed = (0..DATES_MAX + EMPTY_DATES).map_while(|number| {
        let date = form.get(&format!("date{number}"))?.trim().to_owned();
        let hours = form.get(&format!("hours{number}"));
        Some((date, hours.cloned().unwrap_or_default()))
    });
    number_dates(
        typed
            .filter(|(date, hours)| !date.is_empty() || !hours.is_empty())
            .collect(),
    )
}

fn number_dates(mut dates: Vec<(String, String)>) -> Vec<DateField> {
    dates.extend(std::iter::repeat_n(
        <(String, String)>::default(),
        EMPTY_DATES,
    ));
    let numbered = dates.into_iter().enumerate();
    let field = |(number, (date, hours))| DateField {
        number,
        date,
        hours,
        fault: String::new(),
    };
    numbered.map(field).collect()
}

/// Changes an entry to what a form says. One that says what applies anyway stays as it was.
pub(super) fn apply_hours(
    own: &mut EntryTable,
    applying: &OpeningHours,
    site_zone: &TimeZone,
    today: Date,
    form: &BTreeMap<String, String>,
) {
    let mut entry = written_hours(applying, site_zone);
    let without_change = entry.clone();
    entry.retain(|key| key == "zone" || is_before(key, today));
    for (day, (key, _)) in DAYS.into_iter().enumerate() {
        let times = match form.get(key) {
            Some(typed) => to_times(typed),
            None => to_toml(&applying.week[day]),
        };
        if let Some(times) = times {
            entry.set(key, times);
        }
    }
    for typed in typed_dates(form) {
        if !typed.date.is_empty() || !typed.hours.is_empty() {
            let none = || Value::Array(Vec::new());
            entry.set(&typed.date, to_times(&typed.hours).unwrap_or_else(none));
        }
    }
    name_a_day(&mut entry);
    if !own.is_empty() || !is_same(&entry, &without_change) {
        *own = entry;
    }
}

/// The text of a queue's entry with the hours of a form; `None` if the queue then has none of its own.
pub(in crate::web::pages) fn hours_entry(
    id: &EntryId,
    own: Option<&str>,
    site: &SiteConfig,
    now: Timestamp,
    form: &BTreeMap<String, String>,
) -> Option<String> {
    let mut own = EntryTable::read(id, own);
    let hours = site.hours_for(&id.name, false).cloned();
    let hours = hours.unwrap_or_else(|| always_open(&site.zone));
    let today = now.to_zoned(hours.zone.clone()).date();
    apply_hours(&mut own, &hours, &site.zone, today, form);
    own.write(id)
}

/// The entry of some hours.
pub(super) fn written_hours(hours: &OpeningHours, site_zone: &TimeZone) -> EntryTable {
    let mut entry = EntryTable::default();
    let zone = hours.zone.iana_name().filter(|_| hours.zone != *site_zone);
    if let Some(zone) = zone {
        entry.set("zone", Value::String(zone.to_owned()));
    }
    for ((key, _), periods) in DAYS.into_iter().zip(&hours.week) {
        if let Some(times) = to_toml(periods) {
            entry.set(key, times);
        }
    }
    for (date, periods) in &hours.dates {
        let closed = || Value::Array(Vec::new());
        entry.set(&date.to_string(), to_toml(periods).unwrap_or_else(closed));
    }
    name_a_day(&mut entry);
    entry
}

/// Says that every day is closed: hours need at least one day.
fn name_a_day(entry: &mut EntryTable) {
    if DAYS.iter().all(|(day, _)| entry.get(day).is_none()) {
        entry.set("mon-sun", Value::Array(Vec::new()));
    }
}

fn is_same(entry: &EntryTable, other: &EntryTable) -> bool {
    entry.is_part_of(other) && other.is_part_of(entry)
}

fn is_before(key: &str, today: Date) -> bool {
    key.parse::<Date>().is_ok_and(|date| date < today)
}

/// "08:00–12:00, 13:00–17:00"
pub(in crate::web) fn write_periods(periods: &[OpenPeriod]) -> String {
    let periods: Vec<_> = periods.iter().map(|period| period.to_text('–')).collect();
    periods.join(", ")
}

fn to_toml(periods: &[OpenPeriod]) -> Option<Value> {
    let texts = periods.iter().map(|period| period.to_text('-'));
    one_or_more(texts.collect())
}

/// "8–12, 13:00-17:00" as the configuration has it; `None` for a closed day. What can't be understood stays
/// as it is written, so that the configuration's rules report it.
pub(in crate::web) fn to_times(typed: &str) -> Option<Value> {
    let typed = typed.trim();
    if typed.eq_ignore_ascii_case("closed") {
        return None;
    }
    let parts = typed
        .split([',', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    one_or_more(parts.map(to_time_range).collect())
}

fn one_or_more(mut texts: Vec<String>) -> Option<Value> {
    match texts.len() {
        0 => None,
        1 => texts.pop().map(Value::String),
        _ => Some(Value::Array(texts.into_iter().map(Value::String).collect())),
    }
}

/// "8–17" as "08:00-17:00".
fn to_time_range(text: &str) -> String {
    let range = text.split_once(['-', '–', '—']);
    let times = range.and_then(|(from, to)| Some((to_time(from)?, to_time(to)?)));
    times.map_or_else(|| text.to_owned(), |(from, to)| format!("{from}-{to}"))
}

/// "8" or "8.30" as "08:00" and "08:30".
fn to_time(text: &str) -> Option<String> {
    let text = text.trim();
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let number = |text: &str| {
        let is_plain = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| is_plain)
    };
    let (hour, minute) = (number(hour)?, number(minute).filter(|_| minute.len() == 2)?);
    Some(format!("{hour:02}:{minute:02}"))
}

#[cfg(test)]
mod tests;
