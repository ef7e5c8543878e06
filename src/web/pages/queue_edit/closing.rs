//! "Close early today" on the queue's page and on the page that edits it.

use jiff::Timestamp;

use crate::{
    editing::{Entry, EntryId, Origin, Section},
    web::{WebState, access::visitor::Visitor},
};
use wallboard_domain::{OpeningHours, SiteConfig};
use wallboard_live::QueueSnapshot;

use super::{
    early_close::{closing_times, local_minute},
    edited_queue::configured_hours,
    hours_fields::{always_open, write_minute},
};

const DAY_MINUTES: i64 = 24 * 60;

/// When a queue can close today, or that somebody closed it.
pub(in crate::web) struct EarlyClose {
    pub(in crate::web) is_open: bool,
    /// "14:00"; empty if it's nearly over.
    pub(in crate::web) times: Vec<String>,
    /// "Closes today at 14:00"; empty if nobody closed it early.
    pub(in crate::web) done: String,
    pub(in crate::web) by: String,
    /// The revision that the change begins from; empty for a new entry.
    pub(in crate::web) began_from: String,
}

impl EarlyClose {
    /// Returns what can be done; `None` where the hours can't be changed here, or the queue has closed.
    pub(in crate::web) fn find(
        web: &WebState,
        visitor: &Visitor,
        site: &SiteConfig,
        queue: &QueueSnapshot,
        now: Timestamp,
    ) -> Option<Self> {
        let (text, is_group) = (queue.id.to_string(), queue.members.is_some());
        let configured = configured_hours(site, &text, is_group);
        if is_group && configured.is_none() {
            return None;
        }
        let hours = &configured
            .cloned()
            .unwrap_or_else(|| always_open(&site.zone));
        let id = EntryId::new(Section::Hours, &text);
        let editor = web.editor.as_ref().filter(|_| visitor.may_edit(&id))?;
        let entry = editor.entry(&id);
        let began_from = entry
            .map(|entry| entry.revision.0.to_string())
            .unwrap_or_default();
        let (done, by) = match editor.origin(&id) {
            Origin::File { .. } => return None,
            Origin::Browser(entry) => find_early_end(&entry, hours, now).unwrap_or_default(),
            Origin::Nowhere => (String::new(), String::new()),
        };
        let close = Self {
            is_open: hours.is_open(now),
            times: closing_times(hours, now)
                .into_iter()
                .map(write_minute)
                .collect(),
            done,
            by,
            began_from,
        };
        let is_of_use = close.is_open || !close.times.is_empty() || !close.done.is_empty();
        is_of_use.then_some(close)
    }
}

/// That somebody changed the hours today, and for today: when it closes, and who it was.
fn find_early_end(entry: &Entry, hours: &OpeningHours, now: Timestamp) -> Option<(String, String)> {
    let (today, minute) = local_minute(hours, now);
    let periods = hours.dates.get(&today)?;
    let last = entry.versions.last()?;
    if local_minute(hours, last.at).0 != today {
        return None;
    }
    let end = periods.iter().map(|period| period.to_minute).max();
    let done = match end {
        None => "Closed today".to_owned(),
        Some(end) if end <= minute => format!("Closed today since {}", write_minute(end)),
        Some(end) if end < DAY_MINUTES => format!("Closes today at {}", write_minute(end)),
        Some(_) => return None,
    };
    Some((done, last.by.clone()))
}
