//! When a figure of the day misses its target: one rule for boards, pages, shift reports, history and
//! their files.

use super::{Counter, Counters, Metric, QueueTarget, SeverityLimits, SiteConfig};

/// The fewest contacts whose service level is judged, unless the site says another number.
pub const MIN_JUDGED_CONTACTS: i64 = 10;

/// The limits past which a figure of the day misses its target, in the metric's unit. By default, a
/// service level has its queue's target, and other figures have none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MissLimits {
    /// Missed from this value on.
    pub from: Option<f64>,
    /// Missed below this value.
    pub below: Option<f64>,
    min_contacts: i64,
}

impl MissLimits {
    /// Those of a figure of the day.
    pub(super) fn new(metric: Metric, limits: &SeverityLimits, target: &QueueTarget) -> Self {
        let below = [limits.warning_below, limits.critical_below];
        let below = below.into_iter().flatten();
        Self {
            from: (limits.warning.into_iter().chain(limits.critical)).min_by(f64::total_cmp),
            below: (below.map(|limit| limit.resolve_for(target))).max_by(f64::total_cmp),
            min_contacts: match (limits.min_sample, metric) {
                (Some(fewest), _) => fewest.into(),
                (None, Metric::ServiceLevel) => MIN_JUDGED_CONTACTS,
                (None, _) => 0,
            },
        }
    }

    /// Returns whether a figure misses its target. Too few `contacts` miss nothing; `None` if their
    /// number isn't reported.
    pub fn is_missed(&self, value: f64, contacts: Option<i64>) -> bool {
        let is_past = self.from.is_some_and(|limit| limit <= value)
            || self.below.is_some_and(|limit| value < limit);
        is_past && self.is_judged(contacts)
    }

    /// Returns whether a figure misses its target from a lower bound on. Below a limit, a bound says nothing.
    pub fn is_missed_from(&self, low: f64) -> bool {
        self.from.is_some_and(|limit| limit <= low)
    }

    /// The fewest contacts by which the figure is judged.
    pub fn min_contacts(&self) -> i64 {
        self.min_contacts
    }

    /// Whether there are enough contacts.
    pub fn is_judged(&self, contacts: Option<i64>) -> bool {
        contacts.is_none_or(|contacts| self.min_contacts <= contacts)
    }
}

impl Counters {
    /// How many contacts the service level judges.
    pub fn judged_contacts(&self) -> i64 {
        self.count(Counter::Answered) + self.count(Counter::Abandoned)
    }
}

impl SiteConfig {
    /// Returns the limits of a queue's figure of the day, by the queue's target.
    pub(super) fn miss_limits(
        &self,
        queue: &str,
        metric: Metric,
        target: &QueueTarget,
    ) -> MissLimits {
        if !metric.is_daily() {
            return MissLimits::default();
        }
        MissLimits::new(metric, &self.limits_for(queue, metric), target)
    }
}

#[cfg(test)]
mod tests {
    use crate::{LimitValue, Pattern, PatternThresholds, Patterns};

    use super::*;

    fn configured(metric: Metric, limits: SeverityLimits) -> MissLimits {
        let thresholds = PatternThresholds {
            metrics: vec![(metric, limits)],
            ..PatternThresholds::default()
        };
        let site = SiteConfig {
            thresholds: Patterns(vec![(Pattern("chat/*".into()), thresholds)]),
            ..SiteConfig::default()
        };
        site.miss_limits("chat/1", metric, &QueueTarget::default())
    }

    fn service_level(limits: SeverityLimits) -> MissLimits {
        configured(Metric::ServiceLevel, limits)
    }

    #[test]
    fn a_service_level_misses_the_first_limit_that_it_falls_below() {
        let target = service_level(SeverityLimits::default());
        assert!(target.is_missed(79.9, Some(10)));
        assert!(!target.is_missed(80.0, Some(10)));
        assert!(!target.is_missed(79.9, Some(9)));
        assert!(target.is_missed(79.9, None));

        let configured = service_level(SeverityLimits {
            warning_below: Some(LimitValue::Value(70.0)),
            critical_below: Some(LimitValue::FromTarget(-30.0)),
            ..SeverityLimits::default()
        });
        assert_eq!(configured.below, Some(70.0));
    }

    #[test]
    fn a_site_says_from_how_many_contacts_a_figure_is_judged() {
        let of = |metric, min_sample| {
            let limits = SeverityLimits {
                warning: Some(5.0),
                min_sample,
                ..SeverityLimits::default()
            };
            configured(metric, limits)
        };
        let level = of(Metric::ServiceLevel, Some(50));
        assert!(!level.is_judged(Some(49)) && level.is_judged(Some(50)));
        assert!(of(Metric::ServiceLevel, Some(0)).is_judged(Some(1)));
        let rate = of(Metric::AbandonRate, Some(20));
        assert!(!rate.is_missed(10.0, Some(19)) && rate.is_missed(10.0, Some(20)));
        assert!(of(Metric::AbandonRate, None).is_missed(10.0, Some(1)));
    }

    #[test]
    fn other_figures_of_the_day_have_only_configured_limits() {
        let none = configured(Metric::Abandoned, SeverityLimits::default());
        assert_eq!(none, MissLimits::default());
        let limits = SeverityLimits {
            warning: Some(50.0),
            ..SeverityLimits::default()
        };
        let abandoned = configured(Metric::Abandoned, limits);
        assert!(abandoned.is_missed(50.0, Some(1)));
        assert!(!abandoned.is_missed(49.0, Some(1)));
        let waiting = configured(Metric::Waiting, limits);
        assert!(!waiting.is_missed(50.0, None));
    }
}
