//! Which targets hold for a queue of an export: what the configuration says of it by
//! name, else its own, else what the configuration says of all.

use crate::domain::{Id, Site, Target};

/// The pattern that names nobody in particular.
const ALL: &str = "*";

/// What a vendor says that a queue aims at. Times are in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Own {
    pub(super) answer_within: Option<i64>,
    pub(super) service_level: Option<f64>,
    pub(super) short_abandon: Option<i64>,
}

/// The targets of a queue, which the configuration may also name by the id that it is
/// linked under.
pub(super) fn target(site: &Site, id: &Id, own: Own) -> Target {
    let linked = site.links.iter().filter(|(_, theirs)| theirs.contains(id));
    let mut linked: Vec<String> = linked.map(|(left, _)| left.to_string()).collect();
    linked.sort();
    let mut ids = std::iter::once(id.to_string()).chain(linked);
    if let Some(target) = ids.find_map(|id| named(site, &id)) {
        return target;
    }
    let all = site.target(&id.to_string());
    let millis = |seconds: i64| seconds.saturating_mul(1000);
    let (within, level) = (own.answer_within, own.service_level);
    Target {
        answer_within: within
            .filter(|time| 0 < *time)
            .map_or(all.answer_within, millis),
        service_level: level
            .filter(|level| 0.0 < *level)
            .unwrap_or(all.service_level),
        short_abandon: own.short_abandon.map_or(all.short_abandon, millis),
        formula: all.formula,
    }
}

/// The target that the configuration gives an id by a pattern other than `*`.
pub(super) fn named(site: &Site, id: &str) -> Option<Target> {
    let mut patterns = site.targets.0.iter();
    let names = patterns.any(|(pattern, _)| pattern.0 != ALL && pattern.matches(id));
    names.then(|| site.target(id))
}

#[cfg(test)]
mod tests {
    use crate::domain::{Pattern, Patterns, SourceId};

    use super::*;

    fn site(patterns: &[(&str, i64)]) -> Site {
        let target = |answer_within| Target {
            answer_within,
            ..Target::default()
        };
        let patterns = patterns.iter();
        let patterns = patterns.map(|(name, within)| (Pattern((*name).into()), target(*within)));
        Site {
            targets: Patterns(patterns.collect()),
            ..Site::default()
        }
    }

    fn within(site: &Site, own: Option<i64>) -> i64 {
        let own = Own {
            answer_within: own,
            ..Own::default()
        };
        target(site, &Id::new(&SourceId::from("calls"), "7"), own).answer_within
    }

    #[test]
    fn a_queues_own_target_holds_unless_the_configuration_names_it() {
        assert_eq!(within(&site(&[]), None), 20_000);
        assert_eq!(within(&site(&[("*", 30_000)]), None), 30_000);
        assert_eq!(within(&site(&[("*", 30_000)]), Some(0)), 30_000);
        assert_eq!(within(&site(&[("*", 30_000)]), Some(40)), 40_000);
        assert_eq!(within(&site(&[("calls/*", 30_000)]), Some(40)), 30_000);
    }

    #[test]
    fn a_queue_is_also_named_by_the_id_that_it_is_linked_under() {
        let left = Id::new(&SourceId::from("voice"), "9002");
        let right = Id::new(&SourceId::from("calls"), "7");
        let mut site = site(&[("voice/9002", 30_000)]);
        site.links = [(left, vec![right])].into();

        assert_eq!(within(&site, Some(40)), 30_000);
    }

    #[test]
    fn a_threshold_of_0_makes_no_abandon_short() {
        let own = Own {
            short_abandon: Some(0),
            ..Own::default()
        };
        let id = Id::new(&SourceId::from("calls"), "7");

        assert_eq!(target(&site(&[]), &id, own).short_abandon, 0);
    }
}
