//! The queue that is edited, or the queues that match a pattern, with the configuration that applies.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use wallboard_boards::subject_path;
use wallboard_domain::{
    NaturalOrder, OpeningHours, Pattern, PatternThresholds, Patterns, QueueId, QueueTarget,
    SiteConfig,
};
use wallboard_live::SeriesStep;

use crate::{
    editing::{EntryId, Section, always_open},
    web::{
        WebError, WebState,
        access::editing::Editing,
        parts::{
            links::{self, PageLink, form_urlencode, pattern_address},
            missing_subject::MissingSubject,
            page_header::PageHeader,
        },
    },
};

use super::closing::EarlyClose;

/// The parts of a queue's configuration, in the order of the page.
pub(super) const SECTIONS: [Section; 4] = [
    Section::Names,
    Section::Thresholds,
    Section::Targets,
    Section::Hours,
];

/// The subject of the page's address.
pub(super) enum EditedAddress {
    Queue { source: String, external: String },
    Pattern(String),
}

/// A queue whose configuration somebody may change, or the queues that match a pattern.
pub(super) struct EditedQueue {
    /// `None`: a pattern.
    pub(super) id: Option<QueueId>,
    /// As in the configuration: `phone/8001`, `phone/*`.
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
    /// The queues that match a pattern now.
    pub(super) matching: Vec<MatchingQueue>,
}

/// A queue that matches a pattern.
pub(super) struct MatchingQueue {
    pub(super) id: QueueId,
    pub(super) is_group: bool,
    pub(super) link: PageLink,
}

#[derive(Clone)]
pub(super) struct OtherQueue {
    pub(super) id: String,
    pub(super) name: String,
}

impl EditedQueue {
    /// Finds what an address names. A queue that the visitor may not see isn't found; what the visitor may not
    /// change is refused.
    pub(super) fn find(
        web: &WebState,
        editing: &Editing,
        header: &PageHeader,
        address: &EditedAddress,
    ) -> Result<Self, WebError> {
        let edited = match address {
            EditedAddress::Queue { source, external } => {
                Self::find_queue(web, header, source, external)?
            }
            EditedAddress::Pattern(pattern) => Self::of_pattern(web, pattern),
        };
        if editing.may_edit(&edited.entry(Section::Thresholds)) {
            Ok(edited)
        } else {
            Err(WebError::Forbidden)
        }
    }

    fn of_pattern(web: &WebState, text: &str) -> Self {
        let pattern = Pattern(text.to_owned());
        web.live.read_snapshot(|snapshot, now| {
            let all = snapshot.visible_queues().map(|queue| {
                let name = snapshot.queue_name(queue);
                let is_matching = pattern.matches(&queue.id.to_string());
                let matching = is_matching.then(|| MatchingQueue {
                    id: queue.id.clone(),
                    is_group: queue.members.is_some(),
                    link: links::queue_link(snapshot, queue),
                });
                (OtherQueue::new(&queue.id, name), matching)
            });
            let mut all: Vec<_> = all.collect();
            all.sort_by(|(a, _), (b, _)| NaturalOrder(&a.name).cmp(&NaturalOrder(&b.name)));
            let (others, matching): (Vec<_>, Vec<_>) = all.into_iter().unzip();
            Self {
                id: None,
                text: text.to_owned(),
                name: text.to_owned(),
                reported: String::new(),
                is_group: false,
                site: Arc::clone(&snapshot.site),
                now: now.wall,
                recent: Vec::new(),
                closing: None,
                others,
                matching: matching.into_iter().flatten().collect(),
            }
        })
    }

    fn find_queue(
        web: &WebState,
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
                .map(|other| OtherQueue::new(&other.id, snapshot.queue_name(other)))
                .collect();
            others.sort_by(|a, b| NaturalOrder(&a.name).cmp(&NaturalOrder(&b.name)));
            Some(Self {
                id: Some(queue.id.clone()),
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
                matching: Vec::new(),
            })
        });
        found.ok_or_else(|| WebError::NotFound {
            what: MissingSubject::Queue,
            id: format!("{source}/{external}"),
            instead: Vec::new(),
        })
    }

    pub(super) fn entry(&self, section: Section) -> EntryId {
        EntryId::new(section, &self.text)
    }

    /// The address of the queue's page; of a pattern, of the page of settings.
    pub(super) fn path(&self) -> String {
        let queue = self.id.as_ref();
        queue.map_or_else(|| "/settings".to_owned(), |id| subject_path("queues", id))
    }

    /// The address of this page.
    pub(super) fn edit_address(&self) -> String {
        match &self.id {
            Some(id) => format!("{}/edit", subject_path("queues", id)),
            None => pattern_address(&self.text),
        }
    }

    /// The address of this page after a part was saved.
    pub(super) fn saved_address(&self, section: Section) -> String {
        let and = if self.id.is_some() { "?" } else { "&" };
        format!("{}{and}saved={section}#{section}", self.edit_address())
    }

    /// The page with an entry's text and versions.
    pub(super) fn text_address(&self, section: Section) -> String {
        format!("/settings/{section}?name={}", form_urlencode(&self.text))
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

    /// The opening hours to show: its own, or those of the queue that is copied. A group without any has those of its
    /// queues, so that there is nothing to copy.
    pub(super) fn shown_hours(&self, source: &str) -> OpeningHours {
        let is_group = source.starts_with("group/");
        match self.site.hours_for(source, is_group) {
            _ if source == self.text => self.hours(),
            Some(hours) => hours.clone(),
            None if is_group => self.hours(),
            None => always_open(&self.site.zone),
        }
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

impl OtherQueue {
    fn new(id: &QueueId, name: String) -> Self {
        Self {
            id: id.to_string(),
            name,
        }
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
