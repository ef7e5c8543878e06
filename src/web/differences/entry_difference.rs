//! The difference between two texts of an entry, in the reader's language.

use std::cell::OnceCell;

use toml::Value;

use wallboard_boards::board_file::parse_board;
use wallboard_domain::{Patterns, SiteConfig};
use wallboard_texts::Texts;

use crate::{
    editing::{EntryId, Section, hide_secrets, parse_plans, parse_site},
    web::{
        WebState,
        board_editor::{BoardChoices, compare_boards},
        differences::{
            difference_line::{DifferenceRow, compare_texts},
            difference_words::{DifferenceWords, plain},
            form_words::compare_forms,
            hours_words::compare_hours,
            limit_words::{compare_targets, compare_thresholds},
            plan_words::{compare_playlists, compare_reports, compare_rules},
        },
        pages::settings::field_words,
        parts::entry_table::{EntryTable, read_line},
    },
};

/// A difference of an entry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::web) struct EntryDifference {
    /// Empty if there are none for it; then the lines say it.
    pub(in crate::web) words: Vec<DifferenceWords>,
    pub(in crate::web) lines: Vec<DifferenceRow>,
}

impl EntryDifference {
    /// Compares texts by their lines alone.
    pub(in crate::web) fn of_lines(old: &str, new: &str) -> Self {
        Self {
            words: Vec::new(),
            lines: compare_texts(old, new),
        }
    }
}

/// Writes the differences of a page.
pub(in crate::web) struct DifferenceWriter<'w> {
    texts: &'static Texts,
    web: &'w WebState,
    /// The names of queues and groups.
    names: OnceCell<BoardChoices>,
}

impl<'w> DifferenceWriter<'w> {
    pub(in crate::web) fn new(texts: &'static Texts, web: &'w WebState) -> Self {
        Self {
            texts,
            web,
            names: OnceCell::new(),
        }
    }

    /// Compares two texts of an entry, without its secrets; `None`: it doesn't exist.
    pub(in crate::web) fn compare(
        &self,
        id: &EntryId,
        old: Option<&str>,
        new: Option<&str>,
    ) -> EntryDifference {
        EntryDifference {
            words: self.compare_values(id, old, new).unwrap_or_default(),
            ..EntryDifference::of_lines(&shown_text(id, old), &shown_text(id, new))
        }
    }

    /// The name of a queue, a group or a pattern of them.
    pub(in crate::web) fn name_of(&self, queue: &str) -> String {
        self.names().describe("queues", queue).0
    }

    /// `None`: there are no words for the section, or a text has faults.
    fn compare_values(
        &self,
        id: &EntryId,
        old: Option<&str>,
        new: Option<&str>,
    ) -> Option<Vec<DifferenceWords>> {
        match id.section {
            Section::Boards => {
                let parse = |toml: Option<&str>| match toml {
                    Some(toml) => parse_board(toml, "board.toml").map(Some),
                    None => Ok(None),
                };
                let (old, new) = (parse(old).ok()?, parse(new).ok()?);
                Some(compare_boards(self.names(), old.as_ref(), new.as_ref()))
            }
            Section::Names => {
                let name = |toml| Some(read_line(id, toml)?.as_str()?.to_owned());
                let what = plain(self.texts.name_heading());
                let words = DifferenceWords::of_value(what, name(old), name(new));
                Some(words.into_iter().collect())
            }
            Section::Groups => Some(self.compare_groups(id, old, new)),
            Section::Thresholds | Section::Targets | Section::Hours => {
                let (old, new) = (self.read_site(old)?, self.read_site(new)?);
                Some(self.compare_sites(id.section, &old, &new))
            }
            Section::TimeZone
            | Section::Language
            | Section::Links
            | Section::People
            | Section::Hide
            | Section::Brand
            | Section::Privacy
            | Section::Figures
            | Section::Holidays => self.compare_fields(id, old, new),
            Section::Channels | Section::Sources => compare_forms(self.texts, id, old, new),
            Section::Alerts | Section::Reports | Section::Playlists => {
                self.compare_plans(id.section, old, new)
            }
        }
    }

