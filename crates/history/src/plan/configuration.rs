//! `kind = "plan-csv"`: forecasts and schedules of workforce management as CSV.

use std::{sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use strum::VariantNames;

use crate::{
    ImportContext,
    fetch::{
        FileLocation, ImportSchedule, SFTP_KEYS, SftpOwner, find_location, read_sftp,
        read_store_or_folder,
    },
};
use wallboard_domain::{
    FieldInput, FileOnlyReason, FormField, Id, Pattern, Patterns, SourceId, TableForm,
};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, nearest_word};

use super::{
    activity_class::ActivityClass,
    column_mapping::{PlanColumn, PlanColumns},
};

/// Settings of a source of plans, except where its files are.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanSettings {
    /// The files to import, by their path.
    pub files: Pattern,
    /// The zone of times without an offset.
    pub zone: TimeZone,
    /// The length of the files' intervals.
    pub step_seconds: i64,
    /// The order in dates such as 11/05/2026; `None`: such dates are rejected.
    pub date_order: Option<DateOrder>,
    pub columns: Arc<PlanColumns>,
    /// Names in the files, with our queues and groups.
    pub queues: Arc<Vec<(String, Id)>>,
    /// Classes of activities by their names in lower case.
    pub activities: Arc<Patterns<ActivityClass>>,
    /// Whether the text of rejected rows is stored.
    pub keep_contacts: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    DayMonth,
    MonthDay,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self {
            files: Pattern(FILES.to_owned()),
            zone: TimeZone::UTC,
            step_seconds: 1_800,
            date_order: None,
            columns: Arc::default(),
            queues: Arc::default(),
            activities: Arc::default(),
            keep_contacts: false,
        }
    }
}

const FILES: &str = "*.csv";
const STEPS: [(&str, i64); 3] = [("15m", 900), ("30m", 1_800), ("1h", 3_600)];
const DATE_ORDERS: [(&str, DateOrder); 2] = [
    ("day-month", DateOrder::DayMonth),
    ("month-day", DateOrder::MonthDay),
];
const SCHEDULE_EXAMPLE: &str = r#"columns = { agent = "Employee", activity = "Activity", time = "Start", end = "End" }, with the headers of your files"#;
const COLUMNS_EXAMPLE: &str = r#"columns = { time = "Interval", queue = "Queue", volume = "Forecast" }, with the headers of your files"#;

const FIELDS: &[FormField] = &[
    FormField::new("columns", "plan_columns", FieldInput::Pairs).required(),
    FormField::new("host", "plan_host", FieldInput::Text).address(),
    FormField::new("username", "plan_username", FieldInput::Text),
    FormField::new("key", "plan_key", FieldInput::SecretLines),
    FormField::new(
        "key_passphrase",
        "vergic_key_passphrase",
        FieldInput::Secret,
    ),
    FormField::new("host_key", "plan_host_key", FieldInput::Text),
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
    FormField::new(
        "step",
        "plan_step",
        FieldInput::Choice(&["15m", "30m", "1h"]),
    ),
    FormField::new(
        "date_order",
        "plan_date_order",
        FieldInput::Choice(&["day-month", "month-day"]),
    ),
    FormField::new("queues", "plan_queues", FieldInput::Pairs),
    FormField::new("activities", "plan_activities", FieldInput::Pairs),
    FormField::new("files", "plan_files", FieldInput::Text).advanced(),
    FormField::new("time_zone", "plan_time_zone", FieldInput::Text).advanced(),
    FormField::new("port", "vergic_port", FieldInput::Number)
        .advanced()
        .address(),
    FormField::new("interval", "vergic_interval", FieldInput::Text).advanced(),
    FormField::new("settle", "import_settle", FieldInput::Text).advanced(),
];

impl PlanSettings {
    pub(super) const FORM: TableForm = TableForm {
        fields: FIELDS,
        only_in_files: &[
            ("folder", FileOnlyReason::ServerFolder),
            ("key_file", FileOnlyReason::ServerFile),
            ("known_hosts", FileOnlyReason::ServerFile),
        ],
    };

    /// Reads every key before a missing one ends it, so that one run reports all faults.
    pub(super) fn read(
        section: ConfigSection<'_, '_>,
        context: &ImportContext,
    ) -> Option<(Self, FileLocation, ImportSchedule)> {
        let location = read_location(&section);
        let schedule = ImportSchedule::read_undated(&section, Duration::from_mins(10));
        let files = section.entry("files").map(|entry| {
            let wanted = "the files' path, in which * stands for any characters: \"forecast*.csv\"";
            entry.parse_with(wanted, |text| {
                let text = text.trim();
                (!text.is_empty()).then(|| Pattern(text.to_owned()))
            })
        });
        let zone = section
            .entry("time_zone")
            .map(|entry| entry.read_time_zone());
        let step = section.entry("step").map(|entry| read_word(&entry, &STEPS));
        let date_order = section
            .entry("date_order")
            .map(|entry| read_word(&entry, &DATE_ORDERS));
        let columns = section
            .required_entry("columns", COLUMNS_EXAMPLE)
            .and_then(|entry| read_columns(&entry));
        let queues = section.section_at("queues").map(|one| read_queues(&one));
        let activities = section.section_at("activities");
        let activities = activities.map(|one| read_activities(&one));
        section.finish_section();

        let settings = Self {
            files: files.unwrap_or_else(|| Some(Pattern(FILES.to_owned())))?,
            zone: zone.unwrap_or_else(|| Some(context.site.zone.clone()))?,
            step_seconds: step.unwrap_or(Some(1_800))?,
            date_order: match date_order {
                Some(given) => Some(given?),
                None => None,
            },
            columns: Arc::new(columns?),
            queues: Arc::new(queues.unwrap_or_default()),
            activities: Arc::new(activities.unwrap_or_default()),
            keep_contacts: context.keep_contacts,
        };
        Some((settings, location?, schedule))
    }

