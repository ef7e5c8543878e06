//! Whole days of a calendar file in the fields of dates. Saves nothing.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};

use wallboard_domain::OpeningHours;
use wallboard_texts::Texts;

use crate::holidays::{CalendarFault, read_holidays};

use super::{
    change::TypedFields,
    hours_fields::{DATES_MAX, typed_dates},
};

/// The field with the file's text.
const CALENDAR: &str = "calendar";
/// A request can be 64 KiB long, with some bytes encoded in three.
const BYTES_MAX: usize = 40_000;
/// The most events that are named.
const NAMED_MAX: usize = 5;

/// The calendar that somebody gave, and what was done with it.
#[derive(Default)]
pub(super) struct CalendarNote {
    /// A text that couldn't be used.
    pub(super) text: String,
    pub(super) fault: String,
    /// "13 dates filled in. Nothing is saved yet."
    pub(super) done: String,
    /// "2026-12-24 Christmas Eve"
    pub(super) added: Vec<String>,
    /// "Not added: Team meeting."
    pub(super) others: String,
}

/// The last date that is taken from a calendar: the end of next year.
pub(super) fn last_date(today: Date) -> Date {
    today.last_of_year().saturating_add(1.year())
}

/// Adds the days of the calendar to the dates of a form, from today on.
pub(super) fn add_holidays(
    texts: &Texts,
    hours: &OpeningHours,
    today: Date,
    form: &mut TypedFields,
) -> CalendarNote {
    let text = form.remove(CALENDAR).unwrap_or_default();
    let last = last_date(today);
    let refused = |fault: String| CalendarNote {
        text: text.clone(),
        fault,
        ..CalendarNote::default()
    };
    if BYTES_MAX < text.len() {
        return refused(texts.calendar_too_large(BYTES_MAX / 1_000));
    }
    let calendar = match read_holidays(&text, &hours.zone, today, last) {
        Ok(calendar) => calendar,
        Err(fault) => return refused(describe_fault(texts, fault, &text)),
    };
    let named: Vec<_> = calendar.others.iter().take(NAMED_MAX).cloned().collect();
    let others = match calendar.others.len() {
        0 => String::new(),
        count => texts.calendar_others(count, named.join(", ")),
    };
    if calendar.days.is_empty() {
        let fault = texts.calendar_without_days(last.year().to_string());
        return refused(format!("{fault} {others}").trim_end().to_owned());
    }
    let typed = typed_dates(form).into_iter();
    let typed = typed.filter(|field| !field.date.is_empty() || !field.hours.is_empty());
    let mut dates: Vec<_> = typed.map(|field| (field.date, field.hours)).collect();
    let known: BTreeSet<_> = dates.iter().map(|(date, _)| date.clone()).collect();
    let new = calendar.days.iter();
    let new = new.map(|(date, name)| (date.to_string(), name));
    let new: Vec<_> = new.filter(|(date, _)| !known.contains(date)).collect();
    if DATES_MAX < dates.len() + new.len() {
        return refused(texts.calendar_too_many(new.len(), DATES_MAX - dates.len().min(DATES_MAX)));
    }
    dates.extend(new.iter().map(|(date, _)| (date.clone(), String::new())));
    dates.sort();
    form.retain(|key, _| !is_date_field(key));
    for (number, (date, hours)) in dates.into_iter().enumerate() {
        form.insert(format!("date{number}"), date);
        form.insert(format!("hours{number}"), hours);
    }
    let added = new.iter();
    let added = added.map(|(date, name)| format!("{date} {name}"));
    CalendarNote {
        done: texts.calendar_added(new.len()),
        added: added.collect(),
        others,
        ..CalendarNote::default()
    }
}

fn is_date_field(key: &str) -> bool {
    let number = key.strip_prefix("date").or(key.strip_prefix("hours"));
    number.is_some_and(|number| number.parse::<usize>().is_ok())
}

fn describe_fault(texts: &Texts, fault: CalendarFault, text: &str) -> String {
    match fault {
        CalendarFault::NotACalendar => texts.calendar_not_one().to_owned(),
        CalendarFault::CutOff => texts.calendar_cut_off().to_owned(),
        CalendarFault::TooManyEvents => texts.calendar_too_long().to_owned(),
        CalendarFault::InvalidLine(number) => {
            let line = text
                .lines()
                .nth(number.saturating_sub(1))
                .unwrap_or_default();
            let line: String = line.chars().take(80).collect();
            texts.calendar_line(number.to_string(), line)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use crate::editing::always_open;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 27);

    fn fill(form: &mut TypedFields, events: &str) -> CalendarNote {
        let calendar = format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n");
        form.insert(CALENDAR.into(), calendar);
        let hours = always_open(&TimeZone::UTC);
        add_holidays(Texts::english(), &hours, TODAY, form)
    }

    fn event(lines: &str) -> String {
        format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n")
    }

    #[test]
    fn days_are_filled_in_among_those_that_are_there_already() {
        let pairs = [
            ("date0", "2026-12-24"),
            ("hours0", "8-12"),
            ("date1", ""),
            ("week", "Mon 8-17"),
        ];
        let mut form: TypedFields = pairs.map(|(key, value)| (key.into(), value.into())).into();
        let events = event("SUMMARY:Christmas\nDTSTART:20261224\nDTEND:20261227")
            + &event("SUMMARY:Old\nDTSTART:20200101")
            + &event("SUMMARY:Party\nDTSTART:20261210T150000");

        let note = fill(&mut form, &events);

        assert_eq!(note.fault, "");
        assert_eq!(note.added, ["2026-12-25 Christmas", "2026-12-26 Christmas"]);
        assert_eq!(
            note.others,
            "Not added: Party. Only whole days are, once or each year."
        );
        let dates = typed_dates(&form).into_iter();
        let dates: Vec<_> = dates.map(|field| (field.date, field.hours)).collect();
        let pair = |date: &str, hours: &str| (date.to_owned(), hours.to_owned());
        let expected = [
            pair("2026-12-24", "8-12"),
            pair("2026-12-25", ""),
            pair("2026-12-26", ""),
        ];
        assert_eq!(dates[..3], expected);
        assert_eq!(form["week"], "Mon 8-17");
        assert!(!form.contains_key(CALENDAR));
    }

    #[test]
    fn a_calendar_that_cannot_be_used_stays_with_its_fault() {
        let fault = |events: &str| {
            let mut form = TypedFields::from([("date0".into(), "2026-12-24".into())]);
            let note = fill(&mut form, events);
            assert!(note.text.contains(events));
            assert_eq!(form["date0"], "2026-12-24");
            note.fault
        };
        assert_eq!(
            fault(&event("DTSTART:24 December")),
            "Line 3 can’t be read: DTSTART:24 December"
        );
        assert_eq!(
            fault(&event("DTSTART:20200101")),
            "It has no whole days from today until the end of 2027."
        );
        let many = event("DTSTART:20270101\nDTEND:20270601");
        assert_eq!(
            fault(&many),
            "It has 151 further dates; there is room for 99. Delete events that aren’t holidays."
        );
        let large = event(&"X".repeat(41_000));
        assert_eq!(
            fault(&large),
            "It’s larger than 40 kB. Delete years that are over."
        );
    }
}
