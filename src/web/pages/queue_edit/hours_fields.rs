//! `[hours]` of one queue as fields of a form, and back: a week, and dates with hours of their own.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use toml::Value;

use wallboard_domain::{OpeningHours, SiteConfig};
use wallboard_texts::Texts;

use crate::{
    editing::{EntryId, always_open},
    web::parts::{
        entry_table::EntryTable,
        field_faults::FieldFaults,
        week_text::{read_week, to_times, write_periods, write_week},
    },
};

use super::{
    calendar_fields::{apply_calendars, is_calendars, set_calendars},
    week_fields::{DayField, day_fields, take_day_faults, typed_week},
};

/// Rows for further dates.
const EMPTY_DATES: usize = 2;
/// More than two years of holidays.
pub(super) const DATES_MAX: usize = 100;

/// A date with hours of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct DateField {
    /// From 0, in the names of the fields.
    pub(super) number: usize,
    pub(super) date: String,
    pub(super) hours: String,
    pub(super) fault: String,
}

/// The week and the dates of a queue.
pub(super) fn hours_fields(
    texts: &Texts,
    shown: &OpeningHours,
    today: Date,
    typed: &BTreeMap<String, String>,
    faults: &mut FieldFaults,
) -> ([DayField; 7], Vec<DateField>) {
    let mut days = day_fields(texts, shown, typed);
    take_day_faults(&mut days, |key| faults.take(key));
    let mut dates = if typed.contains_key("date0") {
        typed_dates(typed)
    } else {
        date_fields(shown, today)
    };
    for date in dates.iter_mut().filter(|date| !date.date.is_empty()) {
        date.fault = faults.take(&date.date);
    }
    (days, dates)
}

pub(super) fn week_text(texts: &Texts, hours: &OpeningHours) -> String {
    write_week(texts, &hours.week).join("\n")
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
    let unlisted = applying.dates.range(today..).nth(DATES_MAX);
    let unlisted = unlisted.map(|(date, _)| *date);
    let is_listed = |date: Date| today <= date && unlisted.is_none_or(|first| date < first);
    entry.retain(|key| {
        let date = key.parse::<Date>();
        key == "zone" || is_calendars(key) || date.is_ok_and(|date| !is_listed(date))
    });
    apply_calendars(&mut entry, form);
    apply_zone(&mut entry, site_zone, form);
    let unchanged = || read_week(&week_text(Texts::english(), applying));
    set_week(&mut entry, typed_week(form).unwrap_or_else(unchanged));
    for typed in typed_dates(form) {
        if !typed.date.is_empty() || !typed.hours.is_empty() {
            entry.set(&typed.date, times_or_closed(&typed.hours));
        }
    }
    if !own.is_empty() || !is_same(&entry, &without_change) {
        own.replace_keys(entry);
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
    let week = week_text(Texts::english(), hours);
    set_week(&mut entry, read_week(&week));
    set_calendars(&mut entry, &hours.holidays.calendars);
    for (date, periods) in &hours.dates {
        entry.set(&date.to_string(), times_or_closed(&write_periods(periods)));
    }
    entry
}

/// Changes the zone of an entry to the one that a form names; empty: the site's.
fn apply_zone(entry: &mut EntryTable, site_zone: &TimeZone, form: &BTreeMap<String, String>) {
    let Some(zone) = form.get("zone") else {
        return;
    };
    if zone.is_empty() || site_zone.iana_name() == Some(zone) {
        entry.retain(|key| key != "zone");
    } else {
        entry.set("zone", Value::String(zone.clone()));
    }
}

fn set_week(entry: &mut EntryTable, week: Vec<(String, Value)>) {
    for (days, times) in week {
        entry.set(&days, times);
    }
}

fn times_or_closed(text: &str) -> Value {
    to_times(text).unwrap_or_else(|| Value::Array(Vec::new()))
}

fn is_same(entry: &EntryTable, other: &EntryTable) -> bool {
    entry.is_part_of(other) && other.is_part_of(entry)
}

/// Returns the first date that a form has twice.
pub(super) fn repeated_date(form: &BTreeMap<String, String>) -> Option<String> {
    let mut dates = BTreeSet::new();
    let mut typed = typed_dates(form).into_iter().map(|one| one.date);
    typed.find(|date| !date.is_empty() && !dates.insert(date.clone()))
}

#[cfg(test)]
mod tests;
