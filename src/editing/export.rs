//! Entries of the browser as files, and back.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use strum::IntoEnumIterator;
use toml::de::DeTable;

use crate::settings::{self, FileEntry};
use wallboard_toml_reader::{ConfigFaults, ConfigReader};

use super::{Entry, EntryId, Section, sealing::ask_for_secrets};

/// Entries in the format of the files.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ExportedEntries {
    /// For the configuration file.
    pub toml: String,
    /// Each board's ID and the text of its file.
    pub boards: Vec<(String, String)>,
}

/// Writes the entries in force, each in the one form that [`read_entries`] returns.
pub fn write_entries(entries: &[Arc<Entry>]) -> ExportedEntries {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    write_texts(sorted.into_iter().filter_map(|entry| {
        let toml = entry.current()?;
        let toml = match entry.id.section {
            Section::Boards => toml.to_owned(),
            section if section.has_secrets() => ask_for_secrets(&in_one_form(&entry.id, toml)),
            _ => in_one_form(&entry.id, toml),
        };
        Some((&entry.id, toml))
    }))
}

/// Writes texts of entries, in the order of their IDs.
pub(super) fn write_texts<'e>(
    texts: impl Iterator<Item = (&'e EntryId, String)>,
) -> ExportedEntries {
    let mut exported = ExportedEntries::default();
    let mut open_header = String::new();
    for (id, toml) in texts {
        if id.section == Section::Boards {
            exported.boards.push((id.name.clone(), toml));
            continue;
        }
        let (header, lines) = toml.split_once('\n').unwrap_or((&toml, ""));
        // Lines of one table share its header.
        if header != open_header {
            if !exported.toml.is_empty() {
                exported.toml.push('\n');
            }
            exported.toml.push_str(header);
            exported.toml.push('\n');
            header.clone_into(&mut open_header);
        }
        exported.toml.push_str(lines);
    }
    exported
}

impl ExportedEntries {
    /// Returns the text of each entry. `file` is where faults are.
    pub fn by_id(self, file: &Path) -> Result<BTreeMap<EntryId, String>, ConfigFaults> {
        let boards = self.boards.into_iter();
        let boards = boards.map(|(id, text)| (EntryId::new(Section::Boards, &id), text));
        let entries = read_entries(&self.toml, file)?.into_iter();
        Ok(entries.chain(boards).collect())
    }
}

/// Writes an entry as one of a file is shown.
pub(super) fn in_one_form(id: &EntryId, toml: &str) -> String {
    let entries = settings::file_entries(toml, id.section.into(), id.section.is_whole());
    let mut found = entries.into_iter().filter(|(name, _)| *name == id.name);
    found
        .next()
        .map_or_else(|| toml.to_owned(), |(_, entry)| entry.toml)
}

/// Reads the entries of a file that [`write_entries`] made, or that somebody wrote like it.
pub fn read_entries(text: &str, file: &Path) -> Result<Vec<(EntryId, String)>, ConfigFaults> {
    let reader = ConfigReader::new(text, file, |_| None, &[]);
    match DeTable::parse(text) {
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            reader.record_fault(&span, "", error.message(), "");
        }
        Ok(table) => {
            for entry in reader.root_section(&table).all_entries() {
                let section = entry.name.parse::<Section>();
                if section.is_err() || section == Ok(Section::Boards) {
                    let fix = "keep it in the configuration file";
                    entry.report_key_fault("can't be changed in the browser", fix);
                }
            }
        }
    }
    if !reader.is_clean() {
        return Err(reader.collected_faults());
    }
    let sections = Section::iter().filter(|section| *section != Section::Boards);
    let entries = sections.flat_map(|section| {
        let entries = settings::file_entries(text, section.into(), section.is_whole());
        entries
            .into_iter()
            .map(move |(name, FileEntry { toml, .. })| (EntryId { section, name }, toml))
    });
    Ok(entries.collect())
}
