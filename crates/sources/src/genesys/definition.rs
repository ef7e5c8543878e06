//! `definition`: a statistic that isn't configured at the vendor, described as its API
//! expects. Documented keys are checked; others pass through as written.

use serde_json::{Map, Value};
use toml::de::DeValue;

use wallboard_toml_reader::{ConfigEntry, nearest_word};

const MODES: [&str; 2] = ["Periodical", "Immediate"];
/// Stat Server's other modes. They report no changes, so old values would look live.
const SILENT_MODES: [&str; 2] = ["Reset", "NoNotification"];
/// Documented keys with text values.
const TEXT_KEYS: [&str; 7] = [
    "category",
    "subject",
    "intervalType",
    "mainMask",
    "dynamicTimeProfile",
    "dynamicFilter",
    "maskType",
];
/// Documented keys with values of other types.
const NON_TEXT_KEYS: [&str; 3] = ["notificationMode", "notificationFrequency", "insensitivity"];
/// Keys known from elsewhere that resemble documented ones.
const OTHER_KNOWN_KEYS: [&str; 4] = ["relMask", "timeRange", "timeRange2", "objects"];

pub(super) fn read_definition(entry: &ConfigEntry<'_, '_>) -> Option<Value> {
    let section = entry.as_section()?;
    let mut definition = Map::new();
    for entry in section.all_entries() {
        if let Some(value) = read_value(&entry) {
            definition.insert(entry.name.to_owned(), value);
        }
    }
    for key in ["category", "subject"] {
        if section.entry(key).is_none() {
            let example = match key {
                "category" => "CurrentNumber",
                _ => "DNAction",
            };
            section.record_missing(key, &format!("write {key} = \"{example}\""));
        }
    }
    Some(Value::Object(definition))
}

fn read_value(entry: &ConfigEntry<'_, '_>) -> Option<Value> {
    match entry.name {
        "notificationMode" => read_mode(entry).map(Value::from),
        "notificationFrequency" => entry.read_whole(1..=86_400).map(Value::from),
        "insensitivity" => entry.read_whole(0..=u32::MAX).map(Value::from),
        key if TEXT_KEYS.contains(&key) => entry.read_nonempty_text().map(Value::from),
        key => {
            check_spelling(entry, key);
            to_json(entry, entry.value.get_ref())
        }
    }
}

fn read_mode(entry: &ConfigEntry<'_, '_>) -> Option<&'static str> {
    let text = entry.read_text()?;
    if SILENT_MODES.contains(&text.as_str()) {
        entry.report_fault(
            &format!("{text:?} reports no changes, so its value would be out of date"),
            "write \"Immediate\", or \"Periodical\" with notificationFrequency",
        );
        return None;
    }
    entry.read_word(&MODES)
}

/// Reports a key that is probably a misspelled documented one.
fn check_spelling(entry: &ConfigEntry<'_, '_>, key: &str) {
    let documented = || TEXT_KEYS.into_iter().chain(NON_TEXT_KEYS);
    let near = nearest_word(key, documented()).filter(|near| {
        near.eq_ignore_ascii_case(key) || strsim::damerau_levenshtein(near, key) <= 2
    });
    if let Some(near) = near.filter(|_| !OTHER_KNOWN_KEYS.contains(&key)) {
        entry.report_key_fault("is unknown", &format!("did you mean `{near}`?"));
    }
}

/// Converts any TOML value to JSON; reports dates and times as faults.
fn to_json(entry: &ConfigEntry<'_, '_>, value: &DeValue<'_>) -> Option<Value> {
    let value = match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(Value::from)?,
        DeValue::Float(number) => number
            .as_str()
            .replace('_', "")
            .parse::<f64>()
            .ok()
            .map(Value::from)?,
        DeValue::Array(items) => items
            .iter()
            .map(|item| to_json(entry, item.get_ref()))
            .collect::<Option<Vec<_>>>()?
            .into(),
        DeValue::Table(table) => {
            let pair = |(key, value): (
                &toml::Spanned<std::borrow::Cow<'_, str>>,
                &toml::Spanned<DeValue<'_>>,
            )| {
                Some((key.get_ref().to_string(), to_json(entry, value.get_ref())?))
            };
            table
                .iter()
                .map(pair)
                .collect::<Option<Map<_, _>>>()?
                .into()
        }
        DeValue::Datetime(_) => {
            entry.report_fault(
                "has a value of the wrong type",
                "put dates and times in quotes",
            );
            return None;
        }
    };
    Some(value)
}
