//! "Explain this number": the formulas of service level and what is normal, in words.

use jiff::tz::TimeZone;

use crate::{
    boards::{format, normal_range},
    domain::{Formula, Metric, Normal, Target},
};

/// Why a figure that its vendor calculates is not known.
pub(super) const NOT_REPORTED: &str =
    "The source hasn’t reported it yet, or has no valid value now.";

/// A formula of service level in words (docs/metrics.md).
pub(super) fn service_level(formula: Formula) -> &'static str {
    match formula {
        Formula::ShortIgnored => "answered in time ÷ (offered − short abandons)",
        Formula::Negative => "answered in time ÷ offered: abandons count against it",
        Formula::Positive => {
            "(answered in time + abandoned in time) ÷ offered: early abandons count for it"
        }
        Formula::QuickIgnored => "answered in time ÷ (offered − abandoned in time)",
        Formula::ShortMet => "(answered in time + short abandons) ÷ offered",
        Formula::AnsweredOnly => "answered in time ÷ answered: abandons are not included",
    }
}

/// Which formula is in use, and why.
pub(super) fn in_use(used: Formula, target: &Target) -> String {
    let words = service_level(used);
    let why = if used == target.formula {
        "set in [targets], or the default".to_owned()
    } else {
        format!(
            "used instead of {} because contacts that left unopened aren’t known",
            target.formula.name()
        )
    };
    format!("{}: {words}; {why}.", used.name())
}

/// What is normal, and what of.
pub(super) fn normal(metric: Metric, normal: &Normal, zone: &TimeZone) -> String {
    let band = &normal.band;
    format!(
        "{} by {} (median {}): the day so far on this weekday, from {} of the last eight weeks of imported data. A tenth of the days were below, a tenth above.",
        normal_range(metric, normal),
        format::time(normal.by, zone),
        format::value(Some(metric.value(band.median))),
        band.weeks,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_other_than_the_one_asked_for_says_why() {
        let target = Target::default();

        assert!(in_use(target.formula, &target).contains("the default"));
        assert!(in_use(Formula::AnsweredOnly, &target).contains("instead of short_ignored"));
    }
}