    /// Changes when the same file would be read differently.
    pub(super) fn fingerprint(&self) -> String {
        const RULES_VERSION: u32 = 1;
        let zone = self.zone.iana_name().unwrap_or("UTC");
        format!(
            "{RULES_VERSION} {zone} {} {:?} {:?}",
            self.step_seconds, self.date_order, self.columns.0
        )
    }
}

fn read_word<T: Copy>(entry: &ConfigEntry<'_, '_>, words: &[(&'static str, T)]) -> Option<T> {
    let allowed: Vec<_> = words.iter().map(|(word, _)| *word).collect();
    let word = entry.read_word(&allowed)?;
    let found = words.iter().find(|(one, _)| *one == word);
    found.map(|(_, value)| *value)
}

/// Reads where the files are: exactly one of the four places.
fn read_location(section: &ConfigSection<'_, '_>) -> Option<FileLocation> {
    let location = find_location(section, &["host", "s3", "azure", "folder"]);
    let is_sftp = (location.as_ref()).is_some_and(|location| location.name == "host");
    for key in SFTP_KEYS {
        if let Some(entry) = section.entry(key).filter(|_| !is_sftp) {
            entry.report_key_fault("applies to `host`, which is missing", "remove it");
        }
    }
    let Some(location) = location else {
        let fix = format!(
            "write folder = \"path\", or host = \"sftp.example.com\" with username, key_file and known_hosts, or [{}], or [{}]",
            section.key_path("s3"),
            section.key_path("azure")
        );
        section.record_missing("folder", &fix);
        return None;
    };
    if !is_sftp {
        return read_store_or_folder(&location);
    }
    let owner = SftpOwner {
        name: "the server's owner",
        host_example: "sftp.example.com",
    };
    read_sftp(section, &location, Some(""), owner).map(FileLocation::Sftp)
}

fn read_columns(entry: &ConfigEntry<'_, '_>) -> Option<PlanColumns> {
    const WANTED: &str = r##"a header, a list such as ["New name", "Old name"], of which the first found in a file is used, or the number of a column: "#1""##;
    let section = entry.as_section()?;
    let mut columns = PlanColumns::default();
    for entry in section.all_entries() {
        let Ok(column) = entry.name.parse::<PlanColumn>() else {
            let names = PlanColumn::VARIANTS;
            let near = nearest_word(entry.name, names.iter().copied())
                .map(|near| format!("did you mean `{near}`? "))
                .unwrap_or_default();
            let fix = format!("{near}known names: {}", names.join(", "));
            entry.report_key_fault("isn't a known column name", &fix);
            continue;
        };
        let headers = entry.read_one_or_more(WANTED).unwrap_or_default();
        let headers = headers.iter().filter_map(ConfigEntry::read_nonempty_text);
        columns.0.extend(headers.map(|header| (column, header)));
    }
    let has_figures = columns.has(PlanColumn::Volume) || columns.has(PlanColumn::Agents);
    if columns.are_of_schedules() {
        let required = [PlanColumn::Time, PlanColumn::End, PlanColumn::Activity];
        if !required.into_iter().all(|column| columns.has(column)) {
            let what = "lacks `time`, `end` or `activity`, which a schedule of agents has";
            entry.report_key_fault(what, &format!("write {SCHEDULE_EXAMPLE}"));
            return None;
        }
    } else if !columns.has(PlanColumn::Time) || !columns.has(PlanColumn::Queue) || !has_figures {
        let what = "lacks `time`, `queue`, or both `volume` and `agents`";
        entry.report_key_fault(what, &format!("write {COLUMNS_EXAMPLE}"));
        return None;
    }
    if columns.are_mixed() {
        let fix = "use numbers such as \"#1\" for all: the files then have no header";
        entry.report_key_fault("mixes headers and numbers of columns", fix);
        return None;
    }
    Some(columns)
}

fn read_activities(section: &ConfigSection<'_, '_>) -> Patterns<ActivityClass> {
    let entries = section.all_entries();
    let read = entries.iter().filter_map(|entry| {
        let class = entry.read_word(ActivityClass::VARIANTS)?.parse().ok()?;
        Some((Pattern(entry.name.trim().to_lowercase()), class))
    });
    Patterns(read.collect())
}

fn read_queues(section: &ConfigSection<'_, '_>) -> Vec<(String, Id)> {
    let wanted = "the ID of a queue or group, such as \"sangoma/12\" or \"group/sales\"";
    let entries = section.all_entries();
    let read = entries.iter().filter_map(|entry| {
        let id = entry.parse_with(wanted, |text| {
            let (source, external) = text.trim().split_once('/')?;
            let is_id = !source.is_empty() && !external.is_empty();
            is_id.then(|| Id::new(&SourceId::from(source), external))
        })?;
        Some((entry.name.to_owned(), id))
    });
    read.collect()
}
