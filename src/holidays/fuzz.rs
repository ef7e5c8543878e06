//! Any text as a calendar.

use jiff::{civil::Date, tz::TimeZone};

use super::read_holidays;

/// Days are within the range, and names are short.
pub(crate) fn read_calendar(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (first, last) = (Date::constant(2026, 11, 27), Date::constant(2028, 12, 31));
    let zone = TimeZone::get("Europe/Stockholm").expect("its rules are part of the program");
    let Ok(calendar) = read_holidays(&text, &zone, first, last) else {
        return;
    };
    for (date, name) in &calendar.days {
        assert!(first <= *date && *date <= last, "{date}");
        assert!(name.chars().count() <= 80, "{name:?}");
    }
}
