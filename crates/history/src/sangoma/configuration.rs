//! The configuration of `kind = "sangoma-export"`: the nightly files of Sangoma Contact Center.

use std::{sync::Arc, time::Duration};

use jiff::tz::{Offset, TimeZone};

use crate::{
    ImportContext,
    fetch::{FileLocation, ImportSchedule, find_location, read_store_or_folder},
};
use wallboard_domain::{EndReason, FieldInput, FileOnlyReason, FormField, SiteConfig, TableForm};
use wallboard_toml_reader::{ConfigEntry, ConfigSection};

use super::reference_data::is_same_label;

/// The settings of a Sangoma source, except for the location of its files.
#[derive(Clone, Debug, PartialEq)]
pub struct SangomaSettings {
    pub tenant: u64,
    /// The zone of the nightly run.
    pub zone: TimeZone,
    /// The zone of the dates in file names.
    pub file_zone: TimeZone,
    /// Whether names and numbers of callers are stored.
    pub keep_contacts: bool,
    /// The outcomes of the export's end reasons.
    pub end_by: Vec<(String, EndReason)>,
    /// The site's zone and targets, which figures are computed with.
    pub site: Arc<SiteConfig>,
}

impl Default for SangomaSettings {
    fn default() -> Self {
        Self {
            tenant: 0,
            zone: TimeZone::UTC,
            file_zone: TimeZone::UTC,
            keep_contacts: false,
            end_by: Vec::new(),
            site: Arc::default(),
        }
    }
}

const ZONE: &str = "America/New_York";

const FIELDS: &[FormField] = &[
    FormField::new("tenant", "sangoma_tenant", FieldInput::Number).required(),
    FormField::new("s3.bucket", "sangoma_s3_bucket", FieldInput::Text).address(),
    FormField::new("s3.region", "sangoma_s3_region", FieldInput::Text),
    FormField::new(
        "s3.access_key_id",
        "sangoma_s3_access_key_id",
        FieldInput::Secret,
    ),
    FormField::new(
        "s3.secret_access_key",
        "sangoma_s3_secret_access_key",
        FieldInput::Secret,
    ),
    FormField::new("s3.endpoint", "sangoma_s3_endpoint", FieldInput::Text).address(),
    FormField::new(
        "azure.connection_string",
        "sangoma_azure_connection_string",
        FieldInput::Secret,
    ),
    FormField::new(
        "azure.container",
        "sangoma_azure_container",
        FieldInput::Text,
    ),
    FormField::new("time_zone", "sangoma_time_zone", FieldInput::Text).advanced(),
    FormField::new("file_zone", "sangoma_file_zone", FieldInput::Text).advanced(),
    FormField::new("end_by", "sangoma_end_by", FieldInput::Pairs).advanced(),
    FormField::new("interval", "sangoma_interval", FieldInput::Text).advanced(),
    FormField::new("history", "sangoma_history", FieldInput::Text).advanced(),
    FormField::new("settle", "import_settle", FieldInput::Text).advanced(),
];

impl SangomaSettings {
    pub(super) const FORM: TableForm = TableForm {
        fields: FIELDS,
        only_in_files: &[("folder", FileOnlyReason::ServerFolder)],
    };

    /// Reads every key before a missing one ends it, so that one run reports all faults.
    pub(super) fn read(
        section: ConfigSection<'_, '_>,
        context: &ImportContext,
    ) -> Option<(Self, FileLocation, ImportSchedule)> {
        let tenant = section
            .required_entry("tenant", "tenant = 1234, the number in the files' names")
            .and_then(|entry| entry.read_number("the number of your tenant, such as 1234"));
        let zone = section.entry("time_zone").map(|entry| read_zone(&entry));
        let file_zone = section
            .entry("file_zone")
            .map(|entry| read_file_zone(&entry));
        let defaults = ImportSchedule {
            interval: Duration::from_mins(30),
            history: Duration::from_hours(400 * 24),
            settle: Duration::from_secs(10),
        };
        let schedule = ImportSchedule::read(&section, defaults);
        let location = read_location(&section);
        let end_by = section
            .section_at("end_by")
            .map(|section| read_end_by(&section));
        section.finish_section();

        let zone = match zone {
            Some(given) => given?,
            None => TimeZone::get(ZONE).ok()?,
        };
        let settings = Self {
            tenant: tenant?,
            file_zone: match file_zone {
                Some(given) => given?,
                None => zone.clone(),
            },
            zone,
            keep_contacts: context.keep_contacts,
            end_by: end_by.unwrap_or_default(),
            site: context.site.clone(),
        };
        Some((settings, location?, schedule))
    }
}

