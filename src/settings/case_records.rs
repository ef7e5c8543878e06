//! `[case_records]`: whether cases that have ended become records, how long those are kept, and where they go.

use std::time::Duration;

use wallboard_history::fetch::{ObjectStoreSettings, find_location};
use wallboard_toml_reader::{ConfigEntry, ConfigReader, ConfigSection, suggest_word};

use crate::case_records::{
    CaseRecordPlan, RecordField, RecordFields, RecordFileFormat, RecordFiles, RecordPlace,
    TranscriptPlan,
};

use super::{
    LogSettings,
    channel_names::{ChannelNames, all_channels, channels_of_kind},
};

const DAY: Duration = Duration::from_hours(24);
/// Longer than the log can repeat the end of a case.
const KEEP_MIN: Duration = DAY.saturating_mul(3);
const KEEP_MAX: Duration = DAY.saturating_mul(3_650);
const KEEP: Duration = DAY.saturating_mul(30);
/// Of the names in a store.
const PREFIX_MAX: usize = 500;

/// Other tables, as far as this one needs them.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordSurroundings {
    pub(super) log: LogSettings,
    pub(super) channel_names: ChannelNames,
}

/// Reads what becomes of records; `None`: there are none.
pub(super) fn read_case_records(
    reader: &ConfigReader<'_>,
    root: &ConfigSection<'_, '_>,
    surroundings: RecordSurroundings,
) -> Option<CaseRecordPlan> {
    let table = root.entry("case_records")?;
    let section = table.as_section()?;
    if !surroundings.log.enabled {
        table.report_key_fault(
            "needs the log, of which the records are made",
            "remove enabled = false in [log]",
        );
    }
    let keep = section.entry("keep");
    let keep = keep.map_or(Some(KEEP), |entry| entry.read_duration(KEEP_MIN..=KEEP_MAX));
    let fields = section.entry("fields");
    let fields = fields.map_or(Some(RecordFields::default()), |entry| read_fields(&entry));
    let webhook = section.entry("webhook");
    let webhook = webhook.map(|entry| read_webhook(&entry, root, surroundings.channel_names));
    let files = section.entry("files");
    let files = files.map(|entry| read_files(&entry, reader));
    let transcripts = section.entry("transcripts");
    let transcripts = transcripts.and_then(|entry| {
        if root.entry("cluster").is_some() {
            entry.report_key_fault(
                "can't be set in a cluster: only the node that receives a transcript has it, and may be lost with it",
                "remove it, or [cluster]",
            );
        }
        read_webhook(&entry, root, surroundings.channel_names)
    });
    section.finish_section();
    Some(CaseRecordPlan {
        keep: keep?,
        fields: fields?,
        webhook: webhook.flatten(),
        files: files.flatten(),
        transcripts: transcripts.map(|channel| TranscriptPlan {
            channel,
            key_file: reader.secret_key(),
        }),
    })
}

