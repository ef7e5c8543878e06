//! "Close early today" on the queue's page and on the page that edits it.

use jiff::{Timestamp, civil::Date};

use crate::{
    editing::{Entry, EntryId, EntryVersion, Origin, Section, always_open},
    web::{WebState, access::visitor::Visitor, parts::entry_table::EntryTable},
};
use wallboard_domain::{DAY_MINUTES, OpeningHours, SiteConfig, write_minute};
use wallboard_live::QueueSnapshot;
use wallboard_texts::Texts;

use super::early_close::{closing_times, local_minute};

/// When a queue can close today, or that somebody closed it.
pub(in crate::web) struct EarlyClose {
    pub(in crate::web) is_open: bool,
    /// "14:00"; empty if it's nearly over.
    pub(in crate::web) times: Vec<String>,
    /// "Closes today at 14:00, by Anna."; empty if nobody closed it early.
    pub(in crate::web) done: String,
    /// The revision that the change begins from; empty for a new entry.
    pub(in crate::web) began_from: String,
    /// The file that has the queue's hours, which can't close here; empty if none has.
    pub(in crate::web) in_file: String,
}

impl EarlyClose {
    /// Returns what can be done; `None` where the visitor can't change the hours, or the queue has closed.
    pub(in crate::web) fn find(
        texts: &Texts,
        web: &WebState,
        visitor: &Visitor,
        site: &SiteConfig,
        queue: &QueueSnapshot,
        now: Timestamp,
    ) -> Option<Self> {
        let (text, is_group) = (queue.id.to_string(), queue.members.is_some());
        let configured = site.hours_for(&text, is_group);
        if is_group && configured.is_none() {
            return None;
        }
        let hours = &configured
            .cloned()
            .unwrap_or_else(|| always_open(&site.zone));
        let id = EntryId::new(Section::Hours, &text);
        let editor = (web.editor_for(visitor)).filter(|_| visitor.may_edit(&id))?;
        let entry = editor.entry(&id);
        let began_from = entry
            .map(|entry| entry.revision.0.to_string())
            .unwrap_or_default();
        let mut in_file = String::new();
        let done = match editor.origin(&id) {
            Origin::File { file, line, .. } => {
                in_file = texts.close_early_in_file(file.display().to_string(), line.to_string());
                String::new()
            }
            Origin::Browser(entry) => find_early_end(texts, &entry, hours, now).unwrap_or_default(),
            Origin::Nowhere => String::new(),
        };
        let close = Self {
            is_open: hours.is_open(now),
            times: closing_times(hours, now)
                .into_iter()
                .map(write_minute)
                .collect(),
            done,
            began_from,
            in_file,
        };
        let is_of_use = close.is_open || !close.times.is_empty() || !close.done.is_empty();
        is_of_use.then_some(close)
    }
}

/// That somebody changed today's hours today: when it closes, and who it was.
fn find_early_end(
    texts: &Texts,
    entry: &Entry,
    hours: &OpeningHours,
    now: Timestamp,
) -> Option<String> {
    let (today, minute) = local_minute(hours, now);
    let periods = hours.dates.get(&today)?;
    let version = &entry.versions[find_closing(entry, hours, today)?];
    let end = periods.iter().map(|period| period.to_minute).max();
    let by = version.by.as_str();
    match end {
        None => Some(texts.closed_today_by(by)),
        Some(end) if end <= minute => Some(texts.closed_since_by(write_minute(end), by)),
        Some(end) if end < DAY_MINUTES => Some(texts.closes_at_by(write_minute(end), by)),
        Some(_) => None,
    }
}

/// The number of the version that made today's hours what they are, if that was today. Others may have changed the
/// rest since.
fn find_closing(entry: &Entry, hours: &OpeningHours, today: Date) -> Option<usize> {
    let today_in = |version: &EntryVersion| {
        let table = EntryTable::read(&entry.id, version.toml.as_deref());
        table.get(&today.to_string()).cloned()
    };
    let current = today_in(entry.versions.last()?)?;
    let is_other = |version| today_in(version).as_ref() != Some(&current);
    let other = entry.versions.iter().rposition(is_other);
    let number = other.map_or(0, |other| other + 1);
    let at = entry.versions.get(number)?.at;
    (local_minute(hours, at).0 == today).then_some(number)
}

