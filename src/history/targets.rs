//! Which targets hold for a queue of an export: what the configuration says of it by
//! name, else its own, else what the configuration says of all.

use crate::domain::{Id, QueueTarget, SiteConfig};

/// The pattern that names nobody in particular.
const ANY_QUEUE: &str = "*";

/// What a vendor says that a queue aims at. Times are in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct VendorTargets {
    pub(super) answer_within: Option<i64>,
    pub(super) service_level: Option<f64>,
    pub(super) short_abandon: Option<i64>,
}

/// The targets of a queue, which the configuration may also name by the id that it is
/// linked under.
pub(super) fn resolve_target(site: &SiteConfig, id: &Id, own: VendorTargets) -> QueueTarget {
    let linked = site
        .linked_queues
        .iter()
        .filter(|(_, theirs)| theirs.contains(id));
    let mut linked: Vec<String> = linked.map(|(left, _)| left.to_string()).collect();
    linked.sort();
    let mut ids = std::iter::once(id.to_string()).chain(linked);
    if let Some(target) = ids.find_map(|id| configured_target(site, &id)) {
        return target;
    }
    let all = site.target_for(&id.to_string());
    let millis = |seconds: i64| seconds.saturating_mul(1000);
    let (within, level) = (own.answer_within, own.service_level);
    QueueTarget {
        threshold_ms: within
            .filter(|time| 0 < *time)
            .map_or(all.threshold_ms, millis),
        service_level_percent: level
            .filter(|level| 0.0 < *level)
            .unwrap_or(all.service_level_percent),
        short_abandon_ms: own.short_abandon.map_or(all.short_abandon_ms, millis),
        formula: all.formula,
    }
}

/// The target that the configuration gives an id by a pattern other than `*`.
pub(super) fn configured_target(site: &SiteConfig, id: &str) -> Option<QueueTarget> {
    let mut patterns = site.targets.0.iter();
    let names = patterns.any(|(pattern, _)| pattern.0 != ANY_QUEUE && pattern.matches(id));
    names.then(|| site.target_for(id))
}

#[cfg(test)]
mod tests {
    use crate::domain::{Pattern, Patterns, SourceId};

    use super::*;

    fn site_with_targets(patterns: &[(&str, i64)]) -> SiteConfig {
        let target = |answer_within| QueueTarget {
            threshold_ms: answer_within,
            ..QueueTarget::default()
        };
        let patterns = patterns.iter();
        let patterns = patterns.map(|(name, within)| (Pattern((*name).into()), target(*within)));
        SiteConfig {
            targets: Patterns(patterns.collect()),
            ..SiteConfig::default()
        }
    }

    fn resolve_answer_within(site: &SiteConfig, own: Option<i64>) -> i64 {
        let own = VendorTargets {
            answer_within: own,
            ..VendorTargets::default()
        };
        resolve_target(site, &Id::new(&SourceId::from("calls"), "7"), own).threshold_ms
    }

    #[test]
    fn a_queues_own_target_holds_unless_the_configuration_names_it() {
        assert_eq!(resolve_answer_within(&site_with_targets(&[]), None), 20_000);
        assert_eq!(
            resolve_answer_within(&site_with_targets(&[("*", 30_000)]), None),
            30_000
        );
        assert_eq!(
            resolve_answer_within(&site_with_targets(&[("*", 30_000)]), Some(0)),
            30_000
        );
        assert_eq!(
            resolve_answer_within(&site_with_targets(&[("*", 30_000)]), Some(40)),
            40_000
        );
        assert_eq!(
            resolve_answer_within(&site_with_targets(&[("calls/*", 30_000)]), Some(40)),
            30_000
        );
    }

    #[test]
    fn a_queue_is_also_named_by_the_id_that_it_is_linked_under() {
        let left = Id::new(&SourceId::from("voice"), "9002");
        let right = Id::new(&SourceId::from("calls"), "7");
        let mut site = site_with_targets(&[("voice/9002", 30_000)]);
        site.linked_queues = [(left, vec![right])].into();

        assert_eq!(resolve_answer_within(&site, Some(40)), 30_000);
    }

    #[test]
    fn a_threshold_of_0_makes_no_abandon_short() {
        let own = VendorTargets {
            short_abandon: Some(0),
            ..VendorTargets::default()
        };
        let id = Id::new(&SourceId::from("calls"), "7");

        assert_eq!(
            resolve_target(&site_with_targets(&[]), &id, own).short_abandon_ms,
            0
        );
    }
}
