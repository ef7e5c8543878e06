//! `[thresholds]` of one queue as fields of a form, and back.

use std::{collections::BTreeMap, time::Duration};

use toml::{Table, Value};

use wallboard_domain::{
    LimitValue, Metric, MetricOwner, PatternThresholds, Patterns, SeverityLimits, SiteConfig, Unit,
};

use wallboard_texts::Texts;

use crate::{editing::EntryId, web::parts::entry_table::EntryTable};

use super::{
    duration_text,
    edited_queue::{best_pattern, without_own},
};

/// The limits of a metric: the keys of the configuration.
pub(in crate::web) const LIMIT_KEYS: [&str; 6] = [
    "warn",
    "crit",
    "warn_below",
    "crit_below",
    CLEAR,
    MIN_SAMPLE,
];
const CLEAR: &str = "clear";
const MIN_SAMPLE: &str = "min_sample";

/// A metric's fields.
pub(super) struct ThresholdRow {
    pub(super) label: &'static str,
    pub(super) fields: Vec<ThresholdField>,
    /// Where the limits come from, then perhaps an example: "Default. Such as 2:30 or 20 s"
    pub(super) about: String,
}

/// One limit.
pub(super) struct ThresholdField {
    /// As in the configuration: `longest_wait.crit`.
    pub(super) key: String,
    /// "▲ Warning from"
    pub(super) label: &'static str,
    pub(super) value: String,
    /// Why the value isn't allowed.
    pub(super) fault: String,
}

/// The metrics that a queue's form shows at once. Every other is on request.
const FIRST_METRICS: [Metric; 4] = [
    Metric::LongestWait,
    Metric::Waiting,
    Metric::AgentsAvailable,
    Metric::ServiceLevel,
];

/// The metrics that can have thresholds, those that matter most first.
pub(super) fn threshold_metrics() -> (Vec<Metric>, Vec<Metric>) {
    let others = Metric::all().filter(|metric| metric.owner() != MetricOwner::Agent);
    let others = others.filter(|metric| !FIRST_METRICS.contains(metric));
    (FIRST_METRICS.to_vec(), others.collect())
}

/// The fields of a metric with the limits that apply to the queue.
pub(super) fn threshold_row(
    texts: &'static Texts,
    thresholds: &Patterns<PatternThresholds>,
    queue: &str,
    metric: Metric,
) -> ThresholdRow {
    let values = limit_texts(texts, &thresholds.limits_for(queue, metric), metric);
    let shown = LIMIT_KEYS.into_iter().filter(|level| {
        let is_usual = match (*level, metric) {
            (CLEAR, _) => !metric.is_daily(),
            (MIN_SAMPLE, _) => metric.is_daily() && !metric.is_total(),
            (level, Metric::ServiceLevel | Metric::AgentsAvailable) => level.ends_with("_below"),
            (level, _) => !level.ends_with("_below"),
        };
        is_usual || values.contains_key(level)
    });
    let fields = shown.map(|level| ThresholdField {
        key: format!("{}.{level}", metric.name()),
        label: match level {
            "warn" => texts.warning_from_field(),
            "crit" => texts.critical_from_field(),
            "warn_below" => texts.warning_below_field(),
            "crit_below" => texts.critical_below_field(),
            CLEAR => texts.clear_field(),
            _ => texts.min_sample_field(),
        },
        value: values.get(level).cloned().unwrap_or_default(),
        fault: String::new(),
    });
    let pattern = best_pattern(thresholds, queue, |of| {
        of.metrics.iter().any(|(named, _)| *named == metric)
    });
    let origin = match pattern {
        Some(pattern) if pattern == queue => texts.limit_own().into(),
        Some(pattern) => texts.limit_pattern(pattern),
        None => texts.limit_default().into(),
    };
    let hint = match metric.unit() {
        Unit::Seconds => Some(texts.hint_duration().to_owned()),
        Unit::Percent => Some(texts.hint_percent(texts.target_percent(70.0))),
        Unit::Count => None,
    };
    ThresholdRow {
        label: &texts.metric(metric).page_label,
        fields: fields.collect(),
        about: match hint {
            Some(hint) => texts.hint_after(origin, hint),
            None => origin,
        },
    }
}

/// Changes an entry to what a form says. A metric whose limits are those that the queue has anyway is
/// written only if the entry had it.
pub(super) fn apply_thresholds(
    own: &mut EntryTable,
    others: &Patterns<PatternThresholds>,
    queue: &str,
    form: &BTreeMap<String, String>,
) {
    let (first, rest) = threshold_metrics();
    for metric in first.into_iter().chain(rest) {
        let field = |level: &str| form.get(&format!("{}.{level}", metric.name()));
        if LIMIT_KEYS.into_iter().all(|level| field(level).is_none()) {
            continue;
        }
        let inherited = limit_table(&others.limits_for(queue, metric), metric);
        let previous = match own.get(metric.name()) {
            Some(Value::Table(limits)) => limits.clone(),
            _ => inherited.clone(),
        };
        let mut limits = Table::new();
        for level in LIMIT_KEYS {
            let value = match field(level) {
                Some(text) => to_limit(text, unit_of(level, metric)),
                None => previous.get(level).cloned(),
            };
            if let Some(value) = value {
                limits.insert(level.to_owned(), value);
            }
        }
        if limits.is_empty() && inherited.is_empty() {
            own.retain(|key| key != metric.name());
        } else if own.get(metric.name()).is_some() || limits != inherited {
            own.set(metric.name(), Value::Table(limits));
        }
    }
}

