//! The week of opening hours as a field for each day, and back.

use std::collections::BTreeMap;

use toml::Value;

use wallboard_domain::{DAY_MINUTES, OpenPeriod, OpeningHours};
use wallboard_texts::Texts;

use crate::web::parts::week_text::{DAYS, read_week, to_times, write_periods};

/// The field of a week that is one text.
pub(in crate::web::pages) const WEEK: &str = "week";
/// Monday to Friday.
const WEEKDAYS: &str = "mon-fri";

/// A day of the week.
pub(super) struct DayField {
    /// As in the configuration: `mon`.
    pub(super) key: &'static str,
    /// "Monday"
    pub(super) label: String,
    /// "08:00–12:00, 13:00–17:00"; empty: closed.
    pub(super) value: String,
    pub(super) fault: String,
    /// Where it's open, from and how much of the day, in percent.
    pub(super) parts: Vec<(i64, i64)>,
}

/// The days with what somebody typed, else with the hours that apply.
pub(super) fn day_fields(
    texts: &Texts,
    applying: &OpeningHours,
    typed: &BTreeMap<String, String>,
) -> [DayField; 7] {
    std::array::from_fn(|day| {
        let value = match typed.get(&day_name(day)) {
            Some(typed) => typed.clone(),
            None => write_periods(&applying.week[day]),
        };
        DayField {
            key: DAYS[day],
            label: texts.weekday(day + 1),
            parts: open_parts(&value),
            value,
            fault: String::new(),
        }
    })
}

/// Takes the faults of the days: neighbors with the same times are one key, whose fault is at the first.
pub(super) fn take_day_faults(days: &mut [DayField; 7], mut take: impl FnMut(&str) -> String) {
    let times = days.each_ref().map(|day| to_times(&day.value));
    for (key, first) in day_runs(&times) {
        days[first].fault = take(&key);
    }
}

/// Gives other days the times of Monday, as the button of the action says: `as_monday.tue`, `as_monday.mon-fri`.
pub(super) fn copy_monday(form: &mut BTreeMap<String, String>, action: &str) {
    let monday = form.get(&day_name(0)).cloned().unwrap_or_default();
    let meant = action.rsplit('.').next().unwrap_or_default();
    let days = match meant {
        WEEKDAYS => &DAYS[..5],
        _ => &DAYS,
    };
    for day in days.iter().filter(|day| [WEEKDAYS, **day].contains(&meant)) {
        form.insert(format!("{WEEK}.{day}"), monday.clone());
    }
}

fn day_name(day: usize) -> String {
    format!("{WEEK}.{}", DAYS[day])
}

/// The parts of a day in which it's open, from its beginning; what goes beyond midnight is cut off.
fn open_parts(value: &str) -> Vec<(i64, i64)> {
    let times = match to_times(value) {
        Some(Value::Array(times)) => times,
        one => Vec::from_iter(one),
    };
    let periods = times.iter().filter_map(|time| {
        let period: OpenPeriod = time.as_str()?.parse().ok()?;
        Some(period)
    });
    let percent = |minute: i64| minute.min(DAY_MINUTES) * 100 / DAY_MINUTES;
    let parts = periods.map(|period| {
        let from = percent(period.from_minute);
        (from, percent(period.to_minute) - from)
    });
    parts.collect()
}

/// Days with the same times, that are next to each other: the key, and the first. Closed days are in none.
fn day_runs(times: &[Option<Value>; 7]) -> Vec<(String, usize)> {
    let mut runs = Vec::new();
    let mut day = 0;
    while day < times.len() {
        let same = times[day..]
            .iter()
            .take_while(|other| **other == times[day]);
        let last = day + same.count() - 1;
        if times[day].is_some() {
            let key = match last - day {
                0 => DAYS[day].to_owned(),
                _ => format!("{}-{}", DAYS[day], DAYS[last]),
            };
            runs.push((key, day));
        }
        day = last + 1;
    }
    runs
}

/// The week that somebody typed, as keys and values; `None` if the form has none.
pub(super) fn typed_week(form: &BTreeMap<String, String>) -> Option<Vec<(String, Value)>> {
    if let Some(text) = form.get(WEEK) {
        return Some(read_week(text));
    }
    if !(0..7).any(|day| form.contains_key(&day_name(day))) {
        return None;
    }
    let times: [_; 7] = std::array::from_fn(|day| to_times(form.get(&day_name(day))?));
    let runs = day_runs(&times).into_iter();
    let mut week: Vec<_> = runs
        .filter_map(|(key, first)| Some((key, times[first].clone()?)))
        .collect();
    if week.is_empty() {
        week.extend(read_week(Texts::english().closed()));
    }
    Some(week)
}
