//! `[holidays.NAME]`: calendars of holidays, from an address or a file, and the opening hours that name them.

use std::fs;

use jiff::{Timestamp, tz::TimeZone};
use reqwest::Url;
use toml::de::DeValue;

use wallboard_domain::{Pattern, RedactedText, SiteConfig};
use wallboard_toml_reader::{ConfigEntry, ConfigSection};

use crate::holidays::{CalendarOrigin, CalendarPlan, days_by_calendar, read_text};

const CALENDAR: &str = "calendar = \"https://example.com/holidays.ics\"";
/// Each is read daily.
const CALENDARS_MAX: usize = 20;
/// In bytes.
const FILE_MAX: usize = 1_000_000;
/// Characters; it stands in lists.
const NAME_MAX: usize = 60;

/// In the order of the file. `private_hosts` may be in the company's own network, without encryption.
pub(super) fn read_calendars(
    root: &ConfigSection<'_, '_>,
    zone: &TimeZone,
    private_hosts: &[Pattern],
) -> Vec<CalendarPlan> {
    let Some(section) = root.section_at("holidays") else {
        return Vec::new();
    };
    let entries = section.all_entries();
    if let Some(entry) = entries.get(CALENDARS_MAX) {
        let fix = format!("at most {CALENDARS_MAX} are read");
        entry.report_key_fault("is one calendar too many", &fix);
    }
    let plans = entries
        .iter()
        .filter_map(|entry| read_calendar(entry, zone, private_hosts));
    plans.collect()
}

fn read_calendar(
    entry: &ConfigEntry<'_, '_>,
    zone: &TimeZone,
    private_hosts: &[Pattern],
) -> Option<CalendarPlan> {
    let section = entry.as_section()?;
    let length = entry.name.chars().count();
    if length == 0 || NAME_MAX < length {
        let fix = format!("use 1 to {NAME_MAX} characters");
        entry.report_key_fault("isn't a name for a calendar", &fix);
    }
    let origin = if let Some(file) = section.entry("file") {
        if let Some(address) = section.entry("calendar") {
            address.report_key_fault("is set beside `file`", "remove one of them");
        }
        read_file(&file, zone)
    } else {
        let address = section.required_entry("calendar", CALENDAR);
        address.and_then(|address| read_address(&address, private_hosts))
    };
    section.finish_section();
    Some(CalendarPlan {
        name: entry.name.to_owned(),
        origin: origin?,
    })
}

fn read_address(entry: &ConfigEntry<'_, '_>, private_hosts: &[Pattern]) -> Option<CalendarOrigin> {
    let text = entry.read_nonempty_text()?;
    let url = Url::parse(text.trim()).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let allow_private = private_hosts.iter().any(|pattern| pattern.matches(host));
    let url = url.as_ref().filter(|url| {
        let is_secure = url.scheme() == "https" || (allow_private && url.scheme() == "http");
        is_secure && !host.is_empty() && url.username().is_empty() && url.password().is_none()
    });
    let Some(url) = url else {
        let what = "isn't an https:// address without a user and a password";
        entry.report_fault(what, "use the form https://example.com/holidays.ics");
        return None;
    };
    Some(CalendarOrigin::Address {
        url: RedactedText(url.to_string()),
        allow_private,
    })
}

fn read_file(entry: &ConfigEntry<'_, '_>, zone: &TimeZone) -> Option<CalendarOrigin> {
    let path = entry.read_file_path()?;
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(cause) => {
            entry.report_fault(&format!("can't be read ({cause})"), "check its permissions");
            return None;
        }
    };
    if FILE_MAX < bytes.len() {
        entry.report_fault("is larger than 1 MB", "delete years that are over");
        return None;
    }
    let today = Timestamp::now().to_zoned(zone.clone()).date();
    match read_text(&String::from_utf8_lossy(&bytes), zone, today) {
        Ok(calendar) => Some(CalendarOrigin::File {
            path,
            days: calendar.days,
        }),
        Err(problem) => {
            let fix = "export it again as an iCalendar file with whole days";
            entry.report_fault(&problem.to_string(), fix);
            None
        }
    }
}

