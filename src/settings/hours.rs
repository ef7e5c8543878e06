//! `[hours]`: opening hours by queue pattern. Days are keys: `mon`, `mon-fri`, `"mon,wed"`, or a
//! date; times are values: `"08:00-17:00"`, or a list of such.

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};

use wallboard_domain::{ClosedDays, OpenPeriod, OpeningHours, Pattern, Patterns};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, suggest_word};

use super::site::{PATTERN_HINT, can_match};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ALLOWED: &str =
    "days such as mon, mon-fri or \"sat,sun\", dates such as 2026-12-31, closed, holidays, zone";
const TIMES: &str = "times such as \"08:00-17:00\", or a list of them";
const CALENDARS: &str = "the name of a calendar in [holidays], or a list of them";
const CLOSED_DATES: &str = "a list of dates such as [\"2026-12-24\", \"2026-12-25\"]";

/// Keeps the order of the file, which decides between equal patterns.
pub(super) fn read_hours(
    root: &ConfigSection<'_, '_>,
    site_zone: &TimeZone,
) -> Patterns<OpeningHours> {
    let section = root.section_at("hours");
    let entries = section.iter().flat_map(ConfigSection::all_entries);
    let read = |entry: ConfigEntry<'_, '_>| {
        if parse_days(entry.name).is_some() || ["closed", "holidays"].contains(&entry.name) {
            let fix = format!("write \"*\" = {{ {} = … }}", entry.name);
            entry.report_key_fault("isn't under a pattern", &fix);
            return None;
        }
        if !can_match(entry.name) {
            entry.report_key_fault("matches nothing", PATTERN_HINT);
        }
        let pattern = Pattern(entry.name.to_owned());
        Some((pattern, read_opening_hours(&entry, site_zone)?))
    };
    Patterns(entries.filter_map(read).collect())
}

/// Reads the days and times of one entry.
pub(super) fn read_opening_hours(
    pattern: &ConfigEntry<'_, '_>,
    site_zone: &TimeZone,
) -> Option<OpeningHours> {
    let mut hours = OpeningHours {
        zone: site_zone.clone(),
        week: Default::default(),
        dates: BTreeMap::new(),
        holidays: ClosedDays::default(),
    };
    let mut opened_by: [Option<&str>; 7] = Default::default();
    let mut has_unknown = false;
    let entries = pattern.as_section()?.all_entries();
    for entry in &entries {
        match entry.name {
            "zone" => hours.zone = entry.read_time_zone().unwrap_or(TimeZone::UTC),
            "closed" => read_closed_dates(entry, &mut hours),
            "holidays" => hours.holidays.calendars = read_names(entry),
            name if name.starts_with(|c: char| c.is_ascii_digit()) => match name.parse() {
                Ok(date) => add_date(entry, date, read_periods(entry), &mut hours),
                Err(_) => entry.report_key_fault("isn't a date", "write it as 2026-12-31"),
            },
            name => {
                let Some(days) = parse_days(name) else {
                    let is_word = name.bytes().all(|b| b.is_ascii_alphabetic());
                    let near = is_word.then(|| suggest_word(name, &DAYS));
                    let near = near.unwrap_or_default();
                    let fix = format!("{near}allowed here: {ALLOWED}");
                    entry.report_key_fault("unknown key", &fix);
                    has_unknown = true;
                    continue;
                };
                let periods = read_periods(entry);
                for day in days {
                    if let Some(other) = opened_by[day].replace(name) {
                        let what = format!("{} is in `{other}` as well", DAYS[day]);
                        entry.report_key_fault(&what, "name each day once, with all its times");
                    }
                    hours.week[day].clone_from(&periods);
                }
            }
        }
    }
    let has_times = hours.dates.values().any(|periods| !periods.is_empty());
    if opened_by.iter().all(Option::is_none) && !has_times && !has_unknown {
        let fix = "write when it's open, such as mon-fri = \"08:00-17:00\"";
        pattern.report_key_fault("has no days", fix);
    }
    Some(hours)
}

/// Reads the name of a calendar, or a list of names.
fn read_names(entry: &ConfigEntry<'_, '_>) -> Vec<String> {
    let items = entry.read_one_or_more(CALENDARS).unwrap_or_default();
    let names = items.iter().filter_map(ConfigEntry::read_nonempty_text);
    names.collect()
}

/// Reads a date or a list of dates.
fn read_closed_dates(entry: &ConfigEntry<'_, '_>, hours: &mut OpeningHours) {
    for item in entry.read_one_or_more(CLOSED_DATES).unwrap_or_default() {
        let date = item.parse_with("a date such as \"2026-12-24\"", |text| text.parse().ok());
        if let Some(date) = date {
            add_date(&item, date, Vec::new(), hours);
        }
    }
}

fn add_date(
    entry: &ConfigEntry<'_, '_>,
    date: Date,
    periods: Vec<OpenPeriod>,
    hours: &mut OpeningHours,
) {
    if hours.dates.insert(date, periods).is_some() {
        entry.report_key_fault(&format!("{date} is there twice"), "name each date once");
    }
}

/// Reads a period or a list of periods, in their order.
fn read_periods(entry: &ConfigEntry<'_, '_>) -> Vec<OpenPeriod> {
    let items = entry.read_one_or_more(TIMES).unwrap_or_default();
    let wanted = "times such as \"08:00-17:00\", up to 24:00; after midnight: \"22:00-06:00\"";
    let periods = items
        .iter()
        .filter_map(|item| item.parse_with(wanted, |text| text.parse().ok()));
    let mut periods: Vec<_> = periods.collect();
    periods.sort_unstable();
    periods
}

