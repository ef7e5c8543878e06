//! `[reports.NAME]`: views of the history and the shift report, sent by email.

use jiff::civil::{Time, Weekday};

use wallboard_notify::{Channel, read_recipients};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, suggest_word};

use crate::reports::{ReportPlan, ReportSchedule};

use super::{
    channel_names::{ChannelNames, channels_of_kind},
    hours::parse_days,
};

/// Characters; it is the subject of an email.
const NAME_MAX: usize = 60;
const VIEW_WANTED: &str = "the address of a page of the history or of the shift report without the server's name, such as \"/history?range=7d&by=queue\" or \"/shift?from=08:00&to=16:00\"";
const HISTORY: &str = "/history";
const SHIFT: &str = "/shift";
const DAYS_WANTED: &str = "days such as \"mon\", \"mon-fri\" or \"mon,thu\"";
const TIME_WANTED: &str = "a time such as \"07:30\"";

/// In the order of the file.
pub(super) fn read_reports(
    root: &ConfigSection<'_, '_>,
    channel_names: ChannelNames,
    mail_channels: &[Channel],
) -> Vec<ReportPlan> {
    let channels = channels_of_kind(root, "email");
    let channels = (channel_names == ChannelNames::Existing).then_some(&*channels);
    let section = root.section_at("reports");
    let entries = section.iter().flat_map(ConfigSection::all_entries);
    let reports = entries.filter_map(|entry| read_report(&entry, channels, mail_channels));
    reports.collect()
}

fn read_report(
    entry: &ConfigEntry<'_, '_>,
    channels: Option<&[&str]>,
    mail_channels: &[Channel],
) -> Option<ReportPlan> {
    let section = entry.as_section()?;
    let length = entry.name.chars().count();
    if length == 0 || NAME_MAX < length {
        let fix = format!("use 1 to {NAME_MAX} characters");
        entry.report_key_fault("isn't a name for a report", &fix);
    }
    let view = section.required_entry("view", "view = \"/history?range=7d&by=queue\"");
    let view = view.and_then(|entry| entry.parse_with(VIEW_WANTED, parse_view));
    let channel = section.required_entry("channel", "channel = \"boss\"");
    let channel = channel.and_then(|entry| read_channel(&entry, channels));
    let to = section.entry("to").and_then(|entry| {
        let to = read_recipients(&entry)?;
        let mut known = mail_channels.iter();
        // An entry of the browser comes after the file's.
        let known = known.rfind(|one| channel.as_ref() == Some(&one.name));
        check_recipients(&entry, known, &to);
        Some(to)
    });
    let days = section.required_entry("days", "days = \"mon\"");
    let days = days.and_then(|entry| entry.parse_with(DAYS_WANTED, parse_weekdays));
    let time = section.required_entry("time", "time = \"07:00\"");
    let time = time.and_then(|entry| entry.parse_with(TIME_WANTED, parse_time));
    let zone = section.entry("zone");
    let zone = zone.and_then(|entry| entry.read_time_zone());
    let file = section.entry("file");
    let file = file.and_then(|entry| entry.read_variant());
    let language = section.entry("language");
    let language = language.and_then(|entry| entry.read_variant());
    section.finish_section();
    Some(ReportPlan {
        name: entry.name.to_owned(),
        view: view?,
        channel: channel?,
        to: to.unwrap_or_default(),
        schedule: ReportSchedule {
            days: days?,
            time: time?,
            zone,
        },
        file,
        language,
    })
}

/// Reports go only to domains that the channel itself has: who may write reports needn't be who sets up channels.
fn check_recipients(entry: &ConfigEntry<'_, '_>, channel: Option<&Channel>, to: &[String]) {
    let Some(channel) = channel else { return };
    for address in to.iter().filter(|one| !channel.may_mail_to(one)) {
        let what = format!(
            "{address:?} isn't in a domain of the channel {:?}",
            channel.name
        );
        let fix = "use an address of a domain in its `from` or `to`, or another channel";
        entry.report_fault(&what, fix);
    }
}

/// Its parameters are for the page to judge.
fn parse_view(text: &str) -> Option<String> {
    let text = text.trim();
    [HISTORY, SHIFT]
        .contains(&path_of(text))
        .then(|| text.to_owned())
}

fn path_of(view: &str) -> &str {
    view.split_once('?').map_or(view, |(path, _)| path)
}

