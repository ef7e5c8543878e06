//! The opening hours of an export's queues. The configuration may also name a queue by the id that
//! it is linked under, as on boards.

use wallboard_domain::{Id, OpeningHours, SiteConfig};

/// The opening hours of a queue; `None` if it is always open.
pub(super) fn resolve_hours<'s>(site: &'s SiteConfig, id: &Id) -> Option<&'s OpeningHours> {
    let named = site.find_named(&site.hours, id);
    named.or_else(|| site.hours.get(&id.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::tz::TimeZone;

    use wallboard_domain::{Pattern, Patterns, QueueId};

    use super::*;

    #[test]
    fn hours_come_from_the_queue_or_the_one_it_is_linked_to() {
        let queue = |source: &str, external: &str| QueueId::new(&source.into(), external);
        let hours = |pattern: &str| {
            let hours = OpeningHours {
                zone: TimeZone::UTC,
                week: <[Vec<_>; 7]>::default(),
                dates: BTreeMap::from([("2026-12-24".parse().unwrap(), Vec::new())]),
                holidays: wallboard_domain::ClosedDays::default(),
            };
            (Pattern(pattern.to_owned()), hours)
        };
        let mut site = SiteConfig {
            linked_queues: [(queue("voice", "9"), vec![queue("calls", "1")])].into(),
            hours: Patterns(vec![hours("voice/*")]),
            ..SiteConfig::default()
        };
        let has_hours = |site: &SiteConfig, external: &str| {
            resolve_hours(site, &queue("calls", external)).is_some()
        };

        assert!(has_hours(&site, "1"));
        assert!(!has_hours(&site, "2"));
        // The pattern that names it wins over the one for all queues.
        let mut any = hours("*");
        any.1.dates.clear();
        site.hours.0.push(any);
        let dates = |external: &str| {
            let hours = resolve_hours(&site, &queue("calls", external));
            hours.map(|hours| hours.dates.len())
        };
        assert_eq!((dates("1"), dates("2")), (Some(1), Some(0)));
    }
}
