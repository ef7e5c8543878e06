//! Severity limits in board files: numbers, durations, and levels relative to the target.

use toml::{Spanned, de::DeValue};

use crate::{
    domain::{Metric, Unit},
    toml_reader::{ConfigEntry, parse_duration},
};

use super::{
    board_definition::{LimitValue, SeverityLimits},
    board_file::{read_table, report_expected, report_unknown_key},
};

const LIMIT_KEYS: [&str; 4] = ["warn", "crit", "warn_below", "crit_below"];

/// Reads `{ warn = 5, crit = 10 }` of one metric.
pub(super) fn read_limits(entry: &ConfigEntry<'_, '_>, metric: Metric) -> SeverityLimits {
    let mut limits = SeverityLimits::default();
    for limit in &read_table(entry) {
        if !LIMIT_KEYS.contains(&limit.name) {
            report_unknown_key(limit, &LIMIT_KEYS);
            continue;
        }
        let level = parse_level(limit.value, metric);
        let Some(level) = level.or_else(|| report_expected(limit, expected_format(metric))) else {
            continue;
        };
        match (limit.name, level) {
            ("warn_below", level) => limits.warning_below = Some(level),
            ("crit_below", level) => limits.critical_below = Some(level),
            ("warn" | "crit", _) if metric == Metric::ServiceLevel => limit.report_key_fault(
                "a low service level is the problem",
                "use warn_below and crit_below",
            ),
            ("warn", LimitValue::Value(value)) => limits.warning = Some(value),
            ("crit", LimitValue::Value(value)) => limits.critical = Some(value),
            _ => limit.report_fault(
                "it must be a number",
                "use \"target\" only in warn_below and crit_below",
            ),
        }
    }
    let is_out_of_order = match (limits.warning, limits.critical) {
        (Some(warn), Some(crit)) => crit < warn,
        _ => false,
    } || match (limits.warning_below, limits.critical_below) {
        (Some(LimitValue::Value(warn)), Some(LimitValue::Value(crit)))
        | (Some(LimitValue::FromTarget(warn)), Some(LimitValue::FromTarget(crit))) => warn < crit,
        _ => false,
    };
    if is_out_of_order {
        entry.report_fault("crit must be beyond warn", "");
    }
    limits
}

fn expected_format(metric: Metric) -> &'static str {
    match metric.unit() {
        Unit::Count => "a number of 0 or more, without quotes",
        Unit::Seconds => "a duration such as \"90s\" or \"2m\"",
        Unit::Percent => "a percentage from 0 to 100, \"target\" or \"target-10\"",
    }
}

fn parse_level(value: &Spanned<DeValue<'_>>, metric: Metric) -> Option<LimitValue> {
    let number = match value.get_ref() {
        DeValue::Integer(number) => number.as_str().parse::<u32>().ok().map(f64::from),
        DeValue::Float(number) => number.as_str().parse::<f64>().ok().filter(|n| 0.0 <= *n),
        DeValue::String(text) => {
            return match metric.unit() {
                Unit::Seconds => {
                    let seconds = parse_duration(text).map(|limit| limit.as_secs_f64());
                    seconds.map(LimitValue::Value)
                }
                Unit::Percent => parse_from_target(text).map(LimitValue::FromTarget),
                Unit::Count => None,
            };
        }
        _ => None,
    };
    let allowed = match metric.unit() {
        Unit::Count => number,
        Unit::Seconds => None,
        Unit::Percent => number.filter(|n| *n <= 100.0),
    };
    allowed.map(LimitValue::Value)
}

/// `target`, `target-10`, `target + 5`.
fn parse_from_target(text: &str) -> Option<f64> {
    let offset: String = text.strip_prefix("target")?.split_whitespace().collect();
    match offset.as_str() {
        "" => Some(0.0),
        offset if offset.starts_with(['+', '-']) => offset
            .parse()
            .ok()
            .filter(|offset: &f64| offset.abs() <= 100.0),
        _ => None,
    }
}
