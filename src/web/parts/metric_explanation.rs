//! "Explain this number": service level formulas and the usual range, as text.

use jiff::tz::TimeZone;

use wallboard_domain::{Metric, NormalRange, ServiceLevelFormula};
use wallboard_texts::Texts;

/// Writes a service level formula (docs/reference/metrics.md).
pub(in crate::web) fn write_formula(texts: &Texts, formula: ServiceLevelFormula) -> &str {
    match formula {
        ServiceLevelFormula::ShortIgnored => texts.formula_short_ignored(),
        ServiceLevelFormula::Negative => texts.formula_negative(),
        ServiceLevelFormula::Positive => texts.formula_positive(),
        ServiceLevelFormula::QuickIgnored => texts.formula_quick_ignored(),
        ServiceLevelFormula::ShortMet => texts.formula_short_met(),
        ServiceLevelFormula::AnsweredOnly => texts.formula_answered_only(),
    }
}

/// The formula in use, and why it isn't the target's.
pub(super) fn describe_formula_in_use(
    texts: &Texts,
    used: ServiceLevelFormula,
    target: Option<ServiceLevelFormula>,
) -> String {
    let (name, formula) = (used.into_str(), write_formula(texts, used));
    match target.filter(|target| *target != used) {
        None => texts.formula_configured(name, formula),
        Some(other) => texts.formula_instead(name, formula, other.into_str()),
    }
}

/// The usual range, and what it is based on.
pub(in crate::web) fn describe_normal(
    texts: &Texts,
    metric: Metric,
    normal: &NormalRange,
    zone: &TimeZone,
) -> String {
    let band = &normal.band;
    texts.usual_explained(
        texts.value_range(metric, band.low, band.high),
        texts.time(normal.ends_at, zone),
        texts.value(Some(metric.value(band.median))),
        band.weeks,
    )
}

#[cfg(test)]
mod tests {
    use wallboard_domain::PercentileBand;

    use super::*;

    #[test]
    fn a_fallback_formula_explains_why() {
        let target = Some(ServiceLevelFormula::ShortIgnored);
        let describe = |used| describe_formula_in_use(Texts::english(), used, target);

        assert!(describe(ServiceLevelFormula::ShortIgnored).contains("the default"));
        assert!(describe(ServiceLevelFormula::AnsweredOnly).contains("instead of short_ignored"));
    }

    #[test]
    fn the_usual_range_says_what_it_is_from() {
        let normal = NormalRange {
            band: PercentileBand {
                median: 160.0,
                low: 149.6,
                high: 190.2,
                weeks: 7,
            },
            ends_at: "2026-11-20T13:30:00Z".parse().unwrap(),
        };
        let text = describe_normal(Texts::english(), Metric::Offered, &normal, &TimeZone::UTC);
        let expected = "150–190 by 13:30 (median 160): the day so far on this weekday, from 7 of";
        assert!(text.starts_with(expected), "{text}");
    }
}
