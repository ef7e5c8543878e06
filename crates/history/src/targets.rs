//! The targets of an export's queues. A target that the configuration gives a queue by name
//! wins over the vendor's, and that over the configuration's target for all queues.

use wallboard_domain::{Id, QueueTarget, SiteConfig};
use wallboard_store::CatalogEntry;

/// The target of a queue, which `vendor` describes. The configuration may also name the queue by
/// the id that it is linked under.
pub(super) fn resolve_target(
    site: &SiteConfig,
    id: &Id,
    vendor: Option<&CatalogEntry>,
) -> QueueTarget {
    if let Some(target) = site.find_named(&site.targets, id) {
        return *target;
    }
    let default_target = site.target_for(&id.to_string());
    let millis = |seconds: i64| seconds.saturating_mul(1000);
    QueueTarget {
        threshold_ms: (vendor.and_then(|queue| queue.answer_within))
            .filter(|time| 0 < *time)
            .map_or(default_target.threshold_ms, millis),
        service_level_percent: (vendor.and_then(|queue| queue.service_level))
            .filter(|level| 0.0 < *level)
            .unwrap_or(default_target.service_level_percent),
        short_abandon_ms: (vendor.and_then(|queue| queue.short_abandon))
            .map_or(default_target.short_abandon_ms, millis),
        formula: default_target.formula,
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{Pattern, Patterns, SourceId};
    use wallboard_store::NameClass;

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

    fn resolve_answer_within(site: &SiteConfig, vendor: Option<i64>) -> i64 {
        let vendor = CatalogEntry {
            answer_within: vendor,
            ..CatalogEntry::new(NameClass::Queue, "7", "Sales")
        };
        resolve_target(site, &Id::new(&SourceId::from("calls"), "7"), Some(&vendor)).threshold_ms
    }

    #[test]
    fn a_vendor_target_holds_unless_the_configuration_names_the_queue() {
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
    fn the_configuration_may_name_a_queue_by_its_linked_id() {
        let left = Id::new(&SourceId::from("voice"), "9002");
        let right = Id::new(&SourceId::from("calls"), "7");
        let mut site = site_with_targets(&[("voice/9002", 30_000)]);
        site.linked_queues = [(left, vec![right])].into();

        assert_eq!(resolve_answer_within(&site, Some(40)), 30_000);
    }

    #[test]
    fn no_abandon_is_short_with_a_short_abandon_limit_of_0() {
        let vendor = CatalogEntry {
            short_abandon: Some(0),
            ..CatalogEntry::new(NameClass::Queue, "7", "Sales")
        };
        let id = Id::new(&SourceId::from("calls"), "7");

        assert_eq!(
            resolve_target(&site_with_targets(&[]), &id, Some(&vendor)).short_abandon_ms,
            0
        );
    }
}
