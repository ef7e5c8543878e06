//! Where a part of a queue's configuration comes from, and whether it can be changed here.

use crate::{
    editing::{EntryId, Origin, Section},
    web::{WebState, access::editing::Editing, parts::clock},
};

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
            origin @ Origin::File { .. } => Self {
                origin: format!(
                    "{}. Change it there, then reload the configuration.",
                    describe_origin(web, &origin)
                ),
                is_read_only: true,
                ..state
            },
            origin @ Origin::Browser(_) => Self {
                origin: format!("{}.", describe_origin(web, &origin)),
                is_own: true,
                ..state
            },
            Origin::Nowhere => Self {
                origin: describe_inherited(web, editing, edited, section),
                ..state
            },
        }
    }
}

/// "In wallboard.toml, line 12" or "Changed by Anna, 13:27"
fn describe_origin(web: &WebState, origin: &Origin) -> String {
    match origin {
        Origin::File { file, line, .. } => {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            format!("In {name}, line {line}")
        }
        Origin::Browser(entry) => match entry.versions.last() {
            Some(last) => {
                let at = (web.live)
                    .read_snapshot(|snapshot, now| clock::format_time(snapshot, last.at, now));
                format!("Changed by {}, {at}", last.by)
            }
            None => String::new(),
        },
        Origin::Nowhere => String::new(),
    }
}

fn describe_inherited(
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
        Section::Hours if edited.is_group => {
            return "Open while one of its queues is.".to_owned();
        }
        Section::Hours => return "Always open: it has no opening hours.".to_owned(),
        _ => return "As its data source reports it.".to_owned(),
    };
    let Some(pattern) = pattern else {
        return "The defaults.".to_owned();
    };
    let origin = editing.editor().origin(&EntryId::new(section, pattern));
    match describe_origin(web, &origin) {
        place if place.is_empty() => format!("From {pattern}."),
        place => format!("From {pattern}. {place}."),
    }
}
