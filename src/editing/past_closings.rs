//! Opening hours that a queue has of its own only because somebody closed it early: once that day is over, they keep it
//! from following its pattern. Finds those whose removal changes nothing from now on.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use wallboard_domain::{ClosedDays, DAY_MINUTES, OpenPeriod, OpeningHours, Patterns, SiteConfig};

use super::{Editor, Entry, EntryChange, EntryVersion, Origin, Section};

/// All day, every day: what applies without any entry.
pub fn always_open(zone: &TimeZone) -> OpeningHours {
    let all_day = vec![OpenPeriod {
        from_minute: 0,
        to_minute: DAY_MINUTES,
    }];
    OpeningHours {
        zone: zone.clone(),
        week: std::array::from_fn(|_| all_day.clone()),
        dates: BTreeMap::new(),
        holidays: ClosedDays::default(),
    }
}

/// The day on which an entry of opening hours was made with hours for that day, as closing early makes it.
pub fn closing_day(entry: &Entry, zone: &TimeZone) -> Option<Date> {
    entry.current()?;
    let deleted = entry.versions.iter().rposition(|one| one.toml.is_none());
    let first = entry
        .versions
        .get(deleted.map_or(0, |deleted| deleted + 1))?;
    let day = first.at.to_zoned(zone.clone()).date();
    // A night is of the day on which it began.
    let days = [Some(day), day.yesterday().ok()];
    let has_day = |date: Date| has_date(entry, first, date);
    days.into_iter().flatten().any(has_day).then_some(day)
}

impl Editor {
    /// Lists the removal of each entry that somebody made to close a queue early, and that differs from the hours which
    /// the queue would have without it only in days that are over.
    pub fn list_past_closings(&self, site: &SiteConfig, now: Timestamp) -> Vec<EntryChange> {
        let entries = self.entries().into_iter();
        let entries = entries.filter(|entry| entry.id.section == Section::Hours);
        let past = entries.filter(|entry| {
            is_past(entry, site, now) && matches!(self.origin(&entry.id), Origin::Browser(_))
        });
        past.map(|entry| EntryChange {
            id: entry.id.clone(),
            toml: None,
            began_from: Some(entry.revision),
        })
        .collect()
    }
}

fn is_past(entry: &Entry, site: &SiteConfig, now: Timestamp) -> bool {
    let queue = entry.id.name.as_str();
    // Nobody closes a pattern early, and others may match the same queues.
    if queue.contains('*') {
        return false;
    }
    let (own, others): (Vec<_>, Vec<_>) =
        (site.hours.0.iter().cloned()).partition(|(pattern, _)| pattern.0 == queue);
    let Some((_, own)) = own.first() else {
        return false;
    };
    let without = SiteConfig {
        hours: Patterns(others),
        ..SiteConfig::default()
    };
    let is_group = queue.starts_with("group/");
    let inherited = match without.hours_for(queue, is_group) {
        Some(hours) => hours.clone(),
        // It's open while one of its queues is.
        None if is_group => return false,
        None => always_open(&site.zone),
    };
    let today = now.to_zoned(own.zone.clone()).date();
    let first = first_day(&[own, &inherited], today);
    let days_from = |hours: &OpeningHours| -> Vec<_> {
        let days = hours.dates.range(first..);
        days.map(|(date, periods)| (*date, periods.clone()))
            .collect()
    };
    closing_day(entry, &own.zone).is_some_and(|day| day < first)
        && own.zone == inherited.zone
        && own.week == inherited.week
        && own.holidays.calendars == inherited.holidays.calendars
        && days_from(own) == days_from(&inherited)
}

/// The first day whose hours still matter: yesterday, if they last past midnight.
fn first_day(all: &[&OpeningHours], today: Date) -> Date {
    let Ok(yesterday) = today.yesterday() else {
        return today;
    };
    let periods = all.iter().flat_map(|hours| hours.periods_of(yesterday));
    let mut ends = periods.map(|period| period.to_minute);
    if ends.any(|end| DAY_MINUTES < end) {
        yesterday
    } else {
        today
    }
}