fn parse_weekdays(text: &str) -> Option<Vec<Weekday>> {
    let mut days = parse_days(&text.to_ascii_lowercase())?;
    days.sort_unstable();
    days.dedup();
    let days = days.into_iter().map(|day| {
        let day = i8::try_from(day).ok()?;
        Weekday::from_monday_zero_offset(day).ok()
    });
    days.collect()
}

fn parse_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn read_channel(entry: &ConfigEntry<'_, '_>, channels: Option<&[&str]>) -> Option<String> {
    let name = entry.read_text()?;
    let Some(channels) = channels else {
        return Some(name);
    };
    if channels.contains(&name.as_str()) {
        return Some(name);
    }
    let near = suggest_word(&name, channels);
    let fix =
        format!("{near}add [channels.{name}] with kind = \"email\", or make it in the browser");
    entry.report_fault(&format!("there is no channel of email {name:?}"), &fix);
    None
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::tz::TimeZone;

    use wallboard_domain::Language;

    use crate::{
        reports::ReportFile,
        settings::{ConfigFaults, parse_with_entries, test_file::OPEN_CHAT},
    };

    use super::*;

    const BOSS: &str = r#"
        [channels.boss]
        kind = "email"
        host = "smtp.example.com"
        from = "wallboard@example.com"
        to = "boss@example.com"
        [channels.floor]
        kind = "slack"
        url = "https://hooks.example.com/x"
    "#;

    fn read(text: &str) -> Result<Vec<ReportPlan>, ConfigFaults> {
        let text = format!("{text}\n{BOSS}\n{OPEN_CHAT}");
        let settings = parse_with_entries(&text, Path::new("w.toml"), &[], |_| None);
        settings.map(|settings| settings.reports)
    }

    #[test]
    fn a_report_has_a_view_and_its_times() {
        let reports = read(
            r#"
            [reports."Last week"]
            view = "/history?range=7d&by=queue"
            channel = "boss"
            days = "Mon,wed-fri"
            time = "7:05"
            zone = "America/New_York"
            file = "xlsx"
            language = "sv"
            to = ["anna@example.com", "Bo <bo@Example.com>"]
            "#,
        );
        let report = &reports.unwrap()[0];

        assert_eq!(report.name, "Last week");
        assert_eq!(report.view, "/history?range=7d&by=queue");
        let days = [
            Weekday::Monday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
        ];
        assert_eq!(report.schedule.days, days);
        assert_eq!(report.schedule.time, Time::constant(7, 5, 0, 0));
        let zone = report.schedule.zone.as_ref().and_then(TimeZone::iana_name);
        assert_eq!(zone, Some("America/New_York"));
        assert_eq!(report.file, Some(ReportFile::Xlsx));
        assert_eq!(report.language, Some(Language::Swedish));
        assert_eq!(report.to, ["anna@example.com", "Bo <bo@Example.com>"]);
    }

    #[test]
    fn the_shift_report_can_have_a_file() {
        let shift = "[reports.Late]\nview = '/shift?from=14:00&to=22:00'\nchannel = 'boss'\n\
                     days = 'mon-fri'\ntime = '22:05'";
        let reports = read(shift).unwrap();
        assert_eq!(reports[0].view, "/shift?from=14:00&to=22:00");

        let reports = read(&format!("{shift}\nfile = 'csv'")).unwrap();
        assert_eq!(reports[0].file, Some(ReportFile::Csv));
    }

    #[test]
    fn faults_name_their_position_and_the_fix() {
        let whole = "view = '/history'\nchannel = 'boss'\ndays = 'mon'\ntime = '07:00'";
        for (changed, to, expected) in [
            ("/history", "/cases", "the address of a page of the history"),
            (
                "boss",
                "floor",
                "add [channels.floor] with kind = \"email\"",
            ),
            ("'mon'", "'monday'", "days such as"),
            ("07:00", "25:00", "a time such as"),
            ("time = '07:00'", "", "time = \"07:00\""),
            ("days", "zone = 'New York'\ndays", "America/New_York"),
            (
                "days",
                "to = 'anna@elsewhere.example'\ndays",
                "isn't in a domain of the channel \"boss\"",
            ),
            ("days", "to = 'anna'\ndays", "an email address such as"),
        ] {
            let text = format!("[reports.x]\n{}", whole.replace(changed, to));
            let faults = read(&text).unwrap_err().to_string();
            assert!(faults.contains(expected), "{faults}");
        }
    }
}