/// Reports opening hours that name a calendar which isn't there.
pub(super) fn check_uses(root: &ConfigSection<'_, '_>, names: &[&str]) {
    let section = root.section_at("hours");
    for pattern in section.iter().flat_map(ConfigSection::all_entries) {
        // Another type is reported where hours are read.
        if !matches!(pattern.value.get_ref(), DeValue::Table(_)) {
            continue;
        }
        let holidays = pattern
            .as_section()
            .and_then(|hours| hours.entry("holidays"));
        let items = holidays
            .filter(is_texts)
            .and_then(|entry| entry.read_one_or_more(""));
        for item in items.unwrap_or_default() {
            let Some(name) = item.read_text().filter(|name| !names.contains(&&**name)) else {
                continue;
            };
            let what = format!("there's no calendar {name:?}");
            let fix = format!("add [holidays.{name}] with `calendar` or `file`");
            item.report_fault(&what, &fix);
        }
    }
}

/// Whether it is a text or a list; another type is reported where hours are read.
fn is_texts(entry: &ConfigEntry<'_, '_>) -> bool {
    matches!(
        entry.value.get_ref(),
        DeValue::String(_) | DeValue::Array(_)
    )
}

/// Closes queues on the days of calendars that are files. The others are known later.
pub(super) fn close_on_files(site: &mut SiteConfig, calendars: &[CalendarPlan]) {
    let days = days_by_calendar(calendars, None);
    site.close_on_holidays(|name| days.get(name));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::Date;

    use crate::settings::{AppSettings, ConfigFaults, parse_configuration, test_file::OPEN_CHAT};

    use super::*;

    fn read(text: &str, file: &Path) -> Result<AppSettings, ConfigFaults> {
        let text = format!("{text}\n{OPEN_CHAT}");
        parse_configuration(&text, file, |_| None)
    }

    fn fault(text: &str) -> String {
        let faults = read(text, Path::new("w.toml")).unwrap_err();
        faults.to_string()
    }

    #[test]
    fn a_file_closes_the_queues_that_name_it_and_an_address_is_kept_for_later() {
        let folder = tempfile::tempdir().unwrap();
        let calendar = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Juldagen\nDTSTART:20001225\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n";
        fs::write(folder.path().join("days.ics"), calendar).unwrap();
        let text = r#"
            [hours]
            "chat/*" = { sun-sat = "00:00-24:00", holidays = ["sweden", "more"] }
            "voice/*" = { sun-sat = "00:00-24:00" }
            [holidays.sweden]
            file = "days.ics"
            [holidays.more]
            calendar = "https://example.com/more.ics"
        "#;
        let settings = read(text, &folder.path().join("w.toml")).unwrap();
        let year = Timestamp::now().to_zoned(TimeZone::UTC).year();
        let christmas = Date::new(year, 12, 25).unwrap();
        let hours = |queue| settings.site.hours.get(queue).unwrap();
        assert_eq!(hours("chat/1").periods_of(christmas), []);
        assert_eq!(hours("voice/1").periods_of(christmas).len(), 1);
        assert_eq!(hours("chat/1").holidays.calendars, ["sweden", "more"]);
        assert!(matches!(
            settings.calendars[1].origin,
            CalendarOrigin::Address {
                allow_private: false,
                ..
            }
        ));
    }

    #[test]
    fn faults_name_their_place_and_the_fix() {
        let address = "isn't an https:// address without a user and a password; use the form https://example.com/holidays.ics";
        for wrong in [
            "http://example.com/x.ics",
            "example.com",
            "https://u:p@example.com/x",
        ] {
            let found = fault(&format!("[holidays.a]\ncalendar = {wrong:?}"));
            assert_eq!(
                found,
                format!("w.toml:2:12: holidays.a.calendar: {address}")
            );
        }
        let private = "[server]\nprivate_receivers = [\"127.0.0.1\"]\n[holidays.a]\ncalendar = \"http://127.0.0.1:1/x.ics\"\n";
        assert!(read(private, Path::new("w.toml")).is_ok());
        assert_eq!(
            fault("[hours.\"*\"]\nmon = \"08:00-17:00\"\nholidays = \"sweden\""),
            "w.toml:3:12: hours.\"*\".holidays: there's no calendar \"sweden\"; add [holidays.sweden] with `calendar` or `file`"
        );
        let missing = fault("[holidays.a]\nfile = \"none.ics\"");
        assert!(missing.starts_with("w.toml:2:8: holidays.a.file: "));
        assert!(missing.contains("can't be read"), "{missing}");
        let empty = fault("[holidays.a]");
        assert!(empty.contains(CALENDAR), "{empty}");
    }
}
