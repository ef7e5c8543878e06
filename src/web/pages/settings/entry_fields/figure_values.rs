//! Values of custom figures as fields: texts in several languages, limits, and the sources that send them.

use std::collections::BTreeMap;

use strum::{IntoEnumIterator, VariantNames};
use toml::{Table, Value};

use wallboard_domain::Language;

use crate::web::pages::queue_edit::duration_limit;

/// A text in each language; empty where there is none.
pub(super) type LanguageTexts = [String; Language::VARIANTS.len()];

/// The texts that fields have, in the order of the languages; empty ones are left out.
pub(super) fn typed_languages<'t>(
    typed: &'t BTreeMap<String, String>,
    name: &str,
) -> Vec<(Language, &'t str)> {
    let texts = Language::iter().filter_map(|language| {
        let text = typed.get(&format!("{name}.{}", language.into_str()))?;
        Some((language, text.trim())).filter(|(_, text)| !text.is_empty())
    });
    texts.collect()
}

/// The value of a text in several languages. One in English alone is that of every language.
pub(super) fn localized_value(old: Option<&Value>, texts: Vec<(Language, &str)>) -> Option<Value> {
    let was_table = old.is_some_and(Value::is_table);
    match texts.as_slice() {
        [] => None,
        [(Language::English, text)] if !was_table => Some(Value::from(*text)),
        _ => {
            let keys = texts.into_iter();
            let keys = keys.map(|(language, text)| (language.into_str().to_owned(), text.into()));
            Some(Value::Table(keys.collect()))
        }
    }
}

/// The texts of a written value.
pub(super) fn written_texts(value: Option<&Value>) -> LanguageTexts {
    let mut texts = LanguageTexts::default();
    match value {
        Some(Value::String(text)) => texts[0].clone_from(text),
        Some(Value::Table(keys)) => {
            for (language, text) in Language::iter().zip(&mut texts) {
                let written = keys.get(language.into_str()).and_then(Value::as_str);
                written.unwrap_or_default().clone_into(text);
            }
        }
        _ => {}
    }
    texts
}

pub(super) fn can_show_localized(value: &Value) -> bool {
    let is_language = |key: &str| key.parse::<Language>().is_ok();
    let shows_all = |keys: &Table| {
        let mut keys = keys.iter();
        keys.all(|(key, text)| is_language(key) && text.is_str())
    };
    value.is_str() || value.as_table().is_some_and(shows_all)
}

/// The value of a limit; `None` if it's empty. What can't be understood is left to the rules of the configuration.
pub(super) fn limit_value(old: Option<&Value>, typed: &str, is_duration: bool) -> Option<Value> {
    let text = typed.trim();
    if text.is_empty() {
        return None;
    }
    let is_same = |old: &Value| match old {
        Value::String(old) => old == text,
        old => old.to_string() == text,
    };
    if let Some(same) = old.filter(|old| is_same(old) && old.is_str() == is_duration) {
        return Some(same.clone());
    }
    if is_duration {
        return Some(Value::from(
            duration_limit(text).unwrap_or_else(|| text.to_owned()),
        ));
    }
    let number = text.replace(',', ".");
    let whole = number.parse().ok().map(Value::Integer);
    let value = whole.or_else(|| {
        let number = number
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite());
        number.map(Value::Float)
    });
    Some(value.unwrap_or_else(|| Value::from(text)))
}

/// The sources that fields have, in their order.
pub(super) fn chosen_senders(typed: &BTreeMap<String, String>, name: &str) -> Vec<String> {
    let numbered = typed.iter().filter_map(|(key, id)| {
        let number: usize = key.strip_prefix(name)?.strip_prefix('.')?.parse().ok()?;
        Some((number, id.clone()))
    });
    numbered.collect::<BTreeMap<_, _>>().into_values().collect()
}

/// The value of one source, or of several. The same ones stay as they're written.
pub(super) fn senders_value(old: Option<&Value>, chosen: Vec<String>) -> Option<Value> {
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    if let Some(old) = old
        && sorted(written_senders(Some(old))) == sorted(chosen.clone())
    {
        return Some(old.clone());
    }
    match chosen.as_slice() {
        [] => None,
        [one] => Some(Value::from(one.as_str())),
        _ => Some(Value::Array(chosen.into_iter().map(Value::from).collect())),
    }
}

/// The sources of a written value.
pub(super) fn written_senders(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(id)) => vec![id.clone()],
        Some(Value::Array(ids)) => {
            let ids = ids.iter().filter_map(Value::as_str);
            ids.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn can_show_senders(value: &Value) -> bool {
    let is_list = |items: &Vec<Value>| items.iter().all(Value::is_str);
    value.is_str() || value.as_array().is_some_and(is_list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_numbers_or_durations_and_stay_as_they_are_written() {
        let value = |typed: &str, is_duration| limit_value(None, typed, is_duration);
        assert_eq!(value(" ", false), None);
        assert_eq!(value("-20", false), Some(Value::Integer(-20)));
        assert_eq!(value("99,5", false), Some(Value::Float(99.5)));
        assert_eq!(value("many", false), Some(Value::from("many")));
        assert_eq!(value("1:30", true), Some(Value::from("90s")));
        assert_eq!(value("soon", true), Some(Value::from("soon")));
        let written = Value::from("1m30s");
        assert_eq!(
            limit_value(Some(&written), "1m30s", true),
            Some(written.clone())
        );
        // A duration before the kind changed.
        let seconds = limit_value(Some(&Value::Integer(90)), "90", true);
        assert_eq!(seconds, Some(Value::from("90s")));
    }

    #[test]
    fn a_text_in_english_alone_is_that_of_every_language() {
        let english = vec![(Language::English, "Orders")];
        let alone = localized_value(None, english.clone());
        assert_eq!(alone, Some(Value::from("Orders")));
        let table = Value::Table(Table::from_iter([("en".to_owned(), "Old".into())]));
        let stays = localized_value(Some(&table), english).unwrap();
        assert_eq!(written_texts(Some(&stays)), ["Orders", "", ""]);
        let swedish = localized_value(None, vec![(Language::Swedish, "Order")]).unwrap();
        assert_eq!(written_texts(Some(&swedish)), ["", "Order", ""]);
        assert!(can_show_localized(&swedish));
        let other = Table::from_iter([("env".to_owned(), "X".into())]);
        assert!(!can_show_localized(&Value::Table(other)));
    }

    #[test]
    fn the_same_sources_stay_in_their_order() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let old = Value::Array(vec!["b".into(), "a".into()]);
        assert_eq!(
            senders_value(Some(&old), ids(&["a", "b"])),
            Some(old.clone())
        );
        assert_eq!(
            senders_value(Some(&old), ids(&["a"])),
            Some(Value::from("a"))
        );
        assert_eq!(senders_value(Some(&old), Vec::new()), None);
    }
}