    fn compare_sites(
        &self,
        section: Section,
        old: &SiteConfig,
        new: &SiteConfig,
    ) -> Vec<DifferenceWords> {
        let texts = self.texts;
        match section {
            Section::Thresholds => {
                let [old, new] = [old, new].map(|site| only_value(&site.thresholds));
                compare_thresholds(texts, old, new)
            }
            Section::Targets => {
                let [old, new] = [old, new].map(|site| only_value(&site.targets));
                compare_targets(texts, old, new)
            }
            _ => {
                let [old, new] = [old, new].map(|site| only_value(&site.hours));
                compare_hours(texts, old, new)
            }
        }
    }

    fn compare_groups(
        &self,
        id: &EntryId,
        old: Option<&str>,
        new: Option<&str>,
    ) -> Vec<DifferenceWords> {
        let [old, new] = [old, new].map(|toml| EntryTable::read(id, toml));
        let name = |of: &EntryTable| of.get("name").and_then(Value::as_str).map(str::to_owned);
        let queues = |of: &EntryTable| -> Vec<String> {
            let queues = of.get("queues").and_then(Value::as_array);
            let queues = queues.into_iter().flatten().filter_map(Value::as_str);
            queues.map(|queue| self.name_of(queue)).collect()
        };
        let what = plain(self.texts.name_heading());
        let name = DifferenceWords::of_value(what, name(&old), name(&new));
        let what = plain(self.texts.queues_region());
        let queues = DifferenceWords::of_list(what, &queues(&old), &queues(&new));
        name.into_iter().chain(queues).collect()
    }

    /// Compares the fields of a form.
    fn compare_fields(
        &self,
        id: &EntryId,
        old: Option<&str>,
        new: Option<&str>,
    ) -> Option<Vec<DifferenceWords>> {
        let read = |toml| field_words(self.texts, id, toml, &|queue| self.name_of(queue));
        let fields = read(old)?.into_iter().zip(read(new)?);
        let words = fields.filter_map(|(old, new)| {
            let what = plain(new.label);
            if new.is_list {
                return DifferenceWords::of_list(what, &old.values, &new.values);
            }
            let value = |values: Vec<String>| values.into_iter().next();
            DifferenceWords::of_value(what, value(old.values), value(new.values))
        });
        Some(words.collect())
    }

    fn compare_plans(
        &self,
        section: Section,
        old: Option<&str>,
        new: Option<&str>,
    ) -> Option<Vec<DifferenceWords>> {
        let zone = (self.web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
        let read = |toml: Option<&str>| parse_plans(toml.unwrap_or_default(), &zone);
        let (old, new, texts) = (read(old)?, read(new)?, self.texts);
        Some(match section {
            Section::Alerts => (self.web.live).read_snapshot(|snapshot, _| {
                compare_rules(texts, snapshot, old.alerts.first(), new.alerts.first())
            }),
            Section::Reports => compare_reports(texts, old.reports.first(), new.reports.first()),
            _ => {
                let title = |board: &str| {
                    let found = self.web.boards.find_board(board);
                    found.map_or_else(|| board.to_owned(), |board| board.title.clone())
                };
                compare_playlists(texts, &title, old.playlists.first(), new.playlists.first())
            }
        })
    }

    /// An entry that doesn't exist says nothing.
    fn read_site(&self, toml: Option<&str>) -> Option<SiteConfig> {
        let zone = (self.web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
        parse_site(toml.unwrap_or_default(), &zone)
    }

    fn names(&self) -> &BoardChoices {
        self.names.get_or_init(|| {
            (self.web.live)
                .read_snapshot(|snapshot, _| BoardChoices::read(self.texts, snapshot, false))
        })
    }
}

/// Returns an entry's text without its secrets; empty if it doesn't exist.
pub(super) fn shown_text(id: &EntryId, toml: Option<&str>) -> String {
    match toml {
        Some(toml) if id.section.has_secrets() => hide_secrets(toml),
        toml => toml.unwrap_or_default().to_owned(),
    }
}

/// The value of an entry's own pattern.
fn only_value<T>(patterns: &Patterns<T>) -> Option<&T> {
    patterns.0.first().map(|(_, value)| value)
}
