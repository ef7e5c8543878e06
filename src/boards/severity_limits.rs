//! Severity limits in board files: numbers, durations, and levels relative to the target.

use toml::{Spanned, de::DeValue};

use crate::domain::{Metric, Unit};

use super::{
    board_definition::{LimitValue, SeverityLimits},
    board_fault::suggest_allowed,
    board_file::{BoardFileEntry, BoardFileReader},
};

const LIMIT_KEYS: [&str; 4] = ["warn", "crit", "warn_below", "crit_below"];

/// Reads `{ warn = 5, crit = 10 }` of one metric.
pub(super) fn read_limits(
    reader: &mut BoardFileReader<'_>,
    entry: BoardFileEntry<'_, '_>,
    metric: Metric,
) -> Option<SeverityLimits> {
    let mut limits = SeverityLimits::default();
    for (name, value) in reader.read_table(entry)? {
        let path = format!("{}.{}", entry.0, name.get_ref());
        if !LIMIT_KEYS.contains(&&**name.get_ref()) {
            let message = format!(
                "unknown key; {}",
                suggest_allowed(name.get_ref(), &LIMIT_KEYS)
            );
            reader.report_fault(&path, &name.span(), message);
            continue;
        }
        let Some(level) = parse_level(value, metric) else {
            reader.report_expected(&path, value, expected_format(metric));
            continue;
        };
        match (&**name.get_ref(), level) {
            ("warn_below", level) => limits.warning_below = Some(level),
            ("crit_below", level) => limits.critical_below = Some(level),
            ("warn" | "crit", _) if metric == Metric::ServiceLevel => {
                let message = "a low service level is the problem; use warn_below and crit_below";
                reader.report_fault(&path, &name.span(), message.to_owned());
            }
            ("warn", LimitValue::Value(value)) => limits.warning = Some(value),
            ("crit", LimitValue::Value(value)) => limits.critical = Some(value),
            _ => reader.report_expected(
                &path,
                value,
                "a number; use \"target\" only in warn_below and crit_below",
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
        reader.report_fault(
            entry.0,
            &entry.1.span(),
            "crit must be beyond warn".to_owned(),
        );
    }
    Some(limits)
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
                Unit::Seconds => parse_duration(text).map(LimitValue::Value),
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

/// Parses a duration into seconds.
fn parse_duration(text: &str) -> Option<f64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    number.parse::<u32>().ok().map(|n| f64::from(n) * seconds)
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
