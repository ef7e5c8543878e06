//! The files of a configuration, as they were when they were last read. What people change in the browser
//! applies to these, so that an unfinished edit of a file never becomes effective with it.

use std::{
    collections::BTreeMap,
    env, fmt,
    path::{Path, PathBuf},
};

use strum::IntoEnumIterator;

use crate::settings::{self, AppSettings, FileEntry, RecordedText};
use wallboard_toml_reader::{ConfigFaults, SecretPlace};

use super::{
    BoardFolder, CheckedConfiguration, EntryId, Origin, Section,
    configuration_base::RecordedTexts,
    sealing::{hide_places, open_places},
};

/// The configuration file and its board files.
#[derive(Clone)]
pub struct ConfigurationFiles {
    file: PathBuf,
    /// May have secrets.
    text: String,
    boards: BoardFolder,
    /// The key that seals secrets.
    secret_key: PathBuf,
    /// Those of the configuration file.
    entries: BTreeMap<EntryId, FileEntry>,
}

impl ConfigurationFiles {
    /// Reads the files. Returns the settings without anything from the browser.
    pub fn load(file: &Path) -> Result<(Self, AppSettings, CheckedConfiguration), ConfigFaults> {
        let text = settings::read_file(file)?;
        // Places of secrets are those of the text without a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        let settings = settings::parse_configuration(&text, file, environment);
        let settings = settings.map_err(|faults| {
            let boards = faults.boards.as_deref().map(BoardFolder::read);
            match boards.map(|folder| folder.parse_boards(&[])) {
                Some(Err(boards)) => faults.with_faults_of(boards),
                Some(Ok(_)) | None => faults,
            }
        })?;
        let boards = settings.boards.as_deref();
        let files = Self {
            file: file.to_owned(),
            entries: file_entries(&text),
            secret_key: settings.secret_key.clone(),
            text,
            boards: boards.map(BoardFolder::read).unwrap_or_default(),
        };
        let checked = CheckedConfiguration::new(&settings, files.boards.parse_boards(&[])?);
        Ok((files, settings, checked))
    }

    /// Checks the files as they are without anything from the browser.
    pub fn check_alone(&self) -> Result<(), ConfigFaults> {
        self.check(&RecordedTexts::default()).map(drop)
    }

    /// Reads the files with entries of the browser.
    pub(super) fn check(
        &self,
        recorded: &RecordedTexts,
    ) -> Result<CheckedConfiguration, ConfigFaults> {
        let entries = &recorded.entries;
        let parsed = settings::parse_with_entries(&self.text, &self.file, entries, environment);
        let boards = self.boards.parse_boards(&recorded.boards);
        match (parsed, boards) {
            (Ok(settings), Ok(boards)) => Ok(CheckedConfiguration::new(&settings, boards)),
            (Err(faults), Ok(_)) | (Ok(_), Err(faults)) => Err(faults),
            (Err(faults), Err(boards)) => Err(faults.with_faults_of(boards)),
        }
    }

    pub(super) fn secret_key(&self) -> &Path {
        &self.secret_key
    }

    /// Returns where an entry is, if it's in a file, and its text.
    pub(super) fn find_entry(&self, id: &EntryId) -> Option<(Origin, String)> {
        if id.section == Section::Boards {
            let (file, text) = self.boards.find_file(&id.name)?;
            let origin = Origin::File {
                file: file.to_owned(),
                line: 1,
                last_line: text.lines().count(),
            };
            return Some((origin, text.to_owned()));
        }
        let entry = self.entries.get(id)?;
        let origin = Origin::File {
            file: self.file.clone(),
            line: entry.line,
            last_line: entry.last_line,
        };
        Some((origin, entry.toml.clone()))
    }

    /// Returns the text of an entry of a file with its secrets in clear; `None` if one can't be read.
    pub(super) fn open_secrets(&self, toml: &str) -> Option<String> {
        open_places(toml, &self.read_secrets(toml))
    }

    /// Whether an entry of a file and one of the browser are equal, which seals each secret differently.
    pub(super) fn is_equal_opened(&self, of_file: &str, of_browser: &str) -> bool {
        let sealed = settings::find_secrets(of_browser, Some(&self.secret_key));
        let opened = open_places(of_browser, &sealed);
        opened.is_some() && opened == self.open_secrets(of_file)
    }

    /// Returns the text of an entry of a file without its secrets.
    pub(super) fn hide_secrets(&self, toml: &str) -> String {
        hide_places(toml, &self.read_secrets(toml))
    }

    fn read_secrets(&self, toml: &str) -> Vec<SecretPlace> {
        settings::read_secrets(toml, &self.file, &self.secret_key, environment)
    }

    /// The files without an entry, and the lines that it has there, without secrets; `None` if it shares them.
    pub(super) fn without_entry(&self, id: &EntryId) -> Option<(Self, String)> {
        let mut rest = self.clone();
        if id.section == Section::Boards {
            let (boards, text) = self.boards.without_file(&id.name)?;
            rest.boards = boards;
            return Some((rest, text));
        }
        let entry = rest.entries.remove(id)?;
        let name = (!id.section.is_whole()).then_some(id.name.as_str());
        let (section, text) = (id.section.into(), &self.text);
        let cut = settings::cut_entry(text, section, name, entry.line, entry.last_line)?;
        rest.text = cut.rest;
        if !id.section.has_secrets() {
            return Some((rest, cut.lines));
        }
        // By their places in the whole text: the lines alone may lack their table's header.
        let start: usize = (self.text.split_inclusive('\n'))
            .take(entry.line - 1)
            .map(str::len)
            .sum();
        let mut places = self.read_secrets(&self.text);
        places.retain(|place| (start..start + cut.lines.len()).contains(&place.span.start));
        for place in &mut places {
            place.span = place.span.start - start..place.span.end - start;
        }
        Some((rest, hide_places(&cut.lines, &places)))
    }

    /// The IDs of a section's entries.
    pub(super) fn list_entries(&self, section: Section) -> Vec<EntryId> {
        if section == Section::Boards {
            return (self.boards.ids())
                .map(|id| EntryId::new(section, id))
                .collect();
        }
        let ids = self.entries.keys().filter(|id| id.section == section);
        ids.cloned().collect()
    }
}

fn file_entries(text: &str) -> BTreeMap<EntryId, FileEntry> {
    let sections = Section::iter().filter(|section| *section != Section::Boards);
    let entries = sections.flat_map(|section| {
        let entries = settings::file_entries(text, section.into(), section.is_whole());
        let named = entries.into_iter();
        named.map(move |(name, entry)| (EntryId { section, name }, entry))
    });
    entries.collect()
}

fn environment(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Not the text, which may have secrets.
impl fmt::Debug for ConfigurationFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigurationFiles")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// How the parsers take a change.
impl From<(&EntryId, &str)> for RecordedText {
    fn from((id, toml): (&EntryId, &str)) -> Self {
        Self {
            section: id.section.into(),
            name: (!id.section.is_whole()).then(|| id.name.clone()),
            header: id.to_string(),
            toml: toml.to_owned(),
        }
    }
}
