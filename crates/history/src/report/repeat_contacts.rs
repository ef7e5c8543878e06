//! Counts contacts of callers who had called before. Their numbers are read, where the configuration
//! allows to store them, and nothing about them is kept.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{
    calls::CallerCall,
    intervals::{DAY, TimeSpan, intersect_ranges},
};
use wallboard_store::{StoreError, StoreView, merge_ranges};

use super::{
    ReportSubject,
    call_list::vendor_ids,
    report_catalog::{ReportCatalog, ReportSource},
};

/// Every call of the range and of a week before it is read, so it is bounded.
const DAYS_MAX: i64 = 31;
const WEEK: i64 = 7 * DAY;

/// Selects the contacts that are counted.
#[derive(Clone, Debug)]
pub struct RepeatQuery {
    /// Queues: only what their callers did in them counts.
    pub subject: ReportSubject,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// Contacts by whether their callers had called before. A contact through several queues is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepeatContacts {
    /// Those whose number is known.
    pub contacts: i64,
    pub without_number: i64,
    /// Of a caller who called within the last 24 hours; `None` if not all calls of that time are known.
    pub within_day: Option<i64>,
    /// The same of seven days.
    pub within_week: Option<i64>,
}

/// Counts the contacts at moments that `includes` accepts; `None` of a range that is too long, or if no
/// export has callers.
pub(super) fn count_repeats(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    query: &RepeatQuery,
    includes: impl Fn(Timestamp) -> bool,
) -> Result<Option<RepeatContacts>, StoreError> {
    let (from, to) = (query.from.as_second(), query.to.as_second());
    // A day of a clock change is longer.
    if DAYS_MAX * DAY + DAY / 2 < to - from {
        return Ok(None);
    }
    let queues = catalog.queue_ids(&query.subject);
    let within = TimeSpan {
        start: from - WEEK,
        end: to,
    };
    let mut sum: Option<RepeatContacts> = None;
    for source in &catalog.sources {
        let ids = vendor_ids(&queues, &source.export.id);
        if ids.is_empty() {
            continue;
        }
        let vendor = &source.export.vendor;
        let loaded = vendor.load_caller_calls(view, &source.export.id, within)?;
        let Some(mut calls) = loaded else {
            continue;
        };
        calls.retain(|call| ids.contains(&call.queue));
        let is_counted = |at: i64| from <= at && Timestamp::from_second(at).is_ok_and(&includes);
        let counted = count_calls(calls.clone(), is_counted);
        let knows = |since| knows_callers(view, source, &calls, since, from);
        let (knows_day, knows_week) = (knows(from - DAY)?, knows(from - WEEK)?);
        let counted = RepeatContacts {
            within_day: counted.within_day.filter(|_| knows_day),
            within_week: counted.within_week.filter(|_| knows_week),
            ..counted
        };
        sum = Some(sum.map_or(counted, |sum| sum.plus(counted)));
    }
    Ok(sum)
}

impl RepeatContacts {
    fn plus(self, more: Self) -> Self {
        let both = |one: Option<i64>, other: Option<i64>| Some(one? + other?);
        Self {
            contacts: self.contacts + more.contacts,
            without_number: self.without_number + more.without_number,
            within_day: both(self.within_day, more.within_day),
            within_week: both(self.within_week, more.within_week),
        }
    }
}

/// Counts contacts that began at moments that count, each by the last contact before it.
fn count_calls(calls: Vec<CallerCall>, is_counted: impl Fn(i64) -> bool) -> RepeatContacts {
    let mut contacts: Vec<CallerCall> = Vec::new();
    let mut first_legs: HashMap<u64, usize> = HashMap::new();
    for leg in calls {
        let known = leg.call.and_then(|call| first_legs.get(&call).copied());
        if let Some(index) = known {
            let contact = &mut contacts[index];
            contact.joined = contact.joined.min(leg.joined);
            contact.caller = contact.caller.or(leg.caller);
        } else {
            first_legs.extend(leg.call.map(|call| (call, contacts.len())));
            contacts.push(leg);
        }
    }
    contacts.sort_by_key(|contact| contact.joined);
    let mut last: HashMap<u64, i64> = HashMap::new();
    let mut counts = RepeatContacts::default();
    let (mut within_day, mut within_week) = (0, 0);
    for CallerCall { joined, caller, .. } in contacts {
        let before = caller.map(|caller| last.insert(caller, joined));
        if !is_counted(joined) {
            continue;
        }
        let Some(before) = before else {
            counts.without_number += 1;
            continue;
        };
        counts.contacts += 1;
        let gap = before.map_or(i64::MAX, |before| joined - before);
        within_day += i64::from(gap <= DAY);
        within_week += i64::from(gap <= WEEK);
    }
    counts.within_day = Some(within_day);
    counts.within_week = Some(within_week);
    counts
}

/// Whether all calls of a time before are stored with their numbers. A day whose calls have none was
/// imported before numbers were stored.
fn knows_callers(
    view: &StoreView<'_>,
    source: &ReportSource<'_>,
    calls: &[CallerCall],
    since: i64,
    until: i64,
) -> Result<bool, StoreError> {
    let stored = source.basis.as_ref().and_then(|basis| basis.facts_from);
    let covered = merge_ranges(view.load_coverage(&source.export.id, since, until)?);
    let is_covered = intersect_ranges(&[(since, until)], &covered) == [(since, until)];
    let mut days: HashMap<i64, bool> = HashMap::new();
    let before = calls
        .iter()
        .filter(|call| (since..until).contains(&call.joined));
    for call in before {
        *days.entry(call.joined.div_euclid(DAY)).or_default() |= call.caller.is_some();
    }
    Ok(stored.is_none_or(|from| from <= since)
        && is_covered
        && days.values().all(|has_numbers| *has_numbers))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    fn call(hour: i64, call: Option<u64>, caller: Option<u64>) -> CallerCall {
        CallerCall {
            queue: 1,
            joined: hour * HOUR,
            call,
            caller,
        }
    }

    #[test]
    fn a_contact_repeats_the_last_one_of_its_caller_and_its_own_legs_are_none() {
        let calls = vec![
            // Anna, then again on the next day, and after a week and a day.
            call(1, Some(1), Some(7)),
            call(24, Some(2), Some(7)),
            call(24 + 8 * 24, Some(3), Some(7)),
            // Boris, through three queues, and again six days later.
            call(30, Some(4), Some(8)),
            call(31, Some(4), None),
            call(32, Some(4), Some(8)),
            call(31 + 6 * 24, None, Some(8)),
            // Nobody knows who.
            call(40, None, None),
            call(41, None, None),
        ];

        let counts = count_calls(calls.clone(), |_| true);
        let expected = RepeatContacts {
            contacts: 5,
            without_number: 2,
            within_day: Some(1),
            within_week: Some(2),
        };
        assert_eq!(counts, expected);
        // Those before the range count as before, and not themselves.
        let later = count_calls(calls, |at| 24 * HOUR <= at);
        assert_eq!((later.contacts, later.within_day), (4, Some(1)));
    }
}