/// Parses `mon`, `mon-fri` or `mon,wed` as days from 0, Monday.
pub(super) fn parse_days(text: &str) -> Option<Vec<usize>> {
    let day = |name: &str| DAYS.iter().position(|day| *day == name.trim());
    let mut days = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            None => days.push(day(part)?),
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                let length = (last + 7 - first) % 7;
                days.extend((first..=first + length).map(|day| day % 7));
            }
        }
    }
    Some(days)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::Timestamp;

    use crate::settings::{ConfigFaults, parse_configuration, test_file::OPEN_CHAT};

    use super::*;

    fn read(text: &str) -> Result<Patterns<OpeningHours>, ConfigFaults> {
        let text = format!("{text}\n{OPEN_CHAT}");
        let settings = parse_configuration(&text, Path::new("w.toml"), |_| None);
        settings.map(|settings| settings.site.hours)
    }

    #[test]
    fn hours_are_read_by_pattern_day_and_date() {
        let hours = read(
            r#"
            [hours]
            "*" = { mon-sun = "00:00-24:00" }
            "voice/*" = { mon-fri = ["13:00-17:00", "08:00 – 12:00"], sat = "10:00-14:00", closed = ["2026-12-24", "2026-12-25"], 2026-12-31 = "08:00-12:00" }
            "voice/night" = { fri-mon = "22:00-06:00", zone = "America/New_York" }
            "#,
        )
        .unwrap();

        let period = |from: i64, to: i64| OpenPeriod {
            from_minute: from * 60,
            to_minute: to * 60,
        };
        let office = hours.get("voice/1").unwrap();
        assert_eq!(office.week[4], [period(8, 12), period(13, 17)]);
        assert_eq!(office.week[5], [period(10, 14)]);
        assert_eq!(office.week[6], []);
        assert_eq!(office.dates.len(), 3);
        assert_eq!(
            office.dates[&"2026-12-31".parse().unwrap()],
            [period(8, 12)]
        );
        let night = hours.get("voice/night").unwrap();
        assert_eq!(night.zone.iana_name(), Some("America/New_York"));
        assert_eq!(night.week[6], [period(22, 30)]);
        assert_eq!(night.week[1], []);
        let always = hours.get("chat/1").unwrap();
        let now: Timestamp = "2026-11-21T23:59:59Z".parse().unwrap();
        assert!(always.is_open(now) && always.next_change(now).is_none());
    }

    fn check_fault(text: &str, expected: &str) {
        let faults = read(text).unwrap_err().to_string();
        assert_eq!(faults, format!("w.toml:{expected}"), "{text}");
    }

    #[test]
    fn faults_name_their_position_and_the_allowed_values() {
        let times = "it must be times such as \"08:00-17:00\", up to 24:00; after midnight: \"22:00-06:00\"";
        for wrong in ["8-17", "08:00", "08:60-17:00", "25:00-26:00", "08:00-08:00"] {
            check_fault(
                &format!("[hours.\"*\"]\nmon-fri = {wrong:?}"),
                &format!("2:11: hours.\"*\".mon-fri: {wrong:?} isn't allowed; {times}"),
            );
        }
        check_fault(
            "[hours.\"*\"]\nmo-fri = \"08:00-17:00\"",
            &format!("2:1: hours.\"*\".mo-fri: unknown key; allowed here: {ALLOWED}"),
        );
        check_fault(
            "[hours.\"*\"]\nsatt = \"08:00-17:00\"",
            &format!(
                "2:1: hours.\"*\".satt: unknown key; did you mean `sat`? allowed here: {ALLOWED}"
            ),
        );
        check_fault(
            "[hours]\nmon-fri = \"08:00-17:00\"",
            "2:1: hours.mon-fri: isn't under a pattern; write \"*\" = { mon-fri = … }",
        );
        check_fault(
            "[hours.\"*\"]\nmon-fri = \"08:00-17:00\"\nfri = \"08:00-15:00\"",
            "3:1: hours.\"*\".fri: fri is in `mon-fri` as well; name each day once, with all its times",
        );
        check_fault(
            "[hours.\"*\"]\nmon = \"08:00-17:00\"\nclosed = [\"24.12.2026\"]",
            "3:11: hours.\"*\".closed: \"24.12.2026\" isn't allowed; it must be a date such as \"2026-12-24\"",
        );
        check_fault(
            "[hours.\"*\"]\nmon = \"08:00-17:00\"\n2026-13-01 = \"08:00-17:00\"",
            "3:1: hours.\"*\".2026-13-01: isn't a date; write it as 2026-12-31",
        );
        check_fault(
            "[hours.\"*\"]\nclosed = \"2026-12-24\"",
            "1:8: hours.\"*\": has no days; write when it's open, such as mon-fri = \"08:00-17:00\"",
        );
        check_fault(
            "[hours]\n\"Sales\" = { mon = \"08:00-17:00\" }",
            &format!("2:1: hours.Sales: matches nothing; {PATTERN_HINT}"),
        );
        check_fault(
            "[hours.\"*\"]\nmon = \"08:00-17:00\"\nzone = \"Stockholm\"",
            "3:8: hours.\"*\".zone: unknown time zone; use a name from the IANA database such as \"Europe/Stockholm\"",
        );
    }
}
