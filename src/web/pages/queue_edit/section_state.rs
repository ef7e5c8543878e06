//! Where a part of a queue's configuration comes from, and whether it can be changed here.

use std::{borrow::Cow, path::Path};

use crate::{
    editing::{EntryId, Origin, Section, closing_day},
    web::{WebState, access::editing::Editing, parts::clock::write_time},
};
use wallboard_texts::Texts;

use super::edited_queue::{EditedQueue, best_pattern};

/// The state of one entry.
#[derive(Default)]
pub(super) struct SectionState {
    /// "Changed by Anna, 13:27." or "From phone/*, in wallboard.toml, line 12."
    pub(super) origin: String,
    /// It's in a file: shown, and not changed here.
    pub(super) is_read_only: bool,
    /// The revision that a change begins from; empty for a new entry.
    pub(super) began_from: String,
    /// The queue has an entry of its own that can be removed.
    pub(super) is_own: bool,
    /// There is a version to return to.
    pub(super) has_previous: bool,
}

impl SectionState {
    pub(super) fn find(
        texts: &Texts,
        web: &WebState,
        editing: &Editing,
        edited: &EditedQueue,
        section: Section,
    ) -> Self {
        let id = edited.entry(section);
        let editor = editing.editor();
        let entry = editor.entry(&id);
        let versions = entry.as_ref().map_or(0, |entry| entry.versions.len());
        let state = Self {
            began_from: entry
                .map(|entry| entry.revision.0.to_string())
                .unwrap_or_default(),
            has_previous: versions != 0,
            ..Self::default()
        };
        match editor.origin(&id) {
            Origin::File { file, line, .. } => Self {
                origin: texts.origin_only_file(file_name(&file), line.to_string()),
                is_read_only: true,
                ..state
            },
            origin @ Origin::Browser(_) => Self {
                origin: match describe_past_closing(texts, edited, &origin) {
                    Some(note) => format!("{} {note}", describe_origin(texts, web, &origin)),
                    None => describe_origin(texts, web, &origin),
                },
                is_own: true,
                ..state
            },
            Origin::Nowhere => Self {
                origin: describe_inherited(texts, web, editing, edited, section),
                ..state
            },
        }
    }
}

/// "In wallboard.toml, line 12." or "Changed by Anna, 13:27."
fn describe_origin(texts: &Texts, web: &WebState, origin: &Origin) -> String {
    match origin {
        Origin::File { file, line, .. } => texts.origin_file(file_name(file), line.to_string()),
        Origin::Browser(entry) => match entry.versions.last() {
            Some(last) => {
                let at = write_time(texts, web, last.at);
                texts.changed_by(last.by.as_str(), at)
            }
            None => String::new(),
        },
        Origin::Nowhere => String::new(),
    }
}

/// "Its own hours since 24 Nov, when it closed early.": opening hours that don't follow a pattern for no other reason.
fn describe_past_closing(texts: &Texts, edited: &EditedQueue, origin: &Origin) -> Option<String> {
    let Origin::Browser(entry) = origin else {
        return None;
    };
    let is_hours = entry.id.section == Section::Hours && edited.id.is_some();
    let day = closing_day(entry, &edited.hours().zone).filter(|_| is_hours)?;
    (day < edited.today()).then(|| texts.origin_closing(texts.short_day(day)))
}

fn file_name(file: &Path) -> Cow<'_, str> {
    file.file_name().unwrap_or_default().to_string_lossy()
}

fn describe_inherited(
    texts: &Texts,
    web: &WebState,
    editing: &Editing,
    edited: &EditedQueue,
    section: Section,
) -> String {
    let (site, queue) = (&edited.site, edited.text.as_str());
    let pattern = match section {
        Section::Thresholds => best_pattern(&site.thresholds, queue, |of| !of.metrics.is_empty()),
        Section::Targets => best_pattern(&site.targets, queue, |_| true),
        Section::Hours if edited.configured_hours().is_some() => {
            best_pattern(&site.hours, queue, |_| true)
        }
        Section::Hours if edited.is_group => return texts.origin_members().into(),
        Section::Hours => return texts.origin_always_open().into(),
        _ => return texts.origin_reported().into(),
    };
    let Some(pattern) = pattern else {
        return texts.origin_defaults().into();
    };
    let origin = editing.editor().origin(&EntryId::new(section, pattern));
    let pattern = texts.origin_pattern(pattern);
    match describe_origin(texts, web, &origin) {
        place if place.is_empty() => pattern,
        place => format!("{pattern} {place}"),
    }
}
