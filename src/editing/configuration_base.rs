//! The configuration that people's changes apply to, and the configuration that results.

use std::{collections::BTreeSet, path::Path};

use crate::{
    holidays::CalendarPlan,
    reports::ReportPlan,
    settings::{self, AppSettings, RecordedText, SiteEntries},
};
use wallboard_alerts::AlertRule;
use wallboard_boards::{BoardDefinition, Playlist};
use wallboard_domain::SiteConfig;
use wallboard_history::import::FileSource;
use wallboard_notify::Channel;
use wallboard_sources::SourceConfig;
use wallboard_toml_reader::{ConfigFaults, FaultPlace};

use super::{
    BoardFolder, ConfigurationFiles, EntryId, Origin, Section, board_files::BoardList,
    export::in_one_form,
};

/// The part that isn't from the browser.
#[derive(Clone, Debug)]
pub enum ConfigurationBase {
    Files(Box<ConfigurationFiles>),
    /// A demo's, which no file has.
    Demo {
        own: Box<SiteEntries>,
        boards: Vec<BoardDefinition>,
    },
}

/// The part that people may change, validated.
#[derive(Debug)]
pub struct CheckedConfiguration {
    pub site: SiteConfig,
    pub channels: Vec<Channel>,
    pub calendars: Vec<CalendarPlan>,
    pub alerts: Vec<AlertRule>,
    pub reports: Vec<ReportPlan>,
    pub playlists: Vec<Playlist>,
    pub boards: Vec<BoardDefinition>,
    pub sources: Vec<SourceConfig>,
    pub imports: Vec<FileSource>,
    /// Whether callers and visitors stay in raw history.
    pub retains_contacts: bool,
    /// Warnings about probable mistakes in board files, a sentence each.
    pub notes: Vec<String>,
}

/// An entry of the browser that isn't in force, because it no longer fits the files.
#[derive(Clone, Debug)]
pub struct LeftOutEntry {
    pub id: EntryId,
    pub faults: ConfigFaults,
}

/// Entries as the parsers take them.
#[derive(Clone, Debug, Default)]
pub(super) struct RecordedTexts {
    pub(super) entries: Vec<RecordedText>,
    pub(super) boards: Vec<(EntryId, String)>,
}

impl<'e> FromIterator<(&'e EntryId, &'e str)> for RecordedTexts {
    fn from_iter<I: IntoIterator<Item = (&'e EntryId, &'e str)>>(all: I) -> Self {
        let mut texts = Self::default();
        for (id, toml) in all {
            if id.section == Section::Boards {
                texts.boards.push((id.clone(), toml.to_owned()));
            } else {
                texts.entries.push((id, toml).into());
            }
        }
        texts
    }
}

impl ConfigurationBase {
    /// Reads the configuration with entries of the browser.
    pub(super) fn check(
        &self,
        recorded: &RecordedTexts,
    ) -> Result<CheckedConfiguration, ConfigFaults> {
        match self {
            Self::Files(files) => files.check(recorded),
            Self::Demo { own, boards } => check_demo(own, boards, recorded),
        }
    }

    /// Reads the configuration with those entries of the browser that fit and don't wait. Fails if it has faults without any.
    pub(super) fn check_what_fits(
        &self,
        recorded: &[(&EntryId, &str)],
    ) -> Result<(CheckedConfiguration, Vec<LeftOutEntry>), ConfigFaults> {
        let recorded = recorded.iter().copied();
        let recorded = recorded.filter(|(id, toml)| !self.has_equal_entry(id, toml));
        let (mut fitting, mut left_out) = (recorded.collect::<Vec<_>>(), Vec::new());
        let faults = match self.check(&fitting.iter().copied().collect()) {
            Ok(checked) => return Ok((checked, left_out)),
            Err(faults) => faults,
        };
        // Most faults name the entry that has them.
        let refused: BTreeSet<_> = (faults.faults.iter())
            .filter_map(|fault| match &fault.place {
                FaultPlace::Browser(entry) => Some(entry.to_string()),
                FaultPlace::File | FaultPlace::OtherFile(_) => None,
            })
            .collect();
        let is_faulty = |id: &EntryId| refused.contains(&id.to_string());
        for (id, _) in fitting.iter().filter(|(id, _)| is_faulty(id)) {
            left_out.push(LeftOutEntry {
                id: (*id).clone(),
                faults: faults_of(&faults, id),
            });
        }
        fitting.retain(|(id, _)| !is_faulty(id));
        if let Ok(checked) = self.check(&fitting.iter().copied().collect()) {
            return Ok((checked, left_out));
        }
        // Rules of files name channels of the browser.
        let (mut accepted, others): (Vec<_>, Vec<_>) =
            (fitting.into_iter()).partition(|(id, _)| id.section == Section::Channels);
        let mut checked = self.check(&accepted.iter().copied().collect())?;
        for entry in others {
            accepted.push(entry);
            match self.check(&accepted.iter().copied().collect()) {
                Ok(with_it) => checked = with_it,
                Err(faults) => {
                    accepted.pop();
                    let id = entry.0.clone();
                    left_out.push(LeftOutEntry { id, faults });
                }
            }
        }
        Ok((checked, left_out))
    }