/// The text of a queue's entry with the limits of a form; `None` if the queue then has none of its own.
pub(in crate::web::pages) fn thresholds_entry(
    id: &EntryId,
    own: Option<&str>,
    site: &SiteConfig,
    form: &BTreeMap<String, String>,
) -> Option<String> {
    let mut own = EntryTable::read(id, own);
    let others = without_own(&site.thresholds, &id.name);
    apply_thresholds(&mut own, &others, &id.name, form);
    own.write(id)
}

/// The upper limits of a metric, with those of a form in their place.
pub(super) fn typed_upper_limits(
    saved: SeverityLimits,
    metric: Metric,
    form: &BTreeMap<String, String>,
) -> SeverityLimits {
    let typed = |level: &str, saved: Option<f64>| {
        let Some(text) = form.get(&format!("{}.{level}", metric.name())) else {
            return saved;
        };
        match to_limit(text, metric.unit()) {
            None => None,
            Some(Value::Float(number)) => Some(number),
            Some(Value::Integer(number)) => u32::try_from(number).map_or(saved, |n| Some(n.into())),
            Some(_) => duration_text::parse_millis(text)
                .filter(|_| metric.unit() == Unit::Seconds)
                .map_or(saved, |millis| {
                    Some(Duration::from_millis(millis).as_secs_f64())
                }),
        }
    };
    SeverityLimits {
        warning: typed("warn", saved.warning),
        critical: typed("crit", saved.critical),
        clear: typed(CLEAR, saved.clear),
        ..saved
    }
}

/// The texts of limits for a form, by level.
pub(in crate::web) fn limit_texts(
    texts: &Texts,
    limits: &SeverityLimits,
    metric: Metric,
) -> BTreeMap<&'static str, String> {
    let text = |level: &str, limit: LimitValue| match limit {
        LimitValue::FromTarget(offset) => from_target(offset),
        LimitValue::Value(value) => match unit_of(level, metric) {
            Unit::Seconds => duration_text::write_millis(to_millis(value)),
            Unit::Percent => texts.target_percent(value),
            Unit::Count => texts.decimal(value),
        },
    };
    let levels = by_level(limits);
    levels
        .map(|(level, limit)| (level, text(level, limit)))
        .collect()
}

/// The unit of a limit: a sample is counted.
fn unit_of(level: &str, metric: Metric) -> Unit {
    if level == MIN_SAMPLE {
        Unit::Count
    } else {
        metric.unit()
    }
}

/// The limits as the configuration has them.
fn limit_table(limits: &SeverityLimits, metric: Metric) -> Table {
    let value = |level: &str, limit: LimitValue| match limit {
        LimitValue::FromTarget(offset) => Value::String(from_target(offset)),
        LimitValue::Value(value) if unit_of(level, metric) == Unit::Seconds => {
            Value::String(duration_text::to_toml(to_millis(value)))
        }
        LimitValue::Value(value) => to_number(value),
    };
    let levels = by_level(limits);
    levels
        .map(|(level, limit)| (level.to_owned(), value(level, limit)))
        .collect()
}

fn by_level(limits: &SeverityLimits) -> impl Iterator<Item = (&'static str, LimitValue)> {
    let values = [
        limits.warning.map(LimitValue::Value),
        limits.critical.map(LimitValue::Value),
        limits.warning_below,
        limits.critical_below,
        limits.clear.map(LimitValue::Value),
        limits
            .min_sample
            .map(|fewest| LimitValue::Value(fewest.into())),
    ];
    LIMIT_KEYS
        .into_iter()
        .zip(values)
        .filter_map(|(level, limit)| Some((level, limit?)))
}

/// `target-10`, as in the configuration.
fn from_target(offset: f64) -> String {
    if offset == 0.0 {
        "target".to_owned()
    } else {
        format!("target{offset:+}")
    }
}

/// Returns the value of a field for the configuration; `None` if the field is empty. What can't be understood stays
/// as it is written, so that the configuration's rules report it.
pub(super) fn to_limit(text: &str, unit: Unit) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let as_written = || Value::String(text.to_owned());
    Some(match unit {
        Unit::Seconds => duration_text::parse_millis(text).map_or_else(as_written, |millis| {
            Value::String(duration_text::to_toml(millis))
        }),
        Unit::Percent | Unit::Count => {
            let number = text.strip_suffix('%').filter(|_| unit == Unit::Percent);
            let number = number.unwrap_or(text).trim_end().replace(',', ".");
            let is_number = number
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
            let number = number.parse::<f64>().ok().filter(|_| is_number);
            number.map_or_else(as_written, to_number)
        }
    })
}

/// A whole number without a fraction.
#[expect(clippy::cast_possible_truncation, reason = "compared with what it was")]
fn to_number(value: f64) -> Value {
    let whole = value as i64;
    #[expect(clippy::cast_precision_loss, reason = "compared with what it was")]
    let is_whole = (whole as f64).total_cmp(&value).is_eq();
    if is_whole {
        Value::Integer(whole)
    } else {
        Value::Float(value)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a limit isn't negative, and the cast of a float saturates"
)]
fn to_millis(seconds: f64) -> u64 {
    (seconds * 1_000.0).round() as u64
}

#[cfg(test)]
mod tests;
