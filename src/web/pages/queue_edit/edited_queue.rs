//! The queue that is edited, with the configuration that applies to it.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use wallboard_boards::subject_path;
use wallboard_domain::{
    NaturalOrder, OpeningHours, PatternThresholds, Patterns, QueueId, QueueTarget, SiteConfig,
};
use wallboard_live::SeriesStep;

use crate::{
    editing::{EntryId, Section},
    web::{
        WebError, WebState,
        access::editing::Editing,
        parts::{links, missing_subject::MissingSubject, page_header::PageHeader},
    },
};

use super::{closing::EarlyClose, hours_fields::always_open};

/// The parts of a queue's configuration, in the order of the page.
pub(super) const SECTIONS: [Section; 4] = [
    Section::Names,
    Section::Thresholds,
    Section::Targets,
    Section::Hours,
];

/// A queue whose configuration somebody may change.
pub(super) struct EditedQueue {
    pub(super) id: QueueId,
    /// As in the configuration: `phone/8001`.
    pub(super) text: String,
    pub(super) name: String,
    /// The name that its source reports.
    pub(super) reported: String,
    pub(super) is_group: bool,
    pub(super) site: Arc<SiteConfig>,
    pub(super) now: Timestamp,
    /// The last hours, from the live state.
    pub(super) recent: Vec<SeriesStep>,
    /// How it can close early today.
    pub(super) closing: Option<EarlyClose>,
    /// Other queues, whose values can be copied.
    pub(super) others: Vec<OtherQueue>,
}

#[derive(Clone)]
pub(super) struct OtherQueue {
    pub(super) id: String,
    pub(super) name: String,
}

impl EditedQueue {
    /// Finds a queue at an address. One that the visitor may not see isn't found; one that the visitor may
    /// not change is refused.
    pub(super) fn find(
        web: &WebState,
        editing: &Editing,
        header: &PageHeader,
        source: &str,
        external: &str,
    ) -> Result<Self, WebError> {
        let found = web.live.read_snapshot(|snapshot, now| {
            let queue = links::find_queue(snapshot, source, external)?;
            let others = snapshot
                .visible_queues()
                .filter(|other| other.id != queue.id);
            let mut others: Vec<_> = others
                .map(|other| OtherQueue {
                    id: other.id.to_string(),
                    name: snapshot.queue_name(other),
                })
                .collect();
            others.sort_by(|a, b| NaturalOrder(&a.name).cmp(&NaturalOrder(&b.name)));
            Some(Self {
                id: queue.id.clone(),
                text: queue.id.to_string(),
                name: snapshot.queue_name(queue),
                reported: queue.name.as_deref().unwrap_or_default().to_owned(),
                is_group: queue.members.is_some(),
                site: Arc::clone(&snapshot.site),
                now: now.wall,
                recent: snapshot.recent_steps(queue, now),
                closing: EarlyClose::find(
                    header.texts,
                    web,
                    header.visitor(),
                    &snapshot.site,
                    queue,
                    now.wall,
                ),
                others,
            })
        });
        let edited = found.ok_or_else(|| WebError::NotFound {
            what: MissingSubject::Queue,
            id: format!("{source}/{external}"),
            instead: Vec::new(),
        })?;
        if editing.may_edit(&edited.entry(Section::Thresholds)) {
            Ok(edited)
        } else {
            Err(WebError::Forbidden)
        }
    }

    pub(super) fn entry(&self, section: Section) -> EntryId {
        EntryId::new(section, &self.text)
    }

    /// The address of the queue's page.
    pub(super) fn path(&self) -> String {
        subject_path("queues", &self.id)
    }

    pub(super) fn find_other(&self, id: &str) -> Option<&OtherQueue> {
        self.others.iter().find(|other| other.id == id)
    }

    /// The target without the queue's own.
    pub(super) fn inherited_target(&self) -> QueueTarget {
        without_own(&self.site.targets, &self.text)
            .get(&self.text)
            .copied()
            .unwrap_or_default()
    }

    /// The thresholds without the queue's own.
    pub(super) fn inherited_thresholds(&self) -> Patterns<PatternThresholds> {
        without_own(&self.site.thresholds, &self.text)
    }

    /// The opening hours that apply; always open without any.
    pub(super) fn hours(&self) -> OpeningHours {
        let hours = self.configured_hours().cloned();
        hours.unwrap_or_else(|| always_open(&self.site.zone))
    }

    /// The opening hours that the configuration has for it.
    pub(super) fn configured_hours(&self) -> Option<&OpeningHours> {
        self.site.hours_for(&self.text, self.is_group)
    }

    /// The date now by the clock of its hours.
    pub(super) fn today(&self) -> Date {
        self.now.to_zoned(self.hours().zone).date()
    }
}

/// Patterns without one for this queue alone.
pub(super) fn without_own<T: Clone>(patterns: &Patterns<T>, queue: &str) -> Patterns<T> {
    let others = patterns.0.iter().filter(|(pattern, _)| pattern.0 != queue);
    Patterns(others.cloned().collect())
}

/// The most specific pattern that matches a queue and whose value is `wanted`.
pub(super) fn best_pattern<'a, T>(
    patterns: &'a Patterns<T>,
    queue: &str,
    wanted: impl Fn(&T) -> bool,
) -> Option<&'a str> {
    let best = patterns
        .matching_values(queue)
        .find(|value| wanted(value))?;
    let mut all = patterns.0.iter();
    let found = all.find(|(_, value)| std::ptr::eq(value, best));
    found.map(|(pattern, _)| pattern.0.as_str())
}
