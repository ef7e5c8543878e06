//! The words of a state as fields: each with its label and its severity.

use std::collections::{BTreeMap, BTreeSet};

use strum::IntoEnumIterator;
use toml::{Table, Value};

use wallboard_domain::Language;
use wallboard_texts::Texts;

use super::figure_values::{
    LanguageTexts, can_show_localized, localized_value, typed_languages, written_texts,
};

const SEVERITIES: [&str; 3] = ["normal", "warning", "critical"];

/// A word of a state, as somebody typed it or as it's written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TypedState {
    pub(super) word: String,
    pub(super) labels: LanguageTexts,
    /// Empty: normal.
    pub(super) severity: String,
}

/// Why words can't be written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StateFault {
    /// A row has a label, and no word.
    NoWord,
    Repeated(String),
}

impl TypedState {
    /// Reads the rows of fields; `None` if the form has none.
    pub(super) fn of_fields(typed: &BTreeMap<String, String>, name: &str) -> Option<Vec<Self>> {
        let numbers: BTreeSet<usize> = typed
            .keys()
            .filter_map(|key| {
                let row = key.strip_prefix(name)?.strip_prefix('.')?;
                row.strip_suffix(".word")?.parse().ok()
            })
            .collect();
        let row = |number: usize| {
            let field = |part: &str| {
                let text = typed.get(&format!("{name}.{number}.{part}"));
                text.map_or("", |text| text.trim()).to_owned()
            };
            let texts = typed_languages(typed, &format!("{name}.{number}.label"));
            let labels = localized_value(Some(&Value::Table(Table::new())), texts);
            Self {
                word: field("word"),
                labels: written_texts(labels.as_ref()),
                severity: field("severity"),
            }
        };
        let rows = numbers.iter().map(|number| row(*number));
        let rows = rows.filter(|row| !row.word.is_empty() || row.has_label());
        (!numbers.is_empty()).then(|| rows.collect())
    }

    /// The words of a written value.
    pub(super) fn of_value(value: Option<&Value>) -> Vec<Self> {
        let words = value.and_then(Value::as_table).into_iter().flatten();
        let words = words.map(|(word, keys)| Self {
            word: word.clone(),
            labels: written_texts(keys.get("label")),
            severity: keys
                .get("severity")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        });
        words.collect()
    }

    /// "down: Down, critical"
    pub(super) fn describe(&self, texts: &Texts) -> String {
        let severity = match self.severity.as_str() {
            "warning" => Some(texts.digest_warning()),
            "critical" => Some(texts.digest_critical()),
            _ => None,
        };
        let labels = self.labels.iter().map(String::as_str);
        let labels = labels.filter(|label| !label.is_empty()).chain(severity);
        let about = labels.collect::<Vec<_>>().join(", ");
        match about.as_str() {
            "" => self.word.clone(),
            about => format!("{}: {about}", self.word),
        }
    }

    fn has_label(&self) -> bool {
        self.labels.iter().any(|label| !label.is_empty())
    }

    /// The keys of the word. A severity that is the usual one anyway is written only if it was.
    fn value(&self, old: Option<&Value>) -> Value {
        let mut keys = Table::new();
        let labels = self.labels.iter().map(String::as_str);
        let texts = Language::iter().zip(labels);
        let texts = texts.filter(|(_, label)| !label.is_empty()).collect();
        let label = localized_value(old.and_then(|old| old.get("label")), texts);
        keys.extend(label.map(|label| ("label".to_owned(), label)));
        let was_written = old.is_some_and(|old| old.get("severity").is_some());
        let is_usual = matches!(self.severity.as_str(), "" | "normal");
        if !is_usual || (was_written && !self.severity.is_empty()) {
            keys.insert("severity".to_owned(), Value::from(self.severity.as_str()));
        }
        Value::Table(keys)
    }
}

/// The value of the words; `None` if there are none.
pub(super) fn states_value(
    old: Option<&Value>,
    states: &[TypedState],
) -> Result<Option<Value>, StateFault> {
    let mut words = Table::new();
    for state in states {
        if state.word.is_empty() {
            return Err(StateFault::NoWord);
        }
        let before = old.and_then(|old| old.get(&state.word));
        let value = state.value(before);
        if words.insert(state.word.clone(), value).is_some() {
            return Err(StateFault::Repeated(state.word.clone()));
        }
    }
    Ok((!words.is_empty()).then_some(Value::Table(words)))
}

pub(super) fn can_show_states(value: &Value) -> bool {
    let can_show_key = |(key, value): (&String, &Value)| match key.as_str() {
        "label" => can_show_localized(value),
        "severity" => value.as_str().is_some_and(|of| SEVERITIES.contains(&of)),
        _ => false,
    };
    let can_show_word = |keys: &Value| {
        keys.as_table()
            .is_some_and(|of| of.iter().all(can_show_key))
    };
    let mut words = value.as_table().into_iter().flatten();
    value.is_table() && words.all(|(_, keys)| can_show_word(keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fields: &[(&str, &str)]) -> Vec<TypedState> {
        let fields = fields.iter();
        let fields = fields.map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        TypedState::of_fields(&fields.collect(), "states").unwrap()
    }

    fn value(toml: &str) -> Value {
        let table: Table = toml.parse().unwrap();
        table["states"].clone()
    }

    #[test]
    fn words_are_read_and_written_as_they_were() {
        let old = value(
            r#"states = { up = {}, slow = { label = "Slow", severity = "normal" }, down = { label = { sv = "Nere" }, severity = "critical" } }"#,
        );
        assert!(can_show_states(&old));
        let states = TypedState::of_value(Some(&old));
        assert_eq!(states_value(Some(&old), &states), Ok(Some(old.clone())));
        let unknown = value(r#"states = { up = { color = "red" } }"#);
        assert!(!can_show_states(&unknown));
    }

    #[test]
    fn rows_without_a_word_and_words_twice_are_faults() {
        let rows = typed(&[
            ("states.0.word", "up"),
            ("states.0.severity", "normal"),
            ("states.1.word", "down"),
            ("states.1.label.en", "Down"),
            ("states.1.severity", "critical"),
            ("states.2.word", " "),
        ]);
        let expected =
            value(r#"states = { up = {}, down = { label = "Down", severity = "critical" } }"#);
        assert_eq!(states_value(None, &rows), Ok(Some(expected)));
        let no_word = typed(&[("states.0.word", ""), ("states.0.label.sv", "Nere")]);
        assert_eq!(states_value(None, &no_word), Err(StateFault::NoWord));
        let twice = typed(&[("states.0.word", "up"), ("states.1.word", "up")]);
        let fault = StateFault::Repeated("up".to_owned());
        assert_eq!(states_value(None, &twice), Err(fault));
        assert_eq!(TypedState::of_fields(&BTreeMap::new(), "states"), None);
    }
}