/// An entry as it would be without an early closing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReopenedEntry {
    /// `None` if the entry was made for the closing.
    pub(super) toml: Option<String>,
}

/// The entry as it is, but with the hours of today from before somebody closed early; `None` if nobody did.
pub(super) fn reopen(entry: &Entry, hours: &OpeningHours, now: Timestamp) -> Option<ReopenedEntry> {
    let (today, _) = local_minute(hours, now);
    let number = find_closing(entry, hours, today)?;
    let before = number.checked_sub(1).map(|before| &entry.versions[before]);
    let before = before.and_then(|version| version.toml.as_deref());
    if number + 1 == entry.versions.len() {
        let toml = before.map(str::to_owned);
        return Some(ReopenedEntry { toml });
    }
    let before = EntryTable::read(&entry.id, before);
    let mut table = EntryTable::read(&entry.id, entry.current());
    for date in [today.yesterday().ok(), Some(today)].into_iter().flatten() {
        let date = date.to_string();
        match before.get(&date) {
            Some(times) => table.set(&date, times.clone()),
            None => table.retain(|key| key != date),
        }
    }
    let toml = table.write(&entry.id);
    Some(ReopenedEntry { toml })
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use wallboard_store::Revision;

    use super::*;

    const PLAIN: &str = "[hours.\"chat/1\"]\nmon-sun = \"08:00-17:00\"\n";
    const CLOSED: &str =
        "[hours.\"chat/1\"]\nmon-sun = \"08:00-17:00\"\n2026-11-25 = \"08:00-14:00\"\n";

    fn entry(versions: &[(&str, Option<&str>)]) -> Entry {
        let version = |(at, toml): &(&str, Option<&str>)| EntryVersion {
            toml: toml.map(str::to_owned),
            at: at.parse().unwrap(),
            by: format!("who saved at {at}"),
        };
        Entry {
            id: EntryId::new(Section::Hours, "chat/1"),
            revision: Revision(7),
            versions: versions.iter().map(version).collect(),
        }
    }

    fn reopened(entry: &Entry) -> Option<ReopenedEntry> {
        let now = "2026-11-25T14:30:00Z".parse().unwrap();
        reopen(entry, &always_open(&TimeZone::UTC), now)
    }

    fn without_closing(toml: Option<&str>) -> ReopenedEntry {
        let toml = toml.map(str::to_owned);
        ReopenedEntry { toml }
    }

    #[test]
    fn what_others_changed_since_the_closing_stays_and_is_not_taken_for_it() {
        let longer = CLOSED.replace("17:00", "18:00");
        let entry = entry(&[
            ("2026-11-24T09:00:00Z", Some(PLAIN)),
            ("2026-11-25T13:00:00Z", Some(CLOSED)),
            ("2026-11-25T14:00:00Z", Some(&longer)),
        ]);
        let today = "2026-11-25".parse().unwrap();
        assert_eq!(
            find_closing(&entry, &always_open(&TimeZone::UTC), today),
            Some(1)
        );
        let expected = "[hours.\"chat/1\"]\nmon-sun = \"08:00-18:00\"\n";
        assert_eq!(reopened(&entry), Some(without_closing(Some(expected))));
    }

    #[test]
    fn an_entry_made_to_close_early_is_gone_afterwards() {
        let first = entry(&[("2026-11-25T13:00:00Z", Some(CLOSED))]);
        assert_eq!(reopened(&first), Some(without_closing(None)));
        let after_another = entry(&[
            ("2026-11-24T09:00:00Z", Some(PLAIN)),
            ("2026-11-25T13:00:00Z", Some(CLOSED)),
        ]);
        assert_eq!(reopened(&after_another), Some(without_closing(Some(PLAIN))));
    }

    #[test]
    fn an_exception_that_was_planned_before_is_no_early_closing() {
        let planned = entry(&[
            ("2026-11-24T09:00:00Z", Some(CLOSED)),
            (
                "2026-11-25T13:00:00Z",
                Some(&CLOSED.replace("17:00", "18:00")),
            ),
        ]);
        assert_eq!(reopened(&planned), None);
    }
}