fn has_date(entry: &Entry, version: &EntryVersion, date: Date) -> bool {
    let table: Option<toml::Table> = version.toml.as_ref().and_then(|toml| toml.parse().ok());
    let hours = table.as_ref().and_then(|table| table.get("hours"));
    let own = hours.and_then(|hours| hours.get(&entry.id.name));
    own.is_some_and(|own| own.get(date.to_string()).is_some())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use wallboard_access::{AuditActor, AuditTrail};
    use wallboard_store::{RecordStore, Store};

    use crate::editing::{ConfigurationBase, ConfigurationFiles, EntryId, parse_site};

    use super::*;

    const FILE: &str = "[access]\nmode = \"open\"\n[sources.chat]\nkind = \"vngage\"\n\
        url = \"amqps://u:p@h/v\"\nexchange = \"x\"\n";
    const PATTERN: &str = "[hours.\"chat/*\"]\nmon-fri = \"08:00-17:00\"\n2026-12-24 = []\n";
    const CLOSED: &str = "[hours.\"chat/1\"]\nmon-fri = \"08:00-17:00\"\n2026-12-24 = []\n";

    /// A Wednesday in the afternoon, and times after it.
    const CLOSING: &str = "2026-11-25T13:00:00Z";
    const NEXT_DAY: &str = "2026-11-26T00:00:00Z";

    fn entry(versions: &[(&str, Option<&str>)]) -> Entry {
        let version = |(at, toml): &(&str, Option<&str>)| EntryVersion {
            toml: toml.map(str::to_owned),
            at: at.parse().unwrap(),
            by: "Anna".to_owned(),
        };
        Entry {
            id: EntryId::new(Section::Hours, "chat/1"),
            revision: wallboard_store::Revision(7),
            versions: versions.iter().map(version).collect(),
        }
    }

    fn is_past_at(now: &str, pattern: &str, entry: &Entry) -> bool {
        let text = format!("{pattern}{}", entry.current().unwrap());
        let site = parse_site(&text, &TimeZone::UTC).unwrap();
        is_past(entry, &site, now.parse().unwrap())
    }

    fn with_day(day: &str, times: &str) -> String {
        format!("{CLOSED}{day} = {times}\n")
    }

    #[test]
    fn an_early_closing_is_over_on_the_next_day_and_not_before() {
        let closed = with_day("2026-11-25", "\"08:00-14:00\"");
        let closing = entry(&[(CLOSING, Some(&closed))]);
        assert!(!is_past_at("2026-11-25T23:59:59Z", PATTERN, &closing));
        assert!(is_past_at(NEXT_DAY, PATTERN, &closing));

        // Its night would last until morning.
        let night = "[hours.\"chat/*\"]\nsun-sat = \"22:00-06:00\"\n";
        let closed = "[hours.\"chat/1\"]\nsun-sat = \"22:00-06:00\"\n2026-11-25 = []\n";
        let closing = entry(&[(CLOSING, Some(closed))]);
        assert!(!is_past_at(NEXT_DAY, night, &closing));
        assert!(is_past_at("2026-11-27T00:00:00Z", night, &closing));
    }

    #[test]
    fn hours_that_differ_from_now_on_stay() {
        let closed = with_day("2026-11-25", "[]");
        for (pattern, text) in [
            // Another week, a date ahead, holidays, and another zone.
            (PATTERN, closed.replace("17:00", "18:00")),
            (&PATTERN.replace("17:00", "18:00"), closed.clone()),
            (PATTERN, format!("{closed}2026-12-31 = []\n")),
            (&PATTERN.replace("2026-12-24 = []\n", ""), closed.clone()),
            (PATTERN, format!("{closed}zone = \"Asia/Tokyo\"\n")),
        ] {
            let entry = entry(&[(CLOSING, Some(&text))]);
            assert!(!is_past_at(NEXT_DAY, pattern, &entry), "{pattern}{text}");
        }
    }

    #[test]
    fn hours_of_a_pattern_stay() {
        let text = with_day("2026-11-25", "[]").replace("chat/1", "chat/1*");
        let mut pattern = entry(&[(CLOSING, Some(&text))]);
        pattern.id = EntryId::new(Section::Hours, "chat/1*");
        assert!(!is_past_at(NEXT_DAY, PATTERN, &pattern));
    }

    #[test]
    fn hours_that_somebody_made_for_good_stay_although_they_are_the_same() {
        let made = entry(&[
            ("2026-11-20T09:00:00Z", Some(CLOSED)),
            (CLOSING, Some(&with_day("2026-11-25", "[]"))),
        ]);
        assert!(!is_past_at(NEXT_DAY, PATTERN, &made));
        assert_eq!(closing_day(&made, &TimeZone::UTC), None);

        // They were removed since, and then somebody closed early.
        let again = entry(&[
            ("2026-11-20T09:00:00Z", Some(CLOSED)),
            ("2026-11-21T09:00:00Z", None),
            (CLOSING, Some(&with_day("2026-11-25", "[]"))),
        ]);
        assert!(is_past_at(NEXT_DAY, PATTERN, &again));
        assert_eq!(
            closing_day(&again, &TimeZone::UTC),
            Some(Date::constant(2026, 11, 25))
        );
    }

    #[tokio::test]
    async fn only_what_is_in_force_in_the_browser_is_listed_and_its_removal_is_saved() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wallboard.toml");
        fs::write(&file, format!("{FILE}{PATTERN}")).unwrap();
        let store = Store::open(&folder.path().join("w.db")).unwrap();
        let (files, ..) = ConfigurationFiles::load(&file).unwrap();
        let base = ConfigurationBase::Files(Box::new(files));
        let (records, audit) = (RecordStore::embedded(store.clone()), AuditTrail::new(store));
        let (editor, _) = Editor::open(base, records, audit).await.unwrap();
        let now = Timestamp::now();
        let today = now.to_zoned(TimeZone::UTC).date();
        let id = EntryId::new(Section::Hours, "chat/1");
        let change = EntryChange {
            id: id.clone(),
            toml: Some(with_day(&today.to_string(), "[]")),
            began_from: None,
        };
        let anna = AuditActor::not_signed_in("Anna");
        Box::pin(editor.save(change, &anna)).await.unwrap();
        let site = editor.read_configuration().await.unwrap().site;

        assert_eq!(editor.list_past_closings(&site, now), []);
        let later = now + jiff::SignedDuration::from_hours(24);
        let past = editor.list_past_closings(&site, later);
        assert_eq!(past.len(), 1);
        let server = AuditActor::server();
        Box::pin(editor.save_all(past, &server)).await.unwrap();
        assert_eq!(editor.entry(&id).unwrap().current(), None);
        assert_eq!(editor.list_past_closings(&site, later), []);
    }
}