/// Abbreviations that people use for a place. In the IANA database they have no daylight
/// saving time.
const ZONES_WITHOUT_DST: [(&str, &str, &str); 3] = [
    ("EST", "America/New_York", "Etc/GMT+5"),
    ("MST", "America/Denver", "Etc/GMT+7"),
    ("HST", "Pacific/Honolulu", "Etc/GMT+10"),
];

/// Reads a place, or the same offset all year: `EST` is -05:00, in summer too.
fn read_file_zone(entry: &ConfigEntry<'_, '_>) -> Option<TimeZone> {
    const EXPECTED: &str =
        r#"a time zone such as "America/New_York", or the same offset all year: "EST" or "-05:00""#;
    entry.parse_with(EXPECTED, |text| {
        let text = text.trim();
        let mut fixed = ZONES_WITHOUT_DST.iter();
        let name = match fixed.find(|(short, ..)| *short == text) {
            Some((_, _, fixed)) => fixed,
            None => text,
        };
        parse_offset(name).or_else(|| TimeZone::get(name).ok())
    })
}

/// Parses an offset such as `-05:00`.
fn parse_offset(text: &str) -> Option<TimeZone> {
    let sign = match text.chars().next()? {
        '-' => -1,
        '+' => 1,
        _ => return None,
    };
    let (hours, minutes) = text[1..].split_once(':')?;
    let number = |digits: &str| {
        let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<i32>().ok())?
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let is_valid = hours <= 14 && minutes < 60;
    let seconds = sign * (hours * 3_600 + minutes * 60);
    let offset = Offset::from_seconds(seconds).ok().filter(|_| is_valid)?;
    Some(offset.to_time_zone())
}

/// Reads a place. Sangoma writes "EST" for New York, but the IANA zone EST has no daylight
/// saving time.
fn read_zone(entry: &ConfigEntry<'_, '_>) -> Option<TimeZone> {
    let zones = ZONES_WITHOUT_DST;
    let name = entry.read_text()?;
    if let Some((short, place, fixed)) = zones.iter().find(|(short, ..)| *short == name.trim()) {
        entry.report_fault(
            &format!("\"{short}\" has no daylight saving time in the IANA database"),
            &format!("use \"{place}\", or \"{fixed}\" for the same offset all year"),
        );
        return None;
    }
    entry.read_time_zone()
}

/// Reads the location of the files: exactly one of the three keys.
fn read_location(section: &ConfigSection<'_, '_>) -> Option<FileLocation> {
    let Some(location) = find_location(section, &["s3", "azure", "folder"]) else {
        let at = |key| section.key_path(key);
        let fix = format!(
            "write [{}] with bucket, access_key_id and secret_access_key, or [{}] with connection_string and container, or folder = \"path\"",
            at("s3"),
            at("azure")
        );
        section.record_missing("s3", &fix);
        return None;
    };
    read_store_or_folder(&location)
}

fn read_end_by(section: &ConfigSection<'_, '_>) -> Vec<(String, EndReason)> {
    let mut read: Vec<(String, EndReason)> = Vec::new();
    for entry in section.all_entries() {
        let Some(outcome) = entry.read_variant::<EndReason>() else {
            continue;
        };
        let mut before = read.iter();
        if let Some((other, _)) =
            before.find(|(other, meaning)| is_same_label(other, entry.name) && *meaning != outcome)
        {
            let what = format!("is the same label as {other:?} with a different outcome");
            let fix = "case and surrounding spaces don't matter: remove one of them";
            entry.report_key_fault(&what, fix);
        }
        read.push((entry.name.to_owned(), outcome));
    }
    read
}
