//! "Explain this number": service level formulas and the usual range, as text.

use jiff::tz::TimeZone;

use wallboard_boards::{format, normal_range};
use wallboard_domain::{Metric, NormalRange, ServiceLevelFormula};

/// Why a vendor value is unknown.
pub(super) const NOT_REPORTED: &str =
    "The source hasn’t reported it yet, or has no valid value now.";

/// A service level formula as text (docs/reference/metrics.md).
pub(in crate::web) fn describe_formula(formula: ServiceLevelFormula) -> &'static str {
    match formula {
        ServiceLevelFormula::ShortIgnored => "answered in time ÷ (offered − short abandons)",
        ServiceLevelFormula::Negative => "answered in time ÷ offered: abandons count against it",
        ServiceLevelFormula::Positive => {
            "(answered in time + abandoned in time) ÷ offered: early abandons count for it"
        }
        ServiceLevelFormula::QuickIgnored => "answered in time ÷ (offered − abandoned in time)",
        ServiceLevelFormula::ShortMet => "(answered in time + short abandons) ÷ offered",
        ServiceLevelFormula::AnsweredOnly => {
            "answered in time ÷ answered: abandons are not included"
        }
    }
}

/// The formula in use, and why it isn't the target's.
pub(super) fn describe_formula_in_use(
    used: ServiceLevelFormula,
    target: Option<ServiceLevelFormula>,
) -> String {
    let words = describe_formula(used);
    let why = match target.filter(|target| *target != used) {
        None => "set in [targets], or the default".to_owned(),
        Some(other) => format!(
            "used instead of {} because contacts that left unopened aren’t known",
            other.into_str()
        ),
    };
    format!("{}: {words}; {why}.", used.into_str())
}

/// The usual range, and what it is based on.
pub(in crate::web) fn describe_normal(
    metric: Metric,
    normal: &NormalRange,
    zone: &TimeZone,
) -> String {
    let band = &normal.band;
    format!(
        "{} by {} (median {}): the day so far on this weekday, from {} of the last eight weeks of imported data. A tenth of the days were below, a tenth above.",
        normal_range(metric, normal),
        format::time(normal.ends_at, zone),
        format::value(Some(metric.value(band.median))),
        band.weeks,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fallback_formula_explains_why() {
        let target = Some(ServiceLevelFormula::ShortIgnored);
        let describe = |used| describe_formula_in_use(used, target);

        assert!(describe(ServiceLevelFormula::ShortIgnored).contains("the default"));
        assert!(describe(ServiceLevelFormula::AnsweredOnly).contains("instead of short_ignored"));
    }
}
