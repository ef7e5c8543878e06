//! `kind = "vergic-export"`: the Statistics Export of the Vergic Engage Platform.

use std::{sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use strum::VariantNames;

use crate::{
    ImportContext,
    fetch::{
        FileLocation, ImportSchedule, SFTP_KEYS, SftpOwner, find_location, read_folder, read_sftp,
    },
};
use wallboard_domain::{
    FieldInput, FileOnlyReason, FormField, ImportColumn, Pattern, Patterns, TableForm,
};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, nearest_word};

use super::column_mapping::{ColumnMapping, has_column};

/// Settings of a Vergic source, except where its files are.
#[derive(Clone, Debug, PartialEq)]
pub struct VergicSettings {
    /// The root folder of the hierarchy.
    pub root: String,
    /// Headers of each column by dataset (a file's name without its extension), the first choice
    /// first. In configuration order: of two datasets with the same columns, the first counts.
    pub columns: Arc<ColumnMapping>,
    /// Whether cells that may identify visitors are stored.
    pub keep_contacts: bool,
    /// The time zone of the site's days.
    pub zone: TimeZone,
}

impl Default for VergicSettings {
    fn default() -> Self {
        Self {
            root: ROOT.to_owned(),
            columns: Arc::default(),
            keep_contacts: false,
            zone: TimeZone::UTC,
        }
    }
}

const ROOT: &str = "Metrics";
const HOST: &str = "statsexport.vergic.com";

const FIELDS: &[FormField] = &[
    FormField::new("host", "vergic_host", FieldInput::Text)
        .required()
        .address(),
    FormField::new("username", "vergic_username", FieldInput::Text).required(),
    FormField::new("key", "vergic_key", FieldInput::SecretLines).required(),
    FormField::new(
        "key_passphrase",
        "vergic_key_passphrase",
        FieldInput::Secret,
    ),
    FormField::new("host_key", "vergic_host_key", FieldInput::Text).required(),
    FormField::new("columns", "vergic_columns", FieldInput::Pairs),
    FormField::new("port", "vergic_port", FieldInput::Number)
        .advanced()
        .address(),
    FormField::new("root", "vergic_root", FieldInput::Text).advanced(),
    FormField::new("interval", "vergic_interval", FieldInput::Text).advanced(),
    FormField::new("history", "vergic_history", FieldInput::Text).advanced(),
    FormField::new("settle", "import_settle", FieldInput::Text).advanced(),
];

impl VergicSettings {
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
        let root = section.entry("root").map(|entry| read_root(&entry));
        let root = root.unwrap_or_else(|| Some(ROOT.to_owned()));
        let location = read_location(&section, root.as_deref());
        let defaults = ImportSchedule {
            interval: Duration::from_mins(10),
            history: Duration::from_hours(100 * 24),
            settle: Duration::from_secs(10),
        };
        let schedule = ImportSchedule::read(&section, defaults);
        let columns = section.section_at("columns").map(|s| read_columns(&s));
        section.finish_section();

        let settings = Self {
            root: root?,
            columns: Arc::new(
                columns
                    .as_ref()
                    .map_or_else(ColumnMapping::default, ColumnMapping::new),
            ),
            keep_contacts: context.keep_contacts,
            zone: context.site.zone.clone(),
        };
        Some((settings, location?, schedule))
    }
}

/// Reads where the files are; `root` is the outermost folder there.
fn read_location(section: &ConfigSection<'_, '_>, root: Option<&str>) -> Option<FileLocation> {
    let Some(location) = find_location(section, &["host", "folder"]) else {
        for key in SFTP_KEYS {
            section.entry(key);
        }
        let fix = format!(
            "write host = \"{HOST}\" with username, key_file and known_hosts, or folder = \"path\" for files that arrive another way"
        );
        section.record_missing("host", &fix);
        return None;
    };
    if location.name == "host" {
        let owner = SftpOwner {
            name: "Vergic",
            host_example: HOST,
        };
        return read_sftp(section, &location, root, owner).map(FileLocation::Sftp);
    }
    for key in SFTP_KEYS {
        if let Some(entry) = section.entry(key) {
            entry.report_key_fault("applies to `host`, not to `folder`", "remove it");
        }
    }
    read_folder(&location)
}

/// Reads a folder on the server, without a slash at its end.
fn read_root(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    entry.parse_with(
        "the name of a folder on the server, such as \"Metrics\"",
        |text| {
            let text = text.trim().trim_end_matches('/');
            let mut parts = text.trim_start_matches('/').split('/');
            let is_plain = parts.all(|part| !matches!(part, "" | "." | ".."));
            (is_plain && !text.contains(['\\', '\0'])).then(|| text.to_owned())
        },
    )
}