/// Reads the fields that are passed on; `None` after a fault.
fn read_fields(entry: &ConfigEntry<'_, '_>) -> Option<RecordFields> {
    let items = entry.read_items(r#"a list of fields such as ["wait", "outcome"]"#)?;
    let fields: Option<Vec<RecordField>> = items.iter().map(ConfigEntry::read_variant).collect();
    Some(RecordFields::chosen(&fields?))
}

/// Reads the name of a channel. One that is made in the browser is known only with its entries.
fn read_webhook(
    entry: &ConfigEntry<'_, '_>,
    root: &ConfigSection<'_, '_>,
    channel_names: ChannelNames,
) -> Option<String> {
    let name = entry.read_nonempty_text()?;
    let webhooks = channels_of_kind(root, "webhook");
    let is_found = webhooks.contains(&name.as_str());
    let is_named = || all_channels(root).contains(&name.as_str());
    if is_found || (channel_names == ChannelNames::Any && !is_named()) {
        return Some(name);
    }
    let near = suggest_word(&name, &webhooks);
    let fix =
        format!("{near}add [channels.{name}] with kind = \"webhook\", or make it in the browser");
    entry.report_fault(&format!("there is no webhook {name:?}"), &fix);
    None
}

fn read_files(entry: &ConfigEntry<'_, '_>, reader: &ConfigReader<'_>) -> Option<RecordFiles> {
    let section = entry.as_section()?;
    let place = find_location(&section, &["folder", "s3", "azure"])
        .or_else(|| section.required_entry("folder", "folder = \"case-records\", or s3, or azure"));
    let place = place.and_then(|entry| match entry.name {
        "folder" => read_folder(&entry, reader),
        _ => read_store(&entry, &section),
    });
    let format = section.entry("format");
    let format = format.map_or(Some(RecordFileFormat::Csv), |entry| entry.read_variant());
    section.finish_section();
    Some(RecordFiles {
        place: place?,
        format: format?,
    })
}

fn read_folder(entry: &ConfigEntry<'_, '_>, reader: &ConfigReader<'_>) -> Option<RecordPlace> {
    let folder = entry.parse_with("a folder that exists", |text| {
        Some(reader.resolve_path(text)).filter(|path| path.is_dir())
    })?;
    Some(RecordPlace::Folder(folder))
}

/// Reads a store's table, and what names begin with there.
fn read_store(entry: &ConfigEntry<'_, '_>, section: &ConfigSection<'_, '_>) -> Option<RecordPlace> {
    let prefix = section.entry("prefix").map(|entry| {
        entry.parse_with(
            "the beginning of the names, such as \"case-records/\"",
            |text| {
                let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=".contains(c);
                let is_prefix = text.len() <= PREFIX_MAX && text.chars().all(is_plain);
                (is_prefix && !text.starts_with('/')).then(|| text.to_owned())
            },
        )
    });
    let prefix = prefix.unwrap_or_else(|| Some(String::new()));
    Some(RecordPlace::Store {
        settings: ObjectStoreSettings::read(entry)?,
        prefix: prefix?,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::settings::{parse_configuration, test_file::OPEN};

    /// Returns what becomes of records, or the faults.
    fn read(lines: &str) -> Result<Option<CaseRecordPlan>, String> {
        let text = format!("{OPEN}{lines}");
        let settings = parse_configuration(&text, Path::new("w.toml"), |_| None);
        settings
            .map(|settings| settings.case_records)
            .map_err(|faults| faults.to_string())
    }

    #[test]
    fn cases_are_recorded_only_with_the_table() {
        assert_eq!(read(""), Ok(None));
        let kept = |days| Ok(Some(CaseRecordPlan::kept_for(DAY * days)));
        assert_eq!(read("[case_records]\n"), kept(30));
        assert_eq!(read("[case_records]\nkeep = \"365d\"\n"), kept(365));
        for wrong in ["\"2d\"", "\"4000d\"", "30"] {
            let faults = read(&format!("[case_records]\nkeep = {wrong}\n"));
            assert!(faults.unwrap_err().contains("case_records"), "{wrong}");
        }
    }

    #[test]
    fn other_systems_get_the_fields_that_are_chosen() {
        let with = |fields: &str| read(&format!("[case_records]\nfields = {fields}\n"));
        let expected = CaseRecordPlan {
            fields: RecordFields::chosen(&[RecordField::Wait, RecordField::QueueLegs]),
            ..CaseRecordPlan::kept_for(KEEP)
        };
        assert_eq!(with(r#"["wait", "queue_legs"]"#), Ok(Some(expected)));
        for (wrong, words) in [
            (r#"["wait", "closures"]"#, "did you mean \"closure\"?"),
            (r#"["id"]"#, "allowed: created_at, "),
            (r#""wait""#, "a list of fields"),
        ] {
            let faults = with(wrong).unwrap_err();
            assert!(faults.contains(words), "{wrong}: {faults}");
        }
    }

    #[test]
    fn transcripts_go_only_to_a_webhook_that_is_named_for_them() {
        let channels = "[channels.vault]\nkind = \"webhook\"\nurl = \"https://vault.example.com/\"\n\
             secret = \"0123456789abcdef\"\n[channels.floor]\nkind = \"slack\"\nurl = \"https://h/\"\n";
        let with = |more: &str| read(&format!("{channels}[case_records]\n{more}\n"));
        let plan = |transcripts| CaseRecordPlan {
            webhook: Some("vault".to_owned()),
            transcripts,
            ..CaseRecordPlan::kept_for(KEEP)
        };
        assert_eq!(with("webhook = \"vault\""), Ok(Some(plan(None))));
        let to_vault = TranscriptPlan {
            channel: "vault".to_owned(),
            key_file: "secret.key".into(),
        };
        let both = with("webhook = \"vault\"\ntranscripts = \"vault\"");
        assert_eq!(both, Ok(Some(plan(Some(to_vault)))));
        let cluster =
            "transcripts = \"vault\"\n[cluster]\nnats = \"nats://127.0.0.1:4222\"\nsite = \"s\"";
        for (more, words) in [
            ("transcripts = true", "transcripts"),
            ("transcripts = \"floor\"", "there is no webhook \"floor\""),
            (cluster, "can't be set in a cluster"),
        ] {
            let faults = with(more).unwrap_err();
            assert!(faults.contains(words), "{more}: {faults}");
        }
    }

    #[test]
    fn without_a_log_there_are_none() {
        let faults = read("[case_records]\n[log]\nenabled = false\n").unwrap_err();
        assert!(faults.contains("needs the log"), "{faults}");
    }

    #[test]
    fn records_go_to_a_webhook_and_to_files() {
        let channels = "[channels.crm]\nkind = \"webhook\"\nurl = \"https://crm.example.com/\"\n\
             secret = \"0123456789abcdef\"\n[channels.floor]\nkind = \"slack\"\nurl = \"https://h/\"\n";
        let with = |keys: &str| read(&format!("{channels}[case_records]\n{keys}\n"));
        let plan = with("webhook = \"crm\"\nfiles = { folder = \".\", format = \"jsonl\" }");
        let files = RecordFiles {
            place: RecordPlace::Folder(".".into()),
            format: RecordFileFormat::Jsonl,
        };
        let expected = CaseRecordPlan {
            webhook: Some("crm".to_owned()),
            files: Some(files),
            ..CaseRecordPlan::kept_for(KEEP)
        };
        assert_eq!(plan, Ok(Some(expected)));
        // Perhaps it's made in the browser.
        assert!(with("webhook = \"other\"").is_ok());
        for (keys, words) in [
            ("webhook = \"floor\"", "there is no webhook \"floor\""),
            ("files = { format = \"csv\" }", "folder = "),
            (
                "files = { folder = \"no-such-folder\" }",
                "a folder that exists",
            ),
            (
                "files = { folder = \".\", format = \"xlsx\" }",
                "allowed: csv, jsonl",
            ),
            (
                "files = { folder = \".\", s3 = { bucket = \"crm\" } }",
                "conflicts with `folder`",
            ),
            ("files = { s3 = { bucket = \"crm\" } }", "access_key_id"),
            (
                "files = { azure = { container = \"crm\", connection_string = \"UseDevelopmentStorage=true\" }, prefix = \"/a\" }",
                "the beginning of the names",
            ),
            (
                "[case_records.files.azure]\ncontainer = \"crm\"\nconnection_string = \"x\"",
                "isn't a connection string",
            ),
            ("files = { prefix = \"a/\" }", "folder = "),
        ] {
            let faults = with(keys).unwrap_err();
            assert!(faults.contains(words), "{keys}: {faults}");
        }
    }
}