    /// Returns where an entry is, if it isn't from the browser, and its text.
    pub(super) fn find_entry(&self, id: &EntryId) -> Option<(Origin, String)> {
        match self {
            Self::Files(files) => files.find_entry(id),
            Self::Demo { .. } => None,
        }
    }

    /// The configuration without an entry of a file, and the lines that it has there; `None` if it has none of its own.
    pub(super) fn without_entry(&self, id: &EntryId) -> Option<(Self, String)> {
        match self {
            Self::Files(files) => {
                let (rest, lines) = files.without_entry(id)?;
                Some((Self::Files(Box::new(rest)), lines))
            }
            Self::Demo { .. } => None,
        }
    }

    /// Returns the text of an entry of a file with its secrets in clear; `None` if one can't be read.
    pub(super) fn open_secrets(&self, toml: &str) -> Option<String> {
        match self {
            Self::Files(files) => files.open_secrets(toml),
            Self::Demo { .. } => None,
        }
    }

    /// Whether a file has the same entry as a text from the browser, which then waits.
    pub(super) fn has_equal_entry(&self, id: &EntryId, toml: &str) -> bool {
        let (Self::Files(files), Some((_, of_file))) = (self, self.find_entry(id)) else {
            return false;
        };
        let of_browser = in_one_form(id, toml);
        if id.section.has_secrets() {
            files.is_equal_opened(&of_file, &of_browser)
        } else {
            of_file == of_browser
        }
    }

    /// Returns the text of an entry of a file, if it is in one, without its secrets.
    pub(super) fn shown_text(&self, id: &EntryId) -> Option<String> {
        match self {
            Self::Files(files) => {
                let (_, text) = files.find_entry(id)?;
                let has_secrets = id.section.has_secrets();
                Some(if has_secrets {
                    files.hide_secrets(&text)
                } else {
                    text
                })
            }
            Self::Demo { .. } => None,
        }
    }

    /// The key that seals secrets; `None` where there is nothing to seal.
    pub(super) fn secret_key(&self) -> Option<&Path> {
        match self {
            Self::Files(files) => Some(files.secret_key()),
            Self::Demo { .. } => None,
        }
    }

    pub(super) fn list_entries(&self, section: Section) -> Vec<EntryId> {
        match self {
            Self::Files(files) => files.list_entries(section),
            Self::Demo { .. } => Vec::new(),
        }
    }
}

fn faults_of(faults: &ConfigFaults, id: &EntryId) -> ConfigFaults {
    let header = id.to_string();
    let mut faults = faults.clone();
    faults.faults.retain(|fault| fault.is_in_entry(&header));
    faults
}

impl CheckedConfiguration {
    pub(super) fn new(settings: &AppSettings, list: BoardList) -> Self {
        Self {
            site: settings.site.clone(),
            channels: settings.channels.clone(),
            calendars: settings.calendars.clone(),
            alerts: settings.alerts.clone(),
            reports: settings.reports.clone(),
            playlists: settings.playlists.clone(),
            boards: list.boards,
            sources: settings.sources.clone(),
            imports: settings.imports.clone(),
            retains_contacts: settings.retention.contacts,
            notes: list.notes,
        }
    }
}

/// Puts the entries in the place of the demo's own.
fn check_demo(
    own: &SiteEntries,
    boards: &[BoardDefinition],
    recorded: &RecordedTexts,
) -> Result<CheckedConfiguration, ConfigFaults> {
    let entries = settings::parse_site_entries(own, &recorded.entries);
    let list = BoardFolder::default().parse_boards(&recorded.boards);
    let (entries, list) = match (entries, list) {
        (Ok(entries), Ok(list)) => (entries, list),
        (Err(faults), Ok(_)) | (Ok(_), Err(faults)) => return Err(faults),
        (Err(faults), Err(boards)) => return Err(faults.with_faults_of(boards)),
    };
    let is_replaced = |board: &&BoardDefinition| list.boards.iter().any(|new| new.id == board.id);
    let own = boards.iter().filter(|board| !is_replaced(board)).cloned();
    Ok(CheckedConfiguration {
        site: entries.site,
        alerts: entries.alerts,
        playlists: entries.playlists,
        channels: Vec::new(),
        calendars: entries.calendars,
        reports: Vec::new(),
        boards: own.chain(list.boards.iter().cloned()).collect(),
        // The simulated ones.
        sources: Vec::new(),
        imports: Vec::new(),
        // The simulated contacts aren't real people.
        retains_contacts: true,
        notes: list.notes,
    })
}