type MappedDatasetColumns = Vec<(ImportColumn, String)>;

fn read_columns(section: &ConfigSection<'_, '_>) -> Patterns<MappedDatasetColumns> {
    let mut read: Vec<(Pattern, MappedDatasetColumns)> = Vec::new();
    for entry in section.all_entries() {
        if entry.name.trim().is_empty() || entry.name.contains(['/', '\\']) {
            let fix = "use a file name without folder and `.csv`; * stands for any characters: \"queues*\"";
            entry.report_key_fault("isn't a dataset", fix);
        }
        let Some(columns) = read_dataset(&entry) else {
            continue;
        };
        if let Some((Pattern(other), column)) = read
            .iter()
            .find_map(|(pattern, others)| Some((pattern, check_duplicates(&columns, others)?)))
        {
            let what = format!(
                "assigns `{}`, and so does {other:?}, but only one of them sets the `queue`",
                column.into_str()
            );
            let fix = "the same contacts would count twice: assign it in only one of them";
            entry.report_key_fault(&what, fix);
        }
        read.push((Pattern(entry.name.to_owned()), columns));
    }
    Patterns(read)
}

/// Finds a column that one dataset counts by queue and the other in total.
fn check_duplicates(
    one: &MappedDatasetColumns,
    other: &MappedDatasetColumns,
) -> Option<ImportColumn> {
    let is_by_queue = |columns: &MappedDatasetColumns| has_column(columns, ImportColumn::Queue);
    let is_by_agent = |columns: &MappedDatasetColumns| {
        has_column(columns, ImportColumn::Agent) && !is_by_queue(columns)
    };
    if is_by_agent(one) || is_by_agent(other) || is_by_queue(one) == is_by_queue(other) {
        return None;
    }
    let mut counted = one.iter().map(|(column, _)| *column);
    counted.find(|column| !column.is_label() && has_column(other, *column))
}

/// Reads one dataset: our name = "their header".
fn read_dataset(entry: &ConfigEntry<'_, '_>) -> Option<MappedDatasetColumns> {
    let section = entry.as_section()?;
    let mut columns: MappedDatasetColumns = Vec::new();
    for entry in section.all_entries() {
        let Ok(column) = entry.name.parse() else {
            let names = ImportColumn::VARIANTS;
            let near = nearest_word(entry.name, names.iter().copied())
                .map(|near| format!("did you mean `{near}`? "))
                .unwrap_or_default();
            let fix = format!(
                "{near}unlisted columns are stored under their own header; known names: {}",
                names.join(", ")
            );
            entry.report_key_fault("isn't a known column name", &fix);
            continue;
        };
        columns.extend(
            read_headers(&entry)
                .into_iter()
                .map(|header| (column, header)),
        );
    }
    if columns.is_empty() && section.all_entries().is_empty() {
        entry.report_fault(
            "assigns no columns",
            "write queue = \"Group\", offered = \"Chats\"",
        );
    }
    check_averages(&section, &columns);
    Some(columns)
}

/// Reads a column's header, or several of which the first that a file has counts.
fn read_headers(entry: &ConfigEntry<'_, '_>) -> Vec<String> {
    const WANTED: &str = r#"a header, or a list such as ["New name", "Old name"], of which the first found in a file is used"#;
    let given = entry.read_one_or_more(WANTED).unwrap_or_default();
    if given.is_empty() && entry.is_list() {
        entry.report_fault("is empty", &format!("it must be {WANTED}"));
    }
    given
        .iter()
        .filter_map(ConfigEntry::read_nonempty_text)
        .collect()
}

/// Checks averages: an average without its count can't be combined over rows.
fn check_averages(section: &ConfigSection<'_, '_>, columns: &MappedDatasetColumns) {
    let has = |column| has_column(columns, column);
    for entry in section.all_entries() {
        let Ok(column) = entry.name.parse::<ImportColumn>() else {
            continue;
        };
        if let Some(sum) = column.sum_column().filter(|sum| has(*sum)) {
            let what = format!("is the same as `{}`", sum.into_str());
            entry.report_key_fault(&what, "remove one of them");
        }
        let counts = column.weight_columns();
        if !counts.is_empty() && !counts.iter().any(|count| has(*count)) {
            let names: Vec<_> = counts
                .iter()
                .map(|count| format!("`{}`", count.into_str()))
                .collect();
            let fix = format!(
                "assign {} too, or remove this: unlisted columns are stored under their own header",
                names.join(" or ")
            );
            entry.report_key_fault(
                "is an average, and the number it's averaged over isn't assigned",
                &fix,
            );
        }
    }
}
