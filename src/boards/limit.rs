//! Thresholds in board files: numbers, durations, and levels beside the target.

use toml::{Spanned, de::DeValue};

use crate::domain::{Metric, Unit};

use super::{
    definition::{Level, Limits},
    fault::instead,
    file::{Entry, Reader},
};

const KEYS: [&str; 4] = ["warn", "crit", "warn_below", "crit_below"];

/// `{ warn = 5, crit = 10 }` of one metric.
pub(super) fn read(
    reader: &mut Reader<'_>,
    entry: Entry<'_, '_>,
    metric: Metric,
) -> Option<Limits> {
    let mut limits = Limits::default();
    for (name, value) in reader.table(entry)? {
        let path = format!("{}.{}", entry.0, name.get_ref());
        if !KEYS.contains(&&**name.get_ref()) {
            let what = format!("unknown key; {}", instead(name.get_ref(), &KEYS));
            reader.fault(&path, &name.span(), what);
            continue;
        }
        let Some(level) = level(value, metric) else {
            reader.wrong(&path, value, wanted(metric));
            continue;
        };
        match (&**name.get_ref(), level) {
            ("warn_below", level) => limits.warn_below = Some(level),
            ("crit_below", level) => limits.crit_below = Some(level),
            ("warn" | "crit", _) if metric == Metric::ServiceLevel => {
                let what = "a low service level is the problem; use warn_below and crit_below";
                reader.fault(&path, &name.span(), what.to_owned());
            }
            ("warn", Level::Value(value)) => limits.warn = Some(value),
            ("crit", Level::Value(value)) => limits.crit = Some(value),
            _ => reader.wrong(
                &path,
                value,
                "a number; use \"target\" only in warn_below and crit_below",
            ),
        }
    }
    let is_upside_down = match (limits.warn, limits.crit) {
        (Some(warn), Some(crit)) => crit < warn,
        _ => false,
    } || match (limits.warn_below, limits.crit_below) {
        (Some(Level::Value(warn)), Some(Level::Value(crit)))
        | (Some(Level::FromTarget(warn)), Some(Level::FromTarget(crit))) => warn < crit,
        _ => false,
    };
    if is_upside_down {
        reader.fault(
            entry.0,
            &entry.1.span(),
            "crit must be beyond warn".to_owned(),
        );
    }
    Some(limits)
}

fn wanted(metric: Metric) -> &'static str {
    match metric.unit() {
        Unit::Count => "a number of 0 or more, without quotes",
        Unit::Seconds => "a duration such as \"90s\" or \"2m\"",
        Unit::Percent => "a percentage from 0 to 100, \"target\" or \"target-10\"",
    }
}

fn level(value: &Spanned<DeValue<'_>>, metric: Metric) -> Option<Level> {
    let number = match value.get_ref() {
        DeValue::Integer(number) => number.as_str().parse::<u32>().ok().map(f64::from),
        DeValue::Float(number) => number.as_str().parse::<f64>().ok().filter(|n| 0.0 <= *n),
        DeValue::String(text) => {
            return match metric.unit() {
                Unit::Seconds => duration(text).map(Level::Value),
                Unit::Percent => from_target(text).map(Level::FromTarget),
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
    allowed.map(Level::Value)
}

/// In seconds.
fn duration(text: &str) -> Option<f64> {
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
fn from_target(text: &str) -> Option<f64> {
    let by: String = text.strip_prefix("target")?.split_whitespace().collect();
    match by.as_str() {
        "" => Some(0.0),
        by if by.starts_with(['+', '-']) => by.parse().ok().filter(|by: &f64| by.abs() <= 100.0),
        _ => None,
    }
}
